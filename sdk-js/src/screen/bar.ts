// The bar: where the visitor is asked, and where the outcome is said.
//
// It is the first element of the body, so it comes first for a keyboard and a screen reader, but it is drawn at the
// bottom edge of the window, out of the flow of the page: it arrives after the page has been painted, and pushing the
// page down then would move words and buttons from under a reader's eyes and finger. It does not stick either: it gives
// way as soon as the visitor reads on (scrolls), or moves the focus to something below it, and waits at the place
// where it was shown. None of this is a choice.

import { languageName, strings } from "../i18n/strings.ts";
import type { Banner } from "../wire.ts";
import { bodyText, type Choose, choiceRow } from "./choices.ts";
import { button, el, overlap, shadowed } from "./dom.ts";

const READ_ON_PX = 48; // scrolling by less is a trembling finger

interface Bar {
  outside: HTMLElement;
  box: HTMLElement;
  panel: HTMLElement;
}

let bar: Bar | null = null;
let asking = false;
let shownAt = 0; // scroll position at which the bar is in place

/** Asks for a choice in the banner's words, unless that is being done already. */
export function ask(banner: Banner, choose: Choose, speak: (lang: string) => void): void {
  const { outside, box, panel } = show(banner.lang, banner.title);
  const keyboard = hasKeyboard(outside);
  asking = true;
  const others = banner.langs.filter((lang) => lang !== banner.lang);
  const switches = others.map((lang) => {
    const made = button("quiet", languageName(lang), () => speak(lang));
    made.lang = lang;
    return made;
  });
  panel.className = "content ask";
  panel.replaceChildren(
    el("div", { class: "line" }, el("p", { class: "title" }, banner.title), ...switches),
    bodyText(banner),
    choiceRow(banner, "", choose),
  );
  if (keyboard) switches[0]?.focus();
  clear(box, banner.exit);
  makeRoom(box);
}

/** Says an outcome, aloud too, until it is closed or the visitor goes on. */
export function say(text: string, lang: string): void {
  const words = strings(lang);
  const { outside, panel } = show(lang, words.open);
  const keyboard = hasKeyboard(outside);
  asking = false;
  const status = el("p", { role: "status" });
  const close = button("quiet", words.close, hide);
  panel.className = "content line";
  panel.replaceChildren(status, close);
  // A live region speaks of changes only, so the words come after it is in the page.
  setTimeout(() => {
    status.textContent = text;
  }, 50);
  if (keyboard) close.focus();
}

/** Ends asking, if that is what the bar does: the choice was made elsewhere. */
export function stopAsking(): void {
  if (asking) hide();
}

/** Ends what was said: the visitor has gone on to another page. */
export function stopSaying(): void {
  if (!asking) hide();
}

/** Puts the bar back if the page has replaced its body. */
export function keepInPage(): void {
  if (bar && !bar.outside.isConnected) document.body.prepend(bar.outside);
}

function hide(): void {
  bar?.outside.remove();
  bar = null;
  asking = false;
  removeEventListener("scroll", giveWayToReading);
  removeEventListener("focusin", giveWayToFocus);
}

function show(lang: string, label: string): Bar {
  if (!bar) {
    const { outside, box } = shadowed("bar", { role: "region" });
    const panel = el("div", {});
    box.append(panel);
    bar = { outside, box, panel };
    document.body.prepend(outside);
    addEventListener("scroll", giveWayToReading, { passive: true });
    addEventListener("focusin", giveWayToFocus);
  }
  shownAt = scrollY;
  bar.box.removeAttribute("data-away");
  bar.box.lang = lang;
  bar.box.setAttribute("aria-label", label);
  return bar;
}

/** Whether the focus is in the bar and shown, so that it must not get lost when the content changes. */
function hasKeyboard(outside: HTMLElement): boolean {
  return !!outside.shadowRoot?.activeElement?.matches(":focus-visible");
}

function giveWayToReading(): void {
  if (document.readyState !== "complete") shownAt = scrollY; // the browser goes to where the visitor was
  const away = Math.abs(scrollY - shownAt) > READ_ON_PX;
  if (away && !asking) hide();
  else bar?.box.toggleAttribute("data-away", away);
}

function giveWayToFocus(event: FocusEvent): void {
  const target = event.target as Element;
  // A frame later the browser has brought the target into view, perhaps behind the bar.
  requestAnimationFrame(() => {
    if (bar && target !== bar.outside && overlap(target, bar.box)) bar.box.setAttribute("data-away", "");
  });
}

/** Lets a page scroll that is too short to: what its end has below the bar could not be reached otherwise. */
function makeRoom(box: HTMLElement): void {
  if (document.documentElement.getBoundingClientRect().bottom < box.getBoundingClientRect().top) return;
  if (!box.nextElementSibling?.matches(".room")) box.after(el("div", { class: "room" }));
}

/** Keeps clear of exit buttons: goes to the top edge if one lies below the bar, and away if one lies there too. */
function clear(box: HTMLElement, selector: string): void {
  const covers = () => {
    try {
      const exits = document.querySelectorAll(`[data-footfall-exit]${selector && `,${selector}`}`);
      return [...exits].some((exit) => overlap(exit, box));
    } catch {
      return false; // not a selector
    }
  };
  if (covers()) box.setAttribute("data-top", "");
  if (covers()) box.setAttribute("data-away", "");
}
