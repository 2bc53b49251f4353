/**
 * Lines of a piece that are searched ahead, many by one call. What is not known of a line that way is left to a search of its own.
 * Hot: per line that may come to something.
 * @module
 */
import { BATCH_WORDS } from "../scan/capture-memory.ts";
import type { CapturePlan } from "../scan/line-batch.ts";
import type { LineCaptures } from "../scan/line-captures.ts";
import {
  ACCEPT_SET,
  ITEM_STEP,
  LINE_END,
  LINE_START,
  SKIPPED,
  STAMP_END,
  STAMP_START,
} from "../scan/line-scanner.ts";
import type { CapturedLine } from "./captured-line.ts";

/** Gives what is searched in lines that were accepted so. */
export type PlanOf = (acceptSet: number) => CapturePlan;

export class CapturedBatch {
  readonly #captures: LineCaptures;
  readonly #planOf: PlanOf;
  #items: Int32Array = new Int32Array();
  #end = 0;
  /** the item of the batch's first line */
  #first = 0;
  /** lines that were searched, up to the one of which nothing is known */
  #searched = 0;

  constructor(captures: LineCaptures, planOf: PlanOf) {
    this.#captures = captures;
    this.#planOf = planOf;
  }

  /** Begins with the items of a piece, which was laid down. */
  begin(items: Int32Array, end: number): void {
    this.#items = items;
    this.#end = end;
    this.#first = 0;
    this.#captures.batch.begin();
    this.#captures.batch.forgetSets();
  }

  /** Lines of the batch that were searched, up to the one of which nothing is known. */
  get searched(): number {
    return this.#searched;
  }

  /**
   * Where it stands what was found in the line of an item, one with a stamp; -1: it is to be searched by itself. To be asked of one item after
   * another.
   */
  foundAt(item: number): number {
    const line = this.lineOf(item);
    return line < this.#searched ? line * BATCH_WORDS : -1;
  }

  /** The line of an item in the batch, which is searched up to it at least if that can be known. */
  lineOf(item: number): number {
    const captures = this.#captures;
    const line = (item - this.#first) / ITEM_STEP;
    if (line >= captures.batch.count) {
      this.#fill(item);
      this.#searched = captures.searchBatch(0);
      return 0;
    }
    if (line > this.#searched) this.#searched = captures.searchBatch(line);
    return line;
  }

  /** Lines that were left out before a line of the batch. */
  skippedBefore(line: number): number {
    return this.#items[this.#first + line * ITEM_STEP + SKIPPED] ?? 0;
  }

  /** The set that accepted it. */
  setOf(line: number): number {
    return this.#items[this.#first + line * ITEM_STEP + ACCEPT_SET] ?? 0;
  }

  /** Has an object stand for it. */
  place(line: number, captured: CapturedLine): void {
    const items = this.#items;
    const item = this.#first + line * ITEM_STEP;
    captured.set(
      items[item + LINE_START] ?? 0,
      items[item + LINE_END] ?? 0,
      items[item + STAMP_START] ?? 0,
      items[item + STAMP_END] ?? 0,
    );
  }

  #fill(from: number): void {
    this.#first = from;
    this.#captures.batch.beginWith(this.#items, from, this.#end, this.#planOf);
  }
}
