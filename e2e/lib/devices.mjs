// A site with devices: who is where, its clients, and a device as any maker would write it.

import * as jose from "jose";
import { startExim } from "./exim.mjs";
import { smtpSettings, startServer } from "./server.mjs";
import { openFirstAccount } from "./walk.mjs";

export const ADA = "ada@example.test";
export const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";
/** Where the person and the television are, and where somebody else has rented a proxy in the same city. */
export const HOME = "93.184.216.34";
export const AWAY = "93.184.216.35";

const client = (id, name, more) => `
[[clients]]
id = "${id}"
name = "${name}"
authentication = "none"
grant_types = ["${DEVICE}", "refresh_token"]
scopes = ["openid", "offline_access", "shelf.read"]
tokens = "opaque"
${more}
`;

export const PAIRED = `trusted_proxies = ["loopback"]\n${client("terminal", "Linden at the command line", "dpop_bound = true")}`;
export const SHOWN = `trusted_proxies = ["loopback"]\n\n[provider]\ndevice_authorization = "on"\n${client("tv", "Linden Screen", 'user_code_scopes = ["openid", "shelf.read"]')}`;

/** The settings of a browser at this address. */
export const at = (address) => ({ extraHTTPHeaders: { "x-forwarded-for": address } });

/** A server with these settings, and its owner at home. */
export async function site(t, file) {
  const exim = await startExim();
  t.after(exim.stop);
  const server = await startServer(t, smtpSettings(exim), file);
  const owner = await openFirstAccount(t, server, exim, ADA, at(HOME));
  return { exim, server, owner };
}

/** A device as any maker would write it: a key of its own, proofs made with jose, and what the metadata say. */
export async function startDevice(server, clientId, address) {
  const pair = await jose.generateKeyPair("ES256");
  const jwk = await jose.exportJWK(pair.publicKey);
  const metadata = await (await fetch(`${server.origin}/.well-known/oauth-authorization-server`)).json();
  let nonce;
  const once = async (url, fields) => {
    const proof = await new jose.SignJWT({ htm: "POST", htu: url, jti: crypto.randomUUID(), ...(nonce ? { nonce } : {}) })
      .setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk }).setIssuedAt().sign(pair.privateKey);
    const answer = await fetch(url, { method: "POST", headers: { dpop: proof, "x-forwarded-for": address }, body: new URLSearchParams({ client_id: clientId, ...fields }) });
    nonce = answer.headers.get("dpop-nonce") ?? nonce;
    return { status: answer.status, ...(await answer.json()) };
  };
  const post = async (url, fields) => {
    const said = await once(url, fields);
    return said.error === "use_dpop_nonce" ? once(url, fields) : said;
  };
  return {
    metadata,
    jkt: await jose.calculateJwkThumbprint(jwk),
    brings: (code) => post(metadata.pairing_endpoint, { pairing_code: code, device_kind: "command_line", scope: "openid offline_access shelf.read" }),
    polls: (code) => post(metadata.token_endpoint, { grant_type: DEVICE, device_code: code }),
    refreshes: (token) => post(metadata.token_endpoint, { grant_type: "refresh_token", refresh_token: token }),
  };
}
