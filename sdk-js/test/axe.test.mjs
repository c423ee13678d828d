// axe-core finds nothing on the banner, its outcome and the preferences: five languages, two sizes, three schemes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "./harness/axe.mjs";
import { LANGS, standardBanner } from "./harness/banner.mjs";
import { BROWSER } from "./harness/browser.mjs";
import { bar, dialog, world } from "./harness/world.mjs";

const w = world();
// A look by axe takes Firefox twice as long: there a phone must do.
const SIZES = {
  "390 px": { width: 390, height: 844 },
  ...(BROWSER === "chromium" && { "1280 px": { width: 1280, height: 800 } }),
};
const SCHEMES = { light: {}, dark: { colorScheme: "dark" }, "forced colours": { forcedColors: "active" } };
const DARK = "<style>@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}a{color:#9cf}}</style>";

const sitePage = (lang) => (world) =>
  `<!doctype html><html lang="${lang}"><head><meta charset="utf-8">
  <title>Harbour</title><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">${DARK}
  ${world.tag()}</head><body><header><a href="/">Harbour Young People</a></header><main><h1>Talk to us</h1>
  ${"<p>You can talk to us about anything.</p>".repeat(30)}</main></body></html>`;

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const [scheme, options] of Object.entries(SCHEMES)) {
    test(`R8 axe finds nothing in five languages: banner, outcome, preferences; ${size}, ${scheme}`, async () => {
      for (const lang of LANGS) {
        const visitor = await w.visitor({ viewport, reducedMotion: "reduce", ...options });
        w.collector.patch = standardBanner(lang, "all");
        w.page = sitePage(lang);
        const page = await visitor.tab();
        await bar(page).getByText(w.collector.patch.title).waitFor();
        assert.deepEqual(await violations(page), [], `${lang}, banner`);
        await page.evaluate(() => footfall.open());
        await dialog(page).waitFor();
        assert.deepEqual(await violations(page), [], `${lang}, preferences`);
        await dialog(page).getByRole("button", { name: w.collector.patch.no, exact: true }).click();
        await bar(page).getByRole("status").getByText(w.collector.patch.thanks_no).waitFor();
        assert.deepEqual(await violations(page), [], `${lang}, outcome`);
        await visitor.context.close();
      }
    });
  }
}

test("axe is alive: a button without a name is found", async () => {
  w.page = (world) => sitePage("en")(world).replace("<h1>", "<button></button><h1>");
  const visitor = await w.visitor();
  const page = await visitor.tab();
  assert.match(String(await violations(page)), /button-name/);
});
