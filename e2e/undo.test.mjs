// Somebody else has got into an account and made himself at home: its owner takes all of it back at once, from the line of the
// activity page in which it began. What time brings is told on simulated time in crates/flow/tests/flow/{undo,provisional}.rs.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { device } from "./lib/device.mjs";
import { startExim } from "./lib/exim.mjs";
import { startListener } from "./lib/listener.mjs";
import { Mailbox } from "./lib/mail.mjs";
import { everyLook } from "./lib/page_check.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { ask, openFirstAccount, signIn, type, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";
const MALLORY = "mallory@example.test";

after(closeBrowser);

/** Where a client's people are sent back to. */
async function startClient(t) {
  const client = await startListener(t, (request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>client</title><link rel=icon href=data:,>");
  });
  return `${client.origin}/cb`;
}

/** Allows the client something in this browser. */
async function allow({ page }, origin, back, scope) {
  const challenge = createHash("sha256").update(randomBytes(32).toString("base64url")).digest("base64url");
  const query = new URLSearchParams({
    response_type: "code", client_id: "tides", redirect_uri: back, scope, prompt: "consent", code_challenge: challenge,
    code_challenge_method: "S256",
  });
  await page.goto(`${origin}/oauth/authorize?${query}`);
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  await page.waitForURL(`${back}?**`);
}

describe("undo", () => {
  test("an intruder's session, passkey, address and permission are taken back at once, and what is older is there", async (t) => {
    const exim = await startExim();
    t.after(exim.stop);
    const server = await startServer(t, smtpSettings(exim));
    const owner = await openFirstAccount(t, server, exim, ADA);
    const back = await startClient(t);
    await server.command("client", "add", "tides", "--name", "Tide Tables", "--redirect-uri", back,
      "--set", 'scopes=["openid", "email", "offline_access"]');
    await owner.page.goto(`${server.origin}/account/authenticators/recovery-codes`);
    await owner.page.getByRole("button", { name: "Make 10 new codes" }).click();
    await owner.page.getByRole("heading", { name: "Your new recovery codes" }).waitFor();
    await allow(owner, server.origin, back, "openid");
    // What is older is older by a second at least: the page reaches back to whole ones.
    await setTimeout(1_100);

    const intruder = await visitor(t);
    await device(intruder);
    await signIn(intruder.page, server.origin, owner.box, ADA);
    await intruder.page.goto(`${server.origin}/account/addresses`);
    await intruder.page.locator("#address").fill(MALLORY);
    await intruder.page.getByRole("button", { name: "Mail a code to it" }).click();
    await intruder.page.waitForURL(/\/sign-in\//);
    await type(intruder.page, (await new Mailbox(exim.maildir(MALLORY)).next()).code);
    await intruder.page.waitForURL(/\/account\/addresses/);
    await intruder.page.goto(`${server.origin}/account/authenticators/passkeys/new`);
    await intruder.page.getByLabel("Name of the passkey").fill("Not hers");
    await intruder.page.getByRole("button", { name: "Create the passkey" }).click();
    await intruder.page.waitForURL(/authenticators\?notice=/);
    await allow(intruder, server.origin, back, "openid email offline_access");

    await owner.page.goto(`${server.origin}/account`);
    await owner.page.getByRole("link", { name: "Undo what happened" }).click();
    await everyLook(owner.page, "undo-since");
    await owner.page.getByRole("link", { name: "Your activity" }).click();
    await everyLook(owner.page, "activity-undo");
    // The newest sign-in is the one in which all of it began.
    const link = owner.page.getByRole("link", { name: "Undo everything since then" });
    const began = owner.page.locator("ol.line > li", { hasText: "Signed in" }).filter({ has: link });
    await began.first().getByRole("link", { name: "Undo everything since then" }).click();
    await owner.page.waitForURL(/\/account\/undo\?since=/);
    const page = await words(owner.page);
    for (const thing of [/A browser session/, /Passkey Not hers/, /Address mallory@example\.test/, /Access by Tide Tables/]) assert.match(page, thing);
    await everyLook(owner.page, "undo");
    await owner.page.getByRole("button", { name: /^Undo all \d+$/ }).click();
    await owner.page.waitForURL(/\/account\/undo\?done=\d/);
    await everyLook(owner.page, "undo-done");

    await intruder.page.goto(`${server.origin}/account`);
    assert.match(intruder.page.url(), /\/sign-in/);
    await owner.page.goto(`${server.origin}/account/addresses`);
    assert.doesNotMatch(await words(owner.page), /mallory/);
    await owner.page.goto(`${server.origin}/account/authenticators`);
    const left = await words(owner.page);
    assert.doesNotMatch(left, /Not hers/);
    assert.match(left, /10/);
    await owner.page.goto(`${server.origin}/account/grants`);
    assert.match(await words(owner.page), /Tide Tables/);
    assert.equal(await owner.page.getByRole("link", { name: "Show each of them" }).count(), 0, "hers, and no other");
    await ask(intruder.page, `${server.origin}/sign-in`, MALLORY);
    assert.deepEqual([owner.foreign, owner.errors], [[], []]);
  });
});
