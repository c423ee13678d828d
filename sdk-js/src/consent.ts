// The visitor's choice: where it is kept, when it holds, and how other tabs learn of it.

const KEY = "footfall"; // in localStorage; the only thing of ours that outlives a visit
const DAY_MS = 86_400_000;

/** A choice as the browser keeps it. */
export interface Kept {
  /** Purposes said yes to; empty for No. */
  choices: string[];
  /** Hash of the banner that was answered; "" if the choice was made while none could be had. */
  banner: string;
  /** What that banner asked for, whatever its words; the visitor is asked again when it differs. */
  material: string;
  /** Day of the choice, UTC. */
  day: string;
  /** Days for which it holds. */
  days: number;
  /** Proof of the choice, for the visitor. */
  receipt: string;
  /** What lets a hit be counted; "" for No and until the collector has answered. */
  pass: string;
  /** Day of the last look for a new banner, UTC. */
  checked: string;
  /** The visitor said yes although their browser sends a signal. */
  override?: boolean;
}

let memory: Kept | null = null; // the only copy where storage is blocked
let blocked = false;
let tabs: BroadcastChannel | null = null;

/** Today in UTC: "2026-11-21". */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Whether the browser asks not to be tracked; it counts as a refusal until the visitor overrides it. */
export function signal(): boolean {
  const asked = navigator as Navigator & { globalPrivacyControl?: boolean };
  return asked.globalPrivacyControl === true || navigator.doNotTrack === "1";
}

/**
 * The choice that holds now, null if none was made or it is too old (or from the future: a corrected clock).
 * Storage is read each time, so a withdrawal in another tab holds here before any event has arrived.
 */
export function kept(): Kept | null {
  const choice = blocked ? memory : read();
  const age = choice ? (Date.parse(today()) - Date.parse(choice.day)) / DAY_MS : -1;
  return choice && age >= 0 && age < choice.days ? choice : null;
}

/** Whether a purpose may run now. */
export function allows(purpose: string): boolean {
  const choice = kept();
  return !!choice?.choices.includes(purpose) && (!signal() || !!choice.override);
}

/** Keeps a choice, or forgets it (null), here and in every other tab. */
export function keep(choice: Kept | null): void {
  memory = choice;
  try {
    if (choice) localStorage.setItem(KEY, JSON.stringify(choice));
    else localStorage.removeItem(KEY);
  } catch {
    blocked = true;
  }
  tabs?.postMessage(choice);
}

/** Calls changed whenever the choice may have changed in another tab. */
export function followTabs(changed: () => void): void {
  addEventListener("storage", (event) => {
    if (event.key === KEY || event.key === null) changed();
  });
  read();
  // Storage events tell the other tabs; without storage a channel does. It is not opened otherwise: an open channel
  // keeps a page out of some browsers' back/forward cache.
  if (blocked && "BroadcastChannel" in window) {
    tabs = new BroadcastChannel(KEY);
    tabs.onmessage = (event: MessageEvent<Kept | null>) => {
      memory = event.data;
      changed();
    };
  }
}

function read(): Kept | null {
  let text: string | null;
  try {
    text = localStorage.getItem(KEY);
  } catch {
    blocked = true;
    return memory;
  }
  try {
    const choice = JSON.parse(text ?? "null") as Kept | null;
    return Array.isArray(choice?.choices) ? choice : null;
  } catch {
    return null; // somebody else's text under our key
  }
}
