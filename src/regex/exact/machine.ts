/**
 * The exact matcher: runs a program with Python's semantics of backtracking, groups and loops, in bounded steps and memory.
 * All state is in integer arrays, so no text can overflow the stack of calls; code points count as one character.
 * Hot: per line for regexes that V8 reads differently.
 * @module
 */
import { RegexBudgetError } from "../errors.ts";
import { type Alphabet, codePointAfter, codePointBefore, sizeOf, skip, stepBack } from "./alphabet.ts";
import { holdsAnchor } from "./anchors.ts";
import { CHOICE_SIZE, Choices, GIVE_BACK, GO_ROUND, OTHER_WAY, TAKE_MORE } from "./choices.ts";
import { FailureMemory } from "./failure-memory.ts";
import * as op from "./program.ts";
import { matchReference, referenceSteps } from "./references.ts";
import { Registers, UNSET } from "./registers.ts";
import { Runs } from "./runs.ts";

/** Steps one search may take; about 30 ms. A step is an operation, or four characters of a run. */
export const MAX_SEARCH_STEPS = 2_000_000;

/** Steps for each character of the text after which failures are remembered: ordinary searches end before. */
const STEPS_WITHOUT_MEMORY = 1;

/** Shorter texts get as many steps without memory as one of this length. */
const MIN_LENGTH_FOR_MEMORY = 4000;

/** Integers of a frame. */
const FRAME_SIZE = 4;

export interface MachineOptions {
  readonly noteFailure?: NoteFailure;
  /** steps one search may take */
  readonly maxSteps?: number;
  /** steps for each character of the text after which failures are remembered; `Infinity`: never */
  readonly remembersAfter?: number;
}

/** Told of every operation that fails: where in the program, where in the text, and where the try began. */
export type NoteFailure = (pc: number, pos: number, start: number) => void;

export class ExactMachine {
  readonly #program: op.Program;
  readonly #alphabet: Alphabet;
  readonly #registers: Registers;
  /** for each lookaround or atomic group: height of the choices, length of the log, place in the text, length of the trail */
  readonly #frames: Int32Array;
  readonly #choices = new Choices();
  readonly #runs: Runs;
  #steps = 0;
  /** steps after which something must happen: failures are remembered from now on, or the search is given up */
  #limit = 0;
  #memory: FailureMemory | undefined;
  readonly #noteFailure: NoteFailure | undefined;
  readonly #maxSteps: number;
  /** steps that the search under way may take */
  #allowedSteps = 0;
  readonly #remembersAfter: number;

  /** @param options bounds other than the usual ones, for tests; `noteFailure` is for those who explain */
  constructor(program: op.Program, alphabet: Alphabet, options: MachineOptions = {}) {
    this.#program = program;
    this.#noteFailure = options.noteFailure;
    this.#maxSteps = options.maxSteps ?? MAX_SEARCH_STEPS;
    this.#remembersAfter = options.remembersAfter ?? STEPS_WITHOUT_MEMORY;
    this.#alphabet = alphabet;
    this.#registers = new Registers(program.registerCount);
    this.#runs = new Runs(program.code, alphabet);
    this.#frames = new Int32Array(FRAME_SIZE * program.frameCount);
  }

  /** Steps of the last search. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Tries every place from `from` on.
   *
   * @param maxSteps less than the machine's own bound
   * @returns begin and end of every group by its number, -1 where unset
   * @throws {RegexBudgetError} too many steps or choices
   */
  search(text: string, from: number, maxSteps = this.#maxSteps): Int32Array | undefined {
    const { firstCharacters, isAnchored, groupCount } = this.#program;
    this.#allowedSteps = maxSteps;
    this.#reset(text.length - from);
    const last = isAnchored ? 0 : text.length;
    for (let start = from; start <= last; start += sizeOf(codePointAfter(text, start))) {
      if (firstCharacters !== undefined) {
        const codePoint = codePointAfter(text, start);
        if (codePoint < 0 || !this.#alphabet.startsWith(codePoint)) continue;
      }
      const end = this.#run(text, start);
      if (end < 0) continue;
      const places = this.#registers.first(2 * (groupCount + 1));
      places[0] = start;
      places[1] = end;
      this.#memory = undefined;
      return places;
    }
    this.#memory = undefined;
    return undefined;
  }

  #reset(length: number): void {
    this.#registers.reset();
    this.#choices.reset();
    this.#steps = 0;
    this.#memory = undefined;
    const patience = this.#remembersAfter * Math.max(length, MIN_LENGTH_FOR_MEMORY);
    this.#limit = Math.min(this.#allowedSteps, patience);
  }

  /** Lays out the memory of failures; the try under way must begin again. Later the search is given up. */
  #exceed(text: string): boolean {
    const { markCount, runCount } = this.#program;
    if (this.#limit < this.#allowedSteps) {
      this.#limit = this.#allowedSteps;
      if (markCount + runCount > 0) this.#memory = FailureMemory.for(this.#program, text.length);
      if (this.#memory !== undefined) {
        this.#choices.height = 0;
        this.#registers.unwind(0);
      }
      return this.#memory !== undefined;
    }
    this.#memory = undefined;
    throw new RegexBudgetError("the search takes too many steps");
  }

  /** Runs the program at one place; gives the end of the match, or -1 with all registers as they were. */
  #run(text: string, start: number): number {
    const { code, literals } = this.#program;
    const alphabet = this.#alphabet;
    const at = (index: number): number => code[index] ?? 0;
    let pc = 0;
    let pos = start;
    let memory = this.#memory;
    for (;;) {
      if (++this.#steps > this.#limit && this.#exceed(text)) {
        memory = this.#memory;
        pc = 0;
        pos = start;
      }
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
        case op.LITERAL: {
          const literal = literals[at(pc + 1)] ?? "";
          isGoing = text.startsWith(literal, pos);
          pos += literal.length;
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
        case op.SPLIT: {
          if (memory !== undefined && at(pc + 2) !== op.NO_MEMO && memory.mark(at(pc + 2), pos)) {
            isGoing = false;
            break;
          }
          const codePoint = codePointAfter(text, pos);
          if (!this.#mayBe(at(pc + 3), codePoint)) {
            pc = at(pc + 1);
            break;
          }
          if (this.#mayBe(at(pc + 4), codePoint)) this.#push(OTHER_WAY, at(pc + 1), pos, 0, 0);
          pc += 5;
          break;
        }
        case op.JUMP:
          pc = at(pc + 1);
          break;
        case op.MARK:
          this.#registers.set(at(pc + 1), pos);
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
          if (at(pc + 3) === 1) this.#push(OTHER_WAY, at(pc + 4), pos, 0, 0);
          pos = stepBack(text, pos, at(pc + 2));
          isGoing = pos >= 0;
          pc += 5;
          break;
        }
        case op.LOOK_END: {
          const frame = FRAME_SIZE * at(pc + 1);
          memory?.takeBack(this.#frames[frame + 3] ?? 0);
          this.#choices.height = this.#frames[frame] ?? 0;
          if (at(pc + 2) === 1) {
            this.#registers.unwind(this.#frames[frame + 1] ?? 0);
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
          this.#choices.height = this.#frames[FRAME_SIZE * at(pc + 1)] ?? 0;
          memory?.takeBack(this.#frames[FRAME_SIZE * at(pc + 1) + 3] ?? 0);
          pc += 2;
          break;
        case op.RUN: {
          const { read } = this.#runs;
          const end = this.#runs.endOf(memory, text, pos, pc);
          this.#steps += (this.#runs.read - read) >> 2;
          const least = at(pc + 2) === 0 ? pos : skip(text, pos, end, at(pc + 2));
          pc += 6;
          isGoing = least >= 0;
          if (!isGoing) break;
          const top = memory === undefined ? end : this.#runs.highestExit(memory, text, end, pc);
          if (top > least) this.#push(GIVE_BACK, pc, top, least, end);
          isGoing = top >= least && (memory === undefined || !this.#runs.wasLeft(memory, pc, top, end));
          pos = top;
          break;
        }
        case op.LAZY_RUN: {
          const min = at(pc + 2);
          const end = min === 0 ? pos : this.#runs.take(text, pos, at(pc + 1), min);
          this.#steps += (end - pos) >> 2;
          isGoing = min === 0 || skip(text, pos, end, min) >= 0;
          pos = end;
          const more = at(pc + 3) - min;
          pc += 6;
          if (!isGoing) break;
          const isKnown = memory !== undefined && at(pc - 2) !== op.NO_MEMO && memory.mark(at(pc - 2), pos);
          // What an unlimited run can take from here on was all taken before.
          if (more > 0 && !(isKnown && at(pc - 3) === op.UNLIMITED)) this.#push(TAKE_MORE, pc, pos, more, 0);
          isGoing = !isKnown;
          break;
        }
        case op.LOOP:
          this.#registers.set(at(pc + 1), UNSET);
          this.#registers.set(at(pc + 1) + 1, UNSET);
          pc += 2;
          break;
        case op.UNTIL:
        case op.LAZY_UNTIL: {
          const register = at(pc + 1);
          const count = this.#registers.get(register) + 1;
          const max = at(pc + 3);
          // An iteration that took nothing is the last: Python's guard against endless loops.
          const mayGoRound =
            (count < max || max === op.UNLIMITED) && pos !== this.#registers.get(register + 1);
          if (count < at(pc + 2)) {
            this.#registers.set(register, count);
            pc = at(pc + 4);
          } else if (!mayGoRound) {
            pc += 5;
          } else if (code[pc] === op.LAZY_UNTIL) {
            this.#push(GO_ROUND, pc, pos, 0, 0);
            pc += 5;
          } else {
            this.#push(OTHER_WAY, pc + 5, pos, 0, 0);
            this.#registers.set(register, count);
            this.#registers.set(register + 1, pos);
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
        if (this.#choices.height === 0) {
          this.#registers.unwind(0);
          return -1;
        }
        if (++this.#steps > this.#limit && this.#exceed(text)) {
          memory = this.#memory;
          pc = 0;
          pos = start;
          break;
        }
        const choice = this.#choices.height - CHOICE_SIZE;
        const choices = this.#choices.values;
        const kind = choices[choice] ?? 0;
        pc = choices[choice + 1] ?? 0;
        pos = choices[choice + 2] ?? 0;
        this.#registers.unwind(choices[choice + 3] ?? 0);
        if (kind === OTHER_WAY) {
          this.#choices.height = choice;
          break;
        }
        const extra = choices[choice + 4] ?? 0;
        if (kind === GIVE_BACK) {
          const next = at(pc - 1);
          let isPossible: boolean;
          do {
            pos -= sizeOf(codePointBefore(text, pos));
            isPossible = this.#mayBe(next, codePointAfter(text, pos));
          } while (!isPossible && pos > extra);
          this.#steps += ((choices[choice + 2] ?? 0) - pos) >> 2;
          if (pos > extra) choices[choice + 2] = pos;
          else this.#choices.height = choice;
          if (memory !== undefined && this.#runs.wasLeft(memory, pc, pos, choices[choice + 5] ?? 0)) continue;
          if (isPossible) break;
          continue;
        }
        if (kind === TAKE_MORE) {
          const codePoint = codePointAfter(text, pos);
          if (codePoint < 0 || !alphabet.has(at(pc - 5), codePoint)) {
            this.#choices.height = choice;
            continue;
          }
          pos += sizeOf(codePoint);
          choices[choice + 2] = pos;
          const isUnlimited = at(pc - 3) === op.UNLIMITED;
          if (extra === 1) this.#choices.height = choice;
          else choices[choice + 4] = isUnlimited ? extra : extra - 1;
          if (memory !== undefined && at(pc - 2) !== op.NO_MEMO && memory.mark(at(pc - 2), pos)) {
            if (isUnlimited) this.#choices.height = choice;
            continue;
          }
          if (this.#mayBe(at(pc - 1), codePointAfter(text, pos))) break;
          continue;
        }
        this.#choices.height = choice;
        const register = at(pc + 1);
        this.#registers.set(register, this.#registers.get(register) + 1);
        this.#registers.set(register + 1, pos);
        pc = at(pc + 4);
        break;
      }
    }
  }

  /** Whether the character can be what must come next. Who explains wants to see it tried. */
  #mayBe(next: number, codePoint: number): boolean {
    if (next === op.ANYTHING || this.#noteFailure !== undefined) return true;
    return codePoint >= 0 && this.#alphabet.has(next, codePoint);
  }

  #push(kind: number, pc: number, pos: number, extra: number, more: number): void {
    this.#choices.push(kind, pc, pos, this.#registers.length, extra, more);
  }

  #enterFrame(frame: number, pos: number): void {
    this.#frames[FRAME_SIZE * frame] = this.#choices.height;
    this.#frames[FRAME_SIZE * frame + 1] = this.#registers.length;
    this.#frames[FRAME_SIZE * frame + 2] = pos;
    this.#frames[FRAME_SIZE * frame + 3] = this.#memory?.trailLength ?? 0;
  }

  #isSet(group: number): boolean {
    const start = this.#registers.get(2 * group);
    const end = this.#registers.get(2 * group + 1);
    return group <= this.#program.groupCount && start >= 0 && end >= start;
  }

  /** The end of the group's text where it stands again, or -1. */
  #matchReference(text: string, pos: number, group: number, mode: number): number {
    if (!this.#isSet(group)) return -1;
    const start = this.#registers.get(2 * group);
    const end = this.#registers.get(2 * group + 1);
    if (mode === 0 && end > start && text.charCodeAt(pos) !== text.charCodeAt(start)) return -1;
    this.#steps += referenceSteps(end - start, mode);
    return matchReference(text, pos, [start, end], mode, this.#alphabet);
  }
}
