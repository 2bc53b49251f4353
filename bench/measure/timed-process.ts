/**
 * Runs whole processes on one core and says what they took; several in turn, so that a machine that drifts wrongs none of them.
 * @module
 */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { runProgram } from "../../tests/parity/program.ts";
import { median } from "./statistics.ts";

/** The last core: others have less to do with it. */
export const CORE = String(cpus().length - 1);

/** bash's own clock is on every machine, and counts the children. Arguments: input, output, the command. */
const TIMED = `TIMEFORMAT='%U %S %R'; in=$1 out=$2; shift 2; time "$@" <"$in" >"$out"`;
const DEADLINE_MS = 240_000;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

export interface Took {
  /** seconds of the processor, user and system, children included */
  readonly cpu: number;
  /** seconds on the clock */
  readonly wall: number;
}

export interface TimedRun {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** the file that is its standard input; none unless told */
  readonly input?: string;
  /** the file that takes what it writes */
  readonly output: string;
}

/**
 * Runs it once.
 *
 * @throws {Error} it does not end in time or fails; 1 is no failure, for that is how a search says that nothing was found
 */
export async function timed({ argv, env = {}, input = "/dev/null", output }: TimedRun): Promise<Took> {
  const pinned = ["-c", CORE, "bash", "-c", TIMED, "bash", input, output, ...argv];
  const ended = await runProgram("taskset", pinned, { env, timeoutMs: DEADLINE_MS });
  const [user = Number.NaN, system = Number.NaN, wall = Number.NaN] = (
    ended.stderr.trimEnd().split("\n").at(-1) ?? ""
  )
    .split(" ")
    .map(Number);
  if (ended.isHung) throw new Error(`${argv[0]} did not end in ${DEADLINE_MS / 1000} s`);
  if (Number.isNaN(wall) || (ended.code ?? 2) > 1)
    throw new Error(`${argv[0]} ended with ${ended.code}: ${ended.stderr.slice(-300)}`);
  return { cpu: user + system, wall };
}

/** What a program wrote. */
export function written(path: string): string {
  const bytes = readFileSync(path);
  if (bytes.length > MAX_OUTPUT_BYTES) throw new Error(`${path} is too large`);
  return bytes.toString("utf8");
}

export interface Contestant {
  readonly name: string;
  run(): Promise<Took>;
}

/** What a contestant took in the middle of its runs, each number by itself. */
export interface Taken extends Took {
  readonly runs: number;
}

/** Once a contestant has taken so long, it is not run again; seconds. */
const PATIENCE = 25;

/** Runs all of them in turn, every other round in the opposite order. */
export async function sideBySide(
  contestants: readonly Contestant[],
  rounds: number,
): Promise<ReadonlyMap<string, Taken>> {
  const all = new Map(contestants.map(({ name }): [string, Took[]] => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of round % 2 === 0 ? contestants : contestants.toReversed()) {
      const took = all.get(name) ?? [];
      if (took.reduce((sum, { wall }) => sum + wall, 0) > PATIENCE) continue;
      took.push(await run());
    }
  }
  return new Map([...all].map(([name, took]) => [name, middle(took)]));
}

const middle = (took: readonly Took[]): Taken => ({
  cpu: median(took.map(({ cpu }) => cpu)),
  wall: median(took.map(({ wall }) => wall)),
  runs: took.length,
});
