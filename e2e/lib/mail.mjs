// Reads what arrived in a Maildir: waits for the next mail, decodes it, finds code, reference and links.

import { existsSync, mkdirSync, readdirSync, readFileSync, watch } from "node:fs";
import path from "node:path";

/** The bytes of one part, decoded by its Content-Transfer-Encoding (RFC 2045 §6). */
function decodeBody(text, encoding) {
  switch ((encoding ?? "7bit").trim().toLowerCase()) {
    case "base64":
      return Buffer.from(text, "base64").toString("utf8");
    case "quoted-printable": {
      const joined = text.replaceAll(/[ \t]*\r?\n/g, "\n").replaceAll(/=\n/g, "");
      const bytes = joined.replaceAll(/[^\x00-\x7f]/g, "?").replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
      return Buffer.from(bytes, "latin1").toString("utf8");
    }
    default:
      return Buffer.from(text, "latin1").toString("utf8");
  }
}

/** Encoded words (RFC 2047 §4) as text. */
function decodeWords(value) {
  return value
    .replaceAll(/\?=\s+=\?/g, "?==?")
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind, text) => kind.toLowerCase() === "b"
      ? Buffer.from(text, "base64").toString("utf8")
      : decodeBody(text.replaceAll("_", " "), "quoted-printable"));
}

/** Splits one entity into its headers (lower-case name → list of values) and its body. */
function parseEntity(raw) {
  const [, head, body] = /^([\s\S]*?)\r?\n\r?\n([\s\S]*)$/.exec(raw) ?? [null, raw, ""];
  const headers = new Map();
  for (const line of head.replaceAll(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon < 1) continue;
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return { headers, body };
}

/** All leaves of the message, as `{ type, text }`. */
function leaves({ headers, body }) {
  const type = headers.get("content-type")?.[0] ?? "text/plain";
  const boundary = /^multipart\/[^;]+;[\s\S]*?boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (!boundary) {
    return [{ type: type.split(";")[0].trim().toLowerCase(), text: decodeBody(body, headers.get("content-transfer-encoding")?.[0]).replaceAll("\r\n", "\n") }];
  }
  const parts = `\n${body.replaceAll("\r\n", "\n")}`.split(`\n--${boundary}`).slice(1);
  return parts.filter((part) => !part.startsWith("--")).flatMap((part) => leaves(parseEntity(part.replace(/^[ \t]*\n/, ""))));
}

/** Reads a message from its raw text (one character per byte). */
export function parseMail(raw) {
  const entity = parseEntity(raw);
  const parts = leaves(entity);
  const of = (type) => parts.find((part) => part.type === type)?.text ?? "";
  const header = (name) => {
    const value = entity.headers.get(name.toLowerCase())?.[0];
    return value === undefined ? undefined : decodeWords(Buffer.from(value, "latin1").toString("utf8"));
  };
  const text = of("text/plain");
  const html = of("text/html");
  const links = [...new Set([...text.matchAll(/https?:\/\/[^\s<>")]+/g)].map((match) => match[0].replace(/[.,]$/, "")))];
  const htmlLinks = [...html.matchAll(/href="([^"]+)"/g)].map((match) => match[1].replaceAll("&amp;", "&").replaceAll("&#38;", "&"));
  return {
    raw, text, html, links, htmlLinks, header,
    headers: entity.headers,
    types: parts.map((part) => part.type),
    subject: header("subject") ?? "",
    /** The code of RFC 8628's alphabet as the mail shows it, 4-4. */
    code: /\b([BCDFGHJKLMNPQRSTVWXZ]{4}(?:-[BCDFGHJKLMNPQRSTVWXZ]{4})+)\b/.exec(text)?.[1],
    /** Whether it tells what happened to an account: it says when, and carries no code. */
    notice: /^When\s{2,}/m.test(text) && !text.includes("/not-me/"),
    /** Where "I did not ask for this" leads. */
    notMe: links.find((link) => new URL(link).pathname.startsWith("/not-me/")),
  };
}

/** The names in `new` and `cur`, oldest first by Maildir's own time stamp. */
function listed(maildir) {
  return ["new", "cur"]
    .flatMap((folder) => existsSync(path.join(maildir, folder)) ? readdirSync(path.join(maildir, folder)).map((name) => path.join(maildir, folder, name)) : [])
    .sort((a, b) => path.basename(a).localeCompare(path.basename(b), "en", { numeric: true }));
}

/**
 * A mailbox that hands out each mail once, in the order of arrival.
 *
 * Mail is taken when it is in `new`: a Maildir delivery is complete by the rename into it.
 */
export class Mailbox {
  #seen = new Set();

  constructor(maildir) {
    this.maildir = maildir;
  }

  /** How many mails have arrived so far. */
  count() {
    return listed(this.maildir).length;
  }

  /** The next mail that was not handed out and is no notice, waiting for it at most `within` milliseconds. */
  async next(within = 15_000) {
    return this.#first((mail) => !mail.notice, within);
  }

  /** The next notice that was not handed out. */
  async nextNotice(within = 15_000) {
    return this.#first((mail) => mail.notice, within);
  }

  async #first(wanted, within) {
    const limit = Date.now() + within;
    for (;;) {
      for (const file of listed(this.maildir).filter((name) => !this.#seen.has(name))) {
        const mail = parseMail(readFileSync(file, "latin1"));
        if (wanted(mail)) {
          this.#seen.add(file);
          return mail;
        }
      }
      const left = limit - Date.now();
      if (left <= 0) throw new Error(`no mail in ${this.maildir} within ${within} ms (${this.count()} there)`);
      await this.#changed(Math.min(left, 250));
    }
  }

  /** Fails when a mail that was not handed out and is no notice arrives within `during` milliseconds. */
  async staysEmpty(during = 1_500) {
    const mail = await this.next(during).catch(() => null);
    if (mail) throw new Error(`unexpected mail: ${mail.subject}\n${mail.text}`);
  }

  /** Resolves when the directory changes, or after `bound` milliseconds: a watch can be missed. */
  #changed(bound) {
    const directory = existsSync(path.join(this.maildir, "new")) ? path.join(this.maildir, "new") : path.dirname(this.maildir);
    mkdirSync(directory, { recursive: true });
    return new Promise((resolve) => {
      const done = () => { clearTimeout(timer); watcher.close(); resolve(); };
      const timer = setTimeout(done, bound);
      const watcher = watch(directory, done);
      watcher.on("error", done);
    });
  }
}
