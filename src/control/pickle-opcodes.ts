/**
 * The opcodes of pickle, protocols 0 to 5, as far as plain data needs them (B§3.2); whatever is missing here is refused.
 * @module
 */
import {
  fill,
  hashable,
  MARK,
  MAX_NUMBER_CHARS,
  PickleError,
  type PickleMachine,
  printable,
} from "./pickle-machine.ts";
import { decodeQuoted, decodeRawUnicodeEscape, decodeText } from "./pickle-text.ts";
import { PyFloat, Tuple } from "./wire-value.ts";

/** What a step may do to the machine. */
type Step = (machine: PickleMachine) => void;

const text = (value: string | undefined): string => {
  if (value === undefined) throw new PickleError("text is not well encoded");
  return value;
};

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

function intLine(machine: PickleMachine): void {
  const line = machine.takeNumberLine();
  // Protocol 0 writes booleans as these two.
  machine.push(line === "01" ? true : line === "00" ? false : integerOfText(line));
}

/** The opcodes of B§3.2 by their byte; whatever is missing here is refused. */
export const OPCODES: Readonly<Record<number, Step>> = {
  // PROTO, FRAME: nothing to remember; frames are hints for reading from a file
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

/** BUILD, INST, OBJ, PERSID, BINPERSID, NEWOBJ, EXT1–4, NEWOBJ_EX, buffers: they make objects, we do not. */
const OBJECT_CODES: ReadonlySet<number> = new Set([
  0x62, 0x69, 0x6f, 0x50, 0x51, 0x81, 0x82, 0x83, 0x84, 0x92, 0x96, 0x97, 0x98,
]);

/** Why an opcode that is not in the table is refused. */
export function refusal(code: number): string {
  const hex = code.toString(16).padStart(2, "0");
  if (OBJECT_CODES.has(code)) return `opcode 0x${hex} is refused`;
  const character = String.fromCharCode(code);
  if (code < 0x20 || code > 0x7e) return `invalid load key, '\\x${hex}'.`;
  return `invalid load key, '${character === "'" || character === "\\" ? "\\" : ""}${character}'.`;
}
