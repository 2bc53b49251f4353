/**
 * Lines of a batch of which no more is wanted than their number: what the search has found is all there is to them. They are counted by
 * one call, up to the first to which there is more. What that is, and which groups mean what, those say who ask.
 * Everything lies in the memory of searches, from {@link PLAIN_LINES} on; the same numbers stand in assembly/plain-lines.ts and
 * assembly/slots.ts.
 * @module
 */
import type { StampRanges } from "../date/latest-date.ts";
import { type CaptureMemory, MAX_BATCH, PLAIN_LINES, WORD_BYTES } from "./capture-memory.ts";

// The stamp: how long it is, and of each place, in sixteens, the lowest byte that may stand there and what may be above it.
const STAMP = PLAIN_LINES;
const STAMP_PLACES = STAMP + 16;
const MAX_STAMP = 48;
/** Numbers of lines that were noted, of each of a batch at most. */
const NOTED = STAMP + 256;
const NO_STAMP = 0xffff;
const SIXTEEN = 16;
const ANY_BYTE = 0xff;

// A shape: what is known of it, lines so far, its regex, bytes of its group places; by meaning two groups, as bytes to where they stand;
// and those that are checked.
const SHAPES = NOTED + MAX_BATCH * WORD_BYTES;
const SHAPE_BYTES = 128;
const MAX_SHAPES = 256;
const LINES = 1;
const MEANINGS = 16;
const IS_USABLE = 1;
const IS_NOT_PLAIN = 2;
const PLACE_BYTES = 8;

const SLOTS = SHAPES + MAX_SHAPES * SHAPE_BYTES;
/** The table of slots for sessions that the module has; they are as many words. */
const SLOT_WORDS = 532;
/** What follows begins at a multiple of 128 bytes. */
const SLOT_BYTES = 2176;

// Lines that are held, by slot, as assembly/held-lines.ts says.
const HELD = SLOTS + SLOT_BYTES;
const HELD_BYTES = 1024;
const HELD_PLACES = 40;
const HELD_ALIGNMENT = 8;

/** What lines are counted: those that come to nothing, harmless ones, and those that are failures. */
export const TAKES_MISSED = 1;
export const TAKES_HARMLESS = 2;
export const TAKES_FAILURES = 4;
/** Only the first regex counts that matches a line. */
export const ONLY_FIRST = 8;
/** Failures that are not counted are noted. */
export const NOTES_FAILURES = 16;

/** Where the shape of a regex lies, by its number; 0: nowhere. */
export const shapeAddressOf = (regex: number): number =>
  regex < MAX_SHAPES ? SHAPES + regex * SHAPE_BYTES : 0;

/** The groups of one meaning: that of the regex itself comes first if it took part; 0: there is none. */
export interface MeaningGroups {
  readonly own: number;
  readonly prefix: number;
}

/** What it takes to count a line that a regex matched; one that several matched is counted with each of them. */
export interface PlainShape {
  /** groups of the regex */
  readonly groupCount: number;
  /**
   * By meaning: another ID and a mask, that must not be there; an address of IPv4, or else one of IPv6; the key of a session; what makes it harmless; and
   * within a session what does so as well, and what ends it.
   */
  readonly meanings: readonly MeaningGroups[];
  /** groups of both that must not hold the newline */
  readonly own: readonly number[];
  readonly prefix: readonly number[];
}

/** What lines came to that were counted. */
export interface PlainCounts {
  /** all of them */
  readonly lines: number;
  /** those that no regex matched, and of these those that the first one did not */
  readonly missed: number;
  readonly unmatched: number;
  /** those that a regex matched and that are harmless */
  readonly harmless: number;
  /** by regex, those that it matched */
  readonly matched: ReadonlyMap<number, number>;
}

/** A line of a session, which was counted: its regex, and where its text and its group places lie in the memory. */
export interface HeldPlaces {
  readonly regex: number;
  /** without the stamp, which stands before it */
  readonly text: string;
  readonly stamp: string;
  readonly since: number;
  /** the part that the regex searched */
  readonly from: number;
  readonly to: number;
  /** numbers of the memory's words */
  readonly prefixBase: number;
  readonly ownBase: number;
}

export class PlainLines {
  readonly #memory: CaptureMemory;
  /** the table of slots of sessions */
  readonly slots: Int32Array;
  /** whose stamp lies there */
  #stamp: StampRanges | undefined;
  #lines = 0;
  /** regexes whose shapes lie there */
  readonly #regexes: number[] = [];

  /** @param words of the table of slots */
  constructor(memory: CaptureMemory, words: number) {
    if (words !== SLOT_WORDS) throw new RangeError(`a table of slots has ${SLOT_WORDS} words, not ${words}`);
    this.#memory = memory;
    this.slots = memory.numbers.subarray(SLOTS / WORD_BYTES, SLOTS / WORD_BYTES + words);
  }

  /** Only lines with this stamp are counted; the same object is the same stamp. */
  setStamp(stamp: StampRanges): void {
    if (this.#stamp === stamp) return;
    this.#stamp = stamp;
    const { lowest, above } = stamp;
    const { bytes, words } = this.#memory;
    words[STAMP / WORD_BYTES] = lowest.length <= MAX_STAMP ? lowest.length : NO_STAMP;
    for (let at = 0; at < MAX_STAMP; at++) {
      const place = STAMP_PLACES + at + SIXTEEN * Math.floor(at / SIXTEEN);
      bytes[place] = lowest[at] ?? 0;
      bytes[place + SIXTEEN] = above[at] ?? ANY_BYTE;
    }
  }

  /** @param shape `undefined`: lines that the regex matches are not to be counted */
  setShape(regex: number, shape: PlainShape | undefined): void {
    const { words } = this.#memory;
    const halves = new Uint16Array(words.buffer, shapeAddressOf(regex), SHAPE_BYTES / 2);
    const checked = shape && [...shape.own, 0, ...shape.prefix, 0];
    const from = (MEANINGS + (shape?.meanings.length ?? 0) * WORD_BYTES) / 2;
    const isUsable = shape !== undefined && checked !== undefined && from + checked.length <= halves.length;
    halves.fill(0);
    const address = shapeAddressOf(regex) / WORD_BYTES;
    words[address] = isUsable ? IS_USABLE : IS_NOT_PLAIN;
    if (!isUsable) return;
    words.set([0, regex, PLACE_BYTES * (shape.groupCount + 1)], address + LINES);
    const groups = shape.meanings.flatMap(({ own, prefix }) => [own, prefix]);
    halves.set(
      [...groups, ...checked].map((group) => group * PLACE_BYTES),
      MEANINGS / 2,
    );
    this.#regexes.push(regex);
  }

  /**
   * Counts lines of the present batch from one on, up to the first to which there is more.
   *
   * @param searched the number of lines that were searched
   * @param wanted what lines are counted: {@link TAKES_MISSED}, {@link TAKES_HARMLESS}, {@link TAKES_FAILURES}; and whether
   *   {@link ONLY_FIRST}, and {@link NOTES_FAILURES}
   * @param now the moment for sessions that begin
   * @returns the number of that line
   */
  count(from: number, searched: number, wanted: number, now: number): number {
    const counted = this.#memory.countLines(from, searched, wanted, now);
    this.#lines += counted - from - this.noted;
    return counted;
  }

  /** Lines that were noted by the last {@link count}. */
  get noted(): number {
    return this.#memory.search.noted.value;
  }

  /** The number of one of them, in their order; the first one is 0. */
  notedAt(index: number): number {
    return this.#memory.numbers[NOTED / WORD_BYTES + index] ?? 0;
  }

  /** The regex of which nothing is known yet, and that matched the first line to which there was more; -1: that is not why. */
  get unknownRegex(): number {
    const address = this.#memory.search.unknownShape.value;
    return address === 0 ? -1 : (address - SHAPES) / SHAPE_BYTES;
  }

  /** What lines came to since it was asked before; `undefined`: there were none. */
  take(): PlainCounts | undefined {
    const lines = this.#lines;
    if (lines === 0) return undefined;
    this.#lines = 0;
    const { words, search } = this.#memory;
    const matched = new Map<number, number>();
    for (const regex of this.#regexes) {
      const at = shapeAddressOf(regex) / WORD_BYTES + LINES;
      if (words[at] !== 0) matched.set(regex, words[at] ?? 0);
      words[at] = 0;
    }
    const [missed, unmatched, harmless] = [search.missed, search.unmatched, search.harmless];
    const counts = {
      lines,
      missed: missed.value,
      unmatched: unmatched.value,
      harmless: harmless.value,
      matched,
    };
    search.clearCounts();
    return counts;
  }

  /** The lines that a slot holds, in their order. */
  *heldAt(slot: number): Iterable<HeldPlaces> {
    const { words, bytes } = this.#memory;
    for (let held = HELD + slot * HELD_BYTES; words[held / WORD_BYTES] !== 0; ) {
      const [regex = 0, length = 0, from = 0, to = 0] = words.subarray(held / WORD_BYTES);
      const [prefixBytes = 0, ownBytes = 0, stampBytes = 0] = words.subarray(held / WORD_BYTES + 6);
      const prefixPlaces = held + HELD_PLACES;
      const text = prefixPlaces + prefixBytes + ownBytes;
      yield {
        regex: regex - 1,
        text: Buffer.from(bytes.buffer, text, length).toString("latin1"),
        stamp: Buffer.from(bytes.buffer, text + length, stampBytes).toString("latin1"),
        since: new DataView(bytes.buffer).getFloat64(held + 16, true),
        from,
        to,
        prefixBase: prefixPlaces / WORD_BYTES,
        ownBase: (prefixPlaces + prefixBytes) / WORD_BYTES,
      };
      held = Math.ceil((text + length + stampBytes) / HELD_ALIGNMENT) * HELD_ALIGNMENT;
    }
  }

  /** A slot holds no lines any more. */
  release(slot: number): void {
    this.#memory.words[(HELD + slot * HELD_BYTES) / WORD_BYTES] = 0;
  }
}
