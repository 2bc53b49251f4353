/**
 * Runs a whole process on one core and says what it took.
 * @module
 */
import { spawnSync } from "node:child_process";

export interface Took {
  /** seconds of the processor, user and system */
  readonly cpu: number;
  /** seconds on the clock */
  readonly wall: number;
  /** what it has written */
  readonly stdout: string;
}

const MAX_OUTPUT = 64 * 1024 * 1024;

/** The last core: others have less to do with it. */
const CORE = "1";

/** bash's own clock is on every machine, and counts the children. */
const TIMED = `TIMEFORMAT='%U %S %R'; time "$@"`;

/**
 * Runs it once.
 *
 * @throws {Error} it cannot be run, or fails
 */
function runOnce(argv: readonly string[], env: NodeJS.ProcessEnv): Took {
  const pinned = ["-c", CORE, "bash", "-c", TIMED, "bash", ...argv];
  const ran = spawnSync("taskset", pinned, {
    encoding: "utf8",
    maxBuffer: MAX_OUTPUT,
    env: { ...process.env, TZ: "UTC", LC_ALL: "C.UTF-8", ...env },
  });
  const [user = Number.NaN, system = Number.NaN, wall = Number.NaN] = (
    ran.stderr.trimEnd().split("\n").at(-1) ?? ""
  )
    .split(" ")
    .map(Number);
  if (ran.error !== undefined) throw ran.error;
  if (Number.isNaN(wall) || (ran.status ?? 1) > 1)
    throw new Error(`${argv[0]} ended with ${ran.status}: ${ran.stderr.slice(-300)}`);
  return { cpu: user + system, wall, stdout: ran.stdout };
}

/** The run of several that took neither the least nor the most. */
export function medianRun(argv: readonly string[], runs: number, env: NodeJS.ProcessEnv = {}): Took {
  const all = Array.from({ length: runs }, () => runOnce(argv, env)).sort((a, b) => a.cpu - b.cpu);
  const middle = all[runs >> 1];
  if (middle === undefined) throw new Error("no runs");
  return middle;
}
