// What makes the build fail.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
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
  const [fault, ...rest] = sizeFaults({ "footfall.js": large, "footfall.esm.js": small });
  assert.match(fault, /^footfall\.js: \d+ bytes are over the budget of 7168$/);
  assert.deepEqual(rest, []);
});
