// The world of the test: the WordPress and the collector that test/run has started, its administrator, and visitors.

import { execFileSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { after, before } from "node:test";
import { chromium } from "playwright-core";

const env = (name) => process.env[name] ?? assertNever(name);
const assertNever = (name) => {
  throw new Error(`${name} is not set: start this with deploy/wordpress/test/run`);
};

export const WEBSITE = env("WORDPRESS_URL");
export const BASE = env("COLLECTOR_URL");
export const SITE = env("COLLECTOR_SITE");
export const WWW = env("WORDPRESS_DIR");
export const PAGE = `${WEBSITE}/wp-admin/options-general.php?page=footfall`;
export const PLUGIN = `${WWW}/wp-content/plugins/footfall`;
const PASSWORD = "a long password of a test";
// As in Chromium with a window; the snippet does not count browsers under remote control, so visitors hide that too.
const AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

export const w = {};

before(async () => {
  w.browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE *.localhost, EXCLUDE 127.0.0.1", // WordPress shows pictures of others
    ],
  });
  await installWordPress();
  w.admin = await loggedIn("admin");
});

after(() => w.browser?.close());

async function installWordPress() {
  useDouble("outgoing.php");
  const form = {
    weblog_title: "Harbour Young People",
    user_name: "admin",
    admin_password: PASSWORD,
    admin_password2: PASSWORD,
    pw_weak: "1",
    admin_email: "web@harbour.example",
    blog_public: "1",
  };
  const answer = await fetch(`${WEBSITE.replace("www.harbour.localhost", "127.0.0.1")}/wp-admin/install.php?step=2`, {
    method: "POST",
    body: new URLSearchParams(form),
  });
  const text = await answer.text();
  if (!text.includes("WordPress has been installed")) throw new Error(`WordPress was not installed: ${text}`);
  php(`update_option("siteurl", "${WEBSITE}"); update_option("home", "${WEBSITE}");`);
}

/** A page of somebody who has logged in: by one request, as the form of WordPress takes the focus while it is filled. */
export async function loggedIn(name) {
  const context = await w.browser.newContext({ viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(8_000);
  const page = await context.newPage();
  const { text } = await got(page, `${WEBSITE}/wp-login.php`, {
    log: name,
    pwd: PASSWORD,
    redirect_to: "/wp-admin/profile.php",
  });
  if (!text.includes('id="profile-page"')) throw new Error(`${name} could not log in: ${text}`);
  return page;
}

/** A new visitor's page; `hits` collects the status of each hit that is sent, `errors` what goes wrong. */
export async function visitor(init = () => {}) {
  const context = await w.browser.newContext({ userAgent: AGENT, viewport: { width: 390, height: 844 } });
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false }));
  await context.addInitScript(init);
  context.setDefaultTimeout(8_000);
  const page = await context.newPage();
  page.hits = [];
  page.errors = [];
  page.on("response", (r) => r.url() === `${BASE}/v1/hits` && page.hits.push(r.status()));
  page.on("pageerror", (error) => page.errors.push(String(error)));
  return page;
}

/** What somebody gets at an address of the website: status and text. */
export async function got(page, address, form) {
  if (!page.url().startsWith(WEBSITE)) await page.goto(`${WEBSITE}/readme.html`); // a file, so that nothing is asked there
  return page.evaluate(
    async ([url, fields]) => {
      const answer = await fetch(url, fields && { method: "POST", body: new URLSearchParams(fields) });
      return { status: answer.status, text: await answer.text() };
    },
    [address, form],
  );
}

/** The tags of Footfall in the HTML that somebody gets at a path of the website. */
export async function tagsAt(page, path) {
  const { text } = await got(page, WEBSITE + path);
  return text.match(/<script[^>]*data-site[^>]*>/g) ?? [];
}

/** Runs PHP inside WordPress and gives what it prints. */
export function php(code) {
  const host = new URL(WEBSITE).host;
  const whole = `$_SERVER["HTTP_HOST"] = "${host}"; $_SERVER["REQUEST_URI"] = "/"; require "${WWW}/wp-load.php"; ${code}`;
  return execFileSync("php", ["-d", "sendmail_path=/bin/true", "-r", whole], { encoding: "utf8" });
}

/** Answers a statement of SQL as lines. */
export function sql(statement) {
  const where = [
    "--no-defaults",
    `--socket=${env("WORDPRESS_SOCKET")}`,
    "--user=root",
    "--skip-column-names",
    "wordpress",
  ];
  return execFileSync("mariadb", [...where, "-e", statement], { encoding: "utf8" })
    .split("\n")
    .filter(Boolean);
}

/** Makes somebody who may log in. */
export function addUser(name, role) {
  php(
    `$id = wp_create_user("${name}", "${PASSWORD}", "${name}@harbour.example"); (new WP_User($id))->set_role("${role}");`,
  );
}

/** Runs a command of Footfall on the collector's data. */
export const footfall = (...words) => execFileSync("bin/footfall", words, { encoding: "utf8" });

/** Hits that the collector has counted. */
export async function counted() {
  const text = await (await fetch(env("COLLECTOR_METRICS"))).text();
  return Number(text.match(/^footfall_hits_total\{verdict="counted"\} (\d+)$/m)?.[1]);
}

/** What PHP has logged: notices, errors, and requests that it wanted to send. */
export const logged = () => readFileSync(env("WORDPRESS_LOG"), "utf8").split("\n");

/** Puts must-use plugins of the folder double into WordPress. */
export function useDouble(...files) {
  for (const file of files) cpSync(new URL(`double/${file}`, import.meta.url), `${WWW}/wp-content/mu-plugins/${file}`);
}

/** Saves the settings page. */
export async function save(page, { base, site, safeguarding, editors } = {}) {
  await page.goto(PAGE);
  if (base !== undefined) await page.fill("#footfall_base", base);
  if (site !== undefined) await page.fill("#footfall_site", site);
  if (safeguarding !== undefined) await page.setChecked("[name=footfall_safeguarding]", safeguarding);
  if (editors !== undefined) await page.setChecked("[name=footfall_editors]", editors);
  await Promise.all([page.waitForNavigation(), page.click("#submit")]);
}
