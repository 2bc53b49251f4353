/**
 * A log through a filter twice, on the fast path and line by line, and whether both came to the same: what matched, what was ignored, what
 * was told, how often the prefregex and each date template matched, and the state in which the filter is left.
 * @module
 */
import { LineDecoder } from "../../../src/backend/decode.ts";
import type { CapturedGroups } from "../../../src/filter/captured-groups.ts";
import type { CapturedLine, TextOf } from "../../../src/filter/captured-line.ts";
import type { LineCounting } from "../../../src/filter/counted-lines.ts";
import { isHarmless } from "../../../src/filter/failure-data.ts";
import { type CapturingSink, FastPath, type FastPathSink } from "../../../src/filter/fast-path.ts";
import { compileFilter, type LineFilter } from "../../../src/filter/line-filter.ts";
import type { FirstMatch, LineReport } from "../../../src/filter/line-report.ts";
import type { TimingInput } from "../../../src/filter/line-time.ts";
import type { SessionState } from "../../../src/filter/session.ts";
import { Users } from "../../../src/filter/users.ts";
import type { FilterWarning, FilterWarningKind } from "../../../src/filter/warnings.ts";
import type { Dice } from "../../dice.ts";
import { NOON, utc } from "../date/fixed-zones.ts";
import { definitionOf, type FilterTerms } from "./filter-terms.ts";

export interface Way {
  readonly mode: "first" | "all";
  readonly inOperation: boolean;
  /** the server's way; else that of `gaoler regex`, with its statistics */
  readonly checkFindTime: boolean;
  readonly encoding: string;
  /** nobody asks for the lines of matches */
  readonly countsAlone?: boolean;
  /** nor for anything but numbers */
  readonly inNumbers?: boolean;
  /** nobody asks for lines that are no failures */
  readonly wantsFailures?: boolean;
}

/** Of the server, of `gaoler regex`, and of both in other encodings. */
export const WAYS: readonly Way[] = [
  { mode: "all", inOperation: false, checkFindTime: false, encoding: "utf-8" },
  { mode: "first", inOperation: true, checkFindTime: true, encoding: "utf-8" },
  { mode: "first", inOperation: false, checkFindTime: true, encoding: "latin1" },
  { mode: "all", inOperation: false, checkFindTime: false, encoding: "ascii", countsAlone: true },
  {
    mode: "all",
    inOperation: false,
    checkFindTime: false,
    encoding: "utf-8",
    countsAlone: true,
    inNumbers: true,
  },
  { mode: "first", inOperation: false, checkFindTime: true, encoding: "utf-8", wantsFailures: true },
  { mode: "first", inOperation: true, checkFindTime: true, encoding: "utf-8", wantsFailures: true },
];

export interface Agreement {
  /** what differs; `undefined`: nothing */
  readonly difference: string | undefined;
  readonly lines: number;
  /** lines that the fast path let go */
  readonly skipped: number;
  readonly matched: number;
  /** lines that went through the filter as they lay there */
  readonly captured: number;
  /** lines that were counted where they lay */
  readonly counted: number;
}

/** Of these the fast path may tell with another line of the chunk, or not at all. */
const ELSEWHERE: ReadonlySet<FilterWarningKind> = new Set(["odd-time", "old-lines", "budget"]);

/** Lines that show in which state the filter was left. */
const PROBES = ["nothing at all", "2026-11-22 11:59:58 x", "11:59:59 y", "", "z"];

export function filterOf(terms: FilterTerms, plain: boolean, checkFindTime: boolean): LineFilter | undefined {
  // it has to go line by line
  const definition = definitionOf({ ...terms, maxlines: 1, usedns: "warn" });
  return compileFilter(definition, { zone: utc, startYear: 2026, plain, checkFindTime }).filter;
}

/** Where nobody asks for the lines of matches, of so many matches one is looked at as a whole. */
const LOOKED_AT = 3;

/** What is counted of a line's matches: of the first one, and how many there are. */
function countedOf({ matched }: LineReport): FirstCounted | undefined {
  const [first] = matched;
  if (first === undefined) return undefined;
  const { regexIndex, kind, chosen, groups } = first;
  return {
    regexIndex,
    kind,
    idKind: chosen.kind,
    isHarmless: isHarmless({ kind, groups }),
    matches: matched.length,
  };
}

/** What a line came to, as plain data; `undefined`: nothing that anybody asks for. */
function outcomeOf(
  report: LineReport,
  first: FirstCounted | undefined,
  number: number,
  { checkFindTime, countsAlone, wantsFailures }: Way,
): unknown {
  if (wantsFailures === true && report.verdict !== "matched") return undefined;
  if (countsAlone === true && number % LOOKED_AT > 0) {
    if (first === undefined || first.matches === 0) return undefined;
    const { regexIndex, kind, idKind, isHarmless, matches } = first;
    return { regexIndex, kind, idKind, isHarmless, matches };
  }
  const { verdict, matched, ignoredBy, at, isFloat, line } = report;
  if (matched.length === 0 && (ignoredBy.length === 0 || checkFindTime)) return undefined;
  const told = matched.map(({ groups, matches, ...rest }) => ({
    ...rest,
    groups: [...groups],
    matches: countsAlone === true ? [] : matches,
  }));
  return { verdict, ignoredBy, at, isFloat, line, told };
}

type FirstCounted = Pick<FirstMatch, "regexIndex" | "kind" | "idKind" | "isHarmless" | "matches">;

/** What came of a log. */
class Account {
  readonly filter: LineFilter;
  readonly #way: Way;
  readonly outcomes: unknown[] = [];
  prefixed = 0;
  lines = 0;
  skipped = 0;
  matched = 0;
  captured = 0;
  counted = 0;
  /** what lines came to, where no more is asked for; and by failregex, how often it matched */
  readonly numbers = { missed: 0, ignored: 0, harmless: 0, failing: 0 };
  readonly hits: number[] = [];

  constructor(filter: LineFilter, way: Way) {
    this.filter = filter;
    this.#way = way;
  }

  /** The input of the line with that number, from 1. */
  input(number: number): { readonly now: number; readonly inOperation: boolean } {
    // lines that are found together are of the same moment, and by it one may be too old
    const now = this.#way.wantsFailures === true ? NOON : NOON + number / 64;
    return { now, inOperation: this.#way.inOperation };
  }

  take(text: string, report: LineReport, first = countedOf(report)): void {
    if (report.isPrefixed) this.prefixed += 1;
    if (report.verdict === "matched") this.matched += 1;
    this.tell(report.warnings);
    if (this.#way.inNumbers === true) {
      this.#count(report);
      return;
    }
    const outcome = outcomeOf(report, first, this.lines, this.#way);
    if (outcome !== undefined) this.outcomes.push({ number: this.lines, text, outcome });
  }

  #count({ matched, ignoredBy }: LineReport): void {
    for (const { regexIndex } of matched) this.#hit(regexIndex, 1);
    if (matched.length === 0) this.numbers[ignoredBy.length > 0 ? "ignored" : "missed"] += 1;
    else this.numbers[matched.some(isHarmless) ? "harmless" : "failing"] += 1;
  }

  #hit(regexIndex: number, times: number): void {
    this.hits[regexIndex] = (this.hits[regexIndex] ?? 0) + times;
  }

  #counting(dice: Dice): LineCounting {
    const wantsFailures = this.#way.wantsFailures === true;
    return {
      get countsFailures() {
        return !wantsFailures && !dice.once(5);
      },
      get countsMissed() {
        return !dice.once(5);
      },
      get countsHarmless() {
        return !dice.once(5);
      },
      input: () => this.input(this.lines + 1),
      counted: (lines) => {
        this.lines += lines;
        this.counted += lines;
      },
      ...(wantsFailures && {
        failed: (line: CapturedLine, regexIndex: number, captured: CapturedGroups, input: TimingInput) => {
          this.lines += 1;
          this.counted += 1;
          const report = this.filter.reportFailing(line, regexIndex, captured, input);
          this.take(line.text, report, report);
        },
      }),
      came: ({ lines, prefixed, missed, harmless, matched }) => {
        const failing = lines - missed - harmless;
        this.prefixed += prefixed;
        this.numbers.missed += missed;
        this.numbers.harmless += harmless;
        this.numbers.failing += failing;
        this.matched += failing;
        for (const [index, times] of matched) this.#hit(index, times);
      },
    };
  }

  tell(warnings: readonly FilterWarning[]): void {
    const said = warnings.filter(({ kind }) => !ELSEWHERE.has(kind));
    if (said.length > 0) this.outcomes.push({ number: this.lines, said });
  }

  plainly(text: string): void {
    this.lines += 1;
    this.take(text, this.filter.report(text, this.input(this.lines), this.#way.mode));
  }

  /** What there is to compare, with the state at the end. */
  close(): unknown {
    const { lines } = this;
    const prefixed = this.#way.checkFindTime ? 0 : this.prefixed;
    const hits = this.filter.parts.detector.hits();
    const { sessions } = this.filter.state().conclusions;
    for (const text of PROBES) this.plainly(text);
    return {
      outcomes: this.outcomes,
      prefixed,
      lines,
      hits,
      sessions:
        isCounting(this.#way) || this.#way.countsAlone === true
          ? sessions.map((one) => comparable(one, this.#way))
          : sessions,
      numbers: this.#way.inNumbers === true ? [this.numbers, this.hits] : undefined,
    };
  }

  sink(textOf: TextOf, dice: Dice): FastPathSink & CapturingSink {
    return {
      textOf,
      keepsLines: this.#way.countsAlone !== true,
      counting: isCounting(this.#way) ? this.#counting(dice) : undefined,
      line: (start, end, hint) => {
        this.lines += 1;
        const text = textOf(start, end);
        this.take(text, this.filter.report(text, this.input(this.lines), this.#way.mode, hint));
      },
      captured: (line, search) => {
        this.lines += 1;
        this.captured += 1;
        const report = this.filter.reportCaptured(line, search, this.input(this.lines), this.#way.mode);
        this.take(line.text, report, report);
      },
      skipped: (lines) => {
        this.lines += lines;
        this.skipped += lines;
        this.numbers.missed += lines;
      },
      prefixed: (lines) => {
        this.prefixed += lines;
      },
      passOver: (count, start, end, stamp) => {
        this.tell(this.filter.passOver(count, textOf(start, end), stamp, this.input(this.lines)));
      },
      goesOn: () => !dice.once(30),
    };
  }
}

const isCounting = ({ inNumbers, wantsFailures }: Way): boolean =>
  inNumbers === true || wantsFailures === true;

/** Lines that are counted together are of the same moment; where nobody asks for the lines of matches, none are kept. */
function comparable([key, session]: readonly [key: string, session: SessionState], way: Way): unknown {
  const lines = way.countsAlone === true ? { held: [], quiet: [] } : {};
  return { key, session: { ...session, since: undefined, ...lines } };
}

/** Complete lines in chunks that the dice cut. */
function* chunksOf(log: Buffer, dice: Dice): Generator<Buffer> {
  for (let from = 0; from < log.length; ) {
    const newline = log.indexOf(10, from + dice.below(dice.pick([1, 100, 2000, 20_000])));
    const to = newline < 0 ? log.length : newline + 1;
    yield log.subarray(from, to);
    from = to;
  }
}

/**
 * Takes the log both ways.
 *
 * @param log complete lines
 * @returns `undefined`: the terms make no filter
 */
export function compareWays(terms: FilterTerms, log: Buffer, way: Way, dice: Dice): Agreement | undefined {
  const decoder = new LineDecoder(way.encoding, { observe: () => {}, clock: { now: () => NOON } });
  const plainFilter = filterOf(terms, true, way.checkFindTime);
  const fastFilter = filterOf(terms, false, way.checkFindTime);
  if (plainFilter === undefined || fastFilter === undefined) return undefined;
  const plain = new Account(plainFilter, way);
  const fast = new Account(fastFilter, way);
  const fastPath = new FastPath(fastFilter, {
    statistics: !way.checkFindTime,
    triesAll: way.mode === "all",
  });
  for (const chunk of chunksOf(log, dice)) {
    const texts = decoder.decodeLines("log", chunk);
    for (const text of texts) plain.plainly(text);
    const textOf = decoder.textOf(chunk);
    if (textOf === undefined) for (const text of texts) fast.plainly(text);
    else {
      const sink = fast.sink(textOf, dice);
      for (let at = 0; at < chunk.length; ) at = fastPath.take(chunk, at, chunk.length, sink, sink);
    }
  }
  const { skipped, matched, captured, counted, lines } = fast;
  return {
    difference: differenceOf(plain.close(), fast.close()),
    lines,
    skipped,
    matched,
    captured,
    counted,
  };
}

/** Also of what is no JSON. */
const plainly = (_: string, item: unknown): unknown =>
  item === undefined ? "nothing" : item instanceof Users ? [...item] : item === Infinity ? "∞" : item;

function differenceOf(plain: unknown, fast: unknown): string | undefined {
  if (JSON.stringify(plain, plainly) === JSON.stringify(fast, plainly)) return undefined;
  const shown = (value: unknown): readonly string[] => JSON.stringify(value, plainly, 1).split("\n");
  const [one, other] = [shown(plain), shown(fast)];
  const at = one.findIndex((line, index) => line !== other[index]);
  const place = at < 0 ? one.length : at;
  const near = (lines: readonly string[]): string =>
    lines.slice(Math.max(0, place - 12), place + 3).join(" ");
  return `plain: ${near(one)}\nfast: ${near(other)}`;
}
