// The banner that this page knows of, and its words.

import { kept, stand } from "./choice.ts";
import { agree } from "./start.ts";
import { automated, type Banner, fetchBanner, tag, type Words } from "./wire.ts";

const lang = document.documentElement.lang.slice(0, 2);

/** The banner in force, once it is there. */
let found: Banner | undefined;

/** What is known without a banner: words of the link, in English and Welsh, and what the tag tells. */
export const NONE = {
  lang,
  words: {
    open: lang === "cy" ? "Dewisiadau preifatrwydd" : "Privacy choices",
  } as Words,
  style: "*{padding:1em}",
  expires_days: 182,
  safeguarding: "safeguarding" in tag.dataset,
} as Banner;

/** The banner in force, or the one that was answered, or what there is without one; only banners have a hash. */
export const known = (): Banner => found ?? kept().asked ?? NONE;

/**
 * Gets the banner in force, in a language; nothing that could not be refused is taken for one. What holds without a
 * choice holds from then on.
 */
export const load = async (lang = known().lang): Promise<void> => {
  const banner = await fetchBanner(lang);
  if (banner?.no) {
    found = banner;
    if (!banner.safeguarding && !automated()) stand(banner);
  }
  agree();
};
