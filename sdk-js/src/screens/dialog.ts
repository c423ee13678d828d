// The dialog of the choices: what holds now, a switch for each purpose, and the same two answers as in the bar.

import { close as closeText, no as noText, now_no, now_signal, offline, stopped } from "../i18n/en.json";
import type { Banner, Item } from "../wire.ts";
import { allowed, bodyText, button, choiceRow, decide, el, fill, get, host, known, refresh, shadowed } from "./core.ts";

const PATIENCE_MS = 2e3; // a dialog that has to wait longer for the banner opens without it
const OFFLINE = { close: closeText, no: noText, now_no, now_signal, offline, stopped };

let shown: HTMLDialogElement | undefined;

/**
 * Opens the dialog. Without a banner (the collector does not answer) No can still be said. Closing it any other way
 * than by an answer is no choice. The focus goes back to where it was.
 */
export const open = async (): Promise<void> => {
  const opener = document.activeElement;
  await Promise.race([refresh(), new Promise((done) => setTimeout(done, PATIENCE_MS))]);
  if (shown?.isConnected && shown.open) return; // one that is closed goes only when its event comes
  const banner = known();
  const text: Record<string, string> = { ...OFFLINE, ...banner.words };
  const title = banner.withdraw ?? `${text.open}`;
  const box = shadowed("choices-dialog", title);
  if (!banner.hash) box.lang = "en";
  const dialog = el("dialog", { "aria-label": title });
  dialog.append(
    el(
      "div",
      {},
      el("p", {}, el("b", {}, title)),
      button(`${text.close}`, () => dialog.close()),
    ),
    el("p", { class: "now" }, now(text)),
  );
  if (banner.hash) dialog.append(bodyText(banner), ...(banner.items[1] ? [switches(banner, text, dialog)] : []));
  else dialog.append(el("p", {}, `${text.offline}`));
  // Every button closes the dialog first, so that the focus is back before the outcome is said.
  const choose = (choices: string[], outcome?: string) => {
    dialog.close();
    decide(choices, outcome);
  };
  dialog.append(
    banner.hash
      ? choiceRow(banner, choose)
      : el(
          "div",
          { class: "choices" },
          button(text.no, () => choose([], text.stopped)),
        ),
  );
  dialog.onclose = () => {
    host(box).remove();
    if (opener instanceof HTMLElement) opener.focus();
    dispatchEvent(new Event("scroll")); // the bar may have given way to the dialog
  };
  box.append(dialog);
  document.body.append(host(box));
  shown = dialog;
  dialog.showModal();
};

const now = (text: Record<string, string>): string => {
  const { choices, allowed, signal } = get();
  const counted = choices ? text.now_yes : text.now_counted;
  return `${allowed.includes("statistics") ? counted : signal ? text.now_signal : text.now_no}`;
};

const switches = (banner: Banner, text: Record<string, string>, dialog: HTMLDialogElement): HTMLElement => {
  const ticks = banner.items.map((item) => {
    const tick = el("input", { type: "checkbox", value: item.id });
    tick.checked = allowed().includes(item.id);
    tick.disabled = item.basis === "necessary";
    return tick;
  });
  const chosen = () => ticks.filter(({ checked }) => checked).map(({ value }) => value);
  const save = button(`${text.save}`, () => {
    dialog.close();
    decide(chosen(), text.saved);
  });
  const rows = banner.items.flatMap((item, i) => [
    el("label", {}, ticks[i] ?? "", el("span", {}, el("b", {}, item.label), el("br", {}), item.why)),
    ...details(item, text),
  ]);
  return el("fieldset", {}, ...rows, save);
};

const details = ({ services }: Item, text: Record<string, string>): HTMLElement[] => {
  if (!services[0]) return [];
  const lines = services.flatMap(({ name, who, notice, keeps }) => [
    el(
      "p",
      {},
      `${name}, ${who}. `,
      /^https?:/.test(notice) ? el("a", { href: notice }, fill(text.notice, { who })) : "",
    ),
    el(
      "ul",
      {},
      ...keeps.map(({ kind, name, days, holds }) => {
        const how = `${text[kind]}${days ? ` ${fill(text.days, { days: `${days}` })}` : ""}`;
        return el("li", {}, el("code", {}, name), ` (${how}): ${holds}`);
      }),
    ),
  ]);
  return [el("details", {}, el("summary", {}, `${text.who}`), ...lines)];
};
