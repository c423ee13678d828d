// What a website asks of a browser and keeps in it: before a choice, after No, after Yes, after a withdrawal.

import { bar, button, look, newVisitor, noButton, script, withdrawal, yesButton } from "./browser.mjs";

const FRONT = "/demo/";
const HELP = "/demo/help/bullying";

script(async (browser, { url }) => ({ ...(await refuse(browser, url)), ...(await agree(browser, url)) }));

async function refuse(browser, url) {
  const visitor = await newVisitor(browser, url);
  await visitor.open(FRONT);
  await bar(visitor.page).waitFor();
  await button(visitor.page, "contact:webchat").click();
  await visitor.page.mouse.wheel(0, 20);
  const before = await look(visitor);
  await noButton(visitor.page).click();
  const no = await look(visitor);
  await visitor.open(HELP);
  await button(visitor.page, "issue:bullying").click();
  await visitor.page.reload();
  const afterNo = await look(visitor);
  await visitor.context.close();
  return { before, no, afterNo };
}

async function agree(browser, url) {
  const visitor = await newVisitor(browser, url);
  await visitor.open(HELP);
  const first = visitor.hit();
  await look(visitor);
  await yesButton(visitor.page).click();
  await first;
  const yes = await look(visitor);
  await visitor.open(FRONT);
  await button(visitor.page, "contact:webchat").click();
  await button(visitor.page, "contact:webchat").click();
  const afterYes = await look(visitor);
  await withdrawal(visitor.page).click();
  const withdrawn = await look(visitor);
  await button(visitor.page, "contact:text").click();
  await visitor.open(HELP);
  await button(visitor.page, "issue:bullying").click();
  const afterWithdrawal = await look(visitor);
  await visitor.context.close();
  return { yes, afterYes, withdrawn, afterWithdrawal };
}
