/**
 * The leaps of one program, laid down in the memory of searches: the steps over their bytes are one step. Knows not how rows come about.
 * @module
 */
import {
  BEGAN,
  type CaptureMemory,
  COLUMN_BYTES,
  FLAGS,
  IS_LEAP,
  IS_NEEDED,
  IS_OTHER,
  TAGS_UNIT,
  WAY_BYTES,
  WORD_BYTES,
} from "./capture-memory.ts";
import {
  chooseLeaps,
  MAX_LEAPS,
  MAX_QUADS,
  PATTERN_BYTES,
  runPattern,
  type Steps,
  type Stretch,
  stretchPattern,
} from "./leaps.ts";
import { bytesOfShape, IS_QUAD, laidBehind, type QuadLeap, SHAPES } from "./quads.ts";

// A leap, as assembly/captures.ts has it: its pattern, and words behind it, of which the third says where it leads.
const NEXT = PATTERN_BYTES / WORD_BYTES + 2;
const LEAP_BYTES = PATTERN_BYTES + 4 * WORD_BYTES;

/** Group places that all ways together may pass in a leap. */
const MAX_TAGS = 256;

/** More than addresses go up to. */
const ADDRESSES = 2 ** 24;

/** A program whose rows are known. */
export interface LeapingProgram {
  readonly firstRow: number;
  /** by byte of ASCII: the offset of its column in a row */
  readonly offsets: readonly number[];
  /** how many ways are open in a row */
  waysOf(row: number): number;
}

export class CaptureLeaps {
  readonly #memory: CaptureMemory;
  /** by row */
  #leaps: ReadonlyMap<number, number> = new Map();
  /** columns that lead to leaps, and the rows of these */
  #led: (readonly [at: number, row: number])[] = [];
  /** where leaps are laid down, and how many there are now */
  #addresses: number[] = [];
  #count = 0;
  /** where columns by shape are laid down, and how many there are now */
  #quads: number[] = [];
  #quadCount = 0;
  /** steps over addresses that were found, by where they begin, how long they are and where they end: rows stay what they are */
  #quadSteps = new Map<string, number | undefined>();

  constructor(memory: CaptureMemory) {
    this.#memory = memory;
  }

  /** The memory was cleared. */
  forget(): void {
    this.#leaps = new Map();
    this.#led = [];
    this.#addresses = [];
    this.#quads = [];
    this.#quadSteps = new Map();
  }

  /** What leads to a row over an ordinary character, where nothing else happens. */
  entryTo(row: number): number {
    const leap = this.#leaps.get(row);
    return leap === undefined ? row : leap + IS_LEAP;
  }

  /** Chooses leaps by texts; they take the place of those before. */
  learn(program: LeapingProgram, texts: readonly Uint8Array[]): void {
    const { words } = this.#memory;
    for (const [at, row] of this.#led) words[at] = row;
    this.#led = [];
    this.#leaps = new Map();
    this.#count = 0;
    this.#quadCount = 0;
    const steps = this.#stepsOf(program);
    const leaps = new Map<number, number>();
    /** indexes of words that lead to rows which may have leaps */
    const nexts: number[] = [];
    const { leaps: chosen, arrivals } = chooseLeaps(texts, program.firstRow, steps);
    for (const leap of chosen) {
      if (leap.kind === "quad") {
        const columns = this.#layQuads(leap.row, leap.quad, program, steps);
        if (columns === undefined) continue;
        const numbers = [IS_QUAD, leap.row, columns, laidBehind(leap.quad)];
        const address = this.#layDown(new Uint8Array(PATTERN_BYTES), numbers);
        if (address === undefined) continue;
        leaps.set(leap.row, address);
        for (let shape = 0; shape < SHAPES; shape++)
          nexts.push((columns + shape * COLUMN_BYTES) / WORD_BYTES);
        continue;
      }
      let next = leap.row;
      const stretch = leap.kind === "run" ? leap.behind : leap.stretch;
      if (stretch !== undefined) {
        const address = this.#layStretch(leap.row, stretch, program, steps);
        if (address === undefined) continue;
        nexts.push(address / WORD_BYTES + NEXT);
        leaps.set(leap.row, address);
        next = address + IS_LEAP;
      }
      if (leap.kind === "stretch") continue;
      const address = this.#layRun(leap.row, next, program, steps);
      if (address !== undefined) leaps.set(leap.row, address);
    }
    this.#leaps = leaps;
    for (const { from, byte, row } of arrivals)
      this.lead((from + (program.offsets[byte] ?? 0)) / WORD_BYTES, row, from);
    for (const at of nexts) words[at] = this.entryTo(words[at] ?? 0);
  }

  /**
   * A column that leads to a row alone leads to its leap, if it has one, until others are learnt.
   *
   * @param at the index of its word
   */
  lead(at: number, row: number, from: number): void {
    const { words } = this.#memory;
    const entry = this.entryTo(row);
    // a row that stays itself goes on without
    if (row === from || entry === row || words[at] !== row) return;
    words[at] = entry;
    this.#led.push([at, row]);
  }

  #stepsOf({ offsets }: LeapingProgram): Steps {
    const { words } = this.#memory;
    const at = (row: number, byte: number): number => (row + (offsets[byte] ?? 0)) / WORD_BYTES;
    return {
      next: (row, byte) => {
        const entry = words[at(row, byte)] ?? 0;
        return (entry & FLAGS & ~IS_OTHER) === 0 ? entry & ~FLAGS : -1;
      },
      kind: (row, byte) => (words[at(row, byte)] ?? 0) * ADDRESSES + (words[at(row, byte) + 1] ?? 0),
      stays: (row, byte) => words[at(row, byte)] === row,
    };
  }

  #layStretch(row: number, stretch: Stretch, program: LeapingProgram, steps: Steps): number | undefined {
    const { lowest } = stretch;
    const last = stretch.next;
    const ways = program.waysOf(last);
    if (!this.#memory.hasRoom(LEAP_BYTES + WORD_BYTES * (1 + ways), MAX_TAGS + ways)) return undefined;
    const words = this.#wordsOver(row, lowest, ways, program, steps);
    return (
      words && this.#layDown(stretchPattern(stretch), [lowest.length, row, last, this.#memory.addStep(words)])
    );
  }

  /** Columns by shape, zeros where it is not known where they lead. @returns where they lie */
  #layQuads(
    row: number,
    { behind, ends }: QuadLeap,
    program: LeapingProgram,
    steps: Steps,
  ): number | undefined {
    const memory = this.#memory;
    if (this.#quadCount >= MAX_QUADS || !memory.hasRoom(SHAPES * COLUMN_BYTES, 0)) return undefined;
    const address = this.#quads[this.#quadCount] ?? memory.reserve(SHAPES * COLUMN_BYTES);
    this.#quads[this.#quadCount++] = address;
    for (const [shape, end] of ends.entries()) {
      const column = (address + shape * COLUMN_BYTES) / WORD_BYTES;
      memory.words.fill(0, column, column + COLUMN_BYTES / WORD_BYTES);
      const step = end < 0 ? undefined : this.#quadStep(row, shape, behind, end, program, steps);
      if (step !== undefined) memory.words.set([end, step], column);
    }
    return address;
  }

  /** The step over an address, with the byte behind it; `undefined`: there is none, or no room. */
  #quadStep(
    row: number,
    shape: number,
    behind: number,
    end: number,
    program: LeapingProgram,
    steps: Steps,
  ): number | undefined {
    const key = `${row} ${shape} ${behind} ${end}`;
    if (this.#quadSteps.has(key)) return this.#quadSteps.get(key);
    const ways = program.waysOf(end);
    if (!this.#memory.hasRoom(WORD_BYTES * (1 + ways), MAX_TAGS + ways)) return undefined;
    const bytes = behind < 0 ? bytesOfShape(shape) : [...bytesOfShape(shape), behind];
    const words = this.#wordsOver(row, bytes, ways, program, steps);
    const step = words && this.#memory.addStep(words);
    this.#quadSteps.set(key, step);
    return step;
  }

  #layRun(row: number, next: number, { offsets }: LeapingProgram, steps: Steps): number | undefined {
    const byte = offsets.findIndex((_, each) => steps.stays(row, each));
    if (byte < 0 || !this.#memory.hasRoom(LEAP_BYTES, 0)) return undefined;
    const step = this.#memory.words[(row + (offsets[byte] ?? 0)) / WORD_BYTES + 1] ?? 0;
    const pattern = runPattern((each) => steps.stays(row, each));
    return this.#layDown(pattern, [0, row, next, step]);
  }

  #layDown(pattern: Uint8Array, numbers: readonly number[]): number | undefined {
    if (this.#count >= MAX_LEAPS) return undefined;
    const address = this.#addresses[this.#count] ?? this.#memory.reserve(LEAP_BYTES);
    this.#addresses[this.#count++] = address;
    this.#memory.bytes.set(pattern, address);
    this.#memory.words.set(numbers, (address + PATTERN_BYTES) / WORD_BYTES);
    return address;
  }

  /** What the steps over bytes come to together; `undefined`: a way begins in them. */
  #wordsOver(
    from: number,
    bytes: readonly number[],
    ways: number,
    { offsets }: LeapingProgram,
    steps: Steps,
  ): readonly number[] | undefined {
    const { words } = this.#memory;
    const passed: number[] = [];
    let row = from;
    for (const byte of bytes) {
      passed.unshift((words[(row + (offsets[byte] ?? 0)) / WORD_BYTES + 1] ?? 0) & ~IS_NEEDED);
      row = steps.next(row, byte);
    }
    const together = [0];
    let tagCount = 0;
    for (let way = 0; way < ways; way++) {
      let before = way * WAY_BYTES;
      const tags: number[] = [];
      // from the last step to the first, as the way back goes
      for (const [distance, step] of passed.entries()) {
        const word = words[(step + WAY_BYTES + before) / WORD_BYTES] ?? 0;
        before = word % TAGS_UNIT;
        if (before === BEGAN) return undefined;
        const list = Math.floor(word / TAGS_UNIT);
        if (list === 0) continue;
        for (const tag of this.#memory.tagsOf(list)) tags.push(tag + distance);
      }
      tagCount += tags.length;
      if (tagCount > MAX_TAGS) return undefined;
      together.push(before + TAGS_UNIT * this.#memory.listOf(tags));
    }
    return together;
  }
}
