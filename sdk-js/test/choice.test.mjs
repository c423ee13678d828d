// What is requested and kept before a choice, after No, after Yes and after a withdrawal: exact lists.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  asked,
  BANNER,
  bar,
  clockedVisitor,
  DECISION,
  dialog,
  HIT,
  keptChoice,
  link,
  NOON,
  noButton,
  posted,
  quiet,
  SCREENS,
  SCRIPT,
  stopClock,
  stored,
  world,
  yesButton,
} from "./harness/world.mjs";

const w = world();
const NOTHING = { cookies: [], local: [], session: [], databases: [] };
const CHOICE_ONLY = { ...NOTHING, local: ["ff"] };
const GPC = () => Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true });
const DNT = () => Object.defineProperty(Navigator.prototype, "doNotTrack", { get: () => "1" });

/** Moves the clock of a clocked visitor's page to some days after it was opened. */
const moveClock = (page, days) => page.clock.setSystemTime(NOON + days * 86_400_000);

test("before a choice: the banner's request and nothing else, nothing kept", async () => {
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).waitFor();
  await page.mouse.wheel(0, 300);
  await page.keyboard.press("Escape");
  await page.getByText("Chat").click();
  assert.deepEqual(await asked(w), [SCRIPT, BANNER]);
  assert.deepEqual(await stored(visitor, page), NOTHING);
  const { headers } = w.collector.requests[1];
  assert.equal(headers.referer, `${w.url}/`, "the banner is asked for without saying from which page");
  assert.equal(headers.cookie, undefined);
});

test("leaving without a choice sends nothing, and asks again on the next page", async () => {
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).waitFor();
  await page.goto(`${w.url}/help/talk`);
  await bar(page).waitFor();
  assert.deepEqual(
    (await asked(w)).filter((line) => line.startsWith("POST")),
    [],
  );
  assert.deepEqual(await stored(visitor, page), NOTHING);
});

test("after No: one decision, the choice kept, and never another request", async () => {
  const visitor = await w.visitor();
  const page = await visitor.sayNo();
  assert.deepEqual(await asked(w), [SCRIPT, BANNER, SCREENS, DECISION]);
  assert.deepEqual(await posted(w, "decisions"), [w.collector.body("decision-no")]);
  assert.deepEqual(await stored(visitor, page), CHOICE_ONLY);
  w.collector.requests.length = 0;
  await page.reload();
  await page.goto(`${w.url}/help/talk`);
  await page.getByText("Chat").click();
  await visitor.tab("/other");
  assert.deepEqual(
    [...new Set(await asked(w))].filter((line) => line !== SCRIPT),
    [],
  );
  assert.deepEqual(await stored(visitor, page), CHOICE_ONLY);
  assert.equal(await bar(page).count(), 0);
});

test("after Yes: the decision, then the view of this page, then of the next", async () => {
  const visitor = await w.visitor();
  const page = await visitor.sayYes();
  assert.deepEqual(await asked(w), [SCRIPT, BANNER, SCREENS, DECISION, HIT]);
  assert.deepEqual(await stored(visitor, page), { ...CHOICE_ONLY, session: ["fv"] });
  const choice = await keptChoice(page);
  assert.deepEqual(Object.keys(choice), ["choices", "asked", "day", "days", "receipt", "pass", "checked"]);
  assert.equal(choice.receipt, w.collector.seen.receipt);
  w.collector.requests.length = 0;
  await page.goto(`${w.url}/help/talk`);
  assert.deepEqual(
    (await asked(w)).filter((line) => line !== SCRIPT),
    [HIT],
  );
  assert.equal(await bar(page).count(), 0);
});

test("one press on the link withdraws, at once and in every tab", async () => {
  const visitor = await w.visitor();
  const first = await visitor.sayYes();
  const second = await visitor.tab("/help/talk");
  await quiet(w);
  w.collector.requests.length = 0;
  await link(first).click();
  await bar(first).getByText("Stopped.").waitFor();
  await link(second).getByText("Privacy choices").waitFor();
  await second.getByText("Chat").click();
  await second.evaluate(() => history.pushState(null, "", "/pushed"));
  await second.goto(`${w.url}/elsewhere`);
  assert.deepEqual(
    (await asked(w)).filter((line) => line !== SCRIPT),
    [DECISION],
  );
  for (const page of [first, second]) assert.deepEqual(await stored(visitor, page), CHOICE_ONLY);
  const { choices, pass } = await keptChoice(first);
  assert.deepEqual({ choices, pass }, { choices: [], pass: "" });
});

test("a withdrawal in one tab holds in another even before any event: nothing is sent on unload", async () => {
  const visitor = await w.visitor({
    init: () => addEventListener("storage", (e) => e.stopImmediatePropagation(), true),
  });
  const first = await visitor.context.newPage();
  await stopClock(first);
  await first.goto(`${w.url}/help/bullying`);
  await yesButton(first).click();
  await quiet(w);
  const second = await visitor.tab("/help/talk");
  await first.clock.runFor(60_000); // a stay that would be told, were it not for the withdrawal
  await link(second).click();
  await quiet(w);
  const before = (await posted(w, "hits")).length;
  await first.goto("about:blank");
  assert.equal((await posted(w, "hits")).length, before);
});

test("the dialog: No is said from a link of the page's own, the focus returns, the outcome is announced", async () => {
  w.page = (world, url) => `<!doctype html><html lang="en"><head><title>t</title>${world.tag()}</head><body><main>
    <h1>${url.pathname}</h1><button data-footfall-open>Cookie choices</button></main></body></html>`;
  const visitor = await w.visitor();
  const page = await visitor.context.newPage();
  await stopClock(page);
  await page.goto(w.url);
  await bar(page).waitFor();
  await page.clock.runFor(3000); // until the page has settled
  assert.equal(await link(page).count(), 0, "no second link beside the page's own");
  await page.clock.resume();
  await yesButton(page).click();
  await page.getByText("Cookie choices").click();
  await dialog(page).getByText("You said yes.").waitFor();
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Cookie choices");
  assert.deepEqual((await keptChoice(page)).choices, ["statistics"], "Escape is no choice");
  await page.getByText("Cookie choices").click();
  await dialog(page).locator(".choices button").last().click();
  await bar(page).getByRole("status").getByText(w.collector.banner("en").thanks_no).waitFor();
  assert.deepEqual((await keptChoice(page)).choices, []);
});

for (const [name, init] of [
  ["Global Privacy Control", GPC],
  ["Do Not Track", DNT],
]) {
  test(`${name} refuses: no banner, no request, nothing kept; the visitor can override it and withdraw again`, async () => {
    const visitor = await w.visitor({ init });
    const page = await visitor.tab();
    await link(page).waitFor();
    assert.deepEqual(await asked(w), [SCRIPT]);
    assert.deepEqual(await stored(visitor, page), NOTHING);
    await link(page).click();
    await dialog(page).getByText("Your browser asks websites not to track you").waitFor();
    await dialog(page).locator(".choices button").first().click();
    await quiet(w); // nothing is counted before the collector has said that it may be
    await page.getByText("Chat").click();
    const sent = [w.collector.body("hit-view-override"), w.collector.body("hit-event-override")];
    assert.deepEqual(await posted(w, "hits", 2), sent);
    await link(page).click();
    await quiet(w);
    w.collector.requests.length = 0;
    await page.goto(`${w.url}/help/talk`);
    assert.deepEqual(
      (await asked(w)).filter((line) => line !== SCRIPT),
      [],
    );
    assert.deepEqual(await stored(visitor, page), CHOICE_ONLY);
  });
}

test("a yes from before the signal was switched on counts for nothing", async () => {
  const visitor = await w.visitor();
  const page = await visitor.sayYes();
  await quiet(w);
  w.collector.requests.length = 0;
  await visitor.context.addInitScript(GPC);
  await page.goto(`${w.url}/help/talk`);
  assert.deepEqual(
    (await asked(w)).filter((line) => line !== SCRIPT),
    [],
  );
  assert.equal(await link(page).textContent(), "Privacy choices");
});

test("a choice holds for 181 days, and is asked for again after 182", async () => {
  const { page } = await clockedVisitor(w, "/help/bullying", noButton);
  await moveClock(page, 181);
  await page.reload();
  await quiet(w);
  await page.clock.runFor(3000);
  await link(page).waitFor();
  assert.equal(await bar(page).count(), 0);
  await moveClock(page, 182);
  await page.reload();
  await bar(page).waitFor();
  await moveClock(page, -1);
  await page.reload();
  await bar(page).waitFor();
});

test("after Yes the banner is looked up once on the next day; only another material asks again", async () => {
  const { visitor, page } = await clockedVisitor(w, "/help/bullying");
  const nextDay = async (days) => {
    await moveClock(page, days);
    w.collector.requests.length = 0;
    await page.reload();
    await quiet(w);
    await page.goto(`${w.url}/day/${days}`);
    return (await asked(w)).filter((line) => line === BANNER);
  };
  assert.deepEqual(await nextDay(0), []);
  w.collector.patch.body = "The same in other words.";
  w.collector.patch.hash = "eeeeeeeeeeeeeeee";
  assert.deepEqual(await nextDay(1), [BANNER]);
  assert.equal(await bar(page).count(), 0);
  w.collector.patch.material = "ffffffffffffffff";
  await nextDay(2);
  await bar(page).waitFor();
  assert.deepEqual(await stored(visitor, page), NOTHING);
});

test("after No a new banner is not even looked up", async () => {
  const { page } = await clockedVisitor(w, "/help/bullying", noButton);
  w.collector.patch.material = "ffffffffffffffff";
  await moveClock(page, 100);
  w.collector.requests.length = 0;
  await page.reload();
  assert.deepEqual(
    (await asked(w)).filter((line) => line !== SCRIPT),
    [],
  );
});

test("storage blocked: the choice lives in memory, reaches other tabs, and nothing breaks", async () => {
  const init = () => {
    for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException("blocked", "SecurityError");
        },
      });
    }
  };
  const visitor = await w.visitor({ init });
  const page = await visitor.sayYes("/help/bullying", { referer: "https://www.google.com/" });
  await quiet(w);
  const second = await visitor.sayYes("/second");
  assert.equal((await posted(w, "hits", 2)).length, 2);
  await page.evaluate(() => history.pushState(null, "", "/pushed"));
  assert.equal(JSON.parse((await posted(w, "hits", 3))[2]).path, "/pushed");
  await link(page).click();
  await link(second).getByText("Privacy choices").waitFor();
  for (const tab of [page, second]) await tab.evaluate(() => history.pushState(null, "", "/again"));
  assert.equal((await posted(w, "hits")).length, 3);
  assert.deepEqual(w.errors, []);
});

test("someone else's text under our key is no choice", async () => {
  const visitor = await w.visitor({ init: () => location.host && localStorage.setItem("ff", "{oops") });
  const page = await visitor.tab();
  await bar(page).waitFor();
  assert.deepEqual(w.errors, []);
});

test("the visitor's switch to Welsh: the banner, the answer and the decision", async () => {
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).locator("select").selectOption("cy");
  await bar(page).getByText(w.collector.banner("cy").title).waitFor();
  await yesButton(page).click();
  assert.deepEqual(await posted(w, "decisions"), [w.collector.body("decision-yes-cy")]);
  assert.equal(await bar(page).getAttribute("lang"), "cy");
});

test("a Welsh page is asked in Welsh, a page in a third language in whatever the collector has", async () => {
  let lang = "cy-GB";
  w.page = (world) =>
    `<!doctype html><html lang="${lang}"><head><title>t</title>${world.tag()}</head><body><h1>t</h1></body></html>`;
  const visitor = await w.visitor();
  const page = await visitor.tab();
  await bar(page).getByText(w.collector.banner("cy").title).waitFor();
  assert.equal(await link(page).textContent(), "Dewisiadau preifatrwydd");
  lang = "fr";
  await page.reload();
  await bar(page).getByText(w.collector.banner("en").title).waitFor();
  assert.deepEqual(
    (await asked(w)).filter((line) => /banner/.test(line)).map((line) => line.slice(-2)),
    ["cy", "fr"],
  );
});

test("no script can say yes for the visitor, but it can say no", async () => {
  w.page = (
    world,
    url,
  ) => `<!doctype html><html lang="en"><head><title>t</title>${world.tag()}</head><body><h1>t</h1><script>
    const answer = async () => {
      const bar = document.querySelector("[data-footfall=bar]");
      if (!bar) return setTimeout(answer, 50);
      await footfall.set(${url.pathname === "/no"} ? [] : ["statistics"]);
      if (${url.pathname === "/yes"}) bar.shadowRoot.querySelector(".choices button").click();
      console.log("tried");
    };
    answer();</script></body></html>`;
  const visitor = await w.visitor();
  // Until the script has tried, nobody looks at the page: Playwright's own looks count as a press.
  const tried = () => visitor.context.waitForEvent("console", (message) => message.text() === "tried");
  await Promise.all([tried(), visitor.tab("/yes")]);
  assert.deepEqual(await posted(w, "decisions"), []);
  await Promise.all([tried(), visitor.tab("/no")]);
  assert.deepEqual(await posted(w, "decisions", 1), [w.collector.body("decision-no")]);
});

test("a yes in one tab counts in the others too, and their banners go", async () => {
  const visitor = await w.visitor();
  const first = await visitor.tab("/one");
  await bar(first).waitFor();
  await visitor.sayYes("/two");
  await bar(first).waitFor({ state: "detached" });
  assert.deepEqual((await posted(w, "hits", 2)).map((body) => JSON.parse(body).path).sort(), ["/one", "/two"]);
  assert.equal((await posted(w, "decisions")).length, 1);
});

test("a tab that hears of a yes leaves it to the other one to tell the collector, however slow that is", async () => {
  w.collector.fault = (r) => (r.path === "/v1/decisions" ? { status: 500, headers: {}, body: "", delay: 1000 } : null);
  const visitor = await w.visitor();
  const first = await visitor.tab("/one");
  await bar(first).waitFor();
  await visitor.sayYes("/two");
  await bar(first).waitFor({ state: "detached" });
  await quiet(w, 1500);
  assert.equal((await posted(w, "decisions")).length, 1);
});

test("the other tab's banner goes when the choice is made in this one", async () => {
  const visitor = await w.visitor();
  const first = await visitor.tab();
  const second = await visitor.tab();
  await bar(first).waitFor();
  await noButton(second).click();
  await bar(first).waitFor({ state: "detached" });
});
