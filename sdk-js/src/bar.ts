// The bar: where the visitor is asked, and where the outcome is said.
//
// It is the first element of the body, so it comes first for a keyboard and a screen reader, but it is drawn at the
// bottom edge of the window, out of the flow of the page: it arrives after the page has been painted, and pushing the
// page down then would move words and buttons from under a reader's eyes and finger. It does not stick either: it gives
// way as soon as the visitor reads on (scrolls), or moves the focus elsewhere, and waits at the place where it was
// shown. None of this is a choice.

import { known, load } from "./banner.ts";
import { button, el, host, shadowed } from "./dom.ts";
import { api, decide } from "./start.ts";
import type { Banner } from "./wire.ts";

const READ_ON_PX2 = 2e3; // 45 px, squared: scrolling by less is a trembling finger
const SOON_MS = 50; // once what was added is drawn

let bar: HTMLElement | undefined; // while it is shown
let shownAt: number; // scroll position at which it is in place

/** Takes the purposes that are allowed from now on, and says the outcome. */
export type Choose = (choices: string[], outcome?: string) => void;

/** The banner that the bar asks with now; none while it says an outcome. */
export let asking: Banner | undefined;

/** Asks for a choice in the banner's words. */
export const ask = (banner: Banner): void => {
  const { lang, langs, title, words, items } = banner;
  const languages = el(
    "select",
    { "aria-label": words.language },
    ...langs.map((code) => new Option(words[code], code)),
  );
  languages.value = lang;
  languages.onchange = () => load(languages.value);
  const box = show(
    title,
    el("b", {}, title),
    bodyText(banner),
    el("div", {}, languages, items[1] ? button(words.choose, api.open) : ""),
    choiceRow(banner, decide),
  );
  asking = banner;
  // A page that is too short to scroll must be able to: what its end has below the bar could not be reached otherwise.
  // Asked once the bar is drawn, as the answer would cost a layout of the page before.
  setTimeout(() => document.body.scrollHeight > box.offsetTop && box.after(el("div", { class: "room" })), SOON_MS);
};

/** Makes the row of the two answers. They come from one place, so that they cannot differ in anything but their words. */
export const choiceRow = ({ yes, no, items, thanks_yes, thanks_no }: Banner, choose: Choose): HTMLElement =>
  el(
    "div",
    { class: "choices" },
    button(yes, () =>
      choose(
        items.map((item) => item.id),
        thanks_yes,
      ),
    ),
    button(no, () => choose([], thanks_no)),
  );

/** Makes the paragraph that says who counts and why, with the link to the notice. */
export const bodyText = ({ body, more, more_url }: Banner): HTMLElement =>
  el("p", {}, body, " ", el("a", { href: more_url }, more));

/** Says an outcome, aloud too, until it is closed or the visitor goes on. */
export const say = (text = "OK"): void => {
  const { close = "OK" } = known().words;
  const status = el("output", {});
  show(close, el("div", {}, status, button(close, hide)));
  // A live region speaks of changes only, so the words come after it is in the page.
  setTimeout(() => status.append(text as string), SOON_MS);
};

/** Takes the bar away. */
export const hide = (): void => {
  if (bar) host(bar).remove();
  bar = asking = undefined;
};

/**
 * Puts the bar back if the page has replaced its body, and keeps it clear of exit buttons: it goes to the top edge if
 * one lies at its height, and away if one lies there too.
 */
export const keepInPage = (): void => {
  if (!bar) return;
  if (!bar.isConnected) document.body.prepend(host(bar));
  const exits = [...document.querySelectorAll(`:is([data-footfall-exit],${known().exit})`)];
  for (const place of ["top", "away"]) if (exits.some(isBehind)) bar.classList.add(place);
};

/** Whether an element lies at the height of the bar, which is as wide as the window. */
const isBehind = (element: Element): boolean => {
  const its = element.getBoundingClientRect();
  const bars = (bar as Element).getBoundingClientRect();
  return its.bottom > bars.top && its.top < bars.bottom;
};

const show = (label: string | undefined, ...content: HTMLElement[]): HTMLElement => {
  const keyboard = bar?.querySelector(":focus"); // must not get lost
  shownAt = scrollY;
  hide();
  bar = shadowed("bar", label, ...content);
  keepInPage();
  if (keyboard) bar.querySelector<HTMLElement>("select,button")?.focus();
  return bar;
};

/** Lets the bar give way to reading, and to what has the focus; :focus-within keeps it in place. */
export const followReading = (): void => {
  addEventListener("scroll", () => bar?.classList.toggle("away", (scrollY - shownAt) ** 2 > READ_ON_PX2));
  addEventListener("focusin", ({ target }) =>
    // Then the browser has brought the target into view, perhaps behind the bar.
    setTimeout(() => bar && isBehind(target as Element) && bar.classList.add("away"), SOON_MS),
  );
};
