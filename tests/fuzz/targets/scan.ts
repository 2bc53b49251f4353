/**
 * The walk over the bytes of a log: whatever stands in it, no line is left out that a regex matches, none told of that does not where
 * that is promised, and every line is told of.
 * @module
 */
import type { OrdinaryStamp } from "../../../src/date/ordinary-stamp.ts";
import { compileRegex } from "../../../src/regex/compile.ts";
import type { CompiledRegex } from "../../../src/regex/compiled-regex.ts";
import { RegexBudgetError, RegexSyntaxError } from "../../../src/regex/errors.ts";
import {
  ACCEPT_SET,
  ITEM_STEP,
  LINE_END,
  LINE_START,
  LineScanner,
  SKIPPED,
  STAMP_END,
  STAMP_START,
} from "../../../src/scan/line-scanner.ts";
import { insideStamp, patternOf, stampOf } from "../../unit/scan/scan-trial.ts";
import { type FuzzTarget, must, mustAgree } from "../fuzz-target.ts";

/** Regexes of one input, and their length; lines whose matches are looked for. */
const [MAX_PATTERNS, MAX_PATTERN, MAX_LINES] = [3, 300, 50];

const STAMPS: readonly OrdinaryStamp[] = [
  stampOf("00:00"),
  stampOf("00", "<"),
  insideStamp({}),
  insideStamp({ strangers: patternOf("\\d:\\d").root }),
];

function compiled(source: string): CompiledRegex | undefined {
  try {
    return compileRegex(source, { chosen: true });
  } catch (error) {
    if (error instanceof RegexSyntaxError) return undefined;
    throw error;
  }
}

function matches(regex: CompiledRegex, text: string): boolean | undefined {
  try {
    return regex.search(text) !== undefined;
  } catch (error) {
    if (error instanceof RegexBudgetError) return undefined;
    throw error;
  }
}

interface Told {
  readonly line: Buffer;
  readonly stamp: readonly [start: number, end: number] | undefined;
  readonly patterns: readonly number[];
}

/** By the offset of its begin: what was said of each line given out. All others must have been counted. */
function tell(scanner: LineScanner, bytes: Buffer): ReadonlyMap<number, Told> {
  const { items, count, skipped } = scanner.scan(bytes, 0, bytes.length);
  const told = new Map<number, Told>();
  let lines = skipped + count;
  for (let index = 0; index < count * ITEM_STEP; index += ITEM_STEP) {
    const at = (word: number): number => items[index + word] ?? Number.NaN;
    const start = at(LINE_START);
    const isOdd = at(STAMP_START) < 0;
    told.set(start, {
      line: bytes.subarray(start, at(LINE_END)),
      stamp: isOdd ? undefined : [at(STAMP_START) - start, at(STAMP_END) - start],
      patterns: scanner.patternsOf(at(ACCEPT_SET)),
    });
    lines += at(SKIPPED);
  }
  must(lines === bytes.toString("latin1").split("\n").length - 1, "lines are missing, or there are too many");
  return told;
}

const scan: FuzzTarget = {
  name: "scan",
  seeds: [
    "a+b$ && ^ x\\b\n10:20 x\n10:20 aab\r\n\n10:20\n",
    "x(?=y)|\\d{2,3}\n<12 xy\n<12\r\r\n<1 \n",
    "^\\S+ \\[\\] .*x\n1.2.3.4 [10:20] GET x\n[[10:20]\nx [10:20] 1:2\n",
    "^a(?!bc|d)\\w*(?<=c) && (?<!a)b(?= )|x(?=\\n)\n10:20abcc\n10:20abbc\n10:20 b x\n10:20x\n",
    "[^a]\\Z && (a)\\1 && \\s+$\n10:20 \xe4\xff\n10:20\xe4\n",
  ],
  words: [
    "\n",
    "\r\n",
    "10:20",
    "<12",
    "[10:20]",
    " && ",
    "^",
    "$",
    ".*",
    "[^x]",
    "\\b",
    "\\d",
    "(?=",
    "(?!",
    "(?<=",
    "(?<!a)",
    ")",
    "{3,}",
    "\xff",
  ],
  run(input) {
    const newline = input.indexOf(10);
    const sources = input
      .subarray(0, Math.max(0, newline))
      .toString("utf8")
      .slice(0, MAX_PATTERN)
      .split(" && ")
      .slice(0, MAX_PATTERNS);
    const regexes = sources.flatMap((source) => compiled(source) ?? []);
    const bytes = Buffer.concat([input.subarray(newline + 1), Buffer.from("\n")]);
    const patterns = regexes.map(({ pattern }) => patternOf(pattern));
    const scanner = new LineScanner(patterns);
    // one more that matches every line: so every line with an ordinary stamp is told of
    const all = new LineScanner([...patterns, patternOf("")]);
    const kinds = new Set<string>();
    for (const stamp of STAMPS) {
      scanner.setStamp(stamp);
      all.setStamp(stamp);
      const told = tell(scanner, bytes);
      for (const [start, { line, stamp: place, patterns: found }] of [...tell(all, bytes)].slice(
        0,
        MAX_LINES,
      )) {
        const mayMatch = found.slice(0, -1);
        if (place === undefined) must(told.get(start)?.stamp === undefined, "odd, and not");
        else mustAgree(told.get(start)?.patterns ?? [], mayMatch, "with a pattern more");
        kinds.add(`${place?.join("-") ?? "odd"} ${mayMatch.join()}`);
        if (place === undefined) continue;
        const text = Buffer.concat([line.subarray(0, place[0]), line.subarray(place[1])]).toString("utf8");
        const isAscii = /^[\0-\x7f]*$/.test(text);
        for (const [index, regex] of regexes.entries()) {
          const isTold = mayMatch.includes(index);
          if (isTold && !(isAscii && all.isExact(index))) continue;
          const isMatch = matches(regex, `${text}\n`);
          must(isMatch === undefined || isMatch === isTold, `told wrongly: ${regex.pattern}`);
        }
      }
    }
    return [...kinds].sort().join();
  },
};

export const SCAN_TARGETS: readonly FuzzTarget[] = [scan];
