/**
 * What failed already in one search: a choice of the program that led to nothing at a place of the text leads to nothing
 * whenever it comes there again, from wherever the try began. With that every choice is made once for each place,
 * and the search takes time in proportion to the text.
 * True only of choices whose future depends on nothing but the place: the assembler gives the others no number.
 * Inside of a lookaround or atomic group "nothing" means that its end was not reached; where it was, what was noted on
 * the way there is taken back.
 * @module
 */

import type { Program } from "./program.ts";
import { grown } from "./stacks.ts";

/** Bytes one search may remember failures in. */
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;

export class FailureMemory {
  /** places of the text, its end included */
  readonly #places: number;
  /** a bit for each choice and place */
  readonly #marks: Int32Array;
  /** for each run without limit, by the place where its characters end: 1 + the lowest exit that failed, or 0 */
  readonly #failedFrom: Int32Array;
  /** notes that may have to be taken back: negative for a word of marks, and the value before */
  #trail = new Int32Array(1024);
  #trailLength = 0;
  readonly #keepsTrail: boolean;
  /** for each run without limit: from where its characters were read last, and to where */
  readonly #read: Int32Array;

  private constructor({ markCount, runCount, frameCount }: Program, length: number) {
    this.#keepsTrail = frameCount > 0;
    this.#places = length + 1;
    this.#marks = new Int32Array(Math.ceil((markCount * this.#places) / 32));
    this.#failedFrom = new Int32Array(runCount * this.#places);
    this.#read = new Int32Array(2 * runCount).fill(-1);
  }

  /** A memory for a text of that length; `undefined` if it would be too large. */
  static for(program: Program, length: number): FailureMemory | undefined {
    const bytes = (length + 1) * (program.markCount / 8 + 4 * program.runCount);
    return bytes > MAX_MEMORY_BYTES ? undefined : new FailureMemory(program, length);
  }

  /** Marks a choice at a place; whether it was marked already. */
  mark(memo: number, pos: number): boolean {
    const bit = memo * this.#places + pos;
    const mask = 1 << (bit & 31);
    const marks = this.#marks[bit >> 5] ?? 0;
    if ((marks & mask) !== 0) return true;
    if (this.#keepsTrail) this.#note(~(bit >> 5), marks);
    this.#marks[bit >> 5] = marks | mask;
    return false;
  }

  /** Length of the trail: what {@link takeBack} goes back to. */
  get trailLength(): number {
    return this.#trailLength;
  }

  /** Takes back all that was noted since the trail had that length. */
  takeBack(length: number): void {
    for (let i = this.#trailLength - 2; i >= length; i -= 2) {
      const index = this.#trail[i] ?? 0;
      const value = this.#trail[i + 1] ?? 0;
      if (index < 0) this.#marks[~index] = value;
      else this.#failedFrom[index] = value;
    }
    this.#trailLength = length;
  }

  #note(index: number, value: number): void {
    const length = this.#trailLength;
    if (length + 2 > this.#trail.length) this.#trail = grown(this.#trail);
    this.#trail[length] = index;
    this.#trail[length + 1] = value;
    this.#trailLength = length + 2;
  }

  /** The lowest exit that failed of a run whose characters end at `end`; `undefined`: none did. */
  failedFrom(memo: number, end: number): number | undefined {
    const known = this.#failedFrom[memo * this.#places + end] ?? 0;
    return known === 0 ? undefined : known - 1;
  }

  /** Notes that all exits from `end` down to `pos` are tried. */
  noteExit(memo: number, end: number, pos: number): void {
    const index = memo * this.#places + end;
    if (this.#keepsTrail) this.#note(index, this.#failedFrom[index] ?? 0);
    this.#failedFrom[index] = pos + 1;
  }

  /** From where the characters of a run were read last, -1 for not yet. */
  runFrom(memo: number): number {
    return this.#read[2 * memo] ?? -1;
  }

  /** And to where. */
  runEnd(memo: number): number {
    return this.#read[2 * memo + 1] ?? -1;
  }

  noteRun(memo: number, from: number, end: number): void {
    this.#read[2 * memo] = from;
    this.#read[2 * memo + 1] = end;
  }
}
