// Reads Excel workbooks (.xlsx, .xlsm) in the browser: what is needed of ZIP and of SpreadsheetML, no more. What a
// file unpacks to is bounded, whatever it says of its own size.

/** A file that cannot be read; its message says what to mend. */
export class Refusal extends Error {}

export const refuse = (text) => {
  throw new Refusal(text);
};

const DAMAGED = "The Excel file is damaged: open it, save it again as .xlsx or CSV, and choose it again.";
const NO_WORKBOOK = "This is no Excel workbook (.xlsx): save the table as .xlsx or CSV.";
const MOST_UNPACKED = 128 << 20; // bytes, of all parts together
const MOST_PARTS = 5000;
const MOST_COLUMNS = 16384;
const MOST_ROWS = 1 << 20; // that Excel has
const MOST_TEXT = 1 << 16; // of a cell; Excel has half of it

const damaged = () => refuse(DAMAGED);

/** The parts of a ZIP file by name, in lower case, from its central directory. */
function partsOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = bytes.length - 22;
  while (end >= 0 && end > bytes.length - 66000 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0 || view.getUint32(end, true) !== 0x06054b50) damaged();
  const count = view.getUint16(end + 10, true);
  if (count > MOST_PARTS) damaged();
  const parts = new Map();
  for (let i = 0, at = view.getUint32(end + 16, true); i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) damaged();
    const nameSize = view.getUint16(at + 28, true);
    const extraSize = view.getUint16(at + 30, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameSize));
    const part = { flags: view.getUint16(at + 8, true), method: view.getUint16(at + 10, true) };
    [part.size, part.start] = placeOf(view, at, at + 46 + nameSize, extraSize);
    parts.set(name.replaceAll("\\", "/").replace(/^\//, "").toLowerCase(), part);
    at += 46 + nameSize + extraSize + view.getUint16(at + 32, true);
  }
  return parts;
}

/** The packed size of a part and where it begins; writers that stream say both in an extra field of 64 bits. */
function placeOf(view, at, extra, extraSize) {
  const said = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
  for (let i = extra; i + 4 <= extra + extraSize; i += 4 + view.getUint16(i + 2, true)) {
    if (view.getUint16(i, true) !== 1) continue;
    let field = i + 4;
    for (let k = 0; k < 3; k++) {
      if (said[k] !== 0xffffffff) continue;
      said[k] = Number(view.getBigUint64(field, true));
      field += 8;
    }
  }
  return said.slice(1);
}

/** The text of a part. budget.left says how many bytes may still be unpacked. */
async function textOf(bytes, part, budget) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (part.flags & 1) refuse("The Excel file has a password: save it without one, as .xlsx or CSV.");
  if (part.start + 30 > bytes.length || view.getUint32(part.start, true) !== 0x04034b50) damaged();
  const from = part.start + 30 + view.getUint16(part.start + 26, true) + view.getUint16(part.start + 28, true);
  const packed = bytes.subarray(from, from + part.size);
  if (packed.length !== part.size || (part.method !== 0 && part.method !== 8)) damaged();
  return decode(part.method === 8 ? await inflate(packed, budget) : spend(packed, budget));
}

function decode(plain) {
  const begins = (x, y) => plain[0] === x && plain[1] === y;
  const encoding = begins(0xff, 0xfe) ? "utf-16le" : begins(0xfe, 0xff) ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(plain);
  } catch {
    return damaged();
  }
}

/** Takes bytes off the budget, and gives them back. */
function spend(plain, budget) {
  budget.left -= plain.length;
  if (budget.left < 0) refuse("The Excel file unpacks to more than a list needs: save the sheet alone as CSV.");
  return plain;
}

async function inflate(packed, budget) {
  if (typeof DecompressionStream === "undefined")
    refuse("This browser is too old to open .xlsx files: save the sheet as CSV.");
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const chunks = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(spend(value, budget));
    }
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error instanceof Refusal ? error : new Refusal(DAMAGED);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<(\/?)(?:[\w.-]+:)?([\w.-]+)(?=[\s/>])((?:[^<>"']|"[^"]*"|'[^']*')*?)(\/?)>|([^<]+)|</g;

const nothing = () => {};

/** Goes through XML: open(name, attributes), close(name), text(string). Document types, which can grow, are none of ours. */
function scan(xml, { open = nothing, close = nothing, text = nothing }) {
  for (const [whole, raw, end, name, attributes, empty, chars] of xml.matchAll(TOKEN)) {
    if (whole === "<") damaged();
    if (name === undefined) {
      text(raw ?? unescaped(chars ?? ""));
      continue;
    }
    if (!end) open(name, attributes);
    if (end || empty) close(name);
  }
}

const ENTITIES = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function unescaped(text) {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name) return ENTITIES[name] ?? whole;
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : "";
  });
}

function attribute(attributes, name) {
  const found = new RegExp(`(?:^|\\s)(?:[\\w.-]+:)?${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  return found ? unescaped(found[1] ?? found[2]) : "";
}

const isYes = (value) => value === "1" || value === "true";

/** Text as Excel shows it: signs that XML cannot hold are written _x000D_. */
const shown = (text) =>
  text.includes("_x")
    ? text.replace(/_x([\dA-Fa-f]{4})_/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;

/** The name of a part that another one in a folder leads to. */
function pathOf(target, folder) {
  const path = [];
  for (const step of (/^[/\\]/.test(target) ? target : `${folder}/${target}`).split(/[/\\]/)) {
    if (step === "..") path.pop();
    else if (step !== "" && step !== ".") path.push(step);
  }
  return path.join("/").toLowerCase();
}

/** What the relations of a part lead to, by id: { type, target }. */
function relationsOf(xml, folder) {
  const all = new Map();
  scan(xml, {
    open(name, a) {
      if (name !== "Relationship") return;
      all.set(attribute(a, "Id"), {
        type: attribute(a, "Type").split("/").pop(),
        target: pathOf(attribute(a, "Target"), folder),
      });
    },
  });
  return all;
}

/** The texts that cells refer to by number, without the readings of Japanese ones. */
function sharedStringsOf(xml) {
  const all = [];
  let text = "";
  let inside = false;
  let reading = false;
  scan(xml, {
    open(name) {
      if (name === "si") text = "";
      else if (name === "rPh") reading = true;
      inside = name === "t";
    },
    text(s) {
      if (inside && !reading) text += s;
    },
    close(name) {
      if (name === "si") all.push(shown(text));
      else if (name === "rPh") reading = false;
      inside = false;
    },
  });
  return all;
}

/** "BC12" as column 54 and row 12; 0 for what is not said. */
function addressOf(reference) {
  let column = 0;
  let i = 0;
  for (; i < reference.length && reference.charCodeAt(i) > 64; i++)
    column = column * 26 + (reference.charCodeAt(i) & 31);
  return [column, Number(reference.slice(i)) || 0];
}

/** The rows of a sheet, numbered as Excel shows them; limits.take(cells) throws when there are too many. */
function rowsOf(xml, strings, limits) {
  const rows = [];
  const merged = [];
  let row = null;
  let column = 0;
  let kind = "";
  let value = "";
  let inside = false;
  let reading = false;
  scan(xml, {
    open(name, a) {
      inside = name === "v" || name === "t";
      if (name === "row") {
        row = { n: Number(attribute(a, "r")) || (rows.at(-1)?.n ?? 0) + 1, cells: [] };
        rows.push(row);
        limits.take(1);
        column = 0;
      } else if (name === "c") {
        column = addressOf(attribute(a, "r"))[0] || column + 1;
        kind = attribute(a, "t");
        value = "";
      } else if (name === "rPh") reading = true;
      else if (name === "mergeCell") merged.push(attribute(a, "ref"));
    },
    text(s) {
      if (inside && !reading) value += s;
    },
    close(name) {
      inside = false;
      if (name === "rPh") reading = false;
      if (name !== "c" || value === "") return;
      if (!row || column > MOST_COLUMNS || value.length > MOST_TEXT) damaged();
      put(row.cells, column, cellOf(kind, value, strings), limits);
    },
  });
  fillDown(rows, merged, limits);
  return rows;
}

function cellOf(kind, value, strings) {
  if (kind === "s") return strings[Number(value)] ?? damaged();
  if (kind === "b") return isYes(value) ? "TRUE" : "FALSE";
  return kind === "inlineStr" || kind === "str" ? shown(value) : value;
}

/** Writes the value of cells that were merged down a column into each of them: "October 2026" beside four rows. */
function fillDown(rows, merged, limits) {
  const byNumber = new Map(rows.map((row) => [row.n, row.cells]));
  for (const reference of merged) {
    const [[column, from], [last, to] = []] = reference.split(":").map(addressOf);
    const value = byNumber.get(from)?.[column - 1];
    if (column !== last || !value || to > MOST_ROWS) continue; // across columns: a title
    for (let n = from + 1; n <= to; n++) {
      const cells = byNumber.get(n);
      if (cells && (cells[column - 1] ?? "").trim() === "") put(cells, column, value, limits);
    }
  }
}

/** Writes a cell, with empty ones before it. */
function put(cells, column, value, limits) {
  limits.take(Math.max(0, column - cells.length));
  while (cells.length < column) cells.push("");
  cells[column - 1] = value;
}

/** The sheets of a workbook: { name, hidden, rows, serials, dates1904 }. */
export async function readWorkbook(bytes, limits) {
  const parts = partsOf(bytes);
  const budget = { left: MOST_UNPACKED };
  const part = (name) => (parts.has(name) ? textOf(bytes, parts.get(name), budget) : "");
  const leads = (relations, type) => [...relations.values()].find((r) => r.type === type)?.target ?? "";
  const book = leads(relationsOf(await part("_rels/.rels"), ""), "officeDocument");
  if (!book.endsWith(".xml") || !parts.has(book))
    refuse(book.endsWith(".bin") ? "This is a binary workbook (.xlsb): save it as .xlsx or CSV." : NO_WORKBOOK);
  const folder = book.split("/").slice(0, -1).join("/");
  const relations = relationsOf(await part(`${folder}/_rels/${book.split("/").pop()}.rels`.replace(/^\//, "")), folder);
  const strings = sharedStringsOf(await part(leads(relations, "sharedStrings")));
  const found = [];
  let dates1904 = false;
  scan(await part(book), {
    open(name, a) {
      if (name === "workbookPr") dates1904 = isYes(attribute(a, "date1904"));
      if (name === "sheet")
        found.push({
          name: attribute(a, "name"),
          hidden: /idden/.test(attribute(a, "state")),
          relation: relations.get(attribute(a, "id")),
        });
    },
  });
  const sheets = [];
  for (const { name, hidden, relation } of found) {
    if (relation?.type !== "worksheet") continue; // a chart
    if (!parts.has(relation.target)) damaged();
    sheets.push({ name, hidden, serials: true, dates1904, rows: rowsOf(await part(relation.target), strings, limits) });
  }
  return sheets.length > 0 ? sheets : refuse(NO_WORKBOOK);
}
