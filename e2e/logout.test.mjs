// Signing out at a client's wish, and clients that are told of every end: openid-client and oidc-client-ts against a running
// bidden, and a client's own server that verifies the logout token with jose.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import * as jose from "jose";
import * as openid from "openid-client";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { startBrowserApp } from "./lib/browser_app.mjs";
import { startExim } from "./lib/exim.mjs";
import { everyLook } from "./lib/page_check.mjs";
import { startReceiver } from "./lib/receiver.mjs";
import { allow, begin, discover, startCallback } from "./lib/relying_party.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { openFirstAccount, signIn, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";
const SECRET = "bidden_cs_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** A client as `bidden.toml` names it. */
const client = (id, { redirect, bye, told, more = "" }) => `
[[clients]]
id = "${id}"
name = "Example ${id}"
secret = "${SECRET}"
grant_types = ["authorization_code", "refresh_token"]
redirect_uris = ["${redirect}"]
scopes = ["openid", "email", "offline_access"]
${bye ? `post_logout_redirect_uris = ["${bye}"]` : ""}
${told ? `backchannel_logout_uri = "${told}"` : ""}
${more}
`;

async function site(t, file) {
  const exim = await startExim();
  t.after(exim.stop);
  const server = await startServer(t, smtpSettings(exim), file);
  return { server, owner: await openFirstAccount(t, server, exim, ADA) };
}

/** Signs `page` in to the client, and gives what it got and how it is set up. */
async function enter(server, page, callback, { id = "web", scope = "openid email" } = {}) {
  const config = await discover(server, id, undefined, openid.ClientSecretBasic(SECRET));
  const { parameters, checks } = await begin({ redirect_uri: callback.redirect, scope });
  await page.goto(openid.buildAuthorizationUrl(config, parameters).href);
  await allow(page);
  const tokens = await openid.authorizationCodeGrant(config, (await callback.answer()).url, checks);
  return { config, tokens };
}

/** The claims of the logout token in what a client was sent, as jose verifies them. */
async function verified(server, told, audience) {
  assert.deepEqual([told.method, told.path, told.type], ["POST", "/signed-out", "application/x-www-form-urlencoded"]);
  assert.deepEqual([...told.form.keys()], ["logout_token"]);
  const keys = jose.createRemoteJWKSet(new URL(`${server.origin}/oauth/jwks`));
  const { payload } = await jose.jwtVerify(told.form.get("logout_token"), keys, { issuer: server.origin, audience, typ: "logout+jwt", maxTokenAge: "2 minutes", requiredClaims: ["sub", "jti", "iat", "exp"] });
  assert.deepEqual(payload.events, { [EVENT]: {} });
  assert.equal(payload.nonce, undefined);
  assert.ok(payload.exp - payload.iat <= 120);
  return payload;
}

/** Reloads the owner's activity until it says this. */
async function says(page, origin, pattern) {
  for (const end = Date.now() + 20_000; ; await setTimeout(200)) {
    await page.goto(`${origin}/account/activity`);
    if (pattern.test(await words(page))) return;
    assert.ok(Date.now() < end, `${pattern} is not there`);
  }
}

after(closeBrowser);

describe("signing out", { concurrency: 2 }, () => {
  test("row 33: openid-client sends the person to sign out, and the client is told which session ended", async (t) => {
    const [callback, receiver] = [await startCallback(t), await startReceiver(t)];
    const bye = `${callback.origin}/callback/bye`;
    const { server, owner } = await site(t, client("web", { redirect: callback.redirect, bye, told: receiver.uri, more: "backchannel_logout_session_required = true" }));
    const { config, tokens } = await enter(server, owner.page, callback);
    const { end_session_endpoint: at, backchannel_logout_supported: told, backchannel_logout_session_supported: which } = config.serverMetadata();
    assert.deepEqual([at, told, which], [`${server.origin}/oauth/logout`, true, true]);
    const url = openid.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: bye, state: "a state" });
    await owner.page.goto(url.href);
    assert.ok(!owner.page.url().includes(tokens.id_token), "the token stands in no address of ours");
    assert.match(await words(owner.page), /Example web asks you to sign out here too.*ada@example\.test/);
    await everyLook(owner.page, "logout");
    assert.equal((await openid.tokenIntrospection(config, tokens.access_token)).active, true, "a look changes nothing");
    const before = Date.now();
    await owner.page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
    const back = await callback.answer();
    assert.deepEqual([back.url.pathname, back.url.searchParams.get("state")], ["/callback/bye", "a state"]);
    const said = await receiver.next();
    assert.ok(said.at - before < 10_000, `${said.at - before} ms`);
    const payload = await verified(server, said, "web");
    const { sub, sid } = tokens.claims();
    assert.deepEqual([payload.sub, payload.sid], [sub, sid]);
    assert.equal((await openid.tokenIntrospection(config, tokens.access_token)).active, false);
    // Silently nobody is signed in any more.
    const silent = await begin({ redirect_uri: callback.redirect, prompt: "none" });
    await owner.page.goto(openid.buildAuthorizationUrl(config, silent.parameters).href);
    assert.equal((await callback.answer()).url.searchParams.get("error"), "login_required");
    // Whoever is signed out already goes back at once.
    await owner.page.goto(url.href);
    assert.equal((await callback.answer()).url.searchParams.get("state"), "a state");
    await signIn(owner.page, server.origin, owner.box, ADA);
    await says(owner.page, server.origin, /web was told that you are signed out.*Signed out.*web asked you to sign out/);
    await everyLook(owner.page, "activity-told");
    assert.deepEqual([owner.errors, owner.foreign], [[], []]);
  });

  test("row 33: what is ended elsewhere is told too, again after a client that was away, and nobody is told by a redirect", async (t) => {
    const [callback, receiver, refusing] = [await startCallback(t), await startReceiver(t, [503, 302]), await startReceiver(t, [400])];
    const file = client("web", { redirect: callback.redirect, told: receiver.uri }) + client("other", { redirect: callback.redirect, told: refusing.uri });
    const { server, owner } = await site(t, file);
    const web = await enter(server, owner.page, callback, { scope: "openid offline_access" });
    const other = await enter(server, owner.page, callback, { id: "other" });
    const { code, stderr } = await server.command("account", "end-sessions", ADA, "--reason", "a test");
    assert.equal(code, 0, stderr);
    const first = await verified(server, await receiver.next(), "web");
    const refused = await verified(server, await refusing.next(), "other");
    assert.notEqual(first.sid, refused.sid, "no two clients know a session by the same name");
    assert.deepEqual([first.sid, refused.sid], [web.tokens.claims().sid, other.tokens.claims().sid]);
    await verified(server, await receiver.next(), "web");
    // What waits is there after a server that was killed.
    await server.restart("SIGKILL");
    const third = await verified(server, await receiver.next(), "web");
    assert.deepEqual([third.sub, third.sid], [first.sub, first.sid]);
    assert.notEqual(third.jti, first.jti);
    await signIn(owner.page, server.origin, owner.box, ADA);
    await says(owner.page, server.origin, /web was told that you are signed out.*other could not be told that you are signed out/);
    assert.deepEqual([receiver.count, refusing.count], [3, 1]);
    const { stdout } = await server.command("event", "list");
    assert.match(stdout, /logout_deferred.*web, attempt 1: try later/);
    assert.match(stdout, /logout_given_up.*other: refused/);
  });

  test("row 33: an app that a person ends on the page of apps is told, and the notice of a copied code names it", async (t) => {
    const [callback, receiver] = [await startCallback(t), await startReceiver(t)];
    const { server, owner } = await site(t, client("web", { redirect: callback.redirect, told: receiver.uri }));
    const { tokens } = await enter(server, owner.page, callback);
    await owner.page.goto(`${server.origin}/account/grants`);
    await owner.page.getByRole("button", { name: /End/ }).first().click();
    const payload = await verified(server, await receiver.next(), "web");
    assert.equal(payload.sid, tokens.claims().sid);
    const config = await discover(server, "web", undefined, openid.ClientSecretBasic(SECRET));
    const { parameters, checks } = await begin({ redirect_uri: callback.redirect, scope: "openid" });
    await owner.page.goto(openid.buildAuthorizationUrl(config, parameters).href);
    await allow(owner.page);
    const { url } = await callback.answer();
    await openid.authorizationCodeGrant(config, url, checks);
    await assert.rejects(openid.authorizationCodeGrant(config, url, checks));
    await verified(server, await receiver.next(), "web");
    const notice = await owner.box.nextNotice();
    assert.match(notice.subject, /The access of an app ended/);
    assert.match(notice.text.replaceAll(/\s+/g, " "), /used twice or elsewhere, so somebody else may have a copy.*Example web/);
  });

  test("oidc-client-ts sends the person to sign out and takes them back", async (t) => {
    const app = await startBrowserApp(t);
    const file = `
[[clients]]
id = "spa"
name = "Example spa"
authentication = "none"
dpop_bound = true
grant_types = ["authorization_code", "refresh_token"]
redirect_uris = ["${app.redirect}"]
post_logout_redirect_uris = ["${app.bye}"]
scopes = ["openid", "email", "offline_access"]
`;
    const { server, owner } = await site(t, file);
    await owner.page.goto(`${app.origin}/?authority=${encodeURIComponent(server.origin)}`);
    await owner.page.getByRole("button", { name: "Sign in" }).click();
    await owner.page.getByRole("button", { name: /^Allow/ }).click();
    await owner.page.getByText(/signed in as|rror/).waitFor();
    await owner.page.getByRole("button", { name: "Sign out" }).click();
    await owner.page.waitForURL(/\/oauth\/logout\//);
    await owner.page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
    await owner.page.getByText("signed out").waitFor();
    await owner.page.goto(`${server.origin}/account`);
    await owner.page.waitForURL(/\/sign-in/);
  });

  test("a page of another site that posts is answered by a question, and nothing is lost by it", async (t) => {
    const callback = await startCallback(t);
    const bye = `${callback.origin}/callback/bye`;
    const { server, owner } = await site(t, client("web", { redirect: callback.redirect, bye }));
    const { tokens } = await enter(server, owner.page, callback);
    // By its number this machine is another site than by its name: no cookie comes along.
    const fields = Object.entries({ id_token_hint: tokens.id_token, post_logout_redirect_uri: bye, state: "posted" });
    const page = createServer((request, response) => {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(`<!doctype html><html lang="en"><title>App</title><form method="post" action="${server.origin}/oauth/logout">${fields.map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`).join("")}<button>Leave</button></form>`);
    });
    page.listen(0, "127.0.0.1");
    await once(page, "listening");
    t.after(() => page.close());
    const known = (await owner.context.cookies(server.origin)).find((cookie) => cookie.name.endsWith("browser")).value;
    await owner.page.goto(`http://127.0.0.1:${page.address().port}/`);
    await owner.page.getByRole("button", { name: "Leave" }).click();
    await owner.page.waitForURL(/\/oauth\/logout\//);
    assert.match(await words(owner.page), /ada@example\.test/, "who is there is seen on the page");
    assert.equal((await owner.context.cookies(server.origin)).find((cookie) => cookie.name.endsWith("browser")).value, known);
    await owner.page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
    assert.equal((await callback.answer()).url.searchParams.get("state"), "posted");
  });

  test("what is not in order is told to the person, and whoever names nobody stays here", async (t) => {
    const callback = await startCallback(t);
    const bye = `${callback.origin}/callback/bye`;
    const { server, owner } = await site(t, client("web", { redirect: callback.redirect, bye }));
    const { config, tokens } = await enter(server, owner.page, callback);
    const [header, , signature] = tokens.id_token.split(".");
    const forged = `${header}.${Buffer.from(JSON.stringify({ iss: server.origin, aud: "web", exp: 9999999999 })).toString("base64url")}.${signature}`;
    for (const [name, parameters] of [
      ["modified", { id_token_hint: forged, post_logout_redirect_uri: bye }],
      ["bad", { id_token_hint: "nonsense", post_logout_redirect_uri: bye }],
      ["elsewhere", { id_token_hint: tokens.id_token, post_logout_redirect_uri: `${bye}?foo=bar` }],
    ]) {
      await owner.page.goto(openid.buildEndSessionUrl(config, parameters).href);
      assert.match(await words(owner.page), /not in order/, name);
      assert.match(owner.page.url(), new RegExp(`^${server.origin}`), name);
      if (name === "elsewhere") await everyLook(owner.page, "logout-refused");
    }
    // openid-client names itself; a client that does not is sent nobody.
    await owner.page.goto(`${server.origin}/oauth/logout?${new URLSearchParams({ post_logout_redirect_uri: bye, state: "s" })}`);
    await everyLook(owner.page, "logout-nobody");
    await owner.page.getByRole("link", { name: "Stay signed in" }).click();
    await owner.page.waitForURL(/\/account$/);
    await owner.page.goto(`${server.origin}/oauth/logout`);
    await owner.page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
    await owner.page.waitForURL(/\/sign-in\?notice=signed-out/);
    assert.match(await words(owner.page), /You are signed out/);
    const nobody = await visitor(t);
    await nobody.page.goto(`${server.origin}/oauth/logout`);
    await nobody.page.waitForURL(/\/sign-in\?notice=signed-out/);
  });
});
