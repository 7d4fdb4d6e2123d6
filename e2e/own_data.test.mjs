// What is one's own: sessions of other browsers, the record as a file, everything as a file, and the end of the account.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { startExim } from "./lib/exim.mjs";
import { Mailbox } from "./lib/mail.mjs";
import { everyLook, weigh } from "./lib/page_check.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { ACCOUNT, ask, openFirstAccount, signIn, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";
const BOB = "bob@example.test";

async function begin(t) {
  const exim = await startExim();
  t.after(exim.stop);
  const server = await startServer(t, smtpSettings(exim));
  return { exim, server, owner: await openFirstAccount(t, server, exim, ADA) };
}

/** Opens an account that operates nothing, by an invitation. */
async function member(t, server, exim, address) {
  const invited = await server.command("account", "invite", address);
  const link = /https?:\/\/\S+\/welcome\/[\w-]+/.exec(invited.stdout)[0];
  const who = await visitor(t);
  const box = new Mailbox(exim.maildir(address));
  await signIn(who.page, server.origin, box, address, new URL(link).pathname);
  return { ...who, box };
}

/** What a browser keeps when something is clicked. */
async function kept(page, click) {
  const [download] = await Promise.all([page.waitForEvent("download"), click()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

after(closeBrowser);

describe("what is one's own", { concurrency: 2 }, () => {
  test("another browser is signed out, and then all others; their pages are gone at once", async (t) => {
    const { server, owner } = await begin(t);
    const others = [];
    for (let n = 0; n < 3; n += 1) {
      const other = await visitor(t);
      await signIn(other.page, server.origin, owner.box, ADA);
      others.push(other);
    }
    await owner.page.goto(`${server.origin}/account`);
    assert.match(await words(owner.page), /4 browsers are signed in/);
    await owner.page.getByRole("link", { name: "Browser sessions" }).click();
    await owner.page.waitForURL(/\/account\/sessions$/);
    await weigh(owner.page, `${server.origin}/account/sessions`, "sessions");
    await everyLook(owner.page, "sessions");
    const cards = owner.page.locator("ul.cards > li");
    assert.equal(await cards.count(), 4);
    assert.match(await cards.first().innerText(), /this browser/i);
    await cards.nth(1).getByRole("button", { name: "End this session" }).click();
    await owner.page.waitForURL(/ended=1/);
    assert.match(await words(owner.page), /1 session was ended/);
    await everyLook(owner.page, "sessions-ended");
    await others[2].page.goto(`${server.origin}/account`);
    assert.match(others[2].page.url(), /\/sign-in\?notice=over/);
    await owner.page.getByRole("button", { name: "End all other sessions" }).click();
    await owner.page.waitForURL(/ended=2/);
    for (const other of others.slice(0, 2)) {
      await other.page.goto(`${server.origin}/account`);
      assert.match(other.page.url(), /\/sign-in/);
    }
    assert.equal(await cards.count(), 1);
    assert.deepEqual([owner.foreign, owner.errors], [[], []]);
  });

  test("the record is filtered by kind and time, and taken along as the filter leaves it", async (t) => {
    const { server, owner } = await begin(t);
    const stranger = await visitor(t);
    await ask(stranger.page, `${server.origin}/sign-in`, ADA);
    await owner.page.goto(`${server.origin}/account/activity`);
    await owner.page.getByRole("link", { name: "Sign-ins" }).click();
    await owner.page.getByRole("link", { name: "Last 7 days" }).click();
    await owner.page.waitForURL(/show=sign-ins&days=7/);
    await everyLook(owner.page, "activity-filtered");
    const filtered = await kept(owner.page, () => owner.page.getByRole("link", { name: "JSON Lines" }).click());
    assert.equal(filtered.name, "activity.jsonl");
    const names = filtered.text.trim().split("\n").map((line) => JSON.parse(line).kind.name);
    assert.ok(names.includes("session_started") && !names.includes("account_opened"), names.join());
    await owner.page.getByRole("link", { name: "Everything", exact: true }).click();
    const all = await kept(owner.page, () => owner.page.getByRole("link", { name: "CSV" }).click());
    assert.equal(all.name, "activity.csv");
    assert.match(all.text, /^time,what,/);
    assert.ok(all.text.includes("account_opened") && all.text.split("\n").length > 5);
  });

  test("everything is downloaded after a proof, and that stands on the record", async (t) => {
    const { server, owner } = await begin(t);
    await owner.page.goto(`${server.origin}/account`);
    await owner.page.getByRole("link", { name: "Your data" }).click();
    await everyLook(owner.page, "data");
    const { name, text } = await kept(owner.page, () => owner.page.getByRole("button", { name: "Download my data" }).click());
    assert.equal(name, "account-data.json");
    const data = JSON.parse(text);
    assert.equal(data.format, "bidden-account-data-1");
    assert.equal(data.addresses[0].address, ADA);
    assert.equal(data.events[0].kind.name, "data_downloaded");
    await owner.page.goto(`${server.origin}/account/activity?show=changes`);
    assert.match(await words(owner.page), /Everything that is held about the account was downloaded/);
  });

  test("an account is closed by its owner, who is told by mail; the last operator cannot", async (t) => {
    const { exim, server, owner } = await begin(t);
    await owner.page.goto(`${server.origin}/account/close`);
    assert.match(await words(owner.page), /last account that can operate/);
    await everyLook(owner.page, "close-last");
    const bob = await member(t, server, exim, BOB);
    await bob.page.goto(`${server.origin}/account`);
    await bob.page.getByRole("link", { name: "Close this account" }).click();
    await everyLook(bob.page, "close");
    await bob.page.getByRole("link", { name: "Keep the account" }).click();
    await bob.page.waitForURL(ACCOUNT);
    await bob.page.goto(`${server.origin}/account/close`);
    await bob.page.getByRole("button", { name: "Close this account for good" }).click();
    await bob.page.waitForURL(/\/sign-in\?notice=closed/);
    await everyLook(bob.page, "sign-in-closed");
    assert.match(await words(bob.page), /Your account is closed/);
    assert.match((await bob.box.nextNotice()).subject, /closed/);
    await bob.page.goto(`${server.origin}/account`);
    assert.match(bob.page.url(), /\/sign-in/);
    const shown = await server.command("account", "list");
    assert.match(shown.stdout, /closed .*b…@example\.test/);
  });
});
