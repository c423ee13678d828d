// Gives files to the pages that take numbers, and says what became of each: what the browser asked for, what it said and
// what it counted. With "shots" it also takes pictures.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { script } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SEND = "#import button[value=preview]";
const SENT = "table.totals, .notice.problems[role=alert]"; // what the server answers
const ANSWER = `#file-refused:visible, ${SENT}`;

script(async (browser, given) => {
  const seen = { files: {}, raced: {}, lists: {}, odd: {}, broken: [], looked: 0 };
  const desk = await open(browser, given, {}, seen.broken);
  for (const name of given.files) seen.files[name] = await give(desk, given, name);
  for (const name of given.raced) seen.raced[name] = await race(desk, given, name);
  await desk.page.goto(`${given.numbers}/count`);
  for (const name of given.lists) seen.lists[name] = await count(desk, given, name);
  for (const name of given.odd) seen.odd[name] = await count(desk, given, name);
  for (const width of [390, 1280]) seen.kept = await keep(browser, given, width, seen);
  return seen;
});

/** Somebody who is logged in, and what their browser asks for. */
async function open(browser, { url, email, password }, options, broken) {
  const page = await (await browser.newContext(options)).newPage();
  page.on("pageerror", (error) => broken.push(`${error}`));
  page.on("console", (m) => m.type() === "error" && !/status of 4/.test(m.text()) && broken.push(m.text()));
  await page.goto(`${url}/login`);
  await page.fill("#email", email);
  await page.fill("#password", password);
  await Promise.all([page.waitForNavigation(), page.click("form button")]);
  const requests = [];
  page.on("request", (r) => requests.push(`${r.method()} ${r.url().replace(url, "")} ${r.postData() ?? ""}`.trim()));
  return { page, requests, since: () => requests.splice(0).filter((line) => !line.startsWith("GET /assets/")) };
}

const text = async (at) => (await at.innerText()).replace(/\s+/g, " ").trim();

/** Chooses a file in the form of totals and presses the button. */
async function give(desk, given, name) {
  if (!desk.page.url().endsWith("/numbers") || (await desk.page.locator(SENT).count()))
    await desk.page.goto(given.numbers);
  desk.since();
  await desk.page.setInputFiles("#file", join(given.folder, name));
  await desk.page.click(SEND);
  return await answerOf(desk);
}

async function answerOf({ page, since }) {
  await page.locator(ANSWER).first().waitFor();
  const kept = await page.locator("#file-refused").isVisible();
  const said = await text(page.locator(ANSWER).first());
  return { kept, said, requests: since(), left: kept ? await page.inputValue("#file") : "" };
}

/** Presses the button in the same moment in which a file is chosen. */
async function race(desk, given, name) {
  await desk.page.goto(given.numbers);
  desk.since();
  const content = readFileSync(join(given.folder, name), "utf8");
  await desk.page.evaluate(
    ([name, content, button]) => {
      const chosen = new DataTransfer();
      chosen.items.add(new File([content], name));
      const input = document.getElementById("file");
      input.files = chosen.files;
      input.dispatchEvent(new Event("change"));
      document.querySelector(button).click();
    },
    [name, content, SEND],
  );
  return await answerOf(desk);
}

/** Counts a list on the page for that. */
async function count({ page, since }, given, name) {
  since();
  await page.setInputFiles("#people", join(given.folder, name));
  await page.waitForFunction(() => !/^(Reading …)?$/.test(document.getElementById("count-status").textContent));
  const said = await text(page.locator("#count-status"));
  if (await page.locator("#count-result").isHidden()) return { said, requests: since() };
  const when = await page.locator("#date-column option:checked").innerText();
  await page.selectOption("#indicator", "families");
  await page.selectOption("#kind-column", { label: "Status" });
  await page.locator("#kind-1").waitFor();
  const sheets = await page.locator("#sheet option").allInnerTexts();
  const columns = await page.locator("#kind-column option").allInnerTexts();
  return {
    said,
    when,
    sheets,
    columns,
    totals: await page.inputValue("#totals"),
    months: await text(page.locator("#counted-rows")),
    requests: since(),
  };
}

/** Chooses a list of people in the form of totals, on one kind of screen, and has it counted there. */
async function keep(browser, given, width, seen) {
  const { page, since } = await open(browser, given, { viewport: { width, height: 900 } }, seen.broken);
  const look = async (name) => {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run());
    seen.looked++;
    seen.broken.push(...violations.map(({ id, nodes }) => `${name} at ${width}: ${id} ${nodes.map((n) => n.target)}`));
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) seen.broken.push(`${name} at ${width}: ${over} px too wide`);
    if (given.shots) await page.screenshot({ path: `${given.shots}/${name}-${width}.png`, fullPage: true });
  };
  await page.goto(given.numbers);
  await page.setInputFiles("#file", join(given.folder, given.files[0]));
  await page.locator("#file-status", { hasText: "no people" }).waitFor();
  await look("file-passed");
  since();
  await page.setInputFiles("#file", join(given.folder, given.lists[0]));
  await page.locator("#file-refused").waitFor();
  await look("file-refused");
  await page.click("#count-it");
  const focused = await page.evaluate(() => document.activeElement.id);
  await page.selectOption("#indicator", "families");
  await page.selectOption("#kind-column", { label: "Status" });
  await page.locator("#kind-1").waitFor();
  await look("file-counted");
  const before = since();
  const totals = await page.inputValue("#totals");
  await page.uncheck("#counted-rows input[value='2026-11']");
  const fewer = await page.inputValue("#totals");
  await Promise.all([page.waitForNavigation(), page.click("#send-counts")]);
  const preview = await text(page.locator("table.totals"));
  const posted = since();
  await page.context().close();
  return { focused, before, totals, fewer, preview, posted };
}
