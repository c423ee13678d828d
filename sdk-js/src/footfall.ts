// The script tag's entry: <script async src="https://HOST/footfall.js" data-site="kx4f9q"></script>

import { start } from "./start.ts";
import type { Footfall, QueuedCall } from "./types.ts";
import { tag } from "./wire.ts";

const before = window.footfall; // calls kept from before, or the snippet itself where the tag stands twice

if (tag.dataset.site && !(before as Footfall | undefined)?.get) {
  const footfall = start();
  window.footfall = footfall;
  (before as QueuedCall[] | undefined)?.map(footfall.push);
}
