// Three nodes on one PostgreSQL behind the load balancers of the book: a person notices neither that there are several
// nor that one is gone.

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { after, describe, test } from "node:test";
import { startBalancer, takenBack } from "./lib/balancer.mjs";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { startExim } from "./lib/exim.mjs";
import { Mailbox } from "./lib/mail.mjs";
import { freePort } from "./lib/port.mjs";
import { newDatabase, POSTGRES, Server, smtpSettings } from "./lib/server.mjs";
import { ACCOUNT, ask, comesToEnd, signIn, type, words } from "./lib/walk.mjs";

const ADA = "ada@example.test";

/** Three nodes with one store and one key file behind a balancer of the given kind. */
async function nodes(t, kind) {
  const exim = await startExim();
  t.after(exim.stop);
  const database = await newDatabase();
  const port = await freePort();
  const settings = {
    ...smtpSettings(exim),
    BIDDEN_STORE: database.url,
    BIDDEN_STORE_CONNECTIONS: "4",
    BIDDEN_PUBLIC_URL: `http://localhost:${port}`,
    BIDDEN_TRUSTED_PROXIES: "127.0.0.1",
  };
  const all = [];
  t.after(async () => {
    await Promise.all(all.map((node) => node.stop()));
    await database.drop();
  });
  for (let n = 0; n < 3; n += 1) {
    const node = new Server(settings);
    all.push(node);
    if (n > 0) {
      mkdirSync(node.dataDir, { recursive: true, mode: 0o700 });
      copyFileSync(path.join(all[0].dataDir, "keys"), path.join(node.dataDir, "keys"));
    }
    await node.start();
  }
  const balancer = await startBalancer(t, kind, port, all.map((node) => `127.0.0.1:${node.port}`));
  return { all, exim, balancer, origin: `http://localhost:${port}` };
}

/** Runs the walk; if it fails, what the balancer and the nodes wrote is told with it. */
async function told({ all, balancer }, walk) {
  try {
    await walk();
  } catch (error) {
    const said = all.map((node, n) => `-- node ${n}:\n${node.output}`).join("\n");
    throw new Error(`${error.message}\n-- balancer:\n${balancer()}\n${said}`, { cause: error });
  }
}

after(closeBrowser);

describe("several nodes", { concurrency: 2, skip: POSTGRES ? false : "no PostgreSQL server is given" }, () => {
  for (const kind of ["nginx", "haproxy"]) {
    test(`behind ${kind} a person signs in, and stays signed in when nodes are killed one after the other`, async (t) => {
      const given = await nodes(t, kind);
      const { all, exim, origin } = given;
      await told(given, async () => {
        const box = new Mailbox(exim.maildir(ADA));
        const { page } = await visitor(t);
        // Each node printed a set-up link at its start and thereby ended the one before.
        const opened = await signIn(page, origin, box, ADA, new URL(all[2].setUpLink).pathname);
        assert.ok((await words(page)).includes(ADA));
        await comesToEnd(page, origin, opened.reference, "used");

        const stranger = await visitor(t);
        const asked = await ask(stranger.page, `${origin}/sign-in`, ADA);
        const mail = await box.next();
        assert.ok(mail.text.includes(asked.reference));
        await all[0].kill("SIGKILL");
        for (let n = 0; n < 12; n += 1) {
          await page.goto(`${origin}/account`);
          assert.ok((await words(page)).includes(ADA), `look ${n} after the first node was killed`);
        }
        await type(stranger.page, mail.code);
        await stranger.page.waitForURL(ACCOUNT);
        assert.ok((await words(stranger.page)).includes(ADA), "the code that was asked for on one node is used on another");

        await all[1].kill("SIGKILL");
        await all[0].start();
        await page.goto(`${origin}/account/activity`);
        await comesToEnd(page, origin, asked.reference, "used");
        await takenBack(origin, all[0].port);
        await all[2].kill("SIGKILL");
        await page.goto(`${origin}/account`);
        assert.ok((await words(page)).includes(ADA), "a node that was killed and started again carries on alone");
        for (const node of all) assert.doesNotMatch(node.output, /panicked| ERROR /);
      });
    });
  }
});
