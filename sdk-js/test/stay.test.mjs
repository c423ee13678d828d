// Stays: visible time and pages of a visit in bands, measured by nothing but time in which the page is looked at.

import assert from "node:assert/strict";
import { test } from "node:test";
import { clockedVisitor, hide, NOON, posted, world } from "./harness/world.mjs";

const w = world();
const hits = (count) => posted(w, "hits", count);
const bodies = (...names) => names.map((name) => w.collector.body(name));
const clocked = async (path) => (await clockedVisitor(w, path)).page;

/** Lets time pass while the page is looked at. */
const stay = (page, seconds) => page.clock.runFor(seconds * 1000);

/** Lets the machine sleep: time goes on and nothing runs, then all that was due runs once. */
const sleep = (page, seconds) => page.clock.fastForward(seconds * 1000);

test("length and depth: each band once a visit, over pages, only visible time, when the page is left", async () => {
  const page = await clocked("/1");
  await stay(page, 12);
  await page.goto(`${w.url}/2`);
  const left = bodies("hit-leave-length");
  const next = w.collector.body("hit-view-next").replace("/help/talk", "/2");
  // Two pages have sent these: which comes first is the network's affair.
  assert.deepEqual((await hits(3)).slice(1).sort(), [...left, next].sort());
  await stay(page, 55);
  await hide(page);
  const leave = { ...JSON.parse(w.collector.body("hit-leave-both")), length: ["1m"] };
  assert.deepEqual((await hits(4)).slice(3), [JSON.stringify(leave)]);
  await stay(page, 500);
  await page.goto("about:blank");
  assert.equal((await hits()).length, 4, "hidden time is no stay, and no band is told twice");
});

test("two bands reached at once go in one hit", async () => {
  const page = await clocked("/1");
  await page.evaluate(() => history.pushState(null, "", "/2"));
  await hits(2);
  await stay(page, 70);
  await page.goto("about:blank");
  assert.deepEqual((await hits(3)).slice(2), bodies("hit-leave-both"));
});

test("a machine that sleeps, and a clock that is moved, are no visible time", async () => {
  const page = await clocked("/1");
  await stay(page, 1);
  await sleep(page, 8 * 3600);
  await page.clock.setSystemTime(NOON + 2 * 86_400_000);
  await stay(page, 1);
  await hide(page);
  assert.equal((await hits()).length, 1, "2 seconds are no band");
});

test("what a page's own script changes keeps no visit alive and begins none; a press does", async () => {
  const page = await clocked("/1");
  const change = () => page.evaluate(() => document.body.append(document.createElement("p")));
  const at = () => page.evaluate(() => JSON.parse(sessionStorage.fv)[0]);
  const pressed = await at();
  for (let minute = 0; minute < 40; minute += 10) {
    await page.clock.runFor(600_000);
    await change();
  }
  assert.equal(await at(), pressed);
  assert.equal((await hits()).length, 1);
  await page.getByText("Chat").click();
  const views = (await hits(3)).map((body) => JSON.parse(body)).filter(({ kind }) => kind === "view");
  assert.deepEqual(
    views.map(({ new_visit }) => new_visit),
    [true, true],
    "40 minutes without a page or a press end a visit",
  );
  assert.ok((await at()) > pressed);
});
