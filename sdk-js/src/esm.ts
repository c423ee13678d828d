// The module's entry: import { start } from "@footfall/sdk"; start({ site: "kx4f9q", base: "https://HOST" });

import { NONE } from "./banner.ts";
import { start as startCore } from "./start.ts";
import type { Footfall, Start } from "./types.ts";
import { connect } from "./wire.ts";

let started: Footfall | undefined;

/** Starts the snippet on this page: the first call starts it, a later one answers the same. */
export const start: Start = ({ site, base, automation, safeguarding }) => {
  if (started) return started;
  connect({ src: `${base}/`, dataset: automation ? { site, allowAutomation: "" } : { site } });
  NONE.safeguarding = !!safeguarding;
  started = startCore();
  return started;
};
