// The steps people take, each in the words of the page: ask, type, look. Tests read as walks.

import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { Mailbox } from "./mail.mjs";
import { visitor } from "./browser.mjs";

/** Where whoever is signed in arrives. */
export const ACCOUNT = /\/account(?:\?.*)?$/;

/** The button of the form in which a field stands. */
export const submitOf = (page, field) => page.locator("form", { has: page.locator(field) }).getByRole("button");

/** What the main part of a page says, in one line. */
export const words = async (page) => (await page.locator("main").innerText()).replaceAll(/\s+/g, " ").trim();

/** The two words that the waiting page and the mail share. */
export const referenceOn = async (page) => (await page.locator("main .reference").first().innerText()).trim();

/** Opens a page with an address field, types the address and asks for a code. */
export async function ask(page, url, address) {
  await page.goto(url);
  await page.locator("input[name=address]").fill(address);
  await submitOf(page, "input[name=address]").click();
  await page.waitForURL(/\/sign-in\/[\w-]+$/);
  return { url: page.url(), reference: await referenceOn(page) };
}

/** Types a code on the waiting page and sends it. */
export async function type(page, code) {
  await page.locator("input[name=code]").fill(code);
  await Promise.all([page.waitForEvent("domcontentloaded"), submitOf(page, "input[name=code]").click()]);
}

/** Asks, reads the mail, types the code, arrives at the account; returns what mail and page said. */
export async function signIn(page, origin, box, address, path = "/sign-in") {
  const asked = await ask(page, origin + path, address);
  const mail = await box.next();
  await type(page, mail.code);
  await page.waitForURL(ACCOUNT);
  return { ...asked, mail };
}

/** Opens the operator's account by the set-up link in a fresh browser. */
export async function openFirstAccount(t, server, exim, address, options = {}) {
  const owner = await visitor(t, options);
  const box = new Mailbox(exim.maildir(address));
  const asked = await signIn(owner.page, server.origin, box, address, new URL(server.setUpLink).pathname);
  return { ...owner, box, address, ...asked };
}

/** How a request can end on the activity page: the symbol's class, and the word beside it. */
export const ENDS = {
  waiting: { icon: "wait", word: /waiting/i },
  used: { icon: "used", word: /\bused\b/i },
  neverUsed: { icon: "unused", word: /never used/i },
  wrong: { icon: "wrong", word: /wrong code/i },
  notSent: { icon: "unsent", word: /not sent/i },
  notYou: { icon: "deny", word: /not you/i },
  bounced: { icon: "bounce", word: /bounced/i },
};

/** The line of the activity page whose details carry this reference. */
export const lineOf = (page, reference) => page.locator("ol.line > li").filter({ has: page.locator(".reference", { hasText: reference }) });

/**
 * Waits until the page is there that two clicks led to. The first navigation is given up when the second begins, which
 * waiting for a navigation takes for a failure.
 */
export async function comesTo(page, pattern, within = 20_000) {
  for (const end = Date.now() + within; !pattern.test(page.url()); await setTimeout(50)) {
    assert.ok(Date.now() < end, `still at ${page.url()}`);
  }
  await page.waitForLoadState();
}

/** Looks at the activity page until the line of the request ends as told, at most `within` milliseconds. */
export async function comesToEnd(page, origin, reference, end, within = 20_000) {
  const { icon, word } = ENDS[end];
  const limit = Date.now() + within;
  for (;;) {
    await page.goto(`${origin}/account/activity`);
    const line = lineOf(page, reference);
    const there = await line.count() === 1;
    if (there && await line.locator(`.node.${icon}`).count() === 1) {
      assert.match(await line.locator(".ends").innerText(), word);
      return line;
    }
    if (Date.now() > limit) {
      assert.fail(`the request ${reference} did not come to "${end}" within ${within} ms; the page says: ${await words(page)}`);
    }
    await setTimeout(400);
  }
}

/** Unfolds a line and returns what is behind it, in one line. */
export async function unfold(line) {
  const details = line.locator("details").first();
  if (await details.getAttribute("open") === null) await details.locator("summary").first().click();
  return (await details.innerText()).replaceAll(/\s+/g, " ");
}
