// A faithful double of the collector: answers as the wire says, from the payloads in test/wire, and is as strict about
// hits as the collector is. With FOOTFALL_BASE set the tests talk to a real collector instead (see collector.mjs).

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const wire = new URL("../wire/", import.meta.url);

/** The payload of one file in test/wire. */
export const payload = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, wire), "utf8"));

const BANNERS = Object.fromEntries(
  ["banner-en", "banner-purposes", "banner-exception"].map((name) => [payload(name).answer.site, name]),
);
const LANGS = payload("banner-en").answer.langs;
const STYLE = readFileSync(new URL("../../dist/footfall.css", import.meta.url), "utf8");
const PASS = payload("decision-yes").answer.pass;
/** Headers of every answer: any page may read it, Retry-After too. */
export const OPEN = { "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After" };

const is = (type) => (value) => typeof value === type;
const listOf = (allowed) => (value) => Array.isArray(value) && value.every((one) => allowed.includes(one));
const always = { v: (v) => v === 1, kind: is("string"), site: is("string"), pass: is("string") };
const yes = (value) => value === true;
const FIELDS = {
  view: { path: is("string"), referrer: is("string"), campaign: is("string"), new_visit: yes, new_page: yes },
  leave: { length: listOf(["10s", "1m", "3m", "10m"]), depth: listOf(["2", "4", "8"]) },
  event: {
    table: (v) => ["contact", "issue", "outcome", "signpost", "search", "download"].includes(v),
    value: is("string"),
  },
};

/** Answers one recorded request: { status, headers, body }. */
export function answer({ method, path, body, headers }) {
  const url = new URL(path, "http://collector.invalid");
  const file = /^\/(footfall(?:-count|-screens)?)\.js$/.exec(url.pathname);
  if (method === "GET" && file) return script(file[1], url.search.slice(1));
  const key = /^\/v1\/sites\/(\w+)\/banner$/.exec(url.pathname)?.[1];
  if (method === "GET" && BANNERS[key]) return json(200, banner(key, url.searchParams.get("lang")));
  if (method === "GET" && url.pathname.endsWith("/banner")) return json(404, { error: "unknown site" });
  if (method === "POST" && url.pathname === "/v1/decisions") return decide(parse(body), headers["sec-fetch-site"]);
  if (method === "POST" && url.pathname === "/v1/hits") return hit(parse(body));
  return json(404, { error: "no such address" });
}

function script(name, integrity) {
  const body = readFileSync(new URL(`../../dist/${name}.js`, import.meta.url), "utf8");
  if (integrity && integrity !== `sha256-${createHash("sha256").update(body).digest("base64")}`)
    return json(404, { error: "not a file of this release" });
  return { status: 200, headers: { ...OPEN, "Content-Type": "text/javascript; charset=utf-8" }, body };
}

/** The banner with every word of the screens, in the language asked for; the fixtures have two of its texts. */
function banner(key, asked) {
  const lang = LANGS.includes(asked) ? asked : "en";
  const name = lang === "cy" && BANNERS[key] === "banner-en" ? "banner-cy" : BANNERS[key];
  const words = JSON.parse(readFileSync(new URL(`../../src/i18n/${lang}.json`, import.meta.url), "utf8"));
  return { ...payload(name).answer, lang, words, style: STYLE };
}

function decide(said, from) {
  const shape = {
    v: always.v,
    site: is("string"),
    banner: is("string"),
    choices: listOf(["statistics", "video"]),
    lang: is("string"),
  };
  const fault = faults(said, shape, Object.keys(shape));
  if (fault) return json(400, { error: fault });
  const yes = said.choices.includes("statistics");
  const given = json(200, { receipt: "receipt-of-the-fixture", pass: yes ? PASS : "" });
  if (from === "same-origin") given.headers["Set-Cookie"] = refusal(yes ? 0 : payload("banner-en").answer.expires_days);
  return given;
}

/** The No that the charity's own host keeps, where the collector lies under it. */
const refusal = (days) => `footfall=no; Max-Age=${days * 86_400}; Path=/; SameSite=Lax`;

function hit(said) {
  const own = FIELDS[said?.kind];
  if (!own) return json(400, { error: "kind" });
  const fault = faults(said, { ...always, ...own, override_gpc: yes }, Object.keys(always));
  return fault ? json(400, { error: fault }) : { status: 202, headers: OPEN, body: "" };
}

function faults(said, shape, required) {
  const missing = required.find((key) => !(key in said));
  return missing ?? Object.keys(said).find((key) => !shape[key]?.(said[key]));
}

function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

const json = (status, value) => ({
  status,
  headers: { ...OPEN, "Content-Type": "application/json" },
  body: JSON.stringify(value),
});
