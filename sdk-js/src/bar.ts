// The bar: where the visitor is asked, and where the outcome is said.
//
// It is the first element of the body, so it comes first for a keyboard and a screen reader, but it is drawn at the
// bottom edge of the window, out of the flow of the page: it arrives after the page has been painted, and pushing the
// page down then would move words and buttons from under a reader's eyes and finger. It does not stick either: it gives
// way as soon as the visitor reads on (scrolls), or moves the focus elsewhere, and waits at the place where it was
// shown. None of this is a choice.

import { button, el, host, shadowed } from "./dom.ts";
import type { Banner } from "./wire.ts";

const READ_ON_PX = 48; // scrolling by less is a trembling finger

let bar: HTMLElement | undefined; // while it is shown
let shownAt: number; // scroll position at which it is in place

/** The banner that the bar asks with now; none while it says an outcome. */
export let asking: Banner | undefined;

/** Asks for a choice in the banner's words. */
export const ask = (
  banner: Banner,
  choose: (yes: boolean) => void,
  speak: (lang: string) => void,
  open: (() => void) | undefined,
): void => {
  const { lang, title, words } = banner;
  const languages = el("select", { "aria-label": `${words.language}` });
  languages.append(...banner.langs.map((code) => new Option(words[code], code, false, code === lang)));
  languages.onchange = () => speak(languages.value);
  const more = el("div", {}, languages);
  if (open) more.append(button(`${words.choose}`, open));
  const box = show(lang, title, el("p", {}, el("b", {}, title)), bodyText(banner), more, choiceRow(banner, choose));
  asking = banner;
  // A page that is too short to scroll must be able to: what its end has below the bar could not be reached otherwise.
  // Asked once the bar is drawn, as the answer would cost a layout of the page before.
  requestAnimationFrame(() =>
    setTimeout(() => document.body.scrollHeight > box.offsetTop && box.after(el("div", { class: "room" }))),
  );
};

/** Makes the row of the two answers. They come from one place, so that they cannot differ in anything but their words. */
export const choiceRow = ({ yes, no }: Banner, choose: (yes: boolean) => void): HTMLElement =>
  el(
    "div",
    { class: "choices" },
    button(yes, () => choose(true)),
    button(no, () => choose(false)),
  );

/** Makes the paragraph that says who counts and why, with the link to the notice if it is a web address. */
export const bodyText = ({ body, more, more_url }: Banner): HTMLElement =>
  el("p", {}, `${body} `, /^https?:/.test(more_url) ? el("a", { href: more_url }, more) : "");

/** Says an outcome, aloud too, until it is closed or the visitor goes on. */
export const say = (text: string, lang: string, close: string): void => {
  const status = el("p", { role: "status" });
  show(lang, close, el("div", {}, status, button(close, hide)));
  // A live region speaks of changes only, so the words come after it is in the page.
  setTimeout(() => status.append(text), 50);
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
  const exits = [...document.querySelectorAll(`:is([data-footfall-exit],${asking?.exit})`)];
  for (const place of ["top", "away"]) if (exits.some(isBehind)) bar.classList.add(place);
};

/** Whether an element lies at the height of the bar, which is as wide as the window. */
const isBehind = (element: Element): boolean => {
  const { top, bottom } = element.getBoundingClientRect();
  const at = bar?.getBoundingClientRect();
  return !!at && bottom > at.top && top < at.bottom;
};

const show = (lang: string, label: string, ...content: HTMLElement[]): HTMLElement => {
  const keyboard = bar?.querySelector(":focus-visible"); // must not get lost
  shownAt = scrollY;
  hide();
  bar = shadowed("bar", lang, label);
  bar.append(...content);
  keepInPage();
  if (keyboard) bar.querySelector<HTMLElement>("select,button")?.focus();
  return bar;
};

/** Lets the bar give way to reading, and to what has the focus; :focus-within keeps it in place. */
export const followReading = (): void => {
  addEventListener("scroll", () => bar?.classList.toggle("away", Math.abs(scrollY - shownAt) > READ_ON_PX));
  addEventListener("focusin", ({ target }) =>
    // A frame later the browser has brought the target into view, perhaps behind the bar.
    requestAnimationFrame(() => isBehind(target as Element) && bar?.classList.add("away")),
  );
};
