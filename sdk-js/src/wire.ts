// The wire: every request that the snippet makes goes through call(), but the decision (screens/follow.ts).

import { may, signal } from "./choice.ts";

/** Words of the screens in one language, by the keys of i18n/en.json. */
export type Words = Record<string, string>;

/** One purpose of the site. */
export interface Item {
  id: string;
  basis: "necessary" | "statistics" | "appearance" | "consent";
  label: string;
  why: string;
  services: Service[];
}

/** A third party that is called for a purpose. */
export interface Service {
  name: string;
  who: string;
  hosts: string[];
  notice: string;
  keeps: { kind: "cookie" | "local" | "session" | "database"; name: string; days: number; holds: string }[];
}

/** The banner in force, as GET /v1/sites/{key}/banner answers. */
export interface Banner {
  hash: string;
  material: string;
  lang: string;
  langs: string[];
  audience: string;
  basis: string;
  pass?: string;
  safeguarding: boolean;
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
  items: Item[];
  exit: string;
  words: Words;
  /** Purposes that wait for no yes. */
  choices: string[];
  /** The style sheet of the boxes, built with the collector's release. */
  style: string;
}

/** What the requests must know: the script tag, or what stands for it. */
export interface Tag {
  src: string;
  dataset: DOMStringMap;
}

/** Which collector to talk to, and for which site. */
export let tag: Tag = SCRIPT_TAG;

/** Talks to another collector than that of the script tag. */
export const connect = (to: Tag): void => {
  tag = to;
};

/** Automated browsers are asked, and neither counted nor heard. */
export const automated = (): boolean => navigator.webdriver && !("allowAutomation" in tag.dataset);

/**
 * Calls the collector. A body is plain text (no preflight) that outlives the page: keepalive, because sendBeacon would
 * send the charity's cookies along where the collector is proxied under its host. Only the page's origin is told. Answers
 * 0 where nothing came back.
 */
const call = (path: string, body?: string): Promise<Response> =>
  fetch(new URL(`v1/${path}`, tag.src), {
    referrerPolicy: "strict-origin",
    credentials: "omit",
    method: body && "POST",
    body,
    keepalive: true,
  }).catch(() => 0 as unknown as Response);

/** Asks for the banner in force; one without a word if there is none to be had. */
export const fetchBanner = (lang: string): Promise<Banner> =>
  call(`sites/${tag.dataset.site}/banner?lang=${lang}`)
    .then((response) => response.json())
    .catch(() => 0 as unknown as Banner);

/**
 * Sends a hit, if visits may be counted. The order of keys is part of the wire: the same facts are the same bytes. What
 * is refused for now (429 and 503 tell when to come back) is tried again while the page lives, at a moment of each
 * browser's own. What was lost, or answered 502 or 504 by a proxy that does not say when, may have arrived: sent again
 * it could be counted twice, so it is not.
 */
export const hit = (kind: string, facts: object, { pass } = may()): unknown =>
  pass &&
  call(
    "hits",
    JSON.stringify({ v: 1, kind, site: tag.dataset.site, pass, ...facts, override_gpc: signal() || undefined }),
  ).then(
    (response, wait = response.headers?.get("Retry-After") as unknown as number) =>
      wait && setTimeout(hit, wait * 1e3 * (1 + Math.random()), kind, facts),
  );
