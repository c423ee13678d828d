// Says whether a file has totals or people in it, by the rules of internal/tally, before anything of it is sent. The
// server looks again and has the last word. No answer repeats what is in a cell.
import { when } from "./period.js";
import rules from "./rules.js";
import { trim } from "./sheet.js";

const marks = rules.marks.map(({ form, what, nhs }) => ({ form: new RegExp(form, "iu"), what, nhs }));
const roleOfWords = new Map(
  ["count", "value", "indicator", "period"].flatMap((role) => rules.roles[role].map((words) => [words, role])),
);
const COUNT = /^(?:\d+|\d{1,3}(?:[, '\u00a0\u202f\u2009]\d{3})+)(?:\.0+)?$/;

const PIECE = 600;
const OVERLAP = 100;
const LONGEST = 200; // of a heading

const cellAt = (row, i) => (i < 0 ? "" : trim(row.cells[i]));
const isTotal = (cell) =>
  cell.length < LONGEST && rules.totals.includes(cell.replace(/^[ :=]+|[ :=]+$/g, "").toLowerCase());

/** The letter of a column: A, B, …, Z, AA. */
const letter = (i) => (i < 26 ? "" : letter(Math.floor(i / 26) - 1)) + String.fromCharCode(65 + (i % 26));

/** Whether a heading is of what is told of one person. */
export function isOfPerson(heading) {
  const words = heading.toLowerCase().match(/[\p{L}\d]+(?:-\p{L}+)?/gu) ?? [];
  const { words: single, headings, things } = rules.people;
  if (words.length === 0 || words.length > 6) return false;
  if (headings.includes(words.join(" "))) return true;
  return !words.some((w) => things.includes(w)) && words.some((w) => single.includes(w));
}

/** The last digit of an NHS number is made of the others. */
function isNHS(text) {
  const digits = text.match(/\d/g).map(Number);
  const sum = digits.slice(0, 9).reduce((all, d, i) => all + d * (10 - i), 0);
  return digits.length === 10 && (11 - (sum % 11)) % 11 === digits[9];
}

/** What of a person a cell looks like, "" for nothing. A long text is read in pieces: the forms take longer than it is. */
function markOf(cell) {
  if (cell.length < 5 || when(cell, {}).kind !== "") return "";
  for (let at = 0; at < cell.length; at += PIECE - OVERLAP) {
    const piece = cell.slice(at, at + PIECE);
    for (const { form, what, nhs } of marks) {
      const found = form.exec(piece);
      if (found && (!nhs || isNHS(found[0]))) return what;
    }
  }
  return "";
}

function roleOf(heading) {
  if (heading.length > LONGEST) return "";
  const words = heading
    .replace(/^[ :*]+|[ :*]+$/g, "")
    .trim()
    .replace(/\s+/g, " ")
    .toLowerCase();
  return roleOfWords.get(words) ?? (rules.counts.some((c) => words.startsWith(c)) ? "count" : "");
}

/** Where a sheet has what: { at, roles }; undefined if it has no headings of totals. */
function layoutOf(sheet) {
  for (const [at, row] of sheet.rows.slice(0, rules.headingRows).entries()) {
    const roles = row.cells.map((_, i) => {
      const cell = cellAt(row, i);
      const kind = cell === "" ? "" : when(cell, sheet).kind;
      return roleOf(cell) || (kind === "month" || kind === "quarter" ? "month" : "");
    });
    const months = roles.filter((r) => r === "month").length;
    if (months === 0 && roles.includes("count") && roles.includes("period")) return { at, roles };
    const wide = months > 1 || (months === 1 && roles.includes("indicator")) ? asWide(roles) : undefined;
    if (wide) return { at, roles: wide, wide: true };
  }
  return undefined;
}

/** The roles of a table with a column for each month, if it can be one. */
function asWide(found) {
  const roles = found.map((r) => (r === "count" ? "sum" : r));
  if (!roles.includes("indicator") && roles.indexOf("month") > 0 && roles[0] !== "value") roles[0] = "indicator";
  const period = roles.indexOf("period");
  if (period > 0 && roles[0] === "indicator") return undefined;
  if (period >= 0) roles[period] = "indicator";
  return roles;
}

const filled = (row) => row.cells.filter((c) => trim(c) !== "").length;
const firstOf = (sheet, wide) => sheet.rows.findIndex((row) => filled(row) >= wide);

/** The rows that may have the headings. Where a table was understood, the true ones may stand above: in a list with two
 * dates in each row, the first person is taken for headings of months. */
function headingsOf(sheet) {
  const layout = layoutOf(sheet);
  const at = layout ? [firstOf(sheet, 3), layout.at] : [firstOf(sheet, 2), firstOf(sheet, 3)];
  return [...new Set(at)].filter((i) => i >= 0 && i <= (layout?.at ?? i)).map((i) => sheet.rows[i]);
}

/** Where the headings of a list are: the first row that is at least half as wide as the table below. */
export function listAt(sheet) {
  const wide = Math.max(0, ...sheet.rows.slice(0, rules.headingRows).map(filled));
  return Math.max(0, firstOf(sheet, Math.max(Math.min(wide, 2), wide / 2)));
}

/** The columns that have people in them, each once: by its heading, or by what a cell looks like. */
function peopleIn(sheet) {
  const found = new Map();
  const where = sheet.hidden ? " of a hidden sheet" : "";
  const look = (row, why) => {
    for (const i of row.cells.keys()) {
      const text = found.has(i) ? "" : why(cellAt(row, i));
      if (text !== "") found.set(i, `Row ${row.n}, column ${letter(i)}${where}: ${text}.`);
    }
  };
  for (const row of headingsOf(sheet)) {
    look(row, (heading) => (isOfPerson(heading) ? "this column is about single persons" : ""));
  }
  const known = new Map(); // the same is in many cells
  const whatIn = (cell) => {
    if (!known.has(cell)) known.set(cell, markOf(cell));
    return known.get(cell) && `the cell looks like it has ${known.get(cell)} in it`;
  };
  for (const row of sheet.rows) look(row, whatIn);
  return [...found.values()];
}

/** What a row below the headings counts: when, what (in words), how often. */
function readRow(sheet, roles, row) {
  const at = (role) => cellAt(row, roles.indexOf(role));
  const kind = isTotal(at("period")) || isTotal(at("indicator")) ? "" : when(at("period"), sheet).kind;
  const value = isTotal(at("value")) ? "" : at("value");
  const counts = (kind === "month" || kind === "quarter") && COUNT.test(at("count"));
  const what = [at("period"), at("indicator"), value].join("\n").toLowerCase();
  return { kind, counts, what, n: Number(at("count").replace(/[^\d.]/g, "")) };
}

/** Whether rows are of persons or contacts: most have a day, or all counts are 1 and the same is counted again and again. */
function isOnePerPerson(sheet, { at, roles, wide }) {
  if (wide) return false;
  const rows = sheet.rows.slice(at + 1).map((row) => readRow(sheet, roles, row));
  const days = rows.filter(({ kind }) => kind === "day").length;
  if (days > 2 && days * 2 > rows.length) return true;
  const counts = rows.filter((row) => row.counts);
  return counts.every(({ n }) => n <= 1) && counts.length - new Set(counts.map(({ what }) => what)).size > 2;
}

/** Columns that are none of a table of totals. */
function othersIn(sheet, { at, roles }) {
  const found = new Map();
  for (const row of sheet.rows.slice(at)) {
    for (const i of row.cells.keys()) {
      if (!roles[i] && !found.has(i) && cellAt(row, i) !== "") found.set(i, row.n);
    }
  }
  const advice =
    "this column is none of Period, Indicator, Value and Count: delete it, what is not needed should stay with you.";
  return [...found].map(([i, n]) => `Row ${n}, column ${letter(i)}: ${advice}`);
}

/** Whether a sheet says when and what, but not how many. */
const hasNoCounts = (sheet) =>
  sheet.rows.slice(0, rules.headingRows).some((row) => {
    const roles = row.cells.map((_, i) => roleOf(cellAt(row, i)));
    return roles.includes("period") && (roles.includes("indicator") || roles.includes("value"));
  });

/** Why a file must not be sent: { problems, people }; none if it may. */
export function judge(sheets, size) {
  const people = sheets.flatMap(peopleIn);
  if (people.length > 0) return { problems: people, people: true };
  if (size > rules.maxBytes)
    return {
      problems: ["The file is larger than 256 kB. Totals need far less, so it may have a row for each person."],
      people: true,
    };
  const found = sheets.filter((s) => !s.hidden).flatMap((sheet) => layoutOf(sheet) ?? []).length;
  if (found > 1)
    return {
      problems: [`The workbook has ${found} sheets with totals: save the one you mean as a file of its own.`],
      people: false,
    };
  const sheet = sheets.find((s) => !s.hidden && layoutOf(s));
  if (!sheet && hasNoCounts(sheets[0]))
    return {
      problems: ["There is no column of counts, so the file seems to have a row for each person or contact."],
      people: true,
    };
  if (!sheet)
    return {
      problems: [
        "No row of headings was found: the file needs columns named Period, Indicator, perhaps Value, and Count; or an Indicator column and one column for each month.",
      ],
      people: false,
    };
  const layout = layoutOf(sheet);
  if (isOnePerPerson(sheet, layout))
    return { problems: ["The file seems to have a row for each person or contact, not totals."], people: true };
  return { problems: othersIn(sheet, layout), people: false };
}
