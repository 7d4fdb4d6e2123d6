// The protocol: pairing, polling, refreshing and signing out, with proofs by a key that this browser does not give away.
// docs/pairing.md, RFC 8628 §3.4 and §3.5, RFC 9449.

/** The letters of a pairing code, in the order of the keyboard on the screen. */
export const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";
/** How many a pairing code has. */
export const LENGTH = 12;

const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";
/** Seconds before its end in which an access token is not used any more. */
const MARGIN = 30;
/** How long an answer may take, in milliseconds. */
const PATIENCE = 20_000;

/** A no of the server: `code` is its word for it. Where nobody answered, that is `unreachable`. */
export class Refused extends Error {
  constructor(code, description) {
    super(description ?? code);
    this.code = code;
  }
}

const bytes = (text) => new TextEncoder().encode(text);
const base64url = (data) => btoa(String.fromCharCode(...new Uint8Array(data))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const seconds = () => Math.floor(Date.now() / 1000);

/** A key pair that signs and cannot be read, also not by this page. */
export const newKeys = () => crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);

/** The device, at one server: `settings` has `issuer`, `client` and `scope`. */
export class Device {
  #settings;
  #keys;
  #at;
  #nonce;

  constructor(settings, keys) {
    this.#settings = settings;
    this.#keys = keys;
  }

  /** Takes letters with anything between them; gives back the letters, or nothing where they are no code. */
  static read(typed) {
    const letters = typed.toUpperCase().replaceAll(/[\s\p{P}]/gu, "");
    return letters.length === LENGTH && [...letters].every((letter) => LETTERS.includes(letter)) ? letters : undefined;
  }

  /** Brings a pairing code, and gets what has to be shown. */
  async pair(code) {
    const begun = await this.#post("pairing_endpoint", { pairing_code: code, device_kind: "television", scope: this.#settings.scope });
    return { digits: begun.confirmation, until: Date.now() + begun.expires_in * 1000, begun };
  }

  /** Polls until the person has answered, and gets the tokens; `signal` ends it. */
  async wait({ begun, until }, signal) {
    let interval = begun.interval ?? 5;
    let missed = 0;
    for (;;) {
      await pause(interval * 2 ** missed * 1000, signal);
      if (Date.now() >= until) throw new Refused("expired_token");
      try {
        return this.#tokens(await this.#post("token_endpoint", { grant_type: DEVICE_CODE, device_code: begun.device_code }));
      } catch (error) {
        switch (error.code) {
          case "authorization_pending": missed = 0; break;
          case "slow_down": interval += 5; break;
          // Less often each time, up to eight times the interval.
          case "unreachable": case "temporarily_unavailable": case "server_error": missed = Math.min(missed + 1, 3); break;
          default: throw error;
        }
      }
    }
  }

  /** Gets the next tokens; keep them before they are used, since a refresh token is good once. */
  async refresh(tokens) {
    return this.#tokens(await this.#post("token_endpoint", { grant_type: "refresh_token", refresh_token: tokens.refresh }), tokens);
  }

  /** Who signed in. */
  async who(tokens) {
    const { userinfo_endpoint: url } = await this.#metadata();
    return this.#once(url, "GET", tokens.access);
  }

  /** Gives the tokens back: the server signs the device out. */
  async signOut(tokens) {
    await this.#post("revocation_endpoint", { token: tokens.refresh ?? tokens.access });
  }

  #tokens(answer, before) {
    // One that is bound to nothing is good for whoever copies it.
    if (answer.token_type?.toLowerCase() !== "dpop") throw new Refused("other", "tokens that are bound to nothing");
    return { access: answer.access_token, refresh: answer.refresh_token ?? before?.refresh, scope: answer.scope ?? before?.scope, ends: seconds() + (answer.expires_in ?? 0) };
  }

  async #metadata() {
    if (this.#at) return this.#at;
    const { issuer } = this.#settings;
    const at = await answered(fetch(`${issuer}/.well-known/oauth-authorization-server`, { signal: AbortSignal.timeout(PATIENCE) }));
    if (at.issuer !== issuer) throw new Refused("other", "metadata of another server");
    this.#at = at;
    return at;
  }

  async #post(endpoint, fields) {
    const { [endpoint]: url } = await this.#metadata();
    if (!url) throw new Refused("other", `no ${endpoint}`);
    return this.#once(url, "POST", undefined, new URLSearchParams({ client_id: this.#settings.client, ...fields }));
  }

  /** One request; twice where the server wants its nonce in the proof. */
  async #once(url, method, access, body) {
    for (let again = false; ; again = true) {
      const headers = { dpop: await this.#proof(url, method, access), ...(access ? { authorization: `DPoP ${access}` } : {}) };
      // No cookie goes along: none opens these endpoints.
      const sent = fetch(url, { method, headers, body, credentials: "omit", redirect: "error", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      try {
        return await answered(sent, (nonce) => { this.#nonce = nonce; });
      } catch (error) {
        if (error.code !== "use_dpop_nonce" || again) throw error;
      }
    }
  }

  async #proof(url, method, access) {
    const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", this.#keys.publicKey);
    const claims = {
      jti: base64url(crypto.getRandomValues(new Uint8Array(16))), htm: method, htu: url, iat: seconds(), nonce: this.#nonce,
      ath: access && base64url(await crypto.subtle.digest("SHA-256", bytes(access))),
    };
    const parts = [{ typ: "dpop+jwt", alg: "ES256", jwk: { crv, kty, x, y } }, claims].map((part) => base64url(bytes(JSON.stringify(part))));
    const signed = parts.join(".");
    const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, this.#keys.privateKey, bytes(signed));
    return `${signed}.${base64url(signature)}`;
  }
}

/** Whether an access token can still be used. */
export const areFresh = (tokens) => seconds() < tokens.ends - MARGIN;

async function answered(sent, learn = () => {}) {
  const answer = await sent.catch((error) => { throw new Refused("unreachable", String(error)); });
  const nonce = answer.headers.get("dpop-nonce");
  if (nonce) learn(nonce);
  // Signing out is answered by nothing.
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  throw new Refused(said.error ?? (answer.status >= 500 ? "unreachable" : "other"), said.error_description);
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new Refused("stopped"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
