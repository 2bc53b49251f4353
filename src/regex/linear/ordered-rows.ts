/**
 * The ways of a pattern that are open at a place of a text, in order, and the steps from one place to the next: found once for each row
 * and class of characters. A row together with those of the places before it tells the groups of the match that ends there.
 * @module
 */
import type { OrderedProgram } from "./ordered-program.ts";
import type { Places } from "./places.ts";
import { keyOf, NO_MATCH, type Row, type Step, WayFollower } from "./way-follower.ts";

/** Rows and steps kept; beyond them all begins anew. */
const MAX_ROWS = 4000;
const MAX_STEPS = 40_000;
/** What all of them hold together, in ways. */
const MAX_HELD = 2_000_000;

/** As a row: nothing is open, and nothing begins any more. */
const DEAD = -1;

export class OrderedRows {
  readonly #follower: WayFollower;
  readonly #places: Places;
  #rows: Row[] = [];
  #numbers = new Map<string, number>();
  /** by row and class: the step, -1 where it is not known */
  table = new Int32Array(0);
  steps: Step[] = [];
  /** by step: twice the next row, or less than nothing where nothing is open and nothing begins any more, and 1 more if the pattern matches up to the place that the step begins at */
  moves = new Int32Array(0);
  stride = 0;
  #held = 0;

  /** @param isAnchored whether a match begins at the start of the text or nowhere */
  constructor(program: OrderedProgram, places: Places, isAnchored: boolean) {
    this.#follower = new WayFollower(program, places, isAnchored);
    this.#places = places;
    this.startAnew();
  }

  /** Ways looked at so far. */
  get work(): number {
    return this.#follower.work;
  }

  /** Whether so much is kept that it has to begin anew; rows known so far mean nothing then. */
  get isFull(): boolean {
    return (
      this.#rows.length >= MAX_ROWS ||
      this.steps.length >= MAX_STEPS ||
      this.#held > MAX_HELD ||
      this.#places.classCount > this.stride
    );
  }

  startAnew(): void {
    this.#rows = [];
    this.#numbers = new Map();
    this.steps = [];
    this.#held = 0;
    this.stride = Math.max(16, this.#places.classCount + 8);
    this.table = new Int32Array(16 * this.stride).fill(-1);
  }

  /** The row at a place where the search begins, and by way the group places passed there. */
  first(previous: number | undefined): {
    readonly row: number;
    readonly tags: readonly (readonly number[])[];
  } {
    const { row, tags } = this.#follower.first(previous);
    return { row: this.#numberOf(row), tags };
  }

  /** Finds the step from a row over a character of the class, or the end. */
  build(rowNumber: number, classNumber: number): number {
    const row = this.#rows[rowNumber];
    if (row === undefined) throw new Error("no such row");
    const after = this.#follower.after(row, classNumber);
    const next = after.row === undefined ? DEAD : this.#numberOf(after.row);
    const number = this.steps.push(after.step) - 1;
    this.#setMove(number, 2 * next + (after.step.match === NO_MATCH ? 0 : 1));
    this.#held += 4 * after.step.from.length + 1;
    this.table[rowNumber * this.stride + classNumber] = number;
    return number;
  }

  #setMove(step: number, move: number): void {
    if (step >= this.moves.length) {
      const larger = new Int32Array(2 * step + 16);
      larger.set(this.moves);
      this.moves = larger;
    }
    this.moves[step] = move;
  }

  #numberOf(row: Row): number {
    const key = keyOf(row);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#rows.push(row) - 1;
    this.#numbers.set(key, number);
    this.#held += row.open.length;
    const needed = (number + 1) * this.stride;
    if (needed > this.table.length) {
      const larger = new Int32Array(2 * needed).fill(-1);
      larger.set(this.table);
      this.table = larger;
    }
    return number;
  }
}
