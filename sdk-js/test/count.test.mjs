// What is counted, in which bytes, and how often: views, stays, events.

import assert from "node:assert/strict";
import { test } from "node:test";
import { payload } from "./harness/double.mjs";
import { bar, clockedVisitor, hide, keptChoice, link, NOON, posted, quiet, world } from "./harness/world.mjs";

// Playwright switches the back/forward cache off unless told not to.
const w = world({ launch: { ignoreDefaultArgs: ["--disable-back-forward-cache"] } });
const hits = (count) => posted(w, "hits", count);
const bodies = (...names) => names.map((name) => w.collector.body(name));
const GOOGLE = { referer: "https://www.google.com/search?q=secret" };

test("the first view: the shared bytes, the content type, the origin and no address", async () => {
  const visitor = await w.visitor();
  const page = await visitor.sayYes("/help/bullying?utm_campaign=spring&email=a@example.org", GOOGLE);
  assert.deepEqual(await hits(), bodies("hit-view-first"));
  for (const { method, headers } of w.collector.requests.filter((r) => r.path.startsWith("/v1/"))) {
    if (method !== "POST") continue;
    assert.equal(headers["content-type"], payload("hit-view-first").content_type);
    assert.equal(headers.origin, w.url);
    assert.equal(headers.referer, `${w.url}/`);
    assert.equal(headers.cookie, undefined);
  }
  assert.ok(!w.collector.requests.some((r) => r.method === "OPTIONS"), "no preflight");
  await page.goto(`${w.url}/help/talk`);
  assert.deepEqual(await hits(), bodies("hit-view-first", "hit-view-next"));
});

test("two visitors with the same facts send the same bytes", async () => {
  for (const userAgent of ["One/1.0", "Two/2.0"]) {
    const visitor = await w.visitor({ userAgent, locale: userAgent === "One/1.0" ? "en-GB" : "cy-GB" });
    await visitor.sayYes("/help/bullying", GOOGLE);
    await quiet(w);
  }
  const [first, second] = await hits();
  assert.equal(first, second);
});

test("no referrer, an app's, and a campaign that is not a name", async () => {
  const cases = [
    ["", "hit-view-direct"],
    ["android-app://com.example.mail/", "hit-view-android"],
  ];
  for (const [referrer, name] of cases) {
    const init = `Object.defineProperty(Document.prototype, "referrer", { get: () => ${JSON.stringify(referrer)} })`;
    const visitor = await w.visitor({ init });
    await visitor.sayYes("/help/bullying?utm_campaign=jane%40example.org");
    assert.deepEqual((await hits()).slice(-1), bodies(name));
  }
});

test("a page seen before in the visit is not sent; after half an hour's idleness a new visit begins", async () => {
  const { page } = await clockedVisitor(w, "/help/bullying");
  await page.reload();
  assert.equal((await hits()).length, 1);
  await hide(page);
  await page.clock.setSystemTime(NOON + 31 * 60_000);
  await page.reload();
  assert.deepEqual(await hits(), bodies("hit-view-direct", "hit-view-direct"));
});

test("a single-page site: pushState, replaceState and back are pages by path, a query or fragment is none", async () => {
  const visitor = await w.visitor();
  const page = await visitor.sayYes("/one");
  await quiet(w); // nothing is counted before the collector has said that it may be
  await page.evaluate(() => {
    history.pushState({ a: 1 }, "", "/two?x=1");
    history.pushState(null, "", "/two?x=2#part");
    history.replaceState(null, "", "/three");
    history.back();
  });
  await quiet(w);
  const paths = (await hits()).map((body) => JSON.parse(body).path);
  assert.deepEqual(paths, ["/one", "/two", "/three"]);
  await page.evaluate(() => history.pushState(null, "", "/four"));
  assert.equal(await bar(page).count(), 0, "what was said goes with the page");
});

test("a page whose body is replaced whole keeps its banner and its link", async () => {
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).waitFor();
  await page.evaluate(() => {
    const body = document.createElement("body");
    body.append("Another page");
    document.documentElement.replaceChild(body, document.body);
  });
  await bar(page).waitFor();
  await link(page).waitFor();
  assert.equal(await page.evaluate(() => document.body.firstElementChild.dataset.footfall), "bar");
});

test("back/forward cache: a page comes back from it, and a withdrawal made meanwhile holds there", async () => {
  const visitor = await w.visitor();
  const page = await visitor.sayYes("/one");
  await quiet(w);
  await page.evaluate(() =>
    addEventListener("pageshow", (event) => {
      window.restored = event.persisted;
    }),
  );
  await page.goto(`${w.url}/two`);
  await page.evaluate(() => history.back());
  await page.waitForFunction(() => window.restored);
  await page.evaluate(() => history.forward());
  await page.waitForFunction(() => location.pathname === "/two");
  await link(page).click();
  await quiet(w);
  const before = (await hits()).length;
  await page.evaluate(() => history.back());
  await page.waitForFunction(() => location.pathname === "/one");
  await link(page).getByText("Privacy choices").waitFor();
  await page.evaluate(() => {
    footfall.event("contact", "webchat");
    history.pushState(null, "", "/three");
  });
  assert.equal((await hits()).length, before);
});

test("a page prepared ahead, or in a tab not yet looked at, asks and counts only once it is shown", async () => {
  const init = () => {
    Object.defineProperty(Document.prototype, "hidden", { get: () => !window.shown, configurable: true });
  };
  const visitor = await w.visitor({ init });
  const page = await visitor.tab();
  await quiet(w);
  assert.equal(w.collector.requests.filter((r) => r.path.startsWith("/v1/")).length, 0);
  await page.evaluate(() => {
    window.shown = true;
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  });
  await bar(page).waitFor();
});

test("an automated browser is asked but not counted, unless the tag allows it", async () => {
  w.page = (world) =>
    `<!doctype html><html lang="en"><head><title>t</title>${world.tag("")}</head><body><h1>t</h1></body></html>`;
  const visitor = await w.visitor();
  await visitor.sayYes();
  await quiet(w);
  assert.deepEqual(
    w.collector.requests.filter((r) => r.method === "POST"),
    [],
  );
});

test("events: from the markup and from the page's script, each once a visit, no other table and no free text", async () => {
  w.page = (world) => `<!doctype html><html lang="en"><head><title>t</title>
    <script>(window.footfall ||= []).push(["event", "contact", "too-early"], ["on", "ready", () => { window.ready = true }])</script>
    ${world.tag()}</head><body><h1>t</h1><button data-footfall-event="contact:webchat"><b>Chat</b></button>
    <button data-footfall-event="name:somebody">Send</button></body></html>`;
  const visitor = await w.visitor();
  const page = await visitor.sayYes();
  await quiet(w); // nothing is counted before the collector has said that it may be
  await page.getByText("Chat").click();
  await page.getByText("Chat").click();
  await page.getByText("Send").click();
  await quiet(w); // what is sent at once may come in any order
  await page.reload();
  await page.waitForFunction(() => window.ready);
  await quiet(w);
  await page.evaluate(() => {
    footfall.event("contact", "webchat");
    footfall.event("outcome", "felt-heard");
    footfall.event("name", "somebody");
    footfall.event("search", "somebody's words");
    footfall.event("search", "two\nlines");
    footfall.event("contact:webchat", "chat");
    footfall.event("search", "x".repeat(41));
  });
  // The queued call is made on every load: before the yes it counts for nothing, on the second load it counts.
  const [, chat, early, outcome, ...rest] = await hits();
  assert.deepEqual([chat, rest], [...bodies("hit-event"), []]);
  assert.deepEqual(
    [early, outcome].map((body) => JSON.parse(body).value),
    ["too-early", "felt-heard"],
  );
});

test("the device keeps no page, value or address of the visit, and no id", async () => {
  const visitor = await w.visitor();
  const page = await visitor.sayYes("/help/bullying", GOOGLE);
  await quiet(w);
  await page.getByText("Chat").click();
  await quiet(w); // both are counted
  const { asked, ...choice } = await keptChoice(page); // asked is the banner, the same for everybody
  assert.deepEqual(asked, w.collector.banner("en"));
  const state = (await page.evaluate(() => sessionStorage.getItem("fv"))) + JSON.stringify(choice);
  assert.doesNotMatch(state, /bullying|webchat|contact|google|help/);
  const [at, seconds, ...marks] = JSON.parse(await page.evaluate(() => sessionStorage.getItem("fv")));
  assert.ok(Number.isInteger(at) && Number.isInteger(seconds));
  assert.equal(marks.length, 2);
  for (const mark of marks) assert.match(mark, /^(view|event)([0-9]|[1-9][0-9]|1[01][0-9]|12[0-6])$/);
});

/** A collector that is closed: it tells when to come back, which each browser does at a moment of its own within as long again. */
const CLOSED = { status: 503, headers: { "Retry-After": "1" }, body: "" };
const RETRIED_MS = 2000;

test("429 and 503 are tried again after Retry-After, once, and not after a withdrawal", async () => {
  const { page } = await clockedVisitor(w, "/help/bullying");
  let closed = true;
  w.collector.fault = (r) => (r.path === "/v1/hits" && closed ? CLOSED : null);
  await page.evaluate(() => footfall.event("contact", "webchat"));
  assert.equal((await hits(2)).length, 2);
  closed = false;
  await page.clock.runFor(999);
  assert.equal((await hits()).length, 2, "not before");
  await page.clock.runFor(RETRIED_MS);
  assert.deepEqual((await hits(3)).slice(1), bodies("hit-event", "hit-event"));
  closed = true;
  await page.evaluate(() => footfall.event("contact", "phone"));
  assert.equal((await hits(4)).length, 4);
  await link(page).click();
  await quiet(w);
  await page.clock.runFor(RETRIED_MS);
  assert.equal((await hits()).length, 4);
});

test("a decision refused with 503 is tried again, and the view waits for its pass", async () => {
  let tries = 0;
  w.collector.fault = (r) => (r.path === "/v1/decisions" && tries++ === 0 ? CLOSED : null);
  const { page } = await clockedVisitor(w, "/help/bullying");
  assert.deepEqual(await hits(), []);
  assert.equal(tries, 1);
  await page.clock.runFor(RETRIED_MS);
  assert.equal((await hits(1)).length, 1);
  assert.equal(tries, 2);
});

test("a yes whose decision was lost is confirmed on the next page", async () => {
  w.collector.fault = (r) => (r.path === "/v1/decisions" ? { status: 500, headers: {}, body: "" } : null);
  const visitor = await w.visitor();
  const page = await visitor.sayYes();
  await quiet(w);
  w.collector.fault = null;
  await page.goto(`${w.url}/help/talk`);
  assert.equal((await hits(1)).length, 1);
  assert.equal((await keptChoice(page)).pass, w.collector.seen.pass);
});

test("a page that is left at once after Yes is counted all the same: requests outlive it", async () => {
  const visitor = await w.visitor();
  const page = await visitor.sayYes();
  await page.waitForFunction(() => JSON.parse(localStorage.getItem("ff")).pass);
  await page.evaluate(() => {
    footfall.event("contact", "webchat");
    location.href = "about:blank";
  });
  assert.equal((await hits(2)).length, 2);
  assert.equal(page.url(), "about:blank");
});
