// The browser's storage, or where that is blocked one object that goes with the page. The build puts these in the place
// of the browser's own names (esbuild's inject), but not in footfall-count.js, which does not count without storage.

let local = {} as Storage;
let session = local;
try {
  local = window.localStorage;
  session = window.sessionStorage;
} catch {}

export { local as localStorage, session as sessionStorage };
