// The dialog of the choices: what holds now, and the same two answers as in the bar.

import { pageLang, strings } from "../i18n/strings.ts";
import type { Banner } from "../wire.ts";
import { bodyText, type Choose, choiceRow } from "./choices.ts";
import { button, el, shadowed } from "./dom.ts";

let open: HTMLDialogElement | null = null;

/**
 * Opens the dialog. Without a banner (the collector does not answer) No can still be said. Closing it any other way
 * than by an answer is no choice. The focus goes back to where it was.
 */
export function openDialog(banner: Banner | null, now: string, choose: Choose): void {
  if (open) return;
  const lang = banner?.lang ?? pageLang();
  const words = strings(lang);
  const { outside, box } = shadowed("choices-dialog", { lang });
  const opener = document.activeElement;
  const title = el("h2", { class: "title", id: "title" }, banner?.withdraw ?? words.open);
  const dialog = el(
    "dialog",
    { "aria-labelledby": "title" },
    el(
      "div",
      { class: "line" },
      title,
      button("quiet", words.close, () => dialog.close()),
    ),
    el("p", { class: "now" }, now),
    banner ? bodyText(banner) : el("p", {}, words.offline),
    choiceRow(banner, words.no, (choices) => {
      dialog.close();
      choose(choices, banner);
    }),
  );
  dialog.addEventListener("close", () => {
    outside.remove();
    open = null;
    if (opener instanceof HTMLElement) opener.focus();
  });
  box.append(dialog);
  document.body.append(outside);
  open = dialog;
  dialog.showModal();
}
