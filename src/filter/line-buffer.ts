/**
 * The last lines that a multi-line regex may look at, as one text, and which of them a match used up (A§2.12, A§2.13).
 * With one line it is just that line. Knows no regexes.
 * @module
 */
import type { MatchLine } from "./failure.ts";

/** Characters kept of several lines: what a multi-line regex reads again with every line. The newest line always stays. */
const MAX_BUFFERED_CHARS = 128 * 1024;

interface BufferedLine {
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

const textOfLines = (entries: readonly BufferedLine[]): string => {
  let text = "";
  for (const entry of entries) text += `${entry.text}\n`;
  return text;
};

export class LineBuffer {
  readonly #maxLines: number;
  #entries: BufferedLine[] = [];

  /** @param maxLines lines kept, at least 1 */
  constructor(maxLines: number) {
    this.#maxLines = Math.max(1, maxLines);
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

  /** What the regexes search: every line with its newline. */
  text(): string {
    return textOfLines(this.#entries);
  }

  /** The content that prefregex captured stands for all lines from now on (A§2.13). */
  replaceWith(content: string): void {
    const lines = this.#entries.flatMap((entry) => entry.lines).slice(-this.#maxLines);
    this.#entries = [{ text: content, lines }];
  }

  /**
   * The lines from offset `matchStart` to `end` of the text, without those that `<SKIPLINES>` captured: they are recognised by
   * their text, the first of equal ones behind the one before, and stay. A match that begins with a newline begins on the line behind it.
   * A buffer of one line keeps it until the next one comes, so that every regex sees it.
   */
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
        if (this.#maxLines > 1) this.#entries = [...before, ...kept, ...after];
      },
    };
  }
}
