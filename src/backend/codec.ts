/**
 * Encodings of logs by their Python names (A§2.2) and how each turns bytes into text. Differences between Python's codecs and
 * the web's are settled here: true ISO-8859-1, strict ASCII, undefined bytes of code pages.
 * @module
 */

import { isAscii, isUtf8 } from "node:buffer";

/** One encoding. */
export interface Codec {
  /** the text, or `undefined` if a byte has no meaning */
  decode(bytes: Uint8Array): string | undefined;
  /** the text with U+FFFD for what has no meaning */
  repair(bytes: Uint8Array): string;
  /** bytes below 80 mean ASCII, wherever they stand */
  readonly keepsAscii: boolean;
}

const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function byWebLabel(label: string, keepMark: boolean, keepsAscii = true): Codec {
  const strict = new TextDecoder(label, { fatal: true, ignoreBOM: keepMark });
  const lenient = new TextDecoder(label, { ignoreBOM: keepMark });
  return {
    decode(bytes) {
      try {
        return strict.decode(bytes);
      } catch {
        return undefined;
      }
    },
    repair: (bytes) => lenient.decode(bytes),
    keepsAscii,
  };
}

const utf8: Codec = {
  decode: (bytes) => {
    const buffer = view(bytes);
    return isUtf8(buffer) ? buffer.toString("utf8") : undefined;
  },
  repair: (bytes) => view(bytes).toString("utf8"),
  keepsAscii: true,
};

const latin1: Codec = {
  decode: (bytes) => view(bytes).toString("latin1"),
  repair: (bytes) => view(bytes).toString("latin1"),
  keepsAscii: true,
};

const ascii: Codec = {
  decode: (bytes) => (isAscii(bytes) ? view(bytes).toString("latin1") : undefined),
  repair: (bytes) =>
    view(bytes)
      .toString("latin1")
      .replaceAll(/[\x80-\xff]/g, "\ufffd"),
  keepsAscii: true,
};

/** A Windows code page: the web gives its undefined bytes a meaning as C1 controls, Python none. */
function codePage(label: string): Codec {
  const web = byWebLabel(label, true);
  return {
    decode: (bytes) => {
      const text = web.decode(bytes);
      return text === undefined || /[\x80-\x9f]/.test(text) ? undefined : text;
    },
    repair: (bytes) => web.repair(bytes).replaceAll(/[\x80-\x9f]/g, "\ufffd"),
    keepsAscii: true,
  };
}

/** ISO-8859-9: the web takes it for its Windows relative, which differs below A0. */
const latin5: Codec = {
  decode: (bytes) => latin5.repair(bytes),
  repair: (bytes) => {
    const turkish: Record<string, string> = { Ð: "Ğ", Ý: "İ", Þ: "Ş", ð: "ğ", ý: "ı", þ: "ş" };
    return latin1.repair(bytes).replaceAll(/[ÐÝÞðýþ]/g, (letter) => turkish[letter] ?? letter);
  },
  keepsAscii: true,
};

const WEB_LABELS: ReadonlyMap<string, string> = new Map([
  ...[2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16].map((part) => [`iso8859${part}`, `iso-8859-${part}`] as const),
  ...(
    [
      ["latin2", 2],
      ["l2", 2],
      ["latin3", 3],
      ["latin4", 4],
      ["cyrillic", 5],
      ["greek", 7],
      ["hebrew", 8],
      ["latin6", 10],
      ["latin7", 13],
      ["latin8", 14],
      ["latin9", 15],
      ["latin10", 16],
    ] as const
  ).map(([name, part]) => [name, `iso-8859-${part}`] as const),
  ["koi8r", "koi8-r"],
  ["koi8u", "koi8-u"],
  ["cp866", "ibm866"],
  ["866", "ibm866"],
  ["macroman", "macintosh"],
  ["gbk", "gbk"],
  ["cp936", "gbk"],
  ["gb2312", "gbk"],
  ["gb18030", "gb18030"],
  ["big5", "big5"],
  ["eucjp", "euc-jp"],
  ["shiftjis", "shift_jis"],
  ["sjis", "shift_jis"],
  ["euckr", "euc-kr"],
]);

/** In these, a byte below 80 may be the second one of a character. */
const SHARED_BYTES: ReadonlySet<string> = new Set(["gbk", "gb18030", "big5", "shift_jis"]);

/**
 * The codec of an encoding's Python name; case, dashes and underscores do not matter. `auto` is UTF-8.
 * `undefined`: there is none of that name.
 */
export function codecOf(encoding: string): Codec | undefined {
  const name = encoding.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  switch (name) {
    case "auto":
    case "utf8":
    case "u8":
    case "utf":
    case "cp65001":
      return utf8;
    case "utf8sig":
      return byWebLabel("utf-8", false, false);
    case "ascii":
    case "usascii":
    case "646":
    case "ansix341968":
      return ascii;
    case "latin1":
    case "latin":
    case "iso88591":
    case "88591":
    case "cp819":
    case "l1":
      return latin1;
    case "iso88599":
    case "latin5":
    case "l5":
      return latin5;
    case "utf16":
    case "u16":
      return byWebLabel("utf-16le", false, false);
    case "utf16le":
      return byWebLabel("utf-16le", true, false);
    case "utf16be":
      return byWebLabel("utf-16be", true, false);
  }
  const page = /^(?:cp|windows)?(125[0-8])$/.exec(name)?.[1];
  if (page !== undefined) return codePage(`windows-${page}`);
  const label = WEB_LABELS.get(name);
  return label === undefined ? undefined : byWebLabel(label, true, !SHARED_BYTES.has(label));
}
