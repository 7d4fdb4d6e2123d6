// Debian's Chromium without a window, driven over its debugging protocol.

import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { chromium } from "playwright-core";

/** The shell has the engine and none of the browser around it: the tests take half the time with it. */
const SHELL = "/usr/bin/chromium-headless-shell";
const EXECUTABLE = process.env.E2E_CHROMIUM ?? (existsSync(SHELL) ? SHELL : "/usr/bin/chromium");

const ARGUMENTS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

let started;

/** The one browser of this test file. */
export function browser() {
  started ??= chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
  return started;
}

/**
 * Tidies up within ten seconds, or leaves it to the end of the process: a Chromium that does not answer when it is asked to
 * close must not hold up the tests behind it.
 */
async function tidied(what, closing) {
  const late = new AbortController();
  const done = await Promise.race([
    closing.then(() => true),
    setTimeout(10_000, false, { signal: late.signal, ref: false }).catch(() => true),
  ]);
  late.abort();
  if (!done) console.error(`${what} did not close within ten seconds`);
}

/** Ends the browser; for `after()` of the file. */
export async function closeBrowser() {
  if (!started) return;
  const closing = (await started).close();
  started = undefined;
  await tidied("the browser", closing);
}

/**
 * A fresh visitor with their own cookies, ended with the test. `visitor.foreign` lists requests that
 * left for another host than the server's, `visitor.errors` what the pages complained about.
 */
export async function visitor(t, options = {}) {
  const context = await (await browser()).newContext({ locale: "en-GB", timezoneId: "UTC", ...options });
  context.setDefaultTimeout(20_000);
  t.after(() => tidied("a visitor's browser context", context.close()));
  const page = await context.newPage();
  const seen = { context, page, foreign: [], errors: [] };
  context.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol !== "data:" && hostname !== "localhost" && hostname !== "127.0.0.1") seen.foreign.push(request.url());
  });
  context.on("console", (message) => {
    if (message.type() === "error") seen.errors.push(message.text());
  });
  context.on("weberror", (error) => seen.errors.push(String(error.error())));
  return seen;
}
