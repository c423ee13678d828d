// The wire: every request that the snippet can make is made in this file.

import type { Options } from "./types.ts";

/** The banner in force, as GET /v1/sites/{key}/banner answers. */
export interface Banner {
  hash: string;
  material: string;
  lang: string;
  langs: string[];
  title: string;
  body: string;
  yes: string;
  no: string;
  more: string;
  more_url: string;
  withdraw: string;
  thanks_yes: string;
  thanks_no: string;
  expires_days: number;
  purposes: string[];
  exit: string;
}

/** What POST /v1/decisions answers; null when there was no good answer. */
export type Answer = { receipt?: unknown; pass?: unknown } | null;

const PATIENCE_MS = 8_000; // a banner that comes later than this is not shown on this page
const TRIES = 5;
const LONGEST_QUEUE = 20;
const LONGEST_WAIT_S = 600;

let options: Options;
let closedUntil = 0; // time in ms before which the collector asked not to be called
let waiting = 0; // requests under way or to be tried again

/** Says which collector to talk to. */
export function connect(to: Options): void {
  options = to;
}

/**
 * Asks for the banner in force in a language. Null for no answer, a late one or a malformed one: then nothing is
 * asked, so nothing is counted. No referrer: before a choice the collector need not even learn which page it is.
 */
export async function fetchBanner(lang: string): Promise<Banner | null> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const url = `${options.base}/v1/sites/${options.site}/banner?lang=${encodeURIComponent(lang)}`;
    const response = await fetch(url, { credentials: "omit", referrerPolicy: "no-referrer", signal: stop.signal });
    const banner = response.ok ? await response.json() : null;
    return isBanner(banner) ? banner : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function isBanner(b: Banner | null): b is Banner {
  if (!b || !Array.isArray(b.purposes) || !Array.isArray(b.langs) || !(b.expires_days > 0)) return false;
  const texts = [b.hash, b.material, b.lang, b.title, b.body, b.yes, b.no, b.thanks_yes, b.thanks_no, b.withdraw];
  return texts.every((text) => typeof text === "string" && text);
}

/** Sends a visitor's choices. The answer is kept in their browser alone. */
export function postDecision(choices: string[], banner: string, lang: string, wanted: () => boolean): Promise<Answer> {
  return post("decisions", { v: 1, site: options.site, banner, choices, lang }, wanted);
}

/** Sends a hit. The order of keys is part of the wire: the same facts are the same bytes. */
export function postHit(kind: string, pass: string, facts: object, wanted: () => boolean): void {
  void post("hits", { v: 1, kind, site: options.site, pass, ...facts }, wanted);
}

/**
 * Posts a document. 429 and 503 are tried again while the page lives and the visitor still wants it, at most five
 * times; a lost connection is not, because the hit may have arrived and would be counted twice.
 */
async function post(path: string, document: object, wanted: () => boolean): Promise<Answer> {
  if ((navigator.webdriver && !options.automation) || waiting >= LONGEST_QUEUE) return null;
  waiting++;
  let answer: Answer | "again" = "again";
  for (let tries = 0; tries < TRIES && answer === "again"; tries++) {
    const wait = closedUntil - Date.now();
    if (wait > 0) await new Promise((done) => setTimeout(done, wait * (1 + Math.random() / 2)));
    answer = wanted() ? await postOnce(path, JSON.stringify(document)) : null;
  }
  waiting--;
  return answer === "again" ? null : answer;
}

/**
 * Posts plain text (no preflight) that outlives the page: keepalive, because sendBeacon would send the charity's
 * cookies along where the collector is proxied under its host. Only the page's origin is told, never its address.
 */
async function postOnce(path: string, body: string): Promise<Answer | "again"> {
  try {
    const url = `${options.base}/v1/${path}`;
    const fixed = { method: "POST", keepalive: true, credentials: "omit", referrerPolicy: "strict-origin" } as const;
    const response = await fetch(url, { ...fixed, body });
    if (response.status !== 429 && response.status !== 503)
      return response.status === 200 ? await response.json() : null;
    const seconds = Number(response.headers.get("Retry-After")) || 5;
    closedUntil = Date.now() + Math.min(seconds, LONGEST_WAIT_S) * 1000;
    return "again";
  } catch {
    return null; // not reachable: the page goes on as if we were not there
  }
}
