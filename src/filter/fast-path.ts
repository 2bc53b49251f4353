/**
 * The filter over the bytes of a log: a walk over them tells which lines may come to something at all; these alone become text and go
 * through the filter, and of the others it is told how many they were. What comes of the lines is what the filter makes of them one after
 * another. Knows no files and no encodings: text of bytes is asked for.
 * Hot: per line given out.
 * @module
 */
import type { DateDetector } from "../date/detector.ts";
import type { CapturePlan } from "../scan/line-batch.ts";
import { LineCaptures } from "../scan/line-captures.ts";
import {
  ACCEPT_SET,
  ITEM_STEP,
  LINE_END,
  LINE_START,
  LineScanner,
  type ScanResult,
  SKIPPED,
  SKIPPED_STAMP_END,
  SKIPPED_STAMP_START,
  SKIPPED_START,
  STAMP_END,
  STAMP_START,
} from "../scan/line-scanner.ts";
import type { LineScanning } from "../scan/shared-scanner.ts";
import { CapturedBatch } from "./captured-batch.ts";
import { CapturedLine, type TextOf } from "./captured-line.ts";
import { CapturedSearch, captureSources, UNKNOWN } from "./captured-search.ts";
import { CountedLines, type LineCounting } from "./counted-lines.ts";
import { afterNewline, lineEnd, NEWLINE } from "./line-bounds.ts";
import type { LineFilter } from "./line-filter.ts";
import type { LineHint, StampPlace } from "./line-report.ts";
import { PassedLines } from "./passed-lines.ts";
import { type ScanMeaning, type ScanWants, scanPatterns } from "./scan-patterns.ts";

/** Bytes that are scanned at once: what follows a line that changes what stamps look like is scanned again. */
const MIN_SCANNED_BYTES = 2 * 1024;
const MAX_SCANNED_BYTES = 128 * 1024;

/** When so many lines in a row that one set of patterns accepts could not be counted, it is tried only once in some more of them. */
const FEW_UNCOUNTED = 64;
const MANY_UNCOUNTED = 128;

/** Takes what comes of the bytes, in the order of the lines. */
export interface FastPathSink {
  /** The line at these offsets, without its line end, is to go through the filter, with what is known of it. */
  line(start: number, end: number, hint: LineHint | undefined): void;
  /** So many lines came to nothing and were left out. */
  skipped(lines: number): void;
  /** Of the lines left out, so many matched the prefregex; told later than they were. Only where statistics are wanted. */
  prefixed(lines: number): void;
  /**
   * The filter is to pass over the lines that were left out since the line before.
   *
   * @param start offsets of the last of them
   */
  passOver(count: number, start: number, end: number, stamp: StampPlace): void;
  /** Whether to go on with the next line. */
  goesOn(): boolean;
}

/** Takes lines as they lie there, without their text. */
export interface CapturingSink {
  /** the text of bytes that are ASCII, by their offsets */
  readonly textOf: TextOf;
  /** whether it asks for the lines of matches */
  readonly keepsLines: boolean;
  /** takes plain lines in numbers */
  readonly counting?: LineCounting | undefined;
  /** The line is to go through the filter; it is good until the next one. */
  captured(line: CapturedLine, search: CapturedSearch): void;
}

export interface FastPathWants extends ScanWants {
  /** on each line all failregexes are tried, whichever match */
  readonly triesAll?: boolean;
}

/** A set of patterns that accepts lines. */
interface KnownSet {
  /** lines in a row that were accepted so and could not be counted */
  uncounted: number;
  readonly patterns: readonly number[];
  /** the failregexes among them */
  readonly indexes: readonly number[];
  /** nothing comes of the line, but it may count as one that the prefregex matches */
  readonly isPrefregexAlone: boolean;
  readonly plan: CapturePlan;
  /** the scan in which that was looked at last: it may be another set under the same number afterwards */
  scan: number;
}

export class FastPath {
  readonly #detector: DateDetector;
  readonly #scanner: LineScanning;
  readonly #meanings: readonly ScanMeaning[];
  /** by number of the set of patterns that accepted a line */
  readonly #sets: (KnownSet | undefined)[] = [];
  #scans = 0;
  readonly #captures: LineCaptures;
  readonly #search: CapturedSearch;
  readonly #batch: CapturedBatch;
  readonly #counted: CountedLines;
  readonly #triesAll: boolean;
  readonly #mayMatch = (acceptSet: number): readonly number[] => this.#setOf(acceptSet).indexes;
  readonly #prefixPattern: number;
  #scannedBytes = MIN_SCANNED_BYTES;

  /**
   * @param filter one that takes hints
   * @param scanner one for just these patterns, which others may share
   */
  constructor(filter: LineFilter, wants: FastPathWants, scanner?: LineScanning) {
    const { patterns, meanings } = scanPatterns(filter.parts, wants);
    this.#detector = filter.parts.detector;
    this.#scanner = scanner ?? new LineScanner(patterns);
    this.#meanings = meanings;
    this.#captures = new LineCaptures(captureSources(filter.parts));
    this.#search = new CapturedSearch(filter.parts, this.#captures);
    this.#batch = new CapturedBatch(this.#captures, (acceptSet) => this.#setOf(acceptSet).plan);
    this.#triesAll = wants.triesAll === true;
    this.#counted = new CountedLines(filter, this.#captures, this.#search, this.#batch, this.#triesAll);
    this.#prefixPattern = meanings.findIndex(({ kind }) => kind === "prefregex");
  }

  /**
   * Takes complete lines, each with its newline, until the sink has enough of them.
   *
   * @param capturing takes the lines of which nothing but what regexes capture is missing, where there is one
   * @returns the offset behind the last line taken
   */
  take(bytes: Uint8Array, from: number, to: number, sink: FastPathSink, capturing?: CapturingSink): number {
    let at = from;
    while (at < to) {
      at =
        this.#detector.ordinary() === undefined
          ? this.#takeLine(bytes, at, sink)
          : this.#takePiece(bytes, at, pieceEnd(bytes, at, to, this.#scannedBytes), sink, capturing);
      if (!sink.goesOn()) break;
    }
    const counts = this.#counted.take();
    if (counts !== undefined) capturing?.counting?.came(counts);
    return at;
  }

  /** One line of which nothing is known. */
  #takeLine(bytes: Uint8Array, start: number, sink: FastPathSink): number {
    const next = afterNewline(bytes, start);
    sink.line(start, lineEnd(bytes, start, next), undefined);
    return next;
  }

  #takePiece(
    bytes: Uint8Array,
    from: number,
    to: number,
    sink: FastPathSink,
    capturing: CapturingSink | undefined,
  ): number {
    const stamp = this.#detector.ordinary();
    this.#scanner.setStamp(stamp);
    this.#scans++;
    const result = this.#scanner.scan(bytes, from, to);
    const { items, count } = result;
    const passed = new PassedLines();
    let prefixed = 0;
    let isLaidDown: boolean | undefined;
    const line = capturing && new CapturedLine(bytes, capturing.textOf, capturing.keepsLines);
    const counting = capturing?.counting;
    const itemsEnd = count * ITEM_STEP;
    for (let index = 0; index < itemsEnd; index += ITEM_STEP) {
      const start = items[index + LINE_START] ?? 0;
      let end = items[index + LINE_END] ?? 0;
      const stampStart = items[index + STAMP_START] ?? -1;
      const stampEnd = items[index + STAMP_END] ?? -1;
      const skipped = items[index + SKIPPED] ?? 0;
      if (skipped > 0) {
        sink.skipped(skipped);
        passed.add(
          skipped,
          items[index + SKIPPED_START] ?? 0,
          items[index + SKIPPED_STAMP_START] ?? 0,
          items[index + SKIPPED_STAMP_END] ?? 0,
        );
      }
      const isOdd = stampStart < 0;
      if (isOdd) {
        passOver(passed, bytes, sink);
        sink.line(start, end, undefined);
      } else {
        const set = this.#setOf(items[index + ACCEPT_SET] ?? 0);
        const { indexes: mayMatch, isPrefregexAlone } = set;
        if (line !== undefined && isLaidDown === undefined) {
          isLaidDown = this.#captures.load(bytes, from, to);
          this.#batch.begin(items, itemsEnd);
        }
        const counted =
          isLaidDown === true && capturing !== undefined ? this.#count(index, set, capturing) : 0;
        const isAsked = isLaidDown === true && counted === 0;
        const foundAt = isAsked ? this.#batch.foundAt(index) : -1;
        const isKnown = foundAt >= 0 || (isAsked && this.#captures.take(start, stampStart, stampEnd, end));
        if (counted > 0 && line !== undefined && counting !== undefined) {
          this.#counted.tell(line, passed, this.#mayMatch, counting, sink);
          index += (counted - 1) * ITEM_STEP;
          end = items[index + LINE_END] ?? 0;
        } else if (isKnown && line !== undefined) {
          line.set(start, end, stampStart, stampEnd);
          this.#search.begin(line, foundAt);
          const outcome = isPrefregexAlone ? this.#search.tryPrefix() : UNKNOWN;
          if (outcome !== UNKNOWN) {
            sink.skipped(1);
            passed.add(1, start, stampStart, stampEnd);
            prefixed += outcome;
            continue;
          }
          line.mayMatch = mayMatch;
          line.skipped = passed.take();
          capturing?.captured(line, this.#search);
        } else {
          const stamp = { stampStart: stampStart - start, stampEnd: stampEnd - start };
          sink.line(start, end, { mayMatch, ...stamp, skipped: passed.take() });
        }
      }
      const isAsBefore = !isOdd || this.#detector.ordinary() === stamp;
      if (isAsBefore && sink.goesOn()) continue;
      this.#scannedBytes = Math.max(MIN_SCANNED_BYTES, this.#scannedBytes >> 1);
      const next = afterNewline(bytes, end);
      if (this.#prefixPattern >= 0 && next < to)
        this.#tellPrefixed(this.#scanner.scan(bytes, from, next), prefixed, sink);
      else if (next >= to) this.#tellPrefixed(result, prefixed, sink);
      return next;
    }
    if (result.skipped > 0) {
      sink.skipped(result.skipped);
      passed.add(result.skipped, result.skippedStart, result.skippedStampStart, result.skippedStampEnd);
    }
    passOver(passed, bytes, sink);
    this.#tellPrefixed(result, prefixed, sink);
    this.#scannedBytes = Math.min(MAX_SCANNED_BYTES, this.#scannedBytes << 1);
    return to;
  }

  /** Counts lines from one on, as far as they are only counted. @param set that accepted the first of them */
  #count(item: number, set: KnownSet, { counting, keepsLines }: CapturingSink): number {
    if (counting === undefined || !(counting.countsFailures || counting.countsHarmless)) return 0;
    if (set.uncounted >= FEW_UNCOUNTED) {
      set.uncounted += 1;
      if (set.uncounted < MANY_UNCOUNTED) return 0;
    }
    const counted = this.#counted.count(item, counting, keepsLines);
    if (counted > 0) set.uncounted = 0;
    else set.uncounted = set.uncounted >= MANY_UNCOUNTED ? FEW_UNCOUNTED : set.uncounted + 1;
    return counted;
  }

  /** Takes no lines any more: what it holds for the filter goes back there. */
  leave(): void {
    this.#counted.leave();
  }

  /** @param others lines that matched it, besides those that the scan has counted */
  #tellPrefixed({ counted }: ScanResult, others: number, sink: FastPathSink): void {
    const lines = others + (counted[this.#prefixPattern] ?? 0);
    if (lines > 0) sink.prefixed(lines);
  }

  /** What a line may come to that was accepted so. */
  #setOf(acceptSet: number): KnownSet {
    const known = this.#sets[acceptSet];
    if (known?.scan === this.#scans) return known;
    const patterns = this.#scanner.patternsOf(acceptSet);
    if (known?.patterns === patterns) {
      known.scan = this.#scans;
      return known;
    }
    const meanings = patterns.flatMap((pattern) => this.#meanings[pattern] ?? []);
    const indexes = meanings.flatMap((meaning) => (meaning.kind === "failregex" ? [meaning.index] : []));
    const isPrefregexAlone = meanings.length > 0 && meanings.every(({ kind }) => kind === "prefregex");
    const plan = this.#search.planOf(indexes, this.#triesAll);
    const set = { uncounted: 0, patterns, indexes, isPrefregexAlone, plan, scan: this.#scans };
    this.#sets[acceptSet] = set;
    return set;
  }
}

/** The filter is to pass over lines. */
function passOver(passed: PassedLines, bytes: Uint8Array, sink: FastPathSink): void {
  const count = passed.take();
  if (count === 0) return;
  const { start, stampStart, stampEnd } = passed;
  const end = lineEnd(bytes, start, afterNewline(bytes, stampEnd));
  sink.passOver(count, start, end, { stampStart: stampStart - start, stampEnd: stampEnd - start });
}

/** Where the last of the lines ends that fit, or else the first line. */
function pieceEnd(bytes: Uint8Array, from: number, to: number, length: number): number {
  if (to - from <= length) return to;
  const newline = bytes.lastIndexOf(NEWLINE, from + length - 1);
  return newline < from ? afterNewline(bytes, from) : newline + 1;
}
