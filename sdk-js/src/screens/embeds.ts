// The gate for embeds: an element without its address until its purpose is allowed, and a placeholder in its place.
//   <iframe data-footfall-purpose="video" data-footfall-src="https://…" title="…"></iframe>
// The same for <img> and <embed>, and <object data-footfall-data="https://…">.

import { allowed, button, decide, el, fill, forOthers, host, known, refresh, shadowed } from "./core.ts";

const placeholders = new Map<HTMLElement, HTMLElement | undefined>(); // undefined while one waits for the banner
const refused = new WeakSet<HTMLElement>(); // by the page's Trusted Types
const once = new WeakSet<HTMLElement>(); // shown without a choice, as long as the page lives

/** Shows the embeds of the allowed purposes, and a placeholder for the others; unloads what is allowed no more. */
export const gateEmbeds = (now: string[]): void => {
  for (const embed of document.querySelectorAll<HTMLElement>("[data-footfall-src],[data-footfall-data]")) {
    const show = !refused.has(embed) && (once.has(embed) || now.includes(`${embed.dataset.footfallPurpose}`));
    const waits = placeholders.has(embed) && !placeholders.get(embed);
    if (show === loaded(embed) && (show || waits || placeholders.get(embed)?.isConnected)) continue;
    placeholders.get(embed)?.remove();
    load(embed, show);
    if (embed.hidden) void place(embed);
  }
};

const address = ({ dataset }: HTMLElement) => `${dataset.footfallSrc ?? dataset.footfallData}`;
const attribute = ({ dataset }: HTMLElement) => (dataset.footfallSrc ? "src" : "data");
const loaded = (embed: HTMLElement) => embed.hasAttribute(attribute(embed));

const load = (embed: HTMLElement, show: boolean): void => {
  embed.hidden = true;
  try {
    if (show) embed.setAttribute(attribute(embed), address(embed));
    else embed.removeAttribute(attribute(embed));
    embed.hidden = !show;
  } catch {
    refused.add(embed); // an <embed> or <object>: the link in the placeholder is the way to it
  }
};

/** Puts a placeholder before an embed; without a banner (no answer, or not asked for yet) it has the link alone. */
const place = async (embed: HTMLElement): Promise<void> => {
  const { href, host: server } = new URL(address(embed), location.href);
  if (!known().hash) {
    placeholders.set(embed, undefined);
    await refresh();
  }
  if (!embed.hidden) return;
  const box = shadowed("embed", embed.title || server);
  placeholders.set(embed, host(box));
  embed.before(host(box));
  const purpose = `${embed.dataset.footfallPurpose}`;
  const item = known().items?.find(({ id }) => id === purpose);
  const who = item?.services.find(({ hosts }) => hosts.includes(server))?.who ?? item?.services[0]?.who ?? server;
  const { ask_embed = "", once: onceText, always, visit = "{host}" } = known().words;
  box.append(el("p", {}, el("b", {}, embed.title), " ", fill(ask_embed, { who })));
  if (item) {
    const showOnce = button(`${onceText}`, () => {
      once.add(embed);
      gateEmbeds(forOthers());
    });
    const showAlways = button(`${always}`, () => decide([...allowed(), purpose], known().words.saved));
    box.append(el("div", { class: "choices" }, showOnce, showAlways));
  }
  box.append(el("p", {}, el("a", { href, rel: "noreferrer" }, fill(visit, { host: server }))));
};
