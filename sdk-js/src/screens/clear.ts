// What was kept for a purpose is deleted when the purpose is allowed no more.

import type { Service } from "../wire.ts";
import { allowed, fill, isBlocked, known, say } from "./core.ts";

/** Clears what the purposes kept that were allowed before and are not now, and says what it cannot. */
export const clear = (before: readonly string[], outcome: string): void => {
  const now = allowed();
  const gone = known().items?.filter(({ id }) => before.includes(id) && !now.includes(id)) ?? [];
  const left = gone.flatMap(({ services }) => services.flatMap(clearService));
  if (left[0]) say(`${outcome} ${fill(known().words.left, { names: [...new Set(left)].join(", ") })}`);
};

/** Clears what a service keeps; answers the names of what it cannot reach. */
const clearService = ({ hosts, keeps }: Service): string[] =>
  keeps.flatMap(({ kind, name }) => {
    const matches = (key: string) => (name.endsWith("*") ? key.startsWith(name.slice(0, -1)) : key === name);
    if (kind === "database") return [name];
    if (kind === "cookie") {
      const seen = cookies().filter(matches);
      seen.forEach(expire);
      const left = cookies().filter(matches);
      return seen[0] || !hosts[0] ? left : [name]; // one that is not seen here may be kept by their own host
    }
    empty(kind, matches);
    return [];
  });

const empty = (kind: string, matches: (key: string) => boolean): void => {
  if (isBlocked()) return;
  const storage = kind === "local" ? localStorage : sessionStorage;
  for (const key of Object.keys(storage).filter(matches)) storage.removeItem(key);
};

const cookies = (): string[] => document.cookie.split("; ").map((cookie) => cookie.split("=")[0] ?? "");

/** Expires a cookie for the host and each parent domain, on each path that leads to this page. */
const expire = (name: string): void => {
  const labels = location.hostname.split(".");
  const domains = ["", ...labels.map((_, i) => `; Domain=${labels.slice(i).join(".")}`)];
  const parts = location.pathname.split("/");
  const paths = parts.flatMap((_, i) => [`${parts.slice(0, i).join("/")}/`, parts.slice(0, i + 1).join("/") || "/"]);
  for (const domain of domains) {
    for (const path of paths) {
      // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store API
      document.cookie = `${name}=; Max-Age=0; Path=${path}${domain}`;
    }
  }
};
