// Stays: bands of visible time and of pages that a visit has newly reached, counted when the page is hidden or left.

import { pass } from "./choice.ts";
import { hit } from "./wire.ts";

const LENGTHS = { "10s": 1e4, "1m": 6e4, "3m": 18e4, "10m": 6e5 };
const DEPTHS = { 2: 2, 4: 4, 8: 8 };

let since = 0; // time in ms since which visible time is not yet counted; 0 while hidden

/** Measures visible time while visits may be counted. The visit keeps it among its marks ("s12000"). */
export const stay = (): void => {
  if (!pass() || !sessionStorage.fv) since = 0;
  else if (!document.hidden) since ||= Date.now();
  else if (since) {
    const [at, ...marks]: string[] = JSON.parse(sessionStorage.fv);
    const told = marks.filter((mark) => mark[0] !== "s");
    const seen = Number(marks.find((mark) => mark[0] === "s")?.slice(1) ?? 0) + Date.now() - since;
    since = 0;
    const reach = (reached: number, bands: Record<string, number>) => {
      const names = Object.keys(bands).filter((name) => reached >= (bands[name] ?? 0) && !told.includes(name));
      told.push(...names);
      return names[0] && names;
    };
    const length = reach(seen, LENGTHS);
    const depth = reach(told.filter((mark) => mark[0] === "v").length, DEPTHS);
    sessionStorage.fv = JSON.stringify([at, `s${seen}`, ...told]);
    if (length || depth) hit("leave", { length, depth });
  }
};
