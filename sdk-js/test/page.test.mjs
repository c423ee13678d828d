// The page around the snippet: gated scripts, strict policies, no JavaScript, and a collector that fails.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  asked,
  BANNER,
  bar,
  DECISION,
  dialog,
  HIT,
  link,
  noButton,
  posted,
  quiet,
  SCREENS,
  SCRIPT,
  SITE,
  stored,
  world,
  yesButton,
} from "./harness/world.mjs";

const w = world();
const order = (page) => page.evaluate(() => window.order ?? []);

/** A page with held scripts: inline, from a file, inline again, a module, and one of another purpose. */
function gatedPage(world, url, nonce = "") {
  if (url.pathname.endsWith(".js")) return ["text/javascript", `(window.order ??= []).push("${url.pathname}")`];
  const held = (rest, body = "") => `<script type="text/plain" ${nonce} data-footfall-purpose=${rest}>${body}</script>`;
  const push = (name) => `(window.order ??= []).push("${name}")`;
  return `<!doctype html><html lang="en"><head><title>t</title>${world.tag(`data-allow-automation ${nonce}`)}</head><body><h1>t</h1>
    ${held('"statistics"', push("first"))}${held('"statistics" src="/second.js"')}${held('"statistics"', push("third"))}
    ${held('"statistics" data-footfall-type="module"', push("fourth"))}${held('"adverts"', push("never"))}</body></html>`;
}

test("the gate: held scripts run after Yes, in order, and on the next page at once", async () => {
  w.page = gatedPage;
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).waitFor();
  assert.deepEqual(await order(page), []);
  await yesButton(page).click();
  await page.waitForFunction(() => window.order?.length >= 4);
  assert.deepEqual(await order(page), ["first", "/second.js", "third", "fourth"]);
  await page.reload();
  await page.waitForFunction(() => window.order?.length >= 4);
});

test("the gate stays shut after No", async () => {
  w.page = gatedPage;
  const visitor = await w.visitor();
  const page = await visitor.sayNo();
  await page.reload();
  await quiet(w);
  assert.deepEqual(await order(page), []);
});

test("a held script whose file is missing holds nothing else back, and one added later is released too", async () => {
  w.page = (world, url) => gatedPage(world, url).replace('src="/second.js"', 'src="http://127.0.0.1:9/none.js"');
  const visitor = await w.visitor();
  const page = await visitor.sayYes();
  await page.waitForFunction(() => window.order?.includes("fourth"));
  await page.evaluate(() => {
    const late = document.createElement("script");
    late.type = "text/plain";
    late.dataset.footfallPurpose = "statistics";
    late.textContent = "window.order.push('late')";
    document.body.append(late);
    history.pushState(null, "", "/later");
  });
  await page.waitForFunction(() => window.order.includes("late"));
});

test("strict CSP and Trusted Types: banner, dialog, link and gate work, and nothing is reported", async () => {
  const csp = (nonce) =>
    `default-src 'none'; script-src 'nonce-${nonce}' 'strict-dynamic'; connect-src ${w.collector.base}; style-src 'none'; ` +
    "img-src data:; require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'";
  w.headers = { "Content-Security-Policy": csp("abc") };
  w.page = (world, url) => gatedPage(world, url, 'nonce="abc"');
  const init = () => addEventListener("securitypolicyviolation", (e) => console.error(`CSP ${e.violatedDirective}`));
  const visitor = await w.visitor({ init });
  const page = await visitor.sayYes();
  await page.waitForFunction(() => window.order?.length >= 4);
  assert.equal(await bar(page).evaluate((box) => getComputedStyle(box).position), "fixed", "the styles are there");
  await page.evaluate(() => footfall.open());
  await dialog(page).locator(".choices button").last().click();
  await link(page).getByText("Privacy choices").waitFor();
  assert.deepEqual(w.errors, []);
});

test("without JavaScript nothing is requested but the script, and nothing is kept", async () => {
  const visitor = await w.visitor({ javaScriptEnabled: false });
  const page = await visitor.tab();
  await quiet(w);
  assert.deepEqual(
    (await asked(w)).filter((line) => line !== SCRIPT),
    [],
  );
  assert.equal(await page.getByText("We listen.").count(), 1);
  assert.deepEqual(await visitor.context.cookies(), []);
});

const text = (body) => ({ status: 200, headers: { "Content-Type": "application/json" }, body });
const banner = (r) => r.path.includes("/banner");
const FAULTS = {
  500: (r) => (banner(r) ? { status: 500, headers: {}, body: "oops" } : null),
  404: (r) => (banner(r) ? { status: 404, headers: {}, body: '{"error":"unknown site"}' } : null),
  "bad JSON": (r) => (banner(r) ? text("<html>") : null),
  null: (r) => (banner(r) ? text("null") : null),
  "a banner without No": (r) => (banner(r) ? text(JSON.stringify({ ...w.collector.banner("en"), no: "" })) : null),
  "30 s of silence": (r) => (banner(r) ? { ...text("{}"), delay: 30_000 } : null),
};

for (const [name, fault] of Object.entries(FAULTS)) {
  test(`a banner answered with ${name}: nothing is asked or kept, the page works, No can still be said`, async () => {
    w.collector.fault = fault;
    const visitor = await w.visitor();
    const page = await visitor.tab();
    await link(page).click();
    await dialog(page).getByText("You can still say no here.").waitFor();
    assert.equal(await bar(page).count(), 0);
    assert.equal(await dialog(page).locator(".choices button").count(), 1);
    await dialog(page).locator(".choices button").click();
    await bar(page).getByText("Stopped.").waitFor();
    assert.deepEqual((await stored(visitor, page)).local, ["ff"]);
    w.collector.fault = null;
    await page.reload();
    await link(page).waitFor();
    await quiet(w);
    assert.equal(await bar(page).count(), 0, "the No holds");
    assert.deepEqual(w.errors, []);
  });
}

test("a collector that cannot be reached at all, script included: the page works", async () => {
  const visitor = await w.visitor();
  await visitor.context.route(`${w.collector.base}/**`, (route) => route.abort());
  const page = await visitor.tab();
  await page.getByText("Chat").click();
  assert.equal(await page.getByText("We listen.").count(), 1);
  assert.deepEqual(w.errors, []);
});

test("a collector that fails after Yes: withdrawing still works in one press", async () => {
  const visitor = await w.visitor();
  const page = await visitor.sayYes();
  await quiet(w);
  await visitor.context.route(`${w.collector.base}/v1/**`, (route) => route.abort());
  await page.goto(`${w.url}/help/talk`);
  await link(page).click();
  await bar(page).getByText("Stopped.").waitFor();
  assert.deepEqual(await page.evaluate(() => footfall.get().allowed), []);
  assert.deepEqual(w.errors, []);
});

test("a decision answered with bad JSON counts nothing, and is asked for again on the next page only", async () => {
  w.collector.fault = (r) => (r.path === "/v1/decisions" ? text("pass!") : null);
  const visitor = await w.visitor();
  await visitor.sayYes();
  const posts = (await asked(w)).filter((line) => line.startsWith("POST"));
  assert.deepEqual(posts, ["POST /v1/decisions"]);
  assert.deepEqual(w.errors, []);
});

test("the same script twice on a page starts once", async () => {
  w.page = (world) =>
    `<!doctype html><html lang="en"><head><title>t</title>${world.tag()}${world.tag()}</head><body><h1>t</h1></body></html>`;
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).waitFor();
  await noButton(page).click();
  await quiet(w);
  assert.equal(w.collector.requests.filter((r) => r.method === "POST").length, 1);
  await link(page).waitFor();
  assert.equal(await page.locator("[data-footfall]").count(), 2, "one bar, one link");
});

test("a tag without a site does nothing", async () => {
  w.page = (world) =>
    `<!doctype html><html lang="en"><head><title>t</title><script src="${world.collector.base}/footfall.js"></script></head></html>`;
  const visitor = await w.visitor();
  await visitor.tab();
  assert.deepEqual(await asked(w), [SCRIPT]);
  assert.deepEqual(w.errors, []);
});

test("what others do in the name of statistics waits for a yes where our own rest on the exception", async () => {
  w.page = gatedPage;
  const items = w.collector.banner("en").items.map((item) => ({ ...item, basis: "statistics" }));
  w.collector.patch = {
    basis: "statistics",
    pass: "pass-of-the-exception",
    purposes: [],
    items,
    choices: ["statistics"],
  };
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await link(page).waitFor();
  await quiet(w);
  assert.deepEqual(await order(page), []);
});

test("the screens are loaded when they are needed alone, and never twice", async () => {
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).waitFor();
  await link(page).waitFor();
  const screens = () => w.collector.requests.filter(({ path }) => path.startsWith("/footfall-screens.js?")).length;
  assert.equal(screens(), 0);
  for (let times = 0; times < 2; times++) {
    await link(page).click();
    await dialog(page).waitFor();
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
  }
  assert.equal(screens(), 1);
});

test("screens that are not what the core expects are not run, and No is still said", async () => {
  const visitor = await w.visitor();
  await visitor.context.route("**/footfall-screens.js?**", (route) =>
    route.fulfill({
      contentType: "text/javascript",
      headers: { "Access-Control-Allow-Origin": "*" },
      body: "window.ran = true; export default () => ({})",
    }),
  );
  const page = await visitor.tab();
  await bar(page).waitFor();
  await link(page).click();
  await bar(page).getByText("Stopped.").waitFor();
  assert.equal(await page.evaluate(() => window.ran), undefined);
  assert.deepEqual(await page.evaluate(() => footfall.get().choices), []);
});

test("on, ready, change, set and reset: the API from before and after the snippet has loaded", async () => {
  w.page = (world) => `<!doctype html><html lang="en"><head><title>t</title><script>
    window.told = []; footfall = [["on", "ready", (state) => told.push(["ready", state.choices])]];
    footfall.push(["on", "change", (state) => told.push(["change", state.choices, state.allowed])]);</script>
    ${world.tag()}</head><body><h1>t</h1></body></html>`;
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await page.waitForFunction(() => window.told.length === 1); // ready tells what holds then, and change what is new since
  await yesButton(page).click();
  await page.waitForFunction(() => window.told.length === 2);
  await page.evaluate(() => footfall.set([]));
  await page.evaluate(() => footfall.reset());
  await bar(page).getByText(w.collector.banner("en").title).waitFor();
  assert.deepEqual(await page.evaluate(() => window.told), [
    ["ready", null],
    ["change", ["statistics"], ["statistics"]],
    ["change", [], []],
    ["change", null, []],
  ]);
});

test("the module, imported by the site's own script: asked, and after Yes the view and an event are counted", async () => {
  const module = readFileSync(new URL("../dist/footfall.esm.js", import.meta.url), "utf8");
  const main = `import { start } from "./footfall.esm.js";
    const options = { site: "${SITE}", base: "${w.collector.base}", automation: true };
    window.started = start(options);
    window.same = start(options) === window.started;`;
  w.page = (_, { pathname }) => {
    if (pathname.endsWith(".js")) return ["text/javascript", pathname.endsWith(".esm.js") ? module : main];
    return '<!doctype html><html lang="en"><title>t</title><script type="module" src="/main.js"></script><h1>t</h1></html>';
  };
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).waitFor();
  assert.deepEqual(await asked(w), [BANNER]);
  assert.deepEqual(await stored(visitor, page), { cookies: [], local: [], session: [], databases: [] });
  await yesButton(page).click();
  await quiet(w); // nothing is counted before the collector has said that it may be
  await page.evaluate(() => window.started.event("contact", "webchat"));
  assert.deepEqual(await asked(w), [BANNER, SCREENS, DECISION, HIT, HIT]);
  const sent = await posted(w, "hits");
  assert.deepEqual(sent, [w.collector.body("hit-view-direct"), w.collector.body("hit-event")]);
  assert.deepEqual(await page.evaluate(() => [window.same, "footfall" in window]), [true, false]);
  assert.deepEqual(w.errors, []);
});
