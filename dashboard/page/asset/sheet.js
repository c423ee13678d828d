// Reads a file as sheets of rows, as internal/tally does on the server: CSV with any usual delimiter and encoding, or an
// Excel workbook. It runs in the worker; nothing of the file goes further than what the worker answers.
import { readWorkbook, refuse } from "./xlsx.js";

const MOST_BYTES = 32 << 20;
const MOST_ROWS = 200_000; // of all sheets
const MOST_CELLS = 3_000_000;
const MOST_TEXT = 1 << 20; // of a cell: beyond it, a quotation mark is not closed

/** Counts cells and rows and stops at what a browser can hold. */
function newLimits() {
  let cells = 0;
  const take = (n) => {
    cells += n;
    if (cells > MOST_CELLS)
      refuse(
        "The file has more cells than a browser can count: save a part of it, such as one year, as a file of its own.",
      );
  };
  const rows = (n) =>
    n > MOST_ROWS &&
    refuse("The file has more than 200,000 rows: save a part of it, such as one year, as a file of its own.");
  return { take, rows };
}

const SPACE = " \t\n\r\u00a0\u202f\ufeff\u200e\u200f\u200b";

/** A cell without the space around it, also that which does not break, and marks of direction. */
export function trim(cell = "") {
  let [from, to] = [0, cell.length];
  while (from < to && SPACE.includes(cell[from])) from++;
  while (from < to && SPACE.includes(cell[to - 1])) to--;
  return cell.slice(from, to);
}

/** The sheets of a file; a Refusal if it is none that can be read. */
export async function read(file) {
  if (file.size > MOST_BYTES) refuse("The file is larger than 32 MB: save the sheet alone as CSV.");
  const bytes = new Uint8Array(await file.arrayBuffer());
  const begins = (...first) => first.every((b, i) => bytes[i] === b);
  const limits = newLimits();
  if (begins(0xd0, 0xcf, 0x11, 0xe0))
    refuse("This is an old Excel file (.xls) or one with a password: save it as .xlsx or CSV, without a password.");
  if (begins(0x25, 0x50, 0x44, 0x46)) refuse("This is a PDF: save the table as .xlsx or CSV.");
  const sheets = begins(0x50, 0x4b)
    ? await readWorkbook(bytes, limits)
    : [{ name: "", hidden: false, serials: false, dates1904: false, rows: readCSV(decode(bytes), limits) }];
  limits.rows(sheets.reduce((n, s) => n + s.rows.length, 0));
  return sheets;
}

/** Text in whatever encoding Excel saves: UTF-8, UTF-16 with or without a mark, or else what Windows writes. */
function decode(b) {
  const marked = (x, y) => b[0] === x && b[1] === y;
  const latin = b.length >= 4; // letters of Latin have a zero in UTF-16
  if (marked(0xff, 0xfe) || (latin && b[1] === 0 && b[3] === 0)) return new TextDecoder("utf-16le").decode(b);
  if (marked(0xfe, 0xff) || (latin && b[0] === 0 && b[2] === 0)) return new TextDecoder("utf-16be").decode(b);
  if (b.includes(0)) refuse("This is no table: save it as .xlsx or CSV.");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(b);
  } catch {
    return new TextDecoder("windows-1252").decode(b);
  }
}

/** Rows of cells, numbered as Excel shows them. Its line "sep=;" is no row. */
function readCSV(text, limits) {
  const sep = /^sep=([,;\t|])(?:\r\n|\r|\n)/i.exec(text);
  const rest = sep ? text.slice(sep[0].length) : text;
  const delimiter = sep ? sep[1] : delimiterOf(rest);
  const field = new RegExp(`(?:"((?:[^"]+|"")*)"?)?([^\\${delimiter}\r\n]*)(\\${delimiter}|\r\n|\r|\n|$)`, "y");
  const rows = [];
  let cells = [];
  let n = 1;
  while (field.lastIndex < rest.length || cells.length > 0) {
    const [, quoted = "", plain, end] = field.exec(rest);
    cells.push(quoted.replaceAll('""', '"') + plain);
    if (cells.at(-1).length > MOST_TEXT) refuse("The file breaks off or is no CSV: save it again as CSV or .xlsx.");
    if (end === delimiter) continue;
    if (cells.length > 1 || cells[0] !== "") rows.push({ n, cells });
    limits.take(cells.length);
    cells = [];
    n++;
  }
  return rows;
}

/** The delimiter that most lines have, and have alike. */
function delimiterOf(text) {
  let best = ",";
  let bestScore = 0;
  const lines = text.split(/\r\n|\r|\n/, 200);
  for (const delimiter of ",;\t|") {
    const alike = new Map();
    for (const line of lines) {
      const n = line.replace(/"[^"]*"?/g, "").split(delimiter).length - 1;
      alike.set(n, (alike.get(n) ?? 0) + 1);
    }
    for (const [n, count] of alike) {
      const score = n > 0 ? count * 10 + Math.min(n, 9) : 0;
      if (score > bestScore) [best, bestScore] = [delimiter, score];
    }
  }
  return best;
}
