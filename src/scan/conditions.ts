/**
 * The conditions between two bytes of a line, anchors and looks behind: they ask what stands before a place, known when it is
 * reached, and what comes behind it, known with the next byte.
 * Hot: per state that asks, while sets of states are made.
 * @module
 */
import type { ByteAutomaton } from "./byte-automaton.ts";
import type { ByteClasses } from "./byte-classes.ts";
import { ANCHORS, ASSERT, lookBehindOf, SPLIT } from "./state-list.ts";

// What stands before a place, and above these bits the class of the byte there, one higher.
export const AT_START = 1;
const AFTER_NEWLINE = 2;
const AFTER_WORD = 4;
/** of which nobody knows whether it belongs to a word */
const AFTER_HIGH = 8;

const CLASS_SHIFT = 4;

// What states ask of what stands before.
const ASKS_KIND = (1 << CLASS_SHIFT) - 1;
const ASKS_CLASS = ~ASKS_KIND;

/** As the class behind a place: the text ends there. */
export const END = -1;

export class Conditions {
  /** by state that asks what comes: which bits it, or what it lets pass, asks for of what stands before */
  readonly asked: Int32Array;
  readonly #classes: ByteClasses;
  /** by class: 1 if its bytes belong to words */
  readonly #wordClasses: Uint8Array;

  constructor(automaton: ByteAutomaton) {
    const { classes } = automaton;
    this.#classes = classes;
    this.#wordClasses = new Uint8Array(classes.count);
    for (const [byte, number] of classes.ofByte.entries()) {
      if (/\w/.test(String.fromCharCode(byte))) this.#wordClasses[number] = 1;
    }
    this.asked = askedBefore(automaton);
  }

  /** What stands before the place behind a byte of the class. */
  contextAfter(classNumber: number): number {
    const { newline, high } = this.#classes;
    const byte = (classNumber + 1) << CLASS_SHIFT;
    if (classNumber === newline) return byte | AFTER_NEWLINE;
    if (classNumber === high) return byte | AFTER_HIGH;
    return this.#wordClasses[classNumber] === 1 ? byte | AFTER_WORD : byte;
  }

  /** Whether both classes belong to words, or neither. */
  areAlikeInWords(one: number, other: number): boolean {
    return this.#wordClasses[one] === this.#wordClasses[other];
  }

  /**
   * Whether an anchor, or a look behind, may hold between what stands before and behind.
   *
   * @param before what {@link contextAfter} told, or {@link AT_START}
   * @param after the class of the byte behind, or {@link END}
   */
  holds(condition: number, before: number, after: number): boolean {
    const classes = this.#classes;
    const look = lookBehindOf(condition);
    if (look !== undefined) {
      const byte = (before >> CLASS_SHIFT) - 1;
      if (byte === classes.high && look.negated) return true;
      return (byte >= 0 && classes.isIn(byte, look.set)) !== look.negated;
    }
    const at = ANCHORS[condition];
    switch (at) {
      case "text-start":
        return (before & AT_START) !== 0;
      case "text-end":
        return after === END;
      case "line-start":
        return (before & (AT_START | AFTER_NEWLINE)) !== 0;
      case "line-end":
      case "last-line-end":
        return after === END || after === classes.newline;
      case "word-boundary":
      case "no-word-boundary": {
        if ((before & AFTER_HIGH) !== 0 || after === classes.high) return true;
        const left = (before & AFTER_WORD) !== 0;
        const right = after !== END && this.#wordClasses[after] === 1;
        return (left !== right) === (at === "word-boundary");
      }
      default:
        return true;
    }
  }
}

/** Whether what comes behind a place decides. */
export const asksBehind = (condition: number): boolean =>
  lookBehindOf(condition) === undefined &&
  ANCHORS[condition] !== "text-start" &&
  ANCHORS[condition] !== "line-start";

/** Whether words begin and end for it. */
export const asksForWords = (condition: number): boolean =>
  ANCHORS[condition]?.endsWith("word-boundary") === true;

/** By state: the bits of what stands before that it, or what it leads to without reading, asks for. */
function askedBefore({ kinds, next, other, details }: ByteAutomaton): Int32Array {
  const asked = new Int32Array(kinds.length);
  const ownOf = (state: number): number => {
    if (kinds[state] !== ASSERT) return 0;
    const condition = details[state] ?? 0;
    if (lookBehindOf(condition) !== undefined) return ASKS_CLASS;
    return (ANCHORS[condition] ?? "").endsWith("-end") ? 0 : ASKS_KIND;
  };
  for (let hasChanged = true; hasChanged; ) {
    hasChanged = false;
    for (let state = 0; state < kinds.length; state++) {
      if (kinds[state] !== ASSERT && kinds[state] !== SPLIT) continue;
      const all = ownOf(state) | (asked[next[state] ?? 0] ?? 0) | (asked[other[state] ?? -1] ?? 0);
      if (all === asked[state]) continue;
      asked[state] = all;
      hasChanged = true;
    }
  }
  return asked;
}
