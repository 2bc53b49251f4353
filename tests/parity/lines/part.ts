/**
 * The differential run: logs made from each filter's own regexes through the real `fail2ban-regex` and through gaoler's, compared
 * row by row and report by report. Several thousand lines for each filter, millions with `--long`.
 * @module
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { Dice } from "../../dice.ts";
import type { KnownDifference, ParityContext, ParityResult } from "../part.ts";
import { Comparison } from "./comparison.ts";
import { allFilterCases, type FilterCase } from "./filter-cases.ts";
import { LineMaker } from "./line-maker.ts";
import { Sides } from "./sides.ts";
import { type Names, readInput, type Trial } from "./trial.ts";

const PART = "lines";
/** Trials that run at the same time. */
const LANES = 2;

/** Logs for a filter at most. */
const MAX_ROUNDS = 3;

/** Lines that go into a report in continuous integration. */
const CI_REPORT_LINES = 600;

/** Lines of one log, and logs for each filter and option set. */
interface Amount {
  readonly lines: number;
  readonly rounds: number;
}

/** The prefix of that form hangs the real program often, and each time costs half a minute: with `--long` alone. */
const isHanging = ({ name }: FilterCase): boolean => name.includes('logtype="rfc5424"');

/** The filter as it is gets most; an option set often changes only a part of the regexes. */
const amountFor = (found: FilterCase, isLong: boolean): Amount => {
  if (isHanging(found)) return { lines: 1000, rounds: 1 };
  const { name } = found;
  const isPlain = !name.includes("[");
  if (isLong) return isPlain ? { lines: 5000, rounds: 3 } : { lines: 5000, rounds: 1 };
  return { lines: isPlain ? 2000 : 400, rounds: 1 };
};

type Job = () => Promise<ParityResult>;

export async function* linesPart(context: ParityContext): AsyncGenerator<ParityResult> {
  process.env["TZ"] = "UTC";
  // as the program itself does
  setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks");
  const sides = new Sides(context);
  const jobs: Job[] = [];
  for (const entry of context.known) jobs.push(() => pinned(entry, sides, context));
  const all = allFilterCases(context.oracle.configuration);
  // every filter has had its turn before any has its next
  for (let round = 0; round < MAX_ROUNDS; round++) {
    for (const [index, found] of all.entries()) {
      // forms of the log's prefix come in turn: the regexes behind it are the same
      const isForm = found.name.includes("logtype=");
      const isDue = (index + context.seed) % 3 === 0 && !isHanging(found);
      if (isForm && !context.isLong && !isDue) continue;
      const { lines, rounds } = amountFor(found, context.isLong);
      if (round >= rounds) continue;
      const names: Names = (index + round + context.seed) % 2 === 0 ? "-r" : "--usedns=no";
      const seed = context.seed * 1_000_003 + index * 1009 + round;
      // a report takes longer than rows; those of option sets come in turn
      const hasReport = !found.name.includes("[") || (index + context.seed) % 3 === 0;
      const inReport = context.isLong ? lines : hasReport ? CI_REPORT_LINES : 0;
      jobs.push(() => differential(found, { lines, names, seed, inReport }, sides, context));
    }
  }
  yield* inLanes(jobs);
}

/** Runs the jobs, a few at a time; results come as they are there. */
async function* inLanes(jobs: readonly Job[]): AsyncGenerator<ParityResult> {
  const waiting = jobs.values();
  const running = new Set<Promise<{ readonly result: ParityResult; readonly done: () => void }>>();
  const start = (): void => {
    const next = waiting.next();
    if (next.done === true) return;
    const promise: Promise<{ readonly result: ParityResult; readonly done: () => void }> = next
      .value()
      .then((result) => ({ result, done: () => running.delete(promise) }));
    running.add(promise);
  };
  for (let lane = 0; lane < LANES; lane++) start();
  while (running.size > 0) {
    const { result, done } = await Promise.race(running);
    done();
    start();
    yield result;
  }
}

let folders = 0;

/** A folder of one comparison. */
function scratchFolder({ scratch }: ParityContext): string {
  const folder = join(scratch, `trial-${folders++}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function differential(
  found: FilterCase,
  how: { readonly lines: number; readonly names: Names; readonly seed: number; readonly inReport: number },
  sides: Sides,
  context: ParityContext,
): Promise<ParityResult> {
  const { name, argument, source } = found;
  const year = new Date().getUTCFullYear();
  const lines = new LineMaker(source, new Dice(how.seed), year).lines(how.lines);
  const trial: Trial = { name, kind: "filter", regex: argument, source, names: how.names };
  const comparison = new Comparison(sides, scratchFolder(context), trial);
  const cases = await comparison.run(lines, how.inReport);
  context.progress(name);
  return { part: PART, name: `${name} ${how.names}`, cases, ...comparison.found };
}

/** An entry of `known.json`: its example once more, with exactly that input in what it yields. */
async function pinned(entry: KnownDifference, sides: Sides, context: ParityContext): Promise<ParityResult> {
  const { trial, lines } = readInput(entry.example, context.oracle.configuration);
  const comparison = new Comparison(sides, scratchFolder(context), trial, true);
  await comparison.run(lines, lines.length);
  const { differences, hangs } = comparison.found;
  const own = differences.map((difference) => ({ ...difference, input: entry.example }));
  return {
    part: PART,
    name: `known: ${entry.key ?? entry.pattern ?? ""}`,
    cases: lines.length,
    differences: own,
    hangs,
  };
}
