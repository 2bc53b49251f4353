/**
 * Characters that no set of an automaton tells apart are one class. Classes get numbers as they are met.
 * Hot: per character of a text.
 * @module
 */
import { type CharSet, hasCodePoint, rangesOf } from "./char-set.ts";

/** Code points below this are looked up in a table. */
const TABLE_SIZE = 256;

/** Code points from the table's end on that are remembered: one for each remainder of this. */
const REMEMBERED = 1024;

const NO_MEMBERS = new Uint8Array();

export class TextClasses {
  readonly #sets: readonly CharSet[];
  /** class of a low code point */
  readonly table = new Uint16Array(TABLE_SIZE);
  /** by remainder: the last code point that was asked for, and its class; made when the first one is */
  #remembered: Int32Array | undefined;
  /** where other sets hold the code points from there on than those before, ascending; and the classes from there on, -1 if not met */
  #bounds: readonly number[] = [];
  #classesFrom = new Int32Array(0);
  readonly #numbers = new Map<string, number>();
  /** by class: which sets hold it, one byte each */
  readonly #members: Uint8Array[] = [];

  /** @param sets different ones; asked for by their index */
  constructor(sets: readonly CharSet[]) {
    this.#sets = sets;
    const bounds = boundsIn(sets);
    const members = bounds.map(() => new Uint8Array(sets.length));
    for (let set = 0; set < sets.length; set++) fillIn(members, set, sets[set] ?? [], bounds);
    for (let index = 0; index < bounds.length; index++) {
      const number = this.#enter(members[index] ?? new Uint8Array());
      this.table.fill(number, bounds[index], bounds[index + 1] ?? TABLE_SIZE);
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

  /** By set: 1 if it holds the characters of the class. */
  membersOf(classNumber: number): Uint8Array {
    return this.#members[classNumber] ?? NO_MEMBERS;
  }

  classOf(codePoint: number): number {
    if (codePoint < TABLE_SIZE) return this.table[codePoint] ?? 0;
    this.#remembered ??= this.#rememberNothing();
    const place = 2 * (codePoint % REMEMBERED);
    if (this.#remembered[place] === codePoint) return this.#remembered[place + 1] ?? 0;
    const found = this.#classBetween(codePoint);
    this.#remembered[place] = codePoint;
    this.#remembered[place + 1] = found;
    return found;
  }

  #rememberNothing(): Int32Array {
    const bounds = new Set([TABLE_SIZE]);
    for (const set of this.#sets) {
      for (const [low, high] of rangesOf(set)) bounds.add(low).add(high + 1);
    }
    this.#bounds = [...bounds].filter((bound) => bound >= TABLE_SIZE).sort((one, other) => one - other);
    this.#classesFrom = new Int32Array(this.#bounds.length).fill(-1);
    return new Int32Array(2 * REMEMBERED).fill(-1);
  }

  /** The class of the code points up to the next bound. */
  #classBetween(codePoint: number): number {
    let [low, high] = [0, this.#bounds.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#bounds[middle] ?? 0) <= codePoint) low = middle;
      else high = middle;
    }
    const known = this.#classesFrom[low] ?? -1;
    if (known >= 0) return known;
    const found = this.#classify(codePoint);
    this.#classesFrom[low] = found;
    return found;
  }

  #classify(codePoint: number): number {
    const members = new Uint8Array(this.#sets.length);
    for (const [index, set] of this.#sets.entries()) members[index] = hasCodePoint(set, codePoint) ? 1 : 0;
    return this.#enter(members);
  }

  #enter(members: Uint8Array): number {
    const key = members.join("");
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#members.push(members) - 1;
    this.#numbers.set(key, number);
    return number;
  }
}

/** Notes between which bounds a set has members. */
function fillIn(
  members: readonly Uint8Array[],
  set: number,
  ranges: CharSet,
  bounds: readonly number[],
): void {
  let range = 0;
  for (let index = 0; index < bounds.length; index++) {
    const from = bounds[index] ?? 0;
    while ((ranges[range + 1] ?? Infinity) < from) range += 2;
    const inside = members[index];
    if (inside !== undefined && (ranges[range] ?? Infinity) <= from) inside[set] = 1;
  }
}

/** Low code points between which no set begins or ends, ascending. */
function boundsIn(sets: readonly CharSet[]): readonly number[] {
  const bounds = new Set([0]);
  for (const set of sets) {
    for (let i = 0; i < set.length; i++) {
      const bound = (set[i] ?? 0) + (i & 1);
      if (bound >= TABLE_SIZE) break;
      bounds.add(bound);
    }
  }
  return [...bounds].sort((one, other) => one - other);
}
