/**
 * Dates: generated logs through the real `fail2ban-regex` and through our filter. Of each line the time and what is left after the cut,
 * of each log the templates in their order with their hits must agree: default templates and patterns of operators, sound stamps and
 * spoiled ones, zones of the machine and of the log, one detector memory a log.
 * @module
 */

import { Dice } from "../../dice.ts";
import type { Difference, ParityContext, ParityResult } from "../part.ts";
import { type Batch, makeBatch } from "./batch.ts";
import { type Parting, partings } from "./judge.ts";
import { Sides, zoneOf } from "./sides.ts";

/** Logs and lines of one; a start of the oracle costs as much as a thousand lines. */
const LOGS = 40;
const LONG_LOGS = 360;
const LINES = 500;
const LONG_LINES = 4000;

/** Logs whose first strange line is looked for in a shorter log, and the lengths of those. */
const MAX_SHORTENED = 12;
const SHORT = [1, 2, 4, 12];

interface Compared {
  readonly differences: readonly Difference[];
  readonly isHung: boolean;
  /** lines until the original broke off, or all */
  readonly lines: number;
}

class Comparison {
  readonly #sides: Sides;
  #shortened = 0;

  constructor(sides: Sides) {
    this.#sides = sides;
  }

  /** @param input what is told as the input, the log itself unless told */
  async compare(batch: Batch, input?: string): Promise<Compared> {
    const { found, isHung } = await this.#run(batch);
    const differences: Difference[] = [];
    for (const { key, index, theirs: their, ours: our } of found) {
      const given = index === undefined ? batch : { ...batch, lines: batch.lines.slice(index, index + 1) };
      const shown = key === "line" && input === undefined ? await this.#shorten(batch, index ?? 0) : given;
      differences.push({ key, input: input ?? JSON.stringify(shown), theirs: their, ours: our });
    }
    const last = found.at(-1);
    const lines = last?.theirs.startsWith("broke off") === true ? (last.index ?? 0) + 1 : batch.lines.length;
    return { differences, isHung, lines };
  }

  async #run(batch: Batch): Promise<{ readonly found: readonly Parting[]; readonly isHung: boolean }> {
    const now = Date.now() / 1000;
    const theirs = await this.#sides.theirs(batch);
    const ours = this.#sides.ours(batch, now);
    const found = partings(batch, theirs, ours, { now, machine: zoneOf(batch.machine) });
    return { found, isHung: theirs.kind === "hung" };
  }

  /** The shortest log that ends with this line and shows the difference. */
  async #shorten(batch: Batch, index: number): Promise<Batch> {
    const upTo = (count: number): Batch => ({
      ...batch,
      lines: batch.lines.slice(Math.max(0, index + 1 - count), index + 1),
    });
    if (this.#shortened++ >= MAX_SHORTENED) return upTo(1);
    for (const count of SHORT) {
      const short = upTo(count);
      const { found } = await this.#run(short);
      if (found.some(({ key }) => key === "line")) return short;
    }
    return upTo(index + 1);
  }
}

export async function* datesPart(context: ParityContext): AsyncGenerator<ParityResult> {
  const comparison = new Comparison(new Sides(context));
  for (const { key, pattern, example } of context.known) {
    const { differences } = await comparison.compare(JSON.parse(example) as Batch, example);
    yield { part: "dates", name: key ?? pattern ?? "", cases: 1, differences };
  }
  const dice = new Dice(context.seed);
  const logs = context.isLong ? LONG_LOGS : LOGS;
  for (let log = 0; log < logs; log++) {
    const isCustom = log % 2 === 1;
    const lines = context.isLong ? LONG_LINES : LINES;
    const batch = makeBatch(dice, {
      lines: isCustom ? lines / 2 : lines,
      isCustom,
      zoneOf,
      now: Date.now() / 1000,
    });
    const name = `log ${log}: ${JSON.stringify(batch.datepattern ?? "default templates")}, ${batch.machine}`;
    context.progress(name);
    const { differences, isHung, lines: compared } = await comparison.compare(batch);
    const hangs = isHung ? [JSON.stringify(batch.datepattern)] : [];
    yield { part: "dates", name, cases: compared, differences, hangs };
  }
}
