// The way back: a small button at the end of every page. While visits are counted one press stops that, as one press
// on the banner began it; otherwise it opens the choices. A page that brings its own [data-footfall-open] has none.

import { pageLang, strings } from "../i18n/strings.ts";
import { button, shadowed } from "./dom.ts";

let link: { outside: HTMLElement; press: HTMLButtonElement } | null = null;

/** Puts the link at the end of the page, in the words that fit what holds now. */
export function keepLink(counting: boolean, stop: () => void, openChoices: () => void): void {
  const words = strings(pageLang());
  if (document.querySelector("[data-footfall-open]")) {
    link?.outside.remove();
    return;
  }
  if (!link) {
    const { outside, box } = shadowed("link", { role: "region", "aria-label": words.region, lang: pageLang() });
    const press = button("quiet", "", () => (press.dataset.stop ? stop() : openChoices()));
    box.append(press);
    link = { outside, press };
  }
  link.press.textContent = counting ? words.stop : words.open;
  link.press.dataset.stop = counting ? "1" : "";
  if (!link.outside.isConnected) document.body.append(link.outside);
}
