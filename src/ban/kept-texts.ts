/**
 * The texts of IDs, by slot: captured groups of the first failure, lines of the last ones. Lines are bounded as a whole: past the bound
 * those of the slots go that are first in the order.
 * Hot: per failure.
 * @module
 */
import type { DataValue, MatchLine } from "../filter/failure.ts";
import { NO_SLOT } from "./id-table.ts";
import { KeptLines } from "./kept-lines.ts";
import { ownText, packData, packLine, unpackData, unpackLine } from "./kept-text.ts";
import type { SlotOrder } from "./slot-order.ts";

/** Characters of lines that one jail keeps for failing IDs, and as many for banned ones. */
const MAX_KEPT_CHARS = 12 * 1024 * 1024;

/** The texts of one ID at one time. */
export class Texts {
  readonly #lines: readonly string[];
  readonly #data: string | undefined;

  constructor(lines: readonly string[], data: string | undefined) {
    this.#lines = lines;
    this.#data = data;
  }

  matches(): readonly MatchLine[] {
    return this.#lines.map(unpackLine);
  }

  data(): ReadonlyMap<string, DataValue> {
    return unpackData(this.#data);
  }
}

export class KeptTexts {
  readonly #order: Pick<SlotOrder, "first" | "after">;
  readonly #maxChars: number;
  readonly #lines = new KeptLines();
  /** by slot, packed */
  readonly #data: (string | undefined)[] = [];
  /** addresses of IDs that are something else */
  readonly #ips = new Map<number, string>();
  /** no slot before this one has lines */
  #oldest = NO_SLOT;
  #forgotten = 0;

  /** @param order the slots, those first that are to go first */
  constructor(order: Pick<SlotOrder, "first" | "after">, maxChars = MAX_KEPT_CHARS) {
    this.#order = order;
    this.#maxChars = maxChars;
  }

  /** Slots whose lines were forgotten. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** @param ip where it is not the ID */
  begin(slot: number, ip: string | undefined, data: ReadonlyMap<string, DataValue>): void {
    this.#data[slot] = packData(data);
    if (ip !== undefined) this.#ips.set(slot, ownText(ip));
  }

  /** Adds lines, of which the last ones stay. */
  add(slot: number, lines: readonly MatchLine[], maxLines: number): void {
    for (const line of lines) this.#lines.add(slot, packLine(line), maxLines);
    // without a line of its own a failure cuts those of the first one all the same
    if (lines.length === 0) this.#lines.trim(slot, maxLines);
    if (this.#lines.chars > this.#maxChars) this.#forget(slot);
  }

  /** What is known of a slot now, unpacked when somebody looks. */
  of(slot: number): Texts {
    return new Texts(this.#lines.of(slot), this.#data[slot]);
  }

  ipOf(slot: number): string | undefined {
    return this.#ips.size === 0 ? undefined : this.#ips.get(slot);
  }

  /** Has to be told before a slot leaves its place in the order. */
  passBy(slot: number): void {
    if (slot === this.#oldest) this.#oldest = this.#order.after(slot);
  }

  drop(slot: number): void {
    this.dropLines(slot);
    this.#data[slot] = undefined;
    if (this.#ips.size > 0) this.#ips.delete(slot);
  }

  dropLines(slot: number): void {
    this.#lines.drop(slot);
  }

  /** Makes room for slots below a number. */
  resize(capacity: number): void {
    this.#lines.resize(capacity);
  }

  /** Gives back the room that slots took. */
  clear(): void {
    this.#lines.clear();
    this.#data.length = 0;
    this.#ips.clear();
    this.#oldest = NO_SLOT;
  }

  /** @param newest keeps what it has just got */
  #forget(newest: number): void {
    if (this.#oldest === NO_SLOT) this.#oldest = this.#order.first;
    while (this.#lines.chars > this.#maxChars && this.#oldest !== NO_SLOT && this.#oldest !== newest) {
      if (this.#lines.count(this.#oldest) > 0) this.#forgotten += 1;
      this.#lines.drop(this.#oldest);
      this.#oldest = this.#order.after(this.#oldest);
    }
  }
}
