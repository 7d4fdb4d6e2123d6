// A client that knows nothing but the standards: a person signs in on the way, is asked, goes back, and ends it again.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { startExim } from "./lib/exim.mjs";
import { freePort } from "./lib/port.mjs";
import { everyLook } from "./lib/page_check.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { ask, openFirstAccount, type, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";

after(closeBrowser);

/** A client's own site: remembers what came back to it, by query or by form. */
async function startClient(t) {
  const port = await freePort();
  const came = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      const url = new URL(request.url, `http://127.0.0.1:${port}`);
      if (url.pathname === "/cb") came.push({ method: request.method, values: request.method === "POST" ? new URLSearchParams(body) : url.searchParams });
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end("<!doctype html><title>client</title><h1>back</h1>");
    });
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { came, redirect: `http://127.0.0.1:${port}/cb` };
}

function request(origin, client, redirect, more = {}) {
  const verifier = randomBytes(32).toString("base64url");
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const query = new URLSearchParams({
    response_type: "code", client_id: client, redirect_uri: redirect, state: "a state", scope: "openid email offline_access",
    code_challenge: challenge, code_challenge_method: "S256", ...more,
  });
  return { url: `${origin}/oauth/authorize?${query}`, verifier };
}

async function site(t) {
  const exim = await startExim();
  t.after(exim.stop);
  const server = await startServer(t, smtpSettings(exim));
  const owner = await openFirstAccount(t, server, exim, ADA);
  const client = await startClient(t);
  await server.command("client", "add", "tides", "--name", "Tide Tables", "--public", "--redirect-uri", client.redirect,
    "--set", 'scopes=["openid", "email", "offline_access"]');
  return { server, owner, client };
}

describe("provider", { concurrency: 2 }, () => {
  test("a person signs in on the way, is asked, goes back, and ends the access", async (t) => {
    const { server, owner, client } = await site(t);
    const other = await visitor(t);
    const first = request(server.origin, "tides", client.redirect, { login_hint: ADA });
    await other.page.goto(first.url);
    assert.match(other.page.url(), /\/sign-in\?notice=client$/);
    assert.equal(await other.page.locator("input[name=address]").inputValue(), ADA);
    await ask(other.page, other.page.url(), ADA);
    await type(other.page, (await owner.box.next()).code);
    await other.page.waitForURL(/\/oauth\/authorize\/bidden_rq_/);
    assert.match(await words(other.page), /Allow Tide Tables\?.*An app asks for access to your account\..*Your mail address/);
    await everyLook(other.page, "consent");
    await other.page.getByRole("button", { name: "Allow", exact: true }).click();
    await other.page.waitForURL(`${client.redirect}?**`);
    const { values } = client.came.at(-1);
    assert.deepEqual([values.get("state"), values.get("iss")], ["a state", server.origin]);

    const metadata = await (await fetch(`${server.origin}/.well-known/openid-configuration`)).json();
    const body = new URLSearchParams({
      grant_type: "authorization_code", code: values.get("code"), redirect_uri: client.redirect, client_id: "tides", code_verifier: first.verifier,
    });
    const got = await fetch(metadata.token_endpoint, { method: "POST", body });
    const tokens = await got.json();
    assert.equal(got.status, 200, JSON.stringify(tokens));
    const asks = () => fetch(metadata.userinfo_endpoint, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    assert.equal((await (await asks()).json()).email, ADA);

    await owner.page.goto(`${server.origin}/account/grants`);
    assert.match(await words(owner.page), /Tide Tables/);
    await everyLook(owner.page, "grants");
    await owner.page.getByRole("button", { name: "End access" }).click();
    await owner.page.waitForURL(/ended=1/);
    await everyLook(owner.page, "grants-ended");
    assert.equal((await asks()).status, 401, "at once");
    await owner.page.goto(`${server.origin}/account/activity`);
    assert.match(await words(owner.page), /Tide Tables.* was allowed to use the account/);
    assert.deepEqual([owner.foreign, owner.errors, other.errors], [[], [], []]);
  });

  test("an app that somebody signed in to three times is one entry, ended one by one or as a whole", async (t) => {
    const { server, owner, client } = await site(t);
    await owner.page.goto(`${server.origin}/account/profile`);
    await everyLook(owner.page, "profile");
    await owner.page.getByLabel("Name").fill("Ada Lovelace");
    await owner.page.getByRole("button", { name: "Save this name" }).click();
    await owner.page.waitForURL(/saved=1/);
    await everyLook(owner.page, "profile-saved");
    for (const scope of ["openid", "openid email", "openid offline_access"]) {
      await owner.page.goto(request(server.origin, "tides", client.redirect, { scope, prompt: "consent" }).url);
      await owner.page.getByRole("button", { name: "Allow", exact: true }).click();
      await owner.page.waitForURL(`${client.redirect}?**`);
    }
    await owner.page.goto(`${server.origin}/account`);
    const account = await words(owner.page);
    assert.match(account, /One app may use the account/);
    assert.match(account, /Ada Lovelace/);
    await everyLook(owner.page, "account-with-app");
    await owner.page.goto(`${server.origin}/account/grants`);
    await everyLook(owner.page, "grants-of-three");
    await owner.page.getByRole("link", { name: "Show each of them" }).click();
    await owner.page.waitForURL(/grants\/[\w-]+$/);
    await everyLook(owner.page, "grants-of-app");
    await owner.page.getByRole("button", { name: "End this one" }).first().click();
    await owner.page.waitForURL(/ended=1/);
    await everyLook(owner.page, "grants-of-app-ended");
    assert.equal(await owner.page.getByRole("button", { name: "End this one" }).count(), 2);
    await owner.page.getByRole("button", { name: "End access by all 2" }).click();
    await owner.page.waitForURL(/grants\?ended=1/);
    assert.match(await words(owner.page), /No app has access/);
    await owner.page.goto(`${server.origin}/account/activity`);
    await everyLook(owner.page, "activity-of-apps");
    assert.deepEqual([owner.foreign, owner.errors], [[], []]);
  });

  test("where nobody is asked the browser goes on by itself, also by a form, and back with a no", async (t) => {
    const { server, owner, client } = await site(t);
    const post = request(server.origin, "tides", client.redirect, { response_mode: "form_post" });
    await owner.page.goto(post.url);
    await owner.page.getByRole("button", { name: "Allow", exact: true }).click();
    await owner.page.waitForURL(client.redirect);
    assert.equal(client.came.at(-1).method, "POST");
    assert.ok(client.came.at(-1).values.get("code"));
    await owner.page.goto(request(server.origin, "tides", client.redirect, { prompt: "consent" }).url);
    await owner.page.getByRole("button", { name: "Do not allow" }).click();
    await owner.page.waitForURL(`${client.redirect}?**`);
    assert.equal(client.came.at(-1).values.get("error"), "access_denied");
    const lost = await visitor(t);
    await lost.page.goto(request(server.origin, "tides", "http://127.0.0.1:9/elsewhere").url);
    assert.match(await words(lost.page), /The app’s request is not in order/);
    await everyLook(lost.page, "request-refused");

    // Somebody who has consented, and signs in in another browser on the way.
    const other = await visitor(t);
    await other.page.goto(request(server.origin, "tides", client.redirect).url);
    await ask(other.page, other.page.url(), ADA);
    await type(other.page, (await owner.box.next()).code);
    await other.page.waitForURL(`${client.redirect}?**`);
    assert.ok(client.came.at(-1).values.get("code"));
    assert.deepEqual([owner.errors, other.errors], [[], []]);
  });
});
