// Counting: which facts of a page view, a stay and an event become hits. Runs after a Yes only.

import { add } from "./bits.ts";
import { allows, kept, signal } from "./consent.ts";
import type { Table } from "./types.ts";
import { currentVisit, forgetVisit, keepVisit, type Visit, visitUnderWay } from "./visit.ts";
import { postHit } from "./wire.ts";

const LENGTHS: [ms: number, band: string][] = [
  [10_000, "10s"],
  [60_000, "1m"],
  [180_000, "3m"],
  [600_000, "10m"],
];
const DEPTHS: [pages: number, band: string][] = [
  [2, "2"],
  [4, "4"],
  [8, "8"],
];
const TABLES: readonly string[] = ["contact", "issue", "outcome", "signpost", "search", "download"] satisfies Table[];
const LONGEST_QUEUE = 20;

let queue: [kind: string, facts: object][] = []; // hits that wait for the pass
let visibleSince = 0; // time on the page's clock in ms since which visible time is not yet counted; 0 while hidden
let firstView = true; // the referrer and the campaign belong to the page's first view only

const wanted = () => allows("statistics");

/** Counts the page on screen, unless the visit has seen it already. */
export function countView(): void {
  if (!wanted()) return;
  if (!document.hidden) visibleSince ||= performance.now();
  const referrer = firstView ? outsideReferrer() : undefined;
  const { visit, fresh } = currentVisit(!!referrer);
  const pages = add(visit.pages, location.pathname);
  const isNew = pages !== visit.pages;
  keepVisit({ ...visit, pages, depth: visit.depth + Number(isNew) });
  if (isNew) {
    send("view", {
      path: location.pathname,
      referrer: fresh ? referrer : undefined,
      campaign: fresh && firstView ? campaign() : undefined,
      new_visit: fresh || undefined,
      new_page: true,
    });
  }
  firstView = false;
}

/** Counts a declared value, unless the visit has told it already. */
export function countEvent(table: string, value: string): void {
  if (!wanted() || !TABLES.includes(table) || !/^[a-z0-9-]{1,40}$/.test(value)) return;
  const visit = visitUnderWay();
  const events = visit && add(visit.events, `${table}:${value}`);
  if (!visit || !events || events === visit.events) return;
  keepVisit({ ...visit, events });
  send("event", { table, value });
}

/** Counts visible time and pages: sends the bands that the visit has newly reached, when the page is hidden or left. */
export function countLeave(): void {
  if (!visibleSince) return;
  const seen = performance.now() - visibleSince;
  visibleSince = 0;
  const visit = visitUnderWay();
  if (!visit || !wanted()) return;
  visit.seen = Math.round(visit.seen + seen);
  const length = newBands(LENGTHS, visit.seen, visit, 0);
  const depth = newBands(DEPTHS, visit.depth, visit, 1);
  keepVisit(visit);
  if (length || depth) send("leave", { length, depth });
}

/** Goes on measuring visible time when the page is shown again. */
export function countReturn(): void {
  if (wanted()) visibleSince ||= performance.now();
}

/** Stops at once and forgets what the visit knew. */
export function stopCounting(): void {
  queue = [];
  visibleSince = 0;
  forgetVisit();
}

/** Sends what waited for the pass. */
export function sendQueue(): void {
  const pass = kept()?.pass;
  if (!pass || !wanted()) return;
  const override_gpc = signal() || undefined;
  for (const [kind, facts] of queue.splice(0)) postHit(kind, pass, { ...facts, override_gpc }, wanted);
}

function send(kind: string, facts: object): void {
  if (queue.length < LONGEST_QUEUE) queue.push([kind, facts]);
  sendQueue();
}

function newBands(bands: [number, string][], reached: number, visit: Visit, which: 0 | 1): string[] | undefined {
  const already = visit.told[which];
  const names = bands.filter(([from]) => reached >= from).map(([, name]) => name);
  if (names.length <= already) return undefined;
  visit.told[which] = names.length;
  return names.slice(already);
}

/** Host of the page that led here, or the Android app; undefined for none and for this host. */
function outsideReferrer(): string | undefined {
  if (!document.referrer) return undefined;
  const { protocol, host } = new URL(document.referrer);
  if (protocol === "android-app:") return `android-app://${host}`;
  return host === location.host ? undefined : host;
}

/** Name of the campaign, if it looks like a name: an address or a person's name with spaces stays in the browser. */
function campaign(): string | undefined {
  const name = new URLSearchParams(location.search).get("utm_campaign")?.toLowerCase() ?? "";
  return /^[a-z0-9._-]{1,40}$/.test(name) ? name : undefined;
}
