/**
 * What can travel over the control socket: Python's plain data, told apart where Python tells it apart (tuple and list, int and
 * float) because third-party decoders look at the concrete types (B§3.3). Knows nothing of bytes.
 * @module
 */
import type { StreamWord } from "../config/settings.ts";

/** A Python tuple; plain arrays are lists. */
export class Tuple {
  readonly items: readonly WireValue[];
  constructor(items: readonly WireValue[]) {
    this.items = items;
  }
}

/** A tuple of the arguments. */
export const tuple = (...items: readonly WireValue[]): Tuple => new Tuple(items);

/** A Python float; plain numbers without a fraction are ints, so `600.0` needs this. */
export class PyFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A ban ID or an entry of an ignore list: travels as the call `builtins.str("TEXT")` (B§3.3). */
export class BanId {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A text that is one object on Python's side however often it occurs: written once, then fetched from the memo. */
export class SharedText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An exception by class name, as data; nothing is ever called. */
export class PyException {
  /** with its module: `builtins.ValueError` */
  readonly className: string;
  readonly args: readonly WireValue[];
  constructor(className: string, args: readonly WireValue[]) {
    this.className = className;
    this.args = args;
  }
}

export type WireValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PyFloat
  | BanId
  | SharedText
  | Tuple
  | PyException
  | Uint8Array
  | readonly WireValue[]
  | ReadonlyMap<WireValue, WireValue>
  | ReadonlySet<WireValue>;

/** Narrowing of `readonly` arrays, which `Array.isArray` does not do by itself. */
export const isList = (value: WireValue): value is readonly WireValue[] => Array.isArray(value);

/** The items of a list or a tuple, `undefined` of anything else. */
export function itemsOf(value: WireValue): readonly WireValue[] | undefined {
  if (isList(value)) return value;
  return value instanceof Tuple ? value.items : undefined;
}

/**
 * A value as a word of the command stream: tuples become lists, dictionaries objects, floats numbers.
 *
 * @returns `undefined` where the value has no place in a stream (bytes, exceptions)
 */
export function toStreamWord(value: WireValue): StreamWord | undefined {
  if (
    value === null ||
    typeof value === "string" ||
    typeof value === "number" ||
    typeof value === "boolean"
  ) {
    return value;
  }
  if (typeof value === "bigint") return Number(value);
  if (value instanceof PyFloat) return value.value;
  if (value instanceof BanId || value instanceof SharedText) return value.text;
  if (value instanceof Map) {
    const entries: [string, StreamWord][] = [];
    for (const [key, item] of value) {
      const word = toStreamWord(item);
      if (typeof key !== "string" || word === undefined) return undefined;
      entries.push([key, word]);
    }
    return Object.fromEntries(entries);
  }
  const words: StreamWord[] = [];
  for (const item of itemsOf(value) ?? [undefined]) {
    const word = item === undefined ? undefined : toStreamWord(item);
    if (word === undefined) return undefined;
    words.push(word);
  }
  return words;
}

/** A word of the command stream as it travels. */
export function fromStreamWord(word: StreamWord): WireValue {
  if (word === null || typeof word !== "object") return word;
  if (isWordList(word)) return word.map(fromStreamWord);
  return new Map(Object.entries(word).map(([key, item]) => [key, fromStreamWord(item)]));
}

const isWordList = (word: StreamWord): word is readonly StreamWord[] => Array.isArray(word);
