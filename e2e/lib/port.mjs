// A loopback port on which nobody listens at this moment.

import net from "node:net";

/** Asks the system for a free port and gives it back at once. */
export async function freePort() {
  const server = net.createServer();
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
