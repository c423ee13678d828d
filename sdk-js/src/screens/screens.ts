// What is loaded on demand: the dialog of the choices, what follows from a choice, and the gate for what others bring
// into the page.

import type { Core } from "../start.ts";
import type { EventName, State } from "../types.ts";
import { clear } from "./clear.ts";
import { decide, forOthers, get, known, refresh, use } from "./core.ts";
import { open } from "./dialog.ts";
import { gateEmbeds } from "./embeds.ts";
import { begin, confirm, override, renew, share } from "./follow.ts";
import { releaseScripts } from "./scripts.ts";
import { tellGoogle } from "./tell.ts";

const listeners = new Set<(state: State) => void>();
let told: string;

/** Calls listener on each change, and for "ready" now; the answer ends that. */
const on = (name: EventName, listener: (state: State) => void): (() => void) => {
  if (name === "ready") listener(get());
  else listeners.add(listener);
  return () => void listeners.delete(listener);
};

/** Chooses on the visitor's behalf: a yes is taken only within a press of theirs. */
const set = async (choices: readonly string[]): Promise<void> => {
  await refresh();
  const { items = [], thanks_yes, thanks_no } = known();
  const chosen = items.map(({ id }) => id).filter((id) => choices.includes(id));
  decide(chosen, chosen[0] ? thanks_yes : thanks_no);
};

/** Makes the page agree with the choice in force; safe to call at any time. */
const agree = (): void => {
  const now = forOthers();
  tellGoogle(now);
  gateEmbeds(now);
  void releaseScripts();
  share();
  const state = JSON.stringify(get());
  if (state !== told) for (const listener of listeners) listener(get());
  told = state;
  void renew();
};

/** What follows from an answer that holds already: before is what was allowed until then. */
const decided = (before: readonly string[], outcome: string | undefined): void => {
  override();
  share(true);
  void confirm();
  clear(before, `${outcome}`);
};

export default (core: Core) => {
  use(core);
  begin();
  told = JSON.stringify(get());
  return { agree, open, set, on, decided };
};
