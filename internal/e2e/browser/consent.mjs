// What a website asks of a browser and keeps in it: before a choice, after No, after Yes, after a withdrawal.

import { answer, bar, button, look, newVisitor, noButton, script, withdrawal, yesButton } from "./browser.mjs";

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
  await answer(visitor, noButton(visitor.page));
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
  await bar(visitor.page).waitFor();
  await look(visitor);
  await Promise.all([visitor.hit(), answer(visitor, yesButton(visitor.page))]);
  const yes = await look(visitor);
  await Promise.all([visitor.hit(), visitor.open(FRONT)]);
  await Promise.all([visitor.hit(), button(visitor.page, "contact:webchat").click()]);
  await button(visitor.page, "contact:webchat").click();
  const afterYes = await look(visitor);
  await answer(visitor, withdrawal(visitor.page));
  const withdrawn = await look(visitor);
  await button(visitor.page, "contact:text").click();
  await visitor.open(HELP);
  await button(visitor.page, "issue:bullying").click();
  const afterWithdrawal = await look(visitor);
  await visitor.context.close();
  return { yes, afterYes, withdrawn, afterWithdrawal };
}
