// What is happening now: a flood is found, drawn, told to a signed webhook, followed to its events, noted; a response is undone.

import assert from "node:assert/strict";
import { createHmac, createPublicKey, timingSafeEqual, verify } from "node:crypto";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { device } from "./lib/device.mjs";
import { startExim } from "./lib/exim.mjs";
import { startListener } from "./lib/listener.mjs";
import { everyLook, weigh } from "./lib/page_check.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { ask, openFirstAccount, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";

/** Ada, an operator with a passkey. */
async function begin(t) {
  const exim = await startExim();
  t.after(exim.stop);
  const server = await startServer(t, smtpSettings(exim));
  const ada = await openFirstAccount(t, server, exim, ADA);
  await device(ada);
  await ada.page.goto(`${server.origin}/account/authenticators/passkeys/new`);
  await ada.page.getByLabel("Name of the passkey").fill("Key");
  await ada.page.getByRole("button", { name: "Create the passkey" }).click();
  await ada.page.waitForURL(/authenticators\?notice=/);
  await ada.page.goto(`${server.origin}/account/confirm?to=/operator/watch`);
  await ada.page.getByRole("button", { name: "Confirm with a passkey" }).click();
  // The address of the page before ends in the same way.
  await ada.page.waitForURL(({ pathname }) => pathname === "/operator/watch");
  return { server, ada };
}

/** A service that is told: `next()` is the next call with its headers and its body as it came. The n-th gets `statuses[n]`. */
async function startService(t, statuses = []) {
  let count = 0;
  const { origin, next } = await startListener(t, async (request, response) => {
    const body = (await request.toArray()).join("");
    response.writeHead(statuses[count++] ?? 204);
    response.end();
    return { headers: request.headers, path: request.url, body };
  });
  return { uri: `${origin}/hook?team=a`, next };
}

/** Verifies a call as Standard Webhooks says; what it says. */
function verified(secret, { headers, body }) {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  assert.equal(key.length, 32);
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = headers;
  assert.ok(Math.abs(Date.now() / 1000 - Number(timestamp)) < 300);
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
  const [version, given] = signature.split(",");
  assert.equal(version, "v1");
  assert.ok(timingSafeEqual(Buffer.from(given, "base64"), expected));
  assert.equal(headers["content-type"], "application/json");
  return { id, ...JSON.parse(body) };
}

/** Verifies a call by the public key that the command printed, as Standard Webhooks says (`v1a`); what it says. */
function verifiedByKey(text, { headers, body }) {
  assert.match(text, /^whpk_/);
  const x = Buffer.from(text.slice("whpk_".length), "base64");
  assert.equal(x.length, 32);
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: x.toString("base64url") }, format: "jwk" });
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = headers;
  const [version, given] = signature.split(",");
  assert.equal(version, "v1a");
  const holds = (said) => verify(null, Buffer.from(`${id}.${timestamp}.${said}`), key, Buffer.from(given, "base64"));
  assert.deepEqual([holds(body), holds(`${body} `)], [true, false]);
  return { id, ...JSON.parse(body) };
}

async function show(page, url, name) {
  await weigh(page, url, name);
  await everyLook(page, name);
}

after(closeBrowser);

describe("what is happening now", { concurrency: 2 }, () => {
  test("a flood of one mailbox is told to a signed webhook, drawn, followed to its events and noted", async (t) => {
    const { server, ada } = await begin(t);
    const { page } = ada;
    await show(page, `${server.origin}/operator/watch`, "operator-watch-quiet");
    const service = await startService(t, [204, 503]);
    const added = await server.command("webhook", "add", service.uri, "--json");
    const { id: webhook, secret } = JSON.parse(added.stdout);
    assert.match((await server.command("webhook", "test", webhook)).stdout, /Queued as/);
    const tested = await service.next();
    assert.deepEqual([tested.path, verified(secret, tested).type], ["/hook?team=a", "test"]);
    const other = await startService(t);
    const keyed = JSON.parse((await server.command("webhook", "add", other.uri, "--public-key", "--json")).stdout);
    assert.deepEqual(Object.keys(keyed), ["id", "public_key"]);
    assert.ok((await server.command("webhook", "list")).stdout.includes(keyed.public_key));
    await server.command("webhook", "test", keyed.id);
    assert.equal(verifiedByKey(keyed.public_key, await other.next()).type, "test");
    for (let n = 0; n < 4; n += 1) {
      await ask((await visitor(t)).page, `${server.origin}/sign-in`, ADA);
    }
    const first = verified(secret, await service.next());
    assert.deepEqual([first.type, first.data.detector, first.data.severity], ["finding.raised", "code_flood", "info"]);
    assert.ok(!JSON.stringify(first).includes(ADA));
    const told = verifiedByKey(keyed.public_key, await other.next());
    assert.equal(told.data.finding, first.data.finding, "every service is told");
    // It was busy the first time; the second call says the same, under the same identifier.
    const again = verified(secret, await service.next());
    assert.deepEqual([again.id, again.data.finding], [first.id, first.data.finding]);
    await show(page, `${server.origin}/operator/watch`, "operator-watch");
    assert.match(await page.locator("svg desc").innerHTML(), /5 codes were asked for/);
    await page.locator("details summary").first().click();
    await page.getByRole("link", { name: "Many codes were asked for in a short time" }).first().click();
    await page.waitForURL(new RegExp(`/operator/findings/${first.data.finding}$`));
    await show(page, page.url(), "operator-finding");
    const rows = page.locator("section", { has: page.locator("#events") }).locator("tbody tr");
    assert.equal(await rows.count(), 4);
    await page.getByLabel("What you found out").fill("Ada tried her new telephone.");
    await page.getByRole("button", { name: "Take note" }).click();
    await page.waitForURL(/done=noted/);
    assert.match(await words(page), /ada@example\.test, .*Ada tried her new telephone\./);
    await show(page, page.url(), "operator-finding-noted");
    await page.goto(`${server.origin}/account/activity`);
    await page.getByText("Many codes were asked for in a short time").first().click();
    assert.match(await words(page), /a code that nobody reads out opens nothing/i);
    await everyLook(page, "activity-finding");
  });

  test("codes that are held back by hand are sent again once somebody presses undo", async (t) => {
    const { server, ada } = await begin(t);
    const reason = ["--reason", "until we know who that is", "--minutes", "5"];
    await server.command("response", "begin", "hold_codes", "all", ...reason);
    const { page } = await visitor(t);
    await ask(page, `${server.origin}/sign-in`, ADA);
    await ada.box.staysEmpty();
    await show(ada.page, `${server.origin}/operator/watch`, "operator-watch-response");
    await ada.page.getByRole("button", { name: "Undo" }).click();
    await ada.page.waitForURL(/done=undone/);
    assert.match(await words(ada.page), /It was undone\..*Nothing is done by itself at present\./);
    assert.match((await server.command("response", "list", "--all")).stdout, /hold_codes .* all .* undone .* until we know who that is/);
    const other = await visitor(t);
    await ask(other.page, `${server.origin}/sign-in`, ADA);
    assert.ok((await ada.box.next()).code);
  });
});
