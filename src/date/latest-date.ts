/**
 * The date of the last ordinary stamp, for the lines that follow: many are of the same second, or of the same minute. Knows no templates.
 * Hot: per line that may come to something.
 * @module
 */
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { FoundDate } from "./detector.ts";

/** What stamps have a date that follows from what is known: by place the lowest byte, and how far above it others may be. */
export interface StampRanges {
  readonly lowest: Uint8Array;
  readonly above: Uint8Array;
  /** the earliest and the latest of their dates; `undefined`: these depend on how old the log is */
  readonly dates: readonly [earliest: EpochSeconds, latest: EpochSeconds] | undefined;
}

interface Known {
  readonly found: FoundDate;
  /** the second in which it was worked out: what a stamp leaves out is guessed by that */
  readonly asOf: EpochSeconds;
  /** the stamp up to its fraction, and what follows that; without a fraction all is before it */
  readonly before: string;
  readonly behind: string;
  /** by character of the stamp: its byte, -1 where digits count for nothing, -2 where it is no ASCII */
  readonly codes: Int16Array;
  /** where two digits stand that are its seconds, -1 where that is not known */
  readonly secondsAt: number;
  /** once somebody asks, for all stamps of the minute if it goes */
  ranges: StampRanges | undefined;
}

/** A line with an ordinary stamp that lies among bytes and is ASCII; offsets are those of the bytes. */
export interface StampedBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  /** without its newline */
  readonly end: number;
  readonly stampStart: number;
  readonly stampEnd: number;
  readonly stamp: string;
}

const ANY_DIGIT = -1;
const NO_ASCII = -2;
const ASCII = 0x80;
const NO_BYTE = 0xff;
const ZERO = 0x30;
const NINE = 0x39;
const FIVE = 0x35;

// So old a moment can be moved within its minute whatever its stamp leaves out: what is guessed of it changes with the next day and the next
// half of a year, and when it is now. What changes with the next day is left alone around there, whichever way the clocks go.
const MIN_AGE: Seconds = 120;
const MAX_AGE: Seconds = 180 * 86_400;
const MINUTE: Seconds = 60;
const DAY_BEGINS: Seconds = 22 * 3600;
const DAY_ENDS: Seconds = 26 * 3600;

export class LatestDate {
  #known: Known | undefined;

  forget(): void {
    this.#known = undefined;
  }

  /**
   * @param asOf the present second
   * @param fraction where in the line digits stand that count for nothing and could be any; `undefined`: nowhere
   */
  set(found: FoundDate, asOf: EpochSeconds, fraction: readonly [from: number, to: number] | undefined): void {
    const { text, start } = found;
    const [from, to] =
      fraction === undefined ? [text.length, text.length] : [fraction[0] - start, fraction[1] - start];
    const codes = new Int16Array(text.length);
    for (let at = 0; at < codes.length; at++) {
      const code = text.charCodeAt(at);
      codes[at] = code < ASCII ? code : NO_ASCII;
    }
    codes.fill(ANY_DIGIT, from, to);
    const secondsAt = secondsIn(this.#known, found, codes);
    this.#known = {
      found,
      asOf,
      before: text.slice(0, from),
      behind: text.slice(to),
      codes,
      secondsAt,
      ranges: undefined,
    };
  }

  /**
   * Of lines with these stamps {@link among} knows the date, and of several it is enough to ask of the last one. The same object as long
   * as they are the same.
   */
  ranges(asOf: EpochSeconds): StampRanges | undefined {
    const known = this.#known;
    if (known?.asOf !== asOf) return undefined;
    known.ranges ??= rangesOf(known);
    return known.ranges;
  }

  /** As {@link at}, for a line that lies among bytes. */
  among(line: StampedBytes, asOf: EpochSeconds): FoundDate | undefined {
    const known = this.#known;
    if (known?.asOf !== asOf) return undefined;
    const { bytes, stampStart } = line;
    const { found, codes, secondsAt } = known;
    const { length } = codes;
    const end = line.stampEnd - line.start;
    const start = stampStart - line.start;
    if (end - start !== length) return undefined;
    let isFree = false;
    let isLater = false;
    for (let at = length - 1; at >= 0; at--) {
      const code = bytes[stampStart + at] ?? 0;
      const wanted = codes[at];
      if (code === wanted) continue;
      if (code < ZERO || code > NINE) return undefined;
      if (wanted === ANY_DIGIT) isFree = true;
      else if (secondsAt >= 0 && (at === secondsAt || at === secondsAt + 1)) isLater = true;
      else return undefined;
    }
    if (isLater) return this.#move(known, line, start, end);
    if (isFree) return elsewhere(found, start, end, line.stamp);
    return found.start === start ? found : elsewhere(found, start, end, found.text);
  }

  /** The date of a stamp of which nothing but the second is another one; it is the one that is known then. */
  #move(known: Known, line: StampedBytes, start: number, end: number): FoundDate | undefined {
    const { found, asOf, before, behind, codes, secondsAt, ranges } = known;
    const { at, atIfOld, empty, isFloat, template } = found;
    const tens = line.bytes[line.stampStart + secondsAt] ?? 0;
    const ones = line.bytes[line.stampStart + secondsAt + 1] ?? 0;
    if (at === undefined || at !== atIfOld || tens > FIVE) return undefined;
    if (!canMove(asOf - at, asOf - at)) return undefined;
    const later = at + numberOf(tens, ones) - numberOf(codes[secondsAt] ?? 0, codes[secondsAt + 1] ?? 0);
    codes[secondsAt] = tens;
    codes[secondsAt + 1] = ones;
    const text = line.stamp;
    const moved = { start, end, text, template, at: later, atIfOld: later, empty, isFloat };
    this.#known = {
      found: moved,
      asOf,
      before: text.slice(0, before.length),
      behind: text.slice(text.length - behind.length),
      codes,
      secondsAt,
      // of the same minute
      ranges: ranges?.above[secondsAt] === 0 ? undefined : ranges,
    };
    return moved;
  }

  /** The date of the same stamp in another line. */
  at(line: string, start: number, end: number, asOf: EpochSeconds): FoundDate | undefined {
    const known = this.#known;
    if (known?.asOf !== asOf) return undefined;
    const { found, before, behind } = known;
    if (found.text.length !== end - start) return undefined;
    if (line.startsWith(found.text, start))
      return found.start === start ? found : elsewhere(found, start, end, found.text);
    if (!line.startsWith(before, start) || !line.startsWith(behind, end - behind.length)) return undefined;
    for (let at = start + before.length; at < end - behind.length; at++) {
      const code = line.charCodeAt(at);
      if (code < ZERO || code > NINE) return undefined;
    }
    return elsewhere(found, start, end, line.slice(start, end));
  }
}

/** Whether a moment may be moved within its minute that is no younger and no older than that. */
const canMove = (youngest: Seconds, oldest: Seconds): boolean =>
  youngest >= MIN_AGE && oldest <= MAX_AGE && (oldest <= DAY_BEGINS || youngest >= DAY_ENDS);

function rangesOf({ found: { at, atIfOld }, asOf, codes, secondsAt }: Known): StampRanges {
  const lowest = new Uint8Array(codes.length);
  const above = new Uint8Array(codes.length);
  for (let place = 0; place < codes.length; place++) {
    const code = codes[place] ?? NO_ASCII;
    // a byte that is no ASCII stands in no line of those
    lowest[place] = code === ANY_DIGIT ? ZERO : code === NO_ASCII ? NO_BYTE : code;
    if (code === ANY_DIGIT) above[place] = NINE - ZERO;
  }
  if (at === undefined || at !== atIfOld) return { lowest, above, dates: undefined };
  if (secondsAt < 0 || !canMove(asOf - at - MINUTE, asOf - at + MINUTE))
    return { lowest, above, dates: [at, at] };
  lowest.fill(ZERO, secondsAt, secondsAt + 2);
  above.set([FIVE - ZERO, NINE - ZERO], secondsAt);
  const begin = at - numberOf(codes[secondsAt] ?? 0, codes[secondsAt + 1] ?? 0);
  return { lowest, above, dates: [begin, begin + MINUTE - 1] };
}

const isDigit = (code: number | undefined): boolean => code !== undefined && code >= ZERO && code <= NINE;

/** What two digits come to. */
const numberOf = (tens: number, ones: number): number => 10 * (tens - ZERO) + ones - ZERO;

/**
 * Where the seconds of a stamp stand: in the two digits alone by which it differs from the one before it, if the times of both differ by what
 * these differ; or where they stood there, if nothing but digits has changed.
 */
function secondsIn(before: Known | undefined, found: FoundDate, codes: Int16Array): number {
  if (before?.codes.length !== codes.length || before.found.template !== found.template) return -1;
  const differing: number[] = [];
  for (let at = 0; at < codes.length; at++) {
    if (codes[at] === before.codes[at]) continue;
    if (!isDigit(codes[at]) || !isDigit(before.codes[at])) return -1;
    differing.push(at);
  }
  if (before.secondsAt >= 0) return before.secondsAt;
  const [first = -1, second = -1, ...others] = differing;
  // digits beside them could belong to the same number
  const isAlone = second === first + 1 && !isDigit(codes[first - 1]) && !isDigit(codes[second + 1]);
  if (first < 0 || others.length > 0 || !isAlone) return -1;
  const moved = (found.at ?? Number.NaN) - (before.found.at ?? Number.NaN);
  const [was, is] = [before.codes, codes].map((of) => numberOf(of[first] ?? 0, of[second] ?? 0));
  return is !== undefined && was !== undefined && moved === is - was ? first : -1;
}

/** The same date of a stamp at another place. */
function elsewhere(found: FoundDate, start: number, end: number, text: string): FoundDate {
  const { at, atIfOld, empty, isFloat, template } = found;
  return { start, end, text, template, at, atIfOld, empty, isFloat };
}
