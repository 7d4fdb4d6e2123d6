// The smallest SMTP client that can check the test mail server: one command, one reply.

import net from "node:net";
import tls from "node:tls";

/** Opens a connection and reads the greeting. `implicit` speaks TLS from the first byte. */
export async function connect({ host, port, implicit = false, ca }) {
  let socket;
  let waiting = [];
  let buffered = "";
  const replies = [];

  function take(bytes) {
    buffered += bytes;
    for (;;) {
      // A reply is any number of `250-…` lines and one `250 …` line.
      const match = /^(?:\d{3}-[^\n]*\n)*\d{3} [^\n]*\n/.exec(buffered);
      if (!match) return;
      buffered = buffered.slice(match[0].length);
      const reply = match[0].trimEnd();
      const next = waiting.shift();
      if (next) next.resolve(reply);
      else replies.push(reply);
    }
  }
  function attach(stream) {
    socket = stream;
    socket.setEncoding("latin1");
    socket.on("data", take);
    const end = (error) => {
      for (const one of waiting) one.reject(error ?? new Error("the server closed the connection"));
      waiting = [];
    };
    socket.on("error", end);
    socket.on("close", () => end());
  }
  const reply = () => replies.length > 0
    ? Promise.resolve(replies.shift())
    : new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  const send = (line) => { socket.write(`${line}\r\n`); return reply(); };

  if (implicit) attach(tls.connect({ host, port, ca, servername: "localhost" }));
  else attach(net.connect({ host, port }));
  const greeting = await reply();

  return {
    greeting,
    send,
    async startTls() {
      const answer = await send("STARTTLS");
      if (!answer.startsWith("220")) return answer;
      const plain = socket;
      plain.removeAllListeners("data");
      plain.removeAllListeners("close");
      await new Promise((resolve, reject) => {
        const secured = tls.connect({ socket: plain, ca, servername: "localhost" });
        secured.once("secureConnect", resolve);
        secured.once("error", reject);
        attach(secured);
      });
      return answer;
    },
    /** Sends one message with its own envelope; returns the reply that decided. */
    async deliver({ from, to, text }) {
      const mail = await send(`MAIL FROM:<${from}>`);
      if (!mail.startsWith("250")) return mail;
      const rcpt = await send(`RCPT TO:<${to}>`);
      if (!rcpt.startsWith("250")) { await send("RSET"); return rcpt; }
      const data = await send("DATA");
      if (!data.startsWith("354")) return data;
      return send(`${text.replaceAll(/\r?\n/g, "\r\n").replaceAll(/^\./gm, "..")}\r\n.`);
    },
    close() { socket.destroy(); },
  };
}
