// Visitors who say yes, see pages and press buttons: { pages: ["/demo/"], presses: ["issue:bullying"], phone: true }.
// Prints what of their hits was answered with 202.

import { button, newVisitor, script, yesButton } from "./browser.mjs";

const AT_A_TIME = 4;

script(async (browser, { url, visits }) => {
  const waiting = [...visits];
  const taken = [];
  const sit = async () => {
    for (let plan = waiting.shift(); plan; plan = waiting.shift()) taken.push(...(await visit(browser, url, plan)));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, sit));
  return taken;
});

async function visit(browser, url, { pages, presses, phone }) {
  const visitor = await newVisitor(browser, url, { phone });
  const taken = [];
  const counted = async (act) => {
    const [response] = await Promise.all([visitor.hit(), act()]);
    if (response.status() === 202) taken.push(JSON.parse(response.request().postData()));
  };
  await visitor.open(pages[0]);
  await counted(() => yesButton(visitor.page).click());
  for (const event of presses ?? []) await counted(() => button(visitor.page, event).click());
  for (const path of pages.slice(1)) await counted(() => visitor.open(path));
  await visitor.context.close();
  return taken;
}
