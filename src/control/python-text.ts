/**
 * Values as Python's `str()` and `repr()` show them; screens and logs carry these forms (B§2.1, B§1.14).
 * @module
 */
import { BanId, isList, PyException, PyFloat, SharedText, Tuple, type WireValue } from "./wire-value.ts";

/** `str(value)`: texts bare, everything else as {@link pythonRepr}. */
export function pythonStr(value: WireValue): string {
  if (typeof value === "string") return value;
  if (value instanceof BanId || value instanceof SharedText) return value.text;
  return pythonRepr(value);
}

/** `repr(value)`: texts quoted, also inside lists and dictionaries. */
export function pythonRepr(value: WireValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return quoted(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isInteger(value) ? String(BigInt(value)) : floatText(value);
  if (value instanceof PyFloat) return floatText(value.value);
  if (value instanceof BanId || value instanceof SharedText) return quoted(value.text);
  if (value instanceof PyException) return exceptionRepr(value);
  if (value instanceof Tuple) return tupleRepr(value.items);
  if (value instanceof Uint8Array)
    return `b${quoted(Buffer.from(value).toString("latin1"), /[^\x20-\x7e]/g)}`;
  if (isList(value)) return `[${value.map(pythonRepr).join(", ")}]`;
  if (value instanceof Map) {
    const entries = Array.from(value, ([key, item]) => `${pythonRepr(key)}: ${pythonRepr(item)}`);
    return `{${entries.join(", ")}}`;
  }
  const items = Array.from(value as ReadonlySet<WireValue>, pythonRepr);
  return items.length === 0 ? "set()" : `{${items.join(", ")}}`;
}

/** `('a',)`, `('a', 'b')`, `()` */
export function tupleRepr(items: readonly WireValue[]): string {
  return items.length === 1
    ? `(${items.map(pythonRepr).join("")},)`
    : `(${items.map(pythonRepr).join(", ")})`;
}

/** `ValueError('text')`; the class without its module. */
export function exceptionRepr({ className, args }: PyException): string {
  return `${className.slice(className.lastIndexOf(".") + 1)}(${args.map(pythonRepr).join(", ")})`;
}

/** What Python's `str.isprintable` says no to: controls, separators but the blank, and what has no character. */
const UNPRINTABLE = /[\p{C}\p{Z}]/gu;

const NAMED_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

function quoted(text: string, unprintable: RegExp = UNPRINTABLE): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text
    .replaceAll("\\", "\\\\")
    .replaceAll(quote, `\\${quote}`)
    .replace(unprintable, (character) =>
      character === " " ? " " : (NAMED_ESCAPES.get(character) ?? escaped(character)),
    );
  return `${quote}${body}${quote}`;
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
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
