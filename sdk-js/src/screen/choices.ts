// The two answers. Yes and No come from one place, so that they cannot differ in anything but their words.

import type { Banner } from "../wire.ts";
import { button, el } from "./dom.ts";

/** Takes the visitor's answer: the purposes they said yes to. */
export type Choose = (choices: string[], banner: Banner | null) => void;

/** Makes the row of answers. Without a banner there is nothing to say yes to, so No stands alone. */
export function choiceRow(banner: Banner | null, noText: string, choose: Choose): HTMLElement {
  const answer = (text: string, choices: string[]) => button("choice", text, () => choose(choices, banner));
  const no = answer(banner?.no ?? noText, []);
  return el("div", { class: "choices" }, ...(banner ? [answer(banner.yes, banner.purposes), no] : [no]));
}

/** Makes the paragraph that says who counts and why, with the link to the notice if it is a web address. */
export function bodyText(banner: Banner): HTMLElement {
  const text = el("p", {}, `${banner.body} `);
  const link = el("a", { href: banner.more_url }, banner.more);
  if (banner.more && banner.more_url && /^https?:$/.test(link.protocol)) text.append(link);
  return text;
}
