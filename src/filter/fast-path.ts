/**
 * The filter over the bytes of a log: a walk over them tells which lines may come to something at all; these alone become text and go
 * through the filter, and of the others it is told how many they were. What comes of the lines is what the filter makes of them one after
 * another. Knows no files and no encodings: text of bytes is asked for.
 * Hot: per line given out.
 * @module
 */
import type { DateDetector } from "../date/detector.ts";
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
import { CapturedLine, type TextOf } from "./captured-line.ts";
import { CapturedSearch, captureSources } from "./captured-search.ts";
import type { LineFilter } from "./line-filter.ts";
import type { LineHint, StampPlace } from "./line-report.ts";
import { type ScanMeaning, type ScanWants, scanPatterns } from "./scan-patterns.ts";

/** Bytes that are scanned at once: what follows a line that changes what stamps look like is scanned again. */
const MIN_SCANNED_BYTES = 2 * 1024;
const MAX_SCANNED_BYTES = 128 * 1024;

const NEWLINE = 0x0a;
const RETURN = 0x0d;

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
  /** The line is to go through the filter; it is good until the next one. */
  captured(line: CapturedLine, search: CapturedSearch): void;
}

export class FastPath {
  readonly #detector: DateDetector;
  readonly #scanner: LineScanning;
  readonly #meanings: readonly ScanMeaning[];
  /** by number of the set of patterns that accepted a line */
  readonly #mayMatch: (
    | { readonly patterns: readonly number[]; readonly indexes: readonly number[] }
    | undefined
  )[] = [];
  readonly #captures: LineCaptures;
  readonly #search: CapturedSearch;
  readonly #prefixPattern: number;
  #scannedBytes = MIN_SCANNED_BYTES;

  /**
   * @param filter one that takes hints
   * @param scanner one for just these patterns, which others may share
   */
  constructor(filter: LineFilter, wants: ScanWants, scanner?: LineScanning) {
    const { patterns, meanings } = scanPatterns(filter.parts, wants);
    this.#detector = filter.parts.detector;
    this.#scanner = scanner ?? new LineScanner(patterns);
    this.#meanings = meanings;
    this.#captures = new LineCaptures(captureSources(filter.parts));
    this.#search = new CapturedSearch(filter.parts, this.#captures);
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
    const result = this.#scanner.scan(bytes, from, to);
    const { items, count } = result;
    const passOver = (skipped: number, start: number, stampStart: number, stampEnd: number): void => {
      const end = lineEnd(bytes, start, afterNewline(bytes, stampEnd));
      sink.passOver(skipped, start, end, { stampStart: stampStart - start, stampEnd: stampEnd - start });
    };
    const captures = this.#captures;
    let isLaidDown: boolean | undefined;
    const line = capturing && new CapturedLine(bytes, capturing.textOf, capturing.keepsLines);
    for (let index = 0; index < count * ITEM_STEP; index += ITEM_STEP) {
      const start = items[index + LINE_START] ?? 0;
      const end = items[index + LINE_END] ?? 0;
      const stampStart = items[index + STAMP_START] ?? -1;
      const stampEnd = items[index + STAMP_END] ?? -1;
      const skipped = items[index + SKIPPED] ?? 0;
      if (skipped > 0) sink.skipped(skipped);
      const isOdd = stampStart < 0;
      if (isOdd) {
        if (skipped > 0)
          passOver(
            skipped,
            items[index + SKIPPED_START] ?? 0,
            items[index + SKIPPED_STAMP_START] ?? 0,
            items[index + SKIPPED_STAMP_END] ?? 0,
          );
        sink.line(start, end, undefined);
      } else {
        const mayMatch = this.#mayMatchOf(items[index + ACCEPT_SET] ?? 0);
        isLaidDown ??= line !== undefined && captures.load(bytes, from, to);
        if (isLaidDown && line !== undefined && captures.take(start, stampStart, stampEnd, end)) {
          line.set(start, end, stampStart, stampEnd);
          line.mayMatch = mayMatch;
          line.skipped = skipped;
          capturing?.captured(line, this.#search);
        } else {
          const stamp = { stampStart: stampStart - start, stampEnd: stampEnd - start };
          sink.line(start, end, { mayMatch, ...stamp, skipped });
        }
      }
      const isAsBefore = !isOdd || this.#detector.ordinary() === stamp;
      if (isAsBefore && sink.goesOn()) continue;
      this.#scannedBytes = Math.max(MIN_SCANNED_BYTES, this.#scannedBytes >> 1);
      const next = afterNewline(bytes, end);
      if (this.#prefixPattern >= 0 && next < to)
        this.#tellPrefixed(this.#scanner.scan(bytes, from, next), sink);
      else if (next >= to) this.#tellPrefixed(result, sink);
      return next;
    }
    if (result.skipped > 0) {
      sink.skipped(result.skipped);
      passOver(result.skipped, result.skippedStart, result.skippedStampStart, result.skippedStampEnd);
    }
    this.#tellPrefixed(result, sink);
    this.#scannedBytes = Math.min(MAX_SCANNED_BYTES, this.#scannedBytes << 1);
    return to;
  }

  #tellPrefixed({ counted }: ScanResult, sink: FastPathSink): void {
    const lines = counted[this.#prefixPattern] ?? 0;
    if (lines > 0) sink.prefixed(lines);
  }

  /** The failregexes that may match a line accepted so. */
  #mayMatchOf(acceptSet: number): readonly number[] {
    const patterns = this.#scanner.patternsOf(acceptSet);
    const known = this.#mayMatch[acceptSet];
    if (known?.patterns === patterns) return known.indexes;
    const indexes = patterns.flatMap((pattern) => {
      const meaning = this.#meanings[pattern];
      return meaning?.kind === "failregex" ? [meaning.index] : [];
    });
    this.#mayMatch[acceptSet] = { patterns, indexes };
    return indexes;
  }
}

/** The offset behind the newline at or after a place; the bytes end with one. */
function afterNewline(bytes: Uint8Array, from: number): number {
  const newline = bytes.indexOf(NEWLINE, from);
  return newline < 0 ? bytes.length : newline + 1;
}

/** Where a line's text ends, if the next line begins there. */
function lineEnd(bytes: Uint8Array, start: number, next: number): number {
  let end = next - 1;
  while (end > start && bytes[end - 1] === RETURN) end--;
  return end;
}

/** Where the last of the lines ends that fit, or else the first line. */
function pieceEnd(bytes: Uint8Array, from: number, to: number, length: number): number {
  if (to - from <= length) return to;
  const newline = bytes.lastIndexOf(NEWLINE, from + length - 1);
  return newline < from ? afterNewline(bytes, from) : newline + 1;
}
