/**
 * Many lines searched by one call: of each, what one regex finds first, and which of others matches where that says. Knows neither filters
 * nor why they ask.
 * Hot: per line that may come to something.
 * @module
 */
import { BATCH_WORDS, type CaptureMemory, MAX_BATCH, WORD_BYTES } from "./capture-memory.ts";
import { ACCEPT_SET, ITEM_STEP, LINE_END, LINE_START, STAMP_END, STAMP_START } from "./line-scanner.ts";
import { shapeAddressOf } from "./plain-lines.ts";

// A plan in the memory: the program that is searched first, where the group's places stand behind a match's, whether all are searched, and
// the others, each with its shape; as assembly/line-batch.ts has it.
const NONE = 0;
const NOT_THERE = 1;
const OTHERS = 3;
const OTHER_WORDS = 2;

// A line: where it begins, what is cut out of it, where it ends, and its plan.
const CUT_START = 1;
const CUT_END = 2;
const END = 3;
const PLAN = 4;

// What was found in a line; the numbers of group places are those among {@link CaptureMemory.numbers}.
/** 0: the regex that is searched first does not match, and all else means nothing */
export const OUTCOME = 0;
/** the part that the others were searched in */
export const FROM = 1;
export const TO = 2;
export const FIRST_PLACES = 3;
export const OTHER_PLACES = 4;
/** which of the others matched, the first of them 0; -1: none */
export const WHICH = 5;
/** 0: and no other one of them does; else one does, or it is not known */
export const REST = 7;

/** What is searched in lines, by the numbers of regexes. */
export class CapturePlan {
  /** -1: nothing */
  readonly first: number;
  /** the group of the first one that says where the others are searched; 0: everywhere */
  readonly content: number;
  /** searched in this order until one matches */
  readonly others: readonly number[];
  /** and on, to know whether another one does as well */
  readonly searchesAll: boolean;
  /** where it lies; good while the memory is as old as it says */
  address = 0;
  age = -1;
  /** no regex of it is missing there */
  isWhole = false;

  constructor(first: number, content: number, others: readonly number[], searchesAll: boolean) {
    this.first = first;
    this.content = content;
    this.others = others;
    this.searchesAll = searchesAll;
  }
}

export class LineBatch {
  readonly #memory: CaptureMemory;
  /** where the program of a regex lies, 0 if it does not */
  readonly #programAt: (index: number) => number;
  /** where plans lie, by what they search */
  #plans = new Map<string, number>();
  /** sets of patterns whose plans are known where lines are made of items */
  #sets: number[] = [];
  #age = 0;
  #count = 0;

  constructor(memory: CaptureMemory, programAt: (index: number) => number) {
    this.#memory = memory;
    this.#programAt = programAt;
  }

  /** Lines of the present batch. */
  get count(): number {
    return this.#count;
  }

  /** The memory was cleared: there is no batch. */
  forget(): void {
    this.forgetSets();
    this.#plans = new Map();
    this.#age++;
    this.#count = 0;
  }

  /** Begins another batch. */
  begin(): void {
    this.#count = 0;
  }

  /** Sets of patterns mean something else from now on. */
  forgetSets(): void {
    for (const acceptSet of this.#sets) this.#memory.plans[acceptSet] = 0;
    this.#sets = [];
  }

  /**
   * Begins another batch with the lines of items, up to one that is to be searched by itself.
   *
   * @param planOf what is searched in lines that were accepted by a set of patterns; asked once, until they are forgotten
   */
  beginWith(items: Int32Array, from: number, end: number, planOf: (acceptSet: number) => CapturePlan): void {
    const { search, items: taken, plans } = this.#memory;
    const behind = Math.min(end, from + MAX_BATCH * ITEM_STEP);
    const count = (behind - from) / ITEM_STEP;
    taken.set(items.subarray(from, behind));
    this.#count = search.fillLines(0, count);
    while (this.#count < count) {
      const item = from + this.#count * ITEM_STEP;
      const stampStart = items[item + STAMP_START] ?? -1;
      if (stampStart < 0) return;
      const acceptSet = items[item + ACCEPT_SET] ?? 0;
      const plan = planOf(acceptSet);
      const start = items[item + LINE_START] ?? 0;
      const stampEnd = items[item + STAMP_END] ?? 0;
      if (!this.add(start, stampStart, stampEnd, items[item + LINE_END] ?? 0, plan)) return;
      // what is missing there may come to be laid down
      if (plan.isWhole) {
        plans[acceptSet] = plan.address;
        this.#sets.push(acceptSet);
      }
      this.#count = search.fillLines(this.#count, count);
    }
  }

  /** Adds a line; offsets of the bytes laid down. @returns false: it is to be searched by itself */
  add(start: number, cutStart: number, cutEnd: number, end: number, plan: CapturePlan): boolean {
    if (this.#count >= MAX_BATCH) return false;
    if ((plan.age !== this.#age || !plan.isWhole) && !this.#layDown(plan)) return false;
    const { lines } = this.#memory;
    const at = this.#count++ * BATCH_WORDS;
    lines[at] = start;
    lines[at + CUT_START] = cutStart;
    lines[at + CUT_END] = cutEnd;
    lines[at + END] = end;
    lines[at + PLAN] = plan.address;
    return true;
  }

  /** Searches in the lines of the batch from one on. @returns the number of the first one of which it is not known what it comes to */
  search(from: number): number {
    return this.#memory.searchLines(from, this.#count);
  }

  /** Bytes of the lines between two numbers. */
  bytesOf(from: number, to: number): number {
    if (to <= from) return 0;
    const { lines } = this.#memory;
    return (lines[(to - 1) * BATCH_WORDS + END] ?? 0) - (lines[from * BATCH_WORDS] ?? 0);
  }

  /** @returns whether that which is searched first is there */
  #layDown(plan: CapturePlan): boolean {
    const { first, content, others, searchesAll } = plan;
    const begins = first < 0 ? others[0] : first;
    if (begins !== undefined && this.#programAt(begins) === NONE) return false;
    const { words } = this.#memory;
    if (plan.age !== this.#age) {
      const address = this.#addressOf(plan);
      if (address === 0) return false;
      plan.address = address;
      plan.age = this.#age;
    }
    const at = plan.address / WORD_BYTES;
    const programs = others.map((index) => this.#programAt(index) || NOT_THERE);
    const begin = [first < 0 ? NONE : this.#programAt(first), 2 * WORD_BYTES * content, searchesAll ? 1 : 0];
    words.set(begin, at);
    for (const [nth, program] of programs.entries())
      words.set([program, shapeAddressOf(others[nth] ?? 0)], at + OTHERS + OTHER_WORDS * nth);
    words[at + OTHERS + OTHER_WORDS * programs.length] = NONE;
    plan.isWhole = !programs.includes(NOT_THERE);
    return true;
  }

  #addressOf({ first, content, others, searchesAll }: CapturePlan): number {
    const key = [first, content, searchesAll, ...others].join();
    const known = this.#plans.get(key);
    if (known !== undefined) return known;
    const bytes = WORD_BYTES * (OTHERS + OTHER_WORDS * others.length + 1);
    if (!this.#memory.hasRoom(bytes, 0)) return 0;
    const address = this.#memory.reserve(bytes, WORD_BYTES);
    this.#plans.set(key, address);
    return address;
  }
}
