/**
 * Values as Python's `str()` and `repr()` show them; screens and logs carry these forms (B§2.1, B§1.14).
 * @module
 */
import { reprText } from "../config/python-text.ts";
import { BanId, isList, PyException, PyFloat, SharedText, Tuple, type WireValue } from "./wire-value.ts";

/** `str(value)`: texts bare, everything else as {@link valueRepr}. */
export function valueText(value: WireValue): string {
  if (typeof value === "string") return value;
  if (value instanceof BanId || value instanceof SharedText) return value.text;
  return valueRepr(value);
}

/** `repr(value)`: texts quoted, also inside lists and dictionaries. */
export function valueRepr(value: WireValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return reprText(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isInteger(value) ? String(BigInt(value)) : floatText(value);
  if (value instanceof PyFloat) return floatText(value.value);
  if (value instanceof BanId || value instanceof SharedText) return reprText(value.text);
  if (value instanceof PyException) return exceptionRepr(value);
  if (value instanceof Tuple) return tupleRepr(value.items);
  if (value instanceof Uint8Array) if (value instanceof Uint8Array) return bytesRepr(value);
  if (isList(value)) return `[${value.map(valueRepr).join(", ")}]`;
  if (value instanceof Map) {
    const entries = Array.from(value, ([key, item]) => `${valueRepr(key)}: ${valueRepr(item)}`);
    return `{${entries.join(", ")}}`;
  }
  const items = Array.from(value as ReadonlySet<WireValue>, valueRepr);
  return items.length === 0 ? "set()" : `{${items.join(", ")}}`;
}

/** `('a',)`, `('a', 'b')`, `()` */
export function tupleRepr(items: readonly WireValue[]): string {
  return items.length === 1 ? `(${items.map(valueRepr).join("")},)` : `(${items.map(valueRepr).join(", ")})`;
}

/** `ValueError('text')`; the class without its module. */
export function exceptionRepr({ className, args }: PyException): string {
  return `${className.slice(className.lastIndexOf(".") + 1)}(${args.map(valueRepr).join(", ")})`;
}

/** Bytes as Python shows them: everything that is not plain ASCII as `\xNN`. */
function bytesRepr(bytes: Uint8Array): string {
  const shown = reprText(Buffer.from(bytes).toString("latin1"));
  return `b${shown.replace(/[^\x20-\x7e]/g, (character) => `\\x${character.charCodeAt(0).toString(16)}`)}`;
}

/** Shortest digits that read back equal; an exponent below 1e-4 and from 1e16 on. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (Object.is(value, -0)) return "-0.0";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
