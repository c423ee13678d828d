// A real collector: bin/footfall (or FOOTFALL_BIN) on a data folder of its own, with one site; and the charity's
// website, which hands /footfall/ on to the collector as the guides in deploy/ do.

import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const BINARY = resolve(process.env.FOOTFALL_BIN ?? "bin/footfall");
const run = promisify(execFile);

/** Starts both. The site's settings beside its name and hosts are as `footfall site set --file` takes them; set changes them. */
export async function startService(settings) {
  const dir = await mkdtemp(join(tmpdir(), "footfall-"));
  const website = await startWebsite();
  const port = await freePort();
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("FOOTFALL_"))), // names of tests
    FOOTFALL_ADDR: `127.0.0.1:${port}`,
    FOOTFALL_METRICS_ADDR: "off",
    FOOTFALL_DATA_DIR: join(dir, "data"),
    FOOTFALL_LIBCHDB: resolve("node_modules/@chdb/lib-linux-x64-gnu/libchdb.so"),
  };
  const base = `http://collector.localhost:${port}`;
  env.FOOTFALL_PUBLIC_URL = base;
  const server = spawn(BINARY, ["serve"], { env, stdio: ["ignore", "ignore", "inherit"] });
  process.on("exit", () => server.kill()); // whatever fails from here on
  await listening(port, server);
  const command = async (...args) => JSON.parse((await run(BINARY, ["--json", ...args], { env })).stdout);
  const host = `www.harbour.localhost:${website.port}`;
  const { key } = (await command("site", "add", "Harbour Young People", "--host", host, "--funder", "Example Trust"))
    .site;
  const set = async (settings) => {
    await writeFile(join(dir, "site.json"), JSON.stringify(settings));
    await command("site", "set", key, "--file", join(dir, "site.json"));
  };
  await set(settings);
  website.collector = port;
  return {
    base,
    set,
    key,
    website,
    url: `http://${host}`,
    async stop() {
      website.stop();
      server.kill();
      await new Promise((done) => server.once("exit", done));
      await rm(dir, { recursive: true });
    },
  };
}

/** A port that is free, below those that the system gives to clients: none of them takes it before the collector does. */
async function freePort() {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const server = createServer();
    const free = await new Promise((done) => {
      server.once("error", () => done(false)).listen(port, "127.0.0.1", () => done(true));
    });
    if (!free) continue;
    await new Promise((done) => server.close(done));
    return port;
  }
}

async function listening(port, server) {
  for (let tries = 0; tries < 600; tries++) {
    if (server.exitCode !== null) throw new Error("the collector has stopped");
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error("the collector does not answer");
}

async function startWebsite() {
  const website = { page: () => "", asked: [] };
  const server = createServer((asked, answer) => {
    website.asked.push(`${asked.method} ${asked.url}`);
    if (asked.url.startsWith("/footfall/")) return handOn(website.collector, asked, answer);
    answer.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(website.page());
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return Object.assign(website, {
    port: server.address().port,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  });
}

function handOn(port, asked, answer) {
  const { method, headers } = asked;
  const path = asked.url.slice("/footfall".length);
  const passed = request({ host: "127.0.0.1", port, method, path, headers }, (got) => {
    answer.writeHead(got.statusCode, got.headers);
    got.pipe(answer);
  });
  passed.on("error", () => answer.destroy());
  asked.pipe(passed);
}
