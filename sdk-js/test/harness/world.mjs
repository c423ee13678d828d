// The world of a test: a charity's website, the collector, and a browser with one visitor per test.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { request as ask, createServer } from "node:http";
import { after, afterEach, before, beforeEach } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { BROWSER, startBrowser } from "./browser.mjs";
import { startCollector } from "./collector.mjs";

const QUIET_MS = 350; // long enough for a request that must not come, to come
const PATIENCE_MS = 30_000; // for anything on a page to happen, however busy the machine is
const DAY_MS = 86_400_000;
const TEST_MS = 60_000; // longer than any test that must not see the date change
const PROXIED = "/footfall/"; // the path of the website under which the collector lies too

export const SITE = process.env.FOOTFALL_SITE ?? "kx4f9q";
export const SCRIPT = "GET /footfall.js";
export const BANNER = `GET /v1/sites/${SITE}/banner?lang=en`;
/** Loaded at the first press: what follows from a choice. */
export const SCREENS = `GET /footfall-screens.js?sha256-${createHash("sha256")
  .update(readFileSync(new URL("../../dist/footfall-screens.js", import.meta.url)))
  .digest("base64")}`;
export const DECISION = "POST /v1/decisions";
export const HIT = "POST /v1/hits";
/** Keys of what the browser keeps: the choice in local storage, the visit in session storage. */
export const CHOICE = "ff";
export const VISIT = "fv";

/** Sets the world up for the tests of one file; its parts are there once a test runs. */
export function world({ launch = {} } = {}) {
  const w = {};
  before(async () => {
    w.collector = await startCollector();
    await startWebsite(w);
    w.browser = await startBrowser(launch);
  });
  beforeEach(async () => {
    await sameDay();
    w.collector.reset();
    w.page = defaultPage;
    w.headers = {};
    w.contexts = [];
    w.errors = [];
    w.pending = []; // for each visitor, their requests under way
    w.events = 0; // beginnings and ends of requests
  });
  afterEach(async () => {
    await Promise.all(w.contexts.map((context) => context.close()));
  });
  after(async () => {
    await w.browser.close();
    w.collector.stop();
    w.website.closeAllConnections();
    w.website.close();
  });
  w.visitor = (options) => newVisitor(w, options);
  w.tag = (attributes = "data-allow-automation") =>
    `<script async src="${w.collector.base}/footfall.js" data-site="${SITE}" ${attributes}></script>`;
  return w;
}

/** Waits for the new day if it is about to begin in UTC: on a new day the snippet looks for a new banner. */
async function sameDay() {
  const left = DAY_MS - (Date.now() % DAY_MS);
  if (left < TEST_MS) await sleep(left);
}

function defaultPage(w) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Harbour Young People</title>
    <meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">${w.tag()}</head>
    <body><main><h1>Talk to us</h1><p>We listen.</p><a href="/help/talk">Next</a>
    <button data-footfall-event="contact:webchat">Chat</button></main></body></html>`;
}

async function startWebsite(w) {
  w.website = createServer((request, response) => {
    if (request.url.startsWith(PROXIED)) return proxy(w, request, response);
    if (request.url === "/favicon.ico") return response.writeHead(204).end();
    const made = w.page(w, new URL(request.url, "http://x"));
    const [type, body] = Array.isArray(made) ? made : ["text/html; charset=utf-8", made];
    response.writeHead(200, { "Content-Type": type, "Cache-Control": "max-age=0", ...w.headers }).end(body);
  });
  await new Promise((done) => w.website.listen(Number(process.env.FOOTFALL_SITE_PORT ?? 0), "127.0.0.1", done));
  const { port } = w.website.address();
  w.url = `http://${process.env.FOOTFALL_SITE_HOST ?? "www.harbour.localhost"}:${port}`;
}

/** The collector under the charity's own host, as a web server proxies it. */
function proxy(w, request, response) {
  const to = w.collector.base.replace(/\/\/.*:/, "//127.0.0.1:") + request.url.slice(PROXIED.length - 1);
  const upstream = ask(to, { method: request.method, headers: request.headers }, (given) => {
    response.writeHead(given.statusCode, given.headers);
    given.pipe(response);
  });
  upstream.on("error", () => response.destroy());
  request.pipe(upstream);
}

async function newVisitor(w, { init, ...options } = {}) {
  const context = await w.browser.newContext({ viewport: { width: 390, height: 844 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  w.contexts.push(context);
  if (init) await context.addInitScript(init);
  context.on("weberror", (error) => w.errors.push(String(error.error())));
  context.on("console", (message) => {
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) w.errors.push(message.text());
  });
  const visitor = {
    context,
    /** Every request of the browser, whoever made it: "GET page:/help" of the website, "GET /v1/…" of the collector. */
    sent: [],
    /** Opens a page in a new tab. */
    async tab(path = "/help/bullying", goto = {}) {
      const page = await context.newPage();
      const fake = BROWSER === "firefox" && goto.referer ? await page.addInitScript(fakeReferrer, goto.referer) : null;
      await page.goto(w.url + path, goto);
      await fake?.dispose();
      return page;
    },
    /** Opens a page in a new tab, and says yes there. */
    async sayYes(path, goto) {
      const page = await visitor.tab(path, goto);
      await yesButton(page).click();
      return page;
    },
    /** Opens a page in a new tab, and says no there. */
    async sayNo(path, goto) {
      const page = await visitor.tab(path, goto);
      await noButton(page).click();
      return page;
    },
  };
  context.on("request", (request) => {
    const url = request.url().replace(w.collector.base, "").replace(w.url, "page:");
    visitor.sent.push(`${request.method()} ${url}`);
  });
  watch(w, context);
  return visitor;
}

/** Notes which requests of a context are under way. */
function watch(w, context) {
  const pending = new Set();
  w.pending.push(pending);
  context.on("close", () => pending.clear());
  const note = (event, take) =>
    context.on(event, (request) => {
      w.events++;
      take(request);
    });
  note("request", (request) => pending.add(request));
  for (const end of ["requestfinished", "requestfailed"]) note(end, (request) => pending.delete(request));
}

/** Makes document.referrer what a strict referrer policy makes of an address; runs in the page. */
function fakeReferrer(address) {
  const referrer = `${new URL(address).origin}/`;
  Object.defineProperty(Document.prototype, "referrer", { get: () => referrer, configurable: true });
}

export const bar = (page) => page.locator("[data-footfall=bar] .bar");
export const yesButton = (page) => bar(page).locator(".choices button").first();
export const noButton = (page) => bar(page).locator(".choices button").last();
/** The way back at the end of the page: stops what is allowed, and opens the choices where nothing is. */
export const link = (page) => page.locator("[data-footfall=link] button").first();
export const dialog = (page) => page.locator("dialog");

/** What the collector was asked, as "METHOD /path" lines, once there are so many and nothing more comes. */
export async function asked(w, count = 0) {
  const lines = () => w.collector.requests.map(({ method, path }) => `${method} ${path}`);
  await until(() => lines().length >= count);
  await quiet(w);
  return lines();
}

/** Bodies of what was posted to a path ("hits", "decisions"), once there are so many and nothing more comes. */
export async function posted(w, path, count = 0) {
  const bodies = () => w.collector.requests.filter((r) => r.path === `/v1/${path}`).map((r) => r.body);
  await until(() => bodies().length >= count);
  await quiet(w);
  return bodies();
}

/** Waits until something holds; what never does is for the test to say. */
async function until(holds) {
  for (const end = Date.now() + PATIENCE_MS; !holds() && Date.now() < end; ) await sleep(20);
}

/**
 * Waits until no request has begun or ended for a while and none is under way. Each page must have answered meanwhile:
 * on a busy machine a while alone is not long enough for what a page has still to do.
 */
export async function quiet(w, ms = QUIET_MS) {
  const events = () => w.events + w.collector.heard;
  const end = Date.now() + PATIENCE_MS;
  let before;
  do {
    before = events();
    await sleep(ms);
    await Promise.all(w.contexts.flatMap((context) => context.pages()).map(answers));
  } while ((before !== events() || w.pending.some(({ size }) => size > 0)) && Date.now() < end);
}

/** Waits until a page has done what it had to do when asked; one that goes away meanwhile has nothing to do. */
const answers = (page) =>
  Promise.race([page.evaluate(() => {}).catch(() => {}), sleep(PATIENCE_MS, null, { ref: false })]);

/** Everything that the browser keeps for the website: cookies and storage, by name. */
export async function stored(visitor, page) {
  const cookies = (await visitor.context.cookies()).map(({ name }) => name);
  const [local, session, databases] = await page.evaluate(async () => [
    Object.keys(localStorage),
    Object.keys(sessionStorage),
    (await indexedDB.databases()).map(({ name }) => name),
  ]);
  return { cookies, local, session, databases };
}

/** The choice that the browser keeps. */
export const keptChoice = (page) => page.evaluate((key) => JSON.parse(localStorage.getItem(key)), CHOICE);

/** The time at which stopClock stops a page's clock: far from midnight. */
export const NOON = Date.UTC(2026, 5, 1, 12);

/** Stops the clock of a page that is not yet open: from now on the test alone moves it, however slow the machine is. */
export async function stopClock(page) {
  await page.clock.install({ time: NOON - 3_600_000 });
  await page.clock.pauseAt(NOON);
}

/** A visitor whose clock stands still at noon, with a page on which they have answered: yes, unless said otherwise. */
export async function clockedVisitor(w, path, answer = yesButton) {
  const visitor = await w.visitor();
  const page = await visitor.context.newPage();
  await stopClock(page);
  await page.goto(w.url + path);
  await answer(page).click();
  await quiet(w);
  return { visitor, page };
}

/** Puts the page out of sight, as another tab or a locked screen does. */
export const hide = (page) =>
  page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  });
