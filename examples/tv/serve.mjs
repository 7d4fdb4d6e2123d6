// Serves the page to the browser of a television: node examples/tv/serve.mjs [PORT] [ISSUER]. Any server of files does as well.

import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import path from "node:path";

const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".json": "application/json" };

/** Listens on the loopback; what `settings` says goes before settings.json. */
export async function serve({ port = 0, settings = {} } = {}) {
  const files = new Map();
  for (const name of readdirSync(import.meta.dirname)) {
    const type = TYPES[path.extname(name)];
    if (type) files.set(`/${name}`, { type, body: readFileSync(path.join(import.meta.dirname, name)) });
  }
  const said = JSON.parse(files.get("/settings.json").body);
  files.get("/settings.json").body = JSON.stringify({ ...said, ...settings });
  files.set("/", files.get("/index.html"));
  const server = createServer((request, response) => {
    const file = files.get(new URL(request.url, "http://localhost").pathname);
    response.writeHead(file ? 200 : 404, { "content-type": file?.type ?? "text/plain", "x-content-type-options": "nosniff", "cache-control": "no-cache" });
    response.end(file?.body ?? "There is no such file.\n");
  });
  server.listen(port, "localhost");
  await once(server, "listening");
  return { origin: `http://localhost:${server.address().port}`, server };
}

if (process.argv[1] === import.meta.filename) {
  const [port = "8080", issuer] = process.argv.slice(2);
  const { origin } = await serve({ port: Number(port), settings: issuer ? { issuer } : {} });
  console.log(`The television is at ${origin}`);
}
