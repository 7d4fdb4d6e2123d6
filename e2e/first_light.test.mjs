// The first whole walk: ask, read the mail from the Maildir, type, see the account and the record.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { startExim } from "./lib/exim.mjs";
import { Mailbox } from "./lib/mail.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { ACCOUNT, ask, comesToEnd, openFirstAccount, signIn, type, unfold, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";

/** A server that sends through an exim of its own, and the owner of the first account, signed in. */
async function firstAccount(t, settings = {}) {
  const exim = await startExim();
  t.after(exim.stop);
  const server = await startServer(t, { ...smtpSettings(exim), ...settings });
  return { exim, server, owner: await openFirstAccount(t, server, exim, ADA) };
}

after(closeBrowser);

// The one that waits for a code to end goes first, and the others run meanwhile.
describe("first light", { concurrency: 2 }, () => {
  test("row 11: a code that nobody ever types is on the record as never used, at the latest a minute after it ended", async (t) => {
    const { server, owner } = await firstAccount(t, { BIDDEN_CODE_LIFETIME: "1m" });
    const stranger = await visitor(t);
    const asked = await ask(stranger.page, `${server.origin}/sign-in`, ADA);
    const mail = await owner.box.next();
    assert.ok(mail.text.includes(asked.reference));
    await comesToEnd(owner.page, server.origin, asked.reference, "waiting");
    const line = await comesToEnd(owner.page, server.origin, asked.reference, "neverUsed", 125_000);
    assert.match(await unfold(line), /127\.0\.0\.1|::1/, "the record says from where it was asked");

    await owner.page.goto(`${server.origin}/account/activity?show=unused`);
    assert.ok((await words(owner.page)).includes("never used"), "the filter for unused codes shows it");
    assert.equal(await owner.page.locator("ol.line > li .node.used").count(), 0, "and nothing that was used");

    await type(stranger.page, mail.code);
    assert.equal(await stranger.page.locator("input[name=code]").count(), 0, "the late code is refused for good");
    await stranger.page.goto(`${server.origin}/account`);
    assert.match(stranger.page.url(), /\/sign-in/);
  });

  test("the set-up link opens the first account by a code, and the record shows the request as used", async (t) => {
    const { server, owner } = await firstAccount(t);
    const { page, context, mail, reference } = owner;
    assert.match(server.setUpLink, new RegExp(`^http://localhost:${server.port}/welcome/`));
    assert.ok((await words(page)).includes(ADA), "the account page names the account");

    const bare = mail.code.replaceAll("-", "");
    assert.ok(mail.text.includes(reference), "the mail carries the reference of the page");
    assert.ok(!mail.subject.includes(mail.code) && !mail.subject.includes(bare), "the subject keeps the code to itself");
    assert.equal(mail.text.trimEnd().split("\n").at(-1).replaceAll("-", ""), `@localhost #${bare}`);
    assert.deepEqual(mail.types, ["text/plain", "text/html"]);
    assert.ok(mail.html.includes(mail.code) && !/<img|<script|<link|https?:\/\/(?!localhost)/i.test(mail.html), "the HTML part fetches nothing");
    assert.equal(mail.header("envelope-to"), ADA);
    assert.match(mail.header("from"), /bidden@example\.test/);

    const cookies = await context.cookies();
    assert.ok(cookies.length > 0 && cookies.every((one) => one.name.startsWith("__Host-") && one.secure && one.httpOnly && one.sameSite !== "None"),
      `every cookie is bound to the host: ${cookies.map((one) => one.name)}`);

    const line = await comesToEnd(page, server.origin, reference, "used");
    assert.match(await unfold(line), new RegExp(reference));

    const stranger = await visitor(t);
    await stranger.page.goto(server.setUpLink);
    assert.equal(await stranger.page.locator("input[name=address]").count(), 0, "the set-up link works once");
    assert.deepEqual([owner.foreign, owner.errors], [[], []]);
  });

  test("a person signs out and in again, and finds both sign-ins on the record", async (t) => {
    const { server, owner } = await firstAccount(t);
    const { page, box } = owner;
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(/\/sign-in/);
    await page.goto(`${server.origin}/account`);
    assert.match(page.url(), /\/sign-in/, "the account is closed to a browser that signed out");
    const again = await signIn(page, server.origin, box, ADA);
    assert.notEqual(again.mail.code, owner.mail.code);
    await comesToEnd(page, server.origin, again.reference, "used");
    await comesToEnd(page, server.origin, owner.reference, "used");
  });

  test("row 39: following every link changes nothing, and one button ends the request that nobody asked for", async (t) => {
    const { server, owner } = await firstAccount(t);
    const stranger = await visitor(t);
    const asked = await ask(stranger.page, `${server.origin}/sign-in`, ADA);
    const mail = await owner.box.next();
    assert.ok(mail.htmlLinks.includes(mail.notMe), "both parts of the mail carry the link");

    // What a link scanner does: every link, twice, without cookies.
    for (const link of [...mail.links, ...mail.links]) {
      const answer = await fetch(link);
      assert.equal(answer.status, 200, link);
      await answer.text();
    }
    await comesToEnd(owner.page, server.origin, asked.reference, "waiting");

    const reader = await visitor(t);
    await reader.page.goto(mail.notMe);
    assert.ok((await words(reader.page)).includes(asked.reference), "the page shows which request it is about");
    await reader.page.getByRole("button", { name: "I did not ask for this" }).click();
    await reader.page.waitForLoadState();
    assert.equal(await reader.page.getByRole("button", { name: "I did not ask for this" }).count(), 0);

    await type(stranger.page, mail.code);
    assert.doesNotMatch(stranger.page.url(), ACCOUNT, "the right code is refused afterwards");
    const line = await comesToEnd(owner.page, server.origin, asked.reference, "notYou");
    assert.match(await unfold(line), /not/i);

    const muted = await visitor(t);
    const second = await ask(muted.page, `${server.origin}/sign-in`, ADA);
    await comesToEnd(owner.page, server.origin, second.reference, "notSent");
    await owner.box.staysEmpty();

    await owner.page.getByRole("button", { name: "Sign out" }).click();
    await owner.page.waitForURL(/\/sign-in/);
    await signIn(owner.page, server.origin, owner.box, ADA);
  });

  test("an invitation from the command line opens a second account, which sees nothing of the first", async (t) => {
    const { server, exim, owner } = await firstAccount(t);
    const grace = "grace@example.test";
    const invited = await server.command("account", "invite", grace);
    assert.equal(invited.code, 0, invited.stderr);
    const box = new Mailbox(exim.maildir(grace));
    const link = /https?:\/\/\S+\/welcome\/[\w-]+/.exec(invited.stdout)?.[0] ?? (await box.next()).links.find((one) => one.includes("/welcome/"));
    const guest = await visitor(t);
    const asked = await signIn(guest.page, server.origin, box, grace, new URL(link).pathname);
    await comesToEnd(guest.page, server.origin, asked.reference, "used");
    assert.ok(!(await words(guest.page)).includes(owner.reference));
    const list = await server.command("account", "list");
    assert.ok(list.stdout.includes(ADA) && list.stdout.includes(grace), list.stdout + list.stderr);
  });

  test("the button on the activity page ends a live request that was not mine", async (t) => {
    const { server, owner } = await firstAccount(t);
    const stranger = await visitor(t);
    const asked = await ask(stranger.page, `${server.origin}/sign-in`, ADA);
    const { code } = await owner.box.next();
    const line = await comesToEnd(owner.page, server.origin, asked.reference, "waiting");
    await unfold(line);
    await line.getByRole("button", { name: "This was not me" }).click();
    await comesToEnd(owner.page, server.origin, asked.reference, "notYou");
    await type(stranger.page, code);
    assert.doesNotMatch(stranger.page.url(), ACCOUNT);
  });

  test("a person ends another browser's session from the page of sessions", async (t) => {
    const { server, owner } = await firstAccount(t);
    const phone = await visitor(t, { viewport: { width: 390, height: 800 } });
    await signIn(phone.page, server.origin, owner.box, ADA);
    await owner.page.goto(`${server.origin}/account/sessions`);
    await owner.page.getByRole("button", { name: "End this session" }).click();
    await owner.page.waitForLoadState();
    await phone.page.goto(`${server.origin}/account`);
    assert.match(phone.page.url(), /\/sign-in/);
    await owner.page.goto(`${server.origin}/account`);
    assert.match(owner.page.url(), ACCOUNT, "the session that did it goes on");
  });
});
