// The examples, as their makers would run them: a program at the command line made with the library, and a television that is
// a page.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { after, describe, test } from "node:test";
import { tmpdir } from "node:os";
import path from "node:path";
import { serve } from "../examples/tv/serve.mjs";
import { LETTERS } from "../examples/tv/device.js";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { startExim } from "./lib/exim.mjs";
import { startHome } from "./lib/home.mjs";
import { confirm, openWindow, prove, say, typeUserCode } from "./lib/letting_in.mjs";
import { everyLook, tabTo } from "./lib/page_check.mjs";
import { startProgram } from "./lib/program.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { openFirstAccount, words } from "./lib/walk.mjs";

/** The program of examples/cli; `./test` builds it. */
const SHELF = process.env.E2E_SHELF;

const ADA = "ada@example.test";
const HOME = "93.184.216.34";

const settings = (example, more = "") => `trusted_proxies = ["loopback"]\n${more}${readFileSync(path.join(import.meta.dirname, `../examples/${example}/bidden.toml`), "utf8")}`;

after(closeBrowser);

/** A server that is reached through the router of one home, and its owner there. */
async function atHome(t, file) {
  const exim = await startExim();
  t.after(exim.stop);
  const home = await startHome(t, HOME);
  const server = await startServer(t, { ...smtpSettings(exim), BIDDEN_PUBLIC_URL: home.origin }, file);
  home.leadsTo(server);
  server.origin = home.origin;
  return { server, owner: await openFirstAccount(t, server, exim, ADA) };
}

/** The program, with a place of its own for its tokens. */
function startShelf(t, server) {
  const directory = mkdtempSync(path.join(tmpdir(), "bidden-shelf-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const file = path.join(directory, "state/signed-in.json");
  const run = (...args) => startProgram(t, [SHELF, ...args], { SHELF_ISSUER: server.origin, SHELF_FILE: file });
  return {
    file,
    run,
    // What a run without questions says.
    async says(...args) {
      const { code, rest, complaints } = await run(...args).ends();
      return { code, said: rest.join("\n"), complaints };
    },
  };
}

/** Serves the page of the television; gives back its origin. */
async function startShop(t, { origin: issuer }) {
  const { origin, server } = await serve({ settings: { issuer } });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return origin;
}

/** The first line that the program says which is as `pattern` has it. */
async function until(program, pattern) {
  for (;;) {
    const found = pattern.exec(await program.says());
    if (found) return found;
  }
}

describe("examples", { concurrency: 2 }, () => {
  test("shelf is paired, keeps its tokens to itself, refreshes, and signs out", { skip: SHELF ? false : "shelf is not built" }, async (t) => {
    const { server, owner } = await atHome(t, settings("cli"));
    const shelf = startShelf(t, server);
    assert.match((await shelf.says("who")).complaints, /Nobody is signed in/);
    const code = await openWindow(owner, server);
    const program = shelf.run("sign-in");
    await until(program, /Open a window at http:\/\/localhost:\d+\/account\/devices\/pair/);
    // Mistyped, nobody's, and right.
    program.reads("BCDF-GHJK-LMN");
    await until(program, /a code has 12 letters, and these are 11/);
    program.reads(code === "BCDF-GHJK-LMNP" ? "BCDF-GHJK-LMNQ" : "BCDF-GHJK-LMNP");
    await until(program, /No window is open for this code/);
    program.reads(` ${code.toLowerCase()} `);
    const [, digits] = await until(program, /^ {4}(\d{4})$/);
    await owner.page.getByRole("heading", { name: "Is this device yours?" }).waitFor();
    assert.match(await words(owner.page), /Shelf at the command line.*Program at a command line.*In your network\./);
    await confirm(owner, digits);
    const { code: exit, rest, complaints } = await program.ends();
    assert.equal(exit, 0, complaints);
    assert.match(rest.join(" "), /Signed in\. It may: email offline_access openid\. \{.*"email":"ada@example\.test"/);
    assert.deepEqual([statSync(shelf.file).mode & 0o777, statSync(path.dirname(shelf.file)).mode & 0o777], [0o600, 0o700]);

    const kept = readFileSync(shelf.file, "utf8");
    assert.match((await shelf.says("refresh")).said, /^Refreshed\. It may: email offline_access openid\.$/);
    const next = readFileSync(shelf.file, "utf8");
    assert.notEqual(JSON.parse(next).tokens.refresh_token, JSON.parse(kept).tokens.refresh_token);
    assert.deepEqual(JSON.parse(next).key, JSON.parse(kept).key);
    assert.equal(statSync(shelf.file).mode & 0o777, 0o600);
    // Two at once take turns, so that neither is taken for a thief.
    const both = await Promise.all([shelf.says("refresh"), shelf.says("refresh")]);
    assert.deepEqual(both.map(({ code: said }) => said), [0, 0], JSON.stringify(both));
    assert.match((await shelf.says("sign-in")).complaints, /signed in already/);
    assert.match((await shelf.says("who")).said, /"email":"ada@example\.test"/);

    const { said } = await shelf.says("sign-out");
    assert.equal(said, "Signed out.");
    assert.throws(() => statSync(shelf.file), /ENOENT/);
    await owner.page.goto(`${server.origin}/account/activity`);
    assert.match(await words(owner.page), /Shelf at the command line/);
  });

  test("shelf is told when its person says no, and when it is ended on their page", { skip: SHELF ? false : "shelf is not built" }, async (t) => {
    const more = '\n[provider]\ndevice_authorization = "on"\n';
    const shown = settings("cli", more).replace("dpop_bound = true", 'dpop_bound = true\nuser_code_scopes = ["openid", "email", "offline_access"]');
    const { server, owner } = await atHome(t, shown);
    const shelf = startShelf(t, server);
    const refused = shelf.run("sign-in");
    await until(refused, /Open a window/);
    refused.reads(await openWindow(owner, server));
    await until(refused, /^ {4}\d{4}$/);
    await owner.page.getByRole("heading", { name: "Is this device yours?" }).waitFor();
    await say(owner, false);
    const over = await refused.ends();
    assert.deepEqual([over.code, /turned away/.test(over.complaints)], [1, true], over.complaints);

    // By a code that it shows (RFC 8628), with the same key in every proof.
    const showing = shelf.run("sign-in", "--show-code");
    const [, page] = await until(showing, /^Type this code at (\S+):$/);
    const [, userCode] = await until(showing, /^ {4}([A-Z]{4}-[A-Z]{4})$/);
    await typeUserCode(owner, { verification_uri: page, user_code: userCode });
    await prove(owner, /\/device\/asked$/);
    await say(owner, true);
    assert.equal((await showing.ends()).code, 0);
    // The person ends it: the program says so, and forgets.
    await owner.page.goto(`${server.origin}/account/grants`);
    await owner.page.getByRole("button", { name: "End access" }).first().click();
    await owner.page.waitForLoadState();
    const ended = await shelf.says("refresh");
    assert.deepEqual([ended.code, /has ended/.test(ended.complaints)], [1, true], ended.complaints);
    assert.throws(() => statSync(shelf.file), /ENOENT/);
  });

  test("a television is paired by the arrows of its remote control, asks who it is, and signs out", async (t) => {
    const { server, owner } = await atHome(t, settings("tv"));
    const origin = await startShop(t, server);
    const tv = await visitor(t, { viewport: { width: 1280, height: 720 } });
    const { page } = tv;
    const remote = (key) => page.keyboard.press(key);
    await page.goto(origin);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await fits(page);
    await everyLook(page, "tv-code");
    await page.setViewportSize({ width: 1280, height: 720 });

    const focus = () => page.evaluate(() => document.activeElement.textContent);
    /** Goes to a letter by the arrows, and presses OK. */
    const press = async (letter) => {
      const at = (text) => LETTERS.indexOf(text);
      for (let from = await focus(); from !== letter; from = await focus()) {
        assert.equal(from.length, 1, `on the way to ${letter} at ${from}`);
        const rows = Math.floor(at(letter) / 5) - Math.floor(at(from) / 5);
        if (rows === 0) await remote(at(letter) > at(from) ? "ArrowRight" : "ArrowLeft");
        else await remote(rows > 0 ? "ArrowDown" : "ArrowUp");
        assert.notEqual(await focus(), from, "an arrow leads somewhere");
      }
      await remote("Enter");
    };
    assert.equal(await focus(), "B");
    for (const letter of "BCDFGHJKLMNP") await press(letter);
    assert.equal(await focus(), "OK", "after the last letter");
    await remote("Enter");
    await page.getByText("No window is open for this code").waitFor();

    const code = await openWindow(owner, server);
    for (const letter of code.replaceAll("-", "")) await press(letter);
    assert.equal(await page.locator("#typed").inputValue(), code);
    await remote("Enter");
    await page.locator(".digits").waitFor();
    await fits(page);
    const digits = await page.locator(".digits").innerText();
    assert.match(digits, /^\d{4}$/);
    await everyLook(page, "tv-digits");
    await owner.page.getByRole("heading", { name: "Is this device yours?" }).waitFor();
    // A page is in the network of whoever looks at it, which proves nothing.
    assert.match(await words(owner.page), /Linden Screen.*Television/);
    assert.doesNotMatch(await words(owner.page), /In your network/);
    await confirm(owner, digits);
    await page.getByRole("heading", { name: "This television is let in" }).waitFor();
    const who = await page.locator(".who").innerText();
    assert.match(who, /^[\w-]{20,}$/, "what is provisional has openid alone, so that no address is told");
    assert.ok(await page.locator(".little").isVisible());
    await page.setViewportSize({ width: 1280, height: 720 });
    await fits(page);
    await everyLook(page, "tv-in");

    // Switched off and on: it is still signed in, with a key that nobody can read.
    await page.reload();
    await page.getByRole("heading", { name: "This television is let in" }).waitFor();
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByText("That is still so.").waitFor();
    assert.equal(await page.locator(".who").innerText(), who);
    const kept = await page.evaluate(async () => {
      const { read } = await import("/kept.js");
      const { privateKey } = await read("keys");
      const taken = await crypto.subtle.exportKey("jwk", privateKey).then(() => true, () => false);
      return [privateKey.extractable, taken, (await read("tokens")).refresh !== undefined];
    });
    assert.deepEqual(kept, [false, false, true]);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    // Refusals are answers of 400 and 401, of which a browser writes a line each.
    assert.deepEqual(tv.errors.filter((error) => !/status of 40[01]/.test(error)), []);
    assert.deepEqual(tv.foreign, []);
  });

  test("a television by keyboard alone, which stops, and hears a no", async (t) => {
    const { server, owner } = await atHome(t, settings("tv"));
    const origin = await startShop(t, server);
    const { page } = await visitor(t, { viewport: { width: 390, height: 844 } });
    await page.goto(origin);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await tabTo(page, page.getByRole("button", { name: "OK" }));
    await page.keyboard.press("Enter");
    await page.getByText("The code has twelve letters.").waitFor();
    // Letters are taken wherever the focus is; one too many is taken back.
    await page.keyboard.type("bcdfz");
    await page.keyboard.press("Backspace");
    assert.equal(await page.locator("#typed").inputValue(), "BCDF");
    for (const stops of [true, false]) {
      const code = await openWindow(owner, server);
      await page.locator("#typed").fill(code);
      await page.getByRole("button", { name: "OK" }).click();
      await page.locator(".digits").waitFor();
      await owner.page.getByRole("heading", { name: "Is this device yours?" }).waitFor();
      if (stops) await page.getByRole("button", { name: "Stop" }).click();
      else await say(owner, false);
      await page.getByRole("heading", { name: stops ? "You stopped" : "It was turned away" }).waitFor();
      if (stops) await say(owner, false);
      if (!stops) await everyLook(page, "tv-over");
      await page.getByRole("button", { name: "Begin again" }).click();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
    }
  });
});

/** Nothing of the page lies outside the screen. */
async function fits(page) {
  const outside = await page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]);
  assert.ok(outside.every((pixels) => pixels <= 0), `outside of the screen: ${outside} px`);
}
