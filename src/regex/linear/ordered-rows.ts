/**
 * The ways of a pattern that are open at a place of a text, in order, and the steps from one place to the next: found once for each row
 * and class of characters. A row together with those of the places before it tells the groups of the match that ends there.
 * Hot: what is asked of a step, per character of long texts.
 * @module
 */
import type { OrderedProgram } from "./ordered-program.ts";
import { END, LAST_NEWLINE, type Places } from "./places.ts";
import { WayFollower } from "./way-follower.ts";
import { keyOf, NO_MATCH, type Row, type Step } from "./way-rows.ts";

/** Rows and steps kept; beyond them all begins anew. */
const MAX_ROWS = 4000;
const MAX_STEPS = 40_000;
/** What all of them hold together, in ways. */
const MAX_HELD = 2_000_000;
/** What the follower may keep for them. */
const MAX_KEPT = 10_000;

/** As a move: not known yet. */
export const UNKNOWN = -1;

// A move is a row, shifted, and this.
export const ROW_SHIFT = 1;
/** the pattern matches up to the place that the step begins at */
export const MATCHES = 1;

/** As a row: nothing is open, and nothing begins any more. */
export const DEAD = 0;

/** Where a way comes from, as {@link OrderedRows.backs} has it: the way before, shifted, this for none, and whether it passed places. */
export const BACK_SHIFT = 1;
export const HAS_TAGS = 1;

/** A row is told by where its steps begin, by class, among those of all rows. */
export class OrderedRows {
  readonly #follower: WayFollower;
  readonly #places: Places;
  #rows: (Row | undefined)[] = [];
  #numbers = new Map<string, number>();
  /** by row and way: 1, if all steps from the row to itself leave it as it is */
  #resting: (Uint8Array | undefined)[] = [];
  /** by row and class: the next row and what else counts, {@link UNKNOWN} where it is not known */
  moves = new Int32Array(0);
  /** by row and class: where the step's ways begin among {@link backs}; where it matches stands before them */
  stepAt = new Int32Array(0);
  /** by way of the next row: {@link BACK_SHIFT} */
  backs = new Int32Array(0);
  /** by where their ways begin: those that pass places */
  readonly #tagged = new Map<number, Step>();
  stride = 0;
  /** those that there is room for */
  #classes: number[] = [];
  #steps = 0;
  #laid = 0;
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
      this.#steps >= MAX_STEPS ||
      this.#held > MAX_HELD ||
      this.#follower.kept > MAX_KEPT ||
      this.#places.classCount > this.stride
    );
  }

  startAnew(): void {
    // the first is that of the dead
    this.#rows = [undefined];
    this.#resting = [undefined];
    this.#numbers = new Map();
    this.#follower.forget();
    this.#tagged.clear();
    this.#steps = 0;
    this.#laid = 0;
    this.#held = 0;
    this.#classes = [];
    this.stride = Math.max(16, this.#places.classCount + 8);
    this.moves = new Int32Array(16 * this.stride).fill(UNKNOWN);
    this.stepAt = new Int32Array(16 * this.stride);
    this.backs = new Int32Array(256);
  }

  /** The row at a place where the search begins, and by way the group places passed there. */
  first(previous: number | undefined): {
    readonly row: number;
    readonly tags: readonly (readonly number[])[];
  } {
    const { row, tags } = this.#follower.first(previous);
    return { row: this.#placeOf(row), tags };
  }

  /** The step that a row takes over a class, if one of its ways, or its match, passes places. */
  tagged(rowAndClass: number): Step | undefined {
    return this.#tagged.get(this.stepAt[rowAndClass] ?? -1);
  }

  /** Whether all steps from the row to itself leave the way as it is. */
  rests(row: number, way: number): boolean {
    return this.#resting[row / this.stride]?.[way] === 1;
  }

  /** Finds the move from a row over a character of the class, or the end. */
  build(rowPlace: number, classNumber: number): number {
    const number = rowPlace / this.stride;
    const row = this.#rows[number];
    if (row === undefined) throw new Error("no such row");
    const { row: nextRow, step } = this.#follower.after(row, classNumber);
    const classes = this.#classesLike(classNumber, nextRow);
    const next = nextRow === undefined ? DEAD : this.#placeOf(nextRow);
    if (next === rowPlace) this.#keepResting(number, step);
    const move = (next << ROW_SHIFT) | (step.match === NO_MATCH ? 0 : MATCHES);
    const stepAt = this.#lay(step);
    for (const each of classes) {
      this.moves[rowPlace + each] = move;
      this.stepAt[rowPlace + each] = stepAt;
    }
    this.#steps++;
    this.#held += 4 * step.from.length + 1;
    return move;
  }

  /** The classes over which the step from the row is the same; nothing was asked of the places since it was found. */
  #classesLike(classNumber: number, next: Row | undefined): readonly number[] {
    const isOrdinary = classNumber !== END && classNumber !== LAST_NEWLINE;
    if (!isOrdinary || next?.previous !== undefined) return [classNumber];
    for (let number = this.#classes.length; number < Math.min(this.#places.classCount, this.stride); number++)
      this.#classes.push(number);
    return this.#places.alike(classNumber, this.#classes);
  }

  /** Takes the ways out of those at rest that a step from a row to itself does not leave as they are. */
  #keepResting(row: number, { from, here, behind }: Step): void {
    const resting = this.#resting[row] ?? new Uint8Array(from.length).fill(1);
    this.#resting[row] = resting;
    for (const [way, before] of from.entries()) {
      if (before !== way || here[way]?.length !== 0 || behind[way]?.length !== 0) resting[way] = 0;
    }
  }

  /** @returns where its ways begin */
  #lay(step: Step): number {
    const { from, here, behind, match, matchTags } = step;
    const start = this.#laid + 1;
    this.#laid = start + from.length;
    if (this.#laid > this.backs.length) {
      const larger = new Int32Array(2 * this.#laid);
      larger.set(this.backs);
      this.backs = larger;
    }
    let isTagged = matchTags.length > 0;
    this.backs[start - 1] = match;
    for (const [way, before] of from.entries()) {
      const hasTags = here[way]?.length !== 0 || behind[way]?.length !== 0;
      this.backs[start + way] = (before << BACK_SHIFT) | (hasTags ? HAS_TAGS : 0);
      isTagged ||= hasTags;
    }
    if (isTagged) this.#tagged.set(start, step);
    return start;
  }

  #placeOf(row: Row): number {
    const key = keyOf(row);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const place = (this.#rows.push(row) - 1) * this.stride;
    this.#resting.push(undefined);
    this.#numbers.set(key, place);
    this.#held += row.open.length;
    const needed = place + this.stride;
    if (needed > this.moves.length) {
      const moves = new Int32Array(2 * needed).fill(UNKNOWN);
      moves.set(this.moves);
      this.moves = moves;
      const stepAt = new Int32Array(2 * needed);
      stepAt.set(this.stepAt);
      this.stepAt = stepAt;
    }
    return place;
  }
}
