// The wire: every request that the snippet makes goes through call().

import { pass, signal } from "./choice.ts";

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
}

/** What the requests must know: the script tag, or what stands for it. */
export interface Tag {
  src: string;
  dataset: DOMStringMap;
}

/** Which collector to talk to, and for which site. */
export let tag = document.currentScript as Tag | null as Tag;

/** Talks to another collector than that of the script tag. */
export const connect = (to: Tag): void => {
  tag = to;
};

/**
 * Calls the collector. A body is plain text (no preflight) that outlives the page: keepalive, because sendBeacon would
 * send the charity's cookies along where the collector is proxied under its host. Only the page's origin is told. What is
 * refused for now (429 and 503 say when to come back) is tried again while the page lives; a lost connection is not,
 * because the hit may have arrived and would be counted twice.
 */
export const call = (
  path: string,
  body?: string,
  again?: () => void,
  credentials: RequestCredentials = "omit",
): Promise<Response> =>
  fetch(new URL(`v1/${path}`, tag.src), {
    method: body && "POST",
    body,
    keepalive: true,
    credentials,
    referrerPolicy: "strict-origin",
  }).then(
    (response) => {
      const wait = response.headers.get("Retry-After") as unknown as number;
      if (again && wait) setTimeout(again, wait * 1500);
      return response;
    },
    () => new Response("0"),
  );

/** Asks for the banner in force. */
export const fetchBanner = (lang: string): Promise<Banner> =>
  call(`sites/${tag.dataset.site}/banner${lang}`).then((response) => response.json());

/** Sends a hit, if visits may be counted. The order of keys is part of the wire: the same facts are the same bytes. */
export const hit = (kind: string, facts: object, now = pass()): unknown =>
  now &&
  call(
    "hits",
    JSON.stringify({ v: 1, kind, site: tag.dataset.site, pass: now, ...facts, override_gpc: signal() || undefined }),
    () => hit(kind, facts),
  );
