/**
 * A line through the filter as it lies in its chunk, in the order of the plain path: what regexes capture is found by walks over its bytes,
 * and the plain path is asked where a walk does not know.
 * Hot: per line that may come to something.
 * @module
 */
import type { FoundDate } from "../date/detector.ts";
import type { CapturedLine } from "./captured-line.ts";
import { type CapturedSearch, MATCH, NO_MATCH, UNKNOWN } from "./captured-search.ts";
import { type Conclusions, UNKEPT_LINE } from "./conclusions.ts";
import type { MatchLine } from "./failure.ts";
import type { FilterParts } from "./filter-parts.ts";
import { NO_GROUPS } from "./groups.ts";
import { ignoresEarly } from "./ignore-order.ts";
import type { Passage, Verdict } from "./line-report.ts";
import { type LineClock, type TimingInput, TOO_OLD } from "./line-time.ts";
import type { Pattern } from "./patterns.ts";
import { type PathParts, type PlainPath, verdictOf } from "./plain-path.ts";

const NONE: readonly never[] = [];

export class CapturedPath {
  readonly #plain: PlainPath;
  readonly #parts: FilterParts;
  readonly #clock: LineClock;
  readonly #conclusions: Conclusions;
  readonly #hasEarlyIgnores: boolean;

  constructor(plain: PlainPath, { parts, clock, conclusions }: PathParts) {
    this.#plain = plain;
    this.#parts = parts;
    this.#clock = clock;
    this.#conclusions = conclusions;
    this.#hasEarlyIgnores = ignoresEarly(parts);
  }

  take(passage: Passage, line: CapturedLine, captures: CapturedSearch, input: TimingInput): Verdict {
    const date = this.#findDate(passage, line);
    const stampAt = date === undefined || date.empty ? undefined : this.#clock.dated(date, input);
    if (date === undefined || stampAt === undefined) {
      captures.isUnsure = true;
      return this.#plain.takeDated(passage, date, input, line.mayMatch);
    }

    passage.date = date;
    passage.at = stampAt;
    passage.isFloat = date.isFloat;
    const at = this.#clock.age(stampAt, passage, input, passage.warn);
    if (at === TOO_OLD) return "too-old";
    passage.at = at;
    if (this.#hasEarlyIgnores && this.#ignores(true, line, captures, passage)) return "ignored";
    if (this.#parts.prefix !== undefined) {
      const outcome = captures.runPrefix();
      if (outcome === NO_MATCH) return "missed";
      if (outcome === UNKNOWN) {
        return this.#plain.search(line.cut, passage, line.mayMatch);
      }
      passage.isPrefixed = true;
    }
    this.#tryFailregexes(passage, line, captures);
    return verdictOf(passage);
  }

  /** The failregexes in order, as on the plain path (A§2.14 steps 3 and 4). */
  #tryFailregexes(passage: Passage, line: CapturedLine, captures: CapturedSearch): void {
    const { failures } = this.#parts;
    const { mayMatch } = line;
    for (let at = 0; at < mayMatch.length; at++) {
      const index = mayMatch[at] ?? 0;
      const pattern = failures[index];
      if (pattern === undefined) continue;
      const outcome = captures.runFailregex(index, at);
      if (outcome === NO_MATCH) continue;
      const isDone =
        outcome === MATCH
          ? this.#conclude(index, pattern, passage, line, captures)
          : this.#ask(index, pattern, passage, line, captures);
      if (isDone && !passage.triesAll) return;
    }
  }

  /** What a failregex comes to that has just matched; false: the next one is tried. */
  #conclude(
    index: number,
    pattern: Pattern,
    passage: Passage,
    line: CapturedLine,
    captures: CapturedSearch,
  ): boolean {
    // before ignoreregexes search the line
    const { coversLine } = captures;
    const placed = captures.placed(index);
    const groups = placed === undefined ? captures.groupsOf(index, line) : undefined;
    if (this.#parts.ignores.length > 0 && this.#ignoresMatch(coversLine, line, captures, passage))
      return true;
    const lines = coversLine ? keptLine(passage, line) : NONE;
    if (placed === undefined)
      return this.#conclusions.conclude(index, pattern, groups ?? NO_GROUPS, lines, passage);
    return (
      this.#conclusions.concludePlainly(index, placed, line, lines, passage) ||
      this.#conclusions.conclude(index, pattern, placed.groupsAt(line.cut, placed.places), lines, passage)
    );
  }

  /** A failregex of which a walk does not know whether it matches. */
  #ask(
    index: number,
    pattern: Pattern,
    passage: Passage,
    line: CapturedLine,
    captures: CapturedSearch,
  ): boolean {
    const text = `${line.cut.slice(captures.from, captures.to)}\n`;
    const match = this.#plain.ask(pattern, text, passage);
    if (match === undefined) return false;
    const groups = pattern.groupsOf(match, captures.groupsOfPrefix(index, line));
    const coversLine = match.start < text.length;
    if (this.#ignoresMatch(coversLine, line, captures, passage)) return true;
    const lines = coversLine ? keptLine(passage, line) : NONE;
    return this.#conclusions.conclude(index, pattern, groups, lines, passage);
  }

  #ignoresMatch(
    coversLine: boolean,
    line: CapturedLine,
    captures: CapturedSearch,
    passage: Passage,
  ): boolean {
    return coversLine ? this.#ignores(false, line, captures, passage) : this.#plain.ignores("", passage);
  }

  /** Whether an ignoreregex matches the line, or the part that failregexes search. */
  #ignores(isWhole: boolean, line: CapturedLine, captures: CapturedSearch, passage: Passage): boolean {
    const { ignores } = this.#parts;
    for (let index = 0; index < ignores.length; index++) {
      const pattern = ignores[index];
      if (pattern === undefined) continue;
      const outcome = captures.runIgnoreregex(index, isWhole);
      if (outcome === NO_MATCH) continue;
      if (outcome === UNKNOWN) {
        const text = isWhole ? line.cut : line.cut.slice(captures.from, captures.to);
        if (this.#plain.ask(pattern, `${text}\n`, passage) === undefined) continue;
      }
      passage.ignoredBy = [...passage.ignoredBy, index];
      return true;
    }
    return false;
  }

  /** Where the stamp is that of the line before, without its text. */
  #findDate(passage: Passage, line: CapturedLine): FoundDate | undefined {
    const known = this.#parts.detector.sameOrdinary(line, 1 + line.skipped, passage.now);
    if (known !== undefined) return known;
    const { start, skipped, mayMatch } = line;
    const stampStart = line.stampStart - start;
    const stampEnd = line.stampEnd - start;
    return this.#plain.findDate(passage, { stampStart, stampEnd, skipped, mayMatch });
  }
}

/** What a match covers that covers anything. */
const keptLine = (passage: Passage, line: CapturedLine): readonly MatchLine[] =>
  line.keepsLines ? [passage.line] : UNKEPT_LINE;
