// What follows from a choice: the collector is told of it, the other tabs are where the browser does not, and after a
// day the banner is looked up again.

import { allowed, change, get, isBlocked, isFresh, kept, known, load, tag } from "./core.ts";

const today = () => (Date.now() / 864e5) | 0;

let tabs: BroadcastChannel | undefined;
let shared: string; // what the other tabs know
let renewed = false; // once a page

const state = () => JSON.stringify(kept().day ? kept() : null);

/** Notes what the choice was before anything followed from it. */
export const begin = (): void => {
  shared = state();
};

/**
 * Tells the other tabs of a choice that is not in local storage, which has events of its own. The channel is not opened
 * otherwise: an open one keeps a page out of the back/forward cache.
 */
export const share = (changed = false): void => {
  if (!known().safeguarding && !isBlocked()) return;
  tabs ??= openChannel();
  const { choices, receipt } = kept();
  if (choices?.[0] && !receipt) return; // a tab that counts already would lose its pass
  if (changed || shared !== state()) {
    shared = state();
    tabs.postMessage(shared);
  }
};

const openChannel = (): BroadcastChannel => {
  const channel = new BroadcastChannel("ff");
  channel.onmessage = ({ data }) => {
    shared = data;
    change(JSON.parse(data) ?? undefined);
  };
  return channel;
};

/** Tells the collector of the choice that is kept, and keeps its answer if the choice has not changed meanwhile. */
export const confirm = async (): Promise<void> => {
  renewed = true;
  const choice = kept();
  const { asked, choices = [] } = choice;
  if (!asked?.hash || (navigator.webdriver && !("allowAutomation" in tag.dataset))) return;
  const body = JSON.stringify({
    v: 1,
    site: tag.dataset.site,
    banner: asked.hash,
    choices: choices.filter((id) => asked.purposes.includes(id)),
    lang: asked.lang,
  });
  // Cookies go along on the charity's own host alone, where the answer to a No is one.
  const response = await fetch(new URL("v1/decisions", tag.src), {
    method: "POST",
    body,
    keepalive: true,
    credentials: "same-origin",
    referrerPolicy: "strict-origin",
  }).catch(() => new Response());
  const wait = Number(response.headers.get("Retry-After"));
  if (wait) setTimeout(confirm, wait * 1e3 * (1 + Math.random()));
  const { receipt, pass } = await response.json().catch(() => 0);
  if (!receipt || `${kept().choices}` !== `${choices}`) return;
  const ofException = choices.includes("statistics") ? asked.pass : "";
  change({ ...kept(), receipt, pass: pass || ofException, checked: today() });
};

/** Confirms a yes that the collector has not heard of; looks once a day whether something else is asked for by now. */
export const renew = async (): Promise<void> => {
  if (renewed || !allowed()[0] || !kept().day || kept().checked === today()) return;
  if (!kept().receipt) {
    if (!isFresh()) await confirm(); // a page that has its banner was asking: the choice is another tab's, which confirms it
    return;
  }
  renewed = true;
  await load();
  const now = kept();
  if (isFresh() && now.asked)
    change(now.asked.material === known().material ? { ...now, checked: today() } : undefined);
};

/** A yes that overrides the browser's signal says so. */
export const override = (): void => {
  const now = kept();
  if (now.choices?.[0] && get().signal && !now.override) change({ ...now, override: true });
};
