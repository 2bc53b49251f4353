/**
 * A line of ASCII with an ordinary stamp that lies in a chunk of a log: text is made of it when somebody asks. One object stands for one
 * line after another. Knows neither filters nor files.
 * Hot: per line that may come to something.
 * @module
 */

import type { StampedBytes } from "../date/latest-date.ts";

/** Gives the text of bytes by their offsets. */
export type TextOf = (from: number, to: number) => string;

export class CapturedLine implements StampedBytes {
  readonly bytes: Uint8Array;
  /** whether somebody asks for the lines of matches */
  readonly keepsLines: boolean;
  readonly #textOf: TextOf;
  // Offsets of the bytes; the line's end is without its newline.
  start = 0;
  end = 0;
  stampStart = 0;
  stampEnd = 0;
  /** indexes of the failregexes that may match, ascending; the others certainly do not */
  mayMatch: readonly number[] = [];
  /** lines with an ordinary stamp since the line before, which came to nothing and were left out */
  skipped = 0;
  #cut: string | undefined;

  constructor(bytes: Uint8Array, textOf: TextOf, keepsLines: boolean) {
    this.bytes = bytes;
    this.keepsLines = keepsLines;
    this.#textOf = textOf;
  }

  /** Stands for the next line. */
  set(start: number, end: number, stampStart: number, stampEnd: number): void {
    this.start = start;
    this.end = end;
    this.stampStart = stampStart;
    this.stampEnd = stampEnd;
    this.#cut = undefined;
  }

  get text(): string {
    return this.#textOf(this.start, this.end);
  }

  get stamp(): string {
    return this.#textOf(this.stampStart, this.stampEnd);
  }

  /** What stands before the stamp. */
  get before(): string {
    return this.start === this.stampStart ? "" : this.#textOf(this.start, this.stampStart);
  }

  /** What stands behind it. */
  get after(): string {
    return this.start === this.stampStart ? this.cut : this.#textOf(this.stampEnd, this.end);
  }

  /** The line without its stamp: what regexes search. */
  get cut(): string {
    if (this.#cut === undefined) {
      const after = this.#textOf(this.stampEnd, this.end);
      this.#cut = this.start === this.stampStart ? after : this.#textOf(this.start, this.stampStart) + after;
    }
    return this.#cut;
  }

  /** A part of {@link cut}, without all of it. */
  cutPart(from: number, to: number): string {
    const offset = this.#cut === undefined ? this.offsetOf(from, to) : -1;
    return offset < 0 ? this.cut.slice(from, to) : this.#textOf(offset, offset + to - from);
  }

  /** The offset of what stands between two places of {@link cut}; -1: the stamp stood in it. */
  offsetOf(from: number, to: number): number {
    const before = this.stampStart - this.start;
    if (from >= before) return this.stampEnd + from - before;
    return to <= before ? this.start + from : -1;
  }

  /** Characters of {@link cut}. */
  get cutLength(): number {
    return this.end - this.start - (this.stampEnd - this.stampStart);
  }
}
