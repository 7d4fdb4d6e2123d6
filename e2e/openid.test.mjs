// Standard OpenID clients against a running bidden: openid-client in Node.js, Authlib in Python, the openidconnect crate in
// Rust, oidc-client-ts in a browser, jose as oracle.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { tmpdir } from "node:os";
import path from "node:path";
import * as jose from "jose";
import * as openid from "openid-client";
import { closeBrowser } from "./lib/browser.mjs";
import { startBrowserApp } from "./lib/browser_app.mjs";
import { device } from "./lib/device.mjs";
import { startExim } from "./lib/exim.mjs";
import { everyLook } from "./lib/page_check.mjs";
import { startProgram } from "./lib/program.mjs";
import { allow, begin, discover, startCallback } from "./lib/relying_party.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { ask, openFirstAccount, type, words } from "./lib/walk.mjs";

/** The Python of an environment with e2e/clients/requirements.txt; `./test` makes one. */
const PYTHON = process.env.E2E_PYTHON;

/** The program of e2e/clients/openidconnect; `./test` builds it. */
const OPENIDCONNECT = process.env.E2E_OPENIDCONNECT;

const ADA = "ada@example.test";
const SECRET = "bidden_cs_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/** Clients as `bidden.toml` names them. */
const web = ({ redirect }) => `
[[clients]]
id = "web"
name = "Example Web"
secret = "${SECRET}"
grant_types = ["authorization_code", "refresh_token"]
redirect_uris = ["${redirect}"]
scopes = ["openid", "email", "offline_access"]
`;

const native = ({ redirect }, id = "native") => `
[[clients]]
id = "${id}"
name = "Example ${id}"
authentication = "none"
dpop_bound = true
grant_types = ["authorization_code", "refresh_token"]
redirect_uris = ["${redirect}"]
scopes = ["openid", "email", "offline_access"]
`;

const job = (keys) => `
[[clients]]
id = "job"
name = "Nightly job"
authentication = "private_key_jwt"
jwks_file = "${keys}"
grant_types = ["client_credentials"]
scopes = ["reports"]
`;

/** The same, with tokens for itself as well, and signatures of this kind. */
const signed = ({ redirect }, kind) => `
[[clients]]
id = "${kind.toLowerCase()}"
name = "Example ${kind}"
secret = "${SECRET}"
signing = "${kind}"
grant_types = ["authorization_code", "refresh_token", "client_credentials"]
redirect_uris = ["${redirect}"]
scopes = ["openid", "email", "offline_access", "reports"]
`;

/** A client in another language: it says where a browser has to go, hears where that came back, and tells what it got. */
async function told(t, { owner, callback }, program, words) {
  const { says, reads } = startProgram(t, [program, ...words]);
  await owner.page.goto(await says());
  await allow(owner.page);
  reads((await callback.answer()).url);
  return JSON.parse(await says());
}

async function site(t, file) {
  const exim = await startExim();
  t.after(exim.stop);
  const server = await startServer(t, smtpSettings(exim), file);
  return { exim, server, owner: await openFirstAccount(t, server, exim, ADA) };
}

/** The claims of a signed token, if jose finds it right. */
const verified = (server, token, options) =>
  jose.jwtVerify(token, jose.createRemoteJWKSet(new URL(`${server.origin}/oauth/jwks`)), { issuer: server.origin, ...options });

/** That a library call is refused with this code of RFC 6749. */
const refused = (promise, code) => assert.rejects(promise, (error) => {
  assert.equal(error.error, code, String(error.cause ?? error));
  return true;
});

after(closeBrowser);

describe("standard clients", { concurrency: 2 }, () => {
  test("openid-client signs in, asks who it is, refreshes, and ends what it got", async (t) => {
    const callback = await startCallback(t);
    const { server, owner } = await site(t, web(callback));
    const config = await discover(server, "web", undefined, openid.ClientSecretBasic(SECRET));
    const { parameters, checks } = await begin({ redirect_uri: callback.redirect });
    await owner.page.goto(openid.buildAuthorizationUrl(config, parameters).href);
    assert.match(await words(owner.page), /Example Web.*ada@example\.test/);
    await everyLook(owner.page, "consent");
    await allow(owner.page);
    const { url } = await callback.answer();
    assert.equal(url.searchParams.get("iss"), server.origin);
    const tokens = await openid.authorizationCodeGrant(config, url, checks);
    const id = await verified(server, tokens.id_token, { audience: "web" });
    assert.deepEqual([id.protectedHeader.alg, id.payload.nonce], ["ES256", parameters.nonce]);
    const access = await verified(server, tokens.access_token, { typ: "at+jwt" });
    assert.deepEqual([access.payload.client_id, access.payload.sub], ["web", id.payload.sub]);
    const me = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
    assert.deepEqual([me.email, me.email_verified], [ADA, true]);
    await refused(openid.authorizationCodeGrant(config, url, checks), "invalid_grant");

    // A code that came twice ended everything that came of it.
    const looked = await openid.tokenIntrospection(config, tokens.refresh_token);
    assert.equal(looked.active, false);

    const again = await begin({ redirect_uri: callback.redirect });
    await owner.page.goto(openid.buildAuthorizationUrl(config, again.parameters).href);
    await allow(owner.page);
    const first = await openid.authorizationCodeGrant(config, (await callback.answer()).url, again.checks);
    const second = await openid.refreshTokenGrant(config, first.refresh_token);
    assert.notEqual(second.refresh_token, first.refresh_token);
    assert.equal((await openid.tokenIntrospection(config, second.access_token)).active, true);
    await openid.tokenRevocation(config, second.refresh_token);
    assert.equal((await openid.tokenIntrospection(config, second.access_token)).active, false);
    await refused(openid.refreshTokenGrant(config, second.refresh_token), "invalid_grant");
    assert.deepEqual([owner.errors, owner.foreign], [[], []]);
  });

  test("row 30: a copied refresh token ends the family, and the owner reads why", async (t) => {
    const callback = await startCallback(t);
    const { server, owner } = await site(t, web(callback));
    const config = await discover(server, "web", undefined, openid.ClientSecretBasic(SECRET));
    const { parameters, checks } = await begin({ redirect_uri: callback.redirect });
    await owner.page.goto(openid.buildAuthorizationUrl(config, parameters).href);
    await allow(owner.page);
    const first = await openid.authorizationCodeGrant(config, (await callback.answer()).url, checks);
    const second = await openid.refreshTokenGrant(config, first.refresh_token);
    await openid.refreshTokenGrant(config, second.refresh_token);
    await refused(openid.refreshTokenGrant(config, first.refresh_token), "invalid_grant");
    await refused(openid.refreshTokenGrant(config, second.refresh_token), "invalid_grant");
    await owner.page.goto(`${server.origin}/account/activity`);
    assert.match(await words(owner.page), /Example Web lost a permission: something of it was used twice, and somebody else may have a copy/);
  });

  test("row 29: a pushed request, and tokens bound to a key, for a client that keeps no secret", async (t) => {
    const callback = await startCallback(t);
    const { server, owner } = await site(t, native(callback));
    const config = await discover(server, "native", undefined, openid.None());
    const pair = await openid.randomDPoPKeyPair("ES256");
    const DPoP = openid.getDPoPHandle(config, pair);
    const { parameters, checks } = await begin({ redirect_uri: callback.redirect });
    await owner.page.goto((await openid.buildAuthorizationUrlWithPAR(config, parameters, { DPoP })).href);
    await allow(owner.page);
    const tokens = await openid.authorizationCodeGrant(config, (await callback.answer()).url, checks, {}, { DPoP });
    assert.equal(tokens.token_type, "dpop");
    assert.equal((await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP })).email, ADA);
    const naked = await fetch(`${server.origin}/oauth/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    assert.equal(naked.status, 401);
    const next = await openid.refreshTokenGrant(config, tokens.refresh_token, {}, { DPoP });
    assert.notEqual(next.refresh_token, tokens.refresh_token);
    // Whoever comes with the token and another key has stolen it: nobody keeps it.
    const other = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair("ES256"));
    await refused(openid.refreshTokenGrant(config, next.refresh_token, {}, { DPoP: other }), "invalid_dpop_proof");
    await refused(openid.refreshTokenGrant(config, next.refresh_token, {}, { DPoP }), "invalid_grant");
  });

  test("Authlib signs in, asks who it is, refreshes, and ends what it got", { skip: PYTHON ? false : "no Python environment is given" }, async (t) => {
    const callback = await startCallback(t);
    const { server, owner } = await site(t, web(callback));
    const client = path.join(import.meta.dirname, "clients/authlib_client.py");
    const { me, sub, ...rest } = await told(t, { owner, callback }, PYTHON, [client, server.origin, "web", SECRET, callback.redirect]);
    assert.deepEqual([me.email, me.sub], [ADA, sub]);
    assert.deepEqual(rest, { rotated: true, before: true, after: false });
  });

  test("the openidconnect crate signs in, asks who it is, refreshes, and gets tokens for itself, whatever signs", { skip: OPENIDCONNECT ? false : "no program is given" }, async (t) => {
    const callback = await startCallback(t);
    const kinds = ["ES256", "EdDSA", "RS256"];
    const { server, owner } = await site(t, kinds.map((kind) => signed(callback, kind)).join(""));
    for (const kind of kinds) {
      const { sub, email, ...rest } = await told(t, { owner, callback }, OPENIDCONNECT, [server.origin, kind.toLowerCase(), SECRET, callback.redirect]);
      assert.match(sub, /^[0-9a-f-]{36}$/);
      assert.equal(email, ADA);
      assert.deepEqual(rest, { alg: kind, hash: true, refused: true, verified: true, rotated: true, same: true, own: ["reports"], alone: true }, kind);
    }
  });

  test("a client that signs its assertions gets tokens for itself", async (t) => {
    const { publicKey, privateKey } = await jose.generateKeyPair("ES256", { extractable: true });
    const key = { ...(await jose.exportJWK(publicKey)), kid: "one", alg: "ES256", use: "sig" };
    const directory = mkdtempSync(path.join(tmpdir(), "bidden-keys-"));
    t.after(() => rmSync(directory, { recursive: true }));
    const file = path.join(directory, "job.jwks");
    writeFileSync(file, JSON.stringify({ keys: [key] }));
    const { server } = await site(t, job(file));
    const config = await discover(server, "job", undefined, openid.PrivateKeyJwt({ key: privateKey, kid: "one" }));
    const tokens = await openid.clientCredentialsGrant(config, { scope: "reports" });
    const { payload } = await verified(server, tokens.access_token, { typ: "at+jwt" });
    assert.deepEqual([payload.client_id, payload.scope], ["job", "reports"]);
    assert.equal(tokens.refresh_token, undefined);
    const { privateKey: stranger } = await jose.generateKeyPair("ES256");
    const liar = await discover(server, "job", undefined, openid.PrivateKeyJwt({ key: stranger, kid: "one" }));
    await refused(openid.clientCredentialsGrant(liar, { scope: "reports" }), "invalid_client");
  });

  test("whoever is not signed in signs in first and comes back to the question", async (t) => {
    const callback = await startCallback(t);
    const { server, owner } = await site(t, web(callback));
    await owner.page.getByRole("button", { name: "Sign out" }).click();
    const config = await discover(server, "web", undefined, openid.ClientSecretBasic(SECRET));
    const { parameters, checks } = await begin({ redirect_uri: callback.redirect, login_hint: ADA });
    const silent = await begin({ redirect_uri: callback.redirect, prompt: "none" });
    await owner.page.goto(openid.buildAuthorizationUrl(config, silent.parameters).href);
    assert.equal((await callback.answer()).url.searchParams.get("error"), "login_required");
    await owner.page.goto(openid.buildAuthorizationUrl(config, parameters).href);
    await owner.page.waitForURL(/\/sign-in/);
    await everyLook(owner.page, "sign-in-for-app");
    await ask(owner.page, owner.page.url(), ADA);
    await type(owner.page, (await owner.box.next()).code);
    await allow(owner.page);
    const tokens = await openid.authorizationCodeGrant(config, (await callback.answer()).url, checks);
    assert.equal(tokens.claims().nonce, parameters.nonce);
    // What was allowed once is not asked again, and goes without a page.
    const later = await begin({ redirect_uri: callback.redirect, prompt: "none" });
    await owner.page.goto(openid.buildAuthorizationUrl(config, later.parameters).href);
    assert.ok((await openid.authorizationCodeGrant(config, (await callback.answer()).url, later.checks)).id_token);
  });

  test("row 43: an app that takes passkeys only is answered after one, and never after a code", async (t) => {
    const callback = await startCallback(t);
    const { server, owner } = await site(t, `${web(callback)}sign_in_methods = ["passkey"]\n`);
    const { page } = owner;
    const config = await discover(server, "web", undefined, openid.ClientSecretBasic(SECRET));
    const { parameters, checks } = await begin({ redirect_uri: callback.redirect });
    await page.goto(openid.buildAuthorizationUrl(config, parameters).href);
    assert.match(await words(page), /Example Web takes another way of signing in.*What counts there A passkey/);
    await everyLook(page, "lacking");
    await device(owner);
    await page.goto(`${server.origin}/account/authenticators/passkeys/new`);
    await page.getByRole("button", { name: "Create the passkey" }).click();
    await page.waitForURL(/authenticators\?notice=added/);
    await page.goto(openid.buildAuthorizationUrl(config, parameters).href);
    assert.match(await words(page), /Example Web asks that you prove now that it is you/);
    await everyLook(page, "confirm-for-app");
    await page.getByRole("button", { name: "Confirm with a passkey" }).click();
    await allow(page);
    const tokens = await openid.authorizationCodeGrant(config, (await callback.answer()).url, checks);
    assert.deepEqual(tokens.claims().amr, ["pop", "user"]);
    assert.deepEqual([owner.errors, owner.foreign], [[], []]);
  });

  test("row 33: what a person ends on the page of apps is over at once", async (t) => {
    const callback = await startCallback(t);
    const { server, owner } = await site(t, web(callback));
    const config = await discover(server, "web", undefined, openid.ClientSecretBasic(SECRET));
    const { parameters, checks } = await begin({ redirect_uri: callback.redirect });
    await owner.page.goto(openid.buildAuthorizationUrl(config, parameters).href);
    await allow(owner.page);
    const tokens = await openid.authorizationCodeGrant(config, (await callback.answer()).url, checks);
    await owner.page.goto(`${server.origin}/account/grants`);
    assert.match(await words(owner.page), /Example Web/);
    await everyLook(owner.page, "grants");
    await owner.page.getByRole("button", { name: /End/ }).first().click();
    await owner.page.waitForURL(/ended|notice/);
    await everyLook(owner.page, "grants-none");
    assert.equal((await openid.tokenIntrospection(config, tokens.access_token)).active, false);
    await refused(openid.refreshTokenGrant(config, tokens.refresh_token), "invalid_grant");
    await assert.rejects(openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub));
  });

  test("an app in a browser signs in with oidc-client-ts, with a key of its own", async (t) => {
    const app = await startBrowserApp(t);
    const { server, owner } = await site(t, native(app, "spa"));
    await owner.page.goto(`${app.origin}/?authority=${encodeURIComponent(server.origin)}`);
    await owner.page.getByRole("button", { name: "Sign in" }).click();
    await owner.page.waitForURL(/\/oauth\/authorize|\/consent/);
    await owner.page.getByRole("button", { name: /^Allow/ }).click();
    await owner.page.getByText(/signed in as|rror/).waitFor();
    assert.match(await owner.page.locator("#said").innerText(), /signed in as ada@example\.test/);
    await owner.page.getByRole("button", { name: "Refresh" }).click();
    await owner.page.getByText("refreshed").waitFor();
    // Chromium complains of answers that ask for a proof with a nonce (RFC 9449 §8 and §9), and must of nothing else.
    assert.deepEqual(owner.errors.filter((error) => !/status of 40[01]/.test(error)), []);
  });

  test("a request that cannot be trusted is told to the person and goes nowhere", async (t) => {
    const callback = await startCallback(t);
    const { server, owner } = await site(t, web(callback));
    const config = await discover(server, "web", undefined, openid.ClientSecretBasic(SECRET));
    for (const [name, extra] of [["elsewhere", { redirect_uri: `${callback.origin}/callback/..` }], ["look-alike", { redirect_uri: callback.redirect.replace("localhost", "localhost.example.test") }]]) {
      const { parameters } = await begin(extra);
      await owner.page.goto(openid.buildAuthorizationUrl(config, parameters).href);
      assert.match(owner.page.url(), new RegExp(`^${server.origin}`), name);
      if (name === "elsewhere") await everyLook(owner.page, "authorize-refused");
    }
    const { parameters } = await begin({ redirect_uri: callback.redirect });
    delete parameters.code_challenge;
    delete parameters.code_challenge_method;
    await owner.page.goto(openid.buildAuthorizationUrl(config, parameters).href);
    const { url } = await callback.answer();
    assert.deepEqual([url.searchParams.get("error"), url.searchParams.get("state")], ["invalid_request", parameters.state]);
  });
});
