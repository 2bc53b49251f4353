/**
 * Bytes that no set of an automaton tells apart are one class: they share a column of the table of transitions.
 * All bytes from 0x80 on are one class, too: they are parts of characters that only the decoder knows.
 * @module
 */
import { type CharSet, hasCodePoint } from "../regex/char-set.ts";

/** Bytes from here on are no ASCII. */
export const FIRST_HIGH_BYTE = 0x80;

const NEWLINE = 0x0a;

export class ByteClasses {
  /** by byte: its class; the newline has one of its own, as it ends the line */
  readonly ofByte = new Uint8Array(256);
  readonly count: number;
  readonly newline: number;
  readonly high: number;
  /** by set and class: 1 if characters of the class may be in the set */
  readonly #members: Uint8Array;

  /** @param sets different ones; asked for by their index */
  constructor(sets: readonly CharSet[]) {
    const classes = new Map<string, number>();
    const columns: boolean[][] = [];
    const add = (key: string, members: boolean[]): number => {
      const number = columns.push(members) - 1;
      classes.set(key, number);
      return number;
    };
    this.high = add(
      "high",
      sets.map((set) => (set.at(-1) ?? 0) >= FIRST_HIGH_BYTE),
    );
    this.ofByte.fill(this.high);
    this.newline = add(
      "newline",
      sets.map((set) => hasCodePoint(set, NEWLINE)),
    );
    for (let byte = 0; byte < FIRST_HIGH_BYTE; byte++) {
      const members = sets.map((set) => hasCodePoint(set, byte));
      const key = byte === NEWLINE ? "newline" : members.map(Number).join("");
      this.ofByte[byte] = classes.get(key) ?? add(key, members);
    }
    this.count = columns.length;
    this.#members = new Uint8Array(sets.length * this.count);
    for (const [number, members] of columns.entries()) {
      for (const [set, isMember] of members.entries()) {
        if (isMember) this.#members[set * this.count + number] = 1;
      }
    }
  }

  /** Whether the set may hold a character of the class. */
  isIn(classNumber: number, set: number): boolean {
    return this.#members[set * this.count + classNumber] === 1;
  }
}
