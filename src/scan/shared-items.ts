/**
 * What one of those who share a scanner gets to see: of the lines that somebody's patterns may match those that its own may match; the
 * others count as skipped. Gathers it from parts of scanned windows, one behind the other.
 * Hot: per line that somebody's patterns may match.
 * @module
 */
import {
  ACCEPT_SET,
  ITEM_STEP,
  LINE_END,
  LINE_START,
  type ScanResult,
  SKIPPED,
  SKIPPED_STAMP_END,
  SKIPPED_STAMP_START,
  SKIPPED_START,
  STAMP_END,
  STAMP_START,
} from "./line-scanner.ts";
import type { ScannedWindow, WindowPart } from "./shared-windows.ts";

const NEWLINE = 10;
const RETURN = 13;
const FIRST_ITEMS = 64;

export const NOT_OWN = 1;
export const OWN = 2;

export interface ItemTerms {
  /** whether some own pattern may match what was accepted so */
  useOf(acceptSet: number): typeof OWN | typeof NOT_OWN;
  /** scans a line of a window again that nobody's pattern may match */
  scanLine(window: ScannedWindow, from: number, to: number): ScanResult;
}

export class SharedItems {
  readonly #terms: ItemTerms;
  readonly #counted: Uint32Array;
  #items = new Int32Array(FIRST_ITEMS * ITEM_STEP);
  #count = 0;
  #skipped = 0;
  #skippedStart = 0;
  #skippedStampStart = 0;
  #skippedStampEnd = 0;

  constructor(patterns: number, terms: ItemTerms) {
    this.#counted = new Uint32Array(patterns);
    this.#terms = terms;
  }

  begin(): void {
    this.#count = 0;
    this.#skipped = 0;
  }

  /**
   * @param shift from the window's offsets to the caller's
   * @param uses by accept set: whether it is own, as far as it was asked for
   */
  add({ window, from, to }: WindowPart, shift: number, uses: Uint8Array): void {
    const { items, count, bytes } = window;
    const first = from === 0 ? 0 : firstFrom(window, from);
    const behind = to === bytes.length ? count : firstFrom(window, to);
    /** the item whose line was skipped last; -1: another line was */
    let last = -1;
    for (let number = first; number < behind; number++) {
      const item = number * ITEM_STEP;
      let before = items[item + SKIPPED] ?? 0;
      if (before > 0 && number === first && from > 0)
        before = linesIn(bytes, Math.max(from, endOfItem(window, number - 1)), items[item + LINE_START] ?? 0);
      const isOdd = (items[item + STAMP_END] ?? 0) < 0;
      const acceptSet = items[item + ACCEPT_SET] ?? 0;
      if (!isOdd && (uses[acceptSet] || this.#terms.useOf(acceptSet)) === NOT_OWN) {
        this.#skipped += before + 1;
        last = item;
        continue;
      }
      if (before > 0) {
        const stampStart = items[item + SKIPPED_STAMP_START] ?? 0;
        const stampEnd = items[item + SKIPPED_STAMP_END] ?? 0;
        this.#skip(before, (items[item + SKIPPED_START] ?? 0) + shift, stampStart + shift, stampEnd + shift);
      } else if (last >= 0) this.#skipItem(items, last, shift);
      last = -1;
      this.#give(items, item, shift, isOdd);
    }
    if (last >= 0) this.#skipItem(items, last, shift);
    this.#addRest(window, Math.max(from, endOfItem(window, behind - 1)), to, shift);
  }

  result(): ScanResult {
    return {
      count: this.#count,
      items: this.#items,
      skipped: this.#skipped,
      skippedStart: this.#skippedStart,
      skippedStampStart: this.#skippedStampStart,
      skippedStampEnd: this.#skippedStampEnd,
      counted: this.#counted,
    };
  }

  /** The lines behind the last item: all skipped. */
  #addRest(window: ScannedWindow, from: number, to: number, shift: number): void {
    if (from >= to) return;
    const { bytes, skipped, skippedStart, skippedStampStart, skippedStampEnd } = window;
    const isAll = to === bytes.length && from === endOfItem(window, window.count - 1);
    const lines = isAll ? skipped : linesIn(bytes, from, to);
    if (to === bytes.length) {
      this.#skip(lines, skippedStart + shift, skippedStampStart + shift, skippedStampEnd + shift);
      return;
    }
    const last = bytes.lastIndexOf(NEWLINE, to - 2) + 1;
    const again = this.#terms.scanLine(window, Math.max(last, from), to);
    if (again.skipped === 1) {
      const start = Math.max(last, from) + shift;
      this.#skip(lines, start, again.skippedStampStart + shift, again.skippedStampEnd + shift);
    } else this.#giveOdd(bytes, from, to, shift);
  }

  /** Lines of which nothing is known, for there is no time to look at them again. */
  #giveOdd(bytes: Uint8Array, from: number, to: number, shift: number): void {
    const odd = new Int32Array(ITEM_STEP);
    for (let at = from; at < to; ) {
      const next = bytes.indexOf(NEWLINE, at) + 1;
      let end = next - 1;
      while (end > at && bytes[end - 1] === RETURN) end--;
      odd[LINE_START] = at;
      odd[LINE_END] = end;
      this.#give(odd, 0, shift, true);
      at = next;
    }
  }

  /** A line that is only others' was the last one skipped; it is counted already. */
  #skipItem(items: Int32Array, item: number, shift: number): void {
    const start = (items[item + LINE_START] ?? 0) + shift;
    const stampStart = (items[item + STAMP_START] ?? 0) + shift;
    this.#skip(0, start, stampStart, (items[item + STAMP_END] ?? 0) + shift);
  }

  #skip(lines: number, start: number, stampStart: number, stampEnd: number): void {
    this.#skipped += lines;
    this.#skippedStart = start;
    this.#skippedStampStart = stampStart;
    this.#skippedStampEnd = stampEnd;
  }

  #give(items: Int32Array, item: number, shift: number, isOdd: boolean): void {
    const at = this.#count * ITEM_STEP;
    if (at + ITEM_STEP > this.#items.length) {
      const larger = new Int32Array(2 * this.#items.length);
      larger.set(this.#items);
      this.#items = larger;
    }
    const own = this.#items;
    own[at + LINE_START] = (items[item + LINE_START] ?? 0) + shift;
    own[at + LINE_END] = (items[item + LINE_END] ?? 0) + shift;
    own[at + STAMP_START] = isOdd ? -1 : (items[item + STAMP_START] ?? 0) + shift;
    own[at + STAMP_END] = isOdd ? -1 : (items[item + STAMP_END] ?? 0) + shift;
    own[at + ACCEPT_SET] = items[item + ACCEPT_SET] ?? 0;
    own[at + SKIPPED] = this.#skipped;
    own[at + SKIPPED_START] = this.#skippedStart;
    own[at + SKIPPED_STAMP_START] = this.#skippedStampStart;
    own[at + SKIPPED_STAMP_END] = this.#skippedStampEnd;
    this.#count++;
    this.#skipped = 0;
  }
}

/** The first item at or after a place. */
function firstFrom({ items, count }: ScannedWindow, place: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle * ITEM_STEP + LINE_START] ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the line after an item's begins; the window's begin if there is none. */
function endOfItem({ bytes, items }: ScannedWindow, number: number): number {
  if (number < 0) return 0;
  return bytes.indexOf(NEWLINE, items[number * ITEM_STEP + LINE_END] ?? 0) + 1;
}

function linesIn(bytes: Uint8Array, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; lines++) at = bytes.indexOf(NEWLINE, at) + 1;
  return lines;
}
