/**
 * Bytes that no set of an automaton tells apart are one class: they share a column of the table of transitions.
 * All bytes from 0x80 on are one class, too: they are parts of characters that only the decoder knows.
 * @module
 */
import type { CharSet } from "../regex/char-set.ts";

/** Bytes from here on are no ASCII. */
const FIRST_HIGH_BYTE = 0x80;

const NEWLINE = 0x0a;

export class ByteClasses {
  /** by byte: its class; the newline has one of its own, as it ends the line */
  readonly ofByte = new Uint8Array(256);
  readonly count: number;
  readonly newline: number;
  readonly high: number;
  /** 32-bit words that hold a bit for every class */
  readonly words: number;
  /** by set and class: 1 if characters of the class may be in the set; and as bits */
  readonly #members: Uint8Array;
  readonly #bits: Int32Array;

  /** @param sets different ones; asked for by their index */
  constructor(sets: readonly CharSet[]) {
    const parts = partsBy(sets);
    const numbers = [...new Set(parts)];
    this.high = numbers.length;
    this.count = this.high + 1;
    this.ofByte.fill(this.high);
    for (let byte = 0; byte < FIRST_HIGH_BYTE; byte++) this.ofByte[byte] = numbers.indexOf(parts[byte] ?? 0);
    this.newline = this.ofByte[NEWLINE] ?? 0;
    this.words = (this.count + 31) >> 5;
    this.#members = new Uint8Array(sets.length * this.count);
    this.#bits = new Int32Array(sets.length * this.words);
    for (let set = 0; set < sets.length; set++) this.#enter(set, sets[set] ?? []);
  }

  #enter(set: number, ranges: CharSet): void {
    for (let range = 0; range < ranges.length; range += 2) {
      const last = Math.min(ranges[range + 1] ?? 0, FIRST_HIGH_BYTE - 1);
      for (let byte = ranges[range] ?? 0; byte <= last; byte++) this.#put(set, this.ofByte[byte] ?? 0);
    }
    if ((ranges.at(-1) ?? 0) >= FIRST_HIGH_BYTE) this.#put(set, this.high);
  }

  #put(set: number, classNumber: number): void {
    this.#members[set * this.count + classNumber] = 1;
    const word = set * this.words + (classNumber >> 5);
    this.#bits[word] = (this.#bits[word] ?? 0) | (1 << (classNumber & 31));
  }

  /** Leaves only those of some classes that are in the set if one of them is, or out of it if that is. */
  keepAlike(kept: Int32Array, classNumber: number, set: number): void {
    const flip = this.isIn(classNumber, set) ? 0 : -1;
    for (let word = 0; word < this.words; word++)
      kept[word] = (kept[word] ?? 0) & ((this.#bits[set * this.words + word] ?? 0) ^ flip);
  }

  /** Whether the set may hold a character of the class. */
  isIn(classNumber: number, set: number): boolean {
    return this.#members[set * this.count + classNumber] === 1;
  }
}

/** By byte of ASCII: those of the same number are told apart by no set, and the newline is alone. */
function partsBy(sets: readonly CharSet[]): readonly number[] {
  const parts = new Array<number>(FIRST_HIGH_BYTE).fill(0);
  parts[NEWLINE] = 1;
  let count = 2;
  for (const ranges of sets) {
    /** by part: what becomes of its members that are in the set */
    const inside = new Map<number, number>();
    for (let range = 0; range < ranges.length; range += 2) {
      const last = Math.min(ranges[range + 1] ?? 0, FIRST_HIGH_BYTE - 1);
      for (let byte = ranges[range] ?? 0; byte <= last; byte++) {
        const part = parts[byte] ?? 0;
        const known = inside.get(part);
        if (known === undefined) inside.set(part, count);
        parts[byte] = known ?? count++;
      }
    }
  }
  return parts;
}
