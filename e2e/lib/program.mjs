// A program of somebody else's beside the server: it says lines, and hears lines.

import { spawn } from "node:child_process";
import { once } from "node:events";
import assert from "node:assert/strict";
import { createInterface } from "node:readline";

/**
 * Starts it, to be ended with the test. `says()` is the next line of it; `reads(line)` gives it one; `ends()` waits for its end:
 * `{ code, rest, complaints }`.
 */
export function startProgram(t, [program, ...args], environment = {}) {
  const child = spawn(program, args, { env: { ...process.env, ...environment } });
  t.after(() => child.kill());
  const ended = once(child, "exit");
  let complaints = "";
  child.stderr.on("data", (bytes) => { complaints += bytes; });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    says: async () => (await lines.next()).value ?? assert.fail(`it said no more. ${complaints}`),
    reads: (line) => child.stdin.write(`${line}\n`),
    async ends() {
      const rest = [];
      for await (const line of { [Symbol.asyncIterator]: () => lines }) rest.push(line);
      const [code] = await ended;
      return { code, rest, complaints };
    },
  };
}
