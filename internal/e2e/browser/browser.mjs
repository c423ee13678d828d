// What the scripts share: a browser that a person could sit at, visitors that write down every request, and where
// the snippet's screens are.

import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";

const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
// The snippet sends nothing from a browser that says it is driven by a program, and the collector takes an agent that
// says Headless for a machine; the product is left as it is and the browser says neither.
const UNSEEN = "--disable-blink-features=AutomationControlled";
const COMPUTER = {
  userAgent:
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36",
};
const PHONE = {
  userAgent:
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Mobile Safari/537.36",
  viewport: { width: 390, height: 844 },
  isMobile: true,
};
const QUIET_MS = 400; // long enough for a request that must not come, to come

/** Runs a task with what the test gave on the command line, and prints what it returns. */
export async function script(task) {
  const given = JSON.parse(process.argv[2]);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [...ARGS, "--disable-component-update", "--disable-sync", UNSEEN],
  });
  try {
    process.stdout.write(JSON.stringify(await task(browser, given)));
  } finally {
    await browser.close();
  }
}

/** A visitor with an empty browser. Their requests are kept as { line, status, body, cookie }. */
export async function newVisitor(browser, url, { phone = false } = {}) {
  const context = await browser.newContext(phone ? PHONE : COMPUTER);
  const requests = [];
  context.on("request", (request) => {
    const seen = {
      line: `${request.method()} ${request.url().replace(url, "")}`,
      status: 0,
      body: request.postData() ?? "",
      cookie: "",
    };
    requests.push(seen);
    seen.ended = (async () => {
      const response = await request.response();
      seen.status = response?.status() ?? 0;
      seen.cookie = ((await request.allHeaders()).cookie ?? "") + ((await response?.headerValue("set-cookie")) ?? "");
    })().catch(() => {});
  });
  const page = await context.newPage();
  return {
    context,
    page,
    requests,
    open: (path) => page.goto(url + path, { waitUntil: "load" }),
    /** Waits for the answer to the next hit that is not about how long a page was looked at. */
    hit: () => page.waitForResponse((answer) => answer.url() === `${url}/v1/hits` && !isLeave(answer.request())),
  };
}

const isLeave = (request) => request.postData()?.includes('"kind":"leave"');

/** Presses an answer, and waits until the browser keeps the collector's proof of it. */
export async function answer({ page }, press) {
  const proof = () => JSON.parse(localStorage.getItem("ff") ?? "{}").receipt ?? "";
  const before = await page.evaluate(proof);
  await press.click();
  await page.waitForFunction(
    (before) => ![undefined, before].includes(JSON.parse(localStorage.getItem("ff") ?? "{}").receipt),
    before,
  );
}

/** Waits until the visitor's browser is quiet, and says what it asked since the last time and what it keeps. */
export async function look(visitor) {
  let count = -1;
  while (count !== visitor.requests.length) {
    count = visitor.requests.length;
    await sleep(QUIET_MS);
  }
  const requests = visitor.requests.splice(0);
  await Promise.all(requests.map((request) => request.ended));
  const cookies = (await visitor.context.cookies()).map(({ name }) => name);
  const kept = await visitor.page.evaluate(async () => ({
    driven: navigator.webdriver,
    local: { ...localStorage },
    session: Object.keys(sessionStorage),
    others: [...(await indexedDB.databases()).map(({ name }) => name), ...(await caches.keys()), document.cookie],
  }));
  return { requests: requests.map(({ ended, ...request }) => request), cookies, ...kept };
}

export const bar = (page) => page.locator("[data-footfall=bar] .bar");
export const yesButton = (page) => bar(page).locator(".choices button").first();
export const noButton = (page) => bar(page).locator(".choices button").last();
export const withdrawal = (page) => page.locator("[data-footfall=link] button");
export const button = (page, event) => page.locator(`[data-footfall-event="${event}"]`);
