// The browser's storage, or where that is blocked objects that go with the page. The build puts these in the place of
// the browser's own names (esbuild's inject), in footfall.js alone: footfall-count.js does not count without storage.

function open(name: "localStorage" | "sessionStorage"): Storage {
  try {
    return window[name];
  } catch {
    return {} as Storage;
  }
}

const local = open("localStorage");
const session = open("sessionStorage");

export { local as localStorage, session as sessionStorage };
