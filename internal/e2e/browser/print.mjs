// What is wrong with each page on A4: what is printed that only a screen is for, what is cut, lost or pale, and what the
// pages of a report do not say.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { script } from "./browser.mjs";
import { logIn, openPaths, staffPaths } from "./pages.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHEET = { width: 673, height: 990 }; // A4 without its margins, in CSS pixels

script(async (browser, given) => {
  const context = await browser.newContext({ viewport: SHEET });
  const page = await context.newPage();
  const seen = { pages: [], wrong: [], sheets: 0, left: 0, heads: 0 };
  const open = await openPaths(browser, given);
  for (const path of open) await look(page, path, given, seen);
  await page.emulateMedia({ media: "screen" }); // a form is not printed
  await logIn(page, given);
  for (const path of await staffPaths(page, given)) await look(page, path, given, seen);
  await context.close();
  return seen;
});

async function look(page, path, { url, link, seal }, seen) {
  await page.emulateMedia({ media: "print" });
  await page.goto(url + path);
  const { found, left, heads } = await page.evaluate(laidOut);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run({ runOnly: ["color-contrast"] }));
  const pale = violations.map(({ nodes }) => `pale on paper: ${nodes.map(({ target }) => target)}`);
  const draft = path.endsWith("/preview") ? "Draft, not published" : "";
  const { sheets, wrong } = await printed(page, url + path === link ? seal : draft);
  for (const one of [...found, ...pale, ...wrong, ...(await overlaid(page))]) seen.wrong.push(`${path}: ${one}`);
  seen.pages.push(path);
  seen.sheets += sheets;
  seen.left += left;
  seen.heads += heads;
}

/** How many sheets a page takes, and what is wrong with their ends, where each has its number and what else is said. */
async function printed(page, says) {
  const pdf = await page.pdf({ preferCSSPageSize: true });
  const sheets = execFileSync("pdftotext", ["-layout", "-", "-"], { input: pdf, encoding: "utf8" })
    .split("\f")
    .slice(0, -1);
  const wrong = sheets.flatMap((text, i) => {
    const lines = text.split("\n").map((line) => line.trim());
    const [number, foot, ...rest] = lines.filter((line) => line !== "").reverse();
    const found = [];
    if (number !== `Page ${i + 1} of ${sheets.length}`) found.push(`page ${i + 1} is not numbered`);
    if (rest.length === 0) found.push(`page ${i + 1} is empty`);
    if (!foot?.endsWith(says)) found.push(`page ${i + 1} does not say ${says} at its foot: ${foot}`);
    return found;
  });
  return { sheets: sheets.length, wrong };
}

/** What would lie over the foot of a page that has one, with more text than the paper has room for. */
async function overlaid(page) {
  const foot = page.locator(".printid");
  if ((await foot.count()) === 0) return [];
  const says = (await foot.innerText()).trim();
  await page.evaluate(() => {
    const more = () => Object.assign(document.createElement("div"), { textContent: "More" });
    document.querySelector("main").append(...Array.from({ length: 150 }, more));
  });
  const pdf = await page.pdf({ preferCSSPageSize: true });
  const pages = execFileSync("pdftotext", ["-bbox", "-", "-"], { input: pdf, encoding: "utf8" }).split("</page>");
  return pages.slice(0, -1).flatMap((text, i) => {
    const words = [...text.matchAll(/yMin="([\d.]+)" .*yMax="([\d.]+)">(.*)<\/word>/g)];
    const lines = words.map(([, top, bottom, word]) => ({ top: Number(top), bottom: Number(bottom), word }));
    const at = lines.findLast(({ word }) => word === says.split(" ").at(-1));
    const there = lines.filter(({ top, bottom }) => at && top < at.bottom && bottom > at.top).map(({ word }) => word);
    return there.join(" ") === says ? [] : [`page ${i + 1} says “${there.join(" ")}” where its foot is`];
  });
}

/** What is wrong with how the page is laid out; how many parts are left to screens, and how many heads of tables there are. */
function laidOut() {
  const found = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const name = (e) => e.outerHTML.replace(/\s+/g, " ").slice(0, 80);
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) found.push(`${wide} px wider than the paper`);
  const screenOnly = all(
    "nav, button, .skip, .staffbar, .tools, input[type=file], form:not(.paper), summary, noscript, .screen",
  );
  const shown = screenOnly.filter((e) => e.checkVisibility() && e.getClientRects().length > 0);
  for (const e of shown) found.push(`for screens alone, and printed: ${name(e)}`);
  const heads = all("thead").filter((e) => e.closest("table").checkVisibility());
  for (const e of heads) {
    if (getComputedStyle(e).display !== "table-header-group") found.push(`a head that no page repeats: ${name(e)}`);
  }
  for (const e of all("textarea").filter((e) => e.checkVisibility())) {
    if (e.scrollHeight > e.clientHeight + 1) found.push(`a text that is cut: ${name(e)}`);
  }
  if (getComputedStyle(document.body).backgroundColor !== "rgb(255, 255, 255)") found.push("paper that is not white");
  return { found, left: screenOnly.length - shown.length, heads: heads.length };
}
