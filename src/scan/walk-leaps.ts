/**
 * The leaps of one byte walk, laid down in its memory. Knows not how rows come about.
 * @module
 */
import {
  chooseLeaps,
  type Leap,
  MAX_LEAPS,
  MAX_QUADS,
  PATTERN_BYTES,
  runPattern,
  type Steps,
  stretchPattern,
} from "./leaps.ts";
import type { LineSample } from "./line-samples.ts";
import { IS_QUAD, laidBehind, type QuadLeap, SHAPES } from "./quads.ts";
import type { WalkExports } from "./walk-instance.ts";

/** As an entry: a leap, with where it lies. */
const IS_LEAP = 0x6000_0000;

// A leap, as assembly/walk.ts has it: its pattern, and words behind it: how many bytes a stretch has, the row it leaps from, where it leads.
const ENTRY_BYTES = 4;
const NEXT = PATTERN_BYTES / ENTRY_BYTES + 2;
const LEAP_BYTES = PATTERN_BYTES + 4 * ENTRY_BYTES;

/** What a leap over addresses has besides, by shape. */
const QUAD_BYTES = SHAPES * ENTRY_BYTES;

/** What all leaps take, bytes, and where those over addresses have their entries by shape. */
const QUADS = MAX_LEAPS * LEAP_BYTES;
export const ALL_LEAPS_BYTES = QUADS + MAX_QUADS * QUAD_BYTES;

/** The rows of a walk, one behind the other. */
export interface WalkRows {
  readonly entries: Uint32Array;
  /** where the first one lies */
  readonly address: number;
  /** by byte: its column */
  readonly columns: Uint8Array;
  /** columns of a row */
  readonly width: number;
}

export class WalkLeaps {
  readonly #walk: WalkExports;
  readonly #address: number;
  /** by row */
  #leaps: ReadonlyMap<number, number> = new Map();
  #count = 0;
  #quadCount = 0;
  /** indexes of entries that lead to leaps, and the rows of these */
  #led: (readonly [index: number, row: number])[] = [];

  /** @param address where they are to lie */
  constructor(walk: WalkExports, address: number) {
    this.#walk = walk;
    this.#address = address;
  }

  /** What leads from a row to another. */
  entryTo(row: number, from: number): number {
    // one that stays itself goes on without
    const leap = row === from ? undefined : this.#leaps.get(row);
    return leap === undefined ? row : leap + IS_LEAP;
  }

  /**
   * What an entry is to be that leads from a row to another, until other leaps are learnt.
   *
   * @param index where the entry stands
   */
  lead(index: number, row: number, from: number): number {
    const entry = this.entryTo(row, from);
    if (entry !== row) this.#led.push([index, row]);
    return entry;
  }

  /** There are no rows any more but the first one. */
  forget(first: number): void {
    this.#leaps = new Map();
    this.#led = [];
    this.#walk.beginIn(first);
  }

  /** Chooses leaps by lines; they take the place of those before. */
  learn(rows: WalkRows, samples: readonly LineSample[]): void {
    const { entries, address, columns } = rows;
    for (const [index, row] of this.#led) entries[index] = row;
    this.#led = [];
    this.#leaps = new Map();
    const steps = stepsOf(rows);
    const begins = samples.map(({ before }) =>
      before.reduce((row, byte) => nextRow(steps, row, byte), rows.address),
    );
    const texts = samples.filter((_, index) => begins[index] === begins[0]).map(({ after }) => after);
    const { leaps: chosen, arrivals } = chooseLeaps(texts, begins[0] ?? -1, steps);
    this.#count = 0;
    this.#quadCount = 0;
    const leaps = new Map<number, number>();
    for (const leap of chosen) {
      const laid = this.#layDown(leap, steps);
      if (laid !== undefined) leaps.set(leap.row, laid);
    }
    this.#leaps = leaps;
    for (const { from, byte, row } of arrivals) {
      const index = (from - address) / ENTRY_BYTES + (columns[byte] ?? 0);
      const before = entries[index];
      if (this.entryTo(row, from) !== before) entries[index] = this.lead(index, row, from);
    }
    this.#walk.beginIn(this.entryTo(address, -1));
    this.#leadOn();
  }

  get #words(): Uint32Array {
    return new Uint32Array(this.#walk.memory.buffer, this.#address, ALL_LEAPS_BYTES / ENTRY_BYTES);
  }

  /** Stretches and addresses lead to leaps where there are any behind them. */
  #leadOn(): void {
    const words = this.#words;
    const step = LEAP_BYTES / ENTRY_BYTES;
    const lead = (at: number): void => {
      words[at] = this.entryTo(words[at] ?? 0, -1);
    };
    for (let at = 0; at < this.#count * step; at += step) {
      const bytes = words[at + PATTERN_BYTES / ENTRY_BYTES];
      if (bytes !== 0 && bytes !== IS_QUAD) lead(at + NEXT);
    }
    const quads = QUADS / ENTRY_BYTES;
    for (let at = quads; at < quads + this.#quadCount * SHAPES; at++) lead(at);
  }

  #layDown(leap: Leap, steps: Steps): number | undefined {
    const { row } = leap;
    if (this.#count + 2 > MAX_LEAPS) return undefined;
    if (leap.kind === "quad") return this.#layQuads(row, leap.quad);
    const stretch = leap.kind === "run" ? leap.behind : leap.stretch;
    let address: number | undefined;
    if (stretch !== undefined) {
      address = this.#add(stretchPattern(stretch), [stretch.lowest.length, row, stretch.next]);
    }
    if (leap.kind === "stretch") return address;
    const next = address === undefined ? row : address + IS_LEAP;
    return this.#add(
      runPattern((byte) => steps.stays(row, byte)),
      [0, row, next],
    );
  }

  #layQuads(row: number, quad: QuadLeap): number | undefined {
    if (this.#quadCount >= MAX_QUADS) return undefined;
    const offset = QUADS + this.#quadCount++ * QUAD_BYTES;
    this.#words.set(
      quad.ends.map((end) => Math.max(0, end)),
      offset / ENTRY_BYTES,
    );
    const numbers = [IS_QUAD, row, this.#address + offset, laidBehind(quad)];
    return this.#add(new Uint8Array(PATTERN_BYTES), numbers);
  }

  #add(pattern: Uint8Array, numbers: readonly number[]): number {
    const offset = this.#count++ * LEAP_BYTES;
    new Uint8Array(this.#walk.memory.buffer, this.#address).set(pattern, offset);
    this.#words.set(numbers, (offset + PATTERN_BYTES) / ENTRY_BYTES);
    return this.#address + offset;
  }
}

function stepsOf({ entries, address, columns }: WalkRows): Steps {
  const entryOf = (row: number, byte: number): number =>
    entries[(row - address) / ENTRY_BYTES + (columns[byte] ?? 0)] ?? 0;
  const end = address + entries.length * ENTRY_BYTES;
  return {
    next: (row, byte) => {
      const entry = entryOf(row, byte);
      return entry >= address && entry < end ? entry : -1;
    },
    kind: entryOf,
    stays: (row, byte) => entryOf(row, byte) === row,
  };
}

const nextRow = (steps: Steps, row: number, byte: number): number => (row < 0 ? row : steps.next(row, byte));
