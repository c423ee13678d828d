// The way of a report as people of a charity take it: written, stopped, mended, submitted, approved by a second person,
// published and linked; then a funder opens it on a phone, without JavaScript, and the link is revoked. The pages of
// staff have no script either; axe needs one, and cannot run where a browser has none.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { script } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const NARROW = 320; // a desk of 1280 px at 400 %

script(async (browser, given) => {
  const broken = [];
  const writer = await staff(browser, given, given.email, broken);
  const second = await staff(browser, given, given.second, broken);
  const draft = `/reports/${given.draft}`;
  const seen = { ...(await write(writer, draft)), ...(await approve(writer, second, draft)) };
  const link = await share(writer, draft);
  const before = await funder(browser, link);
  await writer.visit(`${draft}/links`);
  const opened = await writer.text("main .lines");
  await writer.press("form[action$=revoke] button");
  const revoked = await knock(browser, link.url, link.code);
  const unknown = await knock(browser, `${given.url}/r/${"A".repeat(32)}`, link.code);
  return { ...seen, ...before, opened, revoked, unknown, broken };
});

/** Somebody who is logged in, and looks at each page of theirs as axe and a narrow screen do. */
async function staff(browser, { url, password }, email, broken) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && !/status of 4/.test(message.text()) && broken.push(message.text()));
  await page.goto(`${url}/reports`);
  await page.fill("#email", email);
  await page.fill("#password", password);
  await page.click("form button");
  return {
    page,
    visit: (path) => page.goto(url + path),
    text: (selector) => page.locator(selector).first().innerText(),
    has: async (selector) => (await page.locator(selector).count()) > 0,
    press: (selector) => Promise.all([page.waitForNavigation(), page.click(selector)]),
    look: (name) => look(page, name, broken),
  };
}

async function look(page, name, broken) {
  const desk = page.viewportSize();
  await page.setViewportSize({ width: NARROW, height: 256 });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (over > 0) broken.push(`${name} is ${over} px too wide at ${NARROW} px`);
  await page.setViewportSize(desk);
  if ((await page.locator("script").count()) > 0) broken.push(`${name} has a script`);
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => window.axe.run());
  if (passes.length < 10) broken.push(`axe passed only ${passes.length} rules on ${name}`);
  for (const { id, help, nodes } of violations) broken.push(`axe: ${id} on ${name}: ${help} ${nodes.map(({ target }) => target)}`);
}

/** Writes a report that names a child, is stopped, and mends it. */
async function write(writer, draft) {
  await writer.visit("/reports");
  await writer.look("the list of reports");
  await writer.press(`a[href="${draft}"]`);
  const page = writer.page;
  await page.fill("#text0", "More young people came to us than before.");
  await page.fill("#text4", "Priya, a 14-year-old from Doncaster, wrote to us last Tuesday.");
  await writer.press("button[value=submit]");
  await writer.look("a report that was stopped");
  const stopped = await writer.text("[role=alert]");
  const found = await page.locator(".found li").evaluateAll((all) => all.map((li) => [...li.querySelectorAll("p")].map((p) => p.innerText).join(" ")));
  await page.fill("#text4", "A teenager wrote to us. The Zephyr Room is where she first said it.");
  await writer.press("button[value=save]");
  const left = await page.locator(".found li strong").allInnerTexts();
  await page.fill(".found input", "It is the name of our meeting room, on our website.");
  await writer.press("button[value=submit]");
  return { stopped, found, left, submitted: await writer.text(".state"), mayApproveOwn: await writer.has("form[action$=approve]") };
}

/** A second person reads and approves, and the first one publishes. */
async function approve(writer, second, draft) {
  await second.visit(draft);
  await second.look("a report to approve");
  const reason = await second.text("ul.found");
  await second.press("form[action$=approve] button");
  await writer.visit(draft);
  await writer.look("a report to publish");
  await writer.press("form[action$=publish] button");
  await writer.look("a published report");
  const published = await writer.text(".state");
  await second.visit(`${draft}/links`);
  return { reason, published, mayLink: await second.has("#days") };
}

async function share(writer, draft) {
  await writer.visit(`${draft}/links`);
  await writer.press("main form button");
  await writer.look("a new link");
  const [url, code] = await writer.page.locator(".once code").allInnerTexts();
  await writer.visit(`${draft}/links`);
  if ((await writer.text("main")).includes(code)) throw new Error("the code is shown twice");
  return { url, code };
}

/** What somebody reads who knocks with a code, right or wrong. */
async function knock(browser, url, code) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(url);
  if ((await page.locator("#code").count()) > 0) {
    await page.fill("#code", code);
    await Promise.all([page.waitForNavigation(), page.click("form button")]);
  }
  const text = await page.locator("main").innerText();
  await context.close();
  return text;
}

/** A funder tries a wrong code and then the right one, reads on a phone, and keeps a copy. */
async function funder(browser, { url, code }) {
  const wrong = await knock(browser, url, `${code}x`);
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(url);
  await page.fill("#code", code);
  await Promise.all([page.waitForNavigation(), page.click("form button")]);
  const read = await page.locator("main").innerText();
  const files = {};
  for (const kind of ["csv", "json"]) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(`[action$="report.${kind}"] button`)]);
    files[kind] = readFileSync(await download.path(), "utf8");
  }
  await context.close();
  return { wrong, read, files };
}
