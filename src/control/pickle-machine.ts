/**
 * The stack machine that a pickle is a program of: stack, marks, memo, and the bytes at hand. Classes are names on its stack and
 * calls are data; it imports nothing and runs nothing. Knows no opcode by number.
 * @module
 */
import { PyException, Tuple, type WireValue } from "./wire-value.ts";

/** Longest line of a text opcode that holds a number. */
export const MAX_NUMBER_CHARS = 4096;

/** Opcodes a value may take: it is made, noted, and put into something. */
const STEPS_PER_VALUE = 4;

const STOP = 0x2e;

/** The bytes are no pickle of plain data. The message is Python's where Python has one. */
export class PickleError extends Error {
  override readonly name = "PickleError";
}

/** A class by name, on the stack only. */
class ClassName {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export const MARK = Symbol("mark");
type Entry = WireValue | ClassName | typeof MARK;

const isValue = (entry: Entry | undefined): entry is WireValue =>
  entry !== undefined && entry !== MARK && !(entry instanceof ClassName);

export class PickleMachine {
  readonly #bytes: Buffer;
  readonly #allowsExceptions: boolean;
  readonly #maxValues: number;
  readonly #stack: Entry[] = [];
  readonly #memo = new Map<number, Entry>();
  #at = 0;
  #pushes = 0;
  #steps = 0;

  constructor(bytes: Buffer, allowsExceptions: boolean, maxValues: number) {
    this.#bytes = bytes;
    this.#allowsExceptions = allowsExceptions;
    this.#maxValues = maxValues;
  }

  /** The next opcode, or `undefined` at STOP. */
  nextCode(): number | undefined {
    const code = this.#bytes[this.#at];
    if (code === undefined) throw new PickleError("Ran out of input");
    this.#at += 1;
    this.#steps += 1;
    // what pushes nothing takes its time, too
    if (this.#steps > this.#maxValues * STEPS_PER_VALUE) throw new PickleError("value is too large");
    return code === STOP ? undefined : code;
  }

  /** Everything goes through here, so a pickle of nothing but empty lists ends before the memory does. */
  push(entry: Entry): void {
    this.#pushes += 1;
    if (this.#pushes > this.#maxValues) throw new PickleError("value is too large");
    this.#stack.push(entry);
  }

  popValue(): WireValue {
    const entry = this.#stack.pop();
    if (entry === MARK) throw new PickleError("unexpected MARK found");
    if (entry === undefined) throw new PickleError("unpickling stack underflow");
    if (!isValue(entry)) throw new PickleError("a class is no plain data");
    return entry;
  }

  drop(): void {
    if (this.#stack.pop() === undefined) throw new PickleError("unpickling stack underflow");
  }

  repeat(): void {
    const value = this.popValue();
    this.push(value);
    this.push(value);
  }

  popMany(count: number): WireValue[] {
    const values: WireValue[] = [];
    for (let left = count; left > 0; left -= 1) values.push(this.popValue());
    return values.reverse();
  }

  /** Everything above the last mark; the mark goes too. */
  popToMark(): WireValue[] {
    const at = this.#stack.lastIndexOf(MARK);
    if (at < 0) throw new PickleError("could not find MARK");
    const values: WireValue[] = [];
    for (const entry of this.#stack.splice(at).slice(1)) {
      if (!isValue(entry)) throw new PickleError("a class is no plain data");
      values.push(entry);
    }
    return values;
  }

  /** Puts items into the list on top. */
  append(items: readonly WireValue[]): void {
    const list = this.#stack.at(-1);
    if (!Array.isArray(list)) throw new PickleError("items for something that is no list");
    for (const item of items) list.push(item);
  }

  setItems(flat: readonly WireValue[]): void {
    const dict = this.#stack.at(-1);
    if (!(dict instanceof Map)) throw new PickleError("items for something that is no dictionary");
    fill(dict, flat);
  }

  addItems(items: readonly WireValue[]): void {
    const set = this.#stack.at(-1);
    if (!(set instanceof Set)) throw new PickleError("items for something that is no set");
    for (const item of items) set.add(hashable(item));
  }

  memoize(index: number): void {
    const entry = this.#stack.at(-1);
    if (entry === undefined || entry === MARK) throw new PickleError("unpickling stack underflow");
    if (this.#memo.size >= this.#maxValues) throw new PickleError("value is too large");
    this.#memo.set(index, entry);
  }

  memoizeNext(): void {
    this.memoize(this.#memo.size);
  }

  fetch(index: number): void {
    const entry = this.#memo.get(index);
    if (entry === undefined) throw new PickleError(`Memo value not found at index ${index}`);
    this.push(entry);
  }

  /** GLOBAL and STACK_GLOBAL: the name is noted, nothing is imported. */
  pushClass(moduleName: WireValue, name: WireValue): void {
    if (typeof moduleName !== "string" || typeof name !== "string")
      throw new PickleError("a class has no name");
    const text = `${moduleName}.${name}`;
    const isText = text === "builtins.str" || text === "__builtin__.str" || text === "__builtin__.unicode";
    if (!isText && !this.#allowsExceptions) throw new PickleError(`class ${printable(text)} is refused`);
    this.push(new ClassName(isText ? "builtins.str" : text));
  }

  /** REDUCE: the one call that is known to be harmless, or an exception as data. */
  reduce(): void {
    const args = this.popValue();
    const callee = this.#stack.pop();
    if (!(callee instanceof ClassName) || !(args instanceof Tuple))
      throw new PickleError("a call is refused");
    if (callee.text !== "builtins.str") {
      this.push(new PyException(callee.text, args.items));
      return;
    }
    const [text] = args.items;
    if (args.items.length !== 1 || typeof text !== "string")
      throw new PickleError("a call of str is refused");
    this.push(text);
  }

  take(count: number): Buffer {
    if (count > this.#bytes.length - this.#at) throw new PickleError("pickle data was truncated");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  takeLength(bytes: 1 | 4 | 8): number {
    const field = this.take(bytes);
    if (bytes === 8) {
      const length = field.readBigUInt64LE();
      return length > BigInt(this.#bytes.length) ? Number.MAX_SAFE_INTEGER : Number(length);
    }
    return field.readUIntLE(0, bytes);
  }

  takeLine(): Buffer {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw new PickleError("pickle data was truncated");
    const line = this.#bytes.subarray(this.#at, end);
    this.#at = end + 1;
    return line;
  }

  takeNumberLine(): string {
    const line = this.takeLine();
    if (line.length > MAX_NUMBER_CHARS) throw new PickleError("number is too long");
    return line.toString("latin1").trim();
  }

  takeIndexLine(): number {
    const text = this.takeNumberLine();
    const index = /^\d{1,9}$/.test(text) ? Number(text) : undefined;
    if (index === undefined) throw new PickleError(`memo index ${printable(text)} is no number`);
    return index;
  }
}

/** Foreign text fit for a message of ours. */
export const printable = (value: string): string => value.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);

/** Python's dictionaries and sets take no lists, dictionaries or sets as keys. */
export function hashable(value: WireValue): WireValue {
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) {
    throw new PickleError("unhashable type");
  }
  return value;
}

export function fill(dict: Map<WireValue, WireValue>, flat: readonly WireValue[]): Map<WireValue, WireValue> {
  if (flat.length % 2 !== 0) throw new PickleError("odd number of items for SETITEMS");
  flat.forEach((item, at) => {
    if (at % 2 === 1) dict.set(hashable(flat[at - 1] ?? null), item);
  });
  return dict;
}
