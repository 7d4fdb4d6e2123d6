// The operator's pages with a passkey: an account found, acted on and told; a tenant that closes codes; clients; an invitation.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { device } from "./lib/device.mjs";
import { startExim } from "./lib/exim.mjs";
import { Mailbox } from "./lib/mail.mjs";
import { everyLook, weigh } from "./lib/page_check.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { ask, openFirstAccount, signIn, type, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";
const BOB = "bob@uni.test";

/** Ada, an operator with a passkey, and Bob, who was invited and is signed in. */
async function begin(t) {
  const exim = await startExim();
  t.after(exim.stop);
  const server = await startServer(t, smtpSettings(exim));
  const ada = await openFirstAccount(t, server, exim, ADA);
  await device(ada);
  await ada.page.goto(`${server.origin}/account/authenticators/passkeys/new`);
  await ada.page.getByLabel("Name of the passkey").fill("Key");
  await ada.page.getByRole("button", { name: "Create the passkey" }).click();
  await ada.page.waitForURL(/authenticators\?notice=/);
  await ada.page.goto(`${server.origin}/account/confirm?to=/operator`);
  await ada.page.getByRole("button", { name: "Confirm with a passkey" }).click();
  // The address of the page before ends in the same way.
  await ada.page.waitForURL(({ pathname }) => pathname === "/operator");
  const invited = await server.command("account", "invite", BOB);
  const link = /https?:\/\/\S+\/welcome\/[\w-]+/.exec(invited.stdout)[0];
  const bob = await visitor(t);
  const box = new Mailbox(exim.maildir(BOB));
  await signIn(bob.page, server.origin, box, BOB, new URL(link).pathname);
  return { exim, server, ada, bob: { ...bob, box } };
}

async function show(who, url, name) {
  await weigh(who.page, url, name);
  await everyLook(who.page, name);
}

after(closeBrowser);

describe("the operator's pages", { concurrency: 2 }, () => {
  test("an account is found, its sessions are ended, it is locked and unlocked, and its owner is told each time", async (t) => {
    const { server, ada, bob } = await begin(t);
    const { page } = ada;
    await show(ada, `${server.origin}/operator`, "operator-strong");
    await show(ada, `${server.origin}/operator/accounts`, "operator-accounts");
    await page.getByRole("searchbox").fill(BOB);
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByRole("link", { name: BOB }).click();
    await page.waitForURL(/\/operator\/accounts\/[\w-]+/);
    await show(ada, page.url(), "operator-account");
    const act = async (word, reason) => {
      await page.locator(`#reason-${word}`).fill(reason);
      await page.locator("form", { has: page.locator(`#reason-${word}`) }).getByRole("button").click();
      await page.waitForLoadState();
    };
    await act("end-sessions", "laptop stolen, ticket 4711");
    await everyLook(page, "operator-account-ended");
    await bob.page.goto(`${server.origin}/account`);
    assert.match(bob.page.url(), /\/sign-in/, "he is signed out");
    assert.match((await bob.box.nextNotice()).subject, /session/i);
    await act("lock", "ticket 4712");
    assert.match((await bob.box.nextNotice()).subject, /locked/);
    await everyLook(page, "operator-account-locked");
    await act("unlock", "ticket 4712 is solved");
    assert.match((await bob.box.nextNotice()).subject, /unlocked/);

    await signIn(bob.page, server.origin, bob.box, BOB);
    await bob.page.goto(`${server.origin}/account/activity`);
    assert.match(await words(bob.page), /locked/, "and reads it on his own record");
    const events = await server.command("event", "list");
    for (const reason of ["ticket 4711", "ticket 4712"]) assert.ok(events.stdout.includes(reason), reason);
    assert.deepEqual([ada.foreign, ada.errors], [[], []]);
  });

  test("row 43: a tenant closes codes, and its members are mailed none from then on", async (t) => {
    const { server, ada, bob } = await begin(t);
    const { page } = ada;
    await show(ada, `${server.origin}/operator/tenants`, "operator-tenants");
    await page.locator("#code").fill("uni");
    await page.locator("#name").fill("University of Uni");
    await page.getByRole("button", { name: "Make this tenant" }).click();
    await page.waitForURL(/\/operator\/tenants\/uni/);
    await page.locator("#domain").fill("uni.test");
    await page.getByRole("button", { name: "Add this domain" }).click();
    await page.waitForLoadState();
    await page.locator("form[action$='/adopt']").getByRole("button").click();
    await page.waitForLoadState();
    await page.locator("[id='sign_in.mail_code']").uncheck();
    await page.locator("form[action$='/methods']").getByRole("button").click();
    await page.waitForLoadState();
    await show(ada, `${server.origin}/operator/tenants/uni`, "operator-tenant");
    const policy = await (await fetch(`${server.origin}/.well-known/sign-in-policy?domain=uni.test`)).json();
    assert.equal(policy.codes_by_mail, "never");

    const before = bob.box.count();
    const other = await visitor(t);
    await other.page.goto(`${server.origin}/sign-in`);
    await other.page.locator("#address").fill(BOB);
    await other.page.getByRole("button", { name: "Send me a code" }).click();
    await other.page.waitForURL(/\/sign-in\//);
    assert.match(await words(other.page), /uni\.test/);
    await everyLook(other.page, "codes-off");
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.equal(bob.box.count(), before);
  });

  test("clients are listed, looked at, vouched for and not any more, and removed", async (t) => {
    const { server, ada } = await begin(t);
    const { page } = ada;
    const all = `${server.origin}/operator/clients`;
    await show(ada, all, "operator-clients-none");
    await server.command("client", "add", "library", "--name", "Library catalogue", "--redirect-uri", "https://library.example.org/signed-in",
      "--set", 'scopes=["openid", "email", "offline_access"]', "--set", 'resources=["https://shelf.example.org"]');
    const invited = JSON.parse((await server.command("client", "invite", "--json")).stdout);
    const metadata = {
      client_name: "A very long name that an app gave itself to fill the line",
      redirect_uris: ["https://a-host-with-a-long-name.elsewhere.example/a/path/that/goes/on/and/on/and/on/and/on/cb"],
      client_uri: "https://a-host-with-a-long-name.elsewhere.example/",
    };
    const registered = await fetch(new URL("/oauth/register", server.origin), {
      method: "POST", body: JSON.stringify(metadata),
      headers: { authorization: `Bearer ${invited.initial_access_token}`, "content-type": "application/json" },
    });
    assert.equal(registered.status, 201, await registered.clone().text());
    const { client_id: own } = await registered.json();
    await server.command("client", "secret", "library", "--keep", "2");

    await show(ada, all, "operator-clients");
    const listed = await words(page);
    assert.match(listed, /library/);
    assert.match(listed, /unverified/);
    await page.getByRole("link", { name: own }).click();
    await page.waitForURL(/clients\/one/);
    await show(ada, page.url(), "operator-client-unverified");
    await page.getByRole("button", { name: "Vouch for this client" }).click();
    await page.waitForURL(/done=verify/);
    await everyLook(page, "operator-client-verified");
    await page.getByRole("button", { name: "Do not vouch for it any more" }).click();
    await page.waitForURL(/done=unverify/);
    await page.goto(`${all}/one?client=library`);
    await show(ada, page.url(), "operator-client");
    assert.match(await words(page), /holds until/, "the secret before is still good for two days");
    await page.goto(`${all}/one?client=${own}`);
    await page.getByRole("button", { name: "Remove this client" }).click();
    await page.waitForURL(/done=removed/);
    await everyLook(page, "operator-clients-removed");
    assert.doesNotMatch(await words(page), /A very long name/);
    assert.equal((await fetch(`${server.origin}/oauth/authorize?client_id=${own}`)).status, 400, "over at once");
    assert.deepEqual([ada.foreign, ada.errors], [[], []]);
  });

  test("an invitation is made and taken back; outbox and settings are shown; without a fresh passkey nothing is", async (t) => {
    const { server, ada, bob } = await begin(t);
    const { page } = ada;
    await show(ada, `${server.origin}/operator/invitations`, "operator-invitations");
    await page.locator("#address").fill("carol@example.test");
    await page.getByRole("button", { name: "Make a link" }).click();
    await page.waitForLoadState();
    const link = /https?:\/\/\S+\/welcome\/[\w-]+/.exec(await words(page))[0];
    await everyLook(page, "operator-invitations-made");
    await page.getByRole("button", { name: "Take this invitation back" }).click();
    await page.waitForLoadState();
    assert.notEqual((await fetch(link)).status, 200, "the link is worth nothing any more");
    await show(ada, `${server.origin}/operator/outbox`, "operator-outbox");
    await show(ada, `${server.origin}/operator/settings`, "operator-settings");
    for (const path of ["", "/accounts", "/tenants", "/invitations", "/clients", "/outbox", "/settings"]) {
      await bob.page.goto(`${server.origin}/operator${path}`);
      assert.doesNotMatch(await words(bob.page), /ada@example\.test/, `a member sees nothing at ${path}`);
    }
    const second = await visitor(t);
    await ask(second.page, `${server.origin}/sign-in`, ADA);
    await type(second.page, (await ada.box.next()).code);
    await second.page.waitForURL(/\/entry/);
    await second.page.goto(`${server.origin}/operator/accounts`);
    assert.match(second.page.url(), /\/sign-in/, "where there is a passkey, a code by mail in a new browser waits");
    assert.deepEqual([ada.foreign, ada.errors], [[], []]);
  });
});
