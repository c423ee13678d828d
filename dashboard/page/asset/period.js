// Reads the ways in which people write months, quarters and days, as internal/tally does on the server.
import rules from "./rules.js";

const NONE = { kind: "" };
const LONGEST = 200; // cells beyond it say nothing of time
const LEAST_SERIAL = 36526; // 1 January 2000
const MOST_SERIAL = 73050; // 31 December 2099
const DAY_MS = 864e5;

const fullYear = (digits) => (digits.length === 2 ? 2000 + Number(digits) : Number(digits));
const monthNumber = (name) => rules.months[name] ?? 0;
const isNext = (first, second) => Number(second) % 100 === (Number(first) + 1) % 100;
const named = (year, month) => `${year}-${String(month).padStart(2, "0")}`;
const isMonth = (year, month) => month >= 1 && month <= 12 && year >= 2000 && year <= 2099;
const monthOr = (year, month, other) => (isMonth(year, month) ? { kind: "month", month: named(year, month) } : other);

/** What a cell says of time: { kind } with "month", "quarter", "day", "year", "run" or "", and the month of the first two
 * and of a day. A month may be written by its first day. */
export function when(cell, sheet) {
  if (cell.length > LONGEST) return NONE;
  const text = cell
    .replace(/[–—\u2011]/g, "-")
    .trim()
    .replace(/\s+/g, " ")
    .toLowerCase();
  if (text.length > 60) return NONE;
  const m = /^(\d{4})[-/.](\d{1,2})$/.exec(text);
  if (m) return monthOr(Number(m[1]), Number(m[2]), isNext(m[1], m[2]) ? { kind: "year" } : NONE);
  if (/^(?:fy ?)?\d{4}(?:[-/]\d{2}(?:\d\d)?)?$/.test(text)) return { kind: "year" };
  return monthIn(text) ?? quarterIn(text) ?? monthsIn(text) ?? daysIn(text, sheet);
}

function monthIn(text) {
  let m = /^(\d{1,2})[-/.](\d{4})$/.exec(text);
  if (m) return monthOr(Number(m[2]), Number(m[1]));
  m = /^(\p{L}+)[ /,.'’-]*(\d{4}|\d{2})$/u.exec(text);
  if (m) return monthOr(fullYear(m[2]), monthNumber(m[1]));
  m = /^(\d{4})[ /,.'’-]*(\p{L}+)\.?$/u.exec(text);
  return m ? monthOr(Number(m[1]), monthNumber(m[2])) : undefined;
}

function quarterIn(text) {
  let m = /^(\d{4})(?:[-/](\d{2}|\d{4}))?[ -]*(?:q|quarter|qtr|ch|chwarter)\.? ?[1-4](?:-\d\d)?$/.exec(text);
  m ??= /^(?:q|quarter|qtr|ch|chwarter)\.? ?[1-4][ ,-]*(?:of |fy)?(\d{4})(?:[-/](\d{2}|\d{4}))?$/.exec(text);
  if (!m) return undefined;
  return m[1] >= 2000 && m[1] <= 2099 && (!m[2] || isNext(m[1], m[2])) ? { kind: "quarter" } : NONE;
}

function monthsIn(text) {
  const m = /^(\p{L}+)\.?(?: (\d{4}))? ?(?:-|to|i) ?(\p{L}+)\.? (\d{4})$/u.exec(text);
  const [first, last] = m ? [monthNumber(m[1]), monthNumber(m[3])] : [0, 0];
  if (!first || !last) return undefined;
  const year = Number(m[2] ?? m[4] - (first > last ? 1 : 0));
  return run(Date.UTC(year, first - 1, 1), Date.UTC(Number(m[4]), last, 0));
}

/** The month or quarter from one day to another, in milliseconds. */
function run(first, last) {
  const day = new Date(first);
  const [year, month] = [day.getUTCFullYear(), day.getUTCMonth()];
  if (year < 2000 || new Date(last).getUTCFullYear() > 2099) return NONE;
  if (day.getUTCDate() === 1 && last === Date.UTC(year, month + 1, 0))
    return { kind: "month", month: named(year, month + 1) };
  return { kind: day.getUTCDate() === 1 && last === Date.UTC(year, month + 3, 0) ? "quarter" : "run" };
}

function daysIn(text, sheet) {
  const one = dayIn(text, sheet);
  if (one === undefined) return daysFromTo(text, sheet);
  const day = new Date(one);
  const month = monthOr(day.getUTCFullYear(), day.getUTCMonth() + 1, NONE);
  return day.getUTCDate() === 1 ? month : { ...month, kind: "day" };
}

/** A run of days: 01/10/2026 to 31/10/2026. */
function daysFromTo(text, sheet) {
  const halves = ["..", " to ", " - ", " i ", " hyd "]
    .filter((cut) => text.includes(cut))
    .map((cut) => [text.indexOf(cut), cut.length]);
  if (text.length === 21 && text[10] === "-") halves.push([10, 1]);
  for (const [at, size] of halves) {
    const [first, last] = [dayIn(text.slice(0, at).trim(), sheet), dayIn(text.slice(at + size).trim(), sheet)];
    if (first !== undefined && last !== undefined) return run(first, last);
  }
  return NONE;
}

const ISO_DAY = /^(?<y>\d{4})-(?<m>\d{2})-(?<d>\d{2})(?:[t ]00:00(?::00)?(?:\.0+)?z?)?$/;
const UK_DAY = /^(?<d>\d{1,2})[-/.](?<m>\d{1,2})[-/.](?<y>\d{4}|\d{2})(?: 00:00(?::00)?)?$/;
const NAMED_DAY = /^(?<d>\d{1,2})(?:st|nd|rd|th)?[ -](?<name>\p{L}+)\.?,?[ -](?<y>\d{4}|\d{2})$/u;

/** A day in milliseconds, or undefined. In a workbook, a number may be one. */
function dayIn(text, { serials, dates1904 }) {
  if (serials && /^\d{5}(?:\.0+)?$/.test(text)) {
    const n = Number(text.slice(0, 5)) + (dates1904 ? 1462 : 0);
    return n >= LEAST_SERIAL && n <= MOST_SERIAL ? Date.UTC(1899, 11, 30) + n * DAY_MS : undefined;
  }
  const found = (ISO_DAY.exec(text) ?? UK_DAY.exec(text) ?? NAMED_DAY.exec(text))?.groups;
  if (!found) return undefined;
  const [year, month, day] = [
    fullYear(found.y),
    found.name ? monthNumber(found.name) : Number(found.m),
    Number(found.d),
  ];
  const made = new Date(Date.UTC(year, month - 1, day));
  return year > 99 && made.getUTCMonth() === month - 1 && made.getUTCDate() === day ? made.getTime() : undefined;
}

const WEEKDAY = /^\p{L}+,? (?=\d{1,2}\D)/u;
const TIME = /[t ,]+\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:[.,]\d+)?(?: ?[ap]\.?m\.?)?(?: ?z|[+-]\d\d:?\d\d)?$/i;

/** The month of a row of a list, such as 2026-10, or "": that of a month or a day, with or without a time. */
export function monthOf(cell, { dates1904 }) {
  if (cell.length > LONGEST) return "";
  const text = cell.trim().replace(WEEKDAY, "").replace(TIME, "");
  return when(text.replace(/^(\d{5})\.\d+$/, "$1"), { serials: true, dates1904 }).month ?? "";
}
