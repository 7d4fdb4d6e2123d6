// A phone that approves, in Chromium: two browsers, each with an authenticator of its own, in every outcome.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { device } from "./lib/device.mjs";
import { startExim } from "./lib/exim.mjs";
import { everyLook, weigh } from "./lib/page_check.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { ACCOUNT, comesTo, openFirstAccount, submitOf, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";
const GOOD = "wander quietly beneath seventeen lanterns";

after(closeBrowser);

/** The owner at home with a password; everything here is one house, so that a phone is near. */
async function begin(t, more = {}) {
  const exim = await startExim();
  t.after(exim.stop);
  const server = await startServer(t, { ...smtpSettings(exim), [NEARBY]: "127.0.0.0/8, ::1/128", ...more });
  const owner = await openFirstAccount(t, server, exim, ADA);
  const { page } = owner;
  await page.goto(`${server.origin}/account/authenticators/password`);
  await page.getByLabel("New password", { exact: true }).fill(GOOD);
  await Promise.all([page.waitForEvent("domcontentloaded"), submitOf(page, "input[name=new]").click()]);
  return { exim, server, owner };
}

const NEARBY = "BIDDEN_PROVIDER_NEARBY_NETWORKS";

/** A telephone that reads the code from the owner's screen. */
async function enrol(t, server, owner, name, { look = false, by, held = false } = {}) {
  const { page } = owner;
  await page.goto(`${server.origin}/account/authenticators/approvers`);
  if (look) await everyLook(page, "approver-new");
  const again = page.getByRole("button", { name: /Show (the|a new) code/ });
  if (await again.count() === 0) await page.goto(`${server.origin}/account/authenticators/approvers?again=1`);
  // From the second one on, the account has two factors, and asks for both.
  if (by) {
    await page.getByRole("link", { name: "Prove that it is you" }).click();
    await page.locator("input[name=password]").fill(GOOD);
    await submitOf(page, "input[name=password]").click();
    await page.waitForURL(/\/approval\//);
    const number = (await page.locator(".pairing-code").innerText()).replaceAll(/\s/g, "");
    await open(by, server);
    await type(by, number);
    await comesTo(page, /\/account\/authenticators\/approvers/);
    if (await again.count() === 0) await page.goto(`${server.origin}/account/authenticators/approvers?again=1`);
  }
  await page.getByRole("button", { name: /Show (the|a new) code/ }).click();
  const href = await page.locator("bdi.net", { hasText: "/approve/join/" }).innerText();
  if (look) await everyLook(page, "approver-open");
  const phone = await visitor(t, { viewport: { width: 390, height: 844 } });
  const key = await device(phone);
  await phone.page.goto(href);
  if (look) await everyLook(phone.page, "join");
  await phone.page.getByLabel("Name of this device").fill(name);
  await phone.page.getByRole("button", { name: "Let this device approve" }).click();
  await phone.page.waitForURL(held ? /\/approve\?notice=held/ : /\/approve\?notice=enrolled/);
  // The owner's page sees it by itself.
  await page.getByText("The device was added").first().waitFor();
  return { ...phone, key };
}

/** Signs in elsewhere with the password; comes to the page with the number. */
async function elsewhere(t, server) {
  const other = await visitor(t);
  await other.page.goto(`${server.origin}/sign-in/password`);
  await other.page.locator("input[name=address]").fill(ADA);
  await other.page.locator("input[name=password]").fill(GOOD);
  await submitOf(other.page, "input[name=password]").click();
  await other.page.waitForURL(/\/approval\//);
  const number = (await other.page.locator(".pairing-code").innerText()).replaceAll(/\s/g, "");
  assert.match(number, /^\d{6}$/);
  return { ...other, number };
}

/** Opens what waits on a phone. */
async function open(phone, server) {
  await phone.page.goto(`${server.origin}/approve`);
  await phone.page.getByRole("button", { name: "It is me: type the number" }).click();
  await phone.page.waitForURL(/\/approve\/[\w-]+$/);
}

async function type(phone, number) {
  await phone.page.locator("input[name=number]").fill(number);
  await phone.page.getByRole("button", { name: "Go on with this number" }).click();
  await phone.page.getByRole("button", { name: "Approve with this device" }).click();
  await phone.page.waitForURL(/\/approve\?notice=/);
}

describe("a phone that approves", { concurrency: 2 }, () => {
  test("enrolled by a code, and a sign-in elsewhere is approved by its number", async (t) => {
    const { server, owner } = await begin(t);
    const phone = await enrol(t, server, owner, "Ada's phone", { look: true });
    const [credential] = await phone.key.all();
    assert.equal(credential.isResidentCredential, false, "no browser offers it for signing in");
    await everyLook(owner.page, "approver-made");
    await everyLook(phone.page, "approve-nothing");
    const other = await elsewhere(t, server);
    await everyLook(other.page, "approval-waiting");
    await phone.page.goto(`${server.origin}/approve`);
    await everyLook(phone.page, "approve-waiting");
    assert.match(await words(phone.page), /Somebody typed your password and wants to sign in/);
    await open(phone, server);
    await everyLook(phone.page, "approve-one");
    await phone.page.locator("input[name=number]").fill("12");
    await phone.page.getByRole("button", { name: "Go on with this number" }).click();
    assert.match(await words(phone.page), /The number has six digits\. Nothing was compared\./);
    await phone.page.locator("input[name=number]").fill(other.number);
    await phone.page.getByRole("button", { name: "Go on with this number" }).click();
    await everyLook(phone.page, "approve-sign");
    await phone.page.getByRole("button", { name: "Approve with this device" }).click();
    await phone.page.waitForURL(/notice=approved/);
    await everyLook(phone.page, "approve-given");
    // The other screen goes on by itself.
    await comesTo(other.page, ACCOUNT);
    await weigh(phone.page, `${server.origin}/approve`);
    for (const who of [owner, phone, other]) {
      assert.deepEqual(who.foreign, []);
      // What could not be a number was shown again, with that status.
      assert.deepEqual(who.errors.filter((error) => !/status of 422/.test(error)), []);
    }
    await owner.page.goto(`${server.origin}/account/activity`);
    assert.match(await words(owner.page), /Approved on one of your devices/);
  });

  test("a wrong number costs the attempt, and the other screen starts over", async (t) => {
    const { server, owner } = await begin(t);
    const phone = await enrol(t, server, owner, "Phone");
    const other = await elsewhere(t, server);
    await open(phone, server);
    await type(phone, other.number === "000000" ? "000001" : "000000");
    assert.match(await words(phone.page), /That is not the number of the other screen/);
    await other.page.getByText("It was not approved").waitFor();
    await everyLook(other.page, "approval-over");
  });

  test("that is not me: nobody gets in, and what to do next is about the password", async (t) => {
    const { server, owner } = await begin(t);
    const phone = await enrol(t, server, owner, "Phone");
    const other = await elsewhere(t, server);
    await phone.page.goto(`${server.origin}/approve`);
    await phone.page.getByRole("button", { name: "No, that is not me" }).click();
    await phone.page.getByText("Whoever it was typed your password").waitFor();
    await everyLook(phone.page, "approve-denied");
    await other.page.getByText("It was not approved").waitFor();
    await owner.page.goto(`${server.origin}/account/activity`);
    assert.match(await words(owner.page), /that is not me/);
  });

  test("of two approvers one answers, and one that is removed is out at once", async (t) => {
    const { server, owner } = await begin(t);
    const phone = await enrol(t, server, owner, "Phone");
    const tablet = await enrol(t, server, owner, "Tablet", { by: phone });
    const other = await elsewhere(t, server);
    await open(phone, server);
    await open(tablet, server);
    await type(phone, other.number);
    await tablet.page.locator("input[name=number]").fill(other.number);
    await tablet.page.getByRole("button", { name: "Go on with this number" }).click();
    assert.match(await words(tablet.page), /That is over/);
    await comesTo(other.page, ACCOUNT);
    await owner.page.goto(`${server.origin}/account/authenticators`);
    await everyLook(owner.page, "authenticators-approvers");
    await owner.page.getByRole("link", { name: "Remove this device" }).first().click();
    await comesTo(owner.page, /\/(remove|account\/confirm)/);
    if (/confirm/.test(owner.page.url())) return;
    await owner.page.locator("form").filter({ hasNot: owner.page.locator(".who") }).getByRole("button").last().click();
    await owner.page.waitForURL(/approver-removed/);
    const answers = await Promise.all([phone, tablet].map(async (one) => {
      await one.page.goto(`${server.origin}/approve`);
      return /it was removed there/.test(await words(one.page));
    }));
    assert.deepEqual([...answers].sort(), [false, true], "the one that was removed, and no other");
  });

  test("what nobody answers lapses: the other screen says so, the phone shows nothing, and it stands on the activity page", async (t) => {
    const { server, owner } = await begin(t);
    const phone = await enrol(t, server, owner, "Phone");
    const other = await elsewhere(t, server);
    await open(phone, server);
    await phone.page.locator("input[name=number]").fill(other.number);
    // Its five minutes are over in a moment.
    await server.past(`UPDATE approvals SET expires_at = ${(Date.now() + 1_000) * 1_000} WHERE ended_at IS NULL`);
    await other.page.getByText("It was not approved").waitFor();
    assert.match(await words(other.page), /Nobody got in\. It was not answered in time/);
    await phone.page.getByRole("button", { name: "Go on with this number" }).click();
    await phone.page.waitForURL(/notice=over/);
    assert.match(await words(phone.page), /its time passed\. Nothing was approved\./);
    assert.match(await words(phone.page), /Nothing waits/);
    await everyLook(phone.page, "approve-lapsed");
    const lapsed = /An approval was looked at and not answered in time/;
    for (const end = Date.now() + 30_000; ; await owner.page.waitForTimeout(500)) {
      await owner.page.goto(`${server.origin}/account/activity`);
      if (lapsed.test(await words(owner.page))) break;
      assert.ok(Date.now() < end, "it is not on the activity page");
    }
    // Whoever types the password again is asked anew.
    const again = await elsewhere(t, server);
    await open(phone, server);
    await type(phone, again.number);
    await comesTo(again.page, ACCOUNT);
  });

  test("from another network it is provisional, until it is confirmed in the browser at home", async (t) => {
    const { server, owner } = await begin(t, { [NEARBY]: undefined });
    const phone = await enrol(t, server, owner, "Phone", { held: true });
    await server.past("UPDATE authenticators SET usable_at = added_at WHERE kind = 'approver'");
    const other = await elsewhere(t, server);
    await open(phone, server);
    await type(phone, other.number);
    await comesTo(other.page, ACCOUNT);
    assert.match(await words(other.page), /You let a new browser in that was not seen to be near your device\. Its session is provisional/);
    await everyLook(other.page, "overview-unsure");
    await other.page.goto(`${server.origin}/account/confirm?to=/account/gate`);
    assert.match(await words(other.page), /This session began with an approval/);
    await everyLook(other.page, "confirm-unsure");
    await owner.page.goto(`${server.origin}/account/sessions`);
    await everyLook(owner.page, "sessions-unsure");
    await owner.page.getByRole("link", { name: "Is it yours?" }).click();
    await comesTo(owner.page, /\/confirm/);
    if (/account\/confirm/.test(owner.page.url())) {
      await owner.page.locator("input[name=password]").fill(GOOD);
      await submitOf(owner.page, "input[name=password]").click();
      await owner.page.waitForURL(/\/approval\//);
      const number = (await owner.page.locator(".pairing-code").innerText()).replaceAll(/\s/g, "");
      await open(phone, server);
      await type(phone, number);
      await comesTo(owner.page, /\/account\/sessions\/[\w-]+\/confirm/);
    }
    await everyLook(owner.page, "session-confirm-unsure");
    await owner.page.getByRole("button", { name: "Yes, I was signing in there" }).click();
    await owner.page.waitForURL(/confirmed=1/);
    await other.page.goto(`${server.origin}/account`);
    assert.match(await words(other.page), /Is anything waiting for me\? Nothing\./);
  });

  test("without JavaScript the asking page works, and the phone says what it lacks", async (t) => {
    const { server, owner } = await begin(t);
    const phone = await enrol(t, server, owner, "Phone");
    const plain = await visitor(t, { javaScriptEnabled: false });
    await plain.page.goto(`${server.origin}/sign-in/password`);
    await plain.page.locator("input[name=address]").fill(ADA);
    await plain.page.locator("input[name=password]").fill(GOOD);
    await submitOf(plain.page, "input[name=password]").click();
    await plain.page.waitForURL(/\/approval\//);
    const number = (await plain.page.locator(".pairing-code").innerText()).replaceAll(/\s/g, "");
    assert.equal(await plain.page.getByRole("link", { name: "I have confirmed it" }).getAttribute("href"), new URL(plain.page.url()).pathname);
    await open(phone, server);
    await type(phone, number);
    // The page looks again by itself every few seconds; whoever is faster presses.
    await plain.page.goto(plain.page.url());
    await plain.page.getByRole("button", { name: "Go on" }).click();
    await plain.page.waitForURL(ACCOUNT);
  });
});
