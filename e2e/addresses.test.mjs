// More than one address, each with a Maildir of its own: added, told, taken away by whoever reads its mail.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { startExim } from "./lib/exim.mjs";
import { Mailbox } from "./lib/mail.mjs";
import { everyLook } from "./lib/page_check.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { ACCOUNT, ask, openFirstAccount, signIn, submitOf, type, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";
const WORK = "ada@work.test";
const BOB = "bob@example.test";

async function firstAccount(t) {
  const exim = await startExim();
  t.after(exim.stop);
  const server = await startServer(t, smtpSettings(exim));
  return { exim, server, owner: await openFirstAccount(t, server, exim, ADA), box: (address) => new Mailbox(exim.maildir(address)) };
}

/** Adds an address on the page of addresses, by the code that is mailed to it. */
async function add({ page }, origin, box, address, role) {
  await page.goto(`${origin}/account/addresses`);
  await page.locator("#address").fill(address);
  await page.locator(`input[name=role][value=${role}]`).check();
  await page.getByRole("button", { name: "Mail a code to it" }).click();
  await page.waitForURL(/\/sign-in\//);
  await type(page, (await box.next()).code);
  await page.waitForURL(/\/account\/addresses\?notice=/);
  assert.ok((await words(page)).includes(address));
}

after(closeBrowser);

describe("addresses", { concurrency: 2 }, () => {
  test("a second address is confirmed by a code, told to the first, and signed in by", async (t) => {
    const { server, owner, box } = await firstAccount(t);
    await owner.page.goto(`${server.origin}/account/addresses`);
    await everyLook(owner.page, "addresses");
    const work = box(WORK);
    await add(owner, server.origin, work, WORK, "sign-in");
    await everyLook(owner.page, "addresses-two");
    const told = await owner.box.nextNotice();
    assert.match(told.subject, /An address was added/);
    assert.ok(told.text.includes("a…@work.test"));

    const other = await visitor(t);
    await signIn(other.page, server.origin, work, WORK);
    for (const mailbox of [owner.box, work]) {
      const notice = await mailbox.nextNotice();
      assert.match(notice.subject, /A new browser signed in/, "every address is told");
      assert.ok(notice.links.includes(`${server.origin}/account/activity`));
    }
    await owner.page.goto(`${server.origin}/account/addresses`);
    const line = owner.page.locator("ul.cards > li", { hasText: WORK });
    await line.getByRole("button", { name: "Remove it" }).click();
    await owner.page.waitForURL(/notice=changed/);
    assert.match((await work.nextNotice()).subject, /An address was removed/, "and so is the one that is gone");
    assert.match((await owner.box.nextNotice()).subject, /An address was removed/);
    assert.deepEqual([owner.foreign, owner.errors], [[], []]);
  });

  test("a private name signs in, and the address that others know gets no codes any more", async (t) => {
    const { server, owner, box } = await firstAccount(t);
    await owner.page.goto(`${server.origin}/account/addresses`);
    await owner.page.getByRole("button", { name: "Draw a name for me" }).click();
    await owner.page.waitForURL(/notice=named/);
    const name = (await owner.page.locator("ul.cards h3 bdi").nth(1).innerText()).trim();
    assert.match(name, /^[a-z]+-[a-z]+-\d{6}$/);
    await owner.page.locator("ul.cards > li", { hasText: ADA }).getByRole("button", { name: "Switch sign-in by it off" }).click();
    await owner.page.waitForURL(/notice=changed/);
    await everyLook(owner.page, "addresses-named");
    const stranger = await visitor(t);
    await ask(stranger.page, `${server.origin}/sign-in`, ADA);
    const other = await visitor(t);
    const asked = await ask(other.page, `${server.origin}/sign-in`, name);
    const mail = await owner.box.next();
    assert.ok(mail.text.includes(asked.reference), "the first code since then is the one that was asked for by the name");
    await type(other.page, mail.code);
    await other.page.waitForURL(ACCOUNT);
  });

  test("row 14: whoever reads the mail of a recovery address asks what is held and takes it away; the owner is told before", async (t) => {
    const { server, owner, box } = await firstAccount(t);
    const bobs = box(BOB);
    await add(owner, server.origin, bobs, BOB, "recovery");
    await owner.box.nextNotice();

    const bob = await visitor(t);
    await bob.page.goto(`${server.origin}/sign-in`);
    await bob.page.getByRole("link", { name: "What do you hold about this address?" }).click();
    await everyLook(bob.page, "about-address");
    await bob.page.locator("input[name=address]").fill(BOB);
    await submitOf(bob.page, "input[name=address]").click();
    await bob.page.waitForURL(/asked=1/);
    await everyLook(bob.page, "about-address-asked");
    const answer = await bobs.nextNotice();
    const link = answer.links.find((one) => new URL(one).pathname.startsWith("/about-this-address/"));
    // What a link scanner does.
    for (const one of [link, link]) assert.equal((await fetch(one)).status, 200);
    await bob.page.goto(link);
    const held = await words(bob.page);
    assert.ok(held.includes("a…@example.test") && !held.includes(ADA), "masked");
    await everyLook(bob.page, "holdings");
    await bob.page.getByRole("button", { name: "Take it away from this account" }).click();
    await bob.page.waitForURL(/done=detach/);
    assert.match((await owner.box.nextNotice()).subject, /will go/);
    await owner.page.goto(`${server.origin}/account/addresses`);
    assert.match(await words(owner.page), /asked that it be taken away/);

    await bob.page.getByRole("button", { name: "Refuse all mail from here" }).click();
    await bob.page.waitForURL(/done=refuse/);
    const other = await visitor(t);
    await signIn(other.page, server.origin, owner.box, ADA);
    await owner.box.nextNotice();
    const count = bobs.count();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.equal(bobs.count(), count, "no notice goes to whoever refuses mail");
  });
});
