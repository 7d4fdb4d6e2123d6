// Runs the real binary on a data directory of its own, and knows how to kill it and start it again. With a PostgreSQL
// server given in PROVING_POSTGRES every server has a database of its own there in place of the embedded store.

import { spawn, execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { get } from "node:http";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { freePort } from "./port.mjs";

const BINARY = process.env.E2E_BINARY ?? path.resolve(import.meta.dirname, "../../target/debug/bidden");

/** The PostgreSQL server that the stores are on, if not in files. */
export const POSTGRES = process.env.PROVING_POSTGRES;

async function psql(sql, database = POSTGRES) {
  await promisify(execFile)("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]);
}

/** Changes a row of an embedded store beside the server, as Python brings it along. */
const SQLITE = "import sqlite3, sys\nwith sqlite3.connect(sys.argv[1], timeout=10) as store: store.execute(sys.argv[2])";

/** A new, empty database: its URL, and `drop`. */
export async function newDatabase() {
  const name = `e2e_${randomBytes(8).toString("hex")}`;
  await psql(`CREATE DATABASE ${name}`);
  const url = new URL(POSTGRES);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => psql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** Servers that are up, so that none outlives an interrupted test. */
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Our environment without anything that would configure the server behind a test's back. */
function environment(settings) {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("BIDDEN_")));
  return { ...inherited, ...settings };
}

/** The settings that make the server send through `exim` (see exim.mjs). */
export function smtpSettings(exim, { security = "plain", auth } = {}) {
  return {
    BIDDEN_SMTP_HOST: exim.host,
    BIDDEN_SMTP_PORT: String(exim.port),
    BIDDEN_SMTP_SECURITY: security,
    BIDDEN_SMTP_FROM: "bidden@example.test",
    ...(security === "plain" ? {} : { BIDDEN_SMTP_CA_FILE: exim.caFile }),
    ...(auth ? { BIDDEN_SMTP_USERNAME: auth.username, BIDDEN_SMTP_PASSWORD: auth.password } : {}),
  };
}

/** One server: `start`, `kill`, `restart`, `stop`; `command` runs `bidden …` beside it. */
export class Server {
  #child;
  #output = "";

  constructor(settings) {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} does not exist: run ./test e2e, or cargo build -p bidden`);
    this.home = mkdtempSync(path.join(tmpdir(), "bidden-e2e-"));
    this.dataDir = path.join(this.home, "data");
    this.settings = settings;
    /** KiB that no file of the next process may outgrow, which is how a full disk feels; none is none. */
    this.fileLimit = undefined;
  }

  /** KiB of the largest file in the data directory. */
  get largestFile() {
    return Math.max(...readdirSync(this.dataDir).map((name) => Math.ceil(statSync(path.join(this.dataDir, name)).size / 1024)));
  }

  /** Everything the process wrote so far, on both streams. */
  get output() {
    return this.#output;
  }

  /** The link of the first start with which the operator opens the first account. */
  get setUpLink() {
    return /https?:\/\/\S+\/welcome\/[\w-]+/.exec(this.#output)?.[0];
  }

  async start() {
    this.port ??= await freePort();
    if (POSTGRES && !this.settings?.BIDDEN_STORE) this.database ??= await newDatabase();
    this.origin = `http://localhost:${this.port}`;
    this.environment = environment({
      BIDDEN_LISTEN: `127.0.0.1:${this.port}`,
      BIDDEN_DATA_DIR: this.dataDir,
      ...(this.database ? { BIDDEN_STORE: this.database.url, BIDDEN_STORE_CONNECTIONS: "4" } : {}),
      ...this.settings,
    });
    // Its own working directory, so that no bidden.toml of the caller is found.
    const [program, ...args] = this.fileLimit ? ["bash", "-c", `trap '' XFSZ; ulimit -f ${this.fileLimit}; exec "$0" serve`, BINARY] : [BINARY, "serve"];
    const child = spawn(program, args, { cwd: this.home, env: this.environment, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    running.add(child);
    child.once("exit", () => running.delete(child));
    let stdout = "";
    child.stdout.on("data", (bytes) => { stdout += bytes; this.#output += bytes; });
    child.stderr.on("data", (bytes) => { this.#output += bytes; });
    const limit = Date.now() + 20_000;
    // Behind a balancer people use another origin than this node's own.
    const announced = this.settings?.BIDDEN_PUBLIC_URL ?? this.origin;
    while (!(stdout.includes(announced) && await this.#healthy())) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`bidden serve ended (${child.exitCode ?? child.signalCode}):\n${this.#output}`);
      if (Date.now() > limit) {
        await this.kill("SIGKILL");
        throw new Error(`bidden serve is not up after 20 s:\n${this.#output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this;
  }

  /** Over a connection of its own that does not stay: nobody but whoever is tested holds one. */
  #healthy() {
    return new Promise((resolve) => {
      const asked = get({ host: "127.0.0.1", port: this.port, path: "/healthz", agent: false }, async (answer) => {
        const said = (await answer.toArray()).join("");
        resolve(answer.statusCode === 200 && said.trim() === "ok");
      });
      asked.on("error", () => resolve(false));
    });
  }

  /** Ends the process with a signal and waits for its end. */
  async kill(signal) {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }

  /** Starts again on the same data directory and port. */
  async restart(signal = "SIGTERM") {
    await this.kill(signal);
    return this.start();
  }

  async stop() {
    // A server that does not end when it is asked to must not hold up the other tests.
    const force = setTimeout(() => this.#child?.kill("SIGKILL"), 10_000);
    await this.kill("SIGTERM");
    clearTimeout(force);
    await this.database?.drop();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Changes rows past the server, which goes on: for what only time would bring otherwise. */
  async past(sql) {
    if (this.database) return psql(sql, this.database.url);
    return promisify(execFile)(process.env.E2E_PYTHON ?? "python3", ["-c", SQLITE, path.join(this.dataDir, "bidden.db"), sql]);
  }

  /** Runs `bidden ARGS…` on the same data directory: `{ code, stdout, stderr }`. */
  async command(...args) {
    try {
      const { stdout, stderr } = await promisify(execFile)(BINARY, args, { cwd: this.home, env: this.environment, timeout: 20_000 });
      return { code: 0, stdout, stderr };
    } catch (error) {
      return { code: error.code, stdout: error.stdout, stderr: error.stderr };
    }
  }
}

/** Starts a server for one test and ends it with that test; `file` is its `bidden.toml`, if it has one. */
export async function startServer(t, settings, file) {
  const server = new Server(settings);
  if (file) writeFileSync(path.join(server.home, "bidden.toml"), file);
  t.after(() => server.stop());
  return server.start();
}
