/**
 * Tree → program of the exact matcher. Loops keep their counters in registers, so a program is as long as its pattern.
 * @module
 */
import { type CharSet, onlyMember } from "../char-set.ts";
import {
  type AnchorNode,
  EMPTY,
  type LookNode,
  type Node,
  type RepeatNode,
  sizeOf,
  unwrapped,
} from "../tree.ts";
import { widthOf } from "../width.ts";
import { firstCharacters, isAnchored } from "./first-characters.ts";
import { numberChoices } from "./live-registers.ts";
import { fillNextCharacters } from "./next-characters.ts";
import * as op from "./program.ts";

/** Nodes that the iterations of a loop may have when written out. */
const MAX_COPIED_NODES = 300;

/** Length of a program from which on no more loops are written out. */
const MAX_COPYING_LENGTH = 4000;

/** Told where in the program the operations of a node begin. */
export type NoteOrigin = (pc: number, node: Node) => void;

/** @param root the tree with its characters resolved */
export function assemble(root: Node, groupCount: number, note?: NoteOrigin): op.Program {
  const assembler = new Assembler(groupCount, note);
  assembler.add(root);
  return {
    ...assembler.finish(),
    groupCount,
    firstCharacters: firstCharacters(root),
    isAnchored: isAnchored(root),
  };
}

class Assembler {
  readonly #code: number[] = [];
  readonly #sets: CharSet[] = [];
  readonly #literals: string[] = [];
  readonly #setNumbers = new Map<CharSet, number>();
  readonly #note: NoteOrigin | undefined;
  #registers: number;
  #frames = 0;

  constructor(groupCount: number, note: NoteOrigin | undefined) {
    this.#registers = 2 * (groupCount + 1);
    this.#note = note;
  }

  finish(): Omit<op.Program, "groupCount" | "firstCharacters" | "isAnchored"> {
    this.#code.push(op.MATCH);
    const code = Int32Array.from(this.#code);
    fillNextCharacters(code, this.#sets, this.#literals);
    return {
      code,
      sets: this.#sets,
      literals: this.#literals,
      registerCount: this.#registers,
      frameCount: this.#frames,
      ...numberChoices(code),
    };
  }

  add(node: Node): void {
    this.#note?.(this.#code.length, node);
    switch (node.kind) {
      case "set":
        this.#addSet(node.set);
        return;
      case "sequence":
        this.#addSequence(node.items);
        return;
      case "alternation":
        this.#addAlternation(node.branches);
        return;
      case "group":
        this.#code.push(op.MARK, 2 * node.number);
        this.add(node.body);
        this.#code.push(op.MARK, 2 * node.number + 1);
        return;
      case "repeat":
        this.#addRepeat(node);
        return;
      case "atomic": {
        const frame = this.#frames++;
        this.#code.push(op.ATOMIC, frame);
        this.add(node.body);
        this.#code.push(op.ATOMIC_END, frame);
        return;
      }
      case "look":
        this.#addLook(node);
        return;
      case "anchor":
        this.#code.push(op.ANCHOR, anchorNumber(node));
        return;
      case "reference":
        this.#code.push(op.REFERENCE, node.group, node.ignoreCase ? (node.ascii ? 2 : 1) : 0);
        return;
      case "conditional":
        this.#addConditional(node.group, node.yes, node.no);
        return;
      default:
        throw new Error(`a "${node.kind}" was left over`);
    }
  }

  /** Characters in a row become one operation, unless somebody wants to know of each. */
  #addSequence(items: readonly Node[]): void {
    let literal = "";
    let count = 0;
    const flush = (): void => {
      if (count === 1) this.#code.push(op.CHAR, literal.codePointAt(0) ?? 0);
      else if (count > 1) this.#code.push(op.LITERAL, this.#literals.push(literal) - 1);
      literal = "";
      count = 0;
    };
    for (const item of items) {
      const only = this.#note === undefined && item.kind === "set" ? onlyMember(item.set) : undefined;
      // Half of a surrogate pair is a character only where the other half is not beside it.
      if (only !== undefined && (only < 0xd800 || only > 0xdfff)) {
        literal += String.fromCodePoint(only);
        count++;
        continue;
      }
      flush();
      this.add(item);
    }
    flush();
  }

  #addSet(set: CharSet): void {
    const only = onlyMember(set);
    if (set.length === 0) this.#code.push(op.FAIL);
    else if (only !== undefined) this.#code.push(op.CHAR, only);
    else this.#code.push(op.SET, this.#setNumber(set));
  }

  #setNumber(set: CharSet): number {
    const known = this.#setNumbers.get(set);
    if (known !== undefined) return known;
    const number = this.#sets.push(set) - 1;
    this.#setNumbers.set(set, number);
    return number;
  }

  /** Writes an operation whose last operand is a place yet unknown; gives the operand's index. */
  #addForward(...operation: number[]): number {
    return this.#code.push(...operation, 0) - 1;
  }

  /** Gives the index of the operand that says where to go on if the split's first way fails. */
  #addSplit(memo: number): number {
    const other = this.#addForward(op.SPLIT);
    this.#code.push(memo, op.ANYTHING, op.ANYTHING);
    return other;
  }

  #landHere(operand: number): void {
    this.#code[operand] = this.#code.length;
  }

  #addAlternation(branches: readonly Node[]): void {
    const ends: number[] = [];
    for (const [index, branch] of branches.entries()) {
      if (index === branches.length - 1) {
        this.add(branch);
        continue;
      }
      const other = this.#addSplit(index === 0 ? op.OPEN_MEMO : op.NO_MEMO);
      this.add(branch);
      ends.push(this.#addForward(op.JUMP));
      this.#landHere(other);
    }
    for (const end of ends) this.#landHere(end);
  }

  #addConditional(group: number, yes: Node, no: Node): void {
    const other = this.#addForward(op.CONDITION, group);
    this.add(yes);
    const end = this.#addForward(op.JUMP);
    this.#landHere(other);
    this.add(no);
    this.#landHere(end);
  }

  #addLook(node: LookNode): void {
    const frame = this.#frames++;
    const negated = node.negated ? 1 : 0;
    const after = this.#addForward(op.LOOK, frame, node.width, negated);
    this.add(node.body);
    this.#note?.(this.#code.length, node);
    this.#code.push(op.LOOK_END, frame, negated);
    this.#landHere(after);
  }

  #addRepeat(node: RepeatNode): void {
    const { min, lazy, body } = node;
    const max = node.max >= op.UNLIMITED ? op.UNLIMITED : node.max;
    if (max === 0) return;
    if (min === 1 && max === 1) {
      this.add(body);
      return;
    }
    const only = unwrapped(body);
    if (only.kind === "set") {
      const operation = lazy ? op.LAZY_RUN : op.RUN;
      this.#code.push(operation, this.#setNumber(only.set), min, max, op.OPEN_MEMO, op.ANYTHING);
      return;
    }
    if (min === 0 && max === 1) {
      this.#addAlternation(lazy ? [EMPTY, body] : [body, EMPTY]);
      return;
    }
    const copies = max === op.UNLIMITED ? min + 1 : max;
    const takesSomething = widthOf(body, () => undefined).min > 0;
    if (
      takesSomething &&
      copies * sizeOf(body) <= MAX_COPIED_NODES &&
      this.#code.length < MAX_COPYING_LENGTH
    ) {
      this.#addCopies(node, max);
    } else this.#addCountingLoop(node, max);
  }

  /** A loop whose every iteration takes something needs no count: its iterations are written out, and what repeats goes back. */
  #addCopies({ min, lazy, body }: RepeatNode, max: number): void {
    for (let copy = 0; copy < min; copy++) this.add(body);
    const ends: number[] = [];
    const optional = max === op.UNLIMITED ? 1 : max - min;
    const start = this.#code.length;
    for (let copy = 0; copy < optional; copy++) {
      const other = this.#addSplit(op.OPEN_MEMO);
      if (lazy) {
        ends.push(this.#addForward(op.JUMP));
        this.#landHere(other);
      } else ends.push(other);
      this.add(body);
    }
    if (max === op.UNLIMITED) this.#code.push(op.JUMP, start);
    for (const end of ends) this.#landHere(end);
  }

  #addCountingLoop({ min, lazy, body }: RepeatNode, max: number): void {
    const register = this.#registers;
    this.#registers += 2;
    this.#code.push(op.LOOP, register);
    const until = this.#addForward(op.JUMP);
    const start = this.#code.length;
    this.add(body);
    this.#landHere(until);
    this.#code.push(lazy ? op.LAZY_UNTIL : op.UNTIL, register, Math.min(min, op.UNLIMITED), max, start);
  }
}

function anchorNumber(node: AnchorNode): number {
  if (!node.ascii || (node.at !== "word-boundary" && node.at !== "no-word-boundary")) {
    return op.ANCHOR_KINDS.indexOf(node.at);
  }
  return op.ANCHOR_KINDS.indexOf(
    node.at === "word-boundary" ? "ascii-word-boundary" : "no-ascii-word-boundary",
  );
}
