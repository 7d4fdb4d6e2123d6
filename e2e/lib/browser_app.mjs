// An app that runs in a browser alone, on an origin of its own: oidc-client-ts, with tokens bound to a key of the browser.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);
const LIBRARY = readFileSync(path.join(path.dirname(require.resolve("oidc-client-ts/package.json")), "dist/browser/oidc-client-ts.min.js"));

const PAGE = `<!doctype html><html lang="en"><title>App</title><h1>App</h1><p id="said"></p>
<button id="in">Sign in</button> <button id="again">Refresh</button> <button id="out">Sign out</button><script src="/oidc.js"></script><script src="/app.js"></script>`;

const APP = `
const said = (text) => { document.getElementById("said").textContent = text; };
const here = new URL(location.href);
const authority = here.searchParams.get("authority") ?? sessionStorage.getItem("authority");
sessionStorage.setItem("authority", authority);
const store = new oidc.IndexedDbDPoPStore();
const manager = new oidc.UserManager({
  authority, client_id: "spa", redirect_uri: location.origin + "/callback", scope: "openid email offline_access",
  automaticSilentRenew: false, post_logout_redirect_uri: location.origin + "/bye", dpop: { bind_authorization_code: true, store },
});
document.getElementById("in").onclick = () => manager.signinRedirect().catch((error) => said(String(error)));
document.getElementById("again").onclick = () => manager.signinSilent().then(() => said("refreshed"), (error) => said(String(error)));
document.getElementById("out").onclick = () => manager.signoutRedirect().catch((error) => said(String(error)));
const ask = async (user, nonce) => {
  const url = authority + "/oauth/userinfo";
  return fetch(url, { headers: { authorization: "DPoP " + user.access_token, dpop: await manager.dpopProof(url, user, "GET", nonce) } });
};
const who = async (user) => {
  let answer = await ask(user);
  // RFC 9449 §9: a resource may want a nonce of its own.
  if (answer.status === 401) answer = await ask(user, answer.headers.get("dpop-nonce"));
  const said = await answer.json();
  return said.email ?? "nobody: " + JSON.stringify(said);
};
if (here.pathname === "/bye") {
  manager.signoutRedirectCallback().then(() => said("signed out"), (error) => said(String(error)));
}
if (here.pathname === "/callback") {
  manager.signinRedirectCallback().then(async (user) => said("signed in as " + await who(user))).catch((error) => said(String(error)));
}
`;

/** Serves the app: `origin`, `redirect`, and where it goes after signing out, `bye`. */
export async function startBrowserApp(t) {
  const files = { "/oidc.js": ["text/javascript", LIBRARY], "/app.js": ["text/javascript", APP] };
  const server = createServer((request, response) => {
    const [type, body] = files[new URL(request.url, "http://localhost").pathname] ?? ["text/html; charset=utf-8", PAGE];
    response.setHeader("content-type", type);
    response.end(request.url === "/favicon.ico" ? "" : body);
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://localhost:${server.address().port}`;
  return { origin, redirect: `${origin}/callback`, bye: `${origin}/bye` };
}
