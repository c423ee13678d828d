// The plugin on a real WordPress, as a story: installed, set up, visited, bridged, taken away. Start it with ./run.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  addUser,
  BASE,
  counted,
  footfall,
  got,
  logged,
  loggedIn,
  PAGE,
  PLUGIN,
  php,
  SITE,
  save,
  sql,
  tagsAt,
  useDouble,
  visitor,
  WEBSITE,
  WWW,
  w,
} from "./world.mjs";

const TAG = `<script async src="${BASE}/footfall.js" data-site="${SITE}">`;
const SAFE_TAG = TAG.replace(">", " data-safeguarding>");
const OPTIONS = "SELECT option_name FROM wp_options WHERE option_name LIKE 'footfall%' ORDER BY 1";
const bar = (page) => page.locator("[data-footfall=bar] .bar");
const yes = (page) => bar(page).locator(".choices button").first();
const no = (page) => bar(page).locator(".choices button").last();
const cookies = async (page) => (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).sort();
const shots = process.env.SCREENSHOTS; // a folder for pictures of the settings page

/** Lets axe look at the settings page as it is now, and takes pictures of it for people to look at. */
async function inspect(name) {
  await w.admin.addScriptTag({ path: fileURLToPath(import.meta.resolve("axe-core/axe.min.js")) });
  const found = await w.admin.evaluate(() => window.axe.run(".wrap").then((all) => all.violations.map(({ id }) => id)));
  assert.deepEqual(found, [], name);
  if (!shots) return;
  for (const width of [390, 1280]) {
    await w.admin.setViewportSize({ width, height: 900 });
    await w.admin.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true });
  }
}

test("activated: there is a settings page and a link to it, and no tag before it is set up", async () => {
  await w.admin.goto(`${WEBSITE}/wp-admin/plugins.php`);
  await w.admin.click("#activate-footfall");
  await w.admin.locator("tr[data-slug=footfall].active").getByRole("link", { name: "Settings", exact: true }).click();
  await w.admin.waitForURL(PAGE);
  await inspect("empty");
  assert.deepEqual(await tagsAt(await visitor(), "/"), []);
});

test("what is wrong is refused in words, what was typed stays, and nothing of it is kept", async () => {
  const wrong = [
    { base: "", site: "", says: ["Enter the address", "Enter the site key"] },
    { base: BASE, site: "kx4f9", says: ["exactly six characters"] },
    { base: BASE, site: "kx4f9!", says: ["exactly six characters"] },
    { base: "http://stats.example.org", site: SITE, says: ["must start with https://"] },
    { base: "stats", site: SITE, says: ["not an address that can be used"] },
    { base: "https://stats.example.org/?a=b", site: SITE, says: ["not an address that can be used"] },
    { base: "https://me@stats.example.org", site: SITE, says: ["not an address that can be used"] },
    { base: "javascript://stats.example.org", site: SITE, says: ["must start with https://"] },
    { base: '"><img src=x onerror="document.title=1">', site: "<b>", says: ["not an address", "exactly six"] },
  ];
  for (const { base, site, says } of wrong) {
    await save(w.admin, { base, site, editors: true });
    const errors = await w.admin.locator(".notice-error.inline").allTextContents();
    assert.equal(errors.length, says.length, base);
    for (const [n, words] of says.entries()) assert.ok(errors[n].includes(words), errors[n]);
    assert.match(await w.admin.locator(".notice-error[role=alert]").textContent(), /Nothing was saved/);
    assert.deepEqual(
      [await w.admin.inputValue("#footfall_base"), await w.admin.inputValue("#footfall_site")],
      [base, site],
    );
    assert.ok(await w.admin.isChecked("[name=footfall_editors]"));
    const named = await w.admin
      .locator("[aria-invalid]")
      .evaluateAll((all) => all.map((field) => field.getAttribute("aria-describedby").split(" ")[0]));
    for (const id of named) assert.ok(await w.admin.locator(`#${id}`).isVisible());
  }
  assert.equal(await w.admin.locator("img[src=x]").count(), 0);
  await save(w.admin, { base: BASE, site: "NOT THIS" });
  await inspect("wrong");
  assert.deepEqual(sql(OPTIONS), []);
  assert.deepEqual(sql("SELECT option_name FROM wp_options WHERE option_value LIKE '%NOT THIS%'"), []);
});

test("a whole pasted line is taken apart; address and key are kept in their plain form", async () => {
  await save(w.admin, {
    base: `<script async src="https://Stats.Example.org/footfall/footfall.js" data-site="kx4f9q"></script>`,
  });
  assert.match(await w.admin.locator(".notice-success[role=status]").textContent(), /Saved/);
  assert.equal(await w.admin.inputValue("#footfall_base"), "https://stats.example.org/footfall");
  assert.equal(await w.admin.inputValue("#footfall_site"), "kx4f9q");
  await save(w.admin, { base: "stats.example.org/", site: "KX4F9Q" });
  assert.equal(await w.admin.inputValue("#footfall_base"), "https://stats.example.org");
  await save(w.admin, { base: BASE, site: SITE });
  assert.deepEqual(sql(OPTIONS), ["footfall_editors", "footfall_tag"]);
  await inspect("saved");
});

test("a pasted line of a safeguarding site ticks its box, and the tag says so until the box is emptied", async () => {
  const box = w.admin.locator("[name=footfall_safeguarding]");
  const line = (rest) => `<script async src="${BASE}/footfall.js" data-site="${SITE}"${rest}></script>`;
  assert.equal(await box.isChecked(), false);
  await save(w.admin, { base: line(" data-safeguarding"), site: "" });
  assert.deepEqual([await w.admin.inputValue("#footfall_base"), await box.isChecked()], [BASE, true]);
  assert.deepEqual(await tagsAt(await visitor(), "/"), [SAFE_TAG]);
  await save(w.admin, { base: line(""), site: "" });
  assert.equal(await box.isChecked(), true, "a line without it does not lower what is kept safe");
  await save(w.admin, { safeguarding: true, site: "wrong" });
  assert.equal(await box.isChecked(), true);
  await save(w.admin, { safeguarding: false });
  assert.deepEqual([await box.isChecked(), await tagsAt(await visitor(), "/")], [false, [TAG]]);
});

test("only an administrator may see or save the settings, and only from the page's own form", async () => {
  addUser("writer", "editor");
  const writer = await loggedIn("writer");
  assert.equal((await writer.goto(PAGE)).status(), 403);
  const form = { footfall: "save", footfall_base: "https://stats.example.org", footfall_site: "zzzzzz" };
  assert.equal((await got(writer, PAGE, form)).status, 403);
  assert.equal((await got(w.admin, PAGE, form)).status, 403); // no nonce
  assert.deepEqual(await tagsAt(await visitor(), "/"), [TAG]);
  assert.deepEqual(await tagsAt(writer, "/"), []); // who edits is no visitor
});

test("public pages carry exactly one tag, as it was given", async () => {
  const someone = await visitor();
  for (const path of ["/", "/?p=1", "/?page_id=2", "/?s=help", "/?cat=1", "/?p=99999"]) {
    assert.deepEqual(await tagsAt(someone, path), [TAG], path);
  }
  const { text: home } = await got(someone, WEBSITE);
  assert.ok(home.includes(`${TAG}</script>`) && home.indexOf(TAG) < home.indexOf("</head>"));
});

test("no tag on other pages, even when people who edit get it", async () => {
  assert.deepEqual(await tagsAt(w.admin, "/"), []);
  await save(w.admin, { editors: true });
  assert.deepEqual(await tagsAt(w.admin, "/"), [TAG]);
  const customizer = `/?customize_changeset_uuid=${randomUUID()}&customize_theme=twentytwentythree&customize_messenger_channel=preview-0`;
  assert.match((await got(w.admin, WEBSITE + customizer)).text, /customize-preview/);
  const draft = php(`echo wp_insert_post(array("post_title" => "Draft", "post_status" => "draft"));`);
  const paths = [
    `/?p=${draft}&preview=true`,
    "/?feed=rss2",
    "/?p=1&embed=true",
    "/wp-login.php",
    "/wp-admin/",
    "/wp-admin/options-general.php?page=footfall",
    customizer,
  ];
  for (const path of paths) assert.deepEqual(await tagsAt(w.admin, path), [], path);
  await save(w.admin, { editors: false });
});

/** What the check finds. */
async function findings() {
  await w.admin.goto(PAGE);
  await w.admin.click("#footfall-check");
  await w.admin.locator("#footfall-findings .notice:visible").nth(1).waitFor();
  return w.admin
    .locator("#footfall-findings .notice:visible")
    .evaluateAll((all) => all.map((one) => one.dataset.finding));
}

test("the check says what it finds: all well, another key, two tags, no collector", async () => {
  assert.deepEqual(await findings(), ["tag-once", "site-known"]);
  await inspect("checked");
  const double = `${WWW}/wp-content/mu-plugins/second.php`;
  writeFileSync(
    double,
    `<?php add_action("wp_head", function () { echo '<script src="https://old.example.org/footfall.js" data-site="aaaaaa"></script>'; });`,
  );
  assert.deepEqual(await findings(), ["tag-twice", "site-known"]);
  writeFileSync(double, "<?php");
  await save(w.admin, { site: "zzzzzz" });
  assert.deepEqual(await findings(), ["tag-once", "site-unknown"]);
  await save(w.admin, { base: "http://127.0.0.1:9", site: SITE });
  assert.deepEqual(await findings(), ["tag-once", "footfall-lost"]);
  await save(w.admin, { base: BASE });
});

test("the check ticks the box of a site that Footfall knows to be a safeguarding one, and says if it does not know", async () => {
  footfall("site", "set", SITE, "--safeguarding");
  assert.deepEqual(await findings(), ["tag-once", "safety-untold"]);
  await inspect("safety");
  await Promise.all([w.admin.waitForNavigation(), w.admin.click("#submit")]);
  assert.deepEqual(await tagsAt(await visitor(), "/"), [SAFE_TAG]);
  assert.deepEqual(await findings(), ["tag-once", "site-known"]);

  const page = await visitor(); // with the collector down, only the tag can tell that a No must go with the tab
  await page.route(`${BASE}/v1/**`, (route) => route.abort());
  await page.goto(WEBSITE);
  await page.locator("[data-footfall=link] button").click();
  await page.locator("dialog .choices button").click();
  await page.waitForFunction(() => sessionStorage.length > 0);
  assert.equal(await page.evaluate(() => localStorage.length), 0);

  footfall("site", "set", SITE, "--no-safeguarding");
  assert.deepEqual(await findings(), ["tag-once", "safety-unknown"]);
  await save(w.admin, { safeguarding: false });
});

test("a visitor is asked; nothing is kept or counted before a choice or after No", async () => {
  const page = await visitor();
  await page.goto(WEBSITE);
  await bar(page).waitFor();
  assert.deepEqual(await cookies(page), []);
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
  await no(page).click();
  await page.goto(`${WEBSITE}/?p=1`);
  await page.waitForTimeout(500);
  assert.equal(await bar(page).count(), 0);
  assert.deepEqual([page.hits, await cookies(page), page.errors], [[], [], []]);
});

test("after Yes a visit is counted: the collector takes the hit and counts it", async () => {
  const page = await visitor();
  await page.goto(WEBSITE);
  const before = await counted();
  const [hit] = await Promise.all([page.waitForResponse(`${BASE}/v1/hits`), yes(page).click()]);
  assert.deepEqual([hit.request().method(), hit.status()], ["POST", 202]);
  assert.equal(await counted(), before + 1);
  assert.deepEqual([await cookies(page), page.errors], [[], []]);
});

test("the shortcode is a link that opens the choices, with words of one's own, escaped", async () => {
  const content = "[footfall_choices] [footfall_choices text='Mine & <em>yours</em>']";
  const id = php(
    `echo wp_insert_post(array("post_type" => "page", "post_status" => "publish", "post_title" => "Privacy", "post_content" => "${content}"));`,
  );
  const page = await visitor();
  await page.goto(`${WEBSITE}/?page_id=${id}`);
  const links = page.locator("a[data-footfall-open]");
  assert.deepEqual(await links.allTextContents(), ["Statistics choices", "Mine & <em>yours</em>"]);
  await bar(page).waitFor(); // so the snippet listens
  await links.first().click();
  await page.locator("dialog").waitFor();
});

test("Welsh: the settings page, the page's language and the banner", async () => {
  sql("REPLACE INTO wp_options (option_name, option_value) VALUES ('WPLANG', 'cy')"); // its page offers installed languages only
  await w.admin.goto(PAGE);
  assert.equal(await w.admin.locator("#footfall-check").textContent(), "Gwirio bod y tag i’w weld");
  await inspect("welsh");
  const page = await visitor();
  await page.goto(WEBSITE);
  await bar(page).waitFor();
  assert.deepEqual([await page.getAttribute("html", "lang"), await bar(page).getAttribute("lang")], ["cy", "cy"]);
  sql("DELETE FROM wp_options WHERE option_name = 'WPLANG'");
});

test("no Welsh word is missing, and the compiled file is up to date", () => {
  const at = { cwd: new URL("../footfall/", import.meta.url) };
  const words = ["-k", "-k__:1", "-kesc_html__:1", "-kesc_html_e:1", "--msgid-bugs-address=-", "--from-code=UTF-8"];
  const files = ["footfall.php", ...readdirSync(new URL("includes/", at.cwd)).map((name) => `includes/${name}`)];
  const template = execFileSync("xgettext", ["--language=PHP", ...words, "-o", "-", ...files], at)
    .toString()
    .replace("CHARSET", "UTF-8");
  execFileSync("msgcmp", ["languages/footfall-cy.po", "-"], { ...at, input: template }); // fails if one is missing
  const compiled = execFileSync("msgfmt", ["--check-format", "--no-hash", "-o", "-", "languages/footfall-cy.po"], at);
  assert.ok(compiled.equals(readFileSync(new URL("languages/footfall-cy.mo", at.cwd))));
});

test("WP Consent API (a double): declared, opt-in, and the categories follow the choice in the browser and in PHP", async () => {
  useDouble("wp-consent-api.php", "wp-consent-api.js");
  assert.equal(php(`var_export(consent_api_registered("footfall/footfall.php"));`), "true");
  const page = await visitor(() => {
    window.heard = [];
    document.addEventListener("wp_listen_for_consent_change", ({ detail }) =>
      window.heard.push(...Object.entries(detail)),
    );
  });
  const heard = () => page.evaluate(() => window.heard.splice(0).map((entry) => entry.join("=")));
  const allowed = () =>
    page.evaluate(() =>
      ["statistics", "statistics-anonymous", "preferences", "marketing"].filter(window.wp_has_consent),
    );
  const phpIsTold = () => page.getAttribute("meta[name=php-is-told]", "content");

  await page.goto(WEBSITE);
  await bar(page).waitFor();
  assert.deepEqual([await allowed(), await heard(), await cookies(page), await phpIsTold()], [[], [], [], "no"]);
  await yes(page).click();
  await page.waitForFunction(() => window.heard.length > 1);
  assert.deepEqual(await heard(), ["statistics=allow", "statistics-anonymous=allow"]);
  await page.goto(`${WEBSITE}/?p=1`);
  assert.deepEqual([await allowed(), await phpIsTold()], [["statistics", "statistics-anonymous"], "yes"]);

  await page.evaluate(() => window.footfall.set([]));
  await page.waitForFunction(() => window.heard.length > 1);
  assert.deepEqual(await heard(), ["statistics=deny", "statistics-anonymous=deny"]);
  await page.reload();
  assert.deepEqual([await allowed(), await phpIsTold(), page.errors], [[], "no", []]);
});

test("WP Consent API (a double): a No writes nothing, and what an earlier banner left behind is taken back", async () => {
  const page = await visitor();
  await page.goto(WEBSITE);
  await no(page).click();
  await page.reload();
  await page.waitForTimeout(500);
  assert.deepEqual(await cookies(page), []);

  const other = await visitor();
  await other.context().addCookies([{ name: "wp_consent_marketing", value: "allow", url: WEBSITE }]);
  await other.goto(WEBSITE);
  await other.waitForFunction(() => document.cookie.includes("=deny"));
  assert.deepEqual(await cookies(other), ["wp_consent_marketing=deny"]);
});

test("PHP sends nothing out for us and logs nothing about us", () => {
  assert.ok(logged().some((line) => line.includes("outgoing by WordPress"))); // its own look for updates, so the log works
  assert.deepEqual(
    logged().filter((line) => /footfall/i.test(line)),
    [],
  );
});

test("deactivated: no tag, settings kept; deleted: no settings left", async () => {
  await w.admin.goto(`${WEBSITE}/wp-admin/plugins.php`);
  await w.admin.click("#deactivate-footfall");
  await w.admin.locator("#activate-footfall").waitFor();
  assert.deepEqual(await tagsAt(await visitor(), "/"), []);
  assert.deepEqual(sql(OPTIONS), ["footfall_editors", "footfall_tag"]);
  w.admin.once("dialog", (dialog) => dialog.accept());
  await w.admin.click("#delete-footfall");
  await w.admin.locator("tr.deleted, #footfall-deleted").first().waitFor({ state: "attached" });
  assert.deepEqual(sql(OPTIONS), []);
});

test("a network: each website has its own tag, and deleting forgets both", async () => {
  const { host } = new URL(WEBSITE);
  cpSync(new URL("../footfall", import.meta.url), PLUGIN, { recursive: true });
  php(`require ABSPATH . "wp-admin/includes/upgrade.php"; foreach ($wpdb->tables("ms_global") as $name => $table) { $wpdb->$name = $table; }
    install_network(); populate_network(1, "${host}", "web@harbour.example", "Harbour", "/", false);`);
  const constants = {
    MULTISITE: true,
    SUBDOMAIN_INSTALL: false,
    DOMAIN_CURRENT_SITE: host,
    PATH_CURRENT_SITE: "/",
    SITE_ID_CURRENT_SITE: 1,
    BLOG_ID_CURRENT_SITE: 1,
  };
  const lines = Object.entries(constants).map(([name, value]) => `define("${name}", ${JSON.stringify(value)});`);
  writeFileSync(`${WWW}/network.php`, `<?php\n${lines.join("\n")}\n`);
  const second = php(
    `echo wp_insert_site(array("domain" => "${host}", "path" => "/harbwr/", "title" => "Harbwr", "user_id" => 1));`,
  );
  sql(`UPDATE wp_blogs SET domain = "${host}"`); // WordPress has dropped the colon: its networks know no ports
  sql(`UPDATE wp_2_options SET option_value = "${WEBSITE}/harbwr" WHERE option_name IN ("home", "siteurl")`);
  php(`require ABSPATH . "wp-admin/includes/plugin.php"; activate_plugin("footfall/footfall.php", "", true);
    update_option("footfall_tag", array("base" => "https://stats.example.org", "site" => "aaaaaa"));
    switch_to_blog(${second}); update_option("footfall_tag", array("base" => "https://stats.example.org", "site" => "bbbbbb"));`);
  const someone = await visitor();
  const tag = (site) => `<script async src="https://stats.example.org/footfall.js" data-site="${site}">`;
  assert.deepEqual(await tagsAt(someone, "/"), [tag("aaaaaa")]);
  assert.deepEqual(await tagsAt(someone, "/harbwr/"), [tag("bbbbbb")]);
  php(
    `require ABSPATH . "wp-admin/includes/plugin.php"; deactivate_plugins("footfall/footfall.php"); uninstall_plugin("footfall/footfall.php");`,
  );
  assert.deepEqual(
    sql(
      `${OPTIONS.replace(" ORDER", " UNION SELECT option_name FROM wp_2_options WHERE option_name LIKE 'footfall%' ORDER")}`,
    ),
    [],
  );
});
