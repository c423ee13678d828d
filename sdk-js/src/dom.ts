// Markup without HTML text: every element and text node is made by a call, so nothing from the collector can become
// markup, and strict CSP and Trusted Types have nothing to object to.

import { known } from "./banner.ts";

/** Makes an element with attributes and children; a text child stays text. */
export const el = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | undefined>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] => {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name] as string);
  element.append(...children);
  return element;
};

/** Makes a button that does something. */
export const button = (text: string | undefined, press: () => void): HTMLButtonElement => {
  const made = el("button", {}, text as string);
  made.onclick = press;
  return made;
};

/** Makes a box that the page's own styles do not reach: it stands in the shadow of its host. */
export const shadowed = (kind: string, label: string | undefined, ...content: (Node | string)[]): HTMLElement => {
  const box = el("section", { class: kind, "aria-label": label, lang: known().lang }, ...content);
  const shadow = el("div", { "data-footfall": kind, "data-nosnippet": "" }).attachShadow({ mode: "open" });
  const styles = new CSSStyleSheet();
  styles.replaceSync(known().style);
  shadow.adoptedStyleSheets = [styles];
  shadow.append(box);
  return box;
};

/** The element of the page in whose shadow a box stands. */
export const host = (box: Element): HTMLElement => (box.parentNode as ShadowRoot).host as HTMLElement;
