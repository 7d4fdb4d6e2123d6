// Getting back in: two proofs at once, one that waits, the links that stop it, recovery codes, and the passkey that makes a
// code wait. What three days bring is told on simulated time in crates/flow/tests/flow/recovery.rs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { startExim } from "./lib/exim.mjs";
import { Mailbox } from "./lib/mail.mjs";
import { everyLook, weigh } from "./lib/page_check.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { ACCOUNT, ask, openFirstAccount, type, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";
const BOB = "bob@example.test";

async function begin(t, settings = {}) {
  const exim = await startExim();
  t.after(exim.stop);
  const server = await startServer(t, { ...smtpSettings(exim), ...settings });
  return { server, owner: await openFirstAccount(t, server, exim, ADA), bobs: new Mailbox(exim.maildir(BOB)) };
}

/** Confirms a recovery address of the owner's. */
async function addRecovery({ server, owner, bobs }) {
  const { page } = owner;
  await page.goto(`${server.origin}/account/addresses`);
  await page.locator("#address").fill(BOB);
  await page.locator("input[name=role][value=recovery]").check();
  await page.getByRole("button", { name: "Mail a code to it" }).click();
  await page.waitForURL(/\/sign-in\//);
  await type(page, (await bobs.next()).code);
  await page.waitForURL(/notice=recovery-added/);
  await owner.box.nextNotice();
}

/** Makes recovery codes; returns them as they are shown. */
async function makeCodes({ server, owner }) {
  const { page } = owner;
  await page.goto(`${server.origin}/account/authenticators`);
  await page.getByRole("link", { name: /recovery codes/ }).click();
  await page.getByRole("button", { name: "Make 10 new codes" }).click();
  await page.getByRole("heading", { name: "Your new recovery codes" }).waitFor();
  return page.locator("ol.codes code").allInnerTexts();
}

/** A device that keeps passkeys, unlocked, beside the browser of `who`. */
async function device(who) {
  const cdp = await who.context.newCDPSession(who.page);
  await cdp.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    credentials: async () => (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    take: (credential) => cdp.send("WebAuthn.addCredential", { authenticatorId, credential }),
  };
}

async function addPasskey({ server, owner }, name) {
  const key = await device(owner);
  await owner.page.goto(`${server.origin}/account/authenticators/passkeys/new`);
  await owner.page.getByLabel("Name of the passkey").fill(name);
  await owner.page.getByRole("button", { name: "Create the passkey" }).click();
  await owner.page.waitForURL(/authenticators\?notice=added/);
  return key;
}

async function useSaved(page, origin, account, code) {
  await page.goto(`${origin}/recover`);
  await page.locator("#whose").fill(account);
  await page.locator("#saved").fill(code);
  await page.getByRole("button", { name: "Use this code" }).click();
}

/** A browser that does not offer passkeys in the field, so that the button has its turn. */
const WITHOUT_AUTOFILL = () => {
  PublicKeyCredential.isConditionalMediationAvailable = async () => false;
};

after(closeBrowser);

describe("recovery", { concurrency: 2 }, () => {
  test("recovery codes are shown once, kept as a file, and loading the page again makes none", async (t) => {
    const all = await begin(t);
    const { page } = all.owner;
    await page.goto(`${all.server.origin}/account/authenticators`);
    await everyLook(page, "authenticators-codes-none");
    await page.getByRole("link", { name: "Make recovery codes" }).click();
    await everyLook(page, "recovery-codes-none");
    const codes = await makeCodes(all);
    assert.equal(new Set(codes).size, 10);
    for (const code of codes) assert.match(code, /^[B-Z]{4}(-[B-Z]{4}){3}$/);
    await everyLook(page, "recovery-codes-new");
    assert.match((await all.owner.box.nextNotice()).subject, /recovery codes/);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Keep them as a text file" }).click()]);
    assert.equal(download.suggestedFilename(), "recovery-codes.txt");
    const file = readFileSync(await download.path(), "utf8");
    for (const code of codes) assert.ok(file.includes(code));
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.getByRole("button", { name: "Keep them as a text file" }).isVisible(), false);
    assert.equal(await page.getByText(codes[9]).isVisible(), true);
    await page.emulateMedia({ media: "screen" });
    // Loading the answer once more sends the form once more: what was noted down stays in force.
    await page.reload();
    assert.match(await words(page), /Nothing was made just now/);
    await everyLook(page, "recovery-codes-stale");
    await page.goto(`${all.server.origin}/account/authenticators`);
    assert.match(await words(page), /10 are left of ten/);
    assert.ok(!(await page.content()).includes(codes[0]));
    await everyLook(page, "authenticators-codes");
  });

  test("two proofs of different kinds let in at once, in a browser without JavaScript; what was lost is gone", async (t) => {
    const all = await begin(t);
    const { server, owner, bobs } = all;
    await addRecovery(all);
    const codes = await makeCodes(all);
    await owner.box.nextNotice();
    await bobs.nextNotice();
    await addPasskey(all, "Ada's lost phone");
    for (const box of [owner.box, bobs]) assert.match((await box.nextNotice()).subject, /A passkey was added/);

    const back = await visitor(t, { javaScriptEnabled: false });
    const { page } = back;
    await page.goto(`${server.origin}/sign-in`);
    await page.getByRole("link", { name: "Lost your ways in?" }).click();
    await page.goto(`${server.origin}/recover`);
    await useSaved(page, server.origin, ADA, "BCDF-GHJK-LMNP-QRST");
    assert.match(await words(page), /This code opens nothing there/);
    await useSaved(page, server.origin, ADA, codes[3].toLowerCase());
    await page.waitForURL(/\/entry$/);
    assert.match(await words(page), /This recovery waits/);
    for (const box of [owner.box, bobs]) assert.match((await box.nextNotice()).subject, /asked to recover/);
    await page.getByRole("link", { name: "Prove a second thing" }).click();
    await page.locator("#address").fill(BOB);
    await page.getByRole("button", { name: "Send a recovery code there" }).click();
    await page.waitForURL(/\/sign-in\//);
    const mail = await bobs.next();
    assert.match(mail.subject, /^Your recovery code for /);
    assert.match(mail.text, /What for +Getting back into the account \(recovery\)/);
    assert.ok(mail.text.includes("a…@example.test") && !mail.text.includes(ADA), "whoever reads there may be somebody else");
    await type(page, mail.code);
    await page.waitForURL(/\/entry$/);
    assert.match(await words(page), /Ada's lost phone/);
    await page.getByRole("button", { name: "Get back into the account" }).click();
    await page.waitForURL(/notice=recovered/);
    assert.match(await words(page), /No passkey yet/);
    for (const box of [owner.box, bobs]) assert.match((await box.nextNotice()).subject, /was recovered/);
    await owner.page.goto(`${server.origin}/account`);
    assert.match(owner.page.url(), /\/sign-in/, "the sessions from before have ended");
    assert.deepEqual([back.foreign, back.errors.filter((one) => !one.includes("422"))], [[], []]);
  });

  test("a passkey that signs nobody in gets back in with a code out of a mail, and is kept", async (t) => {
    const all = await begin(t, {
      BIDDEN_METHODS_SIGN_IN: "mail_code",
      BIDDEN_METHODS_STEP_UP: "",
      BIDDEN_METHODS_RECOVERY: "passkey, mail_code, totp, recovery_code",
    });
    const { server, owner, bobs } = all;
    await addRecovery(all);
    const key = await addPasskey(all, "Ada's phone");
    for (const box of [owner.box, bobs]) assert.match((await box.nextNotice()).subject, /A passkey was added/);
    const [credential] = await key.credentials();

    const other = await visitor(t);
    await other.context.addInitScript(WITHOUT_AUTOFILL);
    const second = await device(other);
    await second.take(credential);
    const { page } = other;
    await weigh(page, `${server.origin}/recover`, "recover-passkey");
    await page.getByRole("button", { name: "Use this passkey as a proof" }).waitFor();
    await everyLook(page, "recover-passkey");
    await page.getByRole("button", { name: "Use this passkey as a proof" }).click();
    await page.waitForURL(/\/entry$/);
    assert.match(await words(page), /This recovery waits/);
    for (const box of [owner.box, bobs]) assert.match((await box.nextNotice()).subject, /asked to recover/);
    await page.getByRole("link", { name: "Prove a second thing" }).click();
    assert.equal(await page.getByRole("button", { name: "Use this passkey as a proof" }).count(), 0, "that is one kind of proof");
    await everyLook(page, "recover-second");
    await page.locator("#address").fill(BOB);
    await page.getByRole("button", { name: "Send a recovery code there" }).click();
    await page.waitForURL(/\/sign-in\//);
    await type(page, (await bobs.next()).code);
    await page.waitForURL(/\/entry$/);
    assert.match(await words(page), /You can get back in now/);
    assert.equal(await page.getByRole("checkbox", { name: /Ada's phone/ }).isChecked(), true, "whoever has just used it has it");
    await everyLook(page, "entry-recovery-open");
    await page.getByRole("button", { name: "Get back into the account" }).click();
    await page.waitForURL(/notice=recovered/);
    assert.match(await words(page), /Ada's phone/);
    assert.deepEqual([other.foreign, other.errors], [[], []]);
  });

  test("beside another proof a code out of an app can be typed, without JavaScript too; where there is no app it is a wrong one", async (t) => {
    const all = await begin(t);
    const { server, bobs } = all;
    await addRecovery(all);
    const back = await visitor(t, { javaScriptEnabled: false });
    const { page } = back;
    await page.goto(`${server.origin}/recover`);
    await page.locator("#account").fill(ADA);
    await page.locator("#address").fill(BOB);
    await page.getByRole("button", { name: "Send a recovery code there" }).click();
    await page.waitForURL(/\/sign-in\//);
    await type(page, (await bobs.next()).code);
    await page.waitForURL(/\/entry$/);
    await page.getByRole("link", { name: "Prove a second thing" }).click();
    await page.getByLabel("Code of the app").fill("123456");
    await page.locator("form[action='/recover/app'] button").click();
    assert.match(await words(page), /The code does not match/, "the same where there is no app");
  });

  test("one proof waits; the page, the banner and the mails say so, and the link in any of them stops it", async (t) => {
    const all = await begin(t);
    const { server, owner, bobs } = all;
    await addRecovery(all);
    const codes = await makeCodes(all);
    await owner.box.nextNotice();
    await bobs.nextNotice();
    const other = await visitor(t);
    await weigh(other.page, `${server.origin}/recover`, "recover");
    await everyLook(other.page, "recover");
    await other.page.locator("#account").fill(ADA);
    await other.page.getByRole("button", { name: "Send a recovery code there" }).click();
    await other.page.waitForURL(/\/sign-in\//);
    await everyLook(other.page, "code-recovery");
    await type(other.page, (await owner.box.next()).code);
    await other.page.waitForURL(/\/entry$/);
    await everyLook(other.page, "entry-recovery");
    await other.page.goto(`${server.origin}/sign-in`);
    assert.match(await words(other.page), /Something that you asked for in this browser waits/);
    await owner.page.goto(`${server.origin}/account`);
    assert.match(await words(owner.page), /Somebody asked to recover this account/);
    await everyLook(owner.page, "account-recovery-waits");
    await owner.page.goto(`${server.origin}/account/activity`);
    assert.match(await words(owner.page), /opens later/);

    const notice = await bobs.nextNotice();
    const link = notice.links.find((one) => new URL(one).pathname.startsWith("/entry/cancel/"));
    await owner.box.nextNotice();
    // What a link scanner does.
    for (const one of [link, link]) assert.equal((await fetch(one)).status, 200);
    const bob = await visitor(t);
    await weigh(bob.page, link, "cancel-recovery");
    await everyLook(bob.page, "cancel-recovery");
    await bob.page.getByRole("button", { name: "This was not me: stop it" }).click();
    await bob.page.getByRole("heading", { name: "It is stopped" }).waitFor();
    await everyLook(bob.page, "cancel-recovery-done");
    assert.match((await owner.box.nextNotice()).subject, /was cancelled/);
    await other.page.goto(`${server.origin}/entry`);
    assert.match(await words(other.page), /Nothing waits in this browser/);
    await everyLook(other.page, "entry-none");
    await bob.page.goto(link);
    assert.match(await words(bob.page), /nothing to stop here/);
    assert.ok(codes.length === 10);
  });

  test("row 19: a code in a new browser waits where there is a passkey; the passkey signs in at once", async (t) => {
    const all = await begin(t);
    const { server, owner } = all;
    const key = await addPasskey(all, "Phone");
    await owner.box.nextNotice();
    const other = await visitor(t);
    await other.context.addInitScript(WITHOUT_AUTOFILL);
    const second = await device(other);
    await ask(other.page, `${server.origin}/sign-in`, ADA);
    await type(other.page, (await owner.box.next()).code);
    await other.page.waitForURL(/\/entry$/);
    assert.match(await words(other.page), /This sign-in waits/);
    await other.page.getByRole("button", { name: "Sign in with a passkey" }).waitFor();
    await everyLook(other.page, "entry-sign-in");
    const told = await owner.box.nextNotice();
    assert.match(told.subject, /Somebody waits to sign in/);
    await owner.page.goto(`${server.origin}/account`);
    assert.match(await words(owner.page), /Somebody waits to sign in without your passkey/);
    await everyLook(owner.page, "account-sign-in-waits");
    const [credential] = await key.credentials();
    await second.take(credential);
    await other.page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await other.page.waitForURL(ACCOUNT);
    await owner.page.goto(`${server.origin}/account`);
    assert.ok(!(await words(owner.page)).includes("Somebody waits to sign in"), "what waited is of no use any more");
    const link = told.links.find((one) => new URL(one).pathname.startsWith("/entry/cancel/"));
    assert.equal((await fetch(link)).status, 404);
    assert.deepEqual([other.foreign, other.errors], [[], []]);
  });
});
