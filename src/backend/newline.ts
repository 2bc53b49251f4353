/**
 * Where a line ends in the bytes of an encoding: `0A`, or a whole code unit of UTF-16 so that half of another character
 * is no newline (A§2.2). Knows nothing of files; offsets count from a place that is a multiple of the unit's width.
 * @module
 */

/** Finds newlines. Ranges are half-open; answers are the offset just after the newline, or -1. */
export interface Newlines {
  /** bytes of one newline; positions are multiples of it */
  readonly width: number;
  /** the newline itself */
  readonly bytes: Uint8Array;
  /** offset after the first newline in `[from, to)` */
  afterFirst(bytes: Uint8Array, from: number, to: number): number;
  /** offset after the last newline in `[from, to)` */
  afterLast(bytes: Uint8Array, from: number, to: number): number;
}

const LF = 0x0a;

const singleByte: Newlines = {
  width: 1,
  bytes: Uint8Array.of(LF),
  afterFirst(bytes, from, to) {
    const at = bytes.indexOf(LF, from);
    return at < 0 || at >= to ? -1 : at + 1;
  },
  afterLast(bytes, from, to) {
    if (to <= from) return -1;
    const at = bytes.lastIndexOf(LF, to - 1);
    return at < from ? -1 : at + 1;
  },
};

function doubleByte(high: 0 | 1): Newlines {
  const low = 1 - high;
  const isNewline = (bytes: Uint8Array, at: number): boolean =>
    bytes[at + low] === LF && bytes[at + high] === 0;
  return {
    width: 2,
    bytes: high === 0 ? Uint8Array.of(0, LF) : Uint8Array.of(LF, 0),
    afterFirst(bytes, from, to) {
      for (let at = from; at + 2 <= to; at += 2) if (isNewline(bytes, at)) return at + 2;
      return -1;
    },
    afterLast(bytes, from, to) {
      for (let at = from + ((to - from) & ~1) - 2; at >= from; at -= 2)
        if (isNewline(bytes, at)) return at + 2;
      return -1;
    },
  };
}

const utf16le = doubleByte(1);
const utf16be = doubleByte(0);

/** The newlines of an encoding by its Python name; everything but UTF-16 has single bytes. */
export function newlinesOf(encoding: string): Newlines {
  const name = encoding.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  if (name === "utf16be") return utf16be;
  return name === "utf16" || name === "u16" || name === "utf16le" ? utf16le : singleByte;
}

/**
 * Length of the longest beginning of `bytes[from, to)` that holds complete lines of at most `maxLine` bytes each.
 * 0: the first line is longer, or not complete. Steps from newline to newline by up to `maxLine`, not line by line.
 */
export function completeLines(
  newlines: Newlines,
  bytes: Uint8Array,
  from: number,
  to: number,
  maxLine: number,
): number {
  let end = from;
  while (end < to) {
    const next = newlines.afterLast(bytes, end, Math.min(to, end + maxLine));
    if (next < 0) break;
    end = next;
  }
  return end - from;
}
