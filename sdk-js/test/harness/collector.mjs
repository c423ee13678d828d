// The collector as the tests see it: a server that writes down every request, can be made to fail, and otherwise
// answers from the double, or from the real collector at FOOTFALL_BASE. A real one needs a site whose key is
// FOOTFALL_SITE and which allows the test website's host (FOOTFALL_SITE_HOST:FOOTFALL_SITE_PORT).

import { createServer } from "node:http";
import { answer, OPEN, payload } from "./double.mjs";

const REAL = process.env.FOOTFALL_BASE;
const SITE = process.env.FOOTFALL_SITE;

/** Starts it. */
export async function startCollector() {
  const state = { requests: [], heard: 0, fault: null, patch: {}, seen: {} };
  const server = createServer(async (request, response) => {
    const body = await read(request).catch(() => null);
    if (body === null || isOver(request.headers.host)) return response.destroy(); // its page has gone, or its test
    const seen = { method: request.method, path: request.url, headers: request.headers, body };
    state.requests.push(seen);
    state.heard++; // tests empty the list
    const fault = state.fault?.(seen);
    const given = fault ? { ...fault, headers: { ...OPEN, ...fault.headers } } : await honest(seen, state);
    const timer = setTimeout(() => response.writeHead(given.status, given.headers).end(given.body), given.delay ?? 0);
    response.on("close", () => clearTimeout(timer));
  });
  for (const lang of ["en", "cy"]) {
    const key = SITE ?? payload("banner-en").answer.site;
    await honest({ method: "GET", path: `/v1/sites/${key}/banner?lang=${lang}`, headers: {}, body: "" }, state);
  }
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  let tests = 0;
  const host = () => `collector${tests}.localhost:${server.address().port}`;
  const isOver = (asked) => asked.startsWith("collector") && asked !== host();
  return Object.assign(state, {
    /** Begins a test with an address of its own: what pages of the last one have still to say is not heard. */
    reset() {
      tests++;
      state.base = `http://${host()}`;
      state.requests.length = 0;
      state.fault = null;
      state.patch = {}; // fields of the banner that a test changes
    },
    /** The body of a payload, with what only a collector can make (pass, hash) as this one made it. */
    body: (name) => filled(payload(name).body, state.seen),
    /** The banner as this collector last gave it in a language. */
    banner: (lang) => state.seen[lang],
    stop() {
      server.closeAllConnections();
      server.close();
    },
  });
}

async function read(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** The answer without a fault; notes what the collector made, and applies the test's patch to a banner. */
async function honest(request, state) {
  const given = REAL ? await forward(request) : answer(request);
  if (given.status !== 200 || !/json/.test(given.headers["Content-Type"])) return given;
  const document = JSON.parse(given.body);
  Object.assign(
    state.seen,
    document.receipt && { receipt: document.receipt },
    document.pass && { pass: document.pass },
  );
  if (!document.langs) return given;
  state.seen.hash = document.hash;
  state.seen[document.lang] = document;
  return { ...given, body: JSON.stringify({ ...document, ...state.patch }) };
}

function filled(body, { pass, hash }) {
  const said = JSON.parse(body);
  if (SITE) said.site = SITE;
  if (said.pass) said.pass = pass;
  if (said.banner) said.banner = hash;
  return JSON.stringify(said);
}

async function forward({ method, path, headers, body }) {
  const { host, connection, "content-length": length, ...rest } = headers;
  const response = await fetch(REAL + path, { method, headers: rest, body: method === "POST" ? body : undefined });
  const kept = { "Content-Type": response.headers.get("content-type") ?? "" };
  for (const [name, value] of response.headers) {
    // Tests move the page's clock and not that of the browser's cache, so nothing is cached.
    if (/^(access-control-|retry-after)/.test(name)) kept[name] = value;
  }
  return { status: response.status, headers: kept, body: await response.text() };
}
