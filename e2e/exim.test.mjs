// The test mail server itself: what the other tests lean on is tried here by hand-written SMTP.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { startExim } from "./lib/exim.mjs";
import { Mailbox } from "./lib/mail.mjs";
import { connect } from "./lib/smtp.mjs";

const TEXT = "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nFrom: a@example.test\nContent-Type: multipart/alternative; boundary=\"b\"\n\n--b\n"
  + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nYour code: BCDF-GHJK, that is=\n all =E2=9C=93\nhttp://localhost:1/not-me/abc=3D1\n--b\n"
  + "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\nPGEgaHJlZj0iaHR0cDovL2xvY2FsaG9zdDoxL25vdC1tZS9hYmMiPng8L2E+\n--b--\n";

async function withExim(t, options) {
  const exim = await startExim(options);
  t.after(exim.stop);
  return exim;
}

test("a mail to any address arrives in the Maildir of that address and is read back", async (t) => {
  const exim = await withExim(t, {});
  const smtp = await connect(exim);
  t.after(smtp.close);
  assert.match(await smtp.send("EHLO test"), /^250/);
  assert.match(await smtp.deliver({ from: "bidden@example.test", to: "Ada@other.example", text: TEXT }), /^250/);
  const mail = await new Mailbox(exim.maildir("ada@OTHER.example")).next();
  assert.equal(mail.subject, "Grüße");
  assert.equal(mail.code, "BCDF-GHJK");
  assert.ok(mail.text.includes("that is all ✓"));
  assert.equal(mail.notMe, "http://localhost:1/not-me/abc=1");
  assert.deepEqual(mail.htmlLinks, ["http://localhost:1/not-me/abc"]);
  assert.deepEqual(mail.types, ["text/plain", "text/html"]);
  assert.equal(mail.header("envelope-to"), "Ada@other.example");
});

test("thirty mails over one connection all arrive at once", async (t) => {
  const exim = await withExim(t, {});
  const smtp = await connect(exim);
  t.after(smtp.close);
  await smtp.send("EHLO test");
  for (let n = 0; n < 30; n += 1) {
    assert.match(await smtp.deliver({ from: "bidden@example.test", to: "many@example.test", text: `Subject: ${n}\n\n${n}\n` }), /^250/);
  }
  const box = new Mailbox(exim.maildir("many@example.test"));
  const subjects = new Set();
  for (let n = 0; n < 30; n += 1) subjects.add((await box.next()).subject);
  assert.equal(subjects.size, 30);
});

test("with STARTTLS a mail is taken only after it", async (t) => {
  const exim = await withExim(t, { security: "starttls" });
  const smtp = await connect({ ...exim, ca: readFileSync(exim.caFile) });
  t.after(smtp.close);
  assert.match(await smtp.send("EHLO test"), /STARTTLS/);
  assert.match(await smtp.deliver({ from: "bidden@example.test", to: "tls@example.test", text: "Subject: x\n\nx\n" }), /^550/);
  assert.match(await smtp.startTls(), /^220/);
  await smtp.send("EHLO test");
  assert.match(await smtp.deliver({ from: "bidden@example.test", to: "tls@example.test", text: "Subject: over TLS\n\nx\n" }), /^250/);
  assert.equal((await new Mailbox(exim.maildir("tls@example.test")).next()).subject, "over TLS");
});

test("with implicit TLS and authentication only the right password sends", async (t) => {
  const exim = await withExim(t, { security: "implicit", auth: { username: "bidden", password: "correct horse" } });
  const smtp = await connect({ ...exim, implicit: true, ca: readFileSync(exim.caFile) });
  t.after(smtp.close);
  assert.match(await smtp.send("EHLO test"), /AUTH PLAIN/);
  assert.match(await smtp.deliver({ from: "bidden@example.test", to: "auth@example.test", text: "Subject: x\n\nx\n" }), /^550/);
  const login = (password) => smtp.send(`AUTH PLAIN ${Buffer.from(`\0bidden\0${password}`).toString("base64")}`);
  assert.match(await login("wrong"), /^535/);
  assert.match(await login("correct horse"), /^235/);
  assert.match(await smtp.deliver({ from: "bidden@example.test", to: "auth@example.test", text: "Subject: in\n\nx\n" }), /^250/);
  assert.equal((await new Mailbox(exim.maildir("auth@example.test")).next()).subject, "in");
});

test("greylisting defers the first try of an address and takes the second", async (t) => {
  const exim = await withExim(t, { greylist: true });
  const smtp = await connect(exim);
  t.after(smtp.close);
  await smtp.send("EHLO test");
  const mail = { from: "bidden@example.test", to: "grey@example.test", text: "Subject: x\n\nx\n" };
  assert.match(await smtp.deliver(mail), /^451/);
  assert.match(await smtp.deliver({ ...mail, to: "other@example.test" }), /^451/);
  assert.match(await smtp.deliver(mail), /^250/);
  await new Mailbox(exim.maildir("grey@example.test")).next();
});

test("a refused address gets 550 and others are delivered", async (t) => {
  const exim = await withExim(t, { refuse: ["gone@example.test"] });
  const smtp = await connect(exim);
  t.after(smtp.close);
  await smtp.send("EHLO test");
  const mail = { from: "bidden@example.test", to: "gone@example.test", text: "Subject: x\n\nx\n" };
  assert.match(await smtp.deliver(mail), /^550/);
  assert.match(await smtp.deliver({ ...mail, to: "here@example.test" }), /^250/);
  await new Mailbox(exim.maildir("here@example.test")).next();
  await new Mailbox(exim.maildir("gone@example.test")).staysEmpty(300);
});
