// The one list of pages that are looked at one by one: by axe, and on paper.

import { newVisitor, yesButton } from "./browser.mjs";

/** The paths that need no login. */
export async function openPaths(browser, { url, link, coded, site }) {
  const about = ["notice", "cookies", "known"].map((name) => `/v1/sites/${site}/${name}`);
  const receipt = `/v1/receipts/${await chooseOnce(browser, url)}`;
  const reports = [link, coded].map((one) => one.replace(url, ""));
  return ["/login", "/method", receipt, ...reports, ...about, `/impact/${site}`, "/nothing-here"];
}

/** The paths of staff, found by somebody who is logged in. */
export async function staffPaths(page, { url, site }) {
  const found = async (path, ...selectors) => {
    await page.goto(url + path);
    return Promise.all(selectors.map((selector) => page.locator(selector).first().getAttribute("href")));
  };
  const [funder, grant] = await found("/grants", 'main a[href^="/funders/"]', 'main a[href^="/grants/"]');
  const todo = '[aria-labelledby=todo] a[href^="/reports/"]';
  const done = '[aria-labelledby=done] a[href^="/reports/"]';
  const [begun, published] = await found("/reports", todo, done);
  return [
    ...["/sites", `/sites/${site}`, `/sites/${site}/impact`, `/sites/${site}/numbers`, `/sites/${site}/numbers/count`],
    ...["/reports", begun, `${begun}/preview`, published, `${published}/links`],
    ...["/grants", grant, funder, "/funders", `/sites/${site}/grants/new`],
  ];
}

export async function logIn(page, { url, email, password }) {
  await page.goto(`${url}/login`);
  await page.fill("#email", email);
  await page.fill("#password", password);
  await Promise.all([page.waitForURL(`${url}/sites`), page.click("form button")]);
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
