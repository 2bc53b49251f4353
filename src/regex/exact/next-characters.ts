/**
 * What must come next after a choice of a program, so that ways that cannot lead on are not even entered.
 * Works on the finished program: it fills the operands that the assembler left open.
 * @module
 */
import { type CharSet, charSet, unionOf } from "../char-set.ts";
import * as op from "./program.ts";

/** Operations looked at for one choice; beyond them anything may come. */
const MAX_OPERATIONS = 80;

/**
 * Fills the sets of what comes next into the choices of a program, and the sets into the table.
 *
 * @param code is changed
 * @param sets grows
 */
export function fillNextCharacters(code: Int32Array, sets: CharSet[], literals: readonly string[]): void {
  const numbersOfSets = new Map<string, number>();
  const numbersOfNext = new Map<string, number>();
  const numberOf = (pc: number): number => {
    const next = nextOperands(code, literals, pc);
    if (next === undefined) return op.ANYTHING;
    const key = `${[...next.sets].sort().join()};${[...next.characters].sort().join()}`;
    const known = numbersOfNext.get(key);
    if (known !== undefined) return known;
    const set = unionOfNext(next, sets);
    const setKey = set.join();
    const number = numbersOfSets.get(setKey) ?? sets.push(set) - 1;
    numbersOfSets.set(setKey, number);
    numbersOfNext.set(key, number);
    return number;
  };
  for (let pc = 0; pc < code.length; pc += op.sizeOf(code[pc] ?? op.FAIL)) {
    if (code[pc] === op.RUN || code[pc] === op.LAZY_RUN) code[pc + 5] = numberOf(pc + 6);
    if (code[pc] !== op.SPLIT) continue;
    code[pc + 3] = numberOf(pc + 5);
    code[pc + 4] = numberOf(code[pc + 1] ?? 0);
  }
}

/** What is read next: numbers of sets, and single characters. */
interface NextOperands {
  readonly sets: Set<number>;
  readonly characters: Set<number>;
}

function unionOfNext({ sets: numbers, characters }: NextOperands, sets: readonly CharSet[]): CharSet {
  let union = charSet([...characters].map((character) => [character, character]));
  for (const number of numbers) union = unionOf(union, sets[number] ?? []);
  return union;
}

/** The operands that hold the next character of every match that goes on at `from`; `undefined`: it may be any or none. */
function nextOperands(code: Int32Array, literals: readonly string[], from: number): NextOperands | undefined {
  const seen = new Set<number>();
  const pending = [from];
  const next: NextOperands = { sets: new Set(), characters: new Set() };
  for (let pc = pending.pop(); pc !== undefined; pc = pending.pop()) {
    if (seen.has(pc)) continue;
    seen.add(pc);
    if (seen.size > MAX_OPERATIONS) return undefined;
    const operand = code[pc + 1] ?? 0;
    const after = pc + op.sizeOf(code[pc] ?? op.FAIL);
    switch (code[pc]) {
      case op.CHAR:
        next.characters.add(operand);
        break;
      case op.LITERAL:
        next.characters.add(literals[operand]?.codePointAt(0) ?? 0);
        break;
      case op.SET:
        next.sets.add(operand);
        break;
      case op.RUN:
      case op.LAZY_RUN:
        next.sets.add(operand);
        if (code[pc + 2] === 0) pending.push(after);
        break;
      case op.SPLIT:
        pending.push(operand, after);
        break;
      case op.JUMP:
        pending.push(operand);
        break;
      case op.MARK:
      case op.ANCHOR:
      case op.ATOMIC:
        pending.push(after);
        break;
      case op.CONDITION:
        pending.push(after, code[pc + 2] ?? 0);
        break;
      case op.LOOK:
        // What is looked at stands besides; the pattern goes on behind.
        pending.push(code[pc + 4] ?? 0);
        break;
      case op.FAIL:
        break;
      default:
        return undefined;
    }
  }
  return next;
}
