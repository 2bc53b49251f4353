/**
 * The program of the exact matcher: numbered operations with their operands in one array of integers.
 * The assembler writes it, the machine runs it.
 * @module
 */
import type { CharSet } from "../char-set.ts";

/** CHAR codePoint: exactly this character. */
export const CHAR = 0;
/** SET set: one character of a set. */
export const SET = 1;
/** SPLIT other memo next otherNext: go on; if that fails, at `other`. The sets are what must come next on either way. */
export const SPLIT = 2;
/** JUMP to. */
export const JUMP = 3;
/** MARK register: a group begins or ends here. */
export const MARK = 4;
/** ANCHOR kind: a place between characters, by its number in `ANCHOR_KINDS`. */
export const ANCHOR = 5;
/** REFERENCE group mode: the text of a group again; mode 0 as it is, 1 ignoring case, 2 ignoring ASCII case. */
export const REFERENCE = 6;
/** CONDITION group other: go on if the group is set, else at `other`. */
export const CONDITION = 7;
/** LOOK frame back negated after: begin a lookaround; `back` code points to the left first. */
export const LOOK = 8;
/** LOOK_END frame negated. */
export const LOOK_END = 9;
/** ATOMIC frame … ATOMIC_END frame: what lies between is not entered again. */
export const ATOMIC = 10;
export const ATOMIC_END = 11;
/** RUN set min max memo next: as many characters of a set as possible, then fewer; behind them must come one of `next`. */
export const RUN = 12;
/** LAZY_RUN set min max memo next: as few as possible, then more. */
export const LAZY_RUN = 13;
/** LOOP register: a loop begins; its count and last place are in two registers. */
export const LOOP = 14;
/** UNTIL register min max body: again or on, after Python's rules. */
export const UNTIL = 15;
/** LAZY_UNTIL register min max body. */
export const LAZY_UNTIL = 16;
export const MATCH = 17;
export const FAIL = 18;
/** LITERAL text: several characters in a row, by their number in the program's table. */
export const LITERAL = 19;

/** "No limit" as an operand. */
export const UNLIMITED = 0x7fffffff;

/** As a memo: failures here are not remembered, for they depend on more than the place in the text. */
export const NO_MEMO = -1;

/** As a memo: to be numbered when the program is whole. */
export const OPEN_MEMO = -2;

/** As the set of what must come next: any character, or the end of the text. */
export const ANYTHING = -1;

/** Integers of each operation, by its number. */
const SIZES = [2, 2, 5, 2, 2, 2, 3, 3, 5, 3, 2, 2, 6, 6, 2, 5, 5, 1, 1, 2];

export function sizeOf(operation: number): number {
  return SIZES[operation] ?? 1;
}

export const ANCHOR_KINDS = [
  "text-start",
  "text-end",
  "line-start",
  "line-end",
  "last-line-end",
  "word-boundary",
  "no-word-boundary",
  "ascii-word-boundary",
  "no-ascii-word-boundary",
] as const;

export interface Program {
  readonly code: Int32Array;
  readonly sets: readonly CharSet[];
  /** the texts of LITERAL */
  readonly literals: readonly string[];
  readonly groupCount: number;
  /** registers in all: two for each group (0 included), two for each loop */
  readonly registerCount: number;
  /** lookarounds and atomic groups, each with a frame of its own */
  readonly frameCount: number;
  /** choices whose failures can be remembered, by the number in their operand: with a mark for each place of the text */
  readonly markCount: number;
  /** the same for runs without limit, with a number for each place */
  readonly runCount: number;
  /** what a match can begin with; `undefined`: anything, or nothing at all */
  readonly firstCharacters: CharSet | undefined;
  /** matches begin at the start of the text or nowhere */
  readonly isAnchored: boolean;
}
