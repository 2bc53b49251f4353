/**
 * The texts of IDs, by slot: captured groups of the first failure, lines of the last ones. Both are bounded as a whole: past the bound
 * those of the slots go that are first in the order.
 * Hot: per failure.
 * @module
 */
import type { DataValue, MatchLine } from "../filter/failure.ts";
import { ByteColumn } from "./byte-column.ts";
import { ByteText } from "./byte-text.ts";
import { GroupShapes } from "./group-shapes.ts";
import { NO_SLOT } from "./id-table.ts";
import { KeptLines } from "./kept-lines.ts";
import { NO_DATA, putData, takeData } from "./kept-text.ts";
import { ownText } from "./own-text.ts";
import type { SlotOrder } from "./slot-order.ts";

/** Memory for lines: those of a hundred thousand, and under lesser attacks none is lost before a ban has it. */
const MAX_LINE_BYTES = 12 * 1024 * 1024;
/** For their captured groups: a few hundred thousand have room, whatever they captured. */
const MAX_DATA_BYTES = 32 * 1024 * 1024;
/** Groups of an ordinary failure take one. */
const DATA_BLOCK_BYTES = 48;
/** This part of the room taken is much. */
const CROWD = 8;

export interface TextBounds {
  /** bytes of lines that are kept at once */
  readonly maxLineBytes?: number | undefined;
  /** of captured groups */
  readonly maxDataBytes?: number | undefined;
}

type Order = Pick<SlotOrder, "first" | "after">;

/** Shared by all: nothing stays in it. */
const scratch = new ByteText();

export class KeptTexts {
  readonly #maxLineBytes: number;
  readonly #maxDataBytes: number;
  readonly #lines = new KeptLines(scratch);
  readonly #data = new ByteColumn(DATA_BLOCK_BYTES);
  readonly #shapes = new GroupShapes();
  /** addresses of IDs that are something else */
  readonly #ips = new Map<number, string>();
  readonly #lined: Oldest;
  readonly #grouped: Oldest;
  #forgotten = 0;

  /** @param order the slots, those first that are to go first */
  constructor(
    order: Order,
    { maxLineBytes = MAX_LINE_BYTES, maxDataBytes = MAX_DATA_BYTES }: TextBounds = {},
  ) {
    this.#maxLineBytes = maxLineBytes;
    this.#maxDataBytes = maxDataBytes;
    this.#lined = new Oldest(order);
    this.#grouped = new Oldest(order);
  }

  /** Slots whose lines or groups were forgotten. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Whether more than an eighth of the room is taken: what nobody may ever ask for is better left out. */
  get isCrowded(): boolean {
    return CROWD * this.#lines.bytes > this.#maxLineBytes || CROWD * this.#data.bytes > this.#maxDataBytes;
  }

  /** The address of an ID that is something else. */
  putIp(slot: number, ip: string): void {
    this.#ips.set(slot, ownText(ip));
  }

  /** Puts groups where none are. */
  putData(slot: number, id: string, data: ReadonlyMap<string, DataValue>): void {
    if (data.size === 0) return;
    scratch.clear();
    putData(scratch, data, id, this.#shapes);
    this.#data.put(slot, scratch.bytes, scratch.length);
    if (this.#data.bytes > this.#maxDataBytes) this.#forgetData(slot);
  }

  /** Adds lines, of which the last ones stay: without a line of its own a failure cuts those of the first one all the same. */
  add(slot: number, lines: readonly MatchLine[], maxLines: number): void {
    this.#lines.add(slot, lines, maxLines);
    if (this.#lines.bytes > this.#maxLineBytes) this.#forgetLines(slot);
  }

  matches(slot: number): readonly MatchLine[] {
    return this.#lines.of(slot);
  }

  /** @param id as at {@link putData} */
  data(slot: number, id: string): ReadonlyMap<string, DataValue> {
    if (this.#data.isEmpty(slot)) return NO_DATA;
    scratch.clear();
    this.#data.read(slot, scratch);
    return takeData(scratch, id, this.#shapes);
  }

  ipOf(slot: number): string | undefined {
    return this.#ips.size === 0 ? undefined : this.#ips.get(slot);
  }

  /** Has to be told before a slot leaves its place in the order. */
  passBy(slot: number): void {
    this.#lined.passBy(slot);
    this.#grouped.passBy(slot);
  }

  drop(slot: number): void {
    this.dropLines(slot);
    this.#data.drop(slot);
    if (this.#ips.size > 0) this.#ips.delete(slot);
  }

  dropLines(slot: number): void {
    this.#lines.drop(slot);
  }

  /** Makes room for slots below a number. */
  resize(capacity: number): void {
    this.#lines.resize(capacity);
    this.#data.resize(capacity);
  }

  /** Gives back the room that slots took. */
  clear(): void {
    this.#lines.clear();
    this.#data.clear();
    this.#ips.clear();
    this.#lined.reset();
    this.#grouped.reset();
  }

  /** @param newest keeps what it has just got */
  #forgetLines(newest: number): void {
    this.#lined.start();
    while (this.#lines.bytes > this.#maxLineBytes) {
      const slot = this.#lined.next(newest);
      if (slot === NO_SLOT) return;
      if (this.#lines.count(slot) > 0) this.#forgotten += 1;
      this.#lines.drop(slot);
    }
  }

  #forgetData(newest: number): void {
    this.#grouped.start();
    while (this.#data.bytes > this.#maxDataBytes) {
      const slot = this.#grouped.next(newest);
      if (slot === NO_SLOT) return;
      if (!this.#data.isEmpty(slot)) this.#forgotten += 1;
      this.#data.drop(slot);
    }
  }
}

/** Goes through the slots in their order: those before it have nothing more to forget. */
class Oldest {
  readonly #order: Order;
  #slot = NO_SLOT;

  constructor(order: Order) {
    this.#order = order;
  }

  /** Begins at the first one after the last. */
  start(): void {
    if (this.#slot === NO_SLOT) this.#slot = this.#order.first;
  }

  /** The next slot, or {@link NO_SLOT} where it is that one or there is none. */
  next(last: number): number {
    const slot = this.#slot;
    if (slot === last || slot === NO_SLOT) return NO_SLOT;
    this.#slot = this.#order.after(slot);
    return slot;
  }

  passBy(slot: number): void {
    if (slot === this.#slot) this.#slot = this.#order.after(slot);
  }

  reset(): void {
    this.#slot = NO_SLOT;
  }
}
