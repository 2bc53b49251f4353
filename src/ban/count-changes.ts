/**
 * Which counts are others than those that were last given to whoever keeps them elsewhere, by slot: no more than there are slots, however
 * seldom somebody asks. Knows nothing of what is counted.
 * Hot: per failure.
 * @module
 */
import { lengthened } from "./column.ts";
import { NO_SLOT } from "./id-table.ts";
import { SlotOrder } from "./slot-order.ts";

/** What is marked of a slot: its count has changed since it was given; it was given. */
const CHANGED = 1;
const GIVEN = 2;

/** What is to be given now. */
export interface TakenChanges {
  readonly slots: readonly number[];
  /** IDs that were given and are counted no more */
  readonly gone: readonly string[];
}

export class CountChanges {
  #marks = new Uint8Array();
  /** slots with {@link CHANGED} in the order of their first change */
  readonly #changed = new SlotOrder();
  /** how many these are */
  #count = 0;
  readonly #gone = new Set<string>();

  /** Changes that nobody has taken yet. */
  get count(): number {
    return this.#count + this.#gone.size;
  }

  resize(capacity: number): void {
    this.#marks = new Uint8Array(lengthened(this.#marks, capacity));
    this.#changed.resize(capacity);
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
    if ((mark & CHANGED) !== 0) return;
    this.#marks[slot] = mark | CHANGED;
    this.#changed.append(slot);
    this.#count += 1;
  }

  /** A slot is in use no more. @param idOf who it was */
  remove(slot: number, idOf: (slot: number) => string): void {
    const mark = this.#marks[slot] ?? 0;
    if (mark === 0) return;
    this.#marks[slot] = 0;
    if ((mark & CHANGED) !== 0) {
      this.#changed.remove(slot);
      this.#count -= 1;
    }
    if ((mark & GIVEN) !== 0) this.#gone.add(idOf(slot));
  }

  /** @param limit slots at most; the others come the next time */
  take(limit: number): TakenChanges {
    const slots: number[] = [];
    while (slots.length < limit) {
      const slot = this.#changed.first;
      if (slot === NO_SLOT) break;
      this.#changed.remove(slot);
      this.#marks[slot] = GIVEN;
      slots.push(slot);
    }
    this.#count -= slots.length;
    const gone = [...this.#gone];
    this.#gone.clear();
    return { slots, gone };
  }

  /** Nothing was ever given. @param all slots in use, in the order in which they are to be given */
  beginAnew(all: Iterable<number>): void {
    this.#changed.clear();
    this.#gone.clear();
    this.#count = 0;
    for (const slot of all) {
      this.#marks[slot] = 0;
      this.change(slot);
    }
  }
}
