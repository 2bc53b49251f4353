/**
 * The memory of searches by rows: where things lie in it, and the room that programs share. It never grows, so views on it stay good;
 * pages of it that nobody wrote to cost nothing.
 * The same numbers stand in assembly/captures.ts and assembly/layout.ts.
 * @module
 */
import { MAX_ACCEPT_SETS } from "./accept-sets.ts";
import { CAPTURES_BASE64 } from "./captures-module.ts";
import { EmbeddedModule, type WasmGlobal, type WasmMemory } from "./embedded-module.ts";
import { ITEM_WORDS } from "./walk-memory.ts";

export const PLACES = 1024;
const TAGS = 4096;
/** a line that something was cut out of */
const TEXT = 69_632;
const PIECE = 204_800;
const LOG = 471_040;
/** lines that are searched by one call, what was found in them, and the group places of that */
const LINES = 1_523_712;
const FOUND = 1_527_808;
/** what a scan has told of them, and by the set of patterns that accepted one where its plan lies */
const ITEMS = 1_531_904;
const PLANS = 1_540_096;
/** where the group places of the search that is kept lie; those of the lines are before it */
export const KEPT_PLACES = 2_072_576;
/** what {@link PlainLines} lay down */
export const PLAIN_LINES = 2_076_672;
const ARENA = 2_214_784;

/** What a search reads beyond a line's end, bytes. */
const OVERREAD = 16;

export const MAX_PIECE_BYTES = LOG - PIECE - OVERREAD;
const MAX_PLACES = 512;
const MAX_TAG_SLOTS = (TEXT - TAGS) / 4;
const TAGS_END = 0xffff;

/** Lines that one call takes, and the words of each and of what was found in it. */
export const MAX_BATCH = 128;
export const BATCH_WORDS = 8;

// A program: the column of each byte of ASCII, then these.
const FIRST_ROW = 256;
const UNTIL_SAMPLE = 268;
const PROGRAM_BYTES = 272;
/** The most groups that a program may have. */
export const MAX_GROUPS = MAX_PLACES / 2 - 1;

// A column of a row is two words: the next row with flags, and the step.
export const COLUMN_BYTES = 8;
export const MISSING = 1;
export const MATCHES = 2;
export const IS_LAST = 4;
export const IS_SETTLED = 8;
/** leads to the row itself, but not as the others that do */
export const IS_OTHER = 16;
/** leads to a leap */
export const IS_LEAP = 32;
export const FLAGS = 63;
const ROW_ALIGNMENT = 64;

// What is remembered of rows and steps outside of this memory, about.
const BYTES_OF_ROW = 400;
const BYTES_OF_STEP = 100;
const BYTES_OF_WAY = 8;
const MAX_OUTSIDE = 4 * 1024 * 1024;

/** As the way before: the way began. */
export const BEGAN = 0xffff;
/** A way is told by its offset among the ways of a row. */
export const WAY_BYTES = 4;
export const WORD_BYTES = 4;
export const IS_NEEDED = 1;
/** In a word of a step: the list of group places, above the way before. */
export const TAGS_UNIT = 0x10000;

// A group place of a list: how far before the place behind the step, and above that which.
const TAG_UNIT = 32;
const BEFORE_CHARACTER = 1;

/** What assembly/captures.ts gives out. */
interface CaptureExports {
  readonly memory: WasmMemory;
  /** where the text lies */
  readonly textAt: WasmGlobal;
  readonly missingRow: WasmGlobal;
  readonly missingColumn: WasmGlobal;
  take(start: number, cutStart: number, cutEnd: number, end: number): number;
  run(program: number, from: number, to: number, into: number): number;
  goOn(row: number): number;
  fillLines(from: number, count: number): number;
  searchLines(from: number, count: number, by: number): number;
  countLines(from: number, searched: number, by: number, wanted: number, now: number): number;
  readonly noted: WasmGlobal;
  clearCounts(): void;
  readonly missed: WasmGlobal;
  readonly unmatched: WasmGlobal;
  readonly harmless: WasmGlobal;
  /** of regexes of which {@link PlainLines} know nothing yet: where they would lie */
  readonly unknownShape: WasmGlobal;
}

const MODULE = new EmbeddedModule<CaptureExports>(CAPTURES_BASE64);

export class CaptureMemory {
  readonly search: CaptureExports = MODULE.instantiate();
  readonly places: Int32Array<ArrayBuffer>;
  /** what the next call is to search, {@link BATCH_WORDS} by line, and what was found */
  readonly lines: Int32Array<ArrayBuffer>;
  readonly found: Int32Array<ArrayBuffer>;
  /** items of a scan that lines are to be made of, and where the plans lie of those, by the set of patterns that accepted one; 0: nowhere */
  readonly items: Int32Array<ArrayBuffer>;
  readonly plans: Uint32Array<ArrayBuffer>;
  /** all of it */
  readonly numbers: Int32Array<ArrayBuffer>;
  readonly words: Uint32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #halves: Uint16Array<ArrayBuffer>;
  #free = ARENA;
  #outside = 0;
  #freeTags = 1;
  /** by their words: programs and rows share them */
  #tagLists = new Map<string, number>();
  #steps = new Map<string, number>();
  /** from offsets of the bytes laid down to addresses */
  #toAddress = 0;

  constructor() {
    const { buffer } = this.search.memory;
    this.places = new Int32Array(buffer, PLACES, MAX_PLACES);
    this.lines = new Int32Array(buffer, LINES, MAX_BATCH * BATCH_WORDS);
    this.found = new Int32Array(buffer, FOUND, MAX_BATCH * BATCH_WORDS);
    this.items = new Int32Array(buffer, ITEMS, MAX_BATCH * ITEM_WORDS);
    this.plans = new Uint32Array(buffer, PLANS, MAX_ACCEPT_SETS);
    this.numbers = new Int32Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.#halves = new Uint16Array(buffer);
    this.words = new Uint32Array(buffer);
  }

  /** Bytes that programs, rows and steps take now, with what is remembered of them outside. */
  get used(): number {
    return this.#free - ARENA + this.#outside;
  }

  /** Whether there is room for so many bytes more, in a few pieces, and so many group places, in lists. */
  hasRoom(bytes: number, tags: number): boolean {
    if (this.#outside > MAX_OUTSIDE) return false;
    const isThere = this.#free + bytes + PROGRAM_BYTES + 3 * ROW_ALIGNMENT <= this.bytes.length;
    return isThere && this.#freeTags + tags <= MAX_TAG_SLOTS;
  }

  /** Takes all programs, rows and steps away. */
  clear(): void {
    this.#free = ARENA;
    this.#outside = 0;
    this.#freeTags = 1;
    this.#tagLists = new Map();
    this.#steps = new Map();
  }

  /** Lays bytes down, at most {@link MAX_PIECE_BYTES}. */
  load(bytes: Uint8Array, from: number, to: number): void {
    this.bytes.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), PIECE);
    this.#toAddress = PIECE - from;
  }

  /** Makes a line of them the text; offsets of the bytes that were given. */
  take(start: number, cutStart: number, cutEnd: number, end: number): boolean {
    const by = this.#toAddress;
    return this.search.take(start + by, cutStart + by, cutEnd + by, end + by) !== 0;
  }

  /** Searches in lines from one on. @returns the number of the first one of which it is not known what it comes to, or how many there are */
  searchLines(from: number, count: number): number {
    return this.search.searchLines(from, count, this.#toAddress);
  }

  /** Counts lines that were searched, as {@link PlainLines} say. */
  countLines(from: number, searched: number, wanted: number, now: number): number {
    return this.search.countLines(from, searched, this.#toAddress, wanted, now);
  }

  /**
   * @param offsets of columns, by byte of ASCII
   * @param firstTags by way of the first row: the number of its list of group places
   */
  addProgram(
    offsets: readonly number[],
    firstRow: number,
    firstTags: readonly number[],
    groupCount: number,
  ): number {
    const tags = this.reserve(4 * firstTags.length);
    this.words.set(firstTags, tags / 4);
    const program = this.reserve(PROGRAM_BYTES);
    this.#halves.set(offsets, program / 2);
    this.words.set([firstRow, tags, 2 * (groupCount + 1)], (program + FIRST_ROW) / 4);
    return program;
  }

  /** So many searches of a program, then a sample is taken. */
  setUntilSample(program: number, searches: number): void {
    this.words[(program + UNTIL_SAMPLE) / WORD_BYTES] = searches;
  }

  /** Whether it is to be taken now. */
  wantsSample(program: number): boolean {
    return this.words[(program + UNTIL_SAMPLE) / WORD_BYTES] === 0;
  }

  /** @param entry what leads to the first row */
  setFirst(program: number, entry: number): void {
    this.words[(program + FIRST_ROW) / WORD_BYTES] = entry;
  }

  /**
   * A row without steps.
   *
   * @param ways how many are open
   */
  addRow(columns: number, ways: number): number {
    this.#outside += BYTES_OF_ROW + ways * BYTES_OF_WAY;
    const row = this.reserve(columns * COLUMN_BYTES);
    this.words.fill(MISSING, row / WORD_BYTES, (row + columns * COLUMN_BYTES) / WORD_BYTES);
    return row;
  }

  /**
   * A step: where it lies, with a bit if the way back has to know of it.
   *
   * @param words its match, and its ways: the way before, and its list of group places in the upper half
   */
  addStep(words: readonly number[]): number {
    const key = words.join();
    const known = this.#steps.get(key);
    if (known !== undefined) return known;
    const address = this.reserve(WORD_BYTES * words.length, WORD_BYTES);
    this.words.set(words, address / WORD_BYTES);
    const step = address + (isQuiet(words) ? 0 : IS_NEEDED);
    this.#steps.set(key, step);
    this.#outside += BYTES_OF_STEP + words.length * BYTES_OF_WAY;
    return step;
  }

  setColumn(row: number, column: number, next: number, step: number): void {
    const at = (row + column * COLUMN_BYTES) / 4;
    this.words[at] = next;
    this.words[at + 1] = step;
  }

  /** The number of a list of group places: those passed before a character, and behind it; 0 if there are none. */
  tagList(here: readonly number[], behind: readonly number[]): number {
    if (here.length === 0 && behind.length === 0) return 0;
    const tags = behind.map((tag) => tag * TAG_UNIT);
    return this.listOf([...tags, ...here.map((tag) => tag * TAG_UNIT + BEFORE_CHARACTER)]);
  }

  /** The same for group places with their distances. */
  listOf(tags: readonly number[]): number {
    if (tags.length === 0) return 0;
    const list = [...tags, TAGS_END];
    const key = list.join();
    const known = this.#tagLists.get(key);
    if (known !== undefined) return known;
    const number = this.#freeTags;
    this.#freeTags += Math.ceil(list.length / 2);
    if (this.#freeTags > MAX_TAG_SLOTS) throw new RangeError("group places of one step fill their area");
    this.#halves.set(list, (TAGS + 4 * number) / 2);
    this.#tagLists.set(key, number);
    return number;
  }

  /** What a list holds. */
  tagsOf(list: number): readonly number[] {
    const from = (TAGS + 4 * list) / 2;
    return list === 0 ? [] : [...this.#halves.subarray(from, this.#halves.indexOf(TAGS_END, from))];
  }

  /** A part of the present text. */
  textOf(from: number, to: number): Uint8Array {
    const text = this.search.textAt.value;
    return this.bytes.slice(text + from, text + to);
  }

  /** Room that was asked for. */
  reserve(bytes: number, alignment = ROW_ALIGNMENT): number {
    const taken = Math.ceil(this.#free / alignment) * alignment;
    this.#free = taken + bytes;
    if (this.#free > this.bytes.length) throw new RangeError("no room was asked for");
    return taken;
  }
}

/** Whether every way goes on as it was, and passes nothing. */
function isQuiet(words: readonly number[]): boolean {
  for (let way = 0; way + 1 < words.length; way++) if (words[way + 1] !== way * WAY_BYTES) return false;
  return true;
}
