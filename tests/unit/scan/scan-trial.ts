/**
 * What the tests of the scanner share: patterns from regexes, a stamp of the kind of syslog's, results as words.
 * @module
 */
import type { OrdinaryStamp, StampInside } from "../../../src/date/ordinary-stamp.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import { resolveCharacters } from "../../../src/regex/transforms/characters.ts";
import {
  ACCEPT_SET,
  ITEM_STEP,
  LINE_END,
  LINE_START,
  LineScanner,
  type ScanPattern,
  type ScanResult,
  SKIPPED,
  SKIPPED_STAMP_END,
  SKIPPED_STAMP_START,
  SKIPPED_START,
  STAMP_END,
  STAMP_START,
} from "../../../src/scan/line-scanner.ts";

export function patternOf(
  regex: string,
  use: ScanPattern["use"] = "candidate",
  multiline = false,
): ScanPattern {
  return {
    root: resolveCharacters(parsePattern(regex, { multiline, ignoreCase: false }).root),
    use,
  };
}

/** A stamp of exactly these kinds of bytes: a letter, a digit, or the byte itself; no word goes on behind it. */
export function stampOf(shape: string, prefix = ""): OrdinaryStamp {
  const classes = new Uint8Array(256);
  const kinds = new Map<string, number>();
  const classOf = (kind: string): number => {
    const number = kinds.get(kind) ?? kinds.size + 1;
    kinds.set(kind, number);
    return number;
  };
  for (let byte = 0; byte < 128; byte++) {
    const character = String.fromCharCode(byte);
    const kind = /[A-Za-z_]/.test(character) ? "a" : /\d/.test(character) ? "0" : character;
    if (shape.includes(kind)) classes[byte] = classOf(kind);
  }
  const stride = 16;
  const endClass = 15;
  const table = new Uint16Array((shape.length + 2) * stride);
  for (const [index, kind] of [...shape].entries()) table[(index + 1) * stride + classOf(kind)] = index + 2;
  for (let kind = 0; kind < stride; kind++) {
    const goesOn = kind === kinds.get("a") || kind === kinds.get("0");
    if (!goesOn || !/[a0]$/.test(shape)) table[(shape.length + 1) * stride + kind] = 0x8000;
  }
  return { prefix: Buffer.from(prefix), classes, endClass, stride, table };
}

/** As `[10:20]` somewhere in a line, unless said otherwise. */
export const insideStamp = (part: Partial<StampInside>): OrdinaryStamp => ({
  ...stampOf("00:00"),
  inside: { before: 0x5b, after: 0x5d, isBehindFirst: false, minStart: 0, strangers: undefined, ...part },
});

/** As `Nov 23 08:00:00`. */
export const SYSLOG_STAMP = stampOf("aaa 00 00:00:00");

/** A stamp behind which anything may follow, and a text that it is. */
export const ANY_LINE_STAMP = stampOf("<00>");
export const ANY_LINE = "<12>";

/** A scanner of these regexes for lines that begin with {@link ANY_LINE}. */
export function scannerOf(regexes: readonly string[], use: ScanPattern["use"] = "candidate"): LineScanner {
  const scanner = new LineScanner(regexes.map((regex) => patternOf(regex, use)));
  scanner.setStamp(ANY_LINE_STAMP);
  return scanner;
}

/**
 * By text: the patterns that the scanner says may match it.
 *
 * @param texts without newlines
 */
export function scanTexts(scanner: LineScanner, texts: readonly Uint8Array[]): (readonly number[])[] {
  const bytes = Buffer.concat(texts.flatMap((text) => [Buffer.from(ANY_LINE), text, Buffer.from("\n")]));
  const { items, count } = scanner.scan(bytes, 0, bytes.length);
  const byStart = new Map<number, readonly number[]>();
  for (let item = 0; item < count; item++) {
    const at = (word: number): number => items[item * ITEM_STEP + word] ?? Number.NaN;
    if (at(STAMP_END) < 0) throw new Error("an odd line");
    byStart.set(at(LINE_START), scanner.patternsOf(at(ACCEPT_SET)));
  }
  let start = 0;
  return texts.map((text) => {
    const found = byStart.get(start) ?? [];
    start += ANY_LINE.length + text.length + 1;
    return found;
  });
}

export interface SeenLine {
  readonly text: string;
  /** the stamp; `undefined` for an odd line */
  readonly stamp: string | undefined;
  readonly patterns: readonly number[];
  readonly skipped: number;
  /** the last line skipped before, its stamp in braces */
  readonly lastSkipped: string | undefined;
}

export interface SeenLines {
  readonly lines: readonly SeenLine[];
  readonly skipped: number;
  readonly lastSkipped: string | undefined;
  readonly counted: readonly number[];
}

/** A result as texts. */
export function seen(
  scanner: Pick<LineScanner, "patternsOf">,
  bytes: Uint8Array,
  result: ScanResult,
): SeenLines {
  const text = (from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString("latin1");
  const skippedLine = (
    skipped: number,
    start: number,
    stampStart: number,
    stampEnd: number,
  ): string | undefined => {
    if (skipped === 0) return undefined;
    const rest = text(stampEnd, bytes.indexOf(10, stampEnd));
    return `${text(start, stampStart)}{${text(stampStart, stampEnd)}}${rest}`;
  };
  const lines: SeenLine[] = [];
  for (let item = 0; item < result.count; item++) {
    const at = (word: number): number => result.items[item * ITEM_STEP + word] ?? Number.NaN;
    lines.push({
      text: text(at(LINE_START), at(LINE_END)),
      stamp: at(STAMP_END) < 0 ? undefined : text(at(STAMP_START), at(STAMP_END)),
      patterns: scanner.patternsOf(at(ACCEPT_SET)),
      skipped: at(SKIPPED),
      lastSkipped: skippedLine(
        at(SKIPPED),
        at(SKIPPED_START),
        at(SKIPPED_STAMP_START),
        at(SKIPPED_STAMP_END),
      ),
    });
  }
  return {
    lines,
    skipped: result.skipped,
    lastSkipped: skippedLine(
      result.skipped,
      result.skippedStart,
      result.skippedStampStart,
      result.skippedStampEnd,
    ),
    counted: [...result.counted],
  };
}

/** Scans a text, given as bytes of latin1, at an offset that is not zero. */
export function scanText(scanner: LineScanner, text: string): SeenLines {
  const bytes = Buffer.from(`xyz\n${text}`, "latin1");
  return seen(scanner, bytes, scanner.scan(bytes, 4, bytes.length));
}

/** A text as it may stand in a line. */
export const withoutEnd = (text: string): string => text.replaceAll("\n", " ").replace(/\r+$/, "");
