// Every page as people meet it: three widths, light and dark, axe, keyboard alone, without JavaScript.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { startExim } from "./lib/exim.mjs";
import { Mailbox } from "./lib/mail.mjs";
import { everyLook, tabTo, weigh } from "./lib/page_check.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { ACCOUNT, ask, comesToEnd, openFirstAccount, submitOf, type, unfold } from "./lib/walk.mjs";

const ADA = "ada@example.test";

async function serverWithMail(t) {
  const exim = await startExim();
  t.after(exim.stop);
  return { exim, server: await startServer(t, smtpSettings(exim)) };
}

/** Loads a page that can be loaded again: its weight first, then how it looks. */
async function show(who, url, name) {
  await weigh(who.page, url, name);
  await everyLook(who.page, name);
  assert.deepEqual(who.foreign, [], `${name}: no other host`);
}

after(closeBrowser);

describe("every page at 320, 390 and 1280 pixels, light and dark", { concurrency: 2 }, () => {
  test("signing in: address, wrong address, code, wrong code, ended", async (t) => {
    const { server, exim } = await serverWithMail(t);
    const owner = await openFirstAccount(t, server, exim, ADA);
    const who = await visitor(t);
    await show(who, `${server.origin}/sign-in`, "sign-in");
    await who.page.locator("input[name=address]").fill("ada");
    await submitOf(who.page, "input[name=address]").click();
    await everyLook(who.page, "sign-in-wrong-address");
    const { url } = await ask(who.page, `${server.origin}/sign-in`, ADA);
    await show(who, url, "code");
    const { code } = await owner.box.next();
    const wrong = code.startsWith("BBBB") ? "CCCC-CCCC" : "BBBB-BBBB";
    await type(who.page, "nonsense!");
    await everyLook(who.page, "code-malformed");
    await type(who.page, wrong);
    await everyLook(who.page, "code-wrong");
    await type(who.page, wrong);
    await type(who.page, wrong);
    await everyLook(who.page, "code-ended");
    const stranger = await visitor(t);
    await show(stranger, url, "code-other-browser");
  });

  test("what a message means: the form, nothing in it, a lure, a code", async (t) => {
    const server = await startServer(t);
    const who = await visitor(t);
    await show(who, `${server.origin}/explain`, "explain");
    const say = () => who.page.getByRole("button", { name: "Say what it means" }).click();
    await say();
    await everyLook(who.page, "explain-empty");
    await who.page.getByLabel("The message", { exact: true }).fill("Your Teams invite: enter code HK4TMR7QP at microsoft.com/devicelogin to listen to the voicemail");
    await say();
    await who.page.getByRole("heading", { level: 1, name: /device code lure/ }).waitFor();
    await everyLook(who.page, "explain-lure");
    assert.ok(!(await who.page.content()).includes("HK4TMR7QP"), "the code is not repeated");
    await who.page.goto(`${server.origin}/explain`);
    const mail = "From: Microsoft account team <account-security-noreply@accountprotection.microsoft.com>\r\nTo: ada@example.test\r\nSubject: Your single-use code\r\nMessage-ID: <1@x.example>\r\n\r\nHi ada@example.test,\r\n\r\nYour single-use code for your Microsoft account is: 258798\r\n";
    await who.page.getByLabel(/Or a file/).setInputFiles({ name: "code.eml", mimeType: "message/rfc822", buffer: Buffer.from(mail) });
    await say();
    await who.page.getByRole("heading", { name: "Which account" }).waitFor();
    await everyLook(who.page, "explain-code");
    assert.deepEqual(who.foreign, [], "explain: no other host");
  });

  test("the account and its record", async (t) => {
    const { server, exim } = await serverWithMail(t);
    const owner = await openFirstAccount(t, server, exim, ADA);
    const stranger = await visitor(t);
    const live = await ask(stranger.page, `${server.origin}/sign-in`, ADA);
    await type(stranger.page, "BBBB-BBBB");
    const denied = await visitor(t);
    const other = await ask(denied.page, `${server.origin}/sign-in`, ADA);
    const waiting = await comesToEnd(owner.page, server.origin, other.reference, "waiting");
    await unfold(waiting);
    await waiting.getByRole("button", { name: "This was not me" }).click();
    await owner.page.waitForLoadState();
    await everyLook(owner.page, "activity-not-me-said");
    await show(owner, `${server.origin}/account`, "account");
    await show(owner, `${server.origin}/account/activity`, "activity");
    await owner.page.reload();
    for (const line of await owner.page.locator("ol.line > li details").all()) await line.evaluate((details) => { details.open = true; });
    await everyLook(owner.page, "activity-unfolded");
    assert.ok((await owner.page.locator("ol.line > li").count()) >= 3, live.reference);
    await show(owner, `${server.origin}/account/gate`, "gate");
    await show(owner, `${server.origin}/account/activity?show=changes`, "activity-changes");
    await show(owner, `${server.origin}/account/activity?show=unused`, "activity-unused");
    await show(owner, `${server.origin}/operator`, "operator");
    await owner.page.goto(`${server.origin}/account`);
    await owner.page.getByRole("button", { name: "Sign out" }).click();
    await owner.page.waitForURL(/\/sign-in/);
    await everyLook(owner.page, "signed-out");
  });

  test("set-up, invitation, \"I did not ask for this\", inbox and what goes wrong", async (t) => {
    const { server, exim } = await serverWithMail(t);
    const who = await visitor(t);
    await show(who, server.setUpLink, "welcome-set-up");
    const { code: _, ...owner } = await openFirstAccount(t, server, exim, ADA);
    await show(who, server.setUpLink, "welcome-gone");
    const invited = await server.command("account", "invite", "grace@example.test");
    const link = /https?:\/\/\S+\/welcome\/[\w-]+/.exec(invited.stdout)?.[0];
    if (link) await show(who, link, "welcome-invitation");
    await ask(who.page, `${server.origin}/sign-in`, ADA);
    const mail = await owner.box.next();
    await show(who, mail.notMe, "not-me");
    await who.page.getByRole("button", { name: "I did not ask for this" }).click();
    await who.page.waitForLoadState();
    await everyLook(who.page, "not-me-done");
    await show(who, mail.notMe, "not-me-already");
    await show(who, `${server.origin}/not-me/${"A".repeat(22)}`, "not-me-unknown");
    await show(who, `${server.origin}/no-such-page`, "error-not-found");
    await who.page.goto(`${server.origin}/sign-in`);
    await who.page.locator("form:has([name=address]) input[name=csrf]").evaluate((field) => { field.value = "stale"; });
    await who.page.locator("input[name=address]").fill(ADA);
    await submitOf(who.page, "input[name=address]").click();
    await who.page.waitForLoadState();
    await everyLook(who.page, "error-form");

    const alone = await startServer(t, {});
    const newcomer = await visitor(t);
    await show(newcomer, `${alone.origin}/inbox`, "inbox-empty");
    const { url } = await ask(newcomer.page, alone.setUpLink, ADA);
    await show(newcomer, url, "code-inbox");
    await newcomer.page.goto(`${alone.origin}/inbox`);
    await newcomer.page.locator("main a[href^='/inbox/']").first().waitFor();
    await show(newcomer, `${alone.origin}/inbox`, "inbox");
    await newcomer.page.locator("main a[href^='/inbox/']").first().click();
    await newcomer.page.waitForURL(/\/inbox\/.+/);
    await show(newcomer, newcomer.page.url(), "inbox-mail");
    const code = /\b[B-Z]{4}-[B-Z]{4}\b/.exec(await newcomer.page.locator("main").innerText())[0];
    await newcomer.page.goto(url);
    await type(newcomer.page, code);
    await newcomer.page.waitForURL(ACCOUNT);
  });
});

/** Set-up link to activity page by Tab, Enter and the letters alone. */
async function walkByKeyboard(t, options) {
  const { server, exim } = await serverWithMail(t);
  const who = await visitor(t, options);
  const { page } = who;
  const box = new Mailbox(exim.maildir(ADA));
  await page.goto(server.setUpLink);
  await tabTo(page, page.locator("input[name=address]"));
  await page.keyboard.type(ADA);
  await tabTo(page, submitOf(page, "input[name=address]"));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/sign-in\//);
  const reference = await page.locator("main .reference").innerText();
  const mail = await box.next();
  await tabTo(page, page.locator("input[name=code]"));
  await page.keyboard.type(mail.code);
  await page.keyboard.press("Enter");
  await page.waitForURL(ACCOUNT);
  await tabTo(page, page.locator("header a[href='/account/activity']"));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/account\/activity/);
  const line = page.locator("ol.line > li").filter({ has: page.locator(".reference", { hasText: reference }) });
  await tabTo(page, line.locator("summary").first());
  await page.keyboard.press("Enter");
  await line.locator(".more").waitFor({ state: "visible" });
  await tabTo(page, page.getByRole("button", { name: "Sign out" }), 200);
  await page.keyboard.press("Space");
  await page.waitForURL(/\/sign-in/);
  assert.deepEqual([who.foreign, who.errors], [[], []]);
}

describe("the walk from the set-up link to the record and out", { concurrency: 2 }, () => {
  test("with the keyboard alone", (t) => walkByKeyboard(t, {}));
  test("with the keyboard alone and without JavaScript", (t) => walkByKeyboard(t, { javaScriptEnabled: false }));
  test("at 320 pixels by touch and without JavaScript", async (t) => {
    const { server, exim } = await serverWithMail(t);
    const owner = await openFirstAccount(t, server, exim, ADA, { javaScriptEnabled: false, hasTouch: true, viewport: { width: 320, height: 640 } });
    await comesToEnd(owner.page, server.origin, owner.reference, "used");
  });
});
