// What axe finds broken on the pages that visitors, funders and staff see, on a phone and a desk, light and dark.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { bar, newVisitor, script, yesButton } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

script(async (browser, given) => {
  const { url, link, site } = given;
  const receipt = await chooseOnce(browser, url);
  const pages = ["/login", "/method", `/v1/receipts/${receipt}`, link.replace(url, ""), "/sites", `/sites/${site}`];
  const looks = [];
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [390, 1280]) looks.push(...(await lookAt(browser, given, pages, { colorScheme, width })));
  }
  return { looked: looks.length, found: looks.flat() };
});

/** What is broken on the banner and on each of the pages, on one kind of screen. */
async function lookAt(browser, { url, email, password }, pages, { colorScheme, width }) {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 844 } });
  const page = await context.newPage();
  await page.goto(`${url}/demo/`);
  await bar(page).waitFor();
  const looks = [await broken(page, "the banner")];
  for (const path of pages) {
    if (path === "/sites") await logIn(page, url, email, password);
    await page.goto(url + path);
    looks.push(await broken(page, path));
  }
  await context.close();
  return looks.map((found) => found.map((one) => ({ ...one, at: `${width} px, ${colorScheme}` })));
}

/** Says yes, and returns the receipt that the browser keeps. */
async function chooseOnce(browser, url) {
  const visitor = await newVisitor(browser, url);
  await visitor.open("/demo/");
  await Promise.all([visitor.hit(), yesButton(visitor.page).click()]);
  const receipt = await visitor.page.evaluate(() => JSON.parse(localStorage.getItem("ff")).receipt);
  await visitor.context.close();
  return receipt;
}

async function logIn(page, url, email, password) {
  await page.goto(`${url}/login`);
  await page.fill("#email", email);
  await page.fill("#password", password);
  await page.click("form button");
}

async function broken(page, name) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => window.axe.run());
  if (passes.length < 10) throw new Error(`axe passed only ${passes.length} rules on ${name}`);
  return violations.map(({ id, help, nodes }) => ({ page: name, id, help, where: nodes.map(({ target }) => target) }));
}
