// Requirements 5, 6, 12 and 13 by number: withdrawing, embeds of others, safeguarding sites, children.

import assert from "node:assert/strict";
import { test } from "node:test";
import { standardBanner } from "./harness/banner.mjs";
import { onlyChromium } from "./harness/browser.mjs";
import {
  bar,
  CHOICE,
  dialog,
  keptChoice,
  link,
  noButton,
  posted,
  quiet,
  stored,
  world,
  yesButton,
} from "./harness/world.mjs";

const w = world();
const NOTHING = { cookies: [], local: [], session: [], databases: [] };
const player = () => `${w.url.replace("www.harbour", "player")}/embed`;
const atPlayer = (visitor) => visitor.sent.filter((line) => line.includes("player.localhost"));
const words = () => w.collector.patch.words;
const button = (page, name) => page.getByRole("button", { name, exact: true });
const choices = async () => (await posted(w, "decisions")).map((body) => JSON.parse(body).choices);

const html = (body, head = "") => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Harbour</title>
  <meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">${w.tag()}${head}</head>
  <body><main><h1>Talk to us</h1>${body}</main></body></html>`;

/** What the video service leaves behind, declared and (the last two) not; runs in the page. */
async function leaveTraces() {
  const set = (cookie) => {
    // biome-ignore lint/suspicious/noDocumentCookie: as trackers do
    document.cookie = cookie;
  };
  set("_vid1=1; max-age=9999");
  set("_vid2=1; domain=harbour.localhost; path=/; max-age=9999");
  set("_vid3=1; domain=www.harbour.localhost; path=/help; max-age=9999");
  set("player=1; path=/help/bullying; max-age=9999");
  localStorage.setItem("player-state", "1");
  sessionStorage.setItem("player-tab", "1");
  await new Promise((done) => {
    indexedDB.open("player-db").onsuccess = ({ target }) => done(target.result.close());
  });
  set("basket=1; path=/");
  localStorage.setItem("theme", "dark");
}

test("R5 withdrawing stops, and clears the declared cookies on every domain and path, and the declared storage; the rest is said", async () => {
  w.collector.patch = standardBanner("en", "all");
  w.page = () => html("<p>We listen.</p>");
  const visitor = await w.visitor();
  const page = await visitor.sayYes();
  await quiet(w);
  await page.evaluate(leaveTraces);
  assert.deepEqual((await stored(visitor, page)).cookies.sort(), ["_vid1", "_vid2", "_vid3", "basket", "player"]);
  await link(page).click();
  await bar(page).getByRole("status").waitFor();
  await quiet(w);
  const left = await stored(visitor, page);
  // A database is said by name, not deleted: another tab that has it open would be blocked.
  left.local.sort();
  assert.deepEqual(left, { cookies: ["basket"], local: [CHOICE, "theme"], session: [], databases: ["player-db"] });
  await bar(page).getByRole("status").getByText("player-db").waitFor();
  assert.deepEqual(await choices(), [["statistics", "video"], []]);
});

test("R5 what is kept at another party's own host cannot be cleared, and is said by name", async () => {
  w.collector.patch = standardBanner("en", "all");
  w.page = () => html("<p>We listen.</p>");
  const visitor = await w.visitor();
  const page = await visitor.sayYes();
  await quiet(w);
  await link(page).click();
  const said = bar(page).getByRole("status");
  for (const name of ["_vid*", "player"]) await said.getByText(name).waitFor();
});

const embed = () =>
  html(`<iframe data-footfall-purpose="video" data-footfall-src="${player()}" title="Our film"></iframe>`);

test("R6 an embed stays unloaded before a choice and after No, behind a placeholder with a plain link", async () => {
  w.collector.patch = standardBanner("en", "all");
  w.page = (_world, url) => (url.pathname === "/embed" ? "<h1>film</h1>" : embed());
  const visitor = await w.visitor();
  const page = await visitor.tab();
  for (const step of ["before", "after No", "on the next page"]) {
    if (step === "after No") await noButton(page).click();
    if (step === "on the next page") await page.goto(`${w.url}/help/talk`);
    await button(page, words().once).waitFor();
    assert.ok(await button(page, words().always).isVisible(), step);
    assert.ok(await page.getByText("Example Media").first().isVisible(), step);
    const plain = page.getByRole("link", { name: /player\.localhost/ });
    assert.equal(await plain.getAttribute("href"), player());
    await quiet(w);
    assert.deepEqual(atPlayer(visitor), [], step);
  }
});

test(
  "R10 Trusted Types that refuse an <embed> and an <object>: the plain link stays, and nothing goes on trying",
  onlyChromium("Firefox refuses neither"),
  async () => {
    w.collector.patch = standardBanner("en", "all");
    w.headers = { "Content-Security-Policy": "require-trusted-types-for 'script'; trusted-types 'none'" };
    w.page = () =>
      html(`<embed data-footfall-purpose="video" data-footfall-src="${player()}" title="Film">
    <object data-footfall-purpose="video" data-footfall-data="${player()}" title="Game"></object>`);
    const init = () => {
      window.refused = 0;
      addEventListener("securitypolicyviolation", () => window.refused++);
    };
    const visitor = await w.visitor({ init });
    const page = await visitor.sayYes();
    await page.waitForFunction(() => window.refused > 0);
    await quiet(w);
    const plain = page.getByRole("link", { name: /player\.localhost/ });
    assert.deepEqual(await plain.evaluateAll((links) => links.map(({ href }) => href)), [player(), player()]);
    assert.ok((await page.evaluate(() => window.refused)) <= 2, "each is tried once");
    assert.deepEqual(atPlayer(visitor), []);
  },
);

test("R6 'this once' loads the embed on this page alone and keeps nothing", async () => {
  w.collector.patch = standardBanner("en", "all");
  w.page = (_world, url) => (url.pathname === "/embed" ? "<h1>film</h1>" : embed());
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await button(page, words().once).click();
  await page.frameLocator("iframe[title='Our film']").getByText("film").waitFor();
  assert.equal(atPlayer(visitor).length, 1);
  assert.deepEqual(await choices(), []);
  assert.deepEqual(await stored(visitor, page), NOTHING);
  await page.reload();
  await button(page, words().once).waitFor();
  assert.equal(atPlayer(visitor).length, 1);
});

test("R6 'always' allows that purpose alone, is kept, and is withdrawn like any choice", async () => {
  w.collector.patch = standardBanner("en", "all");
  w.page = (_world, url) => (url.pathname === "/embed" ? "<h1>film</h1>" : embed());
  const visitor = await w.visitor();
  const page = await visitor.tab();
  const film = page.frameLocator("iframe[title='Our film']").getByText("film");
  await button(page, words().always).click();
  await film.waitFor();
  assert.deepEqual(await choices(), [["video"]]);
  assert.deepEqual(await posted(w, "hits"), [], "statistics were not asked for");
  await page.reload();
  await film.waitFor();
  await page.evaluate(() => footfall.set([]));
  await page.goto(`${w.url}/help/talk`);
  await button(page, words().once).waitFor();
});

test("R6 purposes are chosen one by one in the preferences; a script runs for its own alone", async () => {
  w.collector.patch = standardBanner("en", "all");
  const held = (purpose) =>
    `<script type="text/plain" data-footfall-purpose="${purpose}">window.ran = [...(window.ran ?? []), "${purpose}"]</script>`;
  w.page = () => html(held("video") + held("statistics") + held("adverts"));
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).waitFor();
  await page.evaluate(() => footfall.open());
  await dialog(page).getByLabel("Videos").check();
  await button(page, words().save).click();
  await page.waitForFunction(() => window.ran);
  assert.deepEqual(await page.evaluate(() => window.ran), ["video"]);
  assert.deepEqual(await choices(), [["video"]]);
  assert.deepEqual(await posted(w, "hits"), []);
});

test("R6 Google's consent mode, basic: its tag is not loaded before Yes, and finds everything denied, then what was granted", async () => {
  w.collector.patch = standardBanner("en", "all");
  const google = `<script type="text/plain" data-footfall-purpose="video" data-footfall-consent-mode="analytics_storage"
    src="${player()}.js"></script>`;
  w.page = (_world, url) =>
    url.pathname === "/embed.js"
      ? ["text/javascript", "window.found = dataLayer.map((said) => [...said])"]
      : html(google);
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).waitFor();
  await quiet(w);
  assert.deepEqual(atPlayer(visitor), []);
  await yesButton(page).click();
  await page.waitForFunction(() => window.found);
  const [[, , denied], [, , granted], ...more] = await page.evaluate(() => window.found);
  assert.deepEqual(await page.evaluate(() => window.found.map(([name, command]) => `${name} ${command}`)), [
    "consent default",
    "consent update",
  ]);
  assert.deepEqual(more, []);
  assert.deepEqual([...new Set(Object.values(denied))], ["denied"]);
  const modes = ["ad_personalization", "ad_storage", "ad_user_data", "analytics_storage"];
  assert.deepEqual(Object.keys(denied).sort(), modes);
  assert.deepEqual(granted, { ...denied, analytics_storage: "granted" });
  await link(page).click();
  await quiet(w);
  const last = await page.evaluate(() => [...dataLayer.at(-1)]);
  assert.deepEqual(last, ["consent", "update", denied], "a withdrawal is told");
});

const exitPage = () =>
  html('<button data-footfall-exit>Leave now</button><button data-footfall-event="contact:webchat">Chat</button>');

/** Everything that the browser keeps, names and values, as one text. */
const device = (page) =>
  page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie, history.state]));

test("R12 a safeguarding site: nothing kept before an action, the choice for this tab alone, under a neutral name", async () => {
  w.collector.patch = { ...standardBanner("en"), safeguarding: true };
  w.page = exitPage;
  for (const choose of [noButton, yesButton]) {
    const visitor = await w.visitor();
    const page = await visitor.tab();
    await bar(page).waitFor();
    await quiet(w);
    assert.deepEqual(await stored(visitor, page), NOTHING, "before");
    await choose(page).click();
    await quiet(w);
    await page.getByText("Chat").click();
    await page.goto(`${w.url}/help/talk`);
    await link(page).waitFor();
    assert.equal(await bar(page).count(), 0, "the choice holds in this tab");
    const kept = await stored(visitor, page);
    assert.deepEqual({ ...kept, session: [] }, NOTHING, "nothing outlives the tab");
    for (const name of kept.session) assert.doesNotMatch(name, /footfall|consent|choice|help|abuse|safe/i);
    assert.doesNotMatch(await device(page), /bullying|help.talk|webchat/i, "no page");
    const other = await visitor.tab("/other");
    await bar(other).waitFor();
    await visitor.context.close();
  }
});

test("R12 with the collector down the tag says what the banner cannot: a No goes with the tab", async () => {
  w.collector.fault = ({ path }) => (path.includes("/banner") ? { status: 500, headers: {}, body: "oops" } : null);
  w.page = () => html("<p>We listen.</p>").replace("data-allow-automation", "data-allow-automation data-safeguarding");
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await link(page).click();
  await dialog(page).locator(".choices button").click();
  await bar(page).getByText("Stopped.").waitFor();
  assert.deepEqual(await stored(visitor, page), { ...NOTHING, session: [CHOICE] });
});

test("R12 the quick exit clears what is kept, and nothing is sent after it", async () => {
  w.collector.patch = { ...standardBanner("en"), safeguarding: true, exit: "#leave" };
  w.page = () => html('<a id="leave" href="#gone">Leave now</a>');
  const visitor = await w.visitor();
  const page = await visitor.sayYes();
  await quiet(w);
  w.collector.requests.length = 0;
  await page.getByText("Leave now").click();
  assert.deepEqual(await stored(visitor, page), NOTHING);
  await page.goto("about:blank");
  await quiet(w);
  assert.deepEqual(w.collector.requests, []);
});

test("R13 children are asked for statistics alone, with the same two answers and nothing else to choose", async () => {
  w.collector.patch = standardBanner("en", "children");
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).getByText(w.collector.patch.title).waitFor();
  await page.evaluate(() => footfall.open());
  await dialog(page).waitFor();
  assert.ok((await dialog(page).locator("input[type=checkbox]").count()) <= 1);
  await page.keyboard.press("Escape");
  await yesButton(page).click();
  assert.deepEqual(await choices(), [["statistics"]]);
  assert.deepEqual((await keptChoice(page)).choices, ["statistics"]);
  assert.deepEqual(
    visitor.sent.filter((line) => !/\/v1\/|\/footfall.*\.js/.test(line)),
    ["GET page:/help/bullying"],
  );
});
