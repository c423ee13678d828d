// The worker that reads a file: it says whether the file has people in it, what columns it has, and how often what is in
// them, by month. It can reach nothing but the page that started it.
import { isOfPerson, judge, listAt } from "./people.js";
import { monthOf } from "./period.js";
import { read, trim } from "./sheet.js";
import { Refusal } from "./xlsx.js";

const MOST_KINDS = 30;
const LOOKED_AT = 50; // rows, to guess which column says when
const WHEN = /date|when|month|dyddiad|mis/i;

let sheets = [];

/** Opens a file: why it must not be sent, and which sheets of it can be counted. */
async function open(file) {
  sheets = [];
  sheets = (await read(file)).map((sheet) => {
    const at = listAt(sheet);
    return { ...sheet, headings: sheet.rows[at]?.cells ?? [], list: sheet.rows.slice(at + 1) };
  });
  const all = sheets.map((sheet, index) => ({ index, name: sheet.name, columns: columnsOf(sheet) }));
  const lists = all.filter(
    ({ index, columns }) => !sheets[index].hidden && sheets[index].list.length > 0 && columns.length > 0,
  );
  return { ...judge(sheets, file.size), lists };
}

/** The columns that may say when or what kind; what is told of one person is none of them. */
function columnsOf(sheet) {
  return sheet.headings.flatMap((heading, index) => {
    if (isOfPerson(trim(heading))) return [];
    const dates = sheet.list.slice(0, LOOKED_AT).filter((row) => monthOf(row.cells[index] ?? "", sheet) !== "").length;
    return {
      index,
      label: trim(heading) || `Column ${index + 1}`,
      dates: dates + (dates > 0 && WHEN.test(heading) ? LOOKED_AT : 0),
    };
  });
}

/** Counts the rows of a sheet by month and kind. */
function count({ sheet, date, kind }) {
  const counts = new Map();
  const kinds = new Set();
  let without = 0;
  for (const row of sheets[sheet].list) {
    const month = monthOf(row.cells[date] ?? "", sheets[sheet]);
    if (month === "") {
      without++;
      continue;
    }
    if (!counts.has(month)) counts.set(month, { all: 0, of: new Map() });
    const counted = counts.get(month);
    const entry = kind < 0 ? "" : trim(row.cells[kind]);
    counted.all++;
    if (entry === "") continue;
    kinds.add(entry);
    counted.of.set(entry, (counted.of.get(entry) ?? 0) + 1);
  }
  return { counts, kinds: kinds.size > MOST_KINDS ? null : [...kinds].sort(), without };
}

async function answer({ file, ...question }) {
  try {
    return file ? await open(file) : count(question);
  } catch (error) {
    const text =
      error instanceof Refusal
        ? error.message
        : "The file cannot be read: save it again as .xlsx or CSV, and choose it again.";
    return { problems: [text], people: false, lists: [], unread: true };
  }
}

let turn = Promise.resolve(); // one question after the other
self.onmessage = ({ data: { id, ...question } }) => {
  turn = turn.then(async () => self.postMessage({ id, ...(await answer(question)) }));
};
