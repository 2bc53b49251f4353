/**
 * Text that remembers, character by character, the file, line and column it was written at: through joining of lines,
 * cutting, and both interpolations. So that a mistake found in a composed value points at the line that holds it.
 * Knows nothing of what the text means.
 * @module
 */
import type { Origin } from "../base/diagnostic.ts";
import { endWithoutBlanks, skipBlanks } from "./python-text.ts";

/** From offset `at` on, the characters come from `origin` onwards, one column each. */
interface Piece {
  readonly at: number;
  readonly origin: Origin | undefined;
}

/** Most pieces one value may be made of; beyond, the origin of the rest is that of the last piece. */
const MAX_PIECES = 20_000;

function moved(origin: Origin | undefined, by: number): Origin | undefined {
  return origin === undefined || by === 0 ? origin : { ...origin, column: origin.column + by };
}

/** An immutable traced text. */
export class TracedText {
  readonly text: string;
  readonly #pieces: readonly Piece[];

  /** @internal use {@link TracedText.of}, {@link TracedText.concat} */
  constructor(text: string, pieces: readonly Piece[]) {
    this.text = text;
    this.#pieces = pieces;
  }

  /** A text whose first character stands at `origin`; without an origin, a text of the program's own. */
  static of(text: string, origin?: Origin): TracedText {
    return new TracedText(text, [{ at: 0, origin }]);
  }

  /** The parts one after the other. */
  static concat(parts: readonly TracedText[]): TracedText {
    const texts: string[] = [];
    const pieces: Piece[] = [];
    let length = 0;
    for (const part of parts) {
      if (part.text.length === 0) continue;
      for (const piece of part.#pieces) {
        if (pieces.length < MAX_PIECES) pieces.push({ at: length + piece.at, origin: piece.origin });
      }
      texts.push(part.text);
      length += part.text.length;
    }
    const [only] = parts;
    if (length === 0 && only !== undefined) return only;
    return new TracedText(texts.join(""), pieces);
  }

  /** Lines joined with a newline; each newline belongs to the line before it. */
  static joinLines(lines: readonly TracedText[]): TracedText {
    const parts: TracedText[] = [];
    for (const [index, line] of lines.entries()) {
      if (index > 0) parts.push(NEWLINE);
      parts.push(line);
    }
    return TracedText.concat(parts);
  }

  /** Index of the piece that holds the offset. */
  #pieceAt(offset: number): number {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#pieces[middle]?.at ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Where the character at the offset was written; for the program's own characters, the nearest before that has a place, else after. */
  originAt(offset = 0): Origin | undefined {
    const start = this.#pieceAt(offset);
    for (let index = start; index >= 0; index -= 1) {
      const piece = this.#pieces[index];
      if (piece?.origin === undefined) continue;
      return index === start ? moved(piece.origin, offset - piece.at) : piece.origin;
    }
    return this.#pieces.find((piece) => piece.origin !== undefined)?.origin;
  }

  /** The characters from `start` up to `end`, with their places. */
  slice(start: number, end: number = this.text.length): TracedText {
    const from = Math.max(0, Math.min(start, this.text.length));
    const to = Math.max(from, Math.min(end, this.text.length));
    if (from === 0 && to === this.text.length) return this;
    const pieces: Piece[] = [];
    for (let index = this.#pieceAt(from); index < this.#pieces.length; index += 1) {
      const piece = this.#pieces[index];
      if (piece === undefined || (piece.at >= to && pieces.length > 0)) break;
      const skipped = Math.max(0, from - piece.at);
      pieces.push({ at: Math.max(0, piece.at - from), origin: moved(piece.origin, skipped) });
    }
    return new TracedText(this.text.slice(from, to), pieces);
  }

  /** Without blanks at both ends (Python's `strip`). */
  strip(): TracedText {
    const start = skipBlanks(this.text);
    return this.slice(start, endWithoutBlanks(this.text, start));
  }

  /** Without blanks at the end. */
  stripEnd(): TracedText {
    return this.slice(0, endWithoutBlanks(this.text));
  }

  /** The lines, separated by newlines only. */
  lines(): readonly TracedText[] {
    const result: TracedText[] = [];
    let start = 0;
    for (let end = this.text.indexOf("\n"); end !== -1; end = this.text.indexOf("\n", start)) {
      result.push(this.slice(start, end));
      start = end + 1;
    }
    result.push(this.slice(start));
    return result;
  }

  /** Every occurrence of `search` replaced. */
  replaceAll(search: string, replacement: TracedText): TracedText {
    const parts: TracedText[] = [];
    let start = 0;
    for (let at = this.text.indexOf(search); at !== -1; at = this.text.indexOf(search, start)) {
      parts.push(this.slice(start, at), replacement);
      start = at + search.length;
    }
    if (start === 0) return this;
    parts.push(this.slice(start));
    return TracedText.concat(parts);
  }
}

const NEWLINE = TracedText.of("\n");
