// The visitor's choice as this browser keeps it: what holds now, and what holds without one.

/** A choice, or what holds without one. */
export interface Choice {
  /** Purposes that are allowed; empty for No. */
  choices?: string[];
  /** What lets visits be counted: there only when statistics are allowed and the collector has answered. */
  pass?: string;
  /** The visitor said yes although their browser sends a signal. */
  override?: boolean;
  /** Day of the choice, counted from 1970 in UTC, and for how many days it holds. */
  day?: number;
  days?: number;
}

/** What holds before a choice: purposes that wait for no yes. */
export let standing: Choice | undefined;

/** Says what holds until the visitor chooses. */
export const stand = (state: Choice): void => {
  standing = state;
};

/**
 * The choice that holds, if one was made. One that is too old, or from the future (a corrected clock), does not: ">>> 0"
 * makes an age below 0 a very large one. Storage is read each time, so a withdrawal in another tab holds here before
 * any event has arrived. The cookie is a No that the charity's own server keeps for longer than some browsers let a
 * script keep anything.
 */
export const kept = (): Choice | false => {
  const choice = JSON.parse(localStorage.ff || sessionStorage.ff || 0);
  if ((today() - choice.day) >>> 0 < choice.days) return choice;
  return /footfall=no/.test(document.cookie) && {};
};

/** Today, counted in days from 1970, in UTC. */
export const today = () => (Date.now() / 864e5) | 0;

/** Whether the browser asks not to be tracked: a refusal until the visitor overrides it. */
export const signal = (): boolean =>
  (navigator as Navigator & { globalPrivacyControl?: boolean }).globalPrivacyControl || navigator.doNotTrack === "1";

/** What lets visits be counted now; nothing if they may not be. */
export const pass = (): string | false | undefined => {
  const now = kept() || standing;
  return (!signal() || now?.override) && now?.pass;
};
