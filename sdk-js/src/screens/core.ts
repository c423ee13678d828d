// The functions of footfall.js that the screens use: they are given, so that none is loaded twice.

import type { Core } from "../start.ts";

export let get: Core[0];
export let decide: Core[1];
export let load: Core[2];
export let known: Core[3];
export let say: Core[4];
export let el: Core[5];
export let button: Core[6];
export let shadowed: Core[7];
export let bodyText: Core[8];
export let choiceRow: Core[9];
export let kept: Core[10];
export let change: Core[11];
export let tag: Core[12];

/** Takes the functions of footfall.js. */
export const use = (core: Core): void => {
  [get, decide, load, known, say, el, button, shadowed, bodyText, choiceRow, kept, change, tag] = core;
};

/** Purposes that may run now. */
export const allowed = (): readonly string[] => get().allowed;

/** The element of the page in whose shadow a box stands. */
export const host = (box: Element): HTMLElement => (box.parentNode as ShadowRoot).host as HTMLElement;

/** Whether the collector has given this page its banner: one that was kept is read anew at each look. */
export const isFresh = (): boolean => {
  const banner = known();
  return !!banner.hash && banner === known();
};

/** Gets the banner in force, unless it is there. */
export const refresh = async (): Promise<void> => {
  if (!isFresh()) await load();
};

/** Whether the browser keeps nothing for this page. */
export const isBlocked = (): boolean => {
  try {
    return !localStorage;
  } catch {
    return true;
  }
};

/** A text with its {names} filled in. */
export const fill = (text: string | undefined, values: Record<string, string>): string =>
  `${text}`.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/**
 * Purposes for which others may run in the page. Where our statistics rest on the exception nobody was asked, and the
 * exception is ours alone.
 */
export const forOthers = (): string[] => allowed().filter((id) => id !== "statistics" || known().basis === "consent");
