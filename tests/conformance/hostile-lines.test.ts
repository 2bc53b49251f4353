/**
 * No line can hold a filter up. For every filter of Debian's package and of our own: lines of 64 KiB made from each of its regexes,
 * with every place that an attacker could fill pumped up by single characters, by literals of the regex itself, and by
 * what nearly matches. Judged is what does not depend on the machine: no search may exceed its budget, the filters of our own all have
 * a fast path, and none of their regexes ever needs the exact matcher. The worst times are printed.
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { LineOutcome } from "../../src/filter/line-report.ts";
import type { Pattern } from "../../src/filter/patterns.ts";
import type { RegexMatch, RegexSearch } from "../../src/regex/compiled-regex.ts";
import { linearSearch } from "../../src/regex/linear/linear-search.ts";
import { withoutConditions } from "../../src/regex/lower.ts";
import { parsePattern } from "../../src/regex/parse.ts";
import { resolveCharacters } from "../../src/regex/transforms/characters.ts";
import {
  datedBy,
  type LineKind,
  ordinaryStamp,
  type WalkedLine,
  walkedLines,
} from "./hostile-lines/fast-walk.ts";
import { compiled, filtersOf, type Named, samplesOf } from "./hostile-lines/named-filters.ts";
import { plainLine, pumpedLines } from "./hostile-lines/sample-lines.ts";
import { type SampleStamp, stamped } from "./hostile-lines/sample-stamps.ts";

const LINE_LENGTH = 64 * 1024;
/** Places of a regex that are pumped up. */
const MAX_PLACES = 3;
const NOW = 1_795_341_600;
const STAMP = "Nov 22 12:00:00 ";
const TIMEOUT_MS = 300_000;
/** What a line may take, as we promise. */
const PROMISED_MS = 1;

const oracle = process.env["GAOLER_ORACLE"] ?? "";
const packaged = join(oracle, "etc/fail2ban");
const isMissing = oracle === "" || !existsSync(packaged);
const stock = join(import.meta.dirname, "../../stock");

interface Judged {
  readonly name: string;
  readonly lines: number;
  readonly matched: number;
  readonly samples: number;
  /** lines on which a search exceeded its budget */
  readonly overBudget: number;
  /** milliseconds of the slowest line, the better of two times */
  readonly worst: number;
}

function judge(named: Named): Judged {
  const filter = compiled(named);
  let [lines, matched, samples, overBudget, worst] = [0, 0, 0, 0, 0];
  const timed = (line: string): readonly [outcome: LineOutcome, took: number] => {
    const began = performance.now();
    const outcome = filter.process(line, { now: NOW, inOperation: false });
    return [outcome, performance.now() - began];
  };
  const feed = (line: string): boolean => {
    const [{ verdict, warnings }, first] = timed(line);
    // the first time something is built that stays
    const took = first > worst ? Math.min(first, timed(line)[1]) : first;
    if (warnings.some(({ kind }) => kind === "budget")) overBudget++;
    lines++;
    worst = Math.max(worst, took);
    return verdict === "matched";
  };
  for (const sampled of samplesOf(named)) {
    samples++;
    if (feed(STAMP + plainLine(sampled)) || feed(plainLine(sampled))) matched++;
    let isStamped = false;
    for (const line of pumpedLines(sampled, LINE_LENGTH, MAX_PLACES)) {
      isStamped = !isStamped;
      feed(isStamped ? STAMP + line : line);
    }
  }
  return { name: named.name, lines, matched, samples, overBudget, worst };
}

function judgeAll(what: string, filters: readonly Named[]): readonly Judged[] {
  const judged = filters.map(judge);
  const slowest = judged.toSorted((a, b) => b.worst - a.worst);
  const total = judged.reduce((sum, { lines }) => sum + lines, 0);
  const shown = slowest
    .slice(0, 12)
    .map(({ name, worst, lines }) => `  ${worst.toFixed(1)} ms  ${name} (${lines} lines)`);
  process.stdout.write(
    `${what}: ${judged.length} filters, ${total} lines; the slowest line of a filter:\n${shown.join("\n")}\n`,
  );
  return judged;
}

function expectBounded(judged: readonly Judged[]): void {
  expect(judged.filter(({ overBudget }) => overBudget > 0).map(({ name }) => name)).toEqual([]);
  // The lines must come near to matching, or they prove nothing.
  const samples = judged.reduce((sum, one) => sum + one.samples, 0);
  const matched = judged.reduce((sum, one) => sum + one.matched, 0);
  expect(matched / samples).toBeGreaterThan(0.5);
}

/** The hostile lines of a stock filter on the fast path. */
interface Walked {
  readonly named: Named;
  readonly stamp: SampleStamp;
  readonly lines: readonly WalkedLine[];
}

function walk(named: Named): Walked | undefined {
  const stamp = ordinaryStamp(named, stock);
  if (stamp === undefined) return undefined;
  const shape = { length: LINE_LENGTH, places: MAX_PLACES };
  return { named, stamp, lines: Array.from(walkedLines(named, stamp, shape), shortened) };
}

/** Without the line, which is long. */
const shortened = (walked: WalkedLine): WalkedLine => ({ ...walked, line: walked.line.slice(0, 80) });

const KINDS: readonly LineKind[] = ["left-out", "captured", "judged", "odd"];

/** By what becomes of a line: how many there are, how many take longer than promised, and the slowest. */
function tableOf(walked: readonly Walked[]): string {
  const lines = walked.flatMap((one) => one.lines.map((line) => ({ ...line, name: one.named.name })));
  const row = (kind: string, all: typeof lines, took: (line: WalkedLine) => number): string => {
    const slowest = all.toSorted((a, b) => took(b) - took(a))[0];
    const slow = all.filter((line) => took(line) > PROMISED_MS).length;
    const worst = slowest === undefined ? "" : `${took(slowest).toFixed(2)} ms  ${slowest.name}`;
    return `  ${kind.padEnd(12)}${String(all.length).padStart(6)} lines ${String(slow).padStart(5)} over ${PROMISED_MS} ms   ${worst}`;
  };
  const rows = KINDS.map((kind) =>
    row(
      kind,
      lines.filter((line) => line.kind === kind),
      ({ took }) => took,
    ),
  );
  return [...rows, row("line by line", lines, ({ plainly }) => plainly)].join("\n");
}

/** A regex in the linear engine alone. */
class LinearTrial {
  readonly source: string;
  /** searches that it left to the exact matcher */
  given = 0;
  readonly #search: RegexSearch;

  constructor({ source, expanded }: Pattern) {
    this.source = source;
    const { root, groupCount, groupIndex } = parsePattern(expanded);
    const other: RegexSearch = {
      search: () => {
        this.given++;
        return undefined;
      },
    };
    const tree = withoutConditions(resolveCharacters(root));
    this.#search = linearSearch(tree, { groupCount, groupIndex, other });
  }

  search(text: string): RegexMatch | undefined {
    return this.#search.search(text);
  }
}

/** The regexes of a filter that the linear engine leaves to the exact matcher on hostile lines. */
function givenAway(named: Named, stamp: SampleStamp): readonly string[] {
  const filter = compiled(named);
  const { prefix, failures, ignores, detector } = filter.parts;
  const isDated = datedBy(filter);
  const first = prefix && new LinearTrial(prefix);
  const others = [...failures, ...ignores].map((pattern) => new LinearTrial(pattern));
  for (const sampled of samplesOf(named)) {
    for (const pumped of pumpedLines(sampled, LINE_LENGTH, 1)) {
      const line = stamped(stamp, pumped.replaceAll("\n", " "), isDated);
      const date = detector.find(line, NOW);
      const text = `${date === undefined ? line : line.slice(0, date.start) + line.slice(date.end)}\n`;
      const content = first?.search(text)?.group("content");
      for (const trial of others) trial.search(content === undefined ? text : `${content}\n`);
    }
  }
  return [...(first === undefined ? [] : [first]), ...others]
    .filter(({ given }) => given > 0)
    .map(({ source }) => `${named.name}: ${source}`);
}

test(
  "no line of 64 KiB exceeds the budget of a stock filter",
  () => expectBounded(judgeAll("stock filters", filtersOf(stock))),
  TIMEOUT_MS,
);

test.skipIf(isMissing)(
  `no line of 64 KiB exceeds the budget of a filter of the package${isMissing ? " (skipped: no fail2ban package)" : ""}`,
  () => expectBounded(judgeAll("filters of the package", filtersOf(packaged))),
  TIMEOUT_MS,
);

test(
  "every stock filter has a fast path, and what its walk leaves out of hostile lines is nothing that the filter matches",
  () => {
    const filters = filtersOf(stock);
    const walked = filters.flatMap((named) => walk(named) ?? []);
    process.stdout.write(`fast path of ${walked.length} stock filters:\n${tableOf(walked)}\n`);
    const without = filters.filter((named) => !walked.some((one) => one.named === named));
    expect(without.map(({ name }) => name)).toEqual([]);
    const lost = walked.filter(({ lines }) => lines.some(({ isLost }) => isLost));
    expect(lost.map(({ named }) => named.name)).toEqual([]);
    const lines = walked.flatMap((one) => one.lines);
    const share = (kinds: readonly LineKind[]): number =>
      lines.filter(({ kind }) => kinds.includes(kind)).length / lines.length;
    // lines of which nothing is known come by another way, and prove nothing here
    expect(share(["odd"])).toBeLessThan(0.02);
    expect(share(["left-out"])).toBeGreaterThan(0.25);
    expect(share(["captured"])).toBeGreaterThan(0.25);
  },
  TIMEOUT_MS,
);

test("no regex of a stock filter needs the exact matcher for a hostile line", () => {
  const given = filtersOf(stock).flatMap((named) => {
    const stamp = ordinaryStamp(named, stock);
    return stamp === undefined ? [] : givenAway(named, stamp);
  });
  expect(given).toEqual([]);
});
