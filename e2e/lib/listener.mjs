// Somebody else's server on a loopback port, which keeps what came until the test asks for it.

import { createServer } from "node:http";
import { once } from "node:events";

/** Listens: `origin`, and `next()`, the next of what `answer(request, response, origin)` gave back; nothing is kept of the rest. */
export async function startListener(t, answer) {
  const waiting = [];
  const came = [];
  const server = createServer(async (request, response) => {
    const told = await answer(request, response, origin);
    if (told === undefined) return;
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
    origin,
    next: () => (came.length > 0 ? Promise.resolve(came.shift()) : new Promise((resolve) => { waiting.push(resolve); })),
  };
}
