/**
 * The texts of bans, by slot: packed ({@link KeptTexts}), but those of the newest bans may wait for it as they are. In the midst of a burst
 * there is no time: to pack the texts of a ban takes as long as to find and to count it.
 * Hot: per ban.
 * @module
 */
import type { DataValue, MatchLine } from "../filter/failure.ts";
import { KeptTexts, type TextBounds } from "./kept-texts.ts";
import type { SlotOrder } from "./slot-order.ts";

/** Bans whose texts wait, each with a kilobyte or so; with more, the first ones are packed at once. */
const MAX_WAITING = 16_384;

export interface TextsOfBan {
  readonly id: string;
  readonly ip: string;
  readonly matches: readonly MatchLine[];
  readonly data: ReadonlyMap<string, DataValue>;
}

export class BanTexts {
  readonly #kept: KeptTexts;
  /** by slot, in the order in which they came */
  readonly #waiting = new Map<number, TextsOfBan>();
  readonly #maxWaiting: number;

  /** @param order as for {@link KeptTexts} */
  constructor(
    order: Pick<SlotOrder, "first" | "after">,
    { maxWaiting = MAX_WAITING, ...bounds }: TextBounds & { readonly maxWaiting?: number },
  ) {
    this.#kept = new KeptTexts(order, bounds);
    this.#maxWaiting = maxWaiting;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Keeps the texts of a slot that has none.
   *
   * @param mayWait until {@link BanTexts.pack} is called
   */
  put(slot: number, texts: TextsOfBan, mayWait: boolean): void {
    // those that came before are packed before: the oldest are the first to be forgotten
    if (!mayWait) this.pack();
    else if (this.#waiting.size >= this.#maxWaiting) this.pack(1);
    if (mayWait) this.#waiting.set(slot, texts);
    else this.#pack(slot, texts);
  }

  /** Packs what waits, so many at most, the oldest first. */
  pack(limit = Infinity): void {
    if (this.#waiting.size === 0) return;
    let left = limit;
    for (const [slot, texts] of this.#waiting) {
      if (left <= 0) return;
      left -= 1;
      this.#waiting.delete(slot);
      this.#pack(slot, texts);
    }
  }

  ipOf(slot: number): string | undefined {
    return this.#waiting.get(slot)?.ip ?? this.#kept.ipOf(slot);
  }

  matches(slot: number): readonly MatchLine[] {
    return this.#waiting.get(slot)?.matches ?? this.#kept.matches(slot);
  }

  data(slot: number, id: string): ReadonlyMap<string, DataValue> {
    return this.#waiting.get(slot)?.data ?? this.#kept.data(slot, id);
  }

  /** Has to be told before a slot leaves its place in the order. */
  drop(slot: number): void {
    this.#kept.passBy(slot);
    if (!this.#waiting.delete(slot)) this.#kept.drop(slot);
  }

  /** Makes room for slots below a number. */
  resize(capacity: number): void {
    this.#kept.resize(capacity);
  }

  /** Gives back the room that slots took. */
  clear(): void {
    this.#waiting.clear();
    this.#kept.clear();
  }

  #pack(slot: number, { id, ip, data, matches }: TextsOfBan): void {
    if (ip !== id) this.#kept.putIp(slot, ip);
    this.#kept.putData(slot, id, data);
    this.#kept.add(slot, matches, Infinity);
  }
}
