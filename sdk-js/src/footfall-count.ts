// The script tag's entry that only counts, where the choice is made on another page or none is needed:
//   <script async src="https://HOST/footfall-count.js" data-site="kx4f9q"></script>

import { may, stand, standing } from "./choice.ts";
import { follow, step } from "./count.ts";
import { automated, fetchBanner } from "./wire.ts";

if (!automated()) {
  if (may() === standing) {
    const banner = await fetchBanner("");
    if (!banner.safeguarding) stand(banner);
  }
  follow(step);
}
