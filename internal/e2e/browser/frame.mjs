// The block of figures in a page of another origin, as visitors of a charity's website see it, and what else may be
// framed there.

import { setTimeout as sleep } from "node:timers/promises";
import { script } from "./browser.mjs";

script(async (browser, given) => ({
  blocks: [
    await block(browser, given, { width: 320, javaScriptEnabled: false }),
    await block(browser, given, { width: 1280, javaScriptEnabled: true }),
  ],
  framed: await framed(browser, given),
}));

async function visit(browser, { width, javaScriptEnabled }) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, javaScriptEnabled });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  const origins = new Set();
  context.on("request", (request) => origins.add(new URL(request.url()).origin));
  return { context, page, complaints, origins };
}

async function block(browser, { page: address, shot }, screen) {
  const { context, page, complaints, origins } = await visit(browser, screen);
  await page.goto(address);
  const frame = page.frames()[1];
  await frame.waitForLoadState();
  const text = await frame.locator("main").innerText();
  const looks = await frame.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    const big = document.querySelector(".big");
    return {
      over: Math.max(scrollWidth - clientWidth, scrollHeight - clientHeight),
      font: big ? Number.parseFloat(getComputedStyle(big).fontSize) : 0,
    };
  });
  if (shot) await page.screenshot({ path: `${shot}/frame-${screen.width}.png`, fullPage: true });
  const link = frame.locator("a");
  let method = "";
  if ((await link.count()) > 0) {
    const [opened] = await Promise.all([context.waitForEvent("page"), link.click()]);
    method = await opened.locator("h1").innerText();
  }
  const cookies = (await context.cookies()).map(({ name }) => name);
  await context.close();
  return { text, ...looks, method, cookies, complaints, origins: [...origins].sort() };
}

/** What a frame of each path shows in a page of another origin; nothing if it is refused. */
async function framed(browser, { page: address, paths }) {
  const { context, page } = await visit(browser, { width: 1280, javaScriptEnabled: true });
  const shown = {};
  for (const path of paths) {
    await page.goto(`${address}framing?path=${encodeURIComponent(path)}`);
    const frame = page.frames()[1];
    while (frame.url() === "" || frame.url() === "about:blank") await sleep(20); // it comes from another process
    await frame.waitForLoadState();
    shown[path] = (await frame.locator("main").allInnerTexts()).join();
  }
  await context.close();
  return shown;
}
