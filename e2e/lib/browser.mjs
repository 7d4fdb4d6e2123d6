// Debian's Chromium, headless, driven over its debugging protocol.

import { chromium } from "playwright-core";

const ARGUMENTS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

let started;

/** The one browser of this test file. */
export function browser() {
  started ??= chromium.launch({ executablePath: process.env.E2E_CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS });
  return started;
}

/** Ends the browser; for `after()` of the file. */
export async function closeBrowser() {
  await (await started)?.close();
  started = undefined;
}

/**
 * A fresh visitor with their own cookies, ended with the test. `visitor.foreign` lists requests that
 * left for another host than the server's, `visitor.errors` what the pages complained about.
 */
export async function visitor(t, options = {}) {
  const context = await (await browser()).newContext({ locale: "en-GB", timezoneId: "UTC", ...options });
  context.setDefaultTimeout(20_000);
  t.after(() => context.close());
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
