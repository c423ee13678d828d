// Read this first: what the snippet does on a page, in order.

import { allows, followTabs, type Kept, keep, kept, signal, today } from "./consent.ts";
import { countEvent, countLeave, countReturn, countView, sendQueue, stopCounting } from "./count.ts";
import { releaseScripts } from "./gate.ts";
import { pageLang, strings } from "./i18n/strings.ts";
import { followPages, whenParsed, whenSettled, whenShown } from "./navigation.ts";
import { ask, keepInPage, say, stopAsking, stopSaying } from "./screen/bar.ts";
import { openDialog } from "./screen/dialog.ts";
import { keepLink } from "./screen/link.ts";
import type { EventName, Footfall, QueuedCall, Start, State } from "./types.ts";
import { type Banner, connect, fetchBanner, postDecision } from "./wire.ts";

const OPEN_PATIENCE_MS = 2_000; // a dialog that has to wait longer for the banner opens without it

let api: Footfall | null = null;
let counting = false;
let parsed = false;
let settled = false;
let told: string; // the state that listeners know
let lang: string; // the visitor's language: the page's, until they switch
let banner: Promise<Banner | null> | null = null;
const listeners: [EventName, (state: State) => void][] = [];

/** Starts the snippet on this page: the first call starts it, a later one answers the same. */
export const start: Start = (options) => {
  if (api) return api;
  connect(options);
  lang = pageLang();
  api = { event: countEvent, open, get, set, reset, on, push };
  whenShown(() => {
    told = JSON.stringify(get());
    followTabs(agree);
    agree();
    void lookForNewBanner();
    followPages(nextPage);
    document.addEventListener("visibilitychange", () => (document.hidden ? countLeave() : countReturn()));
    addEventListener("pagehide", countLeave);
    document.addEventListener("click", pressed, true);
    whenParsed(() => {
      parsed = true;
      agree();
      new MutationObserver(screens).observe(document.documentElement, { childList: true }); // a body replaced whole
      tell("ready");
      whenSettled(() => {
        settled = true;
        screens();
      });
    });
  });
  return api;
};

/** Makes the page agree with the choice in force; safe to call at any time. */
function agree(): void {
  const yes = allows("statistics");
  if (yes && !counting) countView();
  if (yes)
    sendQueue(); // the pass may have come to another tab
  else stopCounting();
  counting = yes;
  screens();
  const state = JSON.stringify(get());
  if (state !== told) tell("change");
  told = state;
}

function screens(): void {
  const mustAsk = !kept() && !signal();
  // The banner is asked for while the page is still being read; drawing it waits for the body.
  const asked = mustAsk ? loadBanner() : null;
  if (!mustAsk) stopAsking();
  if (!parsed) return;
  void releaseScripts(allows);
  if (settled) keepLink(counting, () => decide([], null), open);
  keepInPage();
  void asked?.then((found) => {
    if (found && !kept()) ask(found, decide, speak);
  });
}

function nextPage(): void {
  agree(); // a page restored from the back/forward cache may have missed a withdrawal
  countView();
  stopSaying();
  screens();
}

function loadBanner(): Promise<Banner | null> {
  banner ??= fetchBanner(lang);
  return banner;
}

function speak(to: string): void {
  lang = to;
  banner = null;
  screens();
}

/**
 * Takes the visitor's answer. A yes needs a press of theirs, so that no script can give it. The choice holds at once;
 * the collector's answer (receipt and pass) is added when it comes. Without it nothing is counted: hits wait.
 */
function decide(choices: readonly string[], from: Banner | null): void {
  if (choices.length && navigator.userActivation?.isActive === false) return;
  const before = kept();
  const spoken = from?.lang ?? pageLang();
  keep({
    choices: [...choices],
    banner: from?.hash ?? before?.banner ?? "",
    material: from?.material ?? before?.material ?? "",
    day: today(),
    days: from?.expires_days ?? before?.days ?? 182,
    receipt: "",
    pass: "",
    checked: today(),
    override: (choices.length > 0 && signal()) || undefined,
  });
  const thanks = choices.length ? from?.thanks_yes : from?.thanks_no;
  say(thanks ?? strings(spoken).stopped, spoken);
  agree();
  void confirm(spoken);
}

/** Tells the collector of the choice that is kept, and keeps its answer if the choice has not changed meanwhile. */
async function confirm(spoken: string): Promise<void> {
  const choice = kept();
  if (!choice?.banner) return;
  const same = (now: Kept | null) => String(now?.choices) === String(choice.choices) && now?.banner === choice.banner;
  const answer = await postDecision(choice.choices, choice.banner, spoken, () => same(kept()));
  if (!answer || !same(kept())) return;
  keep({ ...choice, receipt: String(answer.receipt ?? ""), pass: String(answer.pass ?? "") });
  sendQueue();
}

/**
 * Asks again when the banner asks for something else (material; other words alone ask nobody). After a Yes the banner in force is looked up at most
 * once a day, because hits for an old one would be sent in vain. After a No it is never looked up: a refusal is worth
 * more than our wish to ask again, so it holds until it expires. A Yes that got no answer is confirmed on the way.
 */
async function lookForNewBanner(): Promise<void> {
  const choice = kept();
  if (!choice || !allows("statistics")) return;
  if (!choice.pass) void confirm(lang);
  if (choice.checked === today()) return;
  const found = await loadBanner();
  const now = kept();
  if (now?.banner !== choice.banner) return;
  keep(found && found.material !== now.material ? null : { ...now, checked: today() });
  agree();
}

function pressed(event: Event): void {
  const target = event.target instanceof Element ? event.target : null;
  const [table, value] = target?.closest<HTMLElement>("[data-footfall-event]")?.dataset.footfallEvent?.split(":") ?? [];
  if (table && value) countEvent(table, value);
  if (target?.closest("[data-footfall-open]")) {
    event.preventDefault();
    void open();
  }
}

async function open(): Promise<void> {
  const late = new Promise<null>((done) => setTimeout(() => done(null), OPEN_PATIENCE_MS));
  const found = await Promise.race([loadBanner(), late]);
  if (!found)
    void loadBanner().then((b) => {
      if (!b) banner = null;
    }); // the next press tries again
  const words = strings(found?.lang ?? lang);
  const now = counting ? words.now_yes : signal() ? words.now_signal : words.now_no;
  stopSaying();
  openDialog(found, now, decide);
}

function get(): State {
  const choice = kept();
  return {
    choices: choice ? choice.choices : null,
    allowed: choice ? choice.choices.filter(allows) : [],
    signal: signal(),
    day: choice ? choice.day : null,
  };
}

async function set(choices: readonly string[]): Promise<void> {
  if (choices.length && navigator.userActivation?.isActive === false) return;
  const found = await loadBanner();
  decide(found ? choices.filter((choice) => found.purposes.includes(choice)) : [], found);
}

function reset(): void {
  keep(null);
  agree();
}

function on(name: EventName, listener: (state: State) => void): () => void {
  const entry: (typeof listeners)[number] = [name, listener];
  listeners.push(entry);
  if (name === "ready" && parsed) listener(get());
  return () => {
    listeners.splice(listeners.indexOf(entry) >>> 0, 1);
  };
}

function tell(name: EventName): void {
  for (const [event, listener] of [...listeners]) if (event === name) listener(get());
}

function push([name, ...args]: QueuedCall): void {
  const call = api?.[name] as ((...args: unknown[]) => unknown) | undefined;
  call?.(...args);
}
