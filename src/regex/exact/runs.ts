/**
 * Runs: one set, taken many times. Where they end, and where they can be left that was not tried yet.
 * Hot: per run of a search.
 * @module
 */
import { type Alphabet, codePointAfter, codePointBefore, sizeOf } from "./alphabet.ts";
import type { FailureMemory } from "./failure-memory.ts";
import * as op from "./program.ts";

export class Runs {
  readonly #code: Int32Array;
  readonly #alphabet: Alphabet;
  /** characters read so far; for whoever counts steps */
  read = 0;

  constructor(code: Int32Array, alphabet: Alphabet) {
    this.#code = code;
    this.#alphabet = alphabet;
  }

  /** Where the characters of a set end that are taken from a place; at `until` at the latest. */
  take(text: string, from: number, set: number, max: number, until = Infinity): number {
    let pos = from;
    for (let count = 0; count < max && pos < until; count++) {
      const codePoint = codePointAfter(text, pos);
      if (codePoint < 0 || !this.#alphabet.has(set, codePoint)) break;
      pos += sizeOf(codePoint);
    }
    this.read += pos - from;
    return pos;
  }

  /** Where the characters of the greedy run at `pc` end. */
  endOf(memory: FailureMemory | undefined, text: string, pos: number, pc: number): number {
    const code = this.#code;
    const set = code[pc + 1] ?? 0;
    const max = code[pc + 3] ?? 0;
    const memo = code[pc + 4] ?? op.NO_MEMO;
    if (memory === undefined || max !== op.UNLIMITED || memo === op.NO_MEMO) {
      return this.take(text, pos, set, max);
    }
    const from = memory.runFrom(memo);
    const known = memory.runEnd(memo);
    if (pos >= from && pos <= known) return known;
    const met = this.take(text, pos, set, max, pos < from ? from : Infinity);
    const end = met === from ? known : met;
    memory.noteRun(memo, pos, end);
    return end;
  }

  /** The highest exit of the greedy run before `pc` that was not tried yet. */
  highestExit(memory: FailureMemory, text: string, end: number, pc: number): number {
    const memo = this.#code[pc - 2] ?? op.NO_MEMO;
    if (memo === op.NO_MEMO || this.#code[pc - 3] !== op.UNLIMITED) return end;
    const failed = memory.failedFrom(memo, end);
    return failed === undefined ? end : failed - sizeOf(codePointBefore(text, failed));
  }

  /** Whether the greedy run before `pc` was left at a place already; notes that it is left there now. */
  wasLeft(memory: FailureMemory, pc: number, pos: number, end: number): boolean {
    const memo = this.#code[pc - 2] ?? op.NO_MEMO;
    if (memo === op.NO_MEMO) return false;
    if (this.#code[pc - 3] !== op.UNLIMITED) return memory.mark(memo, pos);
    memory.noteExit(memo, end, pos);
    return false;
  }
}
