// Requirements 1 to 4 of the consent design, by number: what is requested and kept, refusing, signals, duration.
// README.md beside this file says which test shows which requirement.

import assert from "node:assert/strict";
import { test } from "node:test";
import { standardBanner } from "./harness/banner.mjs";
import { BROWSER } from "./harness/browser.mjs";
import {
  BANNER,
  bar,
  CHOICE,
  clockedVisitor,
  DECISION,
  dialog,
  HIT,
  link,
  NOON,
  noButton,
  posted,
  quiet,
  SCREENS,
  SCRIPT,
  SITE,
  stored,
  VISIT,
  world,
  yesButton,
} from "./harness/world.mjs";

// Playwright switches the back/forward cache off unless told not to.
const w = world({ launch: { ignoreDefaultArgs: ["--disable-back-forward-cache"] } });
const NOTHING = { cookies: [], local: [], session: [], databases: [] };
const CHOICE_ONLY = { ...NOTHING, local: [CHOICE] };
const GPC = () => Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true });

/** What the browser has requested since the last call; the script aside, which may come from its cache. */
async function sent(visitor) {
  await quiet(w);
  return visitor.sent.splice(0).filter((line) => line !== SCRIPT);
}

/** Goes back to a page that the browser has kept alive. */
async function restore(page) {
  await page.evaluate(() => {
    addEventListener("pageshow", (event) => {
      window.restored = event.persisted;
    });
  });
  await page.goto(`${w.url}/help/other`);
  await quiet(w);
  await page.evaluate(() => history.back());
  await page.waitForFunction(() => window.restored);
}

/** Ways to come to a page, with the pages that each requests. */
const WAYS = {
  "a reload": [(page) => page.reload(), ["/help/bullying"]],
  "a second page": [(page) => page.goto(`${w.url}/help/talk`), ["/help/talk"]],
  "a new tab": [
    (page) =>
      page
        .context()
        .newPage()
        .then((tab) => tab.goto(`${w.url}/new`)),
    ["/new"],
  ],
  "the back/forward cache": [restore, ["/help/other"]],
  "an address within the page": [(page) => page.evaluate(() => history.pushState(null, "", "/pushed")), []],
};

/** Walks all the ways and asserts that each requests its pages and, with them, what is expected. */
async function walk(visitor, page, expected, kept) {
  for (const [way, [go, pages]] of Object.entries(WAYS)) {
    await go(page);
    const want = pages.flatMap((path) => [`GET page:${path}`, ...expected]);
    assert.deepEqual(await sent(visitor), want, way);
    assert.deepEqual(await stored(visitor, page), kept, way);
  }
  await page.evaluate(() => document.querySelector("[data-footfall-event]").click());
  await page.goto("about:blank");
  assert.deepEqual(await sent(visitor), [], "leaving");
  const posts = w.collector.requests.filter(({ method }) => method === "POST");
  assert.deepEqual(posts, [], "the collector has got nothing");
}

test("R1 before any choice: no request but the banner's own, no cookie, no storage, on every way to a page", async () => {
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).waitFor();
  assert.ok(visitor.sent.includes(SCRIPT));
  assert.deepEqual(await sent(visitor), ["GET page:/help/bullying", BANNER]);
  await walk(visitor, page, [BANNER], NOTHING);
});

test("R1 after No: no request at all, no cookie, no storage but the choice, on every way to a page", async () => {
  const visitor = await w.visitor();
  const page = await visitor.sayNo();
  assert.deepEqual(await sent(visitor), ["GET page:/help/bullying", BANNER, SCREENS, DECISION]);
  w.collector.requests.length = 0;
  await walk(visitor, page, [], CHOICE_ONLY);
});

test("R1 a page that the exception counts keeps what the visit needs, and after No the choice alone", async () => {
  w.collector.patch = standardBanner("en", "notice");
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await link(page).waitFor();
  assert.deepEqual(await sent(visitor), ["GET page:/help/bullying", BANNER, HIT]);
  assert.equal(await bar(page).count(), 0, "nothing is asked");
  assert.deepEqual(await stored(visitor, page), { ...NOTHING, session: [VISIT] });
  await link(page).click();
  await quiet(w);
  assert.deepEqual(await stored(visitor, page), CHOICE_ONLY);
  assert.deepEqual(await sent(visitor), [SCREENS, DECISION]);
  w.collector.requests.length = 0;
  await walk(visitor, page, [], CHOICE_ONLY);
});

/** States of a visitor, each with the presses that object from there. */
const OBJECTIONS = {
  undecided: [{}, async () => {}, [noButton]],
  "after Yes": [{}, (page) => yesButton(page).click(), [link]],
  "after Yes, by the page's own link": [
    { own: true },
    (page) => yesButton(page).click(),
    [(page) => page.getByText("Cookie choices"), (page) => dialogNo(page)],
  ],
  "after Yes, where the page has a link of its own, by as many presses as Yes": [
    { own: true },
    (page) => yesButton(page).click(),
    [link],
  ],
  "counted by the exception": [{ kind: "notice" }, async () => {}, [link]],
};
const dialogNo = (page) => dialog(page).getByRole("button", { name: w.collector.banner("en").no, exact: true });

for (const [state, [{ own, kind }, come, presses]] of Object.entries(OBJECTIONS)) {
  test(`R2 objecting takes at most 2 actions: ${state}; sending stops at once, on unload too`, async () => {
    if (kind) w.collector.patch = standardBanner("en", kind);
    if (own) w.page = ownLink;
    const visitor = await w.visitor();
    const page = await visitor.tab();
    await come(page);
    await quiet(w);
    assert.ok(presses.length <= 2);
    for (const press of presses) await press(page).click();
    const before = (await posted(w, "hits")).length;
    await page.evaluate(() => {
      footfall.event("contact", "webchat");
      history.pushState(null, "", "/next");
    });
    await page.goto(`${w.url}/help/talk`);
    await page.goto("about:blank");
    assert.equal((await posted(w, "hits")).length, before);
  });
}

function ownLink(world) {
  return `<!doctype html><html lang="en"><head><title>t</title>${world.tag()}</head><body><main>
    <h1>t</h1><button data-footfall-open>Cookie choices</button></main></body></html>`;
}

test("R3 the browser's own Global Privacy Control refuses, and objects to the exception; no decision is recorded", async () => {
  const visitor = await w.visitor(
    BROWSER === "firefox" ? { prefs: { "privacy.globalprivacycontrol.enabled": true } } : { init: GPC },
  );
  const page = await visitor.tab();
  await link(page).waitFor();
  assert.deepEqual(await sent(visitor), ["GET page:/help/bullying"]);
  if (BROWSER === "firefox") assert.equal(w.collector.requests[0].headers["sec-gpc"], "1");
  w.collector.patch = standardBanner("en", "notice");
  await page.goto(`${w.url}/help/talk`);
  await link(page).waitFor();
  const lines = (await sent(visitor)).filter((line) => line !== BANNER);
  assert.deepEqual(lines, ["GET page:/help/talk"], "not even a decision");
  assert.deepEqual(await stored(visitor, page), NOTHING);
});

for (const [name, days, asks] of [
  ["8 days", 8, false],
  ["7 months", 212, true],
]) {
  test(`R4 a clock moved by ${name}: No and Yes ${asks ? "are asked for again, and nothing is counted before" : "hold"}`, async () => {
    for (const button of [noButton, yesButton]) {
      const { visitor, page } = await clockedVisitor(w, "/help/bullying", button);
      w.collector.requests.length = 0;
      await page.clock.setSystemTime(NOON + days * 86_400_000);
      await page.goto(`${w.url}/later`);
      await page.clock.runFor(3000); // until the page has settled
      await (asks ? bar(page) : link(page)).waitFor();
      assert.equal(await bar(page).count(), Number(asks));
      const counted = !asks && button === yesButton;
      const views = (await posted(w, "hits", Number(counted))).filter((body) => JSON.parse(body).kind === "view");
      assert.equal(views.length, Number(counted));
      assert.deepEqual(await posted(w, "decisions"), []);
      await visitor.context.close();
    }
  });
}

test("R4 other words or another language never ask again, another material does", async () => {
  const { page } = await clockedVisitor(w, "/help/bullying");
  const later = async (days, patch) => {
    Object.assign(w.collector.patch, patch);
    await page.clock.setSystemTime(NOON + days * 86_400_000);
    await page.goto(`${w.url}/day/${days}`);
    await quiet(w);
  };
  await later(1, { ...standardBanner("pl"), hash: "eeeeeeeeeeeeeeee" });
  assert.equal(await bar(page).count(), 0);
  await later(2, { material: "ffffffffffffffff" });
  await bar(page).waitFor();
});

test("R4 proxied under the site's own host, No is a cookie of half a year: it holds when storage is wiped after 8 days", async () => {
  w.page = () => `<!doctype html><html lang="en"><head><title>t</title><link rel="icon" href="data:,">
    <script async src="/footfall/footfall.js" data-site="${SITE}" data-allow-automation></script></head><body><h1>t</h1></body></html>`;
  const visitor = await w.visitor();
  const page = await visitor.sayNo();
  await quiet(w);
  const [cookie, ...more] = await visitor.context.cookies();
  assert.deepEqual(more, []);
  const { name, value, path, httpOnly, sameSite, expires } = cookie;
  assert.deepEqual([name, value, path, httpOnly, sameSite], ["footfall", "no", "/", false, "Lax"]);
  assert.equal(Math.round((expires - Date.now() / 1000) / 86_400), 182);
  await page.clock.install();
  await page.clock.setSystemTime(Date.now() + 8 * 86_400_000);
  await page.evaluate(() => localStorage.clear()); // as Safari does after seven days
  w.collector.requests.length = 0;
  await page.goto(`${w.url}/later`);
  await link(page).waitFor();
  await quiet(w);
  assert.equal(await bar(page).count(), 0);
  const asked = w.collector.requests.map(({ path }) => path).filter((path) => !path.endsWith(".js"));
  assert.deepEqual(asked, []);
  await link(page).click();
  await dialog(page)
    .getByRole("button", { name: w.collector.banner("en").yes, exact: true })
    .click();
  assert.equal((await posted(w, "hits", 1)).length, 1);
  assert.deepEqual(await visitor.context.cookies(), [], "a Yes takes the cookie away");
});
