// What makes the build fail.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { sizeFaults, stringFaults } from "../build.mjs";

test("dist/ is what src/ gives, complete in every language and within its budget", () => {
  execFileSync(process.execPath, [fileURLToPath(new URL("../build.mjs", import.meta.url)), "--check"], {
    stdio: "pipe",
  });
});

test("a string that Welsh lacks, leaves empty or has alone is named", () => {
  const texts = { "en.json": { open: "Choices", close: "Close" }, "cy.json": { open: " ", extra: "x" } };
  assert.deepEqual(stringFaults(texts), [
    'cy.json: "open" is missing',
    'cy.json: "close" is missing',
    'cy.json: "extra" is not in en.json',
  ]);
  assert.deepEqual(stringFaults({ "en.json": { open: "a" }, "cy.json": { open: "b" } }), []);
});

test("a script over its budget is named with both sizes", (t) => {
  t.mock.method(console, "log", () => {});
  const small = "x";
  const large = randomBytes(8000).toString("hex");
  const [fault, ...rest] = sizeFaults({
    "footfall.js": large,
    "footfall.esm.js": small,
    "footfall-count.js": small,
    "footfall-screens.js": small,
  });
  assert.match(fault, /^footfall\.js: \d+ bytes are over the budget of \d+$/);
  assert.deepEqual(rest, []);
});

test("sri.json has the integrity of every script, and the core knows the screens by theirs", () => {
  const read = (name) => readFileSync(new URL(`../dist/${name}`, import.meta.url), "utf8");
  const sri = JSON.parse(read("sri.json"));
  assert.deepEqual(Object.keys(sri), ["footfall-count.js", "footfall.js", "footfall.esm.js", "footfall-screens.js"]);
  for (const [name, integrity] of Object.entries(sri)) {
    assert.equal(integrity, `sha384-${createHash("sha384").update(read(name)).digest("base64")}`, name);
  }
  const screens = createHash("sha256").update(read("footfall-screens.js"));
  const integrity = `sha256-${screens.digest("base64")}`;
  for (const name of ["footfall.js", "footfall.esm.js"]) {
    assert.ok(read(name).includes(integrity), name);
  }
});

test("no script leaves a name in the page's own scope", () => {
  for (const name of ["footfall.js", "footfall-count.js"]) {
    assert.match(readFileSync(new URL(`../dist/${name}`, import.meta.url), "utf8"), /^\((async)?\(\)=>\{.*\}\)\(\);$/s);
  }
});

test("the package holds the scripts, their types and integrity, and nothing else", () => {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const [pack] = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd, stdio: "pipe" }));
  const dist = ["-count.js", "-screens.js", ".d.ts", ".esm.js", ".js"].map((end) => `dist/footfall${end}`);
  const files = pack.files.map(({ path }) => path);
  assert.equal(pack.name, "@footfall/sdk");
  assert.deepEqual(files.toSorted(), ["LICENSE", "README.md", ...dist, "dist/sri.json", "package.json"].toSorted());
});
