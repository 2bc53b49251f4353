/**
 * Pieces of a log that were scanned a moment ago, with what was found: whoever brings the same bytes need not scan them. They are
 * recognised by comparing all bytes; places are hints where to look. Knows no patterns.
 * Hot: per piece.
 * @module
 */
import type { OrdinaryStamp } from "../date/ordinary-stamp.ts";
import {
  ITEM_STEP,
  LINE_END,
  LINE_START,
  type ScanResult,
  SKIPPED_STAMP_END,
  SKIPPED_STAMP_START,
  SKIPPED_START,
  STAMP_END,
  STAMP_START,
} from "./line-scanner.ts";

/** Bytes of all windows together: readers that are farther apart scan for themselves. */
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_WINDOWS = 128;

const NEWLINE = 10;

export interface WindowPorts {
  /** whether two pieces of the same length are the same */
  isSame(one: Uint8Array, other: Uint8Array): boolean;
  /** whether bytes stay as they are, and need not be copied to be kept */
  isLasting(bytes: Uint8Array): boolean;
  /** told of each piece that is kept: somebody is to have it forgotten when nobody comes for it any more */
  kept(): void;
}

/** A piece of a log: complete lines that were scanned. Offsets are its own. */
export interface ScannedWindow extends Omit<ScanResult, "counted"> {
  readonly id: number;
  readonly stamp: OrdinaryStamp;
  readonly bytes: Uint8Array;
  /** the window that somebody went on with */
  next: number | undefined;
}

/** A place in a window, which may be gone; behind its end, it is the begin of the next one. */
export interface WindowPlace {
  readonly id: number;
  readonly offset: number;
}

/** Part of a window. */
export interface WindowPart {
  readonly window: ScannedWindow;
  readonly from: number;
  readonly to: number;
}

export class SharedWindows {
  readonly #ports: WindowPorts;
  /** oldest first */
  readonly #windows = new Map<number, ScannedWindow>();
  #bytes = 0;
  #made = 0;

  constructor(ports: WindowPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#windows.size;
  }

  /** How many were made so far. */
  get made(): number {
    return this.#made;
  }

  clear(): void {
    this.#windows.clear();
    this.#bytes = 0;
  }

  /** The longest known beginning of a piece that begins with a line and ends with one. */
  find(
    bytes: Uint8Array,
    from: number,
    to: number,
    stamp: OrdinaryStamp,
    hints: readonly (WindowPlace | undefined)[],
  ): WindowPart | undefined {
    for (const hint of hints) {
      const part = hint && this.#at(hint, bytes, from, to, stamp);
      if (part !== undefined) return part;
    }
    for (const { id } of [...this.#windows.values()].reverse()) {
      const part = this.#at({ id, offset: 0 }, bytes, from, to, stamp);
      if (part !== undefined) return part;
    }
    return undefined;
  }

  /**
   * Keeps what a scan of a piece has found.
   *
   * @param after where the piece before ended, which is known already
   */
  keep(
    bytes: Uint8Array,
    from: number,
    to: number,
    found: ScanResult,
    stamp: OrdinaryStamp,
    after: WindowPlace | undefined,
  ): WindowPart {
    // a Buffer's slice would be no copy
    const piece = bytes.subarray(from, to);
    const window: ScannedWindow = {
      id: this.#made++,
      stamp,
      bytes: this.#ports.isLasting(bytes) ? piece : new Uint8Array(piece),
      ...ownOffsets(found, from),
      next: undefined,
    };
    const before = after && this.#windows.get(after.id);
    if (before !== undefined && after?.offset === before.bytes.length) before.next = window.id;
    this.#windows.set(window.id, window);
    this.#bytes += to - from;
    for (const [id, oldest] of this.#windows) {
      if (this.#bytes <= MAX_BYTES && this.#windows.size <= MAX_WINDOWS) break;
      this.#windows.delete(id);
      this.#bytes -= oldest.bytes.length;
    }
    this.#ports.kept();
    return { window, from: 0, to: to - from };
  }

  #at(
    place: WindowPlace,
    bytes: Uint8Array,
    from: number,
    to: number,
    stamp: OrdinaryStamp,
  ): WindowPart | undefined {
    let window = this.#windows.get(place.id);
    let { offset } = place;
    if (window !== undefined && offset >= window.bytes.length) {
      window = window.next === undefined ? undefined : this.#windows.get(window.next);
      offset = 0;
    }
    if (window === undefined || window.stamp !== stamp) return undefined;
    if (offset > 0 && window.bytes[offset - 1] !== NEWLINE) return undefined;
    const length = Math.min(to - from, window.bytes.length - offset);
    const known = window.bytes.subarray(offset, offset + length);
    if (known[0] !== bytes[from] || !this.#ports.isSame(known, bytes.subarray(from, from + length)))
      return undefined;
    return { window, from: offset, to: offset + length };
  }
}

const PLACES = [
  LINE_START,
  LINE_END,
  SKIPPED_START,
  SKIPPED_STAMP_START,
  SKIPPED_STAMP_END,
  STAMP_START,
  STAMP_END,
];

/** A copy of what was found, with offsets from the begin of the piece. */
function ownOffsets(found: ScanResult, from: number): Omit<ScanResult, "counted"> {
  const { count, skipped, skippedStart, skippedStampStart, skippedStampEnd } = found;
  const items = found.items.slice(0, count * ITEM_STEP);
  for (let item = 0; item < items.length; item += ITEM_STEP) {
    const isOdd = (items[item + STAMP_END] ?? 0) < 0;
    for (const place of PLACES) {
      if (isOdd && (place === STAMP_START || place === STAMP_END)) continue;
      items[item + place] = (items[item + place] ?? 0) - from;
    }
  }
  return {
    count,
    items,
    skipped,
    skippedStart: skippedStart - from,
    skippedStampStart: skippedStampStart - from,
    skippedStampEnd: skippedStampEnd - from,
  };
}
