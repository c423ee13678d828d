// The way of a report as people of a charity take it: last quarter's numbers from a file, the funder and the grant, the
// words written, stopped, mended and submitted, approved and published by a second person, and linked; then a funder
// opens it on a phone, without JavaScript, prints it and keeps its files, and the link is revoked. The pages of staff
// have no script either; axe needs one, and cannot run where a browser has none.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { script } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SCRIPTED = "our numbers"; // files are looked at before they are sent
const NARROW = 320; // a desk of 1280 px at 400 %

script(async (browser, given) => {
  const broken = [];
  const steps = { count: 0 }; // clicks and fields from the file of numbers to publication, without the narrative
  const writer = await staff(browser, given, { email: given.email, broken, steps });
  const second = await staff(browser, given, { email: given.second, broken, steps });
  const numbers = await enter(writer, given, steps);
  const draft = await agree(writer, given);
  const seen = {
    ...numbers,
    ...(await write(writer, draft)),
    ...(await approve(writer, second, draft)),
    steps: steps.count,
  };
  const link = await share(writer, draft);
  const before = await funder(browser, link, given.dir);
  await writer.visit(`${draft}/links`);
  const opened = await writer.text("main .lines");
  await writer.press("form[action$=revoke] button");
  const revoked = await knock(browser, link.url, link.code);
  const unknown = await knock(browser, `${given.url}/r/${"A".repeat(32)}`, link.code);
  return { ...seen, ...before, opened, revoked, unknown, broken };
});

/** Somebody who is logged in, and looks at each page of theirs as axe and a narrow screen do. */
async function staff(browser, { url, password }, { email, broken, steps }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on(
    "console",
    (message) => message.type() === "error" && !/status of 4/.test(message.text()) && broken.push(message.text()),
  );
  await page.goto(`${url}/reports`);
  await page.fill("#email", email);
  await page.fill("#password", password);
  await Promise.all([page.waitForNavigation(), page.click("form button")]);
  const step = (done) => {
    steps.count++;
    return done;
  };
  return {
    page,
    visit: (path) => page.goto(url + path),
    text: (selector) => page.locator(selector).first().innerText(),
    has: async (selector) => (await page.locator(selector).count()) > 0,
    press: (selector) => step(Promise.all([page.waitForNavigation(), page.click(selector)])),
    fill: (selector, text) => step(page.fill(selector, text)),
    choose: (selector, option) => step(page.selectOption(selector, option)),
    give: (selector, file) => step(page.setInputFiles(selector, file)),
    look: (name) => look(page, name, broken),
  };
}

/** Takes a list of what is counted, and enters last quarter's numbers from a file, for good. */
async function enter(writer, { site, totals }, steps) {
  await writer.press(`a[href="/sites/${site}"]`);
  await writer.press(`a[href="/sites/${site}/numbers"]`);
  await writer.choose("#template", "helpline");
  await writer.press("button[value=template]");
  const begun = await writer.text("[role=status]");
  steps.count = 0;
  await writer.give("#file", { name: "totals.csv", mimeType: "text/csv", buffer: Buffer.from(totals) });
  await writer.press("button[value=preview]");
  await writer.look("the preview of numbers");
  const preview = await writer.text("table.totals");
  await writer.press("button[value=save]");
  const stored = await writer.text("[role=status]");
  await writer.press("button[value=final]");
  await writer.look("our numbers");
  return { begun, preview, stored, sealed: await writer.text("[role=status]") };
}

/** Writes down the funder and the grant, and begins its report: the path of the draft. */
async function agree(writer, { site, grant }) {
  await writer.press('.menu a[href="/grants"]');
  await writer.look("the list of grants");
  await writer.visit("/funders");
  await writer.look("a new funder");
  await writer.visit("/grants");
  await writer.press(`a[href="/sites/${site}/grants/new"]`);
  await writer.look("a new grant");
  for (const [field, text] of Object.entries(grant.fields)) await writer.fill(`#${field}`, text);
  for (const [row, [indicator, number]] of grant.targets.entries()) {
    await writer.choose(`#target${row}-indicator`, indicator);
    await writer.fill(`#target${row}-period`, number);
  }
  await writer.press(".grantform .buttons button");
  await writer.look("a grant");
  const begin = writer.page.locator("table a", { hasText: "Begin the report" });
  const path = await begin.getAttribute("href");
  await writer.press(`a[href="${path}"]`);
  return path;
}

async function look(page, name, broken) {
  const desk = page.viewportSize();
  await page.setViewportSize({ width: NARROW, height: 256 });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (over > 0) broken.push(`${name} is ${over} px too wide at ${NARROW} px`);
  await page.setViewportSize(desk);
  if (name !== SCRIPTED && (await page.locator("script").count()) > 0) broken.push(`${name} has a script`);
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => window.axe.run());
  if (passes.length < 10) broken.push(`axe passed only ${passes.length} rules on ${name}`);
  for (const { id, help, nodes } of violations)
    broken.push(`axe: ${id} on ${name}: ${help} ${nodes.map(({ target }) => target)}`);
}

/** Writes a report that names a child, is stopped, and mends it. That is narrative: of its steps, submitting counts. */
async function write(writer) {
  const { page, press } = {
    ...writer,
    press: (selector) => Promise.all([writer.page.waitForNavigation(), writer.page.click(selector)]),
  };
  await page.fill("#text0", "More young people came to us than before.");
  await page.fill("#text4", "Priya, a 14-year-old from Doncaster, wrote to us last Tuesday.");
  await press("button[value=submit]");
  await writer.look("a report that was stopped");
  const stopped = await writer.text("[role=alert]");
  const found = await page
    .locator(".found li")
    .evaluateAll((all) => all.map((li) => [...li.querySelectorAll("p")].map((p) => p.innerText).join(" ")));
  await page.fill("#text4", "A teenager wrote to us. The Zephyr Room is where she first said it.");
  await press("button[value=save]");
  const left = await page.locator(".found li strong").allInnerTexts();
  await page.fill(".found input", "It is the name of our meeting room, on our website.");
  await writer.press("button[value=submit]");
  return {
    stopped,
    found,
    left,
    submitted: await writer.text(".state"),
    mayApproveOwn: await writer.has("form[action$=approve]"),
  };
}

/** A second person finds it in the list, reads, approves and publishes it. */
async function approve(writer, second, draft) {
  await second.press('.menu a[href="/reports"]');
  await second.look("the list of reports");
  await second.press(`a[href="${draft}"]`);
  await second.look("a report to approve");
  const reason = await second.text("ul.found");
  await second.press("form[action$=approve] button");
  await second.look("a report to publish");
  await second.press("form[action$=publish] button");
  await writer.visit(draft);
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
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    isMobile: true,
    javaScriptEnabled: false,
  });
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

/** A funder tries a wrong code and then the right one, reads on a phone, prints, and keeps a copy of each kind. */
async function funder(browser, { url, code }, dir) {
  const wrong = await knock(browser, url, `${code}x`);
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    isMobile: true,
    javaScriptEnabled: false,
  });
  const page = await context.newPage();
  await page.goto(url);
  await page.fill("#code", code);
  await Promise.all([page.waitForNavigation(), page.click("form button")]);
  const read = await page.locator("main").innerText();
  const tables = [];
  for (const table of await page.locator("main table").all()) {
    const rows = [];
    for (const row of await table.locator("tr").all()) {
      rows.push(
        await row.locator("th, td").evaluateAll((all) => all.map((cell) => cell.firstChild?.textContent.trim() ?? "")),
      );
    }
    tables.push(rows);
  }
  await page.pdf({ path: `${dir}/report.pdf`, preferCSSPageSize: true });
  for (const kind of ["xlsx", "docx", "csv", "json"]) {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.click(`[action$="report.${kind}"] button`),
    ]);
    await download.saveAs(`${dir}/report.${kind}`);
  }
  await context.close();
  return { wrong, read, tables };
}
