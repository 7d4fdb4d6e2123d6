// An application that people sign in to through bidden: a callback on a loopback port, and a certified OpenID client behind it.

import { createServer } from "node:http";
import { once } from "node:events";
import * as openid from "openid-client";

/** Listens for what comes back by way of the browser: `origin`, `redirect`, and `answer()`, the next callback as a URL. */
export async function startCallback(t) {
  const waiting = [];
  const came = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, origin);
    const form = new URLSearchParams((await request.toArray()).join(""));
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end("<!doctype html><html lang=en><title>App</title><h1>Back in the app</h1>");
    if (!url.pathname.startsWith("/callback")) return;
    const answer = { url, form, method: request.method };
    const next = waiting.shift();
    if (next) next(answer);
    else came.push(answer);
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  const origin = `http://localhost:${server.address().port}`;
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    origin,
    redirect: `${origin}/callback`,
    answer: () => (came.length > 0 ? Promise.resolve(came.shift()) : new Promise((resolve) => { waiting.push(resolve); })),
  };
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
