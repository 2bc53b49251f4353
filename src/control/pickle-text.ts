/**
 * Texts inside pickles: UTF-8 that lets lone surrogates pass (Python carries undecodable bytes of file names that way) and the
 * escapes of the old text opcodes. Throws nothing; `undefined` means that the bytes are no text.
 * @module
 */
import { isUtf8 } from "node:buffer";

const HIGH_SURROGATE = 0xd800;
const LOW_SURROGATE = 0xdc00;

/** UTF-8 of a text; lone surrogates as three bytes each (`surrogatepass`). */
export function encodeText(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, "utf8");
  const parts: Buffer[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const isLone = code >= HIGH_SURROGATE && code <= 0xdfff;
    parts.push(
      isLone
        ? Buffer.from([0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)])
        : Buffer.from(character, "utf8"),
    );
  }
  return Buffer.concat(parts);
}

/** The text of UTF-8 bytes, surrogates let pass. */
export function decodeText(bytes: Buffer): string | undefined {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at + 2 < bytes.length; at += 1) {
    const [lead = 0, middle = 0, last = 0] = bytes.subarray(at, at + 3);
    if (lead !== 0xed || middle < 0xa0 || middle > 0xbf || (last & 0xc0) !== 0x80) continue;
    const before = bytes.subarray(from, at);
    if (!isUtf8(before)) return undefined;
    parts.push(
      before.toString("utf8"),
      String.fromCharCode(LOW_SURROGATE - 0x400 + (((middle & 0x1f) << 6) | (last & 0x3f))),
    );
    from = at + 3;
    at += 2;
  }
  const rest = bytes.subarray(from);
  return isUtf8(rest) ? parts.join("") + rest.toString("utf8") : undefined;
}

/** The text of Python's raw-unicode-escape: Latin-1 with `\uXXXX` and `\UXXXXXXXX`. */
export function decodeRawUnicodeEscape(bytes: Buffer): string | undefined {
  let isSound = true;
  const text = bytes.toString("latin1").replace(/\\(?:u(.{0,4})|U(.{0,8})|[^uU])/gs, (whole, short, long) => {
    const digits: unknown = short ?? long;
    if (typeof digits !== "string") return whole;
    const code = /^(?:[\da-f]{4}|[\da-f]{8})$/i.test(digits) ? Number.parseInt(digits, 16) : -1;
    if (code < 0 || code > 0x10ffff) isSound = false;
    return isSound ? String.fromCodePoint(code) : whole;
  });
  return isSound ? text : undefined;
}

/** Raw-unicode-escape of a text with `<` escaped too, so that no frame terminator can stand in it. */
export function encodeRawUnicodeEscape(text: string): string {
  return text.replace(/[^\x20-\x7e]|[\\<]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff
      ? `\\U${code.toString(16).padStart(8, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\n", ""],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["v", "\v"],
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
]);

/** The text of a quoted Python 2 string as the opcode STRING carries it. */
export function decodeQuoted(bytes: Buffer): string | undefined {
  const line = bytes.toString("latin1").trim();
  const quote = line[0];
  if (line.length < 2 || (quote !== "'" && quote !== '"') || line.at(-1) !== quote) return undefined;
  const body = line
    .slice(1, -1)
    .replace(/\\(?:x([\da-fA-F]{2})|([0-7]{1,3})|([\s\S]))/g, (whole, hex, octal, other) => {
      if (typeof hex === "string") return String.fromCharCode(Number.parseInt(hex, 16));
      if (typeof octal === "string") return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      return SIMPLE_ESCAPES.get(String(other)) ?? whole;
    });
  return decodeText(Buffer.from(body, "latin1"));
}
