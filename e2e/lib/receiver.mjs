// Where a client is told that somebody is signed out: takes what is posted, and answers as the test says.

import { startListener } from "./listener.mjs";

/** Listens on the loopback: `uri`, and `next()`, the next request as `{ method, path, type, form, at }`. The n-th gets `statuses[n]`, all later ones 200. */
export async function startReceiver(t, statuses = []) {
  let count = 0;
  const { origin, next } = await startListener(t, async (request, response, own) => {
    const body = (await request.toArray()).join("");
    const status = statuses[count++] ?? 200;
    response.writeHead(status, status >= 300 && status < 400 ? { location: `${own}/elsewhere` } : {});
    response.end();
    return { method: request.method, path: request.url, type: request.headers["content-type"], form: new URLSearchParams(body), at: Date.now() };
  });
  return { uri: `${origin}/signed-out`, get count() { return count; }, next };
}
