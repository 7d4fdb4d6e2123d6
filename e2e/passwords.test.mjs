// Passwords and authenticator apps in Chromium: set, used, refused, confirmed with, and removed again.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { startExim } from "./lib/exim.mjs";
import { everyLook, weigh } from "./lib/page_check.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { ACCOUNT, openFirstAccount, submitOf, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";
const GOOD = "wander quietly beneath seventeen lanterns";
const OTHER = "eleven umbrellas forgot the morning ferry";

async function begin(t) {
  const exim = await startExim();
  t.after(exim.stop);
  const server = await startServer(t, smtpSettings(exim));
  const owner = await openFirstAccount(t, server, exim, ADA);
  return { exim, server, owner };
}

const submit = async (page, field) => {
  await Promise.all([page.waitForEvent("domcontentloaded"), submitOf(page, `input[name=${field}]`).click()]);
};

async function setPassword(page, server, fields) {
  await page.goto(`${server.origin}/account/authenticators/password`);
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
  await submit(page, "new");
}

async function typePassword(page, server, password) {
  await page.goto(`${server.origin}/sign-in/password`);
  await page.locator("input[name=address]").fill(ADA);
  await page.locator("input[name=password]").fill(password);
  await submit(page, "password");
}

/** The code that an app shows now, as RFC 6238 has it. It is taken in the next half minute as well. */
function appCode(key) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...key.replaceAll(/\s/g, "")].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const tag = createHmac("sha1", secret).update(step).digest();
  const number = tag.readUInt32BE(tag[19] & 0x0f) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** Makes it five minutes since the last code was taken: each is taken once, and none before the last. */
const anotherCode = (server) => server.past("UPDATE authenticators SET counter = counter - 10 WHERE kind = 'totp'");

after(closeBrowser);

describe("passwords and apps", { concurrency: 2 }, () => {
  test("set, weak ones refused, signed in with, wrong ones told in one answer, changed, removed", async (t) => {
    const { server, owner } = await begin(t);
    const { page } = owner;
    await page.goto(`${server.origin}/account/authenticators`);
    await page.getByRole("link", { name: "Set a password" }).click();
    await weigh(page, `${server.origin}/account/authenticators/password`, "password-set");
    await everyLook(page, "password-set");
    const field = page.getByLabel("New password");
    await field.fill("shown");
    await page.getByLabel("Show what I type").check();
    assert.equal(await field.getAttribute("type"), "text");
    await setPassword(page, server, { "New password": "Ada2026" });
    assert.match(await words(page), /It has 7 characters; at least 15 are needed\./);
    assert.equal(await page.getByLabel("New password").inputValue(), "", "what was typed is not shown again");
    await everyLook(page, "password-set-short");
    await setPassword(page, server, { "New password": "abcdefghijklmnopqrstuvwxyz" });
    assert.match(await words(page), /up or down the alphabet/);
    await setPassword(page, server, { "New password": GOOD });
    assert.match(await words(page), /The password was set\. It can be used from now on\./);
    await everyLook(page, "authenticators-password");

    const other = await visitor(t);
    await other.page.goto(`${server.origin}/sign-in`);
    await other.page.getByRole("link", { name: "Use a password instead" }).click();
    await weigh(other.page, `${server.origin}/sign-in/password`, "sign-in-password");
    await everyLook(other.page, "sign-in-password");
    await typePassword(other.page, server, OTHER);
    assert.match(await words(other.page), /the address and the password do not match/);
    assert.equal(await other.page.locator("input[name=address]").inputValue(), ADA);
    assert.equal(await other.page.locator("input[name=password]").inputValue(), "");
    await everyLook(other.page, "sign-in-password-wrong");
    await typePassword(other.page, server, GOOD);
    await other.page.waitForURL(ACCOUNT);
    assert.match(await words(other.page), /A password\. It lets in by itself/);

    // Changing it offers to end what was begun with the one before.
    await setPassword(page, server, { "Current password": GOOD, "New password": OTHER });
    assert.match(await words(page), /The password was changed\./);
    await page.getByRole("button", { name: "End all other sessions" }).click();
    await page.waitForURL(/\/account\/sessions\?ended=/);
    await other.page.goto(`${server.origin}/account`);
    assert.match(other.page.url(), /sign-in\?notice=over/);

    await page.goto(`${server.origin}/account/authenticators`);
    await page.getByRole("link", { name: "Remove the password" }).click();
    await everyLook(page, "password-remove");
    await page.getByRole("button", { name: "Remove it" }).click();
    await page.waitForURL(/notice=password-removed/);
    await typePassword(other.page, server, OTHER);
    assert.match(await words(other.page), /do not match/);
    await page.goto(`${server.origin}/account/activity`);
    assert.match(await words(page), /Wrong password/);
    assert.deepEqual([owner.foreign, other.foreign], [[], []]);
  });

  test("an app is added from its picture, asked for beside the password, confirms both together, and is removed", async (t) => {
    const { server, owner } = await begin(t);
    const { page } = owner;
    await page.goto(`${server.origin}/account/authenticators/app`);
    assert.match(await words(page), /this account has none/);
    await everyLook(page, "app-no-password");
    await setPassword(page, server, { "New password": GOOD });
    await page.getByRole("link", { name: "Add an authenticator app" }).click();
    await page.waitForURL(/authenticators\/app$/);
    await weigh(page, `${server.origin}/account/authenticators/app`, "app-add");
    await everyLook(page, "app-add");
    const key = (await page.locator(".key").innerText()).trim();
    await page.getByLabel("Code of the app").fill("000000");
    await submit(page, "code");
    assert.match(await words(page), /The code does not match/);
    assert.equal((await page.locator(".key").innerText()).trim(), key, "the same picture again");
    await page.getByLabel("Code of the app").fill(appCode(key));
    await submit(page, "code");
    assert.match(await words(page), /The app was added\./);
    await everyLook(page, "authenticators-app");

    const other = await visitor(t);
    await anotherCode(server);
    await typePassword(other.page, server, GOOD);
    await other.page.waitForURL(/\/sign-in\/totp$/);
    await everyLook(other.page, "sign-in-app");
    await other.page.getByLabel("Code of the app").fill("000000");
    await submit(other.page, "code");
    assert.match(await words(other.page), /The code does not match/);
    await everyLook(other.page, "sign-in-app-wrong");
    await other.page.getByLabel("Code of the app").fill(appCode(key));
    await submit(other.page, "code");
    await other.page.waitForURL(ACCOUNT);
    await other.page.goto(`${server.origin}/operator/tenants`);
    assert.match(other.page.url(), /\/operator\/tenants$/, "the second level opens what asks for it");

    await anotherCode(server);
    await other.page.goto(`${server.origin}/account/confirm?to=/account/authenticators`);
    await everyLook(other.page, "confirm-password-app");
    await other.page.getByLabel("Password", { exact: true }).fill(OTHER);
    await other.page.getByLabel("Code of the app").fill(appCode(key));
    await submit(other.page, "password");
    assert.match(await words(other.page), /The password does not match/);
    await everyLook(other.page, "confirm-password-wrong");
    await other.page.getByLabel("Password", { exact: true }).fill(GOOD);
    await other.page.getByLabel("Code of the app").fill(appCode(key));
    await submit(other.page, "password");
    await other.page.waitForURL(/\/account\/authenticators$/);

    await other.page.getByRole("link", { name: "Remove the app" }).click();
    await everyLook(other.page, "app-remove");
    await other.page.getByRole("button", { name: "Remove it" }).click();
    await other.page.waitForURL(/notice=app-removed/);
  });

  test("without JavaScript nothing is missing but the tick to look at what is typed", async (t) => {
    const { server, owner } = await begin(t);
    await setPassword(owner.page, server, { "New password": GOOD });
    const plain = await visitor(t, { javaScriptEnabled: false });
    await plain.page.goto(`${server.origin}/sign-in/password`);
    assert.equal(await plain.page.getByLabel("Show what I type").isVisible(), false);
    await plain.page.locator("input[name=address]").fill(ADA);
    await plain.page.locator("input[name=password]").fill(GOOD);
    await submitOf(plain.page, "input[name=password]").click();
    await plain.page.waitForURL(ACCOUNT);
  });
});
