/**
 * Whether a text can match at all, in one pass over it: the automaton of the pattern with all its ways at once, its sets of
 * states turned into rows of a table as they are met. It may say yes to what does not match, never no to what does.
 * Keeps lines that cannot match from the backtracking matchers, however they are made.
 * Hot: per character of long lines.
 * @module
 */
import { characterAt } from "../base/code-point.ts";
import { ACCEPT, ASSERT, type Automaton, READ, SPLIT, type State } from "./automaton.ts";
import type { CharSet } from "./char-set.ts";
import { wordSet } from "./character-sets.ts";
import { codePointBefore } from "./exact/alphabet.ts";
import { TextClasses } from "./text-classes.ts";
import type { AnchorNode } from "./tree.ts";

/** Rows of the table; beyond them it starts anew. */
const MAX_ROWS = 1000;

/** Work that one search may spend on new rows, in states looked at; about 5 ms. */
const MAX_BUILDING = 60_000;

const UNKNOWN = -1;
const MATCHES = -2;
const NEVER = -3;

// What stands before a place, as far as anchors ask for it.
const AT_START = 1;
const AFTER_NEWLINE = 2;
const AFTER_WORD = 4;
const AFTER_ASCII_WORD = 8;

/** As the class after a place: the text ends there. */
const END = -1;

const NEWLINE_SET: CharSet = [0x0a, 0x0a];

/** The states that are open at a place, and what stands before it if that matters. */
interface Row {
  readonly open: Int32Array;
  readonly before: number;
}

export class PossibleMatch {
  readonly #states: readonly State[];
  readonly #start: number;
  readonly #isAnchored: boolean;
  readonly #classes: TextClasses;
  /** by state: the index of what it reads among the sets of the classes */
  readonly #setOf: Int32Array;
  readonly #newline: number;
  readonly #word: number;
  readonly #asciiWord: number;
  #rows: Row[] = [];
  #rowNumbers = new Map<string, number>();
  /** by row and class: the row after it */
  #table = new Int32Array(0);
  #stride = 0;
  #building = 0;
  readonly #seen: Int32Array;
  #round = 0;

  /** @param isAnchored whether a match begins at the start of the text or nowhere */
  constructor({ states, start }: Automaton, isAnchored: boolean) {
    this.#states = states;
    this.#start = start;
    this.#isAnchored = isAnchored;
    this.#seen = new Int32Array(states.length);
    const sets: CharSet[] = [NEWLINE_SET, wordSet(false), wordSet(true)];
    const numbers = new Map<CharSet | string, number>();
    [this.#newline, this.#word, this.#asciiWord] = [0, 1, 2];
    this.#setOf = Int32Array.from(states, ({ kind, set }) => {
      if (kind !== READ) return -1;
      const key = numbers.has(set) ? set : set.join();
      const number = numbers.get(key) ?? sets.push(set) - 1;
      numbers.set(set, number);
      numbers.set(set.join(), number);
      return number;
    });
    this.#classes = new TextClasses(sets);
    this.#startAnew();
  }

  /** Whether there may be a match at or after `from`; `undefined`: it would take too long to tell. */
  canMatch(text: string, from: number): boolean | undefined {
    this.#building = 0;
    const { table: classTable } = this.#classes;
    let table = this.#table;
    let stride = this.#stride;
    let row = this.#firstRow(text, from);
    for (let pos = from; pos < text.length; pos++) {
      const unit = text.charCodeAt(pos);
      let classNumber = classTable[unit] ?? UNKNOWN;
      if (unit > 0xff) {
        const codePoint = characterAt(text, pos);
        if (codePoint > 0xffff) pos++;
        classNumber = this.#classes.classOf(codePoint);
      }
      const next = classNumber < stride ? (table[row * stride + classNumber] ?? UNKNOWN) : UNKNOWN;
      if (next >= 0) {
        row = next;
        continue;
      }
      if (next === MATCHES) return true;
      if (next === NEVER) return false;
      const found = this.#follow(row, classNumber);
      if (found === undefined) return undefined;
      if (found === MATCHES) return true;
      if (found === NEVER) return false;
      table = this.#table;
      stride = this.#stride;
      row = found;
    }
    const last = this.#rows[row];
    return last === undefined || this.#passes(last, END, () => {});
  }

  #startAnew(): void {
    this.#rows = [];
    this.#rowNumbers = new Map();
    this.#stride = Math.max(16, this.#classes.count + 8);
    this.#table = new Int32Array(64 * this.#stride).fill(UNKNOWN);
  }

  #firstRow(text: string, from: number): number {
    const before =
      from === 0 ? AT_START : this.#contextAfter(this.#classes.classOf(codePointBefore(text, from)));
    const open: number[] = [];
    this.#round++;
    this.#expand(this.#start, open);
    return this.#rowOf(open, before);
  }

  #contextAfter(classNumber: number): number {
    return (
      (this.#classes.isIn(classNumber, this.#newline) ? AFTER_NEWLINE : 0) |
      (this.#classes.isIn(classNumber, this.#word) ? AFTER_WORD : 0) |
      (this.#classes.isIn(classNumber, this.#asciiWord) ? AFTER_ASCII_WORD : 0)
    );
  }

  /** The row after a character of the class; `undefined`: too much work. */
  #follow(rowNumber: number, classNumber: number): number | undefined {
    const row = this.#rows[rowNumber];
    if (row === undefined || this.#building > MAX_BUILDING) return undefined;
    const targets: number[] = [];
    const isMatch = this.#passes(row, classNumber, (state) => {
      if (this.#classes.isIn(classNumber, this.#setOf[state] ?? -1))
        targets.push(this.#states[state]?.next ?? -1);
    });
    let next: number;
    if (isMatch) next = MATCHES;
    else {
      const open: number[] = [];
      this.#round++;
      for (const target of targets) this.#expand(target, open);
      if (!this.#isAnchored) this.#expand(this.#start, open);
      this.#building += open.length;
      if (open.length === 0) next = NEVER;
      else {
        if (this.#rows.length >= MAX_ROWS || this.#classes.count > this.#stride) {
          this.#startAnew();
          return this.#rowOf(open, this.#contextAfter(classNumber));
        }
        next = this.#rowOf(open, this.#contextAfter(classNumber));
      }
    }
    this.#table[rowNumber * this.#stride + classNumber] = next;
    return next;
  }

  /** Goes through the open states as far as the anchors let them; gives whether the pattern ends here. */
  #passes({ open, before }: Row, after: number, read: (state: number) => void): boolean {
    const pending = Array.from(open);
    this.#round++;
    let isMatch = false;
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      this.#building++;
      const state = this.#states[index];
      if (state?.kind === ACCEPT) isMatch = true;
      else if (state?.kind === READ) read(index);
      else if (state?.kind === ASSERT && this.#holds(state.anchor, before, after)) {
        this.#expand(state.next, pending);
      }
    }
    return isMatch;
  }

  /** Whether the anchor may hold between what stands before and after. */
  #holds(anchor: AnchorNode | undefined, before: number, after: number): boolean {
    switch (anchor?.at) {
      case "text-start":
        return (before & AT_START) !== 0;
      case "text-end":
        return after === END;
      case "line-start":
        return (before & (AT_START | AFTER_NEWLINE)) !== 0;
      case "line-end":
      case "last-line-end":
        return after === END || this.#classes.isIn(after, this.#newline);
      case "word-boundary":
      case "no-word-boundary": {
        const left = (before & (anchor.ascii ? AFTER_ASCII_WORD : AFTER_WORD)) !== 0;
        const right = after !== END && this.#classes.isIn(after, anchor.ascii ? this.#asciiWord : this.#word);
        return (left !== right) === (anchor.at === "word-boundary");
      }
      default:
        return true;
    }
  }

  /** Adds the states that a state leads to without reading. */
  #expand(from: number, open: number[]): void {
    const pending = [from];
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      const state = this.#states[index];
      if (state === undefined || this.#seen[index] === this.#round) continue;
      this.#seen[index] = this.#round;
      if (state.kind === SPLIT) pending.push(state.other, state.next);
      else open.push(index);
    }
  }

  #rowOf(open: readonly number[], context: number): number {
    const sorted = Int32Array.from(open).sort();
    const asks = sorted.some((index) => this.#states[index]?.kind === ASSERT);
    const before = asks ? context : 0;
    const key = `${before}:${sorted.join()}`;
    const known = this.#rowNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.#rows.push({ open: sorted, before }) - 1;
    this.#rowNumbers.set(key, number);
    const needed = (number + 1) * this.#stride;
    if (needed > this.#table.length) {
      const larger = new Int32Array(2 * needed).fill(UNKNOWN);
      larger.set(this.#table);
      this.#table = larger;
    }
    return number;
  }
}
