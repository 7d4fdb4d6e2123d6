// What is shown of guesses: a longer code on a phone, the number and what it is made of, the alarm; and the link of a mail for
// people with and without an account.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { startExim } from "./lib/exim.mjs";
import { Mailbox } from "./lib/mail.mjs";
import { everyLook, weigh } from "./lib/page_check.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { ACCOUNT, ask, comesToEnd, openFirstAccount, type, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";
const BOB = "bob@example.test";
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

async function begin(t, settings = {}) {
  const exim = await startExim();
  t.after(exim.stop);
  const server = await startServer(t, { ...smtpSettings(exim), ...settings });
  return { exim, server, owner: await openFirstAccount(t, server, exim, ADA) };
}

async function show(who, url, name) {
  await weigh(who.page, url, name);
  await everyLook(who.page, name);
}

after(closeBrowser);

describe("what is shown of guesses", { concurrency: 2 }, () => {
  test("row 3: where little may be guessed a code is longer, and fits a phone", async (t) => {
    const { server, owner } = await begin(t, { BIDDEN_BUDGET_EPSILON: "1e-9" });
    const phone = await visitor(t, PHONE);
    await ask(phone.page, `${server.origin}/sign-in`, ADA);
    const mail = await owner.box.next();
    assert.match(mail.code, /^[A-Z]{4}-[A-Z]{4}-[A-Z]{4}$/, "the code has a third group");
    assert.equal(mail.text.trimEnd().split("\n").at(-1), `@localhost #${mail.code.replaceAll("-", "")}`);
    const field = phone.page.locator("#code");
    assert.ok((await words(phone.page)).includes("Code of 8 letters or more"), "the page tells of no length");
    await field.fill(mail.code);
    const { inside, written } = await field.evaluate((one) => ({ inside: one.clientWidth, written: one.scrollWidth }));
    assert.ok(written <= inside, `${written} px in a field of ${inside} px`);
    await everyLook(phone.page, "code-long");
    await type(phone.page, mail.code.slice(0, 11));
    assert.ok((await words(phone.page)).includes("No guess was spent"), "a letter too few costs no guess");
    await type(phone.page, ` ${mail.code.toLowerCase().replaceAll("-", " ")} `);
    await phone.page.waitForURL(ACCOUNT);
    assert.deepEqual([phone.foreign, phone.errors.filter((one) => !one.includes("422"))], [[], []]);
  });

  test("row 5: the account page, the operator's page and the command say one number", async (t) => {
    const { server, owner } = await begin(t, { BIDDEN_BUDGET_ALARM_AT: "1e-9" });
    const stranger = await visitor(t);
    await ask(stranger.page, `${server.origin}/sign-in`, ADA);
    const mail = await owner.box.next();
    const wrong = mail.code[0] === "B" ? "C" : "B";
    await type(stranger.page, wrong + mail.code.slice(1));
    await owner.page.goto(`${server.origin}/account`);
    // One guess that was right, one that was wrong, two that can still be made: 4/20⁸.
    const said = "The chance that anybody guessed a code of yours in the last 365 days is at most 1 in 6.4 billion.";
    assert.ok((await words(owner.page)).includes(said), await words(owner.page));
    await owner.page.getByText("What this number is made of").click();
    assert.ok((await words(owner.page)).includes("3 guesses at 1 code of 8 letters, asked for by browsers that had never signed in before: 1 in 8.5 billion"));
    await everyLook(owner.page, "account-ledger");

    const shown = JSON.parse((await server.command("ledger", "show", "--json")).stdout);
    assert.deepEqual([shown.at_most_one_in, shown.alarm, shown.limit_unknown_browsers_one_in], [6_400_000_000, false, 10]);
    const own = (await server.command("ledger", "show", "--account", ADA)).stdout;
    assert.match(own, /a code of ada@example\.test in the last 365 days: at most 1 in 6400000000\n/);
    assert.match(own, /For browsers that had never signed in: at most 1 in 8533333333; the limit is 1 in 1000000\n {3}8 letters {11}1 codes {11}3 guesses/);

    await owner.page.goto(`${server.origin}/operator#guesses`);
    assert.ok((await words(owner.page)).includes("guessed any code of any account in the last 365 days is at most 1 in 6.4 billion"));
    await show(owner, `${server.origin}/operator`, "operator-ledger");
  });

  test("operators are told once when the sum comes to their alarm", async (t) => {
    const { server, owner } = await begin(t, { BIDDEN_BUDGET_ALARM_AT: "2e-10" });
    const stranger = await visitor(t);
    // Three guesses that can still be made, one that was right, and as many again: 7/20⁸ is 2.7·10⁻¹⁰.
    await ask(stranger.page, `${server.origin}/sign-in`, ADA);
    const other = await visitor(t);
    await ask(other.page, `${server.origin}/sign-in`, ADA);
    const notice = await owner.box.nextNotice(40_000);
    assert.match(notice.subject, /guess ledger of .* has come to its alarm/);
    assert.match(notice.text, /at most 1 in 3.657.142.857/);
    assert.ok(notice.text.includes("/operator#guesses"));
    await show(owner, `${server.origin}/operator`, "operator-alarm");
    assert.ok((await words(owner.page)).includes("This has come to the sum that you wanted to be told at, 1 in 5 billion."));
    const events = (await server.command("event", "list")).stdout;
    assert.equal(events.match(/guess_alarm_raised/g).length, 1);
  });
});

describe("the link of a mail", { concurrency: 2 }, () => {
  test("row 40: says what is known about one request, and what became of it", async (t) => {
    const { server, owner } = await begin(t);
    const who = await visitor(t);
    const asked = await ask(who.page, `${server.origin}/sign-in`, ADA);
    const mail = await owner.box.next();
    const reader = await visitor(t, PHONE);
    const answer = await reader.page.goto(mail.notMe);
    for (const [name, value] of [["referrer-policy", "strict-origin"], ["x-robots-tag", "noindex, nofollow, noarchive"], ["cache-control", "no-store"]]) {
      assert.equal(answer.headers()[name], value);
    }
    const live = await words(reader.page);
    for (const part of [asked.reference, "It signs in to that account.", "After this time the link says nothing about anybody any more", "Ask what is held about this address"]) {
      assert.ok(live.includes(part), `${part}: ${live}`);
    }
    assert.ok(!live.includes(ADA) && !live.includes(mail.code), "no more than the mail says");
    await show(reader, mail.notMe, "shown-live");
    await type(who.page, mail.code);
    await who.page.waitForURL(ACCOUNT);
    await show(reader, mail.notMe, "shown-used");
    assert.ok((await words(reader.page)).includes("By the browser that had asked for it, from the same network as then"));
    await reader.page.getByRole("button", { name: "I did not ask for this" }).click();
    await reader.page.getByRole("heading", { level: 1, name: "Thank you. It is on the record." }).waitFor();
    assert.ok((await words(reader.page)).includes("had been used before you said so"));
    await comesToEnd(owner.page, server.origin, asked.reference, "used");
    assert.deepEqual([reader.foreign, reader.errors], [[], []]);
  });

  test("row 14: tells somebody without an account that their address is to be one for recovery, and then is", async (t) => {
    const { exim, server, owner } = await begin(t);
    const bobs = new Mailbox(exim.maildir(BOB));
    await owner.page.goto(`${server.origin}/account/addresses`);
    await owner.page.locator("#address").fill(BOB);
    await owner.page.locator("input[name=role][value=recovery]").check();
    await owner.page.getByRole("button", { name: "Mail a code to it" }).click();
    await owner.page.waitForURL(/\/sign-in\//);
    const mail = await bobs.next();
    const bob = await visitor(t);
    await show(bob, mail.notMe, "shown-wanted");
    assert.ok((await words(bob.page)).includes("It is no address of that account."));
    await type(owner.page, mail.code);
    await owner.page.waitForURL(/notice=recovery-added/);
    await show(bob, mail.notMe, "shown-recovers");
    const said = await words(bob.page);
    assert.ok(said.includes("It opens no account. That account has it for recovery alone"), said);
    assert.ok(!said.includes("Look at what happened to the account"), "it is not Bob's");
    await bob.page.getByRole("link", { name: "Ask what is held about this address" }).click();
    await bob.page.waitForURL(/\/about-this-address$/);
    assert.equal(await bob.page.evaluate(() => document.referrer), `${server.origin}/`, "the secret stays in the mail");
  });
});
