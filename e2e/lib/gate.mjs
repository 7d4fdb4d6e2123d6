// A loopback port before another one: whoever connects waits, as with a server that takes its time, until the gate opens.

import { once } from "node:events";
import net from "node:net";

/** Listens before `port`; `knocked` resolves once somebody stands before the gate, `open()` lets them and all others through. */
export async function gateBefore(t, port) {
  const held = new Set();
  let shut = true;
  const through = (socket) => {
    const beyond = net.connect(port, "127.0.0.1");
    socket.on("error", () => beyond.destroy());
    beyond.on("error", () => socket.destroy());
    socket.pipe(beyond).pipe(socket);
  };
  const server = net.createServer((socket) => {
    if (!shut) return through(socket);
    held.add(socket);
    socket.once("close", () => held.delete(socket));
    socket.on("error", () => held.delete(socket));
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  t.after(() => {
    for (const socket of held) socket.destroy();
    server.close();
  });
  return {
    port: server.address().port,
    knocked: once(server, "connection", { signal: AbortSignal.timeout(60_000) }),
    open() {
      shut = false;
      for (const socket of held) through(socket);
      held.clear();
    },
  };
}
