/**
 * A number for each of very many IDs, in the order in which they came: what a map would do in three times the memory, on the heap.
 * @module
 */
import { lengthened } from "./column.ts";
import { IdTable, NO_SLOT } from "./id-table.ts";
import { SlotOrder } from "./slot-order.ts";

export class IdNumbers {
  readonly #ids: IdTable;
  readonly #order = new SlotOrder();
  /** by slot; empty while all are 0 */
  #numbers = new Int32Array();
  #capacity = 0;

  /** @param seed a secret of the process: whoever knows it could choose IDs that take long to find */
  constructor(seed: number) {
    this.#ids = new IdTable(seed);
  }

  get size(): number {
    return this.#ids.size;
  }

  has(id: string): boolean {
    return this.#ids.find(id) !== NO_SLOT;
  }

  get(id: string): number | undefined {
    const slot = this.#ids.find(id);
    return slot === NO_SLOT ? undefined : (this.#numbers[slot] ?? 0);
  }

  /** Whoever has a number already keeps his place. @param number a whole one of 32 bits */
  set(id: string, number: number): void {
    const known = this.#ids.find(id);
    const slot = known === NO_SLOT ? this.#enter(id) : known;
    if (number !== 0 && this.#numbers.length === 0) this.#numbers = new Int32Array(this.#ids.capacity);
    if (this.#numbers.length > 0) this.#numbers[slot] = number;
  }

  delete(id: string): boolean {
    const slot = this.#ids.find(id);
    if (slot === NO_SLOT) return false;
    this.#order.remove(slot);
    this.#ids.remove(slot);
    if (this.#ids.shrink()) {
      this.#numbers = new Int32Array(lengthened(this.#numbers, 0));
      this.#resize();
    }
    return true;
  }

  /** One that is met may be deleted. */
  *entries(): Generator<readonly [id: string, number: number], undefined> {
    for (const slot of this.#order.slots()) yield [this.#ids.idOf(slot), this.#numbers[slot] ?? 0];
  }

  *values(): Generator<number, undefined> {
    for (const slot of this.#order.slots()) yield this.#numbers[slot] ?? 0;
  }

  #enter(id: string): number {
    const slot = this.#ids.add(id);
    if (this.#ids.capacity > this.#capacity) this.#resize();
    this.#order.append(slot);
    return slot;
  }

  #resize(): void {
    const { capacity } = this.#ids;
    this.#capacity = capacity;
    if (this.#numbers.length > 0) this.#numbers = new Int32Array(lengthened(this.#numbers, capacity));
    this.#order.resize(capacity);
  }
}
