// The privacy pages of the real collector as people meet them: privacy notice, cookies, what this site knows about me.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, test } from "node:test";
import { violations } from "./harness/axe.mjs";
import { onlyChromium, startBrowser } from "./harness/browser.mjs";
import { startService } from "./harness/service.mjs";
import { noButton, yesButton } from "./harness/world.mjs";

const SIZES = { "390 px": { width: 390, height: 844 }, "1280 px": { width: 1280, height: 800 } };
const SCHEMES = { light: {}, dark: { colorScheme: "dark" }, "forced colours": { forcedColors: "active" } };
const LANGS = ["en", "cy"];
const PAGES = ["notice", "cookies", "known"];
const AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36";

const both = (en, cy) => ({ en, cy });
const SETTINGS = {
  contact: {
    address: "1 Quay Street, Exampleton",
    email: "privacy@harbour.example",
    phone: "01632 960000",
    dpo: "the Head of Services",
    complaints: "https://www.harbour.example/complaints",
    regulator: "ico",
  },
  purposes: [
    {
      id: "video",
      basis: "consent",
      on: false,
      label: both("Videos", "Fideos"),
      why: both("So that you can watch our films here.", "Er mwyn i chi wylio ein ffilmiau yma."),
      services: [
        {
          name: "Example Video",
          who: "Example Media",
          hosts: ["video.example"],
          notice: "https://video.example/privacy",
          keeps: [
            { kind: "cookie", name: "_ev*", days: 400, holds: both("A number for your browser.", "Rhif i’ch porwr.") },
          ],
        },
      ],
    },
  ],
};

const w = { contexts: [] };
before(async () => {
  w.service = await startService(SETTINGS);
  w.browser = await startBrowser();
});
afterEach(async () => {
  await Promise.all(w.contexts.splice(0).map((context) => context.close()));
});
after(async () => {
  await w.browser.close();
  await w.service.stop();
});

async function visitor(options = {}) {
  const context = await w.browser.newContext({ viewport: SIZES["390 px"], userAgent: AGENT, ...options });
  w.contexts.push(context);
  w.errors = [];
  context.on("console", (message) => message.type() === "error" && w.errors.push(message.text()));
  return context;
}

const address = (name, lang) => `/v1/sites/${w.service.key}/${name}?lang=${lang}`;

/** Opens a page of the collector under the website's own name. */
async function proxied(context, name, lang = "en") {
  const page = await context.newPage();
  await page.goto(`${w.service.url}/footfall${address(name, lang)}`);
  return page;
}

/** Opens a page of the website that has the snippet: from the collector, or handed on by the website. */
async function website(context, base, body = "") {
  const tag = `<script async src="${base}/footfall.js" data-site="${w.service.key}" data-allow-automation></script>`;
  w.service.website.page = () => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Harbour</title>
    <link rel="icon" href="data:,">${tag}</head><body><main><h1>Talk to us</h1><a href="/help">Next</a>${body}</main></body></html>`;
  const page = await context.newPage();
  await page.goto(w.service.url);
  return page;
}

const declared = async () =>
  (
    await fetch(`${w.service.base.replace("collector.localhost", "127.0.0.1")}${address("cookies", "en")}&format=json`)
  ).json();

/** What the browser keeps for the website, as "kind name". */
async function kept(context, page) {
  const stored = await page.evaluate(() => [
    ...Object.keys(localStorage).map((name) => `local ${name}`),
    ...Object.keys(sessionStorage).map((name) => `session ${name}`),
  ]);
  return [...stored, ...(await context.cookies()).map(({ name }) => `cookie ${name}`)];
}

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const [scheme, options] of Object.entries(SCHEMES)) {
    test(`R14 R15 axe finds nothing on the privacy pages: ${size}, ${scheme}`, async () => {
      const context = await visitor({ viewport, ...options });
      for (const name of PAGES) {
        for (const lang of LANGS) {
          const page = await proxied(context, name, lang);
          if (name === "known") {
            await page.evaluate(() => {
              localStorage.ff = JSON.stringify({ choices: ["statistics"], day: 20779, days: 182 });
            });
            await page.reload();
            await page.locator("pre").first().waitFor();
          }
          assert.deepEqual(await violations(page), [], `${name}, ${lang}`);
          assert.deepEqual(w.errors, []);
        }
      }
    });
  }
}

test("the privacy pages fit 320 px, in both directions of writing", async () => {
  const context = await visitor({ viewport: { width: 320, height: 568 } });
  for (const name of PAGES) {
    const page = await proxied(context, name, "cy");
    for (const dir of ["ltr", "rtl"]) {
      const wide = await page.evaluate((dir) => {
        document.documentElement.dir = dir;
        return document.documentElement.scrollWidth;
      }, dir);
      assert.ok(wide <= 320, `${name} ${dir}: ${wide}`);
    }
  }
});

test("the privacy pages call nobody but the collector, and keep nothing", async () => {
  const context = await visitor();
  const called = [];
  context.on("request", (request) => called.push(request.url()));
  for (const name of PAGES) {
    const page = await context.newPage();
    await page.goto(w.service.base + address(name, "en"));
    await page.waitForLoadState("networkidle");
    assert.deepEqual(await kept(context, page), []);
  }
  const script = `${w.service.base}${address("known.js", "en")}`;
  assert.deepEqual(called, [...PAGES.map((name) => w.service.base + address(name, "en")), script]);
});

test(
  "R10 without JavaScript the privacy pages say all there is to say",
  onlyChromium("nothing in a page without JavaScript can be looked at"),
  async () => {
    const context = await visitor({ javaScriptEnabled: false });
    const page = await proxied(context, "known");
    await page.getByText("Here is how you can").waitFor();
    await page.getByRole("definition").filter({ hasText: "Chrome" }).waitFor();
    await page.getByRole("link", { name: "Cookies and what else is kept" }).click();
    await page.getByRole("heading", { name: "Videos" }).waitFor();
    await page.getByRole("link", { name: "Privacy notice", exact: true }).click();
    await page.getByText("Our data protection officer: the Head of Services.").waitFor();
    await page.getByRole("link", { name: "Cymraeg" }).click();
    await page.getByText("Ein swyddog diogelu data").waitFor();
  },
);

/** All that browsers keep, whatever the visitor answers and whoever serves the snippet. */
async function everythingKept() {
  const seen = new Set();
  for (const base of [w.service.base, "/footfall"]) {
    for (const answer of [yesButton, noButton]) {
      const context = await visitor();
      const page = await website(context, base);
      await answer(page).waitFor();
      assert.deepEqual(await kept(context, page), [], "before a choice");
      await Promise.all([page.waitForResponse(/\/v1\/decisions$/), answer(page).click()]);
      if (answer === yesButton) await page.waitForFunction(() => sessionStorage.fv); // it counts from the answer on
      await page.getByRole("link", { name: "Next" }).click();
      await page.waitForURL(/\/help$/);
      await page.waitForLoadState("networkidle");
      for (const one of await kept(context, page)) seen.add(one);
    }
  }
  return [...seen].sort();
}

const own = async () => (await declared()).keeps.map(({ kind, name }) => `${kind} ${name}`).sort();

test("R14 what is declared is what is kept, both ways", async () => {
  const seen = await everythingKept();
  assert.equal(seen.length, 3);
  assert.deepEqual(seen, await own());
});

test("R12 R14 where traces are dangerous too, and no file is offered", async () => {
  await w.service.set({ safeguarding: true });
  try {
    const seen = await everythingKept();
    assert.deepEqual(seen, ["session ff", "session fv"]);
    assert.deepEqual(seen, await own());
    const page = await proxied(await visitor(), "known");
    await page.evaluate(() => {
      sessionStorage.ff = "{}";
    });
    await page.reload();
    await page.getByRole("button", { name: "Delete everything now" }).waitFor();
    assert.equal(await page.getByRole("button").count(), 1);
  } finally {
    await w.service.set({ safeguarding: false });
  }
});

test("R14 what this site knows about me: shown and deleted, under the website's own name", async () => {
  const context = await visitor();
  const first = await website(context, "/footfall");
  await yesButton(first).click();
  await first.waitForFunction(() => localStorage.ff?.includes('"pass"'));
  await first.getByRole("link", { name: "Next" }).click();
  await first.waitForURL(/\/help$/);

  const page = await proxied(context, "known");
  await page.getByRole("heading", { name: "Local storage: ff" }).waitFor();
  assert.match(await page.locator("pre").first().textContent(), /"statistics"/);
  const body = await page.locator("body").textContent();
  assert.doesNotMatch(body, /\/help/, "no list of pages");

  await page.getByRole("button", { name: "Delete everything now" }).click();
  await page.getByRole("status").getByText("Deleted.").waitFor();
  assert.deepEqual(await kept(context, page), []);
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "status");
  assert.equal(await page.locator("pre").count(), 0);
  await first.waitForFunction(() => !sessionStorage.fv); // a tab's own storage cannot be reached from another
});

test(
  "R14 what this site knows about me can be downloaded",
  onlyChromium("Playwright does not hear of Firefox's downloads, of any page"),
  async () => {
    const context = await visitor();
    const first = await website(context, "/footfall");
    await yesButton(first).click();
    await first.waitForFunction(() => localStorage.ff?.includes('"pass"'));
    const page = await proxied(context, "known");
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download it" }).click();
    const download = await saving;
    assert.equal(download.suggestedFilename(), `footfall-${w.service.key}.json`);
    const saved = JSON.parse(readFileSync(await download.path(), "utf8"));
    assert.deepEqual(
      saved.kept.find(({ name }) => name === "ff").value,
      await page.evaluate(() => JSON.parse(localStorage.ff)),
    );
  },
);

test("R14 the objection's cookie is shown and deleted too", async () => {
  const context = await visitor();
  const first = await website(context, "/footfall");
  await noButton(first).click();
  await first.waitForFunction(() => document.cookie.includes("footfall=no"));
  const page = await proxied(context, "known", "cy");
  await page.getByRole("heading", { name: "Cwci: footfall" }).waitFor();
  await page.getByRole("button", { name: "Dileu popeth nawr" }).click();
  await page.getByRole("status").getByText("Wedi’i ddileu.").waitFor();
  assert.deepEqual(await kept(context, page), []);
});

test("R14 on a page of the website, one line shows the same, whatever address the collector has", async () => {
  const context = await visitor();
  const script = `<div data-footfall-known></div><script defer src="${w.service.base}${address("known.js", "en")}"></script>`;
  const page = await website(context, w.service.base, script);
  await page.getByText("Your browser keeps nothing for this website.").waitFor();
  await yesButton(page).click();
  await page.waitForFunction(() => localStorage.ff?.includes('"pass"'));
  await page.reload();
  await page.getByRole("heading", { name: "Local storage: ff" }).waitFor();
  await page.getByRole("button", { name: "Delete everything now" }).click();
  await page.getByRole("status").getByText("Deleted.").waitFor();
  assert.deepEqual(await kept(context, page), []);
  await yesButton(page).waitFor(); // asked again
});

test("R14 at the collector's own address the page says how to look, and reads nothing", async () => {
  const context = await visitor();
  const page = await context.newPage();
  await page.goto(w.service.base + address("known", "en"));
  await page.getByText("This page has another address than the website").waitFor();
  assert.equal(await page.getByRole("link", { name: "www.harbour.localhost" }).count(), 1);
  assert.equal(await page.getByRole("button").count(), 0);
});
