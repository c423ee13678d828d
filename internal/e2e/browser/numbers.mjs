// A worker's way through the page Our numbers: a template and a file without scripts, then a file of people that is
// counted in the browser. Says what was seen, what was sent, and what axe finds broken. With "shots" it also takes
// pictures.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { script } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

script(async (browser, given) => {
  const seen = { broken: [], looked: 0 };
  const plain = await open(browser, given, { javaScriptEnabled: false });
  await plain.goto(given.numbers);
  await plain.selectOption("#template", "helpline");
  await press(plain, "Take this list");
  seen.begun = await text(plain, "[role=status]");
  await upload(plain, given.bad);
  seen.refused = await text(plain, "[role=alert]");
  await upload(plain, given.totals);
  seen.preview = await text(plain, "table.totals");
  await press(plain, "Store these numbers");
  seen.stored = await text(plain, "[role=status]");
  await plain.goto(`${given.numbers}?enter=helpline-outcomes`);
  await plain.fill("#period", "Nov 2026");
  await plain.fill("#value-better", "dozens");
  await press(plain, "Show what would change");
  seen.typed = await text(plain, "[role=alert]");
  seen.kept = await plain.inputValue("#period");
  for (const width of [390, 1280]) await look(browser, given, width, seen);
  return seen;
});

async function open(browser, { url, email, password }, options) {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(`${url}/login`);
  await page.fill("#email", email);
  await page.fill("#password", password);
  await press(page, "Log in");
  return page;
}

const press = async (page, name) => {
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name }).first().click()]);
};
const text = async (page, at) => (await page.locator(at).first().innerText()).replace(/\s+/g, " ");

async function upload(page, content) {
  await page.setInputFiles("#file", { name: "totals.csv", mimeType: "text/csv", buffer: Buffer.from(content) });
  await press(page, "Show what would change");
}

/** What stands on the page of one file that the server refused, and then of the next one that is chosen. */
async function answers(page, given, next) {
  await page.goto(given.numbers);
  await upload(page, given.unknown);
  const said = () =>
    page
      .locator(".notice:visible, #file-status:not(:empty)")
      .evaluateAll((all) => all.map((one) => one.innerText.split("\n")[0]));
  const first = await said();
  await page.setInputFiles("#file", { name: "next.csv", mimeType: "text/csv", buffer: Buffer.from(given[next]) });
  await page.locator("#file-refused:visible, #file-status", { hasText: /people|not sent/ }).waitFor();
  return [first, await said()];
}

/** The pages on one kind of screen, and a file of people counted on it. */
async function look(browser, given, width, seen) {
  const page = await open(browser, given, { viewport: { width, height: 900 } });
  const check = async (name) => {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run());
    seen.looked++;
    seen.broken.push(...violations.map(({ id, nodes }) => `${name} at ${width}: ${id} ${nodes.map((n) => n.target)}`));
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) seen.broken.push(`${name} at ${width}: ${over} px too wide`);
    if (given.shots) await page.screenshot({ path: `${given.shots}/${name}-${width}.png`, fullPage: true });
  };
  await page.goto(given.numbers);
  await check("numbers");
  await page.goto(`${given.numbers}?enter=helpline-outcomes`);
  await check("enter");
  await page.goto(given.numbers);
  await page.setInputFiles("#file", { name: "bad.csv", mimeType: "text/csv", buffer: Buffer.from(given.bad) });
  await page.locator("#file-refused").waitFor();
  await check("refused");
  seen.answers = [await answers(page, given, "totals"), await answers(page, given, "bad")];
  await check("answers");
  await page.goto(given.numbers);
  await upload(page, given.totals.replace("120", "130").replace("200", "210"));
  await check("preview");
  await page.goto(`${given.numbers}/count`, { waitUntil: "networkidle" });
  const requests = [];
  page.on("request", (r) => requests.push(`${r.method()} ${r.url()} ${r.postData() ?? ""}`));
  await page.setInputFiles("#people", { name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(given.people) });
  await page.selectOption("#date-column", { label: "Date of call" });
  await page.selectOption("#kind-column", { label: "How" });
  await page.locator("#count-result").waitFor();
  await page.locator("#kind-0").waitFor();
  await sleep(300); // a request that must not come would have come
  seen.whileCounting = requests.slice();
  seen.kinds = await page.locator("#kinds label").allInnerTexts();
  seen.counted = await page.inputValue("#totals");
  await check("count");
  await press(page, "Show what would change");
  seen.posted = requests.filter((line) => line.startsWith("POST"));
  seen.fromPeople = await text(page, "table.totals");
  await page.context().close();
}
