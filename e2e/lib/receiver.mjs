// Where a client is told that somebody is signed out: takes what is posted, and answers as the test says.

import { createServer } from "node:http";
import { once } from "node:events";

/** Listens on the loopback: `uri`, and `next()`, the next request as `{ method, path, type, form, at }`. The n-th gets `statuses[n]`, all later ones 200. */
export async function startReceiver(t, statuses = []) {
  const waiting = [];
  const came = [];
  let count = 0;
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join("");
    const status = statuses[count++] ?? 200;
    response.writeHead(status, status >= 300 && status < 400 ? { location: `${origin}/elsewhere` } : {});
    response.end();
    const told = { method: request.method, path: request.url, type: request.headers["content-type"], form: new URLSearchParams(body), at: Date.now() };
    const next = waiting.shift();
    if (next) next(told);
    else came.push(told);
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  const origin = `http://localhost:${server.address().port}`;
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    uri: `${origin}/signed-out`,
    get count() { return count; },
    next: () => (came.length > 0 ? Promise.resolve(came.shift()) : new Promise((resolve) => { waiting.push(resolve); })),
  };
}
