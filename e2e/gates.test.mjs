// The gate before mail: what a new browser must bring, said where it is chosen, and the same page for everybody who asks.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { startExim } from "./lib/exim.mjs";
import { everyLook } from "./lib/page_check.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { ACCOUNT, ask, lineOf, openFirstAccount, submitOf, type, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";
const NOBODY = "nobody@example.test";

async function firstAccount(t, options = {}) {
  const exim = await startExim();
  t.after(exim.stop);
  const server = await startServer(t, smtpSettings(exim));
  return { server, owner: await openFirstAccount(t, server, exim, ADA, options) };
}

/** Has a gate word drawn, chooses the gate that asks for it, and returns the word. */
async function closeByWord({ page }, origin) {
  await page.goto(`${origin}/account/gate`);
  await page.getByRole("button", { name: "Draw two words for me" }).click();
  await page.locator("#drawn").waitFor();
  const word = (await page.locator("main .reference").innerText()).trim();
  assert.match(word, /^[a-z]+-[a-z]+$/);
  await choose(page, "gate_word");
  return word;
}

async function choose(page, gate) {
  await page.locator(`input[name=gate][value=${gate}]`).check();
  const anyway = page.locator("input[name=anyway]");
  if (await anyway.count()) await anyway.check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/notice=changed/);
}

/** Types an address and a gate word, and arrives at the page that waits. */
async function askWith(page, origin, address, word) {
  await page.goto(`${origin}/sign-in`);
  await page.locator("input[name=address]").fill(address);
  await page.getByText("I have a gate word").click();
  await page.locator("input[name=word]").fill(word);
  await submitOf(page, "input[name=address]").click();
  await page.waitForURL(/\/sign-in\/[\w-]+$/);
  return { url: page.url(), reference: (await page.locator("main .reference").innerText()).trim() };
}

/** What the page says, without what is drawn by chance. */
const bare = async (page, { reference }, address) => (await words(page)).replaceAll(reference, "R").replaceAll(address, "A")
  .replaceAll(/\d+ \w+ \d{4}, \d\d:\d\d UTC/g, "T").replaceAll(/\d+ (?:seconds?|minutes?)\b/g, "N");

after(closeBrowser);

describe("gates", { concurrency: 2 }, () => {
  test("row 1: behind a gate word a stranger's request mails nothing, is on the record, and looks like any other", async (t) => {
    const { server, owner } = await firstAccount(t);
    await owner.page.goto(`${server.origin}/account/gate`);
    await everyLook(owner.page, "gate-open");
    const word = await closeByWord(owner, server.origin);
    await everyLook(owner.page, "gate-word");

    const stranger = await visitor(t);
    const before = owner.box.count();
    const asked = await ask(stranger.page, `${server.origin}/sign-in`, ADA);
    await everyLook(stranger.page, "gate-stopped");
    const stopped = await bare(stranger.page, asked, ADA);
    assert.match(stopped, /gate word/);
    const other = await visitor(t);
    const nobody = await ask(other.page, `${server.origin}/sign-in`, NOBODY);
    assert.equal(await bare(other.page, nobody, NOBODY), stopped);
    const wrong = await visitor(t);
    await wrong.page.goto(`${server.origin}/sign-in`);
    await wrong.page.getByText("I have a gate word").click();
    await everyLook(wrong.page, "gate-field");
    await askWith(wrong.page, server.origin, ADA, "loud heron");

    const right = await visitor(t);
    const passed = await askWith(right.page, server.origin, ADA, word.replace("-", " ").toUpperCase());
    assert.equal(await bare(right.page, passed, ADA), stopped);
    let mail;
    do mail = await owner.box.next();
    while (!mail.text.includes(passed.reference));
    assert.ok(owner.box.count() > before);
    await type(right.page, mail.code);
    await right.page.waitForURL(ACCOUNT);

    await owner.page.goto(`${server.origin}/account/activity`);
    assert.match(await lineOf(owner.page, asked.reference).innerText(), /not sent: your gate word was not typed/);
    assert.match(await words(owner.page), /a wrong gate word was typed/);
    assert.deepEqual([owner.foreign, owner.errors], [[], []]);
  });

  test("row 3: an announcement lets a new browser through, on a telephone, by keyboard, without JavaScript", async (t) => {
    const phone = { viewport: { width: 320, height: 640 }, javaScriptEnabled: false };
    const { server, owner } = await firstAccount(t, phone);
    const { page } = owner;
    await page.goto(`${server.origin}/account/gate`);
    await page.locator("input[name=gate][value=solicited_only]").focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL(/notice=changed/);
    assert.match(await words(page), /only with the words that you got for it/);

    const stranger = await visitor(t, phone);
    const asked = await ask(stranger.page, `${server.origin}/sign-in`, ADA);
    const announce = page.getByRole("button", { name: "In the next 10 minutes I will ask from a new browser" });
    await announce.focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/announce$/);
    assert.match(await words(page), /Whoever types the words gets a code until/);
    const shown = await page.locator("#expected ~ p b.reference, section b.reference").first().innerText();
    assert.match(shown, /^([a-z]+ ){3}[a-z]+$/);
    const width = await page.locator("html").evaluate((html) => [html.scrollWidth, html.clientWidth]).catch(() => [0, 0]);
    assert.ok(width[0] <= width[1], "nothing is wider than the telephone");

    const mine = await visitor(t, phone);
    const expected = await askWith(mine.page, server.origin, ADA, shown);
    let mail;
    do mail = await owner.box.next();
    while (!mail.text.includes(expected.reference));
    await type(mine.page, mail.code);
    await mine.page.waitForURL(ACCOUNT);
    await page.goto(`${server.origin}/account/activity`);
    assert.match(await words(page), /The new browser that was announced has signed in/);
    assert.match(await lineOf(page, asked.reference).innerText(), /nobody had said that a new browser would ask/);
    await page.goto(`${server.origin}/account/gate`);
    assert.ok(await announce.isVisible(), "it is over with the sign-in");
  });

  test("a browser that is known gets its code whatever the gate, and the operator lets one through for whoever has none", async (t) => {
    const { server, owner } = await firstAccount(t);
    await owner.page.goto(`${server.origin}/account/gate`);
    await choose(owner.page, "solicited_only");
    const shown = await server.command("account", "gate", ADA);
    assert.match(shown.stdout, /its owner\s+solicited_only/);
    await owner.page.goto(`${server.origin}/account`);
    await owner.page.getByRole("button", { name: "Sign out" }).first().click();
    await owner.page.waitForURL(/\/sign-in/);
    const home = await ask(owner.page, `${server.origin}/sign-in`, ADA);
    let mail;
    do mail = await owner.box.next();
    while (!mail.text.includes(home.reference));
    await type(owner.page, mail.code);
    await owner.page.waitForURL(ACCOUNT);

    const { words: told } = JSON.parse((await server.command("account", "gate", ADA, "--admit", "--json")).stdout);
    const elsewhere = await visitor(t);
    const asked = await askWith(elsewhere.page, server.origin, ADA, told);
    do mail = await owner.box.next();
    while (!mail.text.includes(asked.reference));
    await type(elsewhere.page, mail.code);
    await elsewhere.page.waitForURL(ACCOUNT);
  });
});
