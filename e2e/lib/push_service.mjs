// A push service, and a browser that it reaches: what is sent is verified and decrypted from the standards alone (RFC 8030, 8188,
// 8291, 8292), with Node's own cryptography.

import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from "node:crypto";
import { startListener } from "./listener.mjs";

const url64 = (bytes) => Buffer.from(bytes).toString("base64url");

/** What a browser has that can be reached at `endpoint`: what it tells its page, and `open(message)`. */
function subscriber(endpoint) {
  const own = createECDH("prime256v1");
  const key = own.generateKeys();
  const secret = randomBytes(16);
  const derived = (material, salt, info, length) => Buffer.from(hkdfSync("sha256", material, salt, info, length));
  return {
    subscription: { endpoint, expirationTime: null, keys: { p256dh: url64(key), auth: url64(secret) } },
    open(message) {
      const [salt, theirs, record] = [message.subarray(0, 16), message.subarray(21, 21 + message[20]), message.subarray(21 + message[20])];
      const info = Buffer.concat([Buffer.from("WebPush: info\0"), key, theirs]);
      const material = derived(own.computeSecret(theirs), secret, info, 32);
      const cipher = createDecipheriv("aes-128-gcm", derived(material, salt, "Content-Encoding: aes128gcm\0", 16),
        derived(material, salt, "Content-Encoding: nonce\0", 12));
      cipher.setAuthTag(record.subarray(-16));
      const padded = Buffer.concat([cipher.update(record.subarray(0, -16)), cipher.final()]);
      const end = padded.findLastIndex((byte) => byte !== 0);
      if (padded[end] !== 2) throw new Error("not the last record");
      return padded.subarray(0, end);
    },
  };
}

/** The claims of whoever sent it, once the signature holds for the key that is named. */
function sender(authorization) {
  const [, token, k] = /^vapid t=(\S+), k=(\S+)$/.exec(authorization);
  const point = Buffer.from(k, "base64url");
  const jwk = { kty: "EC", crv: "P-256", x: url64(point.subarray(1, 33)), y: url64(point.subarray(33)) };
  const at = token.lastIndexOf(".");
  const holds = verify("sha256", Buffer.from(token.slice(0, at)), { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" },
    Buffer.from(token.slice(at + 1), "base64url"));
  if (!holds) throw new Error("the signature does not hold");
  return { key: k, ...JSON.parse(Buffer.from(token.split(".")[1], "base64url")) };
}

/** Listens on the loopback; the n-th message gets `statuses[n]`, all later ones 201. `next()` is the next message, read. */
export async function startPushService(t, statuses = []) {
  let count = 0, browser;
  const { origin, next } = await startListener(t, async (request, response) => {
    const message = Buffer.concat(await request.toArray());
    response.writeHead(statuses[count++] ?? 201);
    response.end();
    const { ttl, urgency, topic, "content-encoding": coding, authorization } = request.headers;
    return { path: request.url, ttl: Number(ttl), urgency, topic, coding, sender: sender(authorization), said: browser.open(message), length: message.length };
  });
  browser = subscriber(`${origin}/push/JzLQ3raZ`);
  return { origin, subscription: browser.subscription, get count() { return count; }, next };
}
