/**
 * The date of the last ordinary stamp, for the lines that follow: many are of the same second. Knows no templates.
 * Hot: per line that may come to something.
 * @module
 */
import type { EpochSeconds } from "../base/units.ts";
import type { FoundDate } from "./detector.ts";

interface Known {
  readonly found: FoundDate;
  /** the second in which it was worked out: what a stamp leaves out is guessed by that */
  readonly asOf: EpochSeconds;
  /** the stamp up to its fraction, and what follows that; without a fraction all is before it */
  readonly before: string;
  readonly behind: string;
  /** by character of the stamp: its byte, -1 where digits count for nothing, -2 where it is no ASCII */
  readonly codes: Int16Array;
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
const ZERO = 0x30;
const NINE = 0x39;

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
    this.#known = { found, asOf, before: text.slice(0, from), behind: text.slice(to), codes };
  }

  /** As {@link at}, for a line that lies among bytes. */
  among(line: StampedBytes, asOf: EpochSeconds): FoundDate | undefined {
    const known = this.#known;
    if (known?.asOf !== asOf) return undefined;
    const { bytes, stampStart } = line;
    const { found, codes } = known;
    const { length } = codes;
    const end = line.stampEnd - line.start;
    const start = stampStart - line.start;
    if (end - start !== length) return undefined;
    let isFree = false;
    for (let at = length - 1; at >= 0; at--) {
      const code = bytes[stampStart + at] ?? 0;
      const wanted = codes[at];
      if (code === wanted) continue;
      if (wanted !== ANY_DIGIT || code < ZERO || code > NINE) return undefined;
      isFree = true;
    }
    if (isFree) return elsewhere(found, start, end, line.stamp);
    return found.start === start ? found : elsewhere(found, start, end, found.text);
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

/** The same date of a stamp at another place. */
function elsewhere(found: FoundDate, start: number, end: number, text: string): FoundDate {
  const { at, atIfOld, empty, isFloat, template } = found;
  return { start, end, text, template, at, atIfOld, empty, isFloat };
}
