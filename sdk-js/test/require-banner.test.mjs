// Requirements 7 to 9 by number: a fair question, one that everybody can read and operate, in five languages.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LANGS, mostWords, standardBanner, tellsFunders, wordCount } from "./harness/banner.mjs";
import { bar, dialog, keptChoice, link, quiet, SCRIPT, stored, world } from "./harness/world.mjs";

const w = world();
const PHONE = { width: 390, height: 844 };
const NOTHING = { cookies: [], local: [], session: [], databases: [] };
const RTL = ["ur", "ar"];
const KINDS = ["statistics", "children", "all", "others"];
const SCHEMES = {
  light: {},
  dark: { colorScheme: "dark" },
  "forced colours": { forcedColors: "active" },
};

const sitePage = (lang) => (world) =>
  `<!doctype html><html lang="${lang}" dir="${RTL.includes(lang) ? "rtl" : "ltr"}">
  <head><meta charset="utf-8"><title>Harbour</title><meta name="viewport" content="width=device-width">
  <link rel="icon" href="data:,">${world.tag()}</head><body><header><a href="/">Harbour Young People</a></header>
  <main><h1>Talk to us</h1>${"<p>You can talk to us about anything.</p>".repeat(40)}<a href="/help">Help</a></main></body></html>`;

/** Shows the banner of a kind in a language. */
async function asked(visitor, lang, kind = "all") {
  w.collector.patch = standardBanner(lang, kind);
  w.page = sitePage(lang);
  const page = await visitor.tab();
  await bar(page).getByText(w.collector.patch.title).waitFor();
  return page;
}

const answers = (page, { yes, no } = w.collector.patch) =>
  [yes, no].map((name) => bar(page).getByRole("button", { name, exact: true }));

/** All that makes a button look and weigh what it does; runs in the page. */
function looks(button) {
  const style = getComputedStyle(button);
  const { width, height } = button.getBoundingClientRect();
  const names = button.getAttributeNames().map((name) => `${name}=${button.getAttribute(name)}`);
  return { tag: button.tagName, names, width, height, style: [...style].map((name) => `${name}: ${style[name]}`) };
}

for (const [scheme, options] of Object.entries(SCHEMES)) {
  test(`R7 Yes and No are equal in element, attributes, size and computed style in five languages: ${scheme}`, async () => {
    for (const viewport of [PHONE, { width: 1280, height: 800 }]) {
      const visitor = await w.visitor({ viewport, reducedMotion: "reduce", ...options });
      for (const lang of LANGS) {
        const page = await asked(visitor, lang);
        const [yes, no] = answers(page);
        assert.deepEqual(await yes.evaluate(looks), await no.evaluate(looks), lang);
        const states = [];
        for (const button of [yes, no]) {
          await button.hover();
          const hovered = await button.evaluate(looks);
          await button.focus();
          states.push([hovered, await button.evaluate(looks)]);
        }
        assert.deepEqual(states[0], states[1], `${lang}, under the pointer and in focus`);
        await page.close();
      }
    }
  });
}

/** Lines of text that an element and what it holds show, buttons aside; runs in the page. */
function lines(box) {
  const bottoms = [];
  const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    if (texts.currentNode.parentElement.closest("button, select")) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    for (const { bottom, width } of range.getClientRects()) if (width > 1) bottoms.push(bottom);
  }
  bottoms.sort((a, b) => a - b);
  return bottoms.filter((bottom, i) => i === 0 || bottom - bottoms[i - 1] > 6).length;
}

for (const kind of KINDS) {
  test(`R7 the first layer says who, why and to whom in few words and 6 lines under half a phone: ${kind}`, async () => {
    const visitor = await w.visitor({ viewport: PHONE });
    for (const lang of LANGS) {
      const page = await asked(visitor, lang, kind);
      const text = w.collector.patch;
      assert.ok(wordCount(text) <= mostWords(lang), `${lang}: too many words`);
      assert.match(text.body, /Harbour Young People/, lang);
      const third = text.body.includes("Example Media");
      const funders = tellsFunders(text.body, lang);
      assert.deepEqual([third, funders], [kind === "all" || kind === "others", kind !== "others"], lang);
      const shown = await bar(page).textContent();
      for (const said of [text.title, text.body]) assert.ok(shown.includes(said), `${lang}: ${said}`);
      const count = await bar(page).evaluate(lines);
      assert.ok(count >= 2 && count <= 6, `${lang}: ${count} lines`);
      const { height } = await bar(page).boundingBox();
      assert.ok(height < PHONE.height / 2, `${lang}: ${height} px high`);
      await page.close();
    }
  });
}

test("R7 scroll, Esc, closing, time and navigation are no choice, and nothing is ticked before one", async () => {
  w.collector.patch = standardBanner("en", "all");
  const visitor = await w.visitor();
  const page = await visitor.context.newPage();
  await page.clock.install();
  await page.goto(`${w.url}/`);
  await bar(page).waitFor();
  await page.mouse.wheel(0, 500);
  await page.keyboard.press("Escape");
  for (const close of [() => page.keyboard.press("Escape"), () => closeButton(page).click()]) {
    await page.evaluate(() => footfall.open());
    await dialog(page).waitFor();
    assert.ok((await ticks(page).count()) > 0, "a purpose can be chosen by itself");
    for (const tick of await ticks(page).all()) assert.equal(await tick.isChecked(), false);
    await close();
    await dialog(page).waitFor({ state: "detached" }); // it is closed a moment before it goes
  }
  await page.clock.fastForward(3_600_000);
  await page.goto(`${w.url}/help/talk`);
  await bar(page).waitFor();
  await quiet(w);
  assert.deepEqual(
    w.collector.requests.filter(({ method }) => method === "POST"),
    [],
  );
  assert.deepEqual(await stored(visitor, page), NOTHING);
});

test("the choices open again at once when they are closed", async () => {
  const visitor = await w.visitor();
  const page = await asked(visitor, "en");
  await page.evaluate(() => footfall.open());
  await dialog(page).waitFor();
  await dialog(page).evaluate((shown) => {
    shown.close();
    return footfall.open();
  });
  await page.locator("dialog[open]").waitFor(); // the closed one goes when its event comes
  await closeButton(page).click();
  await dialog(page).waitFor({ state: "detached" });
});

const closeButton = (page) => dialog(page).getByRole("button", { name: w.collector.patch.words.close, exact: true });
const ticks = (page) => dialog(page).locator("input[type=checkbox]");

test("R8 with reduced motion nothing of ours moves", async () => {
  const visitor = await w.visitor({ reducedMotion: "reduce" });
  const page = await asked(visitor, "en");
  await page.evaluate(() => footfall.open());
  await dialog(page).waitFor();
  const moving = await page.evaluate(() => {
    const longest = (times) => Math.max(...times.split(",").map(Number.parseFloat));
    return [...document.querySelectorAll("[data-footfall]")]
      .flatMap((outside) => [...outside.shadowRoot.querySelectorAll("*")])
      .map((element) => [element.outerHTML.slice(0, 80), getComputedStyle(element)])
      .filter(([, s]) => longest(s.transitionDuration) > 0.002 || longest(s.animationDuration) > 0.002)
      .map(([name]) => name);
  });
  assert.deepEqual(moving, []);
});

for (const [what, viewport] of [
  ["at 320 px", { width: 320, height: 640 }],
  ["at 400 % of 1280 x 1024", { width: 320, height: 256 }],
]) {
  test(`R8 ${what} nothing scrolls sideways, the answers are in sight and targets have 44 px, in five languages`, async () => {
    for (const lang of LANGS) {
      const visitor = await w.visitor({ viewport, reducedMotion: "reduce" });
      const page = await asked(visitor, lang);
      for (const answer of answers(page)) {
        const { y, height } = await answer.boundingBox();
        assert.ok(y >= 0 && y + height <= viewport.height, `${lang}: an answer is out of sight`);
      }
      await fits(page, bar(page), `${lang}, banner`);
      await page.evaluate(() => footfall.open());
      await dialog(page).waitFor();
      await fits(page, dialog(page), `${lang}, preferences`);
    }
  });
}

/** Asserts that nothing is cut off sideways and that every target is large enough, links in text aside. */
async function fits(page, box, where) {
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where}: the page`);
  assert.ok(await box.evaluate((b) => b.scrollWidth <= b.clientWidth), `${where}: the box`);
  for (const target of await box.locator("button, select, summary, label:has(input)").all()) {
    if (!(await target.isVisible())) continue;
    const { width, height } = await target.boundingBox();
    const name = (await target.textContent()).trim();
    assert.ok(width >= 44 && height >= 44, `${where}: ${name} is ${width} x ${height}`);
  }
}

/** What has the focus, by its words, and how thick its ring is if it is ours; runs in the page. */
function focus() {
  let at = document.activeElement;
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  const ours = at.getRootNode() !== document;
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  const label = at.labels?.[0]?.textContent ?? at.getAttribute("aria-label") ?? at.textContent;
  const { top, bottom } = at.getBoundingClientRect();
  return {
    name: at.tagName === "SELECT" ? "SELECT" : label.trim(),
    ring: outlineStyle === "none" ? 0 : Number.parseFloat(outlineWidth),
    ours,
    seen: bottom > 0 && top < innerHeight,
  };
}

/** Presses Tab until the focus comes to a text; answers all that it met, each of which must be seen to have it. */
async function tabTo(page, last) {
  const met = [];
  while (met.at(-1) !== last && met.length < 20) {
    await page.keyboard.press("Tab");
    const { name, ours, ring, seen } = await page.evaluate(focus);
    assert.ok(seen && (!ours || ring >= 2), `${name}: the focus is not seen`);
    met.push(name);
  }
  return met;
}

test("R8 the keyboard walk: banner first, an answer, its outcome, the link, the preferences, Esc, and back", async () => {
  const visitor = await w.visitor({ reducedMotion: "reduce" });
  const page = await asked(visitor, "en");
  const { yes, no, thanks_no, words } = w.collector.patch;
  const walk = await tabTo(page, no);
  assert.deepEqual(walk.slice(-2), [yes, no], `${walk}`);
  assert.ok(!walk.includes("Help"), "the banner comes before the page");
  await page.keyboard.press("Enter");
  await bar(page).getByRole("status").getByText(thanks_no).waitFor();
  assert.equal((await page.evaluate(focus)).name, words.close);
  await page.keyboard.press("Enter");
  await bar(page).waitFor({ state: "detached" });
  assert.deepEqual((await keptChoice(page)).choices, []);
  await link(page).waitFor();
  await tabTo(page, words.open);
  await page.keyboard.press("Enter");
  await dialog(page).waitFor();
  assert.ok(await dialog(page).evaluate((box) => box.matches(":modal")), "a native modal dialog");
  const inside = await tabTo(page, no);
  assert.ok(inside.includes(no) && !inside.includes("Help"), `${inside}`);
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
  assert.equal((await page.evaluate(focus)).name, words.open, "the focus is back where it was");
});

test("R9 each language is complete: no word of the screens is missing or left in English", () => {
  const english = standardBanner("en").words;
  for (const lang of LANGS.slice(1)) {
    const { words } = standardBanner(lang);
    const same = Object.keys(english).filter((key) => !LANGS.includes(key) && words[key] === english[key]);
    assert.deepEqual(same, [], lang);
  }
});

test("R9 each language is asked for, shown in its own words and laid out in its direction", async () => {
  for (const lang of LANGS) {
    const visitor = await w.visitor();
    const page = await asked(visitor, lang);
    const { title, body, yes, no, more, words } = w.collector.patch;
    const text = await bar(page).textContent();
    for (const said of [title, body, yes, no, more]) assert.ok(text.includes(said), `${lang}: ${said}`);
    assert.equal(await bar(page).getAttribute("lang"), lang);
    const direction = RTL.includes(lang) ? "rtl" : "ltr";
    assert.equal(await bar(page).evaluate((box) => getComputedStyle(box).direction), direction, lang);
    const asks = w.collector.requests.filter(({ path }) => path.endsWith(`lang=${lang}`));
    assert.equal(asks.length, 1, "it follows the page's language");
    await link(page).getByText(words.open).waitFor();
    await page.evaluate(() => footfall.open());
    await dialog(page).waitFor();
    assert.equal(await dialog(page).evaluate((box) => getComputedStyle(box).direction), direction, lang);
  }
});

test("R9 words that are missing fall back to English and never hide the banner", async () => {
  const { words: _all, ...rest } = standardBanner("pl", "all");
  w.collector.patch = { ...rest, words: {} };
  w.page = sitePage("pl");
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).getByText(rest.title).waitFor();
  for (const answer of answers(page)) assert.ok(await answer.isVisible());
  await answers(page)[1].click();
  await bar(page).getByRole("status").getByText(rest.thanks_no).waitFor();
  assert.deepEqual((await keptChoice(page)).choices, []);
  assert.deepEqual(w.errors, []);
  assert.ok(visitor.sent.includes(SCRIPT));
});
