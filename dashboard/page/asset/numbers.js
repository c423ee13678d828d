// The script of the pages where numbers of a site come in. A file that is to be sent is looked at first, and one with
// people in it stays here; a list of people is counted, and a form filled with the counts. A worker reads the files.
// Neither it nor this page can reach the network: only a form can send, and it has counts or totals in it.

const TOO_OLD = {
  problems: ["This browser is too old to look at files before they are sent: update it, or enter the numbers by hand."],
  lists: [],
  unread: true,
};

const $ = (id) => document.getElementById(id);
const make = (name, properties, ...inside) => {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...inside);
  return node;
};

const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
const waiting = new Map();
let asked = 0;
let broken = false;

/** Asks the worker, and gives what it answers. */
function ask(question) {
  if (broken) return Promise.resolve(TOO_OLD);
  return new Promise((resolve) => {
    waiting.set(++asked, resolve);
    worker.postMessage({ id: asked, ...question });
  });
}
worker.onmessage = ({ data: { id, ...answer } }) => {
  waiting.get(id)(answer);
  waiting.delete(id);
};
worker.onerror = () => {
  broken = true;
  for (const resolve of waiting.values()) resolve(TOO_OLD);
};

/** Looks at each file of the form before it is sent. One that must not be sent is taken out of the form, so that nothing
 * can send it; offer(file, lists) is called when somebody wants it counted. */
function guard(form, offer) {
  const input = form.elements.file;
  const say = (text) => ($("file-status").textContent = text);
  let looking = null;
  let passed = null;
  let pressed = null;
  let refused = {};

  async function look() {
    const file = input.files[0];
    looking = file;
    passed = null;
    $("file-answer")?.remove(); // the server's to the file before
    $("file-refused").hidden = true;
    input.removeAttribute("aria-invalid");
    say(file ? "Your browser looks through the file …" : "");
    if (!file) return;
    const { problems, people, lists } = await ask({ file });
    if (looking !== file) return; // another was chosen meanwhile
    looking = null;
    if (problems.length === 0) {
      passed = file;
      say("Your browser found no people in it. Nothing is sent before you press the button.");
      if (pressed) form.requestSubmit(pressed);
      return;
    }
    pressed = null;
    refused = { file, lists };
    input.value = "";
    input.setAttribute("aria-invalid", "true");
    say("");
    $("file-name").textContent = `${file.name} was not sent`;
    $("file-problems").replaceChildren(...shortened(problems).map((text) => make("li", { textContent: text })));
    $("file-mend").hidden = !people;
    $("count-it").hidden = lists.length === 0;
    $("file-refused").hidden = false;
  }

  input.addEventListener("change", () => {
    pressed = null;
    look();
  });
  form.addEventListener("submit", (event) => {
    const file = input.files[0];
    if (file && file === passed) return;
    event.preventDefault();
    pressed = event.submitter;
    if (looking !== file) look();
  });
  $("count-it").addEventListener("click", () => offer(refused.file, refused.lists));
  say("Your browser looks through the file before it is sent.");
}

const shortened = (problems) =>
  problems.length > 6 ? [...problems.slice(0, 5), `And ${problems.length - 5} more.`] : problems;

const option = ({ index, label, name }) => make("option", { value: index, textContent: label ?? (name || "The list") });

const mostDates = ({ columns }) => Math.max(...columns.map(({ dates }) => dates));

/** The part of a page that counts an opened file. */
function newCounter() {
  const say = (text) => ($("count-status").textContent = text);
  const number = (id) => Number($(id).value);
  let lists = [];
  let counted = null;

  /** Shows what can be counted of a file. */
  function show(file, found) {
    lists = found;
    $("counter").hidden = false;
    $("counter-name").textContent = `Count ${file.name}`;
    $("sheet").replaceChildren(...lists.map(option));
    $("sheet").value = lists.reduce((best, list) => (mostDates(list) > mostDates(best) ? list : best)).index;
    $("sheet-box").hidden = lists.length < 2;
    $("count-columns").hidden = false;
    choose();
  }

  /** Shows that a file cannot be counted, or that there is none. */
  function clear(text) {
    $("counter").hidden = text === "";
    $("count-columns").hidden = $("count-result").hidden = true;
    say(text);
  }

  function choose() {
    const { columns } = lists.find(({ index }) => index === number("sheet"));
    $("date-column").replaceChildren(...columns.map(option));
    $("date-column").value = columns.find(({ dates }) => dates === mostDates({ columns })).index;
    $("kind-column").replaceChildren(option({ index: -1, label: "None: count all rows" }), ...columns.map(option));
    count();
  }

  async function count() {
    const answer = await ask({ sheet: number("sheet"), date: number("date-column"), kind: number("kind-column") });
    const wrong = answer.problems?.[0] ?? whatIsWrong(answer);
    $("count-result").hidden = wrong !== "";
    if (wrong) return say(wrong);
    counted = answer;
    const left = counted.without ? ` Rows without a date, left out: ${counted.without}.` : "";
    say(`Counted in this browser.${left}`);
    match();
  }

  function whatIsWrong({ counts, kinds }) {
    if (counts.size === 0) return "No dates were found in that column: choose the one that says when.";
    return kinds === null
      ? "That column has more than 30 different entries: choose one with a few kinds, or none."
      : "";
  }

  /** Asks which declared value each entry of the chosen column stands for. */
  function match() {
    const values = JSON.parse($("indicator").selectedOptions[0].dataset.values);
    const pairs = counted.kinds.map((kind, i) => {
      const select = make(
        "select",
        { id: `kind-${i}` },
        option({ index: "", label: "Not told apart" }),
        ...values.map((v) => option({ index: v.ID, label: v.Label })),
      );
      select.value =
        values.find((v) => v.Label.toLowerCase() === kind.toLowerCase() || v.ID === kind.toLowerCase())?.ID ?? "";
      return make("div", {}, make("label", { htmlFor: select.id, textContent: kind }), select);
    });
    $("kinds").replaceChildren(...pairs);
    $("kinds-box").hidden = counted.kinds.length === 0 || values.length === 0;
    list();
  }

  /** Lists the months. One that is not over is not sent; the others as somebody likes. */
  function list() {
    const now = $("totals").dataset.month;
    const rows = [...counted.counts.keys()].sort().map((month) => {
      const over = month < now;
      const name = new Date(`${month}-01`).toLocaleDateString("en-GB", {
        month: "long",
        year: "numeric",
        timeZone: "UTC",
      });
      const box = make("input", { type: "checkbox", value: month, checked: over, disabled: !over });
      const head = make(
        "th",
        { scope: "row" },
        make("label", { className: "tick" }, box, `${name}${over ? "" : " (not over yet)"}`),
      );
      return make("tr", {}, head, make("td", { className: "n", textContent: counted.counts.get(month).all }));
    });
    $("counted-rows").replaceChildren(...rows);
    write();
  }

  /** Fills the form: months, declared values and counts alone. */
  function write() {
    const indicator = $("indicator").value;
    const lines = ["Period,Indicator,Value,Count"];
    for (const { value: month } of $("counted-rows").querySelectorAll("input:checked")) {
      const { all, of } = counted.counts.get(month);
      const values = new Map();
      counted.kinds.forEach((kind, i) => {
        const value = $(`kind-${i}`).value;
        if (value) values.set(value, (values.get(value) ?? 0) + (of.get(kind) ?? 0));
      });
      lines.push(
        `${month},${indicator},,${all}`,
        ...[...values].map(([value, n]) => `${month},${indicator},${value},${n}`),
      );
    }
    $("totals").value = lines.length > 1 ? lines.join("\n") : "";
    $("send-counts").disabled = lines.length === 1;
  }

  $("sheet").addEventListener("change", choose);
  for (const id of ["date-column", "kind-column"]) $(id).addEventListener("change", count);
  $("indicator").addEventListener("change", () => counted && match());
  for (const id of ["kinds", "counted-rows"]) $(id).addEventListener("change", write);
  return { show, clear };
}

const counter = newCounter();

if ($("import")) {
  guard($("import"), (file, lists) => {
    counter.show(file, lists);
    $("counter-name").focus();
  });
  $("file").addEventListener("change", () => counter.clear(""));
}

if ($("people")) {
  $("list").hidden = false;
  let latest = null;
  $("people").addEventListener("change", async () => {
    const file = $("people").files[0];
    latest = file;
    counter.clear(file ? "Reading …" : "");
    if (!file) return;
    const { problems, lists, unread } = await ask({ file });
    if (file !== latest) return;
    if (lists.length > 0) counter.show(file, lists);
    else counter.clear(unread ? problems[0] : "There are no rows below the headings.");
  });
}
