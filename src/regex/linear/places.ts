/**
 * The characters of a text as classes that a pattern does not tell apart, and what holds between two of them. Knows no ways.
 * @module
 */
import type { CharSet } from "../char-set.ts";
import { wordSet } from "../character-sets.ts";
import { TextClasses } from "../text-classes.ts";
import type { AnchorNode } from "../tree.ts";
import { ASSERT, type Condition, type OrderedProgram, READ } from "./ordered-program.ts";

/** As the class behind a place: the text ends there, or with one newline more. */
export const END = 0;
export const LAST_NEWLINE = 1;
/** The first class of other characters. */
const FIRST_CLASS = 2;

// What stands before a place.
const AT_START = 1;
const AFTER_NEWLINE = 2;
const AFTER_WORD = 4;
const AFTER_ASCII_WORD = 8;

const NEWLINE = 0x0a;
const NEWLINE_SET: CharSet = [NEWLINE, NEWLINE];
const SETS_OF_ANCHORS = [NEWLINE_SET, wordSet(false), wordSet(true)];
const IN_NEWLINE = 0;
const IN_WORD = 1;
const IN_ASCII_WORD = 2;

const WORD_BITS = 32;
const NO_MEMBERS = new Uint8Array();

/** What is known of a place between two characters. */
export interface Place {
  /** what stands before, as {@link Places.contextAfter} says */
  readonly before: number;
  /** class of the character before; `undefined` at the start, or where nothing asks for it */
  readonly previous: number | undefined;
  /** class of what is behind; `undefined` as long as that is not known */
  readonly behind: number | undefined;
}

export class Places {
  /** whether a condition asks which character is before */
  readonly looksBehind: boolean;
  /** classes of the units below 256 */
  readonly lowClasses: Uint16Array;
  readonly #classes: TextClasses;
  /** by set of the program, and by its text: the index among the sets of the classes */
  readonly #numbers = new Map<CharSet | string, number>();
  /** sets asked about, as {@link alike} wants to know; and by set, whether it is among them */
  readonly #asked: number[] = [];
  readonly #isAsked: Uint8Array;
  /** by class */
  readonly #contexts: number[] = [];
  /** the classes that {@link alike} was asked about last, and how many there were: some may have come */
  #told: readonly number[] = [];
  #toldLength = 0;
  /** a bit for each of them by index: that are of characters, but the last newline; and by set, that it holds */
  #ordinary = new Int32Array(0);
  #bits: (Int32Array | undefined)[] = [];

  constructor({ states }: OrderedProgram) {
    const sets: CharSet[] = [];
    const enter = (set: CharSet): void => {
      if (this.#numbers.has(set)) return;
      const key = set.join();
      const number = this.#numbers.get(key) ?? sets.push(set) - 1;
      this.#numbers.set(key, number).set(set, number);
    };
    // large ones, whose texts would take time
    for (const set of SETS_OF_ANCHORS) this.#numbers.set(set, sets.push(set) - 1);
    let looksBehind = false;
    for (const state of states) {
      if (state.kind === READ) enter(state.set);
      else if (state.kind === ASSERT && state.condition.kind === "neighbour") {
        for (const set of state.condition.sets) enter(set);
        looksBehind ||= state.condition.behind;
      }
    }
    this.looksBehind = looksBehind;
    this.#classes = new TextClasses(sets);
    this.#isAsked = new Uint8Array(sets.length);
    this.lowClasses = this.#classes.table.map((number) => number + FIRST_CLASS);
  }

  /** How many classes were met so far. */
  get classCount(): number {
    return this.#classes.count + FIRST_CLASS;
  }

  /** The class of a character that is no last newline. */
  classOf(unit: number): number {
    return this.#classes.classOf(unit) + FIRST_CLASS;
  }

  /**
   * What stands before a place behind a character of the class; at the start there is none. Who looks at it himself calls
   * {@link askContext}, too.
   */
  contextAfter(classNumber: number | undefined): number {
    if (classNumber === undefined) return AT_START;
    const known = this.#contexts[classNumber];
    if (known !== undefined) return known;
    const context = this.#contextOf(classNumber);
    this.#contexts[classNumber] = context;
    return context;
  }

  #contextOf(classNumber: number): number {
    return (
      (this.#holdsClass(IN_NEWLINE, classNumber) ? AFTER_NEWLINE : 0) |
      (this.#holdsClass(IN_WORD, classNumber) ? AFTER_WORD : 0) |
      (this.#holdsClass(IN_ASCII_WORD, classNumber) ? AFTER_ASCII_WORD : 0)
    );
  }

  /** What {@link contextAfter} said was looked at. */
  askContext(): void {
    this.ask(IN_NEWLINE);
    this.ask(IN_WORD);
    this.ask(IN_ASCII_WORD);
  }

  /** Nothing was asked yet. */
  forgetAsked(): void {
    for (const set of this.#asked) this.#isAsked[set] = 0;
    this.#asked.length = 0;
  }

  /**
   * Those of some classes for whose characters all that was asked since {@link forgetAsked} has the same answers as for those of one; none
   * of them is at the end.
   *
   * @returns their indexes
   */
  alike(one: number, classes: readonly number[]): readonly number[] {
    const own = this.#classes.membersOf(one - FIRST_CLASS);
    if (classes !== this.#told || classes.length !== this.#toldLength) this.#tell(classes);
    const found: number[] = [];
    for (let word = 0; word * WORD_BITS < classes.length; word++) {
      let left = this.#ordinary[word] ?? 0;
      for (let next = 0; next < this.#asked.length && left !== 0; next++) {
        const set = this.#asked[next] ?? 0;
        const bits = this.#bitsOf(set)[word] ?? 0;
        left &= own[set] === 1 ? bits : ~bits;
      }
      for (; left !== 0; left &= left - 1) found.push(word * WORD_BITS + 31 - Math.clz32(left & -left));
    }
    return found;
  }

  /** What was worked out for other classes means nothing. */
  #tell(classes: readonly number[]): void {
    this.#told = classes;
    this.#toldLength = classes.length;
    this.#bits = [];
    this.#ordinary = new Int32Array(Math.ceil(classes.length / WORD_BITS));
    for (let index = 0; index < classes.length; index++)
      if ((classes[index] ?? END) >= FIRST_CLASS) setBit(this.#ordinary, index);
  }

  #bitsOf(set: number): Int32Array {
    const known = this.#bits[set];
    if (known !== undefined) return known;
    const bits = new Int32Array(this.#ordinary.length);
    for (let index = 0; index < this.#told.length; index++)
      if (this.#holdsClass(set, this.#told[index] ?? END)) setBit(bits, index);
    this.#bits[set] = bits;
    return bits;
  }

  /** The set was asked about; see {@link forgetAsked}. */
  ask(set: number): void {
    if (this.#isAsked[set] !== 0) return;
    this.#isAsked[set] = 1;
    this.#asked.push(set);
  }

  /** Whether a set of the program holds the characters of the class. */
  isIn(classNumber: number, set: CharSet): boolean {
    return this.isInNumber(classNumber, this.numberOf(set));
  }

  /** By number of a set: 1 if it holds the characters of the class. */
  membersOf(classNumber: number): Uint8Array {
    return classNumber === END ? NO_MEMBERS : this.#classes.membersOf(this.#ownClass(classNumber));
  }

  /** The number of a set of the program. */
  numberOf(set: CharSet): number {
    return this.#numbers.get(set) ?? -1;
  }

  /** Whether the condition holds; `undefined`: that depends on what is behind. */
  holds(condition: Condition, place: Place): boolean | undefined {
    if (condition.kind === "anchor") return this.#anchorHolds(condition.anchor, place);
    const { behind: looksBehind, negated, sets, anchors } = condition;
    const neighbour = looksBehind ? place.previous : place.behind;
    if (!looksBehind && neighbour === undefined) return undefined;
    const isThere =
      (neighbour !== undefined && sets.some((set) => this.isIn(neighbour, set))) ||
      anchors.some((anchor) => this.#anchorHolds(anchor, place) === true);
    return isThere !== negated;
  }

  #anchorHolds({ at, ascii }: AnchorNode, { before, behind }: Place): boolean | undefined {
    if (at === "text-start") return (before & AT_START) !== 0;
    if (at === "line-start") {
      this.ask(IN_NEWLINE);
      return (before & (AT_START | AFTER_NEWLINE)) !== 0;
    }
    if (behind === undefined) return undefined;
    switch (at) {
      case "text-end":
        return behind === END;
      case "line-end":
        return behind === END || this.isInNumber(behind, IN_NEWLINE);
      case "last-line-end":
        return behind === END || behind === LAST_NEWLINE;
      default: {
        // Python finds neither in an empty text
        this.ask(ascii ? IN_ASCII_WORD : IN_WORD);
        if ((before & AT_START) !== 0 && behind === END) return false;
        const left = (before & (ascii ? AFTER_ASCII_WORD : AFTER_WORD)) !== 0;
        const right = this.isInNumber(behind, ascii ? IN_ASCII_WORD : IN_WORD);
        return (left !== right) === (at === "word-boundary");
      }
    }
  }

  /** {@link isIn} of a set by its number. */
  isInNumber(classNumber: number, set: number): boolean {
    this.ask(set);
    return this.#holdsClass(set, classNumber);
  }

  #holdsClass(set: number, classNumber: number): boolean {
    return classNumber !== END && this.#classes.isIn(this.#ownClass(classNumber), set);
  }

  /** The class as {@link TextClasses} has it. */
  #ownClass(classNumber: number): number {
    return classNumber === LAST_NEWLINE ? this.#classes.classOf(NEWLINE) : classNumber - FIRST_CLASS;
  }
}

function setBit(bits: Int32Array, index: number): void {
  const word = Math.floor(index / WORD_BITS);
  bits[word] = (bits[word] ?? 0) | (1 << (index % WORD_BITS));
}
