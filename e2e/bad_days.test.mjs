// What must lose nothing: mail servers that are down, slow, refusing or forgetful; a killed server; two hands.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { startExim } from "./lib/exim.mjs";
import { gateBefore } from "./lib/gate.mjs";
import { Mailbox } from "./lib/mail.mjs";
import { freePort } from "./lib/port.mjs";
import { POSTGRES, smtpSettings, startServer } from "./lib/server.mjs";
import { ACCOUNT, ask, comesTo, comesToEnd, openFirstAccount, signIn, submitOf, type, unfold, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";

/** Mail that has to wait for a retry comes with the backoff, not at once. */
const RETRIED = 90_000;

/** Tests of the store in a file. What they ask of a shared one is asked in crates/bidden/tests/faults. */
const EMBEDDED = { skip: POSTGRES ? "about the embedded store" : false };

async function withExim(t, options) {
  const exim = await startExim(options);
  t.after(exim.stop);
  return exim;
}

async function firstAccount(t, settings = {}) {
  const exim = await withExim(t);
  const server = await startServer(t, { ...smtpSettings(exim), ...settings });
  return { exim, server, owner: await openFirstAccount(t, server, exim, ADA) };
}

after(closeBrowser);

describe("bad days of the mail server", { concurrency: 3 }, () => {
  test("row 52: with the mail server down a request is on the record, and its mail goes out once it is up", async (t) => {
    const { exim, server, owner } = await firstAccount(t);
    await exim.stop();
    const other = await visitor(t);
    const asked = await ask(other.page, `${server.origin}/sign-in`, ADA);
    await comesToEnd(owner.page, server.origin, asked.reference, "waiting");
    const later = await withExim(t, { port: exim.port });
    const mail = await new Mailbox(later.maildir(ADA)).next(RETRIED);
    assert.ok(mail.text.includes(asked.reference));
    await type(other.page, mail.code);
    await other.page.waitForURL(ACCOUNT);
  });

  test("row 52: killed right after the ask with the mail server down, it sends the mail after the next start", async (t) => {
    const { exim, server, owner } = await firstAccount(t);
    await exim.stop();
    const other = await visitor(t);
    const asked = await ask(other.page, `${server.origin}/sign-in`, ADA);
    await server.restart("SIGKILL");
    await comesToEnd(owner.page, server.origin, asked.reference, "waiting");
    const later = await withExim(t, { port: exim.port });
    const box = new Mailbox(later.maildir(ADA));
    const mail = await box.next(RETRIED);
    assert.ok(mail.text.includes(asked.reference));
    await box.staysEmpty();
    await type(other.page, mail.code);
    await other.page.waitForURL(ACCOUNT);
  });

  test("row 52: a refused mail is told as bounced", async (t) => {
    const { exim, server, owner } = await firstAccount(t);
    await exim.stop();
    await withExim(t, { port: exim.port, refuse: [ADA] });
    const other = await visitor(t);
    const asked = await ask(other.page, `${server.origin}/sign-in`, ADA);
    const line = await comesToEnd(owner.page, server.origin, asked.reference, "bounced");
    assert.match(await unfold(line), /refused/i);
  });

  test("a greylisted mail is delivered by the retry", async (t) => {
    const exim = await withExim(t, { greylist: true });
    const server = await startServer(t, smtpSettings(exim));
    const owner = await visitor(t);
    const asked = await ask(owner.page, server.setUpLink, ADA);
    const mail = await new Mailbox(exim.maildir(ADA)).next(RETRIED);
    assert.match(exim.log(), /greylisted/, "it was put off first");
    await type(owner.page, mail.code);
    await owner.page.waitForURL(ACCOUNT);
    await comesToEnd(owner.page, server.origin, asked.reference, "used");
  });

  test("a slow mail server slows nobody's page", async (t) => {
    const exim = await withExim(t);
    const gate = await gateBefore(t, exim.port);
    const server = await startServer(t, { ...smtpSettings(exim), BIDDEN_SMTP_PORT: String(gate.port) });
    const owner = await visitor(t);
    const box = new Mailbox(exim.maildir(ADA));
    await ask(owner.page, server.setUpLink, ADA);
    // The page is there; the mail server has not said a word yet.
    await gate.knocked;
    assert.equal(box.count(), 0);
    gate.open();
    const mail = await box.next(RETRIED);
    await type(owner.page, mail.code);
    await owner.page.waitForURL(ACCOUNT);
  });

  for (const security of ["starttls", "implicit"]) {
    test(`mail leaves over ${security} TLS with a password, to a server whose certificate is checked`, async (t) => {
      const auth = { username: "bidden", password: "correct horse" };
      const exim = await withExim(t, { security, auth });
      const server = await startServer(t, smtpSettings(exim, { security, auth }));
      await openFirstAccount(t, server, exim, ADA);
      assert.match(exim.log(), /P=esmtpsa/, "encrypted and authenticated");

      const { BIDDEN_SMTP_CA_FILE: _, ...unchecked } = smtpSettings(exim, { security, auth });
      const wary = await startServer(t, unchecked);
      const stranger = await visitor(t);
      await ask(stranger.page, wary.setUpLink, "eve@example.test");
      await new Mailbox(exim.maildir("eve@example.test")).staysEmpty(3_000);
    });
  }
});

describe("bad days of the server", { concurrency: 3 }, () => {
  test("a second serve on the same data directory is refused in a sentence, and commands work beside the first", EMBEDDED, async (t) => {
    const { server } = await firstAccount(t);
    const samePort = await server.command("serve");
    assert.notEqual(samePort.code, 0);
    assert.match(samePort.stderr, new RegExp(`127\\.0\\.0\\.1:${server.port}.*in use`));
    server.environment = { ...server.environment, BIDDEN_LISTEN: `127.0.0.1:${await freePort()}` };
    const second = await server.command("serve");
    assert.notEqual(second.code, 0);
    assert.match(second.stderr, /already|another|in use/i);
    assert.ok(second.stderr.includes(server.dataDir), second.stderr);
    assert.doesNotMatch(second.stderr, /panicked|backtrace/i);
    const list = await server.command("account", "list");
    assert.equal(list.code, 0, list.stderr);
    assert.ok(list.stdout.includes(ADA));
  });

  test("a session outlives kill -9 and the next start", async (t) => {
    const { server, owner } = await firstAccount(t);
    await server.restart("SIGKILL");
    await owner.page.goto(`${server.origin}/account`);
    assert.ok((await words(owner.page)).includes(ADA));
    await comesToEnd(owner.page, server.origin, owner.reference, "used");
  });

  test("row 52: when the disk is full people are told to come back, nothing half-done stays, and with room again all goes on", EMBEDDED, async (t) => {
    const { server, owner } = await firstAccount(t);
    await server.kill("SIGTERM");
    server.fileLimit = server.largestFile + 200;
    await server.start();
    const other = await visitor(t);
    const asked = [];
    let status;
    for (let n = 0; n < 200 && status === undefined; n += 1) {
      await other.page.goto(`${server.origin}/sign-in`);
      await other.page.locator("input[name=address]").fill(`person${n}@example.test`);
      await submitOf(other.page, "input[name=address]").click();
      await other.page.waitForLoadState();
      if (/\/sign-in\/[\w-]+$/.test(other.page.url())) asked.push(other.page.url());
      else status = await other.page.locator("main .status").innerText();
    }
    assert.equal(status, "503", `after ${asked.length} requests`);
    assert.match(await words(other.page), /nothing was changed/i);

    await server.kill("SIGTERM");
    server.fileLimit = undefined;
    await server.start();
    for (const url of asked) {
      await other.page.goto(url);
      assert.equal(await other.page.locator("input[name=code]").count(), 1, `${url} was promised and is still there`);
    }
    const again = await ask(other.page, `${server.origin}/sign-in`, ADA);
    const mail = await owner.box.next(RETRIED);
    assert.ok(mail.text.includes(again.reference));
    await type(other.page, mail.code);
    await other.page.waitForURL(ACCOUNT);
  });

  test("an impossible setting is refused before anything listens, with its name and what was expected", async (t) => {
    const { server } = await firstAccount(t);
    server.environment = { ...server.environment, BIDDEN_CODE_LIFETIME: "99m", BIDDEN_NO_SUCH: "1" };
    const refused = await server.command("serve");
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /BIDDEN_CODE_LIFETIME/);
    assert.match(refused.stderr, /BIDDEN_NO_SUCH/);
  });
});

describe("hasty and doubtful hands", { concurrency: 3 }, () => {
  test("a double click on the button that asks for a code sends one mail, and its code signs in", async (t) => {
    const { server, owner } = await firstAccount(t);
    const hasty = await visitor(t);
    await hasty.page.goto(`${server.origin}/sign-in`);
    await hasty.page.locator("input[name=address]").fill(ADA);
    await hasty.page.getByRole("button", { name: "Send me a code" }).dblclick();
    await comesTo(hasty.page, /\/sign-in\/[\w-]+$/);
    const mail = await owner.box.next();
    await owner.box.staysEmpty();
    await type(hasty.page, mail.code);
    await hasty.page.waitForURL(ACCOUNT);
  });

  test("a double click on the button that sends the code signs in", async (t) => {
    const { server, owner } = await firstAccount(t);
    const hasty = await visitor(t);
    await ask(hasty.page, `${server.origin}/sign-in`, ADA);
    const mail = await owner.box.next();
    await hasty.page.locator("input[name=code]").fill(mail.code);
    await submitOf(hasty.page, "input[name=code]").dblclick();
    await comesTo(hasty.page, ACCOUNT);
    await hasty.page.goto(`${server.origin}/account`);
    assert.ok((await words(hasty.page)).includes(ADA));
  });

  test("row 7: a form that a browser sends twice at once signs in once, and the second answer says so", async (t) => {
    const { server, owner } = await firstAccount(t);
    const hasty = await visitor(t);
    const { url } = await ask(hasty.page, `${server.origin}/sign-in`, ADA);
    const { code } = await owner.box.next();
    const csrf = await hasty.page.locator("form:has(input[name=code]) input[name=csrf]").inputValue();
    const cookie = (await hasty.context.cookies()).map((one) => `${one.name}=${one.value}`).join("; ");
    const send = () => fetch(url, {
      method: "POST",
      redirect: "manual",
      headers: { cookie, origin: server.origin, "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ csrf, code }),
    });
    const answers = await Promise.all([send(), send()]);
    const first = answers.filter((one) => one.status === 303);
    assert.equal(first.length, 1, `${answers.map((one) => one.status)}`);
    assert.match(first[0].headers.get("set-cookie"), /__Host-bidden-session=/);
    const second = answers.find((one) => one.status !== 303);
    assert.ok(second.status >= 400 && second.status < 500, `${second.status}`);
    assert.match(await second.text(), /works once/);
    assert.equal(second.headers.get("set-cookie"), null);
  });

  test("two tabs of one browser share one code, and the second tab finds itself signed in", async (t) => {
    const { server, owner } = await firstAccount(t);
    const person = await visitor(t);
    const other = await person.context.newPage();
    await ask(person.page, `${server.origin}/sign-in`, ADA);
    await ask(other, `${server.origin}/sign-in`, ADA);
    const mail = await owner.box.next();
    await owner.box.staysEmpty();
    await type(person.page, mail.code);
    await person.page.waitForURL(ACCOUNT);
    await type(other, mail.code);
    await other.goto(`${server.origin}/account`);
    assert.ok((await words(other)).includes(ADA));
  });

  test("row 10: a code typed in another browser is refused there, recorded, and still works where it was asked for", async (t) => {
    const { server, owner } = await firstAccount(t);
    const asker = await visitor(t);
    const asked = await ask(asker.page, `${server.origin}/sign-in`, ADA);
    const mail = await owner.box.next();

    const thief = await visitor(t);
    await thief.page.goto(asked.url);
    assert.equal(await thief.page.locator("input[name=code]").count(), 0, "the page of the request is empty elsewhere");
    const own = await ask(thief.page, `${server.origin}/sign-in`, ADA);
    await type(thief.page, mail.code);
    assert.doesNotMatch(thief.page.url(), ACCOUNT);
    assert.match(await words(thief.page), /left/, "it says how many guesses are left");
    await thief.page.goto(`${server.origin}/account`);
    assert.match(thief.page.url(), /\/sign-in/);

    await owner.page.goto(`${server.origin}/account/activity`);
    const line = await comesToEnd(owner.page, server.origin, own.reference, "waiting");
    assert.match(await line.locator(".ends").innerText(), /wrong code/i);

    await type(asker.page, mail.code);
    await asker.page.waitForURL(ACCOUNT);
    await comesToEnd(owner.page, server.origin, asked.reference, "used");
  });

  test("three wrong codes end the request, and the right one comes too late", async (t) => {
    const { server, owner } = await firstAccount(t);
    const clumsy = await visitor(t);
    const asked = await ask(clumsy.page, `${server.origin}/sign-in`, ADA);
    const mail = await owner.box.next();
    const wrong = mail.code.startsWith("BBBB") ? "CCCC-CCCC" : "BBBB-BBBB";
    await type(clumsy.page, "not a code");
    assert.equal(await clumsy.page.locator("input[name=code]").getAttribute("aria-invalid"), "true");
    await type(clumsy.page, wrong);
    await type(clumsy.page, wrong);
    assert.equal(await clumsy.page.locator("input[name=code]").count(), 1, "a malformed code and two wrong ones leave one guess");
    await type(clumsy.page, wrong);
    assert.equal(await clumsy.page.locator("input[name=code]").count(), 0, "the third wrong code was the last");
    await clumsy.page.goto(asked.url);
    assert.equal(await clumsy.page.locator("input[name=code]").count(), 0);
    const line = await comesToEnd(owner.page, server.origin, asked.reference, "wrong");
    assert.match(await line.locator(".ends").innerText(), /wrong code.*3/i);
  });

  test("a code is taken in any case, without its dash and with spaces around it", async (t) => {
    const { server, owner } = await firstAccount(t);
    const person = await visitor(t);
    await ask(person.page, `${server.origin}/sign-in`, `  ${ADA.toUpperCase()} `);
    const { code } = await owner.box.next();
    await type(person.page, `  ${code.toLowerCase().replace("-", " ")} `);
    await person.page.waitForURL(ACCOUNT);
  });

  for (const [name, address] of [["without an @", "ada"], ["with a line break hidden in it", "ada@example.test\u2028bcc:eve@example.test"], ["of 320 characters", `${"a".repeat(64)}@${"b".repeat(251)}.test`]]) {
    test(`an address ${name} is refused at the field, and what was typed stays`, async (t) => {
      const { server } = await firstAccount(t);
      const person = await visitor(t);
      await person.page.goto(`${server.origin}/sign-in`);
      await person.page.locator("input[name=address]").fill(address);
      await submitOf(person.page, "input[name=address]").click();
      await person.page.waitForLoadState();
      assert.equal(await person.page.locator("input[name=address]").getAttribute("aria-invalid"), "true");
      assert.match(await person.page.locator("#address-error").innerText(), /\w+/);
    });
  }
});
