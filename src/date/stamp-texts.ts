/**
 * All stamps that a table takes, as far as it matters which characters stand in them and what else might be read there.
 * @module
 */
import { hasCodePoint } from "../regex/char-set.ts";
import { ENDS, FIRST_STATE, NEXT_STATE } from "./ordinary-stamp.ts";
import type { StampSteps } from "./stamp-steps.ts";
import type { StampTable } from "./stamp-table.ts";

const ASCII = 0x80;

export const isWordByte = (byte: number): boolean => /\w/.test(String.fromCharCode(byte));
const isAlphanumericByte = (byte: number): boolean => /[A-Za-z0-9]/.test(String.fromCharCode(byte));

/** Whether the steps read it anywhere. */
export const reads = ({ steps }: StampSteps, byte: number): boolean =>
  steps.some((step) => step.kind === "read" && hasCodePoint(step.set, byte));

/** All stamps that a table takes. */
export class StampTexts {
  readonly #table: StampTable;
  /** by state: the bytes that go on, and the states after them */
  readonly #ways: readonly (readonly { readonly byte: number; readonly next: number }[])[];

  constructor(table: StampTable) {
    this.#table = table;
    const count = table.table.length / table.stride;
    this.#ways = Array.from({ length: count }, (_, state) => {
      const ways: { byte: number; next: number }[] = [];
      for (let byte = 0; state > 0 && byte < ASCII; byte++) {
        const next = (table.table[state * table.stride + (table.classes[byte] ?? 0)] ?? 0) & NEXT_STATE;
        if (next !== 0) ways.push({ byte, next });
      }
      return ways;
    });
  }

  /** Whether none holds one of the signs, and all begin and end with a letter or a digit: no other place looks like their edges. */
  standFree(signs: readonly number[]): boolean {
    for (const [state, ways] of this.#ways.entries()) {
      for (const { byte, next } of ways) {
        if (signs.includes(byte)) return false;
        if (!isAlphanumericByte(byte) && (state === FIRST_STATE || this.#mayEnd(next))) return false;
      }
    }
    return true;
  }

  #mayEnd(state: number): boolean {
    const { table, stride } = this.#table;
    return table.subarray(state * stride, (state + 1) * stride).some((entry) => (entry & ENDS) !== 0);
  }

  /** Whether one may hold the byte. */
  has(byte: number): boolean {
    return this.#ways.some((ways) => ways.some((way) => way.byte === byte));
  }

  /** The bytes that one may begin with. */
  firsts(): readonly number[] {
    return (this.#ways[FIRST_STATE] ?? []).map(({ byte }) => byte);
  }

  /**
   * Whether the steps may read a part of some stamp, places left aside.
   *
   * @param part where that may begin: anywhere, but not within a word, or where the stamp does
   */
  mayHold({ steps, first }: StampSteps, part: "anywhere" | "word" | "begin"): boolean {
    const taken = steps.map((step) =>
      step.kind === "read"
        ? Uint8Array.from({ length: ASCII }, (_, byte) => (hasCodePoint(step.set, byte) ? 1 : 0))
        : undefined,
    );
    const behindSign = this.#behindSign();
    const seen = new Uint8Array(this.#ways.length * steps.length * 2);
    const pending: number[] = [];
    const add = (state: number, step: number, needsSign: number): void => {
      const key = (state * steps.length + step) * 2 + needsSign;
      if (seen[key] === 0) pending.push(key);
      seen[key] = 1;
    };
    if (part === "begin") add(FIRST_STATE, first, 0);
    else {
      for (let state = FIRST_STATE; state < this.#ways.length; state++)
        add(state, first, part === "word" && !behindSign.has(state) ? 1 : 0);
    }
    for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
      const needsSign = key & 1;
      const number = (key >> 1) % steps.length;
      const state = Math.floor((key >> 1) / steps.length);
      const step = steps[number];
      if (step === undefined || step.kind === "end") return true;
      if (step.kind === "ways") for (const way of step.ways) add(state, way, needsSign);
      else if (step.kind !== "read") add(state, step.next, needsSign);
      else {
        for (const { byte, next } of this.#ways[state] ?? []) {
          if (taken[number]?.[byte] === 1 && (needsSign === 0 || !isWordByte(byte))) add(next, step.next, 0);
        }
      }
    }
    return false;
  }

  /** The states in which the character before may be of no word. */
  #behindSign(): ReadonlySet<number> {
    const behindSign = new Set([FIRST_STATE]);
    for (const ways of this.#ways) {
      for (const { byte, next } of ways) if (!isWordByte(byte)) behindSign.add(next);
    }
    return behindSign;
  }
}
