// A home: whoever goes through its router is seen at one address, browser and device alike.

import http from "node:http";
import { once } from "node:events";

/** A router before a server whose port is not known yet (`leadsTo`): all that passes comes from `address`. */
export async function startHome(t, address) {
  let port;
  const router = http.createServer((request, response) => {
    const { method, url: path, headers } = request;
    const beyond = http.request({ host: "127.0.0.1", port, method, path, headers: { ...headers, "x-forwarded-for": address } }, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    beyond.on("error", () => response.destroy());
    request.pipe(beyond);
  });
  router.listen(0, "127.0.0.1");
  await once(router, "listening");
  t.after(() => {
    router.closeAllConnections();
    router.close();
  });
  return { origin: `http://localhost:${router.address().port}`, leadsTo: (server) => { port = server.port; } };
}
