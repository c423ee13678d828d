// Counting: which facts of a page view, an event and a stay become hits.
//
// What of the visit under way was already counted is kept as marks (fv in session storage, gone with the tab), so that
// each fact is sent at most once a visit and no id is needed. A mark is a hash of which 127 values exist, kept in an
// order that tells nothing: what was put in cannot be read back, and on a site of a few hundred pages each mark stands
// for several, so a look at the device gives no list of pages. The price: a new page may meet a known mark and then is
// not counted; a second page in 0.8 % of visits, a fourth in 2.3 %: always an undercount, never a double count.
//
// fv is [time of the last page or press, seconds of visible time, mark, mark, ...]. The seconds are below 0, so that
// sorting leaves them in their place.

import { may } from "./choice.ts";
import { hit } from "./wire.ts";

const IDLE_MS = 18e5; // a visit ends after so long without a page or a press
const LENGTHS = ["10s", "1m", "3m", "10m"];
const DEPTHS = ["2", "4", "8"];

let seconds = 0; // of visible time that the visit does not hold yet, below 0

/** Host of the page that led here, or the Android app; undefined for none. The collector knows the site's own hosts. */
const referrer = (): string | undefined => /^(?:https?:..)?((android-app:..)?[^/]+)/.exec(document.referrer)?.[1];

/** Name of the campaign, if it looks like a name: an address or a person's name with spaces stays in the browser. */
const campaign = (): string | undefined => /\butm_campaign=([\w.-]+)(&|$)/.exec(location.search)?.[1];

/**
 * Counts the page on screen unless the visit has seen it, and a declared value ("contact:webchat") unless the visit
 * has told it. Once the page is out of sight, counts the bands of visible time and of pages that the visit has newly
 * reached. Where visits may not be counted: forgets what the visit knew.
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: as one function it is 60 bytes smaller
export const step = (event?: string): void => {
  if (!may().pass) {
    seconds = 0;
    delete sessionStorage.fv;
  } else if (!document.hidden || (STAYS && sessionStorage.fv)) {
    const path = location.pathname;
    let first: object | undefined;
    let [at, ...told] = JSON.parse(sessionStorage.fv || "[0]");
    const once = (
      kind: string,
      text: string,
      facts: object,
      mark = kind + [...text].reduce((hash, char) => (hash * 31 + (char as Coded).charCodeAt()) % 127, 0),
    ) => !told.includes(mark) && told.push(mark) && hit(kind, facts);
    const reach = (bands: string[], reached: number) => {
      const names = bands.filter(
        // biome-ignore lint/correctness/useParseIntRadix: no band begins with 0
        (name) => reached >= parseInt(name) * (/m/.test(name) ? 60 : 1) && !told.includes(name),
      );
      told.push(...names);
      return names[0] && names;
    };

    if (STAYS && document.hidden) {
      told[0] += seconds;
      seconds = 0;
      const length = reach(LENGTHS, -told[0]);
      const depth = reach(DEPTHS, told.filter((mark: string) => mark > "v").length);
      if (length || depth) hit("leave", { length, depth });
    } else {
      if (Date.now() - at > IDLE_MS) {
        told = [0];
        first = { referrer: referrer(), campaign: campaign(), new_visit: true };
      }
      once("view", path, { path, ...first, new_page: true });
      // Replaces nothing: it is the shortest way to the parts. Free text, or a table of the page's own, stays here.
      event?.replace(
        /^(contact|issue|outcome|signpost|search|download):([a-z\d-]{1,40})$/,
        (text, table, value) => once("event", text, { table, value }) as never,
      );
    }
    sessionStorage.fv = JSON.stringify([STAYS && document.hidden ? at : Date.now(), ...told.sort()]);
  }
};

/** A character, whose code TypeScript wants asked for by its place. */
type Coded = string & { charCodeAt(): number };

/**
 * Measures visible time by counting ticks: a clock that is moved, and a machine that sleeps, add nothing. (A difference
 * of times would add the whole night; on some systems so does that of the clock that only goes forward.)
 */
export const tick = (): void => {
  setInterval(() => {
    seconds -= +!document.hidden;
  }, 1e3);
};

/**
 * Calls seen for each page on screen and each press, with the declared value that the markup gives for it. A browser
 * without the Navigation API (Safari before 26.2, Firefox before 147) does not tell of an address that a script has
 * changed: there the page is met at the next press, or change of the page (start.ts).
 */
export const follow = (seen: (event?: string) => void): void => {
  const on = (event: Event) =>
    seen((event.target as HTMLElement).closest?.<HTMLElement>("[data-footfall-event]")?.dataset.footfallEvent);
  (window as Window & { navigation?: EventTarget }).navigation?.addEventListener("currententrychange", on);
  addEventListener("visibilitychange", on, true);
  addEventListener("click", on, true);
  addEventListener("storage", on, true);
  seen();
};
