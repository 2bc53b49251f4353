/**
 * Fuzzes one target for a while: changes inputs, keeps those that lead to a new kind of outcome, minimises what fails.
 * @module
 */
import { Dice } from "../dice.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { minimised, mutated } from "./mutator.ts";

/** Longest time for one input, milliseconds of the processor: whatever it is, it must not hold up anything. */
const MAX_MS = 400;
/** Inputs kept beside the seeds. */
const MAX_KEPT = 500;

export interface Failure {
  readonly what: string;
  readonly input: Uint8Array;
}

export interface FuzzOutcome {
  readonly inputs: number;
  readonly kinds: number;
  /** longest time of one input, milliseconds */
  readonly longest: number;
  readonly failure: Failure | undefined;
}

/** What is wrong with the input, `undefined` if nothing. */
export function failureOf(target: FuzzTarget, input: Buffer): string | undefined {
  try {
    target.run(input);
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.constructor.name}: ${error.message}` : String(error);
  }
}

const cpuMs = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
};

/** Whether it takes too long whenever it is tried: a laden machine is no failure. */
function isSlow(target: FuzzTarget, input: Buffer): boolean {
  for (let attempt = 0; attempt < 3; attempt++) {
    const start = process.cpuUsage();
    failureOf(target, input);
    if (cpuMs(start) <= MAX_MS) return false;
  }
  return true;
}

function failure(target: FuzzTarget, input: Buffer, what: string): Failure {
  const [kind = ""] = what.split(":");
  const small = minimised(input, (shorter) => failureOf(target, shorter)?.startsWith(kind) === true);
  return { what: failureOf(target, small) ?? what, input: small };
}

/** @param untilMs wall-clock milliseconds to spend */
export function fuzz(target: FuzzTarget, seed: number, untilMs: number): FuzzOutcome {
  const dice = new Dice(seed);
  const pool: Buffer[] = target.seeds.map((text) => Buffer.from(text, "latin1"));
  const kinds = new Set<string>();
  const end = performance.now() + untilMs;
  let inputs = 0;
  let longest = 0;
  const outcome = (found: Failure | undefined): FuzzOutcome => ({
    inputs,
    kinds: kinds.size,
    longest,
    failure: found,
  });
  while (performance.now() < end) {
    const input =
      inputs < pool.length ? dice.pick(pool) : mutated(dice, dice.pick(pool), target.words, dice.pick(pool));
    const start = performance.now();
    inputs += 1;
    try {
      const kind = target.run(input);
      if (!kinds.has(kind)) {
        kinds.add(kind);
        if (pool.length < target.seeds.length + MAX_KEPT) pool.push(input);
      }
    } catch (error) {
      const what = error instanceof Error ? `${error.constructor.name}: ${error.message}` : String(error);
      return outcome(failure(target, input, what));
    }
    const took = performance.now() - start;
    longest = Math.max(longest, took);
    if (took > MAX_MS && isSlow(target, input)) {
      const small = minimised(input, (shorter) => isSlow(target, shorter));
      return outcome({ what: `takes more than ${MAX_MS} ms`, input: small });
    }
  }
  return outcome(undefined);
}
