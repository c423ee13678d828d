// What a funder and the charity's staff read: every table and card of a page, with JavaScript and without.

import { script } from "./browser.mjs";

script(async (browser, { url, link, site, email, password }) => ({
  withScript: await report(browser, link, true),
  withoutScript: await report(browser, link, false),
  staff: await staff(browser, { url, site, email, password }),
}));

async function report(browser, link, javaScriptEnabled) {
  const context = await browser.newContext({ javaScriptEnabled });
  const page = await context.newPage();
  const complaints = listen(page);
  await page.goto(link);
  const seen = { ...(await read(page)), complaints };
  await context.close();
  return seen;
}

async function staff(browser, { url, site, email, password }) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const complaints = listen(page);
  await page.goto(`${url}/sites/${site}`);
  await page.fill("#email", email);
  await page.fill("#password", password);
  await Promise.all([page.waitForNavigation(), page.click("form button")]);
  await page.goto(`${url}/sites/${site}`);
  const seen = { ...(await read(page)), complaints };
  await context.close();
  return seen;
}

/** What the browser complains of: broken policies, missing files, errors. */
function listen(page) {
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  return complaints;
}

async function read(page) {
  const text = await page.locator("main").textContent();
  const tables = await page.locator("main table").evaluateAll((all) =>
    all.map((table) => ({
      caption: table.caption?.firstChild?.textContent.trim() ?? "",
      rows: [...table.querySelectorAll("tbody tr")].map((row) => ({
        label: row.querySelector("th").firstChild.textContent.trim(),
        figure: row.querySelector("td").textContent.trim(),
      })),
    })),
  );
  const cards = await page.locator(".card").evaluateAll((all) =>
    all.map((card) => ({
      label: card.querySelector("h3").textContent.trim(),
      figure: card.querySelector(".big").textContent.trim(),
    })),
  );
  return { text, tables, cards };
}
