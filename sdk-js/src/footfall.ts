// The script tag's entry: <script async src="https://HOST/footfall.js" data-site="kx4f9q"></script>

import { start } from "./start.ts";

const tag = document.currentScript as HTMLScriptElement | null;
const site = tag?.dataset.site;

if (tag && site) {
  const queued = window.footfall;
  const base = new URL(".", tag.src).href.slice(0, -1);
  const footfall = start({ site, base, automation: "allowAutomation" in tag.dataset });
  window.footfall = footfall;
  if (Array.isArray(queued)) queued.forEach(footfall.push);
} else {
  console.warn("footfall.js: the script tag needs data-site");
}
