/**
 * Reads pickles of protocols 0 to 5 as plain data (B§3.2). Pickle is a small stack machine that can call anything; this one calls
 * nothing: classes are refused, but for `builtins.str("TEXT")`, and exceptions where a client asks for them as data.
 * Size, depth and growth by memo are bounded; whatever the bytes are, nothing but a {@link PickleError} comes out.
 * @module
 */
import { decodeQuoted, decodeRawUnicodeEscape, decodeText } from "./pickle-text.ts";
import { itemsOf, PyException, PyFloat, Tuple, type WireValue } from "./wire-value.ts";

/** Deepest nesting of a value. */
export const MAX_PICKLE_DEPTH = 64;
/** Most values of one pickle, counted as often as they occur (a memo can repeat them without end). */
export const MAX_PICKLE_VALUES = 8_000_000;
/** Most characters of all texts together, counted as often as they occur. */
export const MAX_PICKLE_CHARS = 512 * 1024 * 1024;
/** Longest line of a text opcode that holds a number. */
const MAX_NUMBER_CHARS = 4096;

/** The bytes are no pickle of plain data. The message is Python's where Python has one. */
export class PickleError extends Error {
  override readonly name = "PickleError";
}

export interface PickleReadOptions {
  /** `inert`: exceptions are read as {@link PyException}; a server leaves this out and refuses every class */
  readonly exceptions?: "inert";
}

/**
 * The value of a pickle; bytes after its STOP are ignored, as Python does.
 *
 * @throws {PickleError}
 */
export function readPickle(bytes: Uint8Array, options: PickleReadOptions = {}): WireValue {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = new PickleMachine(buffer, options.exceptions === "inert").run();
  measure(value);
  return value;
}

/** A class by name, on the stack only. */
class ClassName {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const MARK = Symbol("mark");
type Entry = WireValue | ClassName | typeof MARK;

const isValue = (entry: Entry | undefined): entry is WireValue =>
  entry !== undefined && entry !== MARK && !(entry instanceof ClassName);

class PickleMachine {
  readonly #bytes: Buffer;
  readonly #allowsExceptions: boolean;
  readonly #stack: Entry[] = [];
  readonly #memo = new Map<number, Entry>();
  #at = 0;

  constructor(bytes: Buffer, allowsExceptions: boolean) {
    this.#bytes = bytes;
    this.#allowsExceptions = allowsExceptions;
  }

  run(): WireValue {
    for (;;) {
      if (this.#at >= this.#bytes.length) throw new PickleError("Ran out of input");
      const code = this.#bytes[this.#at] ?? 0;
      this.#at += 1;
      if (code === 0x2e) return this.#popValue();
      const step = OPCODES[code];
      if (step === undefined) throw new PickleError(refusal(code));
      step(this);
    }
  }

  push(entry: Entry): void {
    this.#stack.push(entry);
  }

  #popValue(): WireValue {
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
    const value = this.#popValue();
    this.#stack.push(value, value);
  }

  popMany(count: number): WireValue[] {
    const values: WireValue[] = [];
    for (let left = count; left > 0; left -= 1) values.push(this.#popValue());
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
    this.#memo.set(index, entry);
  }

  memoizeNext(): void {
    this.memoize(this.#memo.size);
  }

  fetch(index: number): void {
    const entry = this.#memo.get(index);
    if (entry === undefined) throw new PickleError(`Memo value not found at index ${index}`);
    this.#stack.push(entry);
  }

  /** GLOBAL and STACK_GLOBAL: the name is noted, nothing is imported. */
  pushClass(moduleName: WireValue, name: WireValue): void {
    if (typeof moduleName !== "string" || typeof name !== "string")
      throw new PickleError("a class has no name");
    const text = `${moduleName}.${name}`;
    const isText = text === "builtins.str" || text === "__builtin__.str" || text === "__builtin__.unicode";
    if (!isText && !this.#allowsExceptions) throw new PickleError(`class ${printable(text)} is refused`);
    this.#stack.push(new ClassName(isText ? "builtins.str" : text));
  }

  /** REDUCE: the one call that is known to be harmless, or an exception as data. */
  reduce(): void {
    const args = this.#popValue();
    const callee = this.#stack.pop();
    if (!(callee instanceof ClassName) || !(args instanceof Tuple))
      throw new PickleError("a call is refused");
    if (callee.text !== "builtins.str") {
      this.#stack.push(new PyException(callee.text, args.items));
      return;
    }
    const [text] = args.items;
    if (args.items.length !== 1 || typeof text !== "string")
      throw new PickleError("a call of str is refused");
    this.#stack.push(text);
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

/** What a step may do to the machine. */
type Step = (machine: PickleMachine) => void;

const text = (value: string | undefined): string => {
  if (value === undefined) throw new PickleError("text is not well encoded");
  return value;
};

const printable = (value: string): string => value.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);

/** BUILD, INST, OBJ, PERSID, BINPERSID, NEWOBJ, EXT1–4, NEWOBJ_EX, buffers: they make objects, we do not. */
const OBJECT_CODES: ReadonlySet<number> = new Set([
  0x62, 0x69, 0x6f, 0x50, 0x51, 0x81, 0x82, 0x83, 0x84, 0x92, 0x96, 0x97, 0x98,
]);

function refusal(code: number): string {
  const hex = code.toString(16).padStart(2, "0");
  if (OBJECT_CODES.has(code)) return `opcode 0x${hex} is refused`;
  const character = String.fromCharCode(code);
  if (code < 0x20 || code > 0x7e) return `invalid load key, '\\x${hex}'.`;
  return `invalid load key, '${character === "'" || character === "\\" ? "\\" : ""}${character}'.`;
}

/** Small integers as numbers, others as bigint, as a value of Python's one integer type. */
const integer = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;

function integerOfText(digits: string): number | bigint {
  if (!/^[+-]?\d+$/.test(digits)) throw new PickleError(`number ${printable(digits)} is not well written`);
  const isNegative = digits.startsWith("-");
  const size = BigInt(digits.replace(/^[+-]/, ""));
  return integer(isNegative ? -size : size);
}

function integerOfBytes(bytes: Buffer): number | bigint {
  if (bytes.length > MAX_NUMBER_CHARS) throw new PickleError("number is too long");
  if (bytes.length === 0) return 0;
  const size = BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
  return integer(BigInt.asIntN(bytes.length * 8, size));
}

function floatOfText(digits: string): PyFloat {
  const special = /^([+-]?)(inf(?:inity)?|nan)$/i.exec(digits);
  if (special !== null) {
    const size = special[2]?.toLowerCase() === "nan" ? Number.NaN : Number.POSITIVE_INFINITY;
    return new PyFloat(special[1] === "-" ? -size : size);
  }
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(digits))
    throw new PickleError("float is not well written");
  return new PyFloat(Number(digits));
}

/** Python's dictionaries and sets take no lists, dictionaries or sets as keys. */
function hashable(value: WireValue): WireValue {
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) {
    throw new PickleError("unhashable type");
  }
  return value;
}

function fill(dict: Map<WireValue, WireValue>, flat: readonly WireValue[]): Map<WireValue, WireValue> {
  if (flat.length % 2 !== 0) throw new PickleError("odd number of items for SETITEMS");
  flat.forEach((item, at) => {
    if (at % 2 === 1) dict.set(hashable(flat[at - 1] ?? null), item);
  });
  return dict;
}

function intLine(machine: PickleMachine): void {
  const line = machine.takeNumberLine();
  // Protocol 0 writes booleans as these two.
  machine.push(line === "01" ? true : line === "00" ? false : integerOfText(line));
}

/** The opcodes of B§3.2 by their byte; whatever is missing here is refused. */
const OPCODES: Readonly<Record<number, Step>> = {
  // PROTO, FRAME: nothing to remember; a frame only has to lie inside the data
  128: (machine) => {
    const [version = 0] = machine.take(1);
    if (version > 5) throw new PickleError(`unsupported pickle protocol: ${version}`);
  },
  149: (machine) => {
    machine.takeLength(8);
  },
  // MARK, POP, POP_MARK, DUP
  40: (machine) => machine.push(MARK),
  48: (machine) => machine.drop(),
  49: (machine) => {
    machine.popToMark();
  },
  50: (machine) => machine.repeat(),
  // NONE, NEWTRUE, NEWFALSE
  78: (machine) => machine.push(null),
  136: (machine) => machine.push(true),
  137: (machine) => machine.push(false),
  // INT, BININT, BININT1, BININT2, LONG, LONG1, LONG4
  73: intLine,
  74: (machine) => machine.push(machine.take(4).readInt32LE()),
  75: (machine) => machine.push(machine.takeLength(1)),
  77: (machine) => machine.push(machine.take(2).readUInt16LE()),
  76: (machine) => machine.push(integerOfText(machine.takeNumberLine().replace(/L$/, ""))),
  138: (machine) => machine.push(integerOfBytes(machine.take(machine.takeLength(1)))),
  139: (machine) => machine.push(integerOfBytes(machine.take(machine.takeLength(4)))),
  // FLOAT, BINFLOAT
  70: (machine) => machine.push(floatOfText(machine.takeNumberLine())),
  71: (machine) => machine.push(new PyFloat(machine.take(8).readDoubleBE())),
  // STRING, BINSTRING, SHORT_BINSTRING
  83: (machine) => machine.push(text(decodeQuoted(machine.takeLine()))),
  84: (machine) => machine.push(text(decodeText(machine.take(machine.takeLength(4))))),
  85: (machine) => machine.push(text(decodeText(machine.take(machine.takeLength(1))))),
  // UNICODE, BINUNICODE, SHORT_BINUNICODE, BINUNICODE8
  86: (machine) => machine.push(text(decodeRawUnicodeEscape(machine.takeLine()))),
  88: (machine) => machine.push(text(decodeText(machine.take(machine.takeLength(4))))),
  140: (machine) => machine.push(text(decodeText(machine.take(machine.takeLength(1))))),
  141: (machine) => machine.push(text(decodeText(machine.take(machine.takeLength(8))))),
  // BINBYTES, SHORT_BINBYTES, BINBYTES8
  66: (machine) => machine.push(Buffer.from(machine.take(machine.takeLength(4)))),
  67: (machine) => machine.push(Buffer.from(machine.take(machine.takeLength(1)))),
  142: (machine) => machine.push(Buffer.from(machine.take(machine.takeLength(8)))),
  // EMPTY_LIST, LIST, APPEND, APPENDS
  93: (machine) => machine.push([]),
  108: (machine) => machine.push(machine.popToMark()),
  97: (machine) => machine.append(machine.popMany(1)),
  101: (machine) => machine.append(machine.popToMark()),
  // EMPTY_TUPLE, TUPLE, TUPLE1, TUPLE2, TUPLE3
  41: (machine) => machine.push(new Tuple([])),
  116: (machine) => machine.push(new Tuple(machine.popToMark())),
  133: (machine) => machine.push(new Tuple(machine.popMany(1))),
  134: (machine) => machine.push(new Tuple(machine.popMany(2))),
  135: (machine) => machine.push(new Tuple(machine.popMany(3))),
  // EMPTY_DICT, DICT, SETITEM, SETITEMS
  125: (machine) => machine.push(new Map()),
  100: (machine) => machine.push(fill(new Map(), machine.popToMark())),
  115: (machine) => machine.setItems(machine.popMany(2)),
  117: (machine) => machine.setItems(machine.popToMark()),
  // EMPTY_SET, ADDITEMS, FROZENSET
  143: (machine) => machine.push(new Set()),
  144: (machine) => machine.addItems(machine.popToMark()),
  145: (machine) => machine.push(new Set(machine.popToMark().map(hashable))),
  // PUT, BINPUT, LONG_BINPUT, MEMOIZE, GET, BINGET, LONG_BINGET
  112: (machine) => machine.memoize(machine.takeIndexLine()),
  113: (machine) => machine.memoize(machine.takeLength(1)),
  114: (machine) => machine.memoize(machine.takeLength(4)),
  148: (machine) => machine.memoizeNext(),
  103: (machine) => machine.fetch(machine.takeIndexLine()),
  104: (machine) => machine.fetch(machine.takeLength(1)),
  106: (machine) => machine.fetch(machine.takeLength(4)),
  // GLOBAL, STACK_GLOBAL, REDUCE: names only
  99: (machine) =>
    machine.pushClass(machine.takeLine().toString("latin1"), machine.takeLine().toString("latin1")),
  147: (machine) => {
    const [moduleName = null, name = null] = machine.popMany(2);
    machine.pushClass(moduleName, name);
  },
  82: (machine) => machine.reduce(),
};

/** Refuses what is too deep, goes in circles, or grows without end by fetching the same thing again and again. */
function measure(root: WireValue): void {
  let values = 0;
  let chars = 0;
  const pending: WireValue[] = [root];
  const depths: number[] = [0];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const depth = depths.pop() ?? 0;
    values += 1;
    if (typeof value === "string" || value instanceof Uint8Array) chars += value.length;
    if (values > MAX_PICKLE_VALUES || chars > MAX_PICKLE_CHARS) throw new PickleError("value is too large");
    if (depth > MAX_PICKLE_DEPTH) throw new PickleError("value is nested too deeply");
    for (const inner of innerOf(value)) {
      pending.push(inner);
      depths.push(depth + 1);
    }
    if (pending.length > MAX_PICKLE_VALUES) throw new PickleError("value is too large");
  }
}

function innerOf(value: WireValue): Iterable<WireValue> {
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (value instanceof Set) return value;
  if (value instanceof PyException) return value.args;
  return itemsOf(value) ?? [];
}
