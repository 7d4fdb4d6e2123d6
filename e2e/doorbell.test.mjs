// The page of an approver: installed, without a connection, and rung by a push service that runs here.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { device } from "./lib/device.mjs";
import { startExim } from "./lib/exim.mjs";
import { everyLook, weigh } from "./lib/page_check.mjs";
import { startPushService } from "./lib/push_service.mjs";
import { smtpSettings, startServer } from "./lib/server.mjs";
import { openFirstAccount, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";
const PHONE = { viewport: { width: 390, height: 844 }, permissions: ["notifications"] };

async function begin(t) {
  const exim = await startExim();
  t.after(exim.stop);
  const methods = { BIDDEN_METHODS_SIGN_IN: "passkey, mail_code, approval", BIDDEN_METHODS_STEP_UP: "passkey, approval", BIDDEN_PROVIDER_NEARBY_NETWORKS: "loopback" };
  const server = await startServer(t, { ...smtpSettings(exim), ...methods });
  return { server, exim };
}

/** A phone that approves for the owner; `subscription` is what its browser gets from its push service. */
async function phoneOf(t, server, owner, subscription) {
  await owner.page.goto(`${server.origin}/account/authenticators/approvers`);
  await owner.page.getByRole("button", { name: "Show the code" }).click();
  const link = await owner.page.locator("bdi.net").innerText();
  const phone = await visitor(t, PHONE);
  // The shell has no push service of its own to subscribe with.
  await phone.context.addInitScript((given) => {
    const made = { toJSON: () => given, unsubscribe: async () => { window.gone = true; return true; } };
    if (!window.PushManager) return;
    PushManager.prototype.subscribe = async function (options) {
      window.asked = options.applicationServerKey;
      return made;
    };
    PushManager.prototype.getSubscription = async () => made;
  }, subscription);
  await device(phone);
  await phone.page.goto(link);
  await phone.page.getByLabel("Name of this device").fill("Ada's phone");
  await phone.page.getByRole("button", { name: "Let this device approve" }).click();
  await phone.page.waitForURL(/\/approve\?notice=enrolled/);
  // The owner's page sees it by itself, and is left alone until then.
  await owner.page.getByText("The device was added").first().waitFor();
  return phone;
}

async function ask(page, server) {
  await page.goto(`${server.origin}/sign-in/approval`);
  await page.getByLabel(/address/i).first().fill(ADA);
  await page.getByRole("button", { name: "Show me a number" }).click();
  await page.waitForURL(/\/approval\//);
  return (await page.locator(".pairing-code").innerText()).trim();
}

/** What the worker shows from now on: the shell has no notifications of its own to look at. */
async function shownBy(context) {
  const worker = context.serviceWorkers()[0] ?? await context.waitForEvent("serviceworker");
  await worker.evaluate(() => {
    self.shown = [];
    registration.showNotification = async (title, options) => { self.shown.push({ title, ...options }); };
  });
  return () => worker.evaluate(() => self.shown);
}

after(closeBrowser);

describe("the doorbell", { concurrency: 2 }, () => {
  test("the page can be installed, and says so where there is no connection", async (t) => {
    const { server } = await begin(t);
    const { page, context, errors } = await visitor(t, PHONE);
    await page.goto(`${server.origin}/approve`);
    const cdp = await context.newCDPSession(page);
    const { url, errors: flaws, data } = await cdp.send("Page.getAppManifest");
    assert.equal(url, `${server.origin}/approve.webmanifest`);
    assert.deepEqual(flaws, []);
    const manifest = JSON.parse(data);
    assert.deepEqual([manifest.start_url, manifest.scope, manifest.display], ["/approve", "/approve", "standalone"]);
    const { installabilityErrors } = await cdp.send("Page.getInstallabilityErrors");
    assert.deepEqual(installabilityErrors, []);

    const scope = await page.evaluate(async () => (await navigator.serviceWorker.ready).scope);
    assert.equal(scope, `${server.origin}/approve`);
    const kept = await page.evaluate(async () => {
      const names = await caches.keys();
      const all = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)));
      return all.flat().sort();
    });
    assert.deepEqual(kept, ["/approve/offline", "/assets/icon.svg", "/assets/style.css"]);

    await server.kill("SIGTERM");
    await page.goto(`${server.origin}/approve`);
    assert.match(await words(page), /No connection This device does not reach/);
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).fontFamily.length > 0 && document.styleSheets.length), 1, "with its style");
    await everyLook(page, "offline");
    await page.goto(`${server.origin}/approve/doorbell`);
    assert.match(await words(page), /No connection/, "whichever page below it is opened");
    await server.start();
    await page.getByRole("link", { name: "Try again" }).click();
    await page.waitForURL(`${server.origin}/approve`);
    assert.match(await words(page), /What waits for you/);
    assert.deepEqual(errors.filter((one) => !/ERR_|404|Failed to load/.test(one)), []);
  });

  test("rings once for what waits, without content, through a push service that verifies who sends; off again, and gone", async (t) => {
    const { server, exim } = await begin(t);
    const service = await startPushService(t, [201, 410]);
    const owner = await openFirstAccount(t, server, exim, ADA);
    const phone = await phoneOf(t, server, owner, service.subscription);
    await weigh(phone.page, `${server.origin}/approve/doorbell`, "doorbell");
    assert.match(await words(phone.page), /Nothing rings here unless you want it/);
    await everyLook(phone.page, "doorbell-off");
    await phone.page.getByRole("button", { name: "Ring on this device", exact: true }).click();
    await phone.page.waitForURL(/notice=on/);
    assert.match(await words(phone.page), new RegExp(`${service.origin} carries the rings`));
    await everyLook(phone.page, "doorbell-on");

    await owner.page.goto(`${server.origin}/account`);
    await owner.page.getByRole("button", { name: "Sign out" }).click();
    await ask(owner.page, server);
    const ring = await service.next();
    assert.equal(ring.path, "/push/JzLQ3raZ");
    assert.deepEqual([ring.urgency, ring.topic, ring.coding, ring.said.length], ["high", "ring", "aes128gcm", 0]);
    assert.ok(ring.ttl > 0 && ring.ttl <= 120);
    assert.equal(ring.sender.aud, service.origin);
    assert.ok(ring.sender.exp - Date.now() / 1000 <= 24 * 60 * 60 && ring.sender.exp > Date.now() / 1000);
    await phone.page.goto(`${server.origin}/approve`);
    assert.match(await words(phone.page), /Somebody wants to sign in/);

    // What the push service would bring to the phone.
    const cdp = await phone.context.newCDPSession(phone.page);
    await cdp.send("ServiceWorker.enable");
    const registration = new Promise((resolve) => {
      cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
        if (registrations[0]) resolve(registrations[0].registrationId);
      });
    });
    await phone.page.reload();
    const deliver = async (data) => cdp.send("ServiceWorker.deliverPushMessage", { origin: server.origin, registrationId: await registration, data });
    const shown = await shownBy(phone.context);
    await deliver("");
    await deliver("<b>approve me</b>");
    for (let n = 0; n < 50 && (await shown()).length < 2; n += 1) await phone.page.waitForTimeout(100);
    const [first, second] = await shown();
    assert.match(first.title, /^Something waits for you at /);
    assert.deepEqual(Object.keys(first).sort(), ["body", "icon", "lang", "renotify", "tag", "title"], "nothing to press on it");
    assert.deepEqual(second, first, "whatever it is told, and in the place of the one before");

    // Asked anew within a minute: it waits, and nothing rings.
    await owner.page.goto(`${server.origin}/sign-in`);
    await ask(owner.page, server);
    await phone.page.goto(`${server.origin}/approve/doorbell`);
    await phone.page.getByRole("button", { name: "Do not ring on this device any more" }).click();
    await phone.page.waitForURL(/notice=off/);
    assert.equal(await phone.page.evaluate(() => Boolean(document.querySelector("#doorbell[data-deed=on]"))), true);
    assert.equal(service.count, 1);
    assert.deepEqual(phone.foreign, []);
  });

  test("a ring leads to the page, and a browser that is reached otherwise says so by itself", async (t) => {
    const { server, exim } = await begin(t);
    const [before, after] = [await startPushService(t), await startPushService(t)];
    const owner = await openFirstAccount(t, server, exim, ADA);
    const phone = await phoneOf(t, server, owner, before.subscription);
    await phone.page.goto(`${server.origin}/approve/doorbell`);
    await phone.page.getByRole("button", { name: "Ring on this device", exact: true }).click();
    await phone.page.waitForURL(/notice=on/);
    await phone.page.evaluate(() => navigator.serviceWorker.ready);
    const worker = phone.context.serviceWorkers()[0] ?? await phone.context.waitForEvent("serviceworker");
    // The shell has no person who presses: the worker's own listeners run, with what the browser would let them do noted down.
    await worker.evaluate(() => {
      self.led = [];
      clients.openWindow = async (url) => { self.led.push(`opened ${url}`); };
      WindowClient.prototype.focus = async function () { self.led.push(`went to ${new URL(this.url).pathname}`); };
      self.happens = async (name, what) => {
        const event = new Event(name);
        let done;
        event.waitUntil = (promise) => { done = promise; };
        self.dispatchEvent(Object.assign(event, what));
        return done;
      };
    });
    const press = () => worker.evaluate(async () => {
      let closed = 0;
      self.led = [];
      await self.happens("notificationclick", { notification: { close: () => { closed += 1; } } });
      return [closed, ...self.led];
    });
    assert.deepEqual(await press(), [1, "opened /approve"], "where another page is open");
    await phone.page.goto(`${server.origin}/approve`);
    assert.deepEqual(await press(), [1, "went to /approve"], "where it is open already");

    // The push service gives the browser another place: the worker tells the server, as the page would.
    await worker.evaluate((given) => self.happens("pushsubscriptionchange", { newSubscription: { toJSON: () => given } }), after.subscription);
    await owner.page.goto(`${server.origin}/account`);
    await owner.page.getByRole("button", { name: "Sign out" }).click();
    await ask(owner.page, server);
    await after.next();
    assert.deepEqual([before.count, after.count], [0, 1]);
    await phone.page.goto(`${server.origin}/approve/doorbell`);
    assert.match(await words(phone.page), new RegExp(`${after.origin} carries the rings`));

    // And where the browser says only that the old one is gone, the worker subscribes anew, with the key of this site.
    const key = await phone.page.locator("#doorbell").getAttribute("data-key");
    const asked = await worker.evaluate(async (given) => {
      let key;
      PushManager.prototype.subscribe = async (wish) => { key = wish.applicationServerKey; return { toJSON: () => given }; };
      await self.happens("pushsubscriptionchange", {});
      return key;
    }, before.subscription);
    assert.equal(asked, key);
    await phone.page.reload();
    assert.match(await words(phone.page), new RegExp(`${before.origin} carries the rings`));
  });

  test("a push service that refuses is told of on the page and in the activity, once", async (t) => {
    const { server, exim } = await begin(t);
    const service = await startPushService(t, [403]);
    const owner = await openFirstAccount(t, server, exim, ADA);
    const phone = await phoneOf(t, server, owner, service.subscription);
    await phone.page.goto(`${server.origin}/approve/doorbell`);
    await phone.page.getByRole("button", { name: "Ring on this device", exact: true }).click();
    await phone.page.waitForURL(/notice=on/);
    await owner.page.goto(`${server.origin}/account`);
    await owner.page.getByRole("button", { name: "Sign out" }).click();
    await ask(owner.page, server);
    await service.next();
    for (const end = Date.now() + 20_000; ; await phone.page.waitForTimeout(200)) {
      await phone.page.goto(`${server.origin}/approve/doorbell`);
      if (/The push service of this browser refuses the rings/.test(await words(phone.page))) break;
      assert.ok(Date.now() < end, "the page does not say so");
    }
    await everyLook(phone.page, "doorbell-refused");
    const { stdout } = await server.command("event", "list", "--json");
    const refused = stdout.split("\n").filter((line) => line.includes('"doorbell_refused"'));
    assert.equal(refused.length, 1);
    assert.match(refused[0], new RegExp(service.origin));
  });

  test("without JavaScript, and where notifications are denied, what waits is seen all the same", async (t) => {
    const { server, exim } = await begin(t);
    const service = await startPushService(t);
    const owner = await openFirstAccount(t, server, exim, ADA);
    const phone = await phoneOf(t, server, owner, service.subscription);
    const cookies = await phone.context.cookies();
    const bare = await visitor(t, { viewport: PHONE.viewport, javaScriptEnabled: false });
    await bare.context.addCookies(cookies);
    await bare.page.goto(`${server.origin}/approve/doorbell`);
    assert.match(await words(bare.page), /This browser cannot ring/);
    await phone.context.addInitScript(() => { Notification.requestPermission = async () => "denied"; });
    await phone.page.goto(`${server.origin}/approve/doorbell`);
    await phone.page.getByRole("button", { name: "Ring on this device", exact: true }).click();
    await phone.page.getByText("does not let this site show notifications").waitFor();
    await everyLook(phone.page, "doorbell-denied");
    await owner.page.goto(`${server.origin}/account`);
    await owner.page.getByRole("button", { name: "Sign out" }).click();
    await ask(owner.page, server);
    await bare.page.goto(`${server.origin}/approve`);
    assert.match(await words(bare.page), /Somebody wants to sign in/);
    assert.equal(service.count, 0);
  });
});
