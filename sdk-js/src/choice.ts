// The visitor's choice as this browser keeps it: what holds now, and what may be done.

import type { Banner } from "./wire.ts";

/** A choice as the browser keeps it, or what holds without one. */
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
  /** The banner that was answered; not there if none could be had. */
  asked?: Banner;
  /** Proof of the choice, for the visitor. */
  receipt?: string;
  /** Day of the last look for a new banner. */
  checked?: number;
}

/** What holds until the visitor chooses: purposes that wait for no yes. */
export let standing: Choice = {};

/** Says what holds until the visitor chooses. */
export const stand = (state: Choice): void => {
  standing = state;
};

/**
 * The choice that holds, or what stands without one. A choice that is too old, or from the future (a corrected clock),
 * does not: ">>> 0" makes an age below 0 a very large one. Storage is read each time, so a withdrawal in another tab
 * holds here before any event has arrived. The cookie is a No that the charity's own server keeps for longer than some
 * browsers let a script keep anything.
 */
export const kept = (choice = JSON.parse(localStorage.ff || sessionStorage.ff || 0)): Choice =>
  (today() - choice.day) >>> 0 < choice.days
    ? choice
    : document.cookie.split("; ").includes("footfall=no")
      ? {}
      : standing;

/** Today, counted in days from 1970, in UTC. */
export const today = () => (Date.now() / 864e5) | 0;

/** Whether the browser asks not to be tracked: a refusal until the visitor overrides it. */
export const signal = (): boolean =>
  (navigator as Navigator & { globalPrivacyControl?: boolean }).globalPrivacyControl ||
  (navigator.doNotTrack as unknown as number) > 0;

/** What of the choice may be acted on: nothing while the browser's signal refuses. */
export const may = (now = kept()): Choice => (signal() && !now.override ? {} : now);
