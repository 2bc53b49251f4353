/**
 * No line can hold a filter up. For every filter of Debian's package and of our own: lines of 64 KiB made from each of its regexes,
 * with every place that an attacker could fill pumped up by single characters, by literals of the regex itself, and by
 * what nearly matches. Judged is what does not depend on the machine: no search may exceed its budget.
 * The worst times are printed, in processor time: of all lines line by line, and on the fast path of those that the walk over the bytes
 * leaves out and of those that the filter is asked about.
 * @module
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { FilterSource } from "../../src/cli/regex-filter-source.ts";
import { readNamedSource } from "../../src/cli/regex-source.ts";
import { nodeConfigFiles } from "../../src/exec/config-files.ts";
import { systemLocalZone } from "../../src/exec/local-zone.ts";
import { FastPath } from "../../src/filter/fast-path.ts";
import { compileFilter, type LineFilter } from "../../src/filter/line-filter.ts";
import type { LineOutcome } from "../../src/filter/line-report.ts";
import { expandTags } from "../../src/filter/tags.ts";
import { plainLine, pumpedLines, type Sampled, sampleOf } from "./hostile-lines/sample-lines.ts";

const LINE_LENGTH = 64 * 1024;
/** Places of a regex that are pumped up. */
const MAX_PLACES = 3;
const NOW = 1_795_341_600;
const STAMP = "Nov 22 12:00:00 ";

const oracle = process.env["GAOLER_ORACLE"] ?? "";
const packaged = join(oracle, "etc/fail2ban");
const isMissing = oracle === "" || !existsSync(packaged);
const stock = join(import.meta.dirname, "../../stock");

interface Named {
  readonly name: string;
  readonly source: FilterSource;
}

/** The filters of a configuration: those of its jails, and all files. */
function filtersOf(directory: string): readonly Named[] {
  const names = readdirSync(join(directory, "filter.d"))
    .filter((file) => file.endsWith(".conf"))
    .map((file) => file.slice(0, -".conf".length));
  // The jail of that name first, which may set the filter's arguments, then the file alone.
  const files = names.map((name) => join(directory, "filter.d", `${name}.conf`));
  const context = { files: nodeConfigFiles, directory, stockDirectory: undefined, readsJournal: false };
  const read = (text: string): readonly Named[] => {
    try {
      const named = readNamedSource(text, context);
      return named === undefined
        ? []
        : [{ name: text.replace(`${directory}/filter.d/`, ""), source: named.source }];
    } catch {
      // A file that other filters include is no filter.
      return [];
    }
  };
  return [...names, ...names.map((name) => `${name}[mode=aggressive]`), ...files].flatMap(read);
}

/** Filters that differ, by what they are made of. */
function distinct(filters: readonly Named[]): readonly Named[] {
  const seen = new Map<string, Named>();
  for (const filter of filters) {
    const key = JSON.stringify(filter.source);
    if (!seen.has(key)) seen.set(key, filter);
  }
  return [...seen.values()];
}

function compiled({ name, source }: Named): LineFilter {
  const sourced = (value: string) => ({ value });
  const { filter } = compileFilter(
    {
      name,
      usedns: "warn",
      prefregex: source.prefregex === undefined ? undefined : sourced(source.prefregex),
      failregex: source.failregex.map(sourced),
      ignoreregex: source.ignoreregex.map(sourced),
      maxlines: source.maxlines ?? 1,
      datepattern: source.datepattern === undefined ? undefined : sourced(source.datepattern),
      logtimezone: undefined,
      findtime: 600,
    },
    { zone: systemLocalZone, startYear: 2026, checkFindTime: false },
  );
  if (filter === undefined) throw new Error(`${name} has no filter`);
  return filter;
}

function samplesOf({ source }: Named): readonly Sampled[] {
  const expand = (regex: string): string => expandTags(regex, "warn");
  const { prefregex } = source;
  const inPrefix = (inner: Sampled): readonly Sampled[] =>
    prefregex === undefined ? [inner] : [sampleOf(expand(prefregex), inner)];
  return [...source.failregex, ...source.ignoreregex].flatMap((regex) => inPrefix(sampleOf(expand(regex))));
}

/** Processor time of this thread in milliseconds: what the machine does besides does not count. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

interface Judged {
  readonly name: string;
  readonly lines: number;
  readonly matched: number;
  readonly samples: number;
  /** lines on which a search exceeded its budget */
  readonly overBudget: number;
  /** milliseconds of processor time of the slowest line */
  readonly worst: number;
}

function judge(named: Named): Judged {
  const filter = compiled(named);
  let [lines, matched, samples, overBudget, worst] = [0, 0, 0, 0, 0];
  const timed = (line: string): readonly [outcome: LineOutcome, took: number] => {
    const began = cpuMs();
    const outcome = filter.process(line, { now: NOW, inOperation: false });
    return [outcome, cpuMs() - began];
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

/** What the fast path makes of a filter's hostile lines. */
interface Walked {
  readonly name: string;
  readonly lines: number;
  /** lines that the walk left out */
  readonly leftOut: number;
  /** lines left out that the filter matches: none may be */
  readonly lost: number;
  /** milliseconds of processor time of the slowest line that was left out, and of the slowest one that was not */
  readonly worstLeftOut: number;
  readonly worstJudged: number;
}

/** Stamps as logs have them; a filter with a datepattern of its own may know only one kind. */
const STAMPS = [
  STAMP,
  "2026-11-22T12:00:00 ",
  "2026-11-22 12:00:00 ",
  "2026-11-22T12:00:00+00:00 ",
  "[Sun Nov 22 12:00:00.123456 2026] ",
  "192.0.2.9 - - [22/Nov/2026:12:00:00 +0000] ",
  "[22/Nov/2026:12:00:00 +0000] ",
  "time=2026-11-22T12:00:00.000Z ",
  "t=2026-11-22T12:00:00+0000 ",
];

/** A stamp that takes the filter to the fast path. */
function ordinaryStamp(named: Named): string | undefined {
  return STAMPS.find((stamp) => {
    const filter = compiled(named);
    for (let times = 0; times < 3; times++)
      filter.process(`${stamp}a line of no interest`, { now: NOW, inOperation: false });
    return filter.parts.detector.ordinary() !== undefined;
  });
}

function walk(named: Named): Walked | undefined {
  const filter = compiled(named);
  const stamp = ordinaryStamp(named);
  if (!filter.takesHints || stamp === undefined) return undefined;
  const plain = compiled(named);
  const path = new FastPath(filter, { statistics: false });
  const input = { now: NOW, inOperation: false };
  let isJudged = false;
  /** milliseconds */
  const taken = (line: string): number => {
    const bytes = Buffer.from(`${line}\n`);
    const text = (start: number, end: number): string => bytes.toString("utf8", start, end);
    isJudged = false;
    const began = cpuMs();
    path.take(bytes, 0, bytes.length, {
      line: (start, end, hint) => {
        isJudged = true;
        filter.process(text(start, end), input, hint);
      },
      skipped: () => undefined,
      prefixed: () => undefined,
      passOver: (count, start, end, stamp) => void filter.passOver(count, text(start, end), stamp, input),
      goesOn: () => true,
    });
    return cpuMs() - began;
  };
  for (let times = 0; times < 3; times++) taken(`${stamp}a line of no interest`);
  let [lines, leftOut, lost, worstLeftOut, worstJudged] = [0, 0, 0, 0, 0];
  for (const sampled of samplesOf(named)) {
    for (const pumped of pumpedLines(sampled, LINE_LENGTH, MAX_PLACES)) {
      const line = stamp + pumped.replaceAll("\n", " ");
      const first = taken(line);
      const took = Math.min(first, taken(line));
      lines++;
      if (isJudged) worstJudged = Math.max(worstJudged, took);
      else {
        leftOut++;
        worstLeftOut = Math.max(worstLeftOut, took);
        if (plain.process(line, input).verdict === "matched") lost++;
      }
    }
  }
  return { name: named.name, lines, leftOut, lost, worstLeftOut, worstJudged };
}

function judgeAll(what: string, filters: readonly Named[]): readonly Judged[] {
  const judged = distinct(filters).map(judge);
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

test("no line of 64 KiB exceeds the budget of a stock filter", () => {
  expectBounded(judgeAll("stock filters", filtersOf(stock)));
});

test.skipIf(isMissing)(
  `no line of 64 KiB exceeds the budget of a filter of the package${isMissing ? " (skipped: no fail2ban package)" : ""}`,
  () => expectBounded(judgeAll("filters of the package", filtersOf(packaged))),
);

test("a hostile line that the walk over a log's bytes leaves out is none that a stock filter matches", () => {
  const filters = distinct(filtersOf(stock));
  const walked = filters.flatMap((named) => walk(named) ?? []);
  const total = (count: (one: Walked) => number): number => walked.reduce((sum, one) => sum + count(one), 0);
  const slowest = walked.toSorted((a, b) => b.worstLeftOut - a.worstLeftOut).slice(0, 5);
  const judged = Math.max(...walked.map(({ worstJudged }) => worstJudged));
  const shown = slowest.map(({ name, worstLeftOut }) => `  ${worstLeftOut.toFixed(2)} ms  ${name}`);
  process.stdout.write(
    `fast path: ${walked.length} of ${filters.length} stock filters, ${total(({ leftOut }) => leftOut)} of ${total(({ lines }) => lines)} lines left out, ` +
      `the slowest of a filter:\n${shown.join("\n")}\nslowest of the others: ${judged.toFixed(1)} ms\n`,
  );
  expect(walked.filter(({ lost }) => lost > 0).map(({ name }) => name)).toEqual([]);
  const without = filters.filter(({ name }) => !walked.some((one) => one.name === name));
  process.stdout.write(`without a fast path: ${without.map(({ name }) => name).join(", ") || "none"}\n`);
  expect(without.length).toBeLessThan(filters.length / 4);
  expect(total(({ leftOut }) => leftOut) / total(({ lines }) => lines)).toBeGreaterThan(0.3);
});
