// The provider that `bench tokens` compares with: oidc-provider with its own store in memory, and the work of bidden's side.
//
//   node server.mjs PORT LANES SECRET
//
// Prints one line when it listens: the refresh tokens of each lane, `web` and `looker`, as JSON. Nothing is held back from
// it: production mode, a store that is a map in memory and forgets nothing (its own keeps a thousand entries, and loses the
// refresh tokens of the lanes among the others), one process on one core, no logging.

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [port, lanes, secret] = process.argv.slice(2);
const API = "https://api.example.org";
const SCOPE = "openid offline_access";

const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
const client = (id) => ({
  client_id: id,
  client_secret: secret,
  grant_types: ["authorization_code", "refresh_token", "client_credentials"],
  response_types: ["code"],
  redirect_uris: ["https://app.example.org/cb"],
  scope: `${SCOPE} read`,
  token_endpoint_auth_method: "client_secret_post",
  introspection_endpoint_auth_method: "client_secret_post",
  id_token_signed_response_alg: "ES256",
});

const kept = new Map();
const grants = new Map();

/** What the provider keeps of one kind of thing (`Adapter` in its documentation). */
class Memory {
  constructor(name) {
    this.name = name;
  }

  async upsert(id, payload) {
    const key = `${this.name}:${id}`;
    kept.set(key, payload);
    if (payload.grantId !== undefined) {
      const keys = grants.get(payload.grantId) ?? [];
      if (keys.length === 0) grants.set(payload.grantId, keys);
      keys.push(key);
    }
  }

  async find(id) {
    return kept.get(`${this.name}:${id}`);
  }

  async destroy(id) {
    kept.delete(`${this.name}:${id}`);
  }

  async consume(id) {
    kept.get(`${this.name}:${id}`).consumed = Math.floor(Date.now() / 1000);
  }

  async revokeByGrantId(grantId) {
    for (const key of grants.get(grantId) ?? []) kept.delete(key);
    grants.delete(grantId);
  }
}

const provider = new Provider(`http://localhost:${port}`, {
  adapter: Memory,
  clients: [client("web"), client("looker")],
  jwks: { keys: [{ ...key, kid: "one", alg: "ES256", use: "sig" }] },
  cookies: { keys: [secret] },
  scopes: ["openid", "offline_access", "read"],
  // Every request here names an origin, as the generator does for its pages.
  clientBasedCORS: () => true,
  findAccount: (ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  rotateRefreshToken: true,
  issueRefreshToken: () => true,
  ttl: { AccessToken: 300, ClientCredentials: 300, IdToken: 300, RefreshToken: 30 * 24 * 3600, Grant: 30 * 24 * 3600 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    // For a resource that was asked for, access tokens are signed (RFC 9068); without one they are opaque.
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => false,
      getResourceServerInfo: () => ({ scope: "read", audience: API, accessTokenTTL: 300, accessTokenFormat: "jwt", jwt: { sign: { alg: "ES256" } } }),
    },
  },
});

/** The refresh token of a new person's grant to this client. */
async function granted(id, accountId) {
  const grant = new provider.Grant({ accountId, clientId: id });
  grant.addOIDCScope(SCOPE);
  grant.addResourceScope(API, "read");
  const grantId = await grant.save();
  const token = new provider.RefreshToken({
    accountId,
    client: await provider.Client.find(id),
    grantId,
    gty: "authorization_code",
    scope: `${SCOPE} read`,
    resource: API,
    authTime: Math.floor(Date.now() / 1000),
    acr: "http://idmanagement.gov/ns/assurance/aal/1",
    amr: ["email"],
    nonce: undefined,
    expiresWithSession: false,
    rotations: 0,
  });
  return token.save();
}

const tokens = [];
for (let lane = 0; lane < Number(lanes); lane += 1) {
  tokens.push({ web: await granted("web", `person-${lane}`), looker: await granted("looker", `person-${lane}`) });
}
const server = createServer(provider.callback());
server.keepAliveTimeout = 120_000;
server.listen(Number(port), "127.0.0.1", () => console.log(JSON.stringify(tokens)));
