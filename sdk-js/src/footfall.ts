// The script tag's entry: <script async src="https://HOST/footfall.js" data-site="kx4f9q"></script>

import { start } from "./start.ts";
import { tag } from "./wire.ts";

const before = window.footfall; // calls kept from before, or the snippet itself where the tag stands twice

if (!tag.dataset.site) console.warn("footfall.js: the script tag needs data-site");
else if (!before || Array.isArray(before)) {
  const footfall = start();
  window.footfall = footfall;
  before?.forEach(footfall.push);
}
