/**
 * Bytes that no set of an automaton tells apart are one class: they share a column of the table of transitions.
 * All bytes from 0x80 on are one class, too: they are parts of characters that only the decoder knows.
 * @module
 */
import { type CharSet, rangesOf } from "../regex/char-set.ts";

/** Bytes from here on are no ASCII. */
const FIRST_HIGH_BYTE = 0x80;

const HIGHEST_BYTE = 0xff;

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
    const members = sets.map(bytesOf);
    // Each set parts the classes found so far.
    const parts = new Uint8Array(FIRST_HIGH_BYTE);
    parts[NEWLINE] = 1;
    let count = 2;
    for (const bytes of members) {
      /** by part: what becomes of its members that are in the set, and of the others */
      const inside = new Uint8Array(FIRST_HIGH_BYTE);
      const outside = new Uint8Array(FIRST_HIGH_BYTE);
      for (let byte = 0; byte < FIRST_HIGH_BYTE; byte++) {
        const part = parts[byte] ?? 0;
        const [here, there] = bytes[byte] === 1 ? [inside, outside] : [outside, inside];
        // numbers are kept one higher: 0 is none yet
        if (here[part] === 0) here[part] = there[part] === 0 ? part + 1 : ++count;
        parts[byte] = (here[part] ?? 0) - 1;
      }
    }
    this.newline = parts[NEWLINE] ?? 0;
    this.high = count;
    this.count = count + 1;
    this.ofByte.fill(this.high);
    this.ofByte.set(parts);
    this.words = (this.count + 31) >> 5;
    this.#members = new Uint8Array(sets.length * this.count);
    this.#bits = new Int32Array(sets.length * this.words);
    for (const [set, bytes] of members.entries()) {
      for (let byte = 0; byte < bytes.length; byte++) {
        if (bytes[byte] !== 1) continue;
        const number = this.ofByte[byte] ?? 0;
        this.#members[set * this.count + number] = 1;
        const word = set * this.words + (number >> 5);
        this.#bits[word] = (this.#bits[word] ?? 0) | (1 << (number & 31));
      }
    }
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

/** By byte: 1 if it is in the set; those that are no ASCII are in, or out, together. */
function bytesOf(set: CharSet): Uint8Array {
  const bytes = new Uint8Array(256);
  for (const [low, high] of rangesOf(set)) bytes.fill(1, low, Math.min(high, HIGHEST_BYTE) + 1);
  bytes.fill((set.at(-1) ?? 0) >= FIRST_HIGH_BYTE ? 1 : 0, FIRST_HIGH_BYTE);
  return bytes;
}
