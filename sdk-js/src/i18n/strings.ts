// The snippet's own words, for what must work without asking the collector: objecting above all. The words of a
// banner come from the collector. The build fails when a language here lacks a string that English has.

import cy from "./cy.json";
import en from "./en.json";

/** The strings of one language. */
export type Strings = typeof en;

const languages: Record<string, Strings> = { en, cy };

/** Language of the page, as its author declared it: "cy" for <html lang="cy-GB">. */
export function pageLang(): string {
  return document.documentElement.lang.slice(0, 2).toLowerCase() || "en";
}

/** Strings in a language; in English if it is not one of ours. */
export function strings(lang: string): Strings {
  return languages[lang] ?? en;
}

/** Name of a language in itself: "Cymraeg". Browsers cannot be asked: Chromium calls it "Welsh" in every language. */
export function languageName(lang: string): string {
  return languages[lang]?.name ?? lang;
}
