// What the browser knows about the visit under way, kept after a Yes only and gone with the tab: what was already
// counted, so that each fact is sent at most once a visit and no id is needed. Never a list of pages: see bits.ts.

import { empty, full } from "./bits.ts";

const KEY = "footfall"; // in sessionStorage
const IDLE_MINUTES = 30;

/** The visit under way. */
export interface Visit {
  /** Minute of the last activity, since 1970. */
  at: number;
  /** Pages counted, as a bit set. */
  pages: string;
  /** Events counted, as a bit set. */
  events: string;
  /** Number of different pages. */
  depth: number;
  /** Visible time in milliseconds. */
  seen: number;
  /** How many bands of length, and of depth, were already told. */
  told: [length: number, depth: number];
}

let memory: Visit | null = null; // the only copy where storage is blocked: it ends with the page

/**
 * The visit under way, or the one that begins now (fresh). Without storage a visit begins on a view whose referrer is
 * another site; any other view belongs to a visit about which nothing is known, so nothing of it counts as new.
 */
export function currentVisit(fromOutside: boolean): { visit: Visit; fresh: boolean } {
  const [found, blocked] = read();
  const at = minute();
  if (found && at - found.at < IDLE_MINUTES) return { visit: found, fresh: false };
  const known = found || !blocked || fromOutside;
  const pages = known ? empty : full;
  const told: [number, number] = known ? [0, 0] : [9, 9];
  return { visit: { at, pages, events: empty, depth: 0, seen: 0, told }, fresh: !!known };
}

/** The visit that the page on screen belongs to, however long it has been on screen; null if none was kept. */
export function visitUnderWay(): Visit | null {
  return read()[0];
}

/** Keeps the visit, active now. */
export function keepVisit(visit: Visit): void {
  memory = { ...visit, at: minute() };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(memory));
  } catch {
    // Memory holds it.
  }
}

/** Forgets the visit. */
export function forgetVisit(): void {
  memory = null;
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // There is none.
  }
}

function minute(): number {
  return Math.floor(Date.now() / 60_000);
}

function read(): [visit: Visit | null, blocked: boolean] {
  try {
    return [JSON.parse(sessionStorage.getItem(KEY) ?? "null"), false];
  } catch {
    return [memory, true];
  }
}
