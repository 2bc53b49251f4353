/**
 * `detect/log-detector.ts`: chunks of a log to failures, by the fast path.
 * @module
 */
import { LineDecoder } from "../../src/backend/decode.ts";
import { LogDetector } from "../../src/detect/log-detector.ts";
import { stockFilter } from "../../tests/unit/stock/stock-jails.ts";
import { cost, END, SAMPLES } from "./micro.ts";

const clock = { now: () => END };
const samples = [
  ["ordinary auth.log", SAMPLES.auth()],
  ["under attack", SAMPLES.attack()],
] as const;

for (const [what, lines] of samples) {
  const observe = (): void => {};
  let found = 0;
  const detector = new LogDetector({
    jail: "sshd",
    filter: stockFilter("sshd"),
    decoder: new LineDecoder("auto", { observe, clock }),
    clock,
    observe,
    found: () => {
      found += 1;
    },
  });
  const bytes = Buffer.from(`${lines.join("\n")}\n`);
  cost(`detector, ${what}`, lines.length, () => {
    found = 0;
    detector.takeChunk({ path: "/var/log/auth.log", bytes, offset: 0, inOperation: false });
  });
  process.stdout.write(`  failures: ${found} of ${lines.length}\n`);
}
