// Pages of a single-page site: a new path in the address bar is a new page, whoever put it there.

/** Calls seen for each page shown after the first: by the History API, or restored from the back/forward cache. */
export function followPages(seen: () => void): void {
  let path = location.pathname;
  const look = () => {
    if (location.pathname === path) return; // a query or a fragment is no page
    path = location.pathname;
    seen();
  };
  for (const name of ["pushState", "replaceState"] as const) {
    const original = history[name];
    history[name] = function (this: History, ...args: Parameters<History["pushState"]>) {
      original.apply(this, args);
      look();
    };
  }
  addEventListener("popstate", look);
  addEventListener("pageshow", (event) => {
    if (event.persisted) seen();
  });
}

/** Calls run when a person sees the page: a page prepared ahead (prerendered) waits until it is shown. */
export function whenShown(run: () => void): void {
  const page = document as Document & { prerendering?: boolean };
  if (page.prerendering) document.addEventListener("prerenderingchange", run, { once: true });
  else run();
}

/** Calls run when the page's markup is complete. */
export function whenParsed(run: () => void): void {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", run, { once: true });
  else run();
}

/**
 * Calls run when the page has settled: at the visitor's first move, or two seconds after the markup is complete. A page
 * that its own script fills is empty until then, and what is put into it would be pushed about (a layout shift).
 */
export function whenSettled(run: () => void): void {
  const moves = ["pointermove", "pointerdown", "scroll", "keydown"];
  const once = () => {
    for (const move of moves) removeEventListener(move, once, true);
    clearTimeout(timer);
    run();
  };
  for (const move of moves) addEventListener(move, once, true);
  const timer = setTimeout(once, 2_000);
}
