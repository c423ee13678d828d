// The functions of footfall.js that the screens use: they are given, so that none is loaded twice.

import type { Core } from "../start.ts";

export let get: Core[0];
export let decide: Core[1];
export let answer: Core[2];
export let refresh: Core[3];
export let words: Core[4];
export let known: Core[5];
export let allowed: Core[6];
export let say: Core[7];
export let el: Core[8];
export let button: Core[9];
export let shadowed: Core[10];
export let host: Core[11];
export let bodyText: Core[12];
export let choiceRow: Core[13];

/** Takes the functions of footfall.js. */
export const use = (core: Core): void => {
  [get, decide, answer, refresh, words, known, allowed, say, el, button, shadowed, host, bodyText, choiceRow] = core;
};

/** A text with its {names} filled in. */
export const fill = (text: string | undefined, values: Record<string, string>): string =>
  `${text}`.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/**
 * Purposes for which others may run in the page. Where our statistics rest on the exception nobody was asked, and the
 * exception is ours alone.
 */
export const forOthers = (): string[] => allowed().filter((id) => id !== "statistics" || known()?.basis === "consent");
