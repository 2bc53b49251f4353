/**
 * Under which conditions a stamp between two signs is the only one in its line, for all templates of a detector. The default templates need
 * something that is rare in lines (A§2.5), so a line that has it in the stamp alone has no other; and what none of them reads parts the
 * stamp from the rest.
 * @module
 */
import { hasCodePoint, MAX_CODE_POINT } from "../regex/char-set.ts";
import { patternTree } from "../regex/pattern-tree.ts";
import type { Node } from "../regex/tree.ts";
import { NEED_PATTERNS, type Need } from "./line-traits.ts";
import { ENDS, FIRST_STATE, NEXT_STATE, type StampInside } from "./ordinary-stamp.ts";
import { type StampShape, stampShape } from "./stamp-shape.ts";
import { type StampSteps, stampSteps } from "./stamp-steps.ts";
import type { StampTable } from "./stamp-table.ts";
import type { DateTemplate } from "./template.ts";

const ASCII = 0x80;

/** A stamp that begins here or later has a sign before it that no template reads, even one that skips two signs at the line's begin. */
const MIN_START = 3;

const BEYOND_ASCII: Node = { kind: "set", set: [ASCII, MAX_CODE_POINT] };

/** What the default templates need, or might take for a digit: nothing of it may stand elsewhere in the line. */
const STRANGERS: Node = {
  kind: "alternation",
  branches: [...Object.values(NEED_PATTERNS).map((pattern) => patternTree(pattern).root), BEYOND_ASCII],
};

/**
 * What makes a stamp of the template the only one in its line.
 *
 * @param table of the template
 * @param signs the bytes before and behind the stamp
 * @returns `undefined` if nothing is known to
 */
export function strangersAround(
  template: DateTemplate,
  templates: readonly DateTemplate[],
  table: StampTable,
  signs: readonly number[],
): Pick<StampInside, "minStart" | "strangers"> | undefined {
  const stamps = new Stamps(table);
  if (template.needs !== "clock" || signs.some(isWordByte) || !stamps.standFree(signs)) return undefined;
  for (const other of templates) {
    if (other === template) continue;
    const shape = other.needs === undefined ? undefined : shapeOf(other, other.needs);
    const steps = shape === undefined ? undefined : stampSteps(shape);
    if (shape === undefined || steps === undefined || signs.some((sign) => reads(steps, sign)))
      return undefined;
    // what stands at the begin of the line is not in this stamp
    if (other.needs !== "clock" || shape.begin === "words") {
      if (stamps.mayHold(steps, other.needs === "clock")) return undefined;
    }
  }
  return { minStart: MIN_START, strangers: STRANGERS };
}

const isWordByte = (byte: number): boolean => /\w/.test(String.fromCharCode(byte));
const isAlphanumericByte = (byte: number): boolean => /[A-Za-z0-9]/.test(String.fromCharCode(byte));

/** What must stand in a line for a template to match: all of its stamp, or, if it needs no clock, what it needs. */
function shapeOf(template: DateTemplate, needs: Need): StampShape | undefined {
  if (needs === "clock") return stampShape(template);
  return { begin: "words", stamp: patternTree(NEED_PATTERNS[needs]).root, behind: [], groupNames: new Map() };
}

const reads = ({ steps }: StampSteps, byte: number): boolean =>
  steps.some((step) => step.kind === "read" && hasCodePoint(step.set, byte));

/** All stamps that a table takes. */
class Stamps {
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

  /**
   * Whether the steps may read a part of some stamp, places left aside.
   *
   * @param beginsWord whether that does not begin within a word
   */
  mayHold({ steps, first }: StampSteps, beginsWord: boolean): boolean {
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
    for (let state = FIRST_STATE; state < this.#ways.length; state++)
      add(state, first, beginsWord && !behindSign.has(state) ? 1 : 0);
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
