// Builds dist/ from src/. `node sdk-js/build.mjs` writes it; with --check it fails when dist/ is not what src/ gives.
// Both fail on a missing string and on a script over its budget.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { minify } from "terser";

const here = dirname(fileURLToPath(import.meta.url));
const TARGET = "es2022";
const SCRIPT_TAG = "document.currentScript";
const NO_TAG = JSON.stringify({ src: "", dataset: {} }); // of a module
const CSS_TARGET = ["chrome111", "firefox113", "safari16.4"];

/** Sizes in bytes after gzip -9 that a script may not exceed. */
const BUDGETS = {
  "footfall-count.js": 1024,
  "footfall.js": 3072,
  "footfall.esm.js": 3136, // a module, for sites that bundle their own scripts
  "footfall-screens.js": 4096,
};

/** The style sheet of the boxes, which the collector serves with the banner. */
async function style() {
  const text = readFileSync(join(here, "src/style.css"), "utf8");
  return (await transform(text, { loader: "css", minify: true, target: CSS_TARGET })).code.trim();
}

/**
 * Bundles an entry. esbuild puts the modules together and terser makes them small, which takes a twentieth less than
 * esbuild alone. A script is wrapped so that none of its names is the page's, in an async function if it waits at its top level.
 */
async function bundle(entry, { module = false, wrap = "", inject = [], define = {} } = {}) {
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: [join("src", entry)],
    bundle: true,
    charset: "utf8",
    define,
    format: "esm",
    inject,
    legalComments: "none",
    minifySyntax: true,
    target: TARGET,
    write: false,
  });
  const { text } = outputFiles[0];
  const { code } = await minify(module ? text : `(${wrap}()=>{${text}})()`, {
    module,
    ecma: 2022,
    compress: {
      passes: 4,
      unsafe: true,
      unsafe_arrows: true,
      unsafe_methods: true,
      pure_getters: true,
      keep_fargs: false,
    },
  });
  return code;
}

const digest = (hash, text, encoding) => createHash(hash).update(text).digest(encoding);

/** The scripts by name. The core knows the screens by their integrity, so they come first. */
async function scripts() {
  const screens = await bundle("screens/screens.ts", { module: true });
  const define = {
    STAYS: "true",
    SCRIPT_TAG,
    SCREENS_INTEGRITY: JSON.stringify(`sha256-${digest("sha256", screens, "base64")}`),
  };
  const core = { inject: [join(here, "src/storage.ts")], define };
  return {
    "footfall-count.js": await bundle("footfall-count.ts", { wrap: "async", define: { STAYS: "false", SCRIPT_TAG } }),
    "footfall.js": await bundle("footfall.ts", core),
    "footfall.esm.js": await bundle("esm.ts", { ...core, define: { ...define, SCRIPT_TAG: NO_TAG }, module: true }),
    "footfall-screens.js": screens,
  };
}

/** Subresource integrity of each script, for pages that pin one. */
function integrity(files) {
  const sri = Object.entries(files).map(([name, text]) => [name, `sha384-${digest("sha384", text, "base64")}`]);
  return `${JSON.stringify(Object.fromEntries(sri), null, 2)}\n`;
}

/** The public types as a declaration file: types.ts and the one value that the module exports. */
function declarations() {
  const out = mkdtempSync(join(tmpdir(), "footfall-types-"));
  try {
    const tsc = fileURLToPath(import.meta.resolve("typescript/package.json")).replace("package.json", "bin/tsc");
    const flags = ["--ignoreConfig", "--declaration", "--emitDeclarationOnly", "--target", "es2021"];
    execFileSync(process.execPath, [tsc, ...flags, "--outDir", out, join(here, "src/types.ts")]);
    return `${readFileSync(join(out, "types.d.ts"), "utf8")}export declare const start: Start;\n`;
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** Names every string that a language lacks, leaves empty, or has beyond English; texts by file name. */
export function stringFaults(texts) {
  const english = Object.keys(texts["en.json"]);
  return Object.entries(texts).flatMap(([name, strings]) => {
    const missing = english.filter((key) => !strings[key]?.trim()).map((key) => `${name}: "${key}" is missing`);
    const unknown = Object.keys(strings).filter((key) => !english.includes(key));
    return [...missing, ...unknown.map((key) => `${name}: "${key}" is not in en.json`)];
  });
}

function readTexts() {
  const folder = join(here, "src/i18n");
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return Object.fromEntries(names.map((name) => [name, JSON.parse(readFileSync(join(folder, name), "utf8"))]));
}

/** Names every script over its budget; scripts by file name. */
export function sizeFaults(files) {
  return Object.entries(BUDGETS).flatMap(([name, budget]) => {
    const size = gzipSync(files[name], { level: 9 }).length;
    console.log(`${name}: ${files[name].length} characters, ${size} bytes gzip -9, budget ${budget}`);
    return size > budget ? [`${name}: ${size} bytes are over the budget of ${budget}`] : [];
  });
}

function writtenDiffers(name, text) {
  try {
    return readFileSync(join(here, "dist", name), "utf8") !== text;
  } catch {
    return true;
  }
}

async function main() {
  const made = await scripts();
  const files = {
    ...made,
    "footfall.css": await style(),
    "footfall.d.ts": declarations(),
    "sri.json": integrity(made),
  };
  const faults = [...stringFaults(readTexts()), ...sizeFaults(files)];
  if (process.argv.includes("--check")) {
    const drifted = Object.keys(files).filter((name) => writtenDiffers(name, files[name]));
    faults.push(...drifted.map((name) => `dist/${name} is not what src/ gives: run node sdk-js/build.mjs`));
  } else if (faults.length === 0) {
    mkdirSync(join(here, "dist"), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(here, "dist", name), text);
  }
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
