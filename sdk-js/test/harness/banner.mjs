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

const MOST_WORDS = { en: 40, cy: 40 }; // other languages write as words of their own what these do not

/** Words of a first layer, and how many a language may have. */
export const wordCount = ({ title, body }) => `${title} ${body}`.split(/\s+/).length;
export const mostWords = (lang) => MOST_WORDS[lang] ?? 60;

/**
 * Fields of the standard banner of a kind: "statistics" and "children" ask for statistics, "all" for statistics and
 * videos, "others" for videos while visits are counted by the exception, "notice" asks for nothing. Funders are named
 * where every language has room for it.
 */
export function standardBanner(lang, kind = "statistics") {
  const room = LANGS.every((one) => wordCount(texts(one, kind, true)) <= mostWords(one));
  const words = read(`internal/site/words/${lang}.json`);
  const excepted = kind === "others" || kind === "notice";
  const statistics = {
    id: "statistics",
    basis: excepted ? "statistics" : "consent",
    label: words.label,
    why: excepted ? words.why_notice : words.why_consent,
    services: [],
  };
  const ofScreens = screenWords(lang);
  const more = kind === "all" || kind === "others" ? [VIDEO] : [];
  return {
    ...texts(lang, kind, room),
    lang,
    langs: LANGS,
    basis: statistics.basis,
    ...(excepted && { pass: "e1.pass-of-the-exception" }),
    purposes: [statistics, ...more].filter(({ basis }) => basis === "consent").map(({ id }) => id),
    items: [statistics, ...more],
    choices: [statistics, ...more].filter(({ basis }) => basis !== "consent").map(({ id }) => id),
    audience: kind === "children" ? "children" : "all",
    words: { ...ofScreens, ...(more[0] && { stop: ofScreens.stop_all, stopped: ofScreens.stopped_all }) },
  };
}

/** The texts of a kind with the names of who asks, of the funders if named, and of the other party. */
function texts(lang, kind, named) {
  const words = read(`internal/site/words/${lang}.json`);
  const funders = kind === "children" ? words.funders_of_children : words.funders;
  const fill = (text) =>
    text
      .replaceAll("{who}", isolate(WHO, lang))
      .replaceAll("{funders}", named ? `${funders} (${isolate(FUNDERS, lang)})` : funders)
      .replaceAll("{asked}", `${VIDEO.label} (${isolate("Example Media", lang)})`);
  return Object.fromEntries(Object.entries(words[kind]).map(([name, text]) => [name, fill(text)]));
}

/** Whether a text tells who gets to see the figures: by name, or by a word for them. */
export const tellsFunders = (text, lang) =>
  [FUNDERS, ...read(`internal/site/words/${lang}.json`).says_funders].some((said) => text.includes(said));
