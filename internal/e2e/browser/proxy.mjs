// A No on a website that serves Footfall under its own host: what is kept of it, and what is left of it when the
// browser has thrown away what scripts keep, as Safari does after a week.

import { setTimeout as sleep } from "node:timers/promises";
import { answer, look, newVisitor, script } from "./browser.mjs";

const LONG_ENOUGH_MS = 1_500; // for a banner that must not come, to come

script(async (browser, { url }) => {
  const visitor = await newVisitor(browser, url);
  const no = visitor.page.getByRole("button", { name: "No, don’t count" });
  await visitor.open("/");
  await no.waitFor();
  const before = await look(visitor);
  await answer(visitor, no);
  const refused = await look(visitor);
  const kept = await visitor.context.cookies();
  await visitor.page.evaluate(() => localStorage.clear());
  await visitor.page.reload({ waitUntil: "load" });
  await sleep(LONG_ENOUGH_MS);
  const forgotten = await look(visitor);
  const asks = await no.isVisible();
  await visitor.context.close();
  return { before, refused, kept, forgotten, asks };
});
