/**
 * The exact matcher: runs a program with Python's semantics of backtracking, groups and loops, in bounded steps and memory.
 * All state is in integer arrays, so no text can overflow the stack of calls; code points count as one character.
 * Hot: per line for regexes that V8 reads differently.
 * @module
 */
import { RegexBudgetError } from "../errors.ts";
import { type Alphabet, codePointAfter, codePointBefore, sizeOf } from "./alphabet.ts";
import { holdsAnchor } from "./anchors.ts";
import * as op from "./program.ts";

/** Steps one search may take; about 30 ms. A step is an operation or a character taken in a run. */
export const MAX_SEARCH_STEPS = 1_000_000;

/** Integers the stack of open choices, and the log of changed registers, may hold each. */
const MAX_STACK_INTEGERS = 8_000_000;

/** Integers a stack keeps between searches. */
const KEPT_STACK_INTEGERS = 65_536;

const UNSET = -1;

// A choice is five integers: kind, where to go on, place in the text, length of the log, and one for its kind.
const CHOICE_SIZE = 5;
const CHOICE = 0;
/** a greedy run that can give back characters down to the fifth integer */
const GIVE_BACK = 1;
/** a lazy run that can take as many more as the fifth integer says */
const TAKE_MORE = 2;
/** a lazy loop that can go round again */
const GO_ROUND = 3;

/** Told of every operation that fails: where in the program, where in the text, and where the try began. */
export type NoteFailure = (pc: number, pos: number, start: number) => void;

export class ExactMachine {
  readonly #program: op.Program;
  readonly #alphabet: Alphabet;
  readonly #registers: Int32Array;
  /** for each lookaround or atomic group: height of the choices, length of the log, place in the text */
  readonly #frames: Int32Array;
  #choices = new Int32Array(1024);
  #height = 0;
  /** changed registers: number and old value */
  #log = new Int32Array(1024);
  #logLength = 0;
  #steps = 0;
  readonly #noteFailure: NoteFailure | undefined;

  constructor(program: op.Program, alphabet: Alphabet, noteFailure?: NoteFailure) {
    this.#program = program;
    this.#noteFailure = noteFailure;
    this.#alphabet = alphabet;
    this.#registers = new Int32Array(program.registerCount).fill(UNSET);
    this.#frames = new Int32Array(3 * program.frameCount);
  }

  /**
   * Tries every place from `from` on.
   *
   * @returns begin and end of every group by its number, -1 where unset
   * @throws {RegexBudgetError} too many steps or choices
   */
  search(text: string, from: number): Int32Array | undefined {
    const { firstCharacters, isAnchored, groupCount } = this.#program;
    this.#steps = 0;
    this.#reset();
    const last = isAnchored ? 0 : text.length;
    for (let start = from; start <= last; start += sizeOf(codePointAfter(text, start))) {
      if (firstCharacters !== undefined) {
        const codePoint = codePointAfter(text, start);
        if (codePoint < 0 || !this.#alphabet.startsWith(codePoint)) continue;
      }
      const end = this.#run(text, start);
      if (end < 0) continue;
      const places = this.#registers.slice(0, 2 * (groupCount + 1));
      places[0] = start;
      places[1] = end;
      return places;
    }
    return undefined;
  }

  #reset(): void {
    this.#registers.fill(UNSET);
    this.#height = 0;
    this.#logLength = 0;
    if (this.#choices.length > KEPT_STACK_INTEGERS) this.#choices = new Int32Array(1024);
    if (this.#log.length > KEPT_STACK_INTEGERS) this.#log = new Int32Array(1024);
  }

  /** Runs the program at one place; gives the end of the match, or -1 with all registers as they were. */
  #run(text: string, start: number): number {
    const code = this.#program.code;
    const alphabet = this.#alphabet;
    const at = (index: number): number => code[index] ?? 0;
    let pc = 0;
    let pos = start;
    for (;;) {
      if (++this.#steps > MAX_SEARCH_STEPS) throw new RegexBudgetError("the search takes too many steps");
      let isGoing = true;
      const triedPc = pc;
      let triedPos = pos;
      switch (code[pc]) {
        case op.CHAR: {
          const wanted = at(pc + 1);
          isGoing = codePointAfter(text, pos) === wanted;
          pos += sizeOf(wanted);
          pc += 2;
          break;
        }
        case op.SET: {
          const codePoint = codePointAfter(text, pos);
          isGoing = codePoint >= 0 && alphabet.has(at(pc + 1), codePoint);
          pos += sizeOf(codePoint);
          pc += 2;
          break;
        }
        case op.SPLIT:
          this.#push(CHOICE, at(pc + 1), pos, 0);
          pc += 2;
          break;
        case op.JUMP:
          pc = at(pc + 1);
          break;
        case op.MARK:
          this.#set(at(pc + 1), pos);
          pc += 2;
          break;
        case op.ANCHOR:
          isGoing = holdsAnchor(at(pc + 1), text, pos, alphabet);
          pc += 2;
          break;
        case op.REFERENCE: {
          const end = this.#matchReference(text, pos, at(pc + 1), at(pc + 2));
          isGoing = end >= 0;
          pos = end;
          pc += 3;
          break;
        }
        case op.CONDITION:
          pc = this.#isSet(at(pc + 1)) ? pc + 3 : at(pc + 2);
          break;
        case op.LOOK: {
          this.#enterFrame(at(pc + 1), pos);
          if (at(pc + 3) === 1) this.#push(CHOICE, at(pc + 4), pos, 0);
          pos = stepBack(text, pos, at(pc + 2));
          isGoing = pos >= 0;
          pc += 5;
          break;
        }
        case op.LOOK_END: {
          const frame = 3 * at(pc + 1);
          this.#height = this.#frames[frame] ?? 0;
          if (at(pc + 2) === 1) {
            this.#unwind(this.#frames[frame + 1] ?? 0);
            isGoing = false;
          }
          pos = this.#frames[frame + 2] ?? 0;
          triedPos = pos;
          pc += 3;
          break;
        }
        case op.ATOMIC:
          this.#enterFrame(at(pc + 1), pos);
          pc += 2;
          break;
        case op.ATOMIC_END:
          this.#height = this.#frames[3 * at(pc + 1)] ?? 0;
          pc += 2;
          break;
        case op.RUN: {
          const end = this.#takeRun(text, pos, at(pc + 1), at(pc + 3));
          const least = at(pc + 2) === 0 ? pos : skip(text, pos, end, at(pc + 2));
          isGoing = least >= 0;
          pc += 4;
          if (isGoing && end > least) this.#push(GIVE_BACK, pc, end, least);
          pos = end;
          break;
        }
        case op.LAZY_RUN: {
          const min = at(pc + 2);
          const end = min === 0 ? pos : this.#takeRun(text, pos, at(pc + 1), min);
          isGoing = min === 0 || skip(text, pos, end, min) >= 0;
          pos = end;
          const more = at(pc + 3) - min;
          if (isGoing && more > 0) this.#push(TAKE_MORE, pc, pos, more);
          pc += 4;
          break;
        }
        case op.LOOP:
          this.#set(at(pc + 1), UNSET);
          this.#set(at(pc + 1) + 1, UNSET);
          pc += 2;
          break;
        case op.UNTIL:
        case op.LAZY_UNTIL: {
          const register = at(pc + 1);
          const count = (this.#registers[register] ?? 0) + 1;
          const max = at(pc + 3);
          // An iteration that took nothing is the last: Python's guard against endless loops.
          const mayGoRound = (count < max || max === op.UNLIMITED) && pos !== this.#registers[register + 1];
          if (count < at(pc + 2)) {
            this.#set(register, count);
            pc = at(pc + 4);
          } else if (!mayGoRound) {
            pc += 5;
          } else if (code[pc] === op.LAZY_UNTIL) {
            this.#push(GO_ROUND, pc, pos, 0);
            pc += 5;
          } else {
            this.#push(CHOICE, pc + 5, pos, 0);
            this.#set(register, count);
            this.#set(register + 1, pos);
            pc = at(pc + 4);
          }
          break;
        }
        case op.MATCH:
          return pos;
        default:
          isGoing = false;
      }
      if (isGoing) continue;
      this.#noteFailure?.(triedPc, triedPos, start);

      // Back to the latest choice that still has a way to go.
      for (;;) {
        if (this.#height === 0) {
          this.#unwind(0);
          return -1;
        }
        if (++this.#steps > MAX_SEARCH_STEPS) throw new RegexBudgetError("the search takes too many steps");
        const choice = this.#height - CHOICE_SIZE;
        const choices = this.#choices;
        const kind = choices[choice] ?? 0;
        pc = choices[choice + 1] ?? 0;
        pos = choices[choice + 2] ?? 0;
        this.#unwind(choices[choice + 3] ?? 0);
        if (kind === CHOICE) {
          this.#height = choice;
          break;
        }
        const extra = choices[choice + 4] ?? 0;
        if (kind === GIVE_BACK) {
          pos -= sizeOf(codePointBefore(text, pos));
          if (pos > extra) choices[choice + 2] = pos;
          else this.#height = choice;
          // A literal after the run: places where it does not stand need no attempt.
          if (code[pc] === op.CHAR && codePointAfter(text, pos) !== code[pc + 1]) {
            this.#noteFailure?.(pc, pos, start);
            continue;
          }
          break;
        }
        if (kind === TAKE_MORE) {
          const codePoint = codePointAfter(text, pos);
          if (codePoint < 0 || !alphabet.has(at(pc + 1), codePoint)) {
            this.#height = choice;
            continue;
          }
          pos += sizeOf(codePoint);
          choices[choice + 2] = pos;
          if (extra === 1) this.#height = choice;
          else choices[choice + 4] = at(pc + 3) === op.UNLIMITED ? extra : extra - 1;
          pc += 4;
          break;
        }
        this.#height = choice;
        const register = at(pc + 1);
        this.#set(register, (this.#registers[register] ?? 0) + 1);
        this.#set(register + 1, pos);
        pc = at(pc + 4);
        break;
      }
    }
  }

  #push(kind: number, pc: number, pos: number, extra: number): void {
    const height = this.#height;
    if (height + CHOICE_SIZE > this.#choices.length) this.#choices = grown(this.#choices);
    const choices = this.#choices;
    choices[height] = kind;
    choices[height + 1] = pc;
    choices[height + 2] = pos;
    choices[height + 3] = this.#logLength;
    choices[height + 4] = extra;
    this.#height = height + CHOICE_SIZE;
  }

  /** Changes a register so that going back restores it. */
  #set(register: number, value: number): void {
    const length = this.#logLength;
    if (length + 2 > this.#log.length) this.#log = grown(this.#log);
    this.#log[length] = register;
    this.#log[length + 1] = this.#registers[register] ?? UNSET;
    this.#logLength = length + 2;
    this.#registers[register] = value;
  }

  #unwind(length: number): void {
    for (let i = this.#logLength - 2; i >= length; i -= 2) {
      this.#registers[this.#log[i] ?? 0] = this.#log[i + 1] ?? UNSET;
    }
    this.#logLength = length;
  }

  #enterFrame(frame: number, pos: number): void {
    this.#frames[3 * frame] = this.#height;
    this.#frames[3 * frame + 1] = this.#logLength;
    this.#frames[3 * frame + 2] = pos;
  }

  #takeRun(text: string, from: number, set: number, max: number): number {
    let pos = from;
    for (let count = 0; count < max; count++) {
      const codePoint = codePointAfter(text, pos);
      if (codePoint < 0 || !this.#alphabet.has(set, codePoint)) break;
      pos += sizeOf(codePoint);
    }
    this.#steps += pos - from;
    return pos;
  }

  #isSet(group: number): boolean {
    const start = this.#registers[2 * group] ?? UNSET;
    const end = this.#registers[2 * group + 1] ?? UNSET;
    return group <= this.#program.groupCount && start >= 0 && end >= start;
  }

  /** The end of the repeated text, or -1. */
  #matchReference(text: string, from: number, group: number, mode: number): number {
    if (!this.#isSet(group)) return -1;
    const start = this.#registers[2 * group] ?? 0;
    const end = this.#registers[2 * group + 1] ?? 0;
    this.#steps += end - start;
    if (mode === 0) return text.startsWith(text.slice(start, end), from) ? from + end - start : -1;
    let pos = from;
    for (let i = start; i < end; ) {
      const wanted = codePointAfter(text, i);
      const codePoint = codePointAfter(text, pos);
      if (codePoint < 0 || !this.#alphabet.equalsIgnoringCase(wanted, codePoint, mode === 2)) return -1;
      i += sizeOf(wanted);
      pos += sizeOf(codePoint);
    }
    return pos;
  }
}

/** The place `count` code points further, or -1 if that lies behind `end`. */
function skip(text: string, from: number, end: number, count: number): number {
  if (end - from < count) return -1;
  let pos = from;
  for (let i = 0; i < count; i++) {
    if (pos >= end) return -1;
    pos += sizeOf(codePointAfter(text, pos));
  }
  return pos;
}

/** The place `count` code points to the left, or -1 if the text begins before. */
function stepBack(text: string, from: number, count: number): number {
  let pos = from;
  for (let i = 0; i < count; i++) {
    if (pos <= 0) return -1;
    pos -= sizeOf(codePointBefore(text, pos));
  }
  return pos;
}

function grown(stack: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  if (stack.length >= MAX_STACK_INTEGERS) throw new RegexBudgetError("the search has too many open choices");
  const larger = new Int32Array(2 * stack.length);
  larger.set(stack);
  return larger;
}
