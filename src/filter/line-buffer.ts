/**
 * The text that the regexes search: one line, or the last lines that a multi-line regex may look at, and which of them a match
 * used up (A§2.12, A§2.13). Knows no regexes.
 * Hot: one line, per line.
 * @module
 */
import type { MatchLine } from "./failure.ts";

/** Characters kept of several lines: what a multi-line regex reads again with every line. The newest line always stays. */
const MAX_BUFFERED_CHARS = 128 * 1024;

/** A line that waits for others; plain data. */
export interface BufferedLine {
  /** what the regexes see, without the final newline */
  readonly text: string;
  /** the original lines behind it */
  readonly lines: readonly MatchLine[];
}

/** Lines that a match covers. */
export interface CoveredLines {
  readonly text: string;
  readonly lines: readonly MatchLine[];
  /** takes them out of the buffer */
  take(): void;
}

/** What the regexes search. */
export interface SearchedText {
  /** Adds a line; the oldest go. */
  add(text: string, line: MatchLine): void;
  /** Every line with its newline. */
  text(): string;
  /** The content that prefregex captured stands for all lines from now on (A§2.13). */
  replaceWith(content: string): void;
  /**
   * The lines from offset `matchStart` to `end` of the text, without those that `<SKIPLINES>` captured: they are recognised by
   * their text, the first of equal ones behind the one before, and stay. A match that begins with a newline begins on the line behind it.
   * A buffer of one line keeps it until the next one comes, so that every regex sees it.
   */
  covered(matchStart: number, end: number, skipped: readonly string[]): CoveredLines;
  /** The lines that the next ones may belong to. */
  state(): readonly BufferedLine[];
  /** Goes on where another one's {@link state} was taken. */
  restore(state: readonly BufferedLine[]): void;
}

const NO_LINES: CoveredLines = { text: "", lines: [], take: () => {} };

/** One line, which every match covers; the text is put together once. */
export class OneLine implements SearchedText {
  #text = "\n";
  #line: MatchLine = "";

  add(text: string, line: MatchLine): void {
    this.#text = `${text}\n`;
    this.#line = line;
  }

  text(): string {
    return this.#text;
  }

  replaceWith(content: string): void {
    this.#text = `${content}\n`;
  }

  covered(matchStart: number): CoveredLines {
    // nothing of the line is behind its newline
    if (matchStart >= this.#text.length) return NO_LINES;
    return { text: this.#text, lines: [this.#line], take: NO_LINES.take };
  }

  /** No line belongs to another one. */
  state(): readonly [] {
    return [];
  }

  restore(): void {
    this.#text = "\n";
    this.#line = "";
  }
}

/** The buffer for so many lines. */
export function searchedText(maxLines: number): SearchedText {
  return maxLines > 1 ? new LineBuffer(maxLines) : new OneLine();
}

const textOfLines = (entries: readonly BufferedLine[]): string => {
  let text = "";
  for (const entry of entries) text += `${entry.text}\n`;
  return text;
};

class LineBuffer implements SearchedText {
  readonly #maxLines: number;
  #entries: BufferedLine[] = [];

  constructor(maxLines: number) {
    this.#maxLines = maxLines;
  }

  /** Adds a line; the oldest go when there are too many, or they are too long together. */
  add(text: string, line: MatchLine): void {
    this.#entries.push({ text, lines: [line] });
    if (this.#entries.length > this.#maxLines) this.#entries.shift();
    let length = 0;
    const tooOld = this.#entries.findLastIndex((entry) => {
      length += entry.text.length + 1;
      return length > MAX_BUFFERED_CHARS;
    });
    if (tooOld >= 0) this.#entries.splice(0, Math.min(tooOld + 1, this.#entries.length - 1));
  }

  text(): string {
    return textOfLines(this.#entries);
  }

  replaceWith(content: string): void {
    const lines = this.#entries.flatMap((entry) => entry.lines).slice(-this.#maxLines);
    this.#entries = [{ text: content, lines }];
  }

  covered(matchStart: number, end: number, skipped: readonly string[]): CoveredLines {
    const start = this.text()[matchStart] === "\n" && end > matchStart + 1 ? matchStart + 1 : matchStart;
    const last = Math.max(start, end - 1);
    const before: BufferedLine[] = [];
    const after: BufferedLine[] = [];
    const matched: BufferedLine[] = [];
    let offset = 0;
    for (const entry of this.#entries) {
      const next = offset + entry.text.length + 1;
      if (next <= start) before.push(entry);
      else if (offset > last) after.push(entry);
      else matched.push(entry);
      offset = next;
    }
    const kept: BufferedLine[] = [];
    let from = 0;
    for (const text of skipped) {
      const index = matched.findIndex((entry, at) => at >= from && entry.text === text);
      if (index < 0) continue;
      kept.push(...matched.splice(index, 1));
      from = index;
    }
    return {
      text: textOfLines(matched),
      lines: matched.flatMap((entry) => entry.lines),
      take: () => {
        this.#entries = [...before, ...kept, ...after];
      },
    };
  }

  state(): readonly BufferedLine[] {
    return [...this.#entries];
  }

  restore(state: readonly BufferedLine[]): void {
    this.#entries = [...state];
  }
}
