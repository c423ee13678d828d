// The way back at the end of the page.

import { known } from "./banner.ts";
import { button, host, shadowed } from "./dom.ts";
import { allowed, api, decide } from "./start.ts";

let link: HTMLElement | undefined;
/** Its words; false for none, undefined as long as the page may still settle. */
export let shown: string | false | undefined;

/**
 * Puts the way back at the end of the page: one press stops what one press began, another opens the choices. A page
 * that has a way of its own to the choices needs ours only as long as there is something to stop.
 */
export const keepLink = (): void => {
  const on = allowed()[0];
  const { words } = known();
  const text = on ? words.stop : !document.querySelector("[data-footfall-open]") && words.open;
  const same = link?.isConnected ? shown === text : !text;
  shown = text;
  if (same) return;
  if (link) host(link).remove();
  if (text) {
    link = shadowed("link", text, button(text, on ? () => decide([]) : api.open));
    if (on && known().items[1]) link.append(button(words.open, api.open));
    document.body.append(host(link));
  }
};
