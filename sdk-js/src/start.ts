// Read this first: what the snippet does on a page, in order.

import { known, load } from "./banner.ts";
import { ask, asking, bodyText, choiceRow, followReading, hide, keepInPage, say } from "./bar.ts";
import { type Choice, kept, may, signal, standing, today } from "./choice.ts";
import { follow, step, tick } from "./count.ts";
import { button, el, shadowed } from "./dom.ts";
import { keepLink, shown } from "./link.ts";
import type { Footfall, State } from "./types.ts";
import { tag } from "./wire.ts";

const SETTLED_MS = 2e3; // a page that its own script fills is empty until then, and would push the link about

let path: string; // of the page on screen
// biome-ignore lint/correctness/noUnusedVariables: that it is there says enough
let loading: Promise<void>; // of the banner, once it has been asked for
let screens: Promise<Screens> | undefined;

/** Purposes that may run now. */
export const allowed = (): string[] => may().choices ?? [];

/** The choice cannot be kept where other tabs see it. */
const apart = () => known().safeguarding || localStorage === sessionStorage;

/** Makes the page agree with the choice in force, and counts what there is to count; safe to call at any time. */
export const agree = (event?: string): void => {
  step(event);
  draw();
};

/** Whether there are embeds or held scripts, or a yes that other tabs may end or that is to be confirmed or renewed. */
const needsScreens = () =>
  screens ||
  document.querySelector("[data-footfall-purpose]") ||
  (allowed()[0] && (apart() || (kept().day && kept().checked !== today())));

/** Draws what the choice in force wants drawn. */
const draw = (): void => {
  if (document.hidden || !document.body) return;
  const mustAsk = may() === standing;
  if (mustAsk) loading ??= load();
  const moved = path !== location.pathname; // which no other event has told of, in some browsers
  path = location.pathname;
  if (moved) step();
  if (!mustAsk && (asking || moved)) hide(); // an outcome goes with its page
  if (needsScreens()) screen("agree")();
  const banner = known();
  if (mustAsk && banner.purposes?.[0] && asking !== banner) ask(banner);
  keepInPage();
  if (shown !== undefined) keepLink();
};

/** Calls a function of the screens, which the first call loads; without them No can still be said. */
const screen =
  <Name extends keyof Screens>(name: Name) =>
  (...args: Parameters<Screens[Name]>): Promise<never> => {
    if (!screens) {
      const href = `${new URL(`footfall-screens.js?${SCREENS_INTEGRITY}`, tag.src)}`;
      document.head.append(el("link", { rel: "modulepreload", href, integrity: SCREENS_INTEGRITY }));
      screens = import(href).then((module) => module.default(core()));
    }
    return screens.then(
      (made) => (made[name] as (...args: unknown[]) => never)(...args),
      () => (name === "open" && decide([])) as never,
    );
  };

/** Keeps a choice, or forgets it (null). On a safeguarding site nothing of it outlives the tab. */
const change = (choice?: Choice): void => {
  if (choice && !apart()) localStorage.ff = JSON.stringify(choice);
  else {
    delete localStorage.ff;
    delete sessionStorage.ff;
    if (choice) sessionStorage.ff = JSON.stringify(choice);
  }
  agree();
};

/**
 * Takes the visitor's answer. A yes needs a press of theirs, so that no script can give it. The choice holds at once;
 * what follows from it, and the pass that a yes needs, is for the screens. Without them nothing is counted.
 */
export const decide = (choices: string[], text = known().words.stopped): void => {
  if (choices[0] && navigator.userActivation?.isActive === false) return;
  const before = allowed();
  const asked = known();
  void screen("decided")(before, text);
  say(text);
  change({ choices, asked, day: today(), days: asked.expires_days });
};

/** A press of the page's own way to the choices, or of an exit button. */
const pressed = (event: Event): void => {
  const target = event.target as Element;
  if (target.closest("[data-footfall-open]")) {
    event.preventDefault();
    void api.open();
  }
  if (known().safeguarding && target.closest(`:is([data-footfall-exit],${known().exit})`)) change();
};

const get = (): State => ({
  choices: kept().day ? (kept().choices as string[]) : null,
  allowed: allowed(),
  signal: signal(),
});

/** What pages may call. */
export const api: Footfall = {
  event: (...event) => step(event.join(":")),
  get,
  open: screen("open"),
  set: screen("set"),
  reset: () => change(),
  on: screen("on"),
  push: ([name, ...args]) => (api[name] as (...args: unknown[]) => unknown)(...args),
};

/**
 * What screens.ts works with: the snippet's own functions, so that none is there twice. They are put together when the
 * screens have come: before, a module has not said which collector it talks to, and may not have all of them yet.
 */
const core = () =>
  [get, decide, load, known, say, el, button, shadowed, bodyText, choiceRow, kept, change, tag] as const;
export type Core = ReturnType<typeof core>;
type Screens = ReturnType<typeof import("./screens/screens.ts").default>;

/** Starts the snippet on this page. */
export const start = (): Footfall => {
  try {
    kept();
  } catch {
    change(); // somebody else's text under our name
  }
  followReading();
  addEventListener("click", pressed, true);
  follow(agree);
  tick();
  new MutationObserver(draw).observe(document, { childList: true, subtree: true });
  setTimeout(keepLink, SETTLED_MS);
  return api;
};
