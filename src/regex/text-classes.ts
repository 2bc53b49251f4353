/**
 * Characters that no set of an automaton tells apart are one class. Classes get numbers as they are met.
 * Hot: per character of a text.
 * @module
 */
import { type CharSet, hasCodePoint } from "./char-set.ts";

/** Code points below this are looked up in a table, the rest in a map. */
const TABLE_SIZE = 256;

/** Code points from the table's end on that are remembered. */
const MAX_REMEMBERED = 4096;

export class TextClasses {
  readonly #sets: readonly CharSet[];
  /** class of a low code point */
  readonly table = new Uint16Array(TABLE_SIZE);
  readonly #remembered = new Map<number, number>();
  readonly #numbers = new Map<string, number>();
  /** by class: which sets hold it, one byte each */
  readonly #members: Uint8Array[] = [];

  /** @param sets different ones; asked for by their index */
  constructor(sets: readonly CharSet[]) {
    this.#sets = sets;
    // Each set parts the classes found so far; one character of each class in the end says what the class is.
    const parts = new Uint32Array(TABLE_SIZE);
    for (const set of sets) {
      const numbers = new Map<number, number>();
      for (let codePoint = 0; codePoint < TABLE_SIZE; codePoint++) {
        const part = 2 * (parts[codePoint] ?? 0) + (hasCodePoint(set, codePoint) ? 1 : 0);
        const number = numbers.get(part) ?? numbers.size;
        numbers.set(part, number);
        parts[codePoint] = number;
      }
    }
    const classes = new Map<number, number>();
    for (const [codePoint, part] of parts.entries()) {
      const found = classes.get(part) ?? this.#classify(codePoint);
      classes.set(part, found);
      this.table[codePoint] = found;
    }
  }

  /** How many classes were met so far. */
  get count(): number {
    return this.#members.length;
  }

  /** Whether the set holds the characters of the class. */
  isIn(classNumber: number, set: number): boolean {
    return this.#members[classNumber]?.[set] === 1;
  }

  classOf(codePoint: number): number {
    if (codePoint < TABLE_SIZE) return this.table[codePoint] ?? 0;
    const known = this.#remembered.get(codePoint);
    if (known !== undefined) return known;
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    const found = this.#classify(codePoint);
    this.#remembered.set(codePoint, found);
    return found;
  }

  #classify(codePoint: number): number {
    const members = Uint8Array.from(this.#sets, (set) => (hasCodePoint(set, codePoint) ? 1 : 0));
    const key = members.join("");
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#members.push(members) - 1;
    this.#numbers.set(key, number);
    return number;
  }
}
