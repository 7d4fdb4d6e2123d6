// A real load balancer in front of several nodes, with the very configuration that docs/operating.md shows: only its
// addresses, its files and TLS are those of the test.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const BOOK = path.resolve(import.meta.dirname, "../../docs/operating.md");

/** The block of the book in this language, with our addresses in place of its own. */
function fromTheBook(language, port, nodes) {
  const block = new RegExp("```" + language + "\\n([\\s\\S]*?)```").exec(readFileSync(BOOK, "utf8"))?.[1];
  if (!block) throw new Error(`docs/operating.md has no ${language} block`);
  let text = block
    .replace("listen 443 ssl;", `listen 127.0.0.1:${port};`)
    .replace(/^ *ssl_certificate.*\n/gm, "")
    .replace(/bind :443 ssl crt \S+/, `bind 127.0.0.1:${port}`)
    .replace("server_name sign-in.example.com;", "");
  nodes.forEach((node, n) => { text = text.replace(`10.0.0.${11 + n}:8000`, node); });
  if (/10\.0\.0\.|:443\b|ssl|example\.com/.test(text)) throw new Error(`an address of the book is left:\n${text}`);
  return text;
}

const KINDS = {
  nginx: (home, block) => ({
    program: "nginx",
    file: `daemon off; worker_processes 1; pid ${home}/pid; error_log ${home}/log;
events { worker_connections 256; }
http { access_log off; ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${home}/${kind};`).join(" ")}
${block}}
`,
    args: (file) => ["-p", home, "-e", `${home}/log`, "-c", file],
  }),
  haproxy: (home, block) => ({
    program: "haproxy",
    file: `defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
${block}`,
    args: (file) => ["-db", "-f", file],
  }),
};

/** Starts `kind` on `port` in front of `nodes` (host:port each); ends with the test. Returns what it says so far. */
export async function startBalancer(t, kind, port, nodes) {
  const home = mkdtempSync(path.join(tmpdir(), "bidden-balancer-"));
  const language = kind;
  const { program, file, args } = KINDS[kind](home, fromTheBook(language, port, nodes));
  const configuration = path.join(home, "configuration");
  writeFileSync(configuration, file);
  const environment = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
  const child = spawn(program, args(configuration), { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (bytes) => { said += bytes; });
  child.stderr.on("data", (bytes) => { said += bytes; });
  const gone = once(child, "exit");
  process.on("exit", () => child.kill("SIGKILL"));
  t.after(async () => {
    child.kill("SIGTERM");
    await gone;
    rmSync(home, { recursive: true, force: true });
  });
  const limit = Date.now() + 10_000;
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return () => said + (existsSync(`${home}/log`) ? readFileSync(`${home}/log`, "utf8") : "");
    if (child.exitCode !== null || Date.now() > limit) throw new Error(`${program} is not up:\n${said}\n${file}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Whether anybody holds a connection to `port` on this machine. */
function isConnectedTo(port) {
  const local = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = readFileSync("/proc/net/tcp", "utf8").split("\n").map((line) => line.trim().split(/\s+/));
  return lines.some(([, here, , state]) => here?.endsWith(local) && state === "01");
}

/**
 * Waits until the balancer at `origin` sends requests to the node on `port` again. It takes one back that was gone only
 * after a while (`fail_timeout`, `inter`): whoever ends the next node before that has none left.
 */
export async function takenBack(origin, port) {
  const limit = Date.now() + 20_000;
  do {
    if (Date.now() > limit) throw new Error(`the balancer does not take back the node on port ${port}`);
    await (await fetch(`${origin}/healthz`)).text();
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (!isConnectedTo(port));
}
