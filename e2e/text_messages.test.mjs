// Codes by text message, through a gateway that takes them over HTTP: a number is added, signed in by, and its limits hold.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { startExim } from "./lib/exim.mjs";
import { everyLook } from "./lib/page_check.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { ACCOUNT, openFirstAccount, submitOf, type, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";
const TYPED = "+43 (0) 664 123-4567";
const PHONE = "+436641234567";

/** A gateway that takes what is configured below: its messages, and what it answers. */
async function startGateway(t) {
  const gateway = { messages: [], status: 202 };
  const server = createServer(async (request, answer) => {
    const body = JSON.parse((await request.toArray()).join(""));
    gateway.messages.push({ ...body, key: request.headers["idempotency-key"], authorization: request.headers.authorization });
    answer.writeHead(gateway.status).end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  gateway.url = `http://127.0.0.1:${server.address().port}/messages`;
  gateway.next = async () => {
    for (let waited = 0; waited < 15_000; waited += 50) {
      if (gateway.messages.length > 0) return gateway.messages.shift();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("no text message after 15 s");
  };
  return gateway;
}

async function world(t, settings) {
  const exim = await startExim();
  t.after(exim.stop);
  const gateway = await startGateway(t);
  const server = await startServer(t, {
    ...smtpSettings(exim),
    BIDDEN_SMS_URL: gateway.url,
    BIDDEN_SMS_HEADERS: "Authorization: Bearer correct-horse-battery-staple",
    BIDDEN_SMS_COUNTRIES: "AT",
    BIDDEN_METHODS_SIGN_IN: "passkey, mail_code, sms_code",
    ...settings,
  });
  const owner = await openFirstAccount(t, server, exim, ADA);
  return { gateway, server, owner };
}

const code = (message) => /[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}/.exec(message.text)[0];

async function add({ page }, server, gateway) {
  await page.goto(`${server.origin}/account/addresses`);
  await page.locator("#address").fill(TYPED);
  await page.getByRole("button", { name: "Send a code to it" }).click();
  await page.waitForURL(/\/sign-in\//);
  assert.match(await words(page), /A text message with a code is on its way to \+436641234567/);
  await type(page, code(await gateway.next()));
  await page.waitForURL(/notice=added/);
}

async function askByPhone(page, server, typed) {
  await page.goto(`${server.origin}/sign-in`);
  await page.locator("#address").fill(typed);
  await submitOf(page, "#address").click();
}

after(closeBrowser);

describe("text messages", { concurrency: 2 }, () => {
  test("a number is added by the code that goes to it, and signs in", async (t) => {
    const { gateway, server, owner } = await world(t);
    await add(owner, server, gateway);
    await everyLook(owner.page, "addresses-phone");
    const other = await visitor(t);
    await askByPhone(other.page, server, "0043 664 1234567");
    await other.page.waitForURL(/\/sign-in\//);
    await everyLook(other.page, "code-text");
    const message = await gateway.next();
    assert.equal(message.to, PHONE);
    assert.equal(message.authorization, "Bearer correct-horse-battery-staple");
    assert.equal(message.key, `"${message.id}"`);
    assert.match(message.text, /is your sign-in code until/);
    assert.match(message.text.split("\n").at(-1), /^@localhost #[A-Z]{8}$/);
    await type(other.page, code(message));
    await other.page.waitForURL(ACCOUNT);

    await owner.page.goto(`${server.origin}/account/activity`);
    await owner.page.locator("details summary").first().waitFor();
    const shown = await owner.page.locator("main").evaluate((main) => main.textContent);
    assert.match(shown, /Taken by the gateway for text messages/);
    assert.ok(!server.output.includes("correct-horse") && !server.output.includes(PHONE), "neither is in the log");
    assert.deepEqual([owner.foreign, owner.errors, other.foreign, other.errors], [[], [], [], []]);
  });

  test("numbers that no message goes to are refused in words, whoever has them", async (t) => {
    const { gateway, server } = await world(t);
    const { page } = await visitor(t);
    for (const [typed, said] of [
      ["0664 1234567", /The telephone number has no country code/],
      ["+49 151 23456789", /No text messages go from here to numbers of that country/],
      ["+43 900 123456", /numbers of that kind/],
      ["+43 66", /This is not a telephone number/],
    ]) {
      await askByPhone(page, server, typed);
      assert.match(await words(page), said, typed);
      assert.equal(await page.locator("#address").inputValue(), typed);
    }
    await everyLook(page, "sign-in-phone");
    // A number that nobody has gives the same page as any other, and no message.
    await askByPhone(page, server, "+43 664 7654321");
    await page.waitForURL(/\/sign-in\//);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    assert.deepEqual(gateway.messages, []);
  });

  test("row 41: what messages may cost in a day is a bound, and a gateway that fails is tried again", async (t) => {
    const { gateway, server, owner } = await world(t, {
      BIDDEN_SMS_PRICE: "10", BIDDEN_SMS_BUDGET: "20", BIDDEN_SMS_BUDGET_PER_PREFIX: "20",
    });
    gateway.status = 503;
    await owner.page.goto(`${server.origin}/account/addresses`);
    await owner.page.locator("#address").fill(TYPED);
    await owner.page.getByRole("button", { name: "Send a code to it" }).click();
    await owner.page.waitForURL(/\/sign-in\//);
    const first = await gateway.next();
    gateway.status = 202;
    const second = await gateway.next();
    assert.equal(second.id, first.id, "the same message, and no second cost");
    await type(owner.page, code(second));
    await owner.page.waitForURL(/notice=added/);
    for (const _ of [1, 2]) {
      const other = await visitor(t);
      await askByPhone(other.page, server, TYPED);
      await other.page.waitForURL(/\/sign-in\//);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    assert.equal(gateway.messages.length, 1, "twenty cents are two messages, and one was spent before");
  });
});
