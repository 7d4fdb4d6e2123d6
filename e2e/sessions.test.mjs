// A session that another browser uses is provisional: what its holder sees before and after, and what its owner says in another browser.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { startExim } from "./lib/exim.mjs";
import { everyLook, tabTo, weigh } from "./lib/page_check.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { openFirstAccount, signIn, type, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";
/** What the laptop calls itself, and what somebody calls themselves who has a copy of what keeps it signed in. */
const LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const COPY = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0";

/** The next notice with these words in its subject. */
async function noticeAbout(box, subject) {
  for (;;) {
    const mail = await box.nextNotice();
    if (subject.test(mail.subject)) return mail;
  }
}

/** Ada in the browser in which she opened her account and on a laptop; somebody has the laptop's cookies, and used them. */
async function begin(t) {
  const exim = await startExim();
  t.after(exim.stop);
  const server = await startServer(t, {
    ...smtpSettings(exim),
    BIDDEN_RESPONSES_DOUBT_SESSION: "act",
    BIDDEN_RESPONSES_LEAST: "medium",
  });
  const ada = await openFirstAccount(t, server, exim, ADA);
  const laptop = await visitor(t, { userAgent: LAPTOP });
  await signIn(laptop.page, server.origin, ada.box, ADA);
  await laptop.page.goto(`${server.origin}/account/sessions`);
  const before = await words(laptop.page);
  assert.doesNotMatch(before, /provisional/);
  const copy = await visitor(t, { userAgent: COPY });
  await copy.context.addCookies(await laptop.context.cookies());
  await copy.page.goto(`${server.origin}/account/profile`);
  await copy.page.getByLabel("Name").fill("Mallory");
  await copy.page.getByRole("button", { name: "Save this name" }).click();
  await copy.page.waitForURL(/saved=1$/);
  const mail = await noticeAbout(ada.box, /is provisional$/);
  assert.match(mail.text.replaceAll(/\s+/g, " "), /nothing can be changed in it and apps get no access by it/);
  return { server, ada, laptop, copy };
}

/** By the links and a code that is mailed, Ada comes to the page that asks whose the session is. */
async function comesToQuestion({ server, ada: { page, box } }) {
  await page.goto(`${server.origin}/account`);
  assert.match(await words(page), /Another browser used one of your sessions\. It is provisional/);
  await page.getByRole("link", { name: "Is it yours?" }).click();
  await page.waitForURL(/\/account\/sessions$/);
  await everyLook(page, "sessions-provisional");
  await page.getByRole("link", { name: "Is it yours?" }).click();
  await page.waitForURL(/\/account\/confirm\?to=/);
  await page.getByRole("button", { name: "Send me a code" }).click();
  await page.waitForURL(/\/sign-in\//);
  await type(page, (await box.next()).code);
  await page.waitForURL(/\/account\/sessions\/[\w-]+\/confirm$/);
}

after(closeBrowser);

describe("a session that another browser uses", { concurrency: 2 }, () => {
  test("row 37: it changes nothing until its owner says in another browser that it is hers, and is then what it was", async (t) => {
    const all = await begin(t);
    const { server, ada, laptop, copy } = all;
    for (const { page } of [laptop, copy]) {
      await page.goto(`${server.origin}/account/sessions`);
      assert.match(await words(page), /This session was used in another browser as well, so nothing can be changed in it/);
    }
    await everyLook(laptop.page, "sessions-provisional-this");
    await copy.page.goto(`${server.origin}/account/profile`);
    await copy.page.getByLabel("Name").fill("Eve");
    await copy.page.getByRole("button", { name: "Save this name" }).click();
    await copy.page.waitForURL(/\/account\/confirm\?to=/);
    assert.equal(await copy.page.getByRole("button", { name: "Send me a code" }).count(), 0, "nothing is proved in it");
    await everyLook(copy.page, "confirm-provisional");

    await comesToQuestion(all);
    const { page } = ada;
    await weigh(page, page.url(), "session-confirm");
    await everyLook(page, "session-confirm");
    assert.match(await words(page), /Firefox/);
    const yes = page.getByRole("button", { name: "Yes, I used it in both" });
    await tabTo(page, yes);
    await page.keyboard.press("Enter");
    await page.waitForURL(/confirmed=1$/);
    assert.match(await words(page), /The session is whole again/);
    assert.doesNotMatch(await words(page), /provisional/);
    await everyLook(page, "sessions-confirmed");
    await laptop.page.goto(`${server.origin}/account/sessions`);
    assert.doesNotMatch(await words(laptop.page), /nothing can be changed in it/);
    await laptop.page.goto(`${server.origin}/account/profile`);
    await laptop.page.getByLabel("Name").fill("Ada");
    await laptop.page.getByRole("button", { name: "Save this name" }).click();
    await laptop.page.waitForURL(/saved=1$/);
    await page.goto(`${server.origin}/account/activity`);
    assert.match(await words(page), /You said that a provisional session is yours/);
    assert.deepEqual([...ada.foreign, ...laptop.foreign, ...copy.foreign], []);
  });

  test("row 37: to say no ends it, on the laptop and in the copy", async (t) => {
    const all = await begin(t);
    const { server, ada, laptop, copy } = all;
    await comesToQuestion(all);
    await ada.page.getByRole("button", { name: "No: end it" }).click();
    await ada.page.waitForURL(/ended=1$/);
    assert.match(await words(ada.page), /1 session/i);
    for (const { page } of [laptop, copy]) {
      await page.goto(`${server.origin}/account`);
      await page.waitForURL(/\/sign-in/);
    }
    await ada.page.goto(`${server.origin}/account/sessions`);
    assert.doesNotMatch(await words(ada.page), /provisional/);
    // Whoever signs in anew in the same browser has a session that nobody doubts.
    await signIn(laptop.page, server.origin, ada.box, ADA);
    await laptop.page.goto(`${server.origin}/account/sessions`);
    assert.doesNotMatch(await words(laptop.page), /provisional/);
  });
});
