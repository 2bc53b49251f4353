/**
 * Which counts are others than those that were last given to whoever keeps them elsewhere, by slot. Bounded however seldom somebody
 * asks. Knows nothing of what is counted.
 * Hot: per failure.
 * @module
 */
import { lengthened } from "./column.ts";

/** What is marked of a slot: its count has changed since it was given; it was given. */
const CHANGED = 1;
const GIVEN = 2;
/** Slots that were taken from the front of the list before the list is made anew. */
const MAX_TAKEN = 4096;

/** What is to be given now. */
export interface TakenChanges {
  /** whatever was given before is outdated */
  readonly isAll: boolean;
  readonly slots: readonly number[];
  /** IDs that were given and are counted no more */
  readonly gone: readonly string[];
}

export class CountChanges {
  readonly #limit: number;
  #marks = new Uint8Array();
  /** slots with {@link CHANGED} in the order of their first change; some of them twice, or free again */
  #changed: number[] = [];
  /** how many at the front of it were taken */
  #taken = 0;
  /** how many slots have {@link CHANGED} */
  #count = 0;
  readonly #gone = new Set<string>();
  /** nobody has asked for so long that the changes were given up */
  #isAll = false;

  /** @param limit changes that are remembered at most */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Everything has to be given. */
  get isAll(): boolean {
    return this.#isAll;
  }

  /** Changes that nobody has taken yet. */
  get count(): number {
    return this.#count + this.#gone.size;
  }

  resize(capacity: number): void {
    this.#marks = new Uint8Array(lengthened(this.#marks, capacity));
  }

  /** The slots are others from now on; none is in use. */
  forgetSlots(): void {
    this.#changed = [];
    this.#taken = 0;
  }

  /** A slot is in use. @param isGiven its count comes from where it is kept */
  enter(slot: number, isGiven: boolean): void {
    this.#marks[slot] = isGiven ? GIVEN : 0;
  }

  /** Whether what was given of a slot is its count. */
  isGiven(slot: number): boolean {
    return this.#marks[slot] === GIVEN;
  }

  change(slot: number): void {
    const mark = this.#marks[slot] ?? 0;
    if (this.#isAll || (mark & CHANGED) !== 0) return;
    this.#marks[slot] = mark | CHANGED;
    this.#count += 1;
    this.#changed.push(slot);
    if (this.#changed.length > this.#limit) this.#giveUp();
  }

  /** A slot is in use no more. @param idOf who it was */
  remove(slot: number, idOf: (slot: number) => string): void {
    const mark = this.#marks[slot] ?? 0;
    if (mark === 0) return;
    this.#marks[slot] = 0;
    if ((mark & CHANGED) !== 0) this.#count -= 1;
    if ((mark & GIVEN) !== 0) this.#gone.add(idOf(slot));
    if (this.#gone.size > this.#limit) this.#giveUp();
  }

  /**
   * @param all slots in use
   * @param wantsAll everything, whatever has changed
   * @param limit slots at most; the others come the next time
   */
  take(all: Iterable<number>, wantsAll: boolean, limit: number): TakenChanges {
    const isAll = wantsAll || this.#isAll;
    if (isAll) this.#beginAnew(all);
    const slots: number[] = [];
    while (slots.length < limit && this.#taken < this.#changed.length) {
      const slot = this.#changed[this.#taken] ?? 0;
      this.#taken += 1;
      if (((this.#marks[slot] ?? 0) & CHANGED) === 0) continue;
      this.#marks[slot] = GIVEN;
      this.#count -= 1;
      slots.push(slot);
    }
    if (this.#taken > MAX_TAKEN || this.#taken === this.#changed.length) {
      this.#changed = this.#changed.slice(this.#taken);
      this.#taken = 0;
    }
    const gone = [...this.#gone];
    this.#gone.clear();
    return { isAll, slots, gone };
  }

  #beginAnew(all: Iterable<number>): void {
    this.#giveUp();
    this.#isAll = false;
    for (const slot of all) {
      this.#marks[slot] = CHANGED;
      this.#changed.push(slot);
    }
    this.#count = this.#changed.length;
  }

  #giveUp(): void {
    this.#isAll = true;
    this.#marks.fill(0);
    this.#changed = [];
    this.#taken = 0;
    this.#count = 0;
    this.#gone.clear();
  }
}
