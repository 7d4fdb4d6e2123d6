// A real SMTP server for the tests: Debian's exim4 with its own configuration, spool and log in a
// temporary directory, on a free loopback port, delivering whatever it accepts into Maildirs.
//
// Nothing of the machine's own mail configuration is read or changed. exim runs in the foreground
// as our child and is ended by its pid. Every recipient gets the Maildir whose name is the SHA-256
// of the lower-cased address: exim refuses paths made from what a client sent ("tainted"), and a
// digest is the one thing that depends on the address and is not made of it.

import { spawn, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "./port.mjs";

const EXIM = ["/usr/sbin/exim4", "/usr/sbin/exim"].find((file) => existsSync(file));

/** exim listens and delivers as root and Debian-exim only; anybody else goes through sudo. */
const ELEVATED = process.getuid() === 0 ? [] : ["sudo", "-n"];
const elevated = (...command) => {
  const [program, ...args] = [...ELEVATED, ...command];
  return execFileSync(program, args, { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
};

/** A throw-away authority and a certificate it signed for 127.0.0.1 and localhost. */
function makeCertificate(directory) {
  const file = (name) => path.join(directory, name);
  const openssl = (...args) => execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", file("ca.key"), "-out", file("ca.pem"), "-days", "2",
    "-subj", "/CN=bidden test authority", "-addext", "basicConstraints=critical,CA:TRUE",
    "-addext", "keyUsage=critical,keyCertSign,cRLSign");
  openssl("req", ...key, "-keyout", file("smtp.key"), "-out", file("smtp.csr"), "-subj", "/CN=localhost");
  writeFileSync(file("smtp.ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n");
  openssl("x509", "-req", "-in", file("smtp.csr"), "-CA", file("ca.pem"), "-CAkey", file("ca.key"),
    "-CAcreateserial", "-out", file("smtp.pem"), "-days", "2", "-extfile", file("smtp.ext"));
}

/** The configuration file; `options` as in [`start`]. */
function configuration(directory, port, options) {
  const tls = options.security === "starttls" || options.security === "implicit";
  const main = [
    "primary_hostname = mail.example.test",
    `spool_directory = ${directory}/spool`,
    `log_file_path = ${directory}/log/%slog`,
    `pid_file_path = ${directory}/exim.pid`,
    "local_interfaces = 127.0.0.1",
    `daemon_smtp_ports = ${port}`,
    "keep_environment =",
    "host_lookup =",
    "rfc1413_query_timeout = 0s",
    "helo_accept_junk_hosts = *",
    "smtp_enforce_sync = true",
    "smtputf8_advertise_hosts = *",
    "smtp_accept_max = 200",
    "smtp_accept_max_per_host = 0",
    // Without this the eleventh mail of a pooled connection waits for a queue runner.
    "smtp_accept_queue_per_connection = 0",
    "message_size_limit = 1M",
    "untrusted_set_sender = *",
    "log_selector = +smtp_connection +smtp_protocol_error +received_recipients +tls_cipher",
    "acl_smtp_connect = on_connect",
    "acl_smtp_mail = on_mail",
    "acl_smtp_rcpt = on_rcpt",
    "acl_smtp_data = on_data",
  ];
  if (tls) {
    main.push(`tls_certificate = ${directory}/tls/smtp.pem`, `tls_privatekey = ${directory}/tls/smtp.key`, "tls_advertise_hosts = *");
    if (options.security === "implicit") main.push(`tls_on_connect_ports = ${port}`);
  } else {
    main.push("tls_advertise_hosts =");
  }

  const rcpt = [];
  if (tls) rcpt.push("  deny\n    message = TLS first\n    !encrypted = *");
  if (options.auth) rcpt.push("  deny\n    message = authenticate first\n    !authenticated = *");
  if (options.refuse === true) {
    rcpt.push("  deny\n    message = no such mailbox here");
  } else if (options.refuse) {
    rcpt.push(`  deny\n    message = no such mailbox here\n    recipients = ${[].concat(options.refuse).join(" : ")}`);
  }
  if (options.greylist) {
    rcpt.push("  defer\n    message = greylisted, come back later\n    !seen = 1h / key=${sender_address}_$local_part@$domain");
  }
  rcpt.push("  accept\n");

  return `${main.join("\n")}

begin acl
on_connect:
  accept

on_mail:
  accept
on_rcpt:
${rcpt.join("\n")}
on_data:
  accept

begin routers
everybody:
  driver = accept
  transport = maildir

begin transports
maildir:
  driver = appendfile
  maildir_format
  directory = ${directory}/mail/\${sha256:\${lc:$local_part@$domain}}
  create_directory
  directory_mode = 0755
  mode = 0644
  envelope_to_add
  return_path_add
  user = Debian-exim
  group = Debian-exim

begin retry
* * F,1h,1s

begin authenticators
${options.auth ? `plain:
  driver = plaintext
  public_name = PLAIN
  server_advertise_condition = yes
  server_prompts = :
  server_condition = \${if and{{eq{$auth2}{${options.auth.username}}}{eq{$auth3}{${options.auth.password}}}}}
  server_set_id = $auth2
` : ""}`;
}

/** The process groups of exims that are up, so that none outlives an interrupted test. */
const running = new Set();
process.on("exit", () => {
  for (const group of running) signalGroup(group, "TERM");
});

function signalGroup(group, signal) {
  try {
    elevated("kill", `-${signal}`, "--", `-${group}`);
  } catch {
    // Nobody is left in it.
  }
}

/** Whether a process of the group still runs; the dead that nobody has reaped do not count. */
function groupRuns(group) {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).some((pid) => {
    try {
      const [state, , pgrp] = readFileSync(`/proc/${pid}/stat`, "latin1").replace(/^.*\) /s, "").split(" ");
      return Number(pgrp) === group && state !== "Z";
    } catch {
      return false;
    }
  });
}

/** Ends a process group and waits until its last member is gone. */
async function endGroup(group) {
  signalGroup(group, "TERM");
  const limit = Date.now() + 10_000;
  while (groupRuns(group)) {
    if (Date.now() > limit) signalGroup(group, "KILL");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  running.delete(group);
}

/** Waits until somebody answers on the port, or the process has ended. */
async function answering(child, port, readLog) {
  const limit = Date.now() + 15_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`exim ended with ${child.exitCode}\n${readLog()}`);
    const up = await new Promise((resolve) => {
      const probe = net.connect(port, "127.0.0.1");
      probe.once("connect", () => { probe.destroy(); resolve(true); });
      probe.once("error", () => resolve(false));
    });
    if (up) return;
    if (Date.now() > limit) throw new Error(`exim does not answer on port ${port}\n${readLog()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/**
 * Starts exim and returns once it answers.
 *
 * - `security`: "plain" (default), "starttls" or "implicit"
 * - `auth`: `{ username, password }`: AUTH PLAIN is required
 * - `greylist`: true: the first RCPT of each sender and recipient gets 451, the next is accepted
 * - `refuse`: true, or addresses: 550 at RCPT
 * - `port`: a port to listen on, so that a mail server can come up where none was
 */
export async function startExim(options = {}) {
  if (!EXIM) throw new Error("exim4 is not installed: apt-get install exim4-daemon-light");
  const directory = mkdtempSync(path.join(tmpdir(), "bidden-exim-"));
  chmodSync(directory, 0o755);
  for (const name of ["spool", "log", "mail", "tls"]) mkdirSync(path.join(directory, name));
  if (options.security === "starttls" || options.security === "implicit") makeCertificate(path.join(directory, "tls"));
  const port = options.port ?? await freePort();
  const file = path.join(directory, "exim.conf");
  writeFileSync(file, configuration(directory, port, options), { mode: 0o644 });
  elevated("chown", "-R", "Debian-exim:Debian-exim", ...["spool", "log", "mail", "tls"].map((name) => path.join(directory, name)));
  // exim reads a configuration as root only when root owns it.
  elevated("chown", "root:root", file);

  let said = "";
  const [program, ...args] = [...ELEVATED, EXIM, "-C", file, "-bdf"];
  // Its own process group: the processes that serve a connection or deliver end together with it.
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  running.add(child.pid);
  child.stdout.on("data", (bytes) => { said += bytes; });
  child.stderr.on("data", (bytes) => { said += bytes; });
  const readLog = () => {
    const logs = readdirSync(path.join(directory, "log")).sort();
    return [said, ...logs.map((name) => elevated("cat", path.join(directory, "log", name)))].join("\n");
  };
  let stopped = false;
  const stop = async () => {
    if (stopped) return;
    stopped = true;
    await endGroup(child.pid);
    elevated("rm", "-rf", directory);
  };
  try {
    await answering(child, port, readLog);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    host: "127.0.0.1",
    port,
    directory,
    caFile: path.join(directory, "tls", "ca.pem"),
    /** The directory in which mail for `address` arrives; it exists after the first delivery. */
    maildir: (address) => path.join(directory, "mail", createHash("sha256").update(address.toLowerCase()).digest("hex").toUpperCase()),
    /** What exim logged so far: for the message of a test that failed, and to count deferrals. */
    log: readLog,
    stop,
  };
}
