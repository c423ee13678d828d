// The script tag's entry: <script async src="https://HOST/footfall.js" data-site="kx4f9q"></script>

import { start } from "./start.ts";

const tag = document.currentScript as HTMLScriptElement | null;
const site = tag?.dataset.site;
const before = window.footfall; // calls kept from before, or the snippet itself where the tag stands twice

if (!tag || !site) {
  console.warn("footfall.js: the script tag needs data-site");
} else if (!before || !("event" in before)) {
  const base = new URL(".", tag.src).href.slice(0, -1);
  const footfall = start({ site, base, automation: "allowAutomation" in tag.dataset });
  window.footfall = footfall;
  if (Array.isArray(before)) before.forEach(footfall.push);
}
