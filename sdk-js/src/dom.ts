// Markup without HTML text: every element and text node is made by a call, so nothing from the collector can become
// markup, and strict CSP and Trusted Types have nothing to object to.

import css from "./bar.css";

/** Makes an element with attributes and children; a text child stays text. */
export const el = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] => {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, `${attributes[name]}`);
  element.append(...children);
  return element;
};

/** Makes a button that does something. */
export const button = (text: string, press: () => void): HTMLButtonElement => {
  const made = el("button", {}, text);
  made.onclick = press;
  return made;
};

/** Makes a box that the page's own styles do not reach: it stands in the shadow of its host. */
export const shadowed = (kind: string, lang: string, label: string, extra = ""): HTMLElement => {
  const box = el("div", {
    class: kind,
    role: "region",
    "aria-label": label,
    lang,
    dir: /ar|ur/.test(lang) ? "rtl" : "ltr",
  });
  const shadow = el("div", { "data-nosnippet": "", "data-footfall": kind }).attachShadow({ mode: "open" });
  const styles = new CSSStyleSheet();
  styles.replaceSync(css + extra);
  shadow.adoptedStyleSheets = [styles];
  shadow.append(box);
  return box;
};

/** The element of the page in whose shadow a box stands. */
export const host = (box: Element): HTMLElement => (box.getRootNode() as ShadowRoot).host as HTMLElement;
