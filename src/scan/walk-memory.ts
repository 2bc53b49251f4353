/**
 * The memory of one byte walk: where things lie in it, and the views on it, which are made anew whenever it has grown.
 * The same numbers stand in assembly/walk.ts.
 * @module
 */
import type { OrdinaryStamp } from "../date/ordinary-stamp.ts";
import type { LineSample } from "./line-samples.ts";
import { instantiateWalk, type WalkExports } from "./walk-instance.ts";
import { WalkLeaps } from "./walk-leaps.ts";

const CLASSES = 1024;
const STAMP_CLASSES = 1536;
const PREFIX = 1792;
/** where the walk keeps the bytes of the last stamp; nobody else looks there */
const LAST_STAMP = 1920;
const USES = 2048;
const COUNTS = 4096;
const ITEMS = 24_576;
const STAMP_TABLE = 57_344;
const CHUNK = 122_880;
const LEAPS = 262_144;
const TABLE = 278_528;

const NEWLINE = 10;

const PAGE_BYTES = 65_536;

/** What the walk reads beyond a line's end, bytes. */
const OVERREAD = 32;

/** Lines longer than this are not walked. */
export const MAX_CHUNK_BYTES = LEAPS - CHUNK - OVERREAD;
const MAX_PREFIX_BYTES = LAST_STAMP - PREFIX;
const MAX_STAMP_ENTRIES = (CHUNK - STAMP_TABLE) / 2;
/** As an entry of the table: the line is accepted by these patterns. */
export const ACCEPTS = 0x8000_0000;
const ENTRY_BYTES = 4;
/** Numbers of one item. */
export const ITEM_WORDS = 9;

/** What the walk does with a line that was accepted so. */
export type Use = typeof IS_ITEM | typeof IS_COUNTED | typeof IS_ODD;
export const IS_ITEM = 1;
export const IS_COUNTED = 2;
export const IS_ODD = 3;

export class WalkMemory {
  readonly walk: WalkExports;
  readonly #leaps: WalkLeaps;
  #table: Uint32Array<ArrayBuffer>;
  #columns = new Uint8Array();

  constructor() {
    this.walk = instantiateWalk();
    this.#leaps = new WalkLeaps(this.walk, LEAPS);
    this.#table = this.#tableView();
  }

  /** What was laid down of the table so far, zeros behind it. */
  #tableView(): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.walk.memory.buffer, TABLE);
  }

  #bytes(from: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.walk.memory.buffer, from, length);
  }

  /** Puts the column of each byte in. */
  useClasses(ofByte: Uint8Array<ArrayBuffer>): void {
    this.#columns = ofByte;
    // offsets in bytes, so that the walk need not reckon them
    const columns = Uint16Array.from(ofByte, (number) => ENTRY_BYTES * number);
    new Uint16Array(this.walk.memory.buffer, CLASSES, columns.length).set(columns);
  }

  /** Makes room for so many entries. */
  growTable(entries: number): void {
    const missing = entries - this.#table.length;
    if (missing <= 0) return;
    // a quarter more, so that a table that grows row by row grows rarely
    this.walk.memory.grow(Math.ceil(((missing + this.#table.length / 4) * ENTRY_BYTES) / PAGE_BYTES));
    this.#table = this.#tableView();
  }

  /** As an entry, or where the walk left: the row that begins with an entry. */
  addressOf(firstEntry: number): number {
    return TABLE + ENTRY_BYTES * firstEntry;
  }

  /** The entry that a row begins with. */
  firstEntryOf(address: number): number {
    return (address - TABLE) / ENTRY_BYTES;
  }

  /** @param value the address of the row that the column leads to, or the set of patterns with {@link ACCEPTS} */
  setEntry(row: number, column: number, value: number): void {
    const index = this.firstEntryOf(row) + column;
    this.#table[index] = this.#leaps.lead(index, value, row);
  }

  /** All rows go. */
  clearTable(entries: number): void {
    this.#table.fill(0, 0, entries);
    this.#leaps.forget(TABLE);
  }

  /**
   * Leaps where such lines go on alike, from now on.
   *
   * @param width columns of a row
   */
  leap(samples: readonly LineSample[], rows: number, width: number): void {
    const entries = this.#table.subarray(0, rows * width);
    this.#leaps.learn({ entries, address: TABLE, columns: this.#columns, width }, samples);
  }

  setUse(acceptSet: number, use: Use): void {
    this.#bytes(USES + acceptSet, 1)[0] = use;
  }

  /** Lines skipped since the counts were cleared, by the set of patterns that they were accepted by. */
  counts(acceptSets: number): Uint32Array {
    return new Uint32Array(this.walk.memory.buffer, COUNTS, acceptSets);
  }

  /** Whether there is room for it. */
  setStamp({ prefix, inside, classes, endClass, stride, table }: OrdinaryStamp): boolean {
    if (prefix.length > MAX_PREFIX_BYTES || table.length > MAX_STAMP_ENTRIES) return false;
    this.#bytes(PREFIX, prefix.length).set(prefix);
    const ofByte = this.#bytes(STAMP_CLASSES, classes.length);
    ofByte.set(classes);
    ofByte[NEWLINE] = endClass;
    new Uint16Array(this.walk.memory.buffer, STAMP_TABLE, table.length).set(table);
    this.walk.useStamp(1, prefix.length, Math.log2(stride));
    if (inside?.before === undefined) this.walk.useInside(-1, -1, 0, 0);
    else {
      const { before, after = -1, minStart, isBehindFirst } = inside;
      this.walk.useInside(before, after, minStart, isBehindFirst ? 1 : 0);
    }
    return true;
  }

  clearStamp(): void {
    this.walk.useStamp(0, 0, 0);
  }

  /** Lays down whole lines, at most {@link MAX_CHUNK_BYTES} of them; items will tell their offsets in `bytes`. */
  load(bytes: Uint8Array, from: number, to: number): void {
    this.#bytes(CHUNK, to - from).set(bytes.subarray(from, to));
    this.walk.begin(CHUNK, CHUNK + to - from, from - CHUNK);
  }

  /** The items given so far; the walk begins anew with them. */
  takeItems(): Int32Array {
    const { items, memory } = this.walk;
    const taken = new Int32Array(memory.buffer, ITEMS, items.value * ITEM_WORDS);
    items.value = 0;
    return taken;
  }
}
