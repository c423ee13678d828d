// The banner as people meet it: equal answers, size, keyboard, contrast, layout shift.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bar, keptChoice, link, noButton, world, yesButton } from "./harness/world.mjs";

const w = world();
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 800 };

const LONG = `<header><a href="/">Harbour Young People</a></header><main><h1>Being bullied</h1>
  ${"<p>If someone hurts you, it is not your fault. You can talk to us about anything.</p>".repeat(40)}
  <a id="last" href="/help/talk">Talk to us</a></main>`;

function longPage(lang = "en", head = "", body = LONG) {
  return (world) => `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>Harbour</title>
    <meta name="viewport" content="width=device-width">${head}${world.tag()}</head><body>${body}</body></html>`;
}

/** Notes layout shifts and the largest paint; runs in the page. */
const watchPaint = () => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shifts.push(entry.value);
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    window.largest = list.getEntries().at(-1).element?.tagName ?? "ours";
  }).observe({ type: "largest-contentful-paint", buffered: true });
};

test("Yes and No are equal in element, size, style and effort", async () => {
  for (const viewport of [PHONE, DESK, { width: 320, height: 568 }]) {
    const visitor = await w.visitor({ viewport });
    const page = await visitor.tab();
    await bar(page).waitFor();
    const [yes, no] = await bar(page)
      .locator(".choices button")
      .evaluateAll((buttons) =>
        buttons.map((button) => {
          const style = getComputedStyle(button);
          const fixed = [...style].filter((name) => !/perspective-origin|transform-origin/.test(name));
          const { width, height, top } = button.getBoundingClientRect();
          const names = button.getAttributeNames().map((name) => `${name}=${button.getAttribute(name)}`);
          return {
            tag: button.tagName,
            names,
            width,
            height,
            top,
            style: fixed.map((name) => `${name}: ${style[name]}`),
          };
        }),
      );
    assert.deepEqual(yes, no);
    assert.ok(yes.height >= 44);
  }
});

test("every target is at least 44 px, links in the text aside", async () => {
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).waitFor();
  for (const button of await page.locator("[data-footfall] button").all()) {
    const { width, height } = await button.boundingBox();
    assert.ok(width >= 44 && height >= 44, `${await button.textContent()}: ${width} x ${height}`);
  }
});

test("first in the body, a labelled region, not modal, no focus taken, under half a phone screen", async () => {
  for (const lang of ["en", "cy"]) {
    w.page = longPage(lang);
    const visitor = await w.visitor();
    const page = await visitor.tab();
    const region = page.getByRole("region", { name: w.collector.banner(lang).title });
    await region.waitFor();
    assert.equal(await page.evaluate(() => document.body.firstElementChild.dataset.footfall), "bar");
    assert.equal(await page.evaluate(() => document.activeElement.tagName), "BODY");
    assert.ok((await region.boundingBox()).height < PHONE.height / 2);
    assert.equal(await page.locator("[data-footfall=bar][data-nosnippet]").count(), 1);
  }
});

test("the keyboard meets the banner first, and every answer can be given by it", async () => {
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).waitFor();
  const walk = [];
  for (let step = 0; step < 4; step++) {
    await page.keyboard.press("Tab");
    walk.push(
      await page.evaluate(() => {
        const { value, textContent } = document.activeElement.shadowRoot.activeElement;
        return value || textContent;
      }),
    );
  }
  const { yes, no, more } = w.collector.banner("en");
  assert.deepEqual(walk, [more, "en", yes, no]);
  await page.keyboard.press("Enter");
  await bar(page).getByRole("status").getByText(w.collector.banner("en").thanks_no).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.textContent), "Close");
  assert.deepEqual((await keptChoice(page)).choices, []);
  await page.keyboard.press("Enter");
  await bar(page).waitFor({ state: "detached" });
});

test("switching the language by keyboard keeps the focus on the switch", async () => {
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  await bar(page).getByText(w.collector.banner("cy").body.slice(0, 20)).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.value), "cy");
});

/** Turns the wheel once the page is drawn as it is now: one that cannot be scrolled yet takes no notice. */
async function wheel(page, by) {
  await drawn(page);
  const from = await page.evaluate(() => scrollY);
  await page.mouse.wheel(0, by);
  await page.waitForFunction((from) => scrollY !== from, from);
}

/** Waits until what the page has now is on the screen. */
const drawn = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** Waits until the bar is in sight, or out of it: a page scrolls a moment before it tells of that. */
const inSight = (page, wanted) =>
  page.waitForFunction((wanted) => {
    const { shadowRoot } = document.querySelector("[data-footfall=bar]");
    return shadowRoot.querySelector(".bar").getBoundingClientRect().top < innerHeight === wanted;
  }, wanted);

test("the bar gives way to reading on, comes back where it was, and comes back for the keyboard", async () => {
  w.page = longPage();
  const visitor = await w.visitor({ reducedMotion: "reduce" });
  const page = await visitor.tab();
  await bar(page).waitFor();
  await inSight(page, true);
  await page.mouse.move(100, 100);
  await wheel(page, 400);
  await inSight(page, false);
  await yesButton(page).focus();
  await inSight(page, true);
  await page.evaluate(() => document.querySelector("[data-footfall=bar]").shadowRoot.activeElement.blur());
  await inSight(page, false);
  await wheel(page, -400);
  await inSight(page, true);
});

test("the end of a page that is as short as the screen can be reached without a choice", async () => {
  const style = "<style>html,body{margin:0;height:100%}a{position:absolute;bottom:0}</style>";
  w.page = longPage("en", style, '<main><h1>t</h1><a href="#x">Help</a></main>');
  const visitor = await w.visitor({ reducedMotion: "reduce" });
  const page = await visitor.tab();
  await bar(page).waitFor();
  await page.locator("[data-footfall=bar] .room").waitFor({ state: "attached" });
  await page.mouse.move(100, 100);
  await wheel(page, 200);
  await page.getByRole("link", { name: "Help" }).click();
  assert.match(page.url(), /#x$/);
});

test("the bar never hides what has the focus", async () => {
  const links = Array.from({ length: 12 }, (_, i) => `<p><a href="#${i}">Link ${i}</a></p>`).join("<br>");
  w.page = longPage("en", "", `<main><h1>t</h1>${links}</main>`);
  const visitor = await w.visitor({ viewport: { width: 390, height: 700 }, reducedMotion: "reduce" });
  const page = await visitor.tab();
  await bar(page).waitFor();
  for (let i = 0; i < 12; i++) {
    await page.getByText(`Link ${i}`, { exact: true }).focus();
    await page.waitForFunction(() => {
      const { left, top } = document.activeElement.getBoundingClientRect();
      return document.elementFromPoint(left + 2, top + 2) === document.activeElement;
    });
  }
});

test("the bar keeps off an exit button, marked or named by the site", async () => {
  const style = "position:fixed;bottom:0;right:0;width:120px;height:60px";
  for (const mark of ["data-footfall-exit", 'id="leave"']) {
    w.collector.patch.exit = "#leave";
    w.page = longPage("en", "", `<main><h1>t</h1></main><button ${mark} style="${style}">Leave now</button>`);
    const visitor = await w.visitor();
    const page = await visitor.tab();
    await bar(page).waitFor();
    assert.equal((await bar(page).boundingBox()).y, 0);
    await page.getByText("Leave now").click();
  }
});

test("no layout shift and never the largest paint: before a choice, after it, after its outcome is closed", async () => {
  for (const viewport of [PHONE, DESK]) {
    for (const body of [LONG, "<main><h1>Short</h1><p>Page.</p></main>"]) {
      w.page = longPage("en", "", body);
      const visitor = await w.visitor({ viewport, init: watchPaint });
      const page = await visitor.tab();
      await bar(page).waitFor();
      await page.waitForTimeout(300);
      const largest = await page.evaluate(() => window.largest);
      await noButton(page).click();
      await page.waitForTimeout(300);
      await bar(page).getByText("Close").click();
      await page.waitForTimeout(300);
      assert.deepEqual(await page.evaluate(() => window.shifts), []);
      await page.reload();
      await link(page).waitFor();
      await page.waitForTimeout(300);
      assert.deepEqual(await page.evaluate(() => window.shifts), []);
      if (body === LONG) assert.notEqual(largest, "ours");
    }
  }
});

test("no layout shift on a page that its own script fills late", async () => {
  const fill = `<div id="root"></div><script>setTimeout(() => { document.getElementById("root").innerHTML =
    "<h1>Late</h1>" + "<p>Words</p>".repeat(60) }, 800)</script>`;
  for (const viewport of [PHONE, DESK]) {
    w.page = longPage("en", "", fill);
    const visitor = await w.visitor({ viewport });
    const page = await visitor.context.newPage();
    await page.addInitScript(watchPaint);
    await page.goto(w.url);
    await link(page).waitFor();
    await page.waitForTimeout(300);
    assert.deepEqual(await page.evaluate(() => window.shifts), []);
  }
});

test("the measure of layout shift is alive: a page pushed down is noticed", async () => {
  w.page = longPage();
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).waitFor();
  await drawn(page);
  await page.evaluate(() => {
    document.body.prepend(Object.assign(document.createElement("div"), { style: "height:200px" }));
  });
  const shift = await page.evaluate(
    () =>
      new Promise((done) =>
        new PerformanceObserver((list) => done(list.getEntries()[0].value)).observe({
          type: "layout-shift",
          buffered: true,
        }),
      ),
  );
  assert.ok(shift > 0.1);
});

test("forced colours: the answers keep an edge; 320 px and 400 %: nothing is cut off sideways, the answers are in sight", async () => {
  const visitor = await w.visitor({ forcedColors: "active", viewport: { width: 320, height: 256 } });
  const page = await visitor.tab();
  await bar(page).waitFor();
  assert.match(await yesButton(page).evaluate((button) => getComputedStyle(button).borderTopColor), /rgb\(/);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  assert.equal(await bar(page).evaluate((box) => box.scrollWidth <= box.clientWidth), true);
  const { y, height } = await noButton(page).boundingBox();
  assert.ok(y >= 0 && y + height <= 256);
});

test("the page's own styles do not reach in", async () => {
  const hostile =
    "<style>*{font-size:40px!important;color:red!important;display:inline!important}div:empty{display:none!important}button{background:#eee;padding:50px}html{font-size:50%}</style>";
  w.page = longPage("en", hostile);
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).waitFor();
  const style = await yesButton(page).evaluate((button) => {
    const { fontSize, color, backgroundColor } = getComputedStyle(button);
    return { fontSize, color, backgroundColor };
  });
  assert.deepEqual(style, { fontSize: "16px", color: "rgb(255, 255, 255)", backgroundColor: "rgb(42, 111, 168)" });
});
