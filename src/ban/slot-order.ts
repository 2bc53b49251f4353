/**
 * Slots in the order in which they were put at the end, and a hand that goes round them for whoever evicts: from the oldest on, again
 * and again. Knows nothing of what is in the slots.
 * Hot: per failure.
 * @module
 */
import { lengthened } from "./column.ts";
import { NO_SLOT } from "./id-table.ts";

/** Changes without an eviction after which the hand begins at the oldest again. */
const MAX_IDLE_CHANGES = 256;
/** The hand has yet to begin. */
const FRESH = -2;

/** A linked list. */
export class SlotOrder {
  /** by slot: the next one and the one before, side by side, for who needs one of them mostly needs both */
  #links = new Int32Array();
  #first = NO_SLOT;
  #last = NO_SLOT;
  /** the slot that the hand meets next; {@link NO_SLOT} past the last one */
  #hand = FRESH;
  #changes = 0;

  /** The slot that was put at the end longest ago, or {@link NO_SLOT}. */
  get first(): number {
    return this.#first;
  }

  /** The one after it, or {@link NO_SLOT}. */
  after(slot: number): number {
    return this.#links[2 * slot] ?? NO_SLOT;
  }

  /** All slots; one that is met may be removed. */
  *slots(): Generator<number, undefined> {
    for (let slot = this.#first; slot !== NO_SLOT; ) {
      const next = this.after(slot);
      yield slot;
      slot = next;
    }
  }

  append(slot: number): void {
    const links = this.#links;
    links[2 * slot] = NO_SLOT;
    links[2 * slot + 1] = this.#last;
    if (this.#last === NO_SLOT) this.#first = slot;
    else links[2 * this.#last] = slot;
    this.#last = slot;
    if (this.#hand === NO_SLOT) this.#hand = slot;
  }

  remove(slot: number): void {
    const links = this.#links;
    const next = links[2 * slot] ?? NO_SLOT;
    const previous = links[2 * slot + 1] ?? NO_SLOT;
    if (previous === NO_SLOT) this.#first = next;
    else links[2 * previous] = next;
    if (next === NO_SLOT) this.#last = previous;
    else links[2 * next + 1] = previous;
    if (this.#hand === slot) this.#hand = next;
  }

  /** No slot is in it any more. */
  clear(): void {
    this.#first = NO_SLOT;
    this.#last = NO_SLOT;
    this.#hand = FRESH;
    this.#changes = 0;
  }

  /** Makes room for slots below a number. */
  resize(capacity: number): void {
    this.#links = new Int32Array(lengthened(this.#links, 2 * capacity));
  }

  /** The slot that the hand meets next, after the newest the oldest again; {@link NO_SLOT} where there is none. */
  turn(): number {
    this.#changes = 0;
    if (this.#hand < 0) this.#hand = this.#first;
    const met = this.#hand;
    if (met !== NO_SLOT) this.#hand = this.after(met);
    return met;
  }

  /** Tells of a change that needed no eviction. */
  rest(): void {
    this.#changes += 1;
    if (this.#changes > MAX_IDLE_CHANGES) this.#hand = FRESH;
  }
}
