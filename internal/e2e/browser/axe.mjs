// What axe finds broken on the pages that visitors, funders and staff see, on a phone and a desk, light and dark,
// and in forced colours at 400 %; and what is wider than the window.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { bar, script } from "./browser.mjs";
import { logIn, openPaths, staffPaths } from "./pages.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A desk of 1,280 px at 400 %, with the colours that its reader needs. */
const MAGNIFIED = { colorScheme: "light", width: 320, forcedColors: "active" };

script(async (browser, given) => {
  const { url } = given;
  const open = await openPaths(browser, given);
  const looks = [];
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [390, 1280]) looks.push(...(await lookAround(browser, url, open, { colorScheme, width })));
  }
  looks.push(...(await lookAround(browser, url, open, MAGNIFIED)));
  // Pages of staff have one style sheet, which asks for no scheme: each width in one of them is enough.
  for (const screen of [{ colorScheme: "light", width: 390 }, { colorScheme: "dark", width: 1280 }, MAGNIFIED]) {
    looks.push(...(await lookAtStaff(browser, given, screen)));
  }
  return { looked: looks.length, found: looks.flat() };
});

async function onScreen(browser, { width, ...colours }, look) {
  const context = await browser.newContext({ ...colours, viewport: { width, height: 844 } });
  const looks = await look(await context.newPage());
  await context.close();
  return looks.map((found) => found.map((one) => ({ ...one, at: `${width} px, ${Object.values(colours)}` })));
}

/** What is broken on the banner and on each of the pages that need no login, on one kind of screen. */
function lookAround(browser, url, paths, screen) {
  return onScreen(browser, screen, async (page) => {
    await page.goto(`${url}/demo/`);
    await bar(page).waitFor();
    return [await broken(page, "the banner"), ...(await lookAt(page, url, paths))];
  });
}

/** What is broken on each page of staff, on one kind of screen. */
function lookAtStaff(browser, given, screen) {
  return onScreen(browser, screen, async (page) => {
    await logIn(page, given);
    return lookAt(page, given.url, await staffPaths(page, given));
  });
}

async function lookAt(page, url, paths) {
  const looks = [];
  for (const path of paths) {
    await page.goto(url + path);
    looks.push(await broken(page, path));
  }
  return looks;
}

async function broken(page, name) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => window.axe.run());
  if (passes.length < 10) throw new Error(`axe passed only ${passes.length} rules on ${name}`);
  const found = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map(({ target }) => target) }));
  const where = await page.evaluate(wider);
  if (where.length > 0) found.push({ id: "reflow", help: "The page must not be wider than the window", where });
  return found.map((one) => ({ page: name, ...one }));
}

/** The first elements that make the page wider than the window. */
function wider() {
  if (document.scrollingElement.scrollWidth <= window.innerWidth) return [];
  const out = [...document.querySelectorAll("body *")].filter(
    (e) => e.getBoundingClientRect().right > window.innerWidth,
  );
  return out.slice(0, 3).map((e) => e.outerHTML.slice(0, 100));
}
