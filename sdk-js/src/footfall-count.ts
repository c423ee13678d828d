// The script tag's entry that only counts, where the choice is made on another page or none is needed:
//   <script async src="https://HOST/footfall-count.js" data-site="kx4f9q"></script>

import { kept, signal, stand } from "./choice.ts";
import { follow, step } from "./count.ts";
import { fetchBanner, tag } from "./wire.ts";

if (!navigator.webdriver || "allowAutomation" in tag.dataset) {
  if (signal() || kept()) follow(step);
  else
    fetchBanner("").then((banner) => {
      if (!banner.safeguarding) stand(banner);
      follow(step);
    });
}
