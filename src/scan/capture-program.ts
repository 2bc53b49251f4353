/**
 * One pattern for the search by rows: its rows and steps, laid down in the memory as lines ask for them. Knows no lines.
 * @module
 */
import type { OrderedProgram } from "../regex/linear/ordered-program.ts";
import { END, LAST_NEWLINE, Places } from "../regex/linear/places.ts";
import { WayFollower } from "../regex/linear/way-follower.ts";
import { BEGINS, keyOf, NO_MATCH, type Row, type Step } from "../regex/linear/way-rows.ts";
import { asciiProgram } from "./ascii-program.ts";
import { CaptureLeaps } from "./capture-leaps.ts";
import {
  BEGAN,
  type CaptureMemory,
  COLUMN_BYTES,
  IS_LAST,
  IS_OTHER,
  IS_SETTLED,
  MATCHES,
  TAGS_UNIT,
  WAY_BYTES,
  WORD_BYTES,
} from "./capture-memory.ts";
import { MAX_SAMPLE_BYTES, TextSamples } from "./text-samples.ts";

const NEWLINE = 0x0a;
const ASCII = 128;

/** Ways of a row, as far as they can be told apart. */
const MAX_WAYS = BEGAN / WAY_BYTES - 1;

const NO_TAGS: readonly number[] = [];

/** What the follower may keep. */
const MAX_KEPT = 10_000;

/** Work of a step besides the ways it looks at. */
const STEP_WORK = 50;

export class CaptureProgram {
  readonly #memory: CaptureMemory;
  readonly #groupCount: number;
  readonly #places: Places;
  readonly #follower: WayFollower;
  /** by byte of ASCII, with their offsets in a row; and by column: the class of its characters, or what else is there at a text's end */
  readonly #columns: readonly number[];
  readonly #offsets: readonly number[];
  readonly #classes: readonly number[];
  readonly #newlineColumn: number;
  /** by address */
  #rows = new Map<number, Row>();
  #addresses = new Map<string, number>();
  /** by row: the step that leaves it as it is, of which one in a row is enough */
  #stays = new Map<number, number>();
  readonly #leaps: CaptureLeaps;
  readonly #samples = new TextSamples();
  #firstRow = 0;
  #used = 0;
  #steps = 0;
  /** where it lies, 0 while it is not laid down */
  address = 0;

  /** @param isAnchored whether a match begins at the start of the text or nowhere */
  constructor(whole: OrderedProgram, isAnchored: boolean, groupCount: number, memory: CaptureMemory) {
    const program = asciiProgram(whole);
    this.#memory = memory;
    this.#leaps = new CaptureLeaps(memory);
    this.#groupCount = groupCount;
    this.#places = new Places(program);
    this.#follower = new WayFollower(program, this.#places, isAnchored);
    this.#classes = [...new Set([END, LAST_NEWLINE, ...this.#places.lowClasses.subarray(0, ASCII)])];
    this.#columns = Array.from(this.#places.lowClasses.subarray(0, ASCII), (number) =>
      this.#classes.indexOf(number),
    );
    this.#offsets = this.#columns.map((column) => column * COLUMN_BYTES);
    this.#newlineColumn = this.#columns[NEWLINE] ?? 0;
  }

  /** What building has cost so far, in ways looked at. */
  get work(): number {
    return this.#follower.work + this.#steps * STEP_WORK;
  }

  /** Bytes of the memory that it takes. */
  get used(): number {
    return this.#used;
  }

  /** The memory was cleared. */
  forget(): void {
    this.#follower.forget();
    this.#rows = new Map();
    this.#addresses = new Map();
    this.#stays = new Map();
    this.#leaps.forget();
    this.#used = 0;
    this.address = 0;
  }

  /** Lays it down with its first row. @returns whether there was room */
  layDown(): boolean {
    const { row, tags } = this.#follower.first(undefined);
    const used = this.#memory.used;
    if (!this.#hasRoomFor(row, WAY_BYTES * tags.length, tags)) return false;
    const lists = tags.map((list) => this.#memory.tagList([], list));
    this.#firstRow = this.#addressOf(row);
    this.address = this.#memory.addProgram(this.#offsets, this.#firstRow, lists, this.#groupCount);
    this.#memory.setUntilSample(this.address, this.#samples.wait);
    this.#used += this.#memory.used - used;
    return true;
  }

  /** A sample is taken of what was searched, a part of the present text. */
  sample(from: number, to: number): void {
    const samples = this.#samples.add(this.#memory.textOf(from, Math.min(to, from + MAX_SAMPLE_BYTES)));
    this.#memory.setUntilSample(this.address, this.#samples.wait);
    if (samples === undefined) return;
    const used = this.#memory.used;
    const program = {
      firstRow: this.#firstRow,
      offsets: this.#offsets,
      waysOf: (row: number) => this.#rows.get(row)?.open.length ?? 0,
    };
    this.#leaps.learn(program, samples);
    this.#memory.setFirst(this.address, this.#leaps.entryTo(this.#firstRow));
    this.#used += this.#memory.used - used;
  }

  /** Builds the step of a row over the characters of a column. @returns whether there was room */
  build(rowAddress: number, column: number): boolean {
    const row = this.#rows.get(rowAddress);
    const classNumber = this.#classes[column];
    if (row === undefined || classNumber === undefined) throw new Error("no such row");
    const { row: next, step } = this.#follower.after(row, classNumber);
    this.#steps++;
    const used = this.#memory.used;
    if (!this.#hasRoomFor(next, WAY_BYTES * step.from.length, step.here, step.behind, [step.matchTags]))
      return false;
    const columns = this.#columnsLike(column, classNumber, next);
    const words = this.#wordsOf(step);
    const stepAddress = this.#memory.addStep(words);
    const nextAddress = next === undefined ? 0 : this.#addressOf(next);
    let entry = nextAddress | (step.match === NO_MATCH ? 0 : MATCHES);
    if (next === undefined || classNumber === END) entry |= IS_LAST;
    if (nextAddress === rowAddress) entry |= this.#staying(rowAddress, stepAddress, words, columns);
    for (const each of columns) {
      this.#memory.setColumn(rowAddress, each, entry, stepAddress);
      const at = (rowAddress + each * COLUMN_BYTES) / WORD_BYTES;
      if (classNumber !== LAST_NEWLINE) this.#leaps.lead(at, entry, rowAddress);
    }
    this.#used += this.#memory.used - used;
    return true;
  }

  /** How a step leads from a row to itself, as flags. */
  #staying(row: number, step: number, words: readonly number[], columns: readonly number[]): number {
    if (!isRepeatable(words)) return IS_OTHER;
    const stay = this.#stays.get(row) ?? step;
    this.#stays.set(row, stay);
    const left = this.#classes.length - 2 - columns.length;
    // every character does, but for the newline perhaps
    const isSettled = left === 0 || (left === 1 && !columns.includes(this.#newlineColumn));
    return (stay === step ? 0 : IS_OTHER) | (isSettled ? IS_SETTLED : 0);
  }

  /** The columns whose step from the row is the same; nothing was asked of the places since it was found. */
  #columnsLike(column: number, classNumber: number, next: Row | undefined): readonly number[] {
    const isOrdinary = classNumber !== END && classNumber !== LAST_NEWLINE;
    if (!isOrdinary || next?.previous !== undefined) return [column];
    return this.#places.alike(classNumber, this.#classes);
  }

  #wordsOf({ match, matchTags, from, here, behind }: Step): readonly number[] {
    const memory = this.#memory;
    const words = [
      match === NO_MATCH ? 0 : match * WAY_BYTES + memory.tagList(NO_TAGS, matchTags) * TAGS_UNIT,
    ];
    for (let way = 0; way < from.length; way++) {
      const before = from[way] ?? BEGINS;
      const list = memory.tagList(here[way] ?? NO_TAGS, behind[way] ?? NO_TAGS);
      words.push((before === BEGINS ? BEGAN : before * WAY_BYTES) + list * TAGS_UNIT);
    }
    return words;
  }

  #hasRoomFor(
    row: Row | undefined,
    bytes: number,
    ...lists: readonly (readonly (readonly number[])[])[]
  ): boolean {
    const open = row?.open.length ?? 0;
    if (open > MAX_WAYS || this.#follower.kept > MAX_KEPT) return false;
    let tags = open + 1;
    for (const list of lists) for (const { length } of list) tags += length;
    return this.#memory.hasRoom(bytes + 8 * this.#classes.length, tags);
  }

  #addressOf(row: Row): number {
    const key = keyOf(row);
    const known = this.#addresses.get(key);
    if (known !== undefined) return known;
    const address = this.#memory.addRow(this.#classes.length, row.open.length);
    this.#addresses.set(key, address);
    this.#rows.set(address, row);
    return address;
  }
}

/** Whether a step from a row to itself that is done again and again comes to what the last one alone comes to. */
function isRepeatable(words: readonly number[]): boolean {
  for (let index = 1; index < words.length; index++) {
    const before = (words[index] ?? 0) % TAGS_UNIT;
    if (before !== BEGAN && words[1 + before / WAY_BYTES] !== before) return false;
  }
  return true;
}
