// The browser of the tests: Debian's chromium, or its firefox-esr with FOOTFALL_BROWSER=firefox.
//
// Playwright drives a stock Firefox over WebDriver BiDi (channel "moz-firefox"). What is missing there:
// - media features and JavaScript switched off: preferences at the start here, so each set of them is a Firefox of its
//   own. Nothing in a page without JavaScript can be looked at.
// - a referrer given to goto: see tab in world.mjs.
// - whatever speaks the DevTools protocol, and the browser's entries of layout shifts and long tasks: such a test says
//   why it runs on Chromium only.

import { chromium, firefox } from "playwright-core";

/** "chromium" or "firefox". */
export const BROWSER = process.env.FOOTFALL_BROWSER ?? "chromium";
/** Options of a test that Firefox cannot run, and why. */
export const onlyChromium = (why) => ({ skip: BROWSER === "chromium" ? false : why });

const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const MEDIA = "emulation.setMediaFeaturesOverride"; // sent for every context, and Firefox 153 has no such command

/** Starts the browser: newContext(options) as Playwright has it, and close(). */
export async function startBrowser(launch) {
  if (BROWSER === "firefox") return startFirefox();
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [...ARGS, "--disable-component-update", "--disable-sync"],
    ...launch,
  });
}

async function startFirefox() {
  const running = new Map(); // preferences -> a browser that has them
  return {
    async newContext({ prefs, colorScheme, reducedMotion, forcedColors, javaScriptEnabled, ...options }) {
      const wanted = { ...preferences({ colorScheme, reducedMotion, forcedColors, javaScriptEnabled }), ...prefs };
      const key = JSON.stringify(wanted);
      let browser = await running.get(key);
      if (!browser?.isConnected()) browser = await launchFirefox(wanted); // one that has crashed fails one test, not all
      running.set(key, browser);
      return browser.newContext(options);
    },
    async close() {
      for (const browser of running.values()) await browser.close();
    },
  };
}

function preferences({ colorScheme, reducedMotion, forcedColors, javaScriptEnabled }) {
  return {
    "layout.css.prefers-color-scheme.content-override": colorScheme === "dark" ? 0 : 1,
    "browser.chrome.site_icons": false, // an icon that nobody asked for is a request and, with a strict CSP, an error
    "ui.useOverlayScrollbars": 1, // as on a phone: they take no room
    "ui.prefersReducedMotion": Number(reducedMotion === "reduce"),
    ...(forcedColors === "active" && { "browser.display.document_color_use": 2 }),
    ...(javaScriptEnabled === false && { "javascript.enabled": false }),
  };
}

/**
 * Starts one Firefox. Two of the commands that Playwright sends are changed: the one that Firefox lacks is dropped, and
 * a look at a page is no press of the visitor's (Playwright asks for user activation with each).
 */
async function launchFirefox(firefoxUserPrefs) {
  const browser = await firefox.launch({
    channel: "moz-firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    firefoxUserPrefs,
  });
  const session = Object.getPrototypeOf(browser._connection.toImpl(browser)._browserSession);
  if (Object.hasOwn(session, "unpatched")) return browser;
  session.unpatched = session.send;
  session.send = function (method, params) {
    if (method === MEDIA) return Promise.resolve({});
    return this.unpatched(method, method.startsWith("script.") ? { ...params, userActivation: false } : params);
  };
  return browser;
}
