// No request can carry an identity: random walks through a site by visitors about whom the page knows much, each walk
// made by two of them. Whatever they do, each request fits a closed list of shapes, holds nothing of what the page
// knows, and is the same bytes for both.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LANGS } from "./harness/banner.mjs";
import { bar, link, noButton, quiet, SITE, stopClock, world, yesButton } from "./harness/world.mjs";

const w = world();
const WALKS = Number(process.env.FOOTFALL_WALKS ?? 4);
const STEPS = 12;
const PATHS = ["/", "/help/bullying", "/help/talk", "/about", "/volunteer", "/news/2026"];
const PEOPLE = [
  { name: "ada", userAgent: "One/1.0", locale: "en-GB", viewport: { width: 390, height: 844 } },
  { name: "bob", userAgent: "Two/2.0", locale: "pl-PL", viewport: { width: 412, height: 915 } },
];
/** What the page knows of a person: in the address, the title, a form, a cookie, the storage. None may be sent. */
const SECRET = (name) => `secret-${name}`;

const one = (pattern) => (value) => typeof value === "string" && pattern.test(value);
const among = (list) => (value) => list.includes(value);
const some = (list) => (value) => Array.isArray(value) && value.every((item) => list.includes(item));
const yes = (value) => value === true;
const ALWAYS = { v: (v) => v === 1, site: (s) => s === SITE };
const HIT = { ...ALWAYS, pass: (p) => p === w.collector.seen.pass };
const SHAPES = {
  decision: {
    ...ALWAYS,
    banner: (b) => b === w.collector.seen.hash,
    choices: some(["statistics"]),
    lang: among(LANGS),
  },
  view: {
    ...HIT,
    kind: among(["view"]),
    path: among([...PATHS, "/pushed"]),
    referrer: one(/^(android-app:\/\/)?[a-z0-9.:-]{1,100}$/),
    campaign: one(/^[a-z0-9._-]{1,40}$/),
    new_visit: yes,
    new_page: yes,
  },
  leave: {
    ...HIT,
    kind: among(["leave"]),
    length: some(["10s", "1m", "3m", "10m"]),
    depth: some(["2", "4", "8"]),
  },
  event: {
    ...HIT,
    kind: among(["event"]),
    table: among(["contact", "issue", "outcome", "signpost", "search", "download"]),
    value: one(/^[a-z0-9-]{1,40}$/),
  },
};
const ADDRESSES = new RegExp(
  `^GET /footfall(-count|-screens)?(\\.[0-9a-f]+)?\\.js$|^GET /v1/sites/${SITE}/banner\\?lang=(${LANGS.join("|")})$|^POST /v1/(hits|decisions)$`,
);
/** Headers that a browser sends by itself and a page cannot fill. */
const BROWSERS_OWN =
  /^(host|connection|user-agent|accept|accept-language|accept-encoding|content-length|origin|priority|te|pragma|cache-control|sec-.*|if-none-match|if-modified-since)$/;

/** Numbers from 0 to below 1 that a seed settles. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function sitePage(world) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Harbour</title><link rel="icon" href="data:,">
    ${world.tag()}</head><body><main><h1>Talk to us</h1><form><input name="who"></form>
    <a href="/help/talk?from=here#top">Next</a><button data-footfall-event="contact:webchat">Chat</button>
    <button data-footfall-event="download:leaflet">Leaflet</button></main></body></html>`;
}

/** Puts the person's secrets wherever a page may have them; runs in the page. */
function plant(secret) {
  if (!location.host) return;
  // biome-ignore lint/suspicious/noDocumentCookie: any browser has it
  document.cookie = `user=${secret}; path=/`;
  localStorage.setItem("user", secret);
  sessionStorage.setItem("user", secret);
  window.name = secret;
  addEventListener("DOMContentLoaded", () => {
    document.title = `Welcome ${secret}`;
    document.querySelector("input").value = secret;
  });
}

const press = async (button) => {
  if (await button.isVisible()) await button.click();
};

/** What a visitor may do next; each gets the page, a source of numbers and the secret. */
const DEEDS = [
  (page, next, secret) => page.goto(`${w.url}${pick(PATHS, next)}?email=${secret}&utm_campaign=spring#${secret}`),
  (page, next, secret) => page.goto(`${w.url}${pick(PATHS, next)}?utm_campaign=${secret}%40example.org`),
  (page, next) => page.goto(`${w.url}${pick(PATHS, next)}?utm_campaign=${"7f3a".repeat(20)}`),
  (page) => page.reload(),
  (page) => press(page.getByText("Chat")),
  (page) => press(page.getByText("Leaflet")),
  (page) => press(page.getByText("Next")),
  (page, _next, secret) => page.evaluate((s) => history.pushState({ s }, "", `/pushed?u=${s}`), secret),
  (page, _next, secret) => page.evaluate((s) => footfall.event("search", `${s} lives here`), secret),
  (page, next) => page.evaluate((n) => footfall.event("outcome", `level-${n}`), Math.floor(next() * 5)),
  (page, next) => page.clock.runFor(Math.floor(next() * 700) * 1000),
  (page) => press(yesButton(page)),
  (page) => press(noButton(page)),
  (page) => press(link(page)),
];
const pick = (list, next) => list[Math.floor(next() * list.length)];

/** One person's walk; answers what it sent: addresses, bodies and the headers that a page controls. */
async function walk(seed, { name, ...options }) {
  w.collector.requests.length = 0;
  const next = random(seed);
  const visitor = await w.visitor(options);
  await visitor.context.addInitScript(plant, SECRET(name));
  const page = await visitor.context.newPage();
  await stopClock(page); // both walks take the same time
  await page.goto(`${w.url}/`);
  await bar(page).waitFor();
  await (next() < 0.8 ? yesButton(page) : noButton(page)).click();
  await quiet(w);
  for (let step = 0; step < STEPS; step++) {
    await pick(DEEDS, next)(page, next, SECRET(name));
    await page.waitForFunction(() => window.footfall?.get);
    await quiet(w, 100); // for both walks to be answered before the next step
  }
  await page.goto("about:blank");
  await quiet(w);
  await visitor.context.close();
  return w.collector.requests.splice(0).filter(({ path }) => path.startsWith("/v1/"));
}

function checkShape({ method, path, headers, body }) {
  assert.match(`${method} ${path}`, ADDRESSES);
  const own = Object.entries(headers).filter(([header]) => !BROWSERS_OWN.test(header));
  const { referer = `${w.url}/`, ...rest } = Object.fromEntries(own);
  assert.equal(referer, `${w.url}/`, "of the address no more than the website");
  assert.deepEqual(rest, method === "POST" ? { "content-type": "text/plain;charset=UTF-8" } : {}, "headers");
  if (method === "GET") return;
  const said = JSON.parse(body);
  const shape = SHAPES[path === "/v1/decisions" ? "decision" : said.kind];
  assert.ok(shape, body);
  for (const [field, value] of Object.entries(said)) assert.ok(shape[field]?.(value), `${field} in ${body}`);
}

for (let seed = 1; seed <= WALKS; seed++) {
  test(`no request can carry an identity, and two visitors with the same facts send the same bytes: walk ${seed}`, async () => {
    w.page = sitePage;
    const walks = [];
    for (const person of PEOPLE) {
      const requests = await walk(seed, person);
      assert.ok(requests.length > 1, "the walk has sent something");
      for (const request of requests) {
        checkShape(request);
        for (const { name } of PEOPLE) assert.ok(!JSON.stringify(request).includes(SECRET(name)), "a secret is sent");
      }
      walks.push(requests);
    }
    // Sorted: what is sent at once, or by a page as it is left and by the next one, may come in any order.
    const bytes = (requests) =>
      requests.map(({ method, path, headers, body }) => JSON.stringify([method, path, pageMade(headers), body])).sort();
    assert.deepEqual(bytes(walks[0]), bytes(walks[1]));
  });
}

/** Headers but those by which browsers themselves differ. */
function pageMade(headers) {
  const { "user-agent": _agent, "accept-language": _language, ...rest } = headers;
  return Object.entries(rest).filter(([name]) => !name.startsWith("sec-ch-"));
}

test("the property is alive: a body with one more field, and one with a secret as its value, are noticed", () => {
  const body = { v: 1, site: SITE, pass: w.collector.seen.pass, kind: "event", table: "contact", value: "webchat" };
  const headers = { "content-type": "text/plain;charset=UTF-8", referer: `${w.url}/` };
  const check = (fields) =>
    checkShape({ method: "POST", path: "/v1/hits", headers, body: JSON.stringify({ ...body, ...fields }) });
  check({});
  assert.throws(() => check({ id: "x" }), /id in/);
  assert.throws(() => check({ value: "Ada Example" }), /value in/);
  assert.throws(() => checkShape({ method: "GET", path: "/v1/hits?id=1", headers: {} }));
});
