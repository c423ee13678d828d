// The exception, and footfall-count.js: what is counted without a choice, and what is not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { payload } from "./harness/double.mjs";
import { asked, bar, link, posted, quiet, SITE, stopClock, world, yesButton } from "./harness/world.mjs";

const w = world();
const hits = (count) => posted(w, "hits", count);

/** What a banner of the statistics exception has beside the texts. */
const EXCEPTION = { basis: "statistics", pass: "pass-of-the-exception", purposes: [] };
const excepted = () => ({
  ...EXCEPTION,
  choices: ["statistics"],
  items: w.collector.banner("en").items.map((item) => ({ ...item, basis: "statistics" })),
});
const GPC = () => Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true });
const sent = () => w.collector.requests.map(({ method, path }) => `${method} ${path.replace(/\?.*/, "")}`);

test("the exception: counted without a choice and without a bar, until one press on the link objects", async () => {
  w.collector.patch = excepted();
  const visitor = await w.visitor();
  const page = await visitor.tab();
  const view = payload("hit-view-direct").body.replace("kx4f9q", SITE);
  assert.deepEqual(await hits(1), [view.replace("pass-of-the-fixture", "pass-of-the-exception")]);
  assert.equal(await bar(page).count(), 0);
  await link(page).getByText("Stop counting my visits").click();
  await bar(page).getByText("Stopped.").waitFor();
  assert.deepEqual(
    (await posted(w, "decisions")).map((body) => JSON.parse(body).choices),
    [[]],
  );
  await page.goto(`${w.url}/help/talk`);
  await link(page).getByText("Privacy choices").waitFor();
  assert.equal((await hits()).length, 1);
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});

test("the exception: Global Privacy Control objects", async () => {
  w.collector.patch = excepted();
  const visitor = await w.visitor({ init: GPC });
  await visitor.tab();
  assert.deepEqual(await hits(), []);
});

/** Pages that only count, but for /choose, which asks. */
function counting() {
  w.page = (world, url) => {
    const tag = url.pathname === "/choose" ? world.tag() : world.tag().replace("footfall.js", "footfall-count.js");
    return `<!doctype html><html lang="en"><head><title>t</title>${tag}</head><body><h1>t</h1>
      <button data-footfall-event="contact:webchat">Chat</button>
      <button data-footfall-event="name:somebody">Send</button></body></html>`;
  };
}

test("footfall-count.js without a choice: by the exception views, visits and events, else nothing", async () => {
  counting();
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await page.getByText("Chat").click();
  await quiet(w);
  assert.deepEqual(sent(), ["GET /footfall-count.js", `GET /v1/sites/${SITE}/banner`]);
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
  w.collector.patch = excepted();
  await page.goto(`${w.url}/help/bullying`, { referer: "https://www.google.com/" });
  await quiet(w); // it counts from when it has the banner
  await page.getByText("Chat").click();
  await page.getByText("Chat").click();
  await page.getByText("Send").click();
  await quiet(w);
  await page.goto(`${w.url}/help/talk`);
  await quiet(w);
  await page.evaluate(() => history.pushState(null, "", "/pushed?x"));
  const told = (await hits(4)).map((body) => {
    const { kind, pass, path, referrer, new_visit } = JSON.parse(body);
    return [kind, pass, path, referrer, new_visit];
  });
  const pass = "pass-of-the-exception";
  assert.deepEqual(told, [
    ["view", pass, "/help/bullying", "www.google.com", true],
    ["event", pass, undefined, undefined, undefined],
    ["view", pass, "/help/talk", undefined, undefined],
    ["view", pass, "/pushed", undefined, undefined],
  ]);
  assert.equal(await page.evaluate(() => localStorage.length), 0);
  assert.deepEqual(w.errors, []);
});

test("footfall-count.js obeys what was chosen on another page, the cookie, the signal and a safeguarding site", async () => {
  counting();
  w.collector.patch = excepted();
  const check = async (expected, options, act) => {
    const visitor = await w.visitor(options);
    const page = act ? await visitor.tab("/choose") : null;
    await act?.(visitor, page);
    await quiet(w);
    w.collector.requests.length = 0;
    await visitor.tab("/help/talk");
    await asked(w, 1 + expected.length);
    assert.deepEqual(sent().slice(1), expected);
  };
  const HIT_ONLY = ["POST /v1/hits"];
  const BANNER_ONLY = [`GET /v1/sites/${SITE}/banner`];
  await check([...BANNER_ONLY, ...HIT_ONLY], {});
  await check([], { init: GPC });
  await check([], {}, (_, page) => link(page).click());
  await check([], {}, (visitor) => visitor.context.addCookies([{ name: "footfall", value: "no", url: w.url }]));
  w.collector.patch.safeguarding = true;
  await check(BANNER_ONLY, {});
  w.collector.patch = {};
  await check(HIT_ONLY, {}, (_, page) => yesButton(page).click());
});

test("footfall-count.js: a collector that cannot be reached or refuses, and an automated browser", async () => {
  counting();
  w.collector.patch = excepted();
  w.collector.fault = (r) => (r.path.includes("/banner") ? { status: 500, headers: {}, body: "{}" } : null);
  const visitor = await w.visitor();
  const page = await visitor.context.newPage();
  await stopClock(page);
  await page.goto(`${w.url}/help/bullying`);
  await quiet(w);
  let closed = true;
  w.collector.fault = (r) =>
    r.path === "/v1/hits" && closed ? { status: 503, headers: { "Retry-After": "1" }, body: "" } : null;
  await page.reload();
  assert.equal((await hits(1)).length, 1);
  closed = false;
  for (let times = 0; times < 2; times++) await page.clock.runFor(2000); // the longest wait of a browser
  assert.equal((await hits(2)).length, 2, "tried again once");
  await visitor.context.route(`${w.collector.base}/v1/**`, (route) => route.abort());
  await page.goto(`${w.url}/three`);
  await quiet(w);
  assert.deepEqual(w.errors, []);
  w.page = (world) => `<!doctype html><title>t</title>${world.tag("").replace("footfall.js", "footfall-count.js")}`;
  w.collector.requests.length = 0;
  const automated = await w.visitor();
  await automated.tab();
  await quiet(w);
  assert.deepEqual(sent(), ["GET /footfall-count.js"]);
});
