// Passkeys with Chromium and its virtual authenticator: make one, sign in, confirm, rename, remove, and a copy.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { device } from "./lib/device.mjs";
import { startExim } from "./lib/exim.mjs";
import { everyLook, weigh } from "./lib/page_check.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { ACCOUNT, openFirstAccount, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";

async function begin(t) {
  const exim = await startExim();
  t.after(exim.stop);
  const server = await startServer(t, smtpSettings(exim));
  const owner = await openFirstAccount(t, server, exim, ADA);
  return { exim, server, owner };
}

async function make(page, name) {
  await page.getByLabel("Name of the passkey").fill(name);
  await page.getByRole("button", { name: "Create the passkey" }).click();
  await page.waitForURL(/authenticators\?notice=/);
}

async function signOut(page) {
  await page.getByRole("button", { name: "Sign out" }).click();
}

/** A browser that does not offer passkeys in the field, so that the button has its turn. */
const WITHOUT_AUTOFILL = () => {
  PublicKeyCredential.isConditionalMediationAvailable = async () => false;
};

after(closeBrowser);

describe("passkeys", { concurrency: 2 }, () => {
  test("made from the offer on the account page; signs in from the field; renamed, removed, and then refused", async (t) => {
    const { server, owner } = await begin(t);
    const { page } = owner;
    const key = await device(owner);
    await page.goto(`${server.origin}/account/authenticators`);
    await everyLook(page, "authenticators-none");
    await page.goto(`${server.origin}/account`);
    await page.locator("[data-offer=passkey]").getByRole("link", { name: "Add a passkey" }).click();
    await page.getByRole("button", { name: "Create the passkey" }).waitFor();
    await everyLook(page, "passkey-new");
    await make(page, "Ada's laptop");
    assert.match(await words(page), /The passkey was added\. It can be used from now on\./);
    assert.match(await words(page), /Ada's laptop/);
    await everyLook(page, "authenticators");
    const [credential] = await key.all();
    assert.equal(credential.rpId, "localhost");
    assert.equal(credential.isResidentCredential, true);
    await page.goto(`${server.origin}/account`);
    assert.match(await words(page), /1 passkey\./);
    assert.equal(await page.locator("[data-offer=passkey]").count(), 0, "nothing is offered to whoever has one");

    // Once more on the same device: the browser refuses by itself, and the page says why.
    await page.goto(`${server.origin}/account/authenticators/passkeys/new`);
    assert.match(page.url(), /\/account\/confirm\?to=/, "whoever has a passkey proves it before there is another");
    await page.getByRole("button", { name: "Confirm with a passkey" }).click();
    await page.waitForURL(/passkeys\/new/);
    await page.getByRole("button", { name: "Create the passkey" }).click();
    await page.getByText("This device has a passkey for this account already.").waitFor();

    await signOut(page);
    await page.waitForURL(ACCOUNT);
    assert.match(await words(page), /Your account/, "the browser's suggestion in the field was taken");

    await page.goto(`${server.origin}/account/authenticators`);
    await page.getByText("Give it another name").click();
    await page.getByLabel("Name of the passkey").fill("Laptop at home");
    await page.getByRole("button", { name: "Save the name" }).click();
    await page.waitForURL(/notice=renamed/);
    assert.match(await words(page), /Laptop at home/);

    await page.getByRole("link", { name: "Remove this passkey" }).click();
    assert.match(await words(page), /last passkey of this account/);
    await everyLook(page, "passkey-remove-last");
    await page.getByRole("button", { name: "Remove it" }).click();
    await page.waitForURL(/notice=removed/);
    assert.match(await words(page), /No passkey yet/);
    await signOut(page);
    await page.getByText("This passkey opens nothing here.").waitFor();
    await everyLook(page, "sign-in-passkey-refused");
    assert.deepEqual([owner.foreign, owner.errors.filter((one) => !one.includes("422"))], [[], []]);
  });

  test("signs in by the button in another browser, confirms for the operator's page, and a copy is refused", async (t) => {
    const { server, owner } = await begin(t);
    const key = await device(owner);
    await owner.page.goto(`${server.origin}/account/authenticators/passkeys/new`);
    await make(owner.page, "Key");
    const [credential] = await key.all();

    const other = await visitor(t);
    await other.context.addInitScript(WITHOUT_AUTOFILL);
    const second = await device(other);
    await second.send("addCredential", { credential });
    await weigh(other.page, `${server.origin}/sign-in`, "sign-in-passkey");
    await everyLook(other.page, "sign-in-passkey");
    await other.page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await other.page.waitForURL(ACCOUNT);
    await other.page.goto(`${server.origin}/account/confirm?to=/operator`);
    await everyLook(other.page, "confirm-passkey");
    await other.page.getByRole("button", { name: "Confirm with a passkey" }).click();
    // The address of the page before ends in the same way.
    await other.page.waitForURL(({ pathname }) => pathname === "/operator");

    // The first device has counted less than the second by now: to the server it is a copy.
    await signOut(owner.page);
    await owner.page.getByText("there may be a copy of it").waitFor();
    await other.page.goto(`${server.origin}/account/activity`);
    assert.match(await words(other.page), /counter does not go on/);
  });

  test("a person who cancels is told so, and the code by mail is there all the time", async (t) => {
    const { server } = await begin(t);
    const who = await visitor(t);
    await who.context.addInitScript(WITHOUT_AUTOFILL);
    await device(who);
    await who.page.goto(`${server.origin}/sign-in`);
    await who.page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await who.page.getByText("No passkey was used").waitFor();
    await everyLook(who.page, "sign-in-passkey-cancelled");
    assert.ok(await who.page.getByRole("button", { name: "Send me a code" }).isVisible());
  });

  test("without JavaScript, and at 127.0.0.1, there is no button that does nothing", async (t) => {
    const { server, owner } = await begin(t);
    const plain = await visitor(t, { javaScriptEnabled: false, storageState: await owner.context.storageState() });
    await plain.page.goto(`${server.origin}/account/authenticators/passkeys/new`);
    assert.equal(await plain.page.getByRole("button", { name: "Create the passkey" }).isVisible(), false);
    assert.match(await words(plain.page), /needs JavaScript/);
    const number = await visitor(t);
    await number.page.goto(`http://127.0.0.1:${server.port}/sign-in`);
    assert.equal(await number.page.getByRole("button", { name: "passkey" }).count(), 0);
    await number.page.getByRole("link", { name: server.origin }).click();
    await number.page.getByRole("button", { name: "Sign in with a passkey" }).waitFor();
  });
});
