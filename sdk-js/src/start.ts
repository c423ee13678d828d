// Read this first: what the snippet does on a page, in order.

import { ask, asking, bodyText, choiceRow, followReading, hide, keepInPage, say } from "./bar.ts";
import { type Choice, kept as keptChoice, signal, stand, standing, today } from "./choice.ts";
import { follow, step } from "./count.ts";
import { button, el, host, shadowed } from "./dom.ts";
import { stay } from "./leave.ts";
import type { Footfall, State } from "./types.ts";
import { type Banner, call, fetchBanner, tag, type Words } from "./wire.ts";

/** A choice as the browser keeps it: what holds, and what must be known of it without asking the collector. */
interface Kept extends Choice {
  /** The banner that was answered; not there if none could be had. */
  asked?: Banner;
  /** Proof of the choice, for the visitor. */
  receipt?: string;
  /** Day of the last look for a new banner. */
  checked?: number;
}

const WORDS: Record<string, Words> = {
  en: { open: "Privacy choices", stopped: "Stopped.", close: "OK" },
  cy: { open: "Dewisiadau preifatrwydd", stopped: "Wedi stopio.", close: "Iawn" },
};
const SETTLED_MS = 2e3; // a page that its own script fills is empty until then, and would push the link about

const kept = () => (keptChoice() || undefined) as Kept | undefined;

let lang = document.documentElement.lang.slice(0, 2); // the page's, until the visitor switches
let settled = false;
let path: string; // of the page on screen
let loading = false; // the banner has been asked for
let found: Banner | undefined; // the banner, once it is there
let link: HTMLElement | undefined;
let screens: Promise<Screens> | undefined;
let tabs: BroadcastChannel | undefined;

/** Automated browsers are asked, and neither counted nor heard. */
const automated = () => navigator.webdriver && !("allowAutomation" in tag.dataset);

/** Purposes that may run now. */
const allowed = (): string[] => {
  const now = kept() ?? standing;
  return ((!signal() || now?.override) && now?.choices) || [];
};

/** The banner in force, or the one that was answered. */
const known = () => found ?? kept()?.asked;
const words = (): Words => known()?.words ?? WORDS[lang] ?? (WORDS.en as Words);

/** Makes the page agree with the choice in force; safe to call at any time. */
const agree = (event?: string): void => {
  step(event);
  stay();
  if (document.hidden) return;
  const mustAsk = !kept() && !signal();
  if (mustAsk && !loading) void load();
  if (asking ? !mustAsk : path !== location.pathname) hide(); // an outcome goes with its page
  path = location.pathname;
  if (screens || document.querySelector("[data-footfall-purpose]")) screen("agree")();
  if (document.body) draw(mustAsk ? found : undefined);
};

const draw = (banner: Banner | undefined): void => {
  if (banner?.purposes[0] && asking !== banner)
    ask(banner, (yes) => answer(banner, yes), speak, banner.items[1] && api.open);
  keepInPage();
  if (settled) keepLink();
};

/** Takes one of the two answers of the bar or the dialog. */
const answer = (banner: Banner, yes: boolean): void =>
  yes
    ? decide(
        banner.items.map(({ id }) => id),
        banner.thanks_yes,
      )
    : decide([], banner.thanks_no);

/** Gets the banner. What holds without a choice holds from then on; a Yes to something else holds no more. */
const load = async (): Promise<void> => {
  loading = true;
  const banner = await fetchBanner(`?lang=${lang}`).catch(() => null);
  if (!banner?.yes || !banner.no || !banner.words) return;
  found = banner;
  if (!banner.safeguarding && !automated())
    stand({ choices: banner.items.filter(({ basis }) => basis !== "consent").map(({ id }) => id), pass: banner.pass });
  if (banner.safeguarding) tabs ??= openChannel();
  const now = kept();
  if (now?.asked && allowed()[0]) keep(now.asked.material === banner.material ? { ...now, checked: today() } : null);
  agree();
};

/** Gets the banner, unless it is there. */
const refresh = async (): Promise<void> => {
  if (!found) await load();
};

const speak = (to: string): void => {
  lang = to;
  void load();
};

/** Calls a function of the screens, which the first call loads; without them No can still be said. */
const screen =
  <Name extends keyof Screens>(name: Name) =>
  (...args: Parameters<Screens[Name]>): Promise<never> => {
    if (!screens) {
      const { href } = new URL(`footfall-screens-${SCREENS_HASH}.js`, tag.src);
      document.head.append(el("link", { rel: "modulepreload", href, integrity: SCREENS_INTEGRITY, crossorigin: "" }));
      screens = import(href).then((module) => module.default(core));
    }
    return screens.then(
      (made) => (made[name] as (...args: unknown[]) => never)(...args),
      () => (name === "open" && decide([])) as never,
    );
  };

/** Puts the way back at the end of the page: one press stops what one press began, another opens the choices. */
const keepLink = (): void => {
  const { open, stop, stop_all, stopped_all } = words();
  const several = known()?.items[1];
  const label = `${!allowed()[0] ? open : several ? stop_all : stop}`;
  const same = link?.isConnected && link.firstChild?.textContent === label;
  if (same || document.querySelector("[data-footfall-open]")) return;
  if (link) host(link).remove();
  link = shadowed("link", known()?.lang ?? lang, label);
  link.append(button(label, () => (allowed()[0] ? decide([], several && stopped_all) : api.open())));
  if (several && label !== open) link.append(button(`${open}`, api.open));
  document.body.append(host(link));
};

/** Keeps a choice, or forgets it (null). On a safeguarding site nothing of it outlives the tab. */
const keep = (choice: Kept | null): void => {
  if (choice && !choice.asked?.safeguarding) localStorage.ff = JSON.stringify(choice);
  else {
    delete localStorage.ff;
    delete sessionStorage.ff;
    if (choice) sessionStorage.ff = JSON.stringify(choice);
  }
};

/**
 * Tells the other tabs of a choice that is not in local storage, which has events of its own. It is not opened
 * otherwise: an open channel keeps a page out of the back/forward cache.
 */
const openChannel = (): BroadcastChannel => {
  const channel = new BroadcastChannel("ff");
  channel.onmessage = ({ data }) => {
    keep(data);
    agree();
  };
  return channel;
};

/** Keeps a choice here and in every other tab. */
const change = (choice: Kept | null): void => {
  keep(choice);
  tabs?.postMessage(choice);
  agree();
};

/**
 * Takes the visitor's answer. A yes needs a press of theirs, so that no script can give it. The choice holds at once;
 * the collector's answer (receipt and pass) is added when it comes. Without it nothing is counted.
 */
const decide = (choices: string[], text = `${words().stopped}`): void => {
  if (choices[0] && navigator.userActivation?.isActive === false) return;
  const before = allowed();
  const asked = known();
  say(text, asked?.lang ?? lang, `${words().close}`);
  change({
    choices,
    asked,
    day: today(),
    days: asked?.expires_days ?? 182,
    checked: today(),
    override: (!!choices[0] && signal()) || undefined,
    pass: choices.includes("statistics") ? asked?.pass : "",
  });
  void confirm();
  if (before[0] && asked?.items.some(({ services }) => services[0])) screen("clear")(before, text);
};

/** Tells the collector of the choice that is kept, and keeps its answer if the choice has not changed meanwhile. */
const confirm = async (): Promise<void> => {
  const choice = kept();
  const asked = choice?.asked;
  if (!asked || automated()) return;
  const choices = choice.choices?.filter((id) => asked.purposes.includes(id));
  const body = JSON.stringify({ v: 1, site: tag.dataset.site, banner: asked.hash, choices, lang: asked.lang });
  const response = await call("decisions", body, confirm, "same-origin");
  const { receipt, pass } = await response.json().catch(() => 0);
  if (receipt && `${kept()?.choices}` === `${choice.choices}`)
    change({ ...choice, receipt, pass: pass || choice.pass });
};

const pressed = (event: Event): void => {
  const target = event.target as Element;
  const asked = kept()?.asked;
  if (target.closest("[data-footfall-open]")) {
    event.preventDefault();
    api.open();
  }
  if (asked?.safeguarding && target.closest(`:is([data-footfall-exit],${asked.exit})`)) {
    keep(null);
    step();
  }
};

const get = (): State => {
  const now = kept();
  return { choices: now ? (now.choices ?? []) : null, allowed: allowed(), signal: signal(), day: now?.day ?? null };
};

const api: Footfall = {
  event(table: string, value: string) {
    const event = `${table}:${value}`;
    if (/^(contact|issue|outcome|signpost|search|download):[a-z0-9-]{1,40}$/.test(event)) agree(event);
  },
  get,
  open: screen("open"),
  set: screen("set"),
  reset: () => change(null),
  on: screen("on"),
  push: ([name, ...args]) => (api[name] as (...args: unknown[]) => unknown)(...args),
};

/** What screens.ts works with: the snippet's own functions, so that none is there twice. */
const core = [
  get,
  decide,
  answer,
  refresh,
  words,
  known,
  allowed,
  say,
  el,
  button,
  shadowed,
  host,
  bodyText,
  choiceRow,
] as const;
export type Core = typeof core;
type Screens = ReturnType<typeof import("./screens/screens.ts").default>;

/** Starts the snippet on this page. */
export const start = (): Footfall => {
  try {
    kept();
  } catch {
    keep(null); // somebody else's text under our name
  }
  if (!("length" in localStorage)) tabs = openChannel();
  const now = kept();
  if (now && allowed()[0]) {
    if (!now.receipt) void confirm();
    if (now.checked !== today()) void load();
    if (now.asked?.safeguarding) tabs ??= openChannel();
  }
  addEventListener("storage", () => agree());
  addEventListener("click", pressed, true);
  followReading();
  follow(agree);
  new MutationObserver(() => agree()).observe(document, { childList: true, subtree: true });
  setTimeout(() => {
    settled = true;
    agree();
  }, SETTLED_MS);
  return api;
};
