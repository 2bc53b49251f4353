/**
 * Reads pickles of protocols 0 to 5 as plain data (B§3.2). Pickle is a small stack machine that can call anything; this one calls
 * nothing: classes are refused, but for `builtins.str("TEXT")`, and exceptions where a client asks for them as data.
 * Size, depth and growth by memo are bounded; whatever the bytes are, nothing but a {@link PickleError} comes out.
 * @module
 */
import { PickleError, PickleMachine } from "./pickle-machine.ts";
import { OPCODES, refusal } from "./pickle-opcodes.ts";
import { itemsOf, PyException, type WireValue } from "./wire-value.ts";

/** Deepest nesting of a value. */
export const MAX_PICKLE_DEPTH = 64;
/** Most values of one pickle, counted as often as they occur (a memo can repeat them without end), unless the reader says more. */
export const MAX_PICKLE_VALUES = 1_000_000;
/** Most characters of all texts together, counted as often as they occur. */
export const MAX_PICKLE_CHARS = 512 * 1024 * 1024;
export interface PickleReadOptions {
  /** `inert`: exceptions are read as {@link PyException}; a server leaves this out and refuses every class */
  readonly exceptions?: "inert";
  /** for those who trust the sender: instead of {@link MAX_PICKLE_VALUES} */
  readonly maxValues?: number;
}

/**
 * The value of a pickle; bytes after its STOP are ignored, as Python does.
 *
 * @throws {PickleError}
 */
export function readPickle(bytes: Uint8Array, options: PickleReadOptions = {}): WireValue {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { maxValues = MAX_PICKLE_VALUES } = options;
  const machine = new PickleMachine(buffer, options.exceptions === "inert", maxValues);
  for (let code = machine.nextCode(); code !== undefined; code = machine.nextCode()) {
    const step = OPCODES[code];
    if (step === undefined) throw new PickleError(refusal(code));
    step(machine);
  }
  const value = machine.popValue();
  measure(value, maxValues);
  return value;
}

/** Refuses what is too deep, goes in circles, or grows without end by fetching the same thing again and again. */
function measure(root: WireValue, maxValues: number): void {
  let values = 0;
  let chars = 0;
  const pending: WireValue[] = [root];
  const depths: number[] = [0];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const depth = depths.pop() ?? 0;
    values += 1;
    if (typeof value === "string" || value instanceof Uint8Array) chars += value.length;
    if (values > maxValues || chars > MAX_PICKLE_CHARS) throw new PickleError("value is too large");
    if (depth > MAX_PICKLE_DEPTH) throw new PickleError("value is nested too deeply");
    for (const inner of innerOf(value)) {
      pending.push(inner);
      depths.push(depth + 1);
    }
    if (pending.length > maxValues) throw new PickleError("value is too large");
  }
}

function innerOf(value: WireValue): Iterable<WireValue> {
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (value instanceof Set) return value;
  if (value instanceof PyException) return value.args;
  return itemsOf(value) ?? [];
}
