// An application that people sign in to through bidden: a callback on a loopback port, and a certified OpenID client behind it.

import * as openid from "openid-client";
import { startListener } from "./listener.mjs";

/** Listens for what comes back by way of the browser: `origin`, `redirect`, and `answer()`, the next callback as a URL. */
export async function startCallback(t) {
  const { origin, next } = await startListener(t, async (request, response, own) => {
    const url = new URL(request.url, own);
    const form = new URLSearchParams((await request.toArray()).join(""));
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end("<!doctype html><html lang=en><title>App</title><h1>Back in the app</h1>");
    return url.pathname.startsWith("/callback") ? { url, form, method: request.method } : undefined;
  });
  return { origin, redirect: `${origin}/callback`, answer: next };
}

/** A client of `server` as openid-client knows it, on plain http because both are on this machine. */
export async function discover(server, clientId, metadata, authentication) {
  return openid.discovery(new URL(server.origin), clientId, metadata, authentication, { execute: [openid.allowInsecureRequests] });
}

/** What one authorization request has to remember. */
export async function begin(extra = {}) {
  const verifier = openid.randomPKCECodeVerifier();
  const [state, nonce] = [openid.randomState(), openid.randomNonce()];
  return {
    checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true },
    parameters: {
      scope: "openid email offline_access",
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
      ...extra,
    },
  };
}

/** Says yes, if the page asks, and arrives at the app. */
export async function allow(page) {
  await page.getByRole("button", { name: /^Allow/ }).or(page.getByRole("heading", { name: "Back in the app" })).first().waitFor();
  const button = page.getByRole("button", { name: /^Allow/ });
  if (await button.count() > 0) await button.click();
  await page.getByRole("heading", { name: "Back in the app" }).waitFor();
}
