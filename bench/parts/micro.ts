/**
 * What the hot files cost by themselves: the programs of `bench/micro/`, each in a process of its own on one core. They have no goals;
 * they show where the others come from.
 * @module
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../../tests/parity/program.ts";
import { CORE } from "../measure/timed-process.ts";
import type { Part } from "../part.ts";

const FOLDER = join(import.meta.dirname, "../micro");
/** What they share is none of them. */
const SHARED = "micro.ts";
const DEADLINE_MS = 90_000;
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = { "failures.ts": ["failures=200000"] };

export const microPart: Part = {
  name: "micro",
  needsWorld: false,
  async run(context) {
    const rows: string[][] = [];
    for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".ts") && name !== SHARED)) {
      context.progress(file);
      const argv = [process.execPath, join(FOLDER, file), ...(ARGUMENTS[file] ?? [])];
      const ended = await runProgram("taskset", ["-c", CORE, ...argv], { timeoutMs: DEADLINE_MS });
      const costs = [...ended.stdout.matchAll(/^(.+): ([\d.]+) µs of processor each/gm)];
      if (ended.code !== 0 || costs.length === 0)
        throw new Error(`${file} ended with ${ended.code}: ${ended.stderr.slice(-300)}`);
      for (const [, what = "", each = ""] of costs) rows.push([what, each, count(1e6 / Number(each))]);
    }
    const columns = ["what", "µs each>", "a second>"];
    return { goals: [], figures: [{ title: "by themselves", columns, rows }], checks: [] };
  },
};

const count = (value: number): string => Math.round(value).toLocaleString("en");
