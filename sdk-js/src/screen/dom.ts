// Markup without HTML text: every element and text node is made by a call, so nothing from the collector can become
// markup, and strict CSP and Trusted Types have nothing to object to.

import css from "./style.css";

/** Makes an element with attributes and children; a text child stays text. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Makes a button that does something. */
export function button(className: string, text: string, press: () => void): HTMLButtonElement {
  const made = el("button", { type: "button", class: className }, text);
  made.addEventListener("click", press);
  return made;
}

/** Makes a box that the page's own styles do not reach: it stands in the shadow of outside, with our sheet adopted. */
export function shadowed(
  className: string,
  attributes: Record<string, string>,
): { outside: HTMLElement; box: HTMLElement } {
  const outside = el("div", { "data-nosnippet": "", "data-footfall": className });
  const shadow = outside.attachShadow({ mode: "open" });
  const box = el("div", { class: className, dir: "auto", ...attributes });
  shadow.append(box);
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [sheet];
  } catch {
    shadow.append(el("style", {}, css)); // Safari before 16.4
  }
  return { outside, box };
}

/** Whether a and b share a point on screen. */
export function overlap(a: Element, b: Element): boolean {
  const [p, q] = [a.getBoundingClientRect(), b.getBoundingClientRect()];
  return p.left < q.right && q.left < p.right && p.top < q.bottom && q.top < p.bottom;
}
