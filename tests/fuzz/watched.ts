/**
 * Fuzzing in a process of its own that is ended where one input holds it for ever: the run goes on, and says which input it was.
 * A thread would not do: nothing interrupts V8 while it compiles a regex.
 * @module
 */
import { fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FuzzOutcome } from "./fuzz.ts";
import { readTriedInput } from "./tried-input.ts";

const CHILD = join(import.meta.dirname, "child.ts");
/** How long one input may hold the process, milliseconds on a laden machine. */
const MAX_HELD_MS = 30_000;
const LOOK_MS = 250;

export interface Watch {
  /** the program; it is given the target, the seed, the milliseconds and the file for what it tries, and sends a {@link FuzzOutcome} */
  readonly child?: string;
  readonly maxHeldMs?: number;
}

/**
 * Fuzzes the target in a process.
 *
 * @param untilMs wall-clock milliseconds to spend
 * @returns what was found, be it that an input held the process for too long
 */
export function fuzzWatched(
  target: string,
  seed: number,
  untilMs: number,
  { child = CHILD, maxHeldMs = MAX_HELD_MS }: Watch = {},
): Promise<FuzzOutcome> {
  const folder = mkdtempSync(join(tmpdir(), "gaoler-fuzz-"));
  const path = join(folder, "tried");
  writeFileSync(path, "");
  return new Promise<FuzzOutcome>((resolve, reject) => {
    const running = fork(child, [target, String(seed), String(untilMs), path], { serialization: "advanced" });
    let seen = { count: 0, at: performance.now() };
    const look = setInterval(() => {
      const at = performance.now();
      const tried = readTriedInput(path);
      const count = tried?.count ?? 0;
      if (count !== seen.count) seen = { count, at };
      if (at - seen.at < maxHeldMs) return;
      const failure = {
        what: `holds the process for more than ${maxHeldMs} ms`,
        input: tried?.input ?? Buffer.of(),
      };
      resolve({ inputs: count, kinds: 0, longest: at - seen.at, failure });
      running.kill("SIGKILL");
    }, LOOK_MS);
    running.once("message", (outcome) => resolve(outcome as FuzzOutcome));
    running.once("error", reject);
    running.once("exit", (code, signal) => {
      clearInterval(look);
      rmSync(folder, { recursive: true });
      // of no effect after an outcome
      reject(new Error(`the process that fuzzes ${target} ended with ${code ?? signal}`));
    });
  });
}
