/**
 * Thirteen simulated days of the same load (`bench/steady/days.ts`): whether a day costs more, or more is held, than the day before.
 * @module
 */
import { join } from "node:path";
import { runProgram } from "../../tests/parity/program.ts";
import type { Outcome } from "../goals.ts";
import { slope } from "../measure/statistics.ts";
import { CORE } from "../measure/timed-process.ts";
import type { Part } from "../part.ts";

const PROGRAM = join(import.meta.dirname, "../steady/days.ts");
const DEADLINE_MS = 240_000;
/** In these the database fills up to its age, and code is compiled. */
const FIRST_DAYS = 2;

interface Day {
  readonly day: number;
  /** seconds of the processor */
  readonly cpu: number;
  /** MiB after a collection */
  readonly heap: number;
  readonly bans: number;
  /** IDs that are counted at the end of the day */
  readonly counted: number;
}

/** So much more each day, percent of the middle; 0 where it becomes less. */
function growth(days: readonly Day[], pick: (day: Day) => number): number {
  const values = days.slice(FIRST_DAYS).map(pick);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.max(0, (100 * slope(values)) / mean);
}

export const steadyPart: Part = {
  name: "steady",
  needsWorld: false,
  async run(context) {
    context.progress("thirteen days");
    const argv = ["-c", CORE, process.execPath, "--expose-gc", PROGRAM];
    const ended = await runProgram("taskset", argv, { timeoutMs: DEADLINE_MS });
    if (ended.code !== 0) throw new Error(`it ended with ${ended.code}: ${ended.stderr.slice(-300)}`);
    const days = ended.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Day);
    // what a loaded machine does to a day's seconds is no slope; what is held is exact
    const goal = (what: string, must: number, aim: number, pick: (day: Day) => number): Outcome => ({
      what: `${days.length} days of steady load: ${what} grows a day`,
      unit: "%",
      better: "less",
      must,
      aim,
      measured: growth(days, pick),
    });
    return {
      goals: [goal("CPU", 2, 0.5, ({ cpu }) => cpu), goal("memory", 1, 0.2, ({ heap }) => heap)],
      figures: [
        {
          title: "a line a second, a third of them failures, of ever other attackers",
          columns: ["day>", "CPU s>", "heap MiB>", "banned>", "counted>"],
          rows: days.map(({ day, cpu, heap, bans, counted }) => [
            String(day),
            cpu.toFixed(2),
            heap.toFixed(1),
            String(bans),
            String(counted),
          ]),
        },
      ],
      checks: [],
    };
  },
};
