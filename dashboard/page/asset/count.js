// Counts a file with a row for each person, in the browser that has it. The same
// file is the page's script and the worker: the worker reads the file, the page
// shows what it counted and fills the form with counts. Neither can reach the
// network (the page's policy has no connect-src), and the file is in no form.
(() => {
	"use strict";

	const months = "january february march april may june july august september october november december".split(" ");
	const welsh = "ionawr chwefror mawrth ebrill mai mehefin gorffennaf awst medi hydref tachwedd rhagfyr".split(" ");

	/** The month of a cell, such as 2026-10, or "". */
	function monthOf(cell) {
		const text = cell.trim().toLowerCase();
		const two = (n) => String(n).padStart(2, "0");
		const made = (y, m) => (m >= 1 && m <= 12 && y >= 2000 && y <= 2099 ? `${y}-${two(m)}` : "");
		const year = (y) => (y.length === 2 ? 2000 + Number(y) : Number(y));
		let m = /^(\d{4})-(\d{1,2})(?:-\d{1,2})?(?:[t ].*)?$/.exec(text);
		if (m) return made(Number(m[1]), Number(m[2]));
		m = /^\d{1,2}[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?: .*)?$/.exec(text);
		if (m) return made(year(m[2]), Number(m[1]));
		m = /^(?:(?:\w+,? )?\d{1,2}(?:st|nd|rd|th)?[ -])?(\p{L}{3,})\.?[ -](\d{4}|\d{2})$/u.exec(text);
		if (m) {
			for (const names of [months, welsh]) {
				const at = names.findIndex((n) => n.startsWith(m[1]));
				if (at >= 0) return made(year(m[2]), at + 1);
			}
			return "";
		}
		if (/^\d{5}(?:\.\d+)?$/.test(text)) {
			const d = new Date(Math.round((Math.floor(Number(text)) - 25569) * 864e5));
			return made(d.getUTCFullYear(), d.getUTCMonth() + 1);
		}
		return "";
	}

	/** The text of a file in whatever encoding Excel saves. */
	function decode(buffer) {
		const b = new Uint8Array(buffer);
		if (b[0] === 0xff && b[1] === 0xfe) return new TextDecoder("utf-16le").decode(b);
		if (b[0] === 0xfe && b[1] === 0xff) return new TextDecoder("utf-16be").decode(b);
		try {
			return new TextDecoder("utf-8", { fatal: true }).decode(b);
		} catch {
			return new TextDecoder("windows-1252").decode(b);
		}
	}

	/** Rows of cells, with the delimiter that the first line has most of. */
	function rowsOf(text) {
		const head = text.slice(0, text.search(/[\r\n]|$/));
		const delimiter = [",", ";", "\t", "|"].sort((a, b) => head.split(b).length - head.split(a).length)[0];
		const rows = [];
		let row = [], cell = "", quoted = false;
		for (let i = 0; i < text.length; i++) {
			const c = text[i];
			if (quoted) {
				if (c !== '"') cell += c;
				else if (text[i + 1] === '"') cell += text[++i];
				else quoted = false;
			} else if (c === '"' && cell === "") quoted = true;
			else if (c === delimiter) row.push(cell), (cell = "");
			else if (c === "\n" || c === "\r") {
				if (c === "\r" && text[i + 1] === "\n") i++;
				row.push(cell);
				rows.push(row);
				row = [];
				cell = "";
			} else cell += c;
		}
		if (cell !== "" || row.length > 0) row.push(cell), rows.push(row);
		return rows.filter((r) => r.some((c) => c.trim() !== ""));
	}

	function work() {
		let rows = [];
		self.onmessage = async ({ data }) => {
			if (data.file) {
				rows = rowsOf(decode(await data.file.arrayBuffer()));
				self.postMessage({ columns: rows.length > 1 ? rows[0] : [], zip: rows.length > 0 && rows[0][0].startsWith("PK") });
				return;
			}
			const counts = {}, kinds = new Set();
			let without = 0;
			for (const row of rows.slice(1)) {
				const month = monthOf(row[data.date] ?? "");
				if (month === "") {
					without++;
					continue;
				}
				const kind = data.kind < 0 ? "" : (row[data.kind] ?? "").trim();
				counts[month] ??= { all: 0, of: {} };
				counts[month].all++;
				if (kind !== "") {
					kinds.add(kind);
					counts[month].of[kind] = (counts[month].of[kind] ?? 0) + 1;
				}
			}
			self.postMessage({ counts, kinds: kinds.size > 30 ? null : [...kinds].sort(), without });
		};
	}

	function show() {
		const $ = (id) => document.getElementById(id);
		const worker = new Worker(document.currentScript.src);
		const say = (text) => ($("count-status").textContent = text);
		let counted = null;
		const option = (value, text) => Object.assign(document.createElement("option"), { value, textContent: text });

		$("people").addEventListener("change", () => {
			$("count-columns").hidden = $("count-result").hidden = true;
			const file = $("people").files[0];
			if (file) say("Reading …"), worker.postMessage({ file });
		});
		for (const id of ["date-column", "kind-column"]) $(id).addEventListener("change", count);
		$("indicator").addEventListener("change", () => counted && choose());
		$("kinds").addEventListener("change", write);

		function count() {
			worker.postMessage({ date: Number($("date-column").value), kind: Number($("kind-column").value) });
		}

		worker.onmessage = ({ data }) => {
			if (data.columns) {
				if (data.columns.length === 0 || data.zip) {
					say("This is no CSV file with headings and rows. In Excel: Save as, CSV UTF-8.");
					return;
				}
				$("date-column").replaceChildren(...data.columns.map((c, i) => option(i, c || `Column ${i + 1}`)));
				$("kind-column").replaceChildren(option(-1, "None: count all rows"), ...data.columns.map((c, i) => option(i, c || `Column ${i + 1}`)));
				const guess = data.columns.findIndex((c) => /date|when|month|dyddiad|mis/i.test(c) && !/birth|dob|geni/i.test(c));
				$("date-column").value = String(Math.max(0, guess));
				$("count-columns").hidden = false;
				count();
				return;
			}
			counted = data;
			if (Object.keys(data.counts).length === 0) {
				$("count-result").hidden = true;
				say("No dates were found in that column: choose the one that says when.");
				return;
			}
			if (data.kinds === null) {
				$("count-result").hidden = true;
				say("That column has more than 30 different entries: choose one with a few kinds, or none.");
				return;
			}
			say(`Counted in this browser.${data.without ? ` Rows without a date, left out: ${data.without}.` : ""}`);
			choose();
		};

		/** Asks which declared value each entry of the chosen column stands for. */
		function choose() {
			const values = JSON.parse($("indicator").selectedOptions[0].dataset.values);
			$("kinds").replaceChildren(
				...counted.kinds.map((kind, i) => {
					const label = document.createElement("label");
					const select = document.createElement("select");
					select.id = `kind-${i}`;
					label.htmlFor = select.id;
					label.textContent = kind;
					select.append(option("", "Not told apart"), ...values.map((v) => option(v.ID, v.Label)));
					const same = values.find((v) => v.Label.toLowerCase() === kind.toLowerCase() || v.ID === kind.toLowerCase());
					select.value = same ? same.ID : "";
					const pair = document.createElement("div");
					pair.append(label, select);
					return pair;
				}),
			);
			$("kinds-box").hidden = counted.kinds.length === 0 || values.length === 0;
			write();
		}

		/** Fills the table and the form: months, declared values and counts alone. */
		function write() {
			const indicator = $("indicator").value;
			const lines = ["Period,Indicator,Value,Count"];
			const body = [];
			for (const month of Object.keys(counted.counts).sort()) {
				const { all, of } = counted.counts[month];
				const values = {};
				counted.kinds.forEach((kind, i) => {
					const value = $(`kind-${i}`)?.value;
					if (value) values[value] = (values[value] ?? 0) + (of[kind] ?? 0);
				});
				lines.push(`${month},${indicator},,${all}`, ...Object.keys(values).map((v) => `${month},${indicator},${v},${values[v]}`));
				const row = document.createElement("tr");
				const head = Object.assign(document.createElement("th"), { scope: "row", textContent: month });
				const cell = Object.assign(document.createElement("td"), { className: "n", textContent: String(all) });
				row.append(head, cell);
				body.push(row);
			}
			$("counted-rows").replaceChildren(...body);
			$("totals").value = lines.join("\n");
			$("count-result").hidden = false;
		}
		$("count-app").hidden = false;
	}

	if (typeof document === "undefined") work();
	else show();
})();
