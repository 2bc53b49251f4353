/**
 * Which choices of a program can be remembered: those whose future does not depend on what registers hold, as it does between
 * a group and the reference to it, or inside of a loop that counts. A register is live where it may be read before
 * it is written again.
 * Works on the finished program: it fills the numbers that the assembler left open.
 * @module
 */
import * as op from "./program.ts";

/** Registers that are watched at most: as many as there are bits. With more nothing is remembered. */
const MAX_WATCHED = 30;

/**
 * Numbers the choices that can be remembered.
 *
 * @param code is changed
 */
export function numberChoices(code: Int32Array): Pick<op.Program, "markCount" | "runCount"> {
  const live = liveRegisters(code);
  let markCount = 0;
  let runCount = 0;
  for (let pc = 0; pc < code.length; pc += op.sizeOf(code[pc] ?? op.FAIL)) {
    const operand = memoOperand(code[pc] ?? op.FAIL);
    if (operand === 0 || code[pc + operand] === op.NO_MEMO) continue;
    const isFree = live !== undefined && live[pc] === 0;
    if (!isFree) code[pc + operand] = op.NO_MEMO;
    else if (code[pc] === op.RUN && code[pc + 3] === op.UNLIMITED) code[pc + operand] = runCount++;
    else code[pc + operand] = markCount++;
  }
  return { markCount, runCount };
}

/** Where an operation keeps the number of its memo; 0: it has none. */
function memoOperand(operation: number): number {
  if (operation === op.SPLIT) return 2;
  return operation === op.RUN || operation === op.LAZY_RUN ? 4 : 0;
}

/** By place in the program: a bit for each live register; `undefined`: too many to tell. */
function liveRegisters(code: Int32Array): Int32Array | undefined {
  const bits = watchedRegisters(code);
  const live = new Int32Array(code.length);
  if (bits.size > MAX_WATCHED) return undefined;
  if (bits.size === 0) return live;
  const bitOf = (register: number): number => bits.get(register) ?? 0;
  const places: number[] = [];
  for (let pc = 0; pc < code.length; pc += op.sizeOf(code[pc] ?? op.FAIL)) places.push(pc);
  places.reverse();
  for (let isChanging = true; isChanging; ) {
    isChanging = false;
    for (const pc of places) {
      let now = 0;
      for (const next of waysFrom(code, pc)) now |= live[next] ?? 0;
      const operand = code[pc + 1] ?? 0;
      switch (code[pc]) {
        case op.MARK:
          now &= ~bitOf(operand);
          break;
        case op.LOOP:
          now &= ~(bitOf(operand) | bitOf(operand + 1));
          break;
        case op.REFERENCE:
        case op.CONDITION:
          now |= bitOf(2 * operand) | bitOf(2 * operand + 1);
          break;
        case op.UNTIL:
        case op.LAZY_UNTIL:
          now |= bitOf(operand) | bitOf(operand + 1);
          break;
        default:
      }
      if (live[pc] === now) continue;
      live[pc] = now;
      isChanging = true;
    }
  }
  return live;
}

/** The registers that are read at all, each with its bit. */
function watchedRegisters(code: Int32Array): ReadonlyMap<number, number> {
  const registers = new Set<number>();
  for (let pc = 0; pc < code.length; pc += op.sizeOf(code[pc] ?? op.FAIL)) {
    const operand = code[pc + 1] ?? 0;
    if (code[pc] === op.REFERENCE || code[pc] === op.CONDITION) {
      registers.add(2 * operand).add(2 * operand + 1);
    } else if (code[pc] === op.UNTIL || code[pc] === op.LAZY_UNTIL) {
      registers.add(operand).add(operand + 1);
    }
  }
  return new Map(Array.from(registers, (register, index) => [register, 1 << index]));
}

/** Where the program may go on after an operation. */
function waysFrom(code: Int32Array, pc: number): readonly number[] {
  const after = pc + op.sizeOf(code[pc] ?? op.FAIL);
  switch (code[pc]) {
    case op.SPLIT:
      return [after, code[pc + 1] ?? 0];
    case op.JUMP:
      return [code[pc + 1] ?? 0];
    case op.CONDITION:
      return [after, code[pc + 2] ?? 0];
    case op.LOOK:
    case op.UNTIL:
    case op.LAZY_UNTIL:
      return [after, code[pc + 4] ?? 0];
    case op.MATCH:
    case op.FAIL:
      return [];
    default:
      return [after];
  }
}
