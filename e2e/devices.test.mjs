// Devices: paired from the account page, and by a code that they show; with the person's browser, the device and an attacker.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import path from "node:path";
import * as jose from "jose";
import * as openid from "openid-client";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { ADA, AWAY, HOME, PAIRED, SHOWN, at, site, startDevice } from "./lib/devices.mjs";
import { openWindow, prove, say, typeUserCode } from "./lib/letting_in.mjs";
import { everyLook } from "./lib/page_check.mjs";
import { startProgram } from "./lib/program.mjs";
import { discover } from "./lib/relying_party.mjs";
import { signIn, words } from "./lib/walk.mjs";

/** The Python of an environment with e2e/clients/requirements.txt; `./test` makes one. */
const PYTHON = process.env.E2E_PYTHON;
/** The program of e2e/clients/oauth2; `./test` builds it. */
const OAUTH2 = process.env.E2E_OAUTH2;

after(closeBrowser);

describe("devices", { concurrency: 2 }, () => {
  test("a device is paired from here: window, code, digits, tokens", async (t) => {
    const { server, owner } = await site(t, PAIRED);
    await owner.page.goto(`${server.origin}/account/devices/pair`);
    await everyLook(owner.page, "pair");
    const code = await openWindow(owner, server);
    assert.match(code, /^[A-Z]{4}-[A-Z]{4}-[A-Z]{4}$/);
    await everyLook(owner.page, "pair-open");
    const device = await startDevice(server, "terminal", HOME);
    assert.equal(device.metadata.device_authorization_endpoint, undefined, "codes of devices are off, and not spoken of");
    const begun = await device.brings(code.toLowerCase());
    assert.deepEqual([begun.status, begun.interval, begun.expires_in], [200, 5, 180], JSON.stringify(begun));
    assert.match(begun.confirmation, /^\d{4}$/);
    // The page sees by itself that something answered.
    await owner.page.getByRole("heading", { name: "Is this device yours?" }).waitFor();
    assert.match(await words(owner.page), /Linden at the command line.*Program at a command line.*In your network\./);
    await everyLook(owner.page, "pair-answered");
    assert.equal((await device.polls(begun.device_code)).error, "authorization_pending");
    await owner.page.locator("#digits").fill(begun.confirmation);
    await owner.page.getByRole("button", { name: "Yes, let it in" }).click();
    await owner.page.getByRole("heading", { name: "The device is let in" }).waitFor();
    await everyLook(owner.page, "pair-allowed");
    const got = await device.polls(begun.device_code);
    assert.deepEqual([got.token_type, got.scope], ["DPoP", "offline_access openid shelf.read"], JSON.stringify(got));
    const next = await device.refreshes(got.refresh_token);
    assert.ok(next.refresh_token && next.refresh_token !== got.refresh_token, JSON.stringify(next));
    // Signing the browser out does not sign the device out.
    await owner.page.goto(`${server.origin}/account/activity`);
    assert.match(await words(owner.page), /A device with Linden at the command line was let in\. It was in the same network.*A device answered with the pairing code/);
    await everyLook(owner.page, "activity-devices");
    await owner.page.getByRole("button", { name: "Sign out" }).click();
    await owner.page.waitForURL(/sign-in/);
    assert.ok((await device.refreshes(next.refresh_token)).access_token);
    assert.deepEqual([owner.errors, owner.foreign], [[], []]);
  });

  test("row 36: somebody on the telephone gets the code, and not the digits", async (t) => {
    const { server, owner } = await site(t, PAIRED);
    const code = await openWindow(owner, server);
    const kit = await startDevice(server, "terminal", AWAY);
    const begun = await kit.brings(code);
    await owner.page.getByRole("heading", { name: "Is this device yours?" }).waitFor();
    assert.match(await words(owner.page), /In another network\..*say no/);
    await everyLook(owner.page, "pair-answered-elsewhere");
    // The careful choice comes first, and is what the keyboard comes to first.
    const buttons = await owner.page.locator("main button").allInnerTexts();
    assert.deepEqual(buttons, ["No, that is not mine", "Yes, let it in"]);
    await owner.page.locator("#digits").fill(begun.confirmation === "0000" ? "0001" : "0000");
    await owner.page.getByRole("button", { name: "Yes, let it in" }).click();
    await owner.page.getByRole("alert").waitFor();
    await everyLook(owner.page, "pair-wrong-digits");
    await owner.page.getByRole("button", { name: "No, that is not mine" }).click();
    await owner.page.getByRole("heading", { name: "The device was turned away" }).waitFor();
    await everyLook(owner.page, "pair-denied");
    assert.equal((await kit.polls(begun.device_code)).error, "access_denied");
  });

  test("a window without a script: the browser loads the page anew", async (t) => {
    const { server, owner } = await site(t, PAIRED);
    const plain = await visitor(t, { javaScriptEnabled: false, ...at(HOME) });
    await signIn(plain.page, server.origin, owner.box, ADA);
    const code = await openWindow(plain, server);
    const device = await startDevice(server, "terminal", HOME);
    const begun = await device.brings(code);
    await plain.page.getByRole("heading", { name: "Is this device yours?" }).waitFor();
    await plain.page.locator("#digits").fill(begun.confirmation);
    await plain.page.getByRole("button", { name: "Yes, let it in" }).click();
    await plain.page.getByRole("heading", { name: "The device is let in" }).waitFor();
    assert.ok((await device.polls(begun.device_code)).access_token);
  });

  test("openid-client polls for a code that a device shows, once its person has proved who is there", async (t) => {
    const { server, owner } = await site(t, SHOWN);
    const config = await discover(server, "tv", undefined, openid.None());
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair("ES256"));
    const begun = await openid.initiateDeviceAuthorization(config, { scope: "openid shelf.read" });
    assert.match(begun.user_code, /^[A-Z]{4}-[A-Z]{4}$/);
    const polling = openid.pollDeviceAuthorizationGrant(config, begun, undefined, { DPoP });
    polling.catch(() => {});
    // The complete address fills the field, and nothing happens before the person does it.
    await owner.page.goto(begun.verification_uri_complete);
    assert.equal(await owner.page.locator("#user_code").inputValue(), begun.user_code);
    await everyLook(owner.page, "device");
    await owner.page.getByRole("button", { name: "Look who asks" }).click();
    await owner.page.waitForURL(/\/device\/asked$/);
    assert.equal(await owner.page.getByRole("button", { name: "Yes, let it in" }).count(), 0);
    await everyLook(owner.page, "device-asked-unproved");
    await prove(owner, /\/device\/asked$/);
    await everyLook(owner.page, "device-asked");
    await owner.page.getByRole("button", { name: "Yes, let it in" }).click();
    await owner.page.getByRole("heading", { name: "The device is let in" }).waitFor();
    const tokens = await polling;
    assert.equal(tokens.token_type, "dpop");
    const id = await jose.jwtVerify(tokens.id_token, jose.createRemoteJWKSet(new URL(`${server.origin}/oauth/jwks`)), { issuer: server.origin, audience: "tv" });
    assert.equal(id.payload.sid, undefined, "the session is the person's");
    assert.deepEqual([owner.errors, owner.foreign], [[], []]);
  });

  test("row 22: a lure leads to a page that says no first, and its address leads nowhere", async (t) => {
    const { server, owner } = await site(t, SHOWN);
    const config = await discover(server, "tv", undefined, openid.None());
    const lure = await openid.initiateDeviceAuthorization(config, { scope: "openid shelf.read" });
    const wider = openid.initiateDeviceAuthorization(config, { scope: "openid offline_access" });
    await assert.rejects(wider, (error) => error.error === "invalid_scope");
    await owner.page.goto(lure.verification_uri);
    assert.match(await words(owner.page), /A code that came by mail, by message or by telephone is somebody else’s/);
    await owner.page.locator("#user_code").fill(lure.user_code);
    await owner.page.getByRole("button", { name: "Look who asks" }).click();
    await owner.page.waitForURL(/\/device\/asked$/);
    // Somebody else, with the address of that page.
    const other = await visitor(t, at(AWAY));
    await signIn(other.page, server.origin, owner.box, ADA);
    await other.page.goto(`${server.origin}/device/asked`);
    assert.match(other.page.url(), /\/device\?gone=1$/);
    await everyLook(other.page, "device-gone");
    await owner.page.getByRole("button", { name: "No, that is not mine" }).click();
    await owner.page.getByRole("heading", { name: "The device was turned away" }).waitFor();
    await everyLook(owner.page, "device-denied");
    await assert.rejects(openid.pollDeviceAuthorizationGrant(config, lure), (error) => error.error === "access_denied");
    await other.page.goto(`${server.origin}/device`);
    await other.page.locator("#user_code").fill("BCDF-GHJK");
    await other.page.getByRole("button", { name: "Look who asks" }).click();
    await other.page.getByRole("alert").waitFor();
    await everyLook(other.page, "device-unknown");
  });

  test("openid-client stays signed in by the key with which it polled, asks who it is, and signs out", async (t) => {
    const { server, owner } = await site(t, SHOWN.replace('user_code_scopes = ["openid", ', 'user_code_scopes = ["openid", "offline_access", '));
    const config = await discover(server, "tv", undefined, openid.None());
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair("ES256"));
    const begun = await openid.initiateDeviceAuthorization(config, { scope: "openid offline_access" });
    await typeUserCode(owner, begun);
    await prove(owner, /\/device\/asked$/);
    await say(owner, true);
    const first = await openid.pollDeviceAuthorizationGrant(config, begun, undefined, { DPoP });
    const { sub } = first.claims();
    assert.equal((await openid.fetchUserInfo(config, first.access_token, sub, { DPoP })).sub, sub);
    const next = await openid.refreshTokenGrant(config, first.refresh_token, undefined, { DPoP });
    assert.equal((await openid.fetchUserInfo(config, next.access_token, sub, { DPoP })).sub, sub);
    // The token is of no use with another key.
    const other = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair("ES256"));
    await assert.rejects(openid.fetchUserInfo(config, next.access_token, sub, { DPoP: other }), /401|invalid_token|WWW-Authenticate/i);
    await openid.tokenRevocation(config, next.refresh_token);
    await assert.rejects(openid.refreshTokenGrant(config, next.refresh_token, undefined, { DPoP }), (error) => error.error === "invalid_grant");
  });

  for (const { name, command, first } of [
    { name: "Authlib", command: PYTHON && [PYTHON, path.join(import.meta.dirname, "clients/authlib_device.py")], first: "authorization_pending" },
    { name: "the oauth2 crate", command: OAUTH2 && [OAUTH2] },
  ]) {
    test(`${name} gets its tokens by a code that it shows, and hears a no`, { skip: command ? false : `${name} is not there` }, async (t) => {
      const { server, owner } = await site(t, SHOWN);
      for (const yes of [true, false]) {
        const program = startProgram(t, [...command, server.origin, "tv"]);
        const begun = JSON.parse(await program.says());
        if (first) assert.equal(await program.says(), first);
        await typeUserCode(owner, begun);
        if (yes) await prove(owner, /\/device\/asked$/);
        await say(owner, yes);
        const { scope, token_type: kind, ...told } = JSON.parse(await program.says());
        // Both are at the loopback, of which nothing can be concluded: what it gets is provisional.
        if (yes) assert.deepEqual([[scope].flat(), kind.toLowerCase(), told], [["openid"], "bearer", { refresh: false }]);
        else assert.deepEqual(told, { error: "access_denied" });
        assert.equal((await program.ends()).code, 0);
      }
    });
  }
});
