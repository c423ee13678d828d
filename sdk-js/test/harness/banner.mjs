// Banners in the five languages, in the very words that the server (internal/site/words) and the snippet (src/i18n)
// ship, filled as internal/site/standard.go fills them.

import { readFileSync } from "node:fs";

export const LANGS = ["en", "cy", "pl", "ur", "ar"];
const WHO = "Harbour Young People";
const FUNDERS = "Example Trust";

const read = (path) => JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8"));
const rtl = (lang) => lang === "ur" || lang === "ar";
const isolate = (name, lang) => (rtl(lang) ? `\u2068${name}\u2069` : name);

/** The snippet's own words in a language, English where it lacks one. */
export const screenWords = (lang) => ({ ...read("sdk-js/src/i18n/en.json"), ...read(`sdk-js/src/i18n/${lang}.json`) });

/** A purpose that plays videos of another party, which keeps two cookies and a storage key. */
export const VIDEO = {
  id: "video",
  basis: "consent",
  label: "Videos",
  why: "So that you can watch our videos here.",
  services: [
    {
      name: "Example Player",
      who: "Example Media",
      hosts: ["player.localhost"],
      notice: "https://media.example.org/privacy",
      keeps: [
        { kind: "cookie", name: "_vid*", days: 400, holds: "A number for this browser." },
        { kind: "cookie", name: "player", days: 30, holds: "The volume." },
        { kind: "local", name: "player-state", days: 0, holds: "The volume." },
        { kind: "session", name: "player-tab", days: 0, holds: "The place in the video." },
        { kind: "database", name: "player-db", days: 0, holds: "Parts of the video." },
      ],
    },
  ],
};

/**
 * Fields of the standard banner of a kind: "statistics" and "children" ask for statistics, "all" for statistics and
 * videos, "others" for videos while visits are counted by the exception, "notice" asks for nothing.
 */
export function standardBanner(lang, kind = "statistics") {
  const words = read(`internal/site/words/${lang}.json`);
  const funders = kind === "children" ? words.funders_of_children : words.funders;
  const texts = Object.fromEntries(
    Object.entries(words[kind]).map(([name, text]) => [
      name,
      text
        .replaceAll("{who}", isolate(WHO, lang))
        .replaceAll("{funders}", `${funders} (${isolate(FUNDERS, lang)})`)
        .replaceAll("{asked}", `${VIDEO.label} (${isolate("Example Media", lang)})`),
    ]),
  );
  const excepted = kind === "others" || kind === "notice";
  const statistics = {
    id: "statistics",
    basis: excepted ? "statistics" : "consent",
    label: words.label,
    why: excepted ? words.why_notice : words.why_consent,
    services: [],
  };
  const more = kind === "all" || kind === "others" ? [VIDEO] : [];
  return {
    ...texts,
    lang,
    langs: LANGS,
    basis: statistics.basis,
    ...(excepted && { pass: "p1-of-the-exception" }),
    purposes: [statistics, ...more].filter(({ basis }) => basis === "consent").map(({ id }) => id),
    items: [statistics, ...more],
    audience: kind === "children" ? "children" : "all",
    words: screenWords(lang),
  };
}
