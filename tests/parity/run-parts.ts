/**
 * Runs the parts one after another and gathers what each has compared and what of it differs.
 * It does not know how the outcome is shown.
 * @module
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Judge, mistakeOfHolder, nameOf } from "./known.ts";
import {
  type Difference,
  type KnownDifference,
  NotHere,
  type ParityContext,
  type ParityPart,
} from "./part.ts";
import type { Progress } from "./progress.ts";

/** So many unlisted differences of a part are kept to be shown; all are counted. */
const MAX_SHOWN = 60;

export interface PartOutcome {
  readonly part: string;
  readonly comparisons: number;
  /** Pieces of work without an unlisted difference, and with one. */
  readonly passed: number;
  readonly failed: number;
  readonly known: number;
  readonly unlisted: number;
  /** The first of the unlisted. */
  readonly shown: readonly (Difference & { readonly name: string })[];
  readonly hangs: readonly string[];
  /** What is wrong with the part's entries in `known.json`, or with the part itself. */
  readonly mistakes: readonly string[];
  /** Why the part could not run here. */
  readonly skipped: string | undefined;
  /** Entries of the part that are as they should be. */
  readonly goodEntries: number;
  readonly seconds: number;
}

export interface RunOfParts {
  readonly entries: readonly KnownDifference[];
  readonly judge: Judge;
  readonly progress: Progress;
  readonly scratch: string;
  /** The version of the oracle: entries about 1.0.2 (A§6, B§8) need not occur with a later one. */
  readonly version: string;
  readonly base: Pick<ParityContext, "oracle" | "python" | "isLong" | "isPlain" | "seed">;
}

export async function runParts(
  parts: readonly (readonly [name: string, part: ParityPart])[],
  run: RunOfParts,
): Promise<readonly PartOutcome[]> {
  const outcomes: PartOutcome[] = [];
  for (const [name, part] of parts) outcomes.push(await runPart(name, part, run));
  return outcomes;
}

async function runPart(name: string, part: ParityPart, run: RunOfParts): Promise<PartOutcome> {
  const startedAt = Date.now();
  const entries = run.entries.filter((entry) => entry.part === name);
  const scratch = join(run.scratch, name);
  mkdirSync(scratch);
  let comparisons = 0;
  let passed = 0;
  let failed = 0;
  let known = 0;
  let unlisted = 0;
  const shown: (Difference & { readonly name: string })[] = [];
  const hangs: string[] = [];
  const mistakes: string[] = [];
  let skipped: string | undefined;
  const state = (): string => `${name}: ${comparisons} compared, ${unlisted} unlisted`;
  const context: ParityContext = {
    ...run.base,
    scratch,
    known: entries,
    progress: (text) => run.progress.show(`${state()} · ${text}`),
  };
  try {
    for await (const result of part(context)) {
      comparisons += result.cases;
      hangs.push(...(result.hangs ?? []));
      const strange = result.differences.filter((difference) => !run.judge.isKnown(name, difference));
      known += result.differences.length - strange.length;
      unlisted += strange.length;
      if (strange.length === 0) passed += 1;
      else failed += 1;
      for (const difference of strange.slice(0, MAX_SHOWN - shown.length)) {
        shown.push({ ...difference, name: result.name });
        // at once: a long run may be ended before its report
        run.progress.say(`unlisted: ${difference.key}`);
      }
      run.progress.show(`${state()} · ${result.name}`);
    }
    if (comparisons === 0) mistakes.push("nothing was compared");
  } catch (error) {
    if (error instanceof NotHere && comparisons === 0) skipped = error.message;
    else mistakes.push(`the part broke: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  }
  const holders = entries.flatMap((entry) => {
    const mistake = mistakeOfHolder(entry);
    return mistake === undefined ? [] : [`${nameOf(entry)}: ${mistake}`];
  });
  const stale = (skipped === undefined ? run.judge.stale(name) : [])
    .filter(({ rule }) => run.version.startsWith("1.0.") || rule === "improvement")
    .map((entry) => `${nameOf(entry)}: no longer occurs; its example gives the same on both sides`);
  mistakes.push(...holders, ...stale);
  const outcome: PartOutcome = {
    part: name,
    comparisons,
    passed,
    failed,
    known,
    unlisted,
    shown,
    hangs,
    mistakes,
    skipped,
    goodEntries: Math.max(0, entries.length - holders.length - stale.length),
    seconds: (Date.now() - startedAt) / 1000,
  };
  if (skipped === undefined) run.progress.say(`${state()} · ${outcome.seconds.toFixed(1)} s`);
  return outcome;
}
