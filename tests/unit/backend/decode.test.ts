/**
 * Bytes to lines by Python's rules.
 * @module
 */
import { expect, test } from "vitest";
import { EncodingError, LineDecoder } from "../../../src/backend/decode.ts";
import type { GaolerEvent } from "../../../src/base/event.ts";

function decoder(encoding: string) {
  const events: GaolerEvent[] = [];
  const clock = { at: 0, now: () => clock.at };
  return {
    events,
    clock,
    decoder: new LineDecoder(encoding, { observe: (event) => events.push(event), clock }),
  };
}

const cases: readonly (readonly [
  name: string,
  encoding: string,
  bytes: readonly number[],
  lines: string[],
])[] = [
  ["splits at LF only", "auto", [...Buffer.from("a\rb\u2028c\u0085d\ne\n")], ["a\rb\u2028c\u0085d", "e"]],
  ["strips all CR and LF at the end", "utf-8", [...Buffer.from("a \r\r\nb\n\n")], ["a ", "b", ""]],
  ["keeps a byte order mark", "utf-8", [0xef, 0xbb, 0xbf, 0x61, 10], ["\ufeffa"]],
  ["drops it where the name says so", "utf-8-sig", [0xef, 0xbb, 0xbf, 0x61, 10], ["a"]],
  ["replaces each maximal bad part once", "UTF-8", [0x61, 0xe2, 0x82, 0xff, 0x62, 10], ["a\ufffd\ufffdb"]],
  ["reads true ISO-8859-1", "latin-1", [0x80, 0xe4, 10], ["\u0080ä"]],
  ["reads cp1252", "cp1252", [0x80, 0xe4, 10], ["€ä"]],
  ["has no meaning for an undefined byte of cp1252", "windows-1252", [0x81, 10], ["\ufffd"]],
  ["has no meaning for high bytes in ASCII", "ascii", [0x61, 0xe4, 10], ["a\ufffd"]],
  ["reads ISO-8859-9", "iso8859_9", [0x80, 0xd0, 10], ["\u0080Ğ"]],
  ["reads ISO-8859-15", "latin9", [0xa4, 10], ["€"]],
  [
    "reads UTF-16 with LF as half of a character",
    "utf-16le",
    [0, 10, 10, 0, 0x62, 0, 10, 0],
    ["\u0a00", "b"],
  ],
  ["repairs UTF-16", "utf-16-be", [0xd8, 0, 0, 0x61, 0, 10], ["\ufffda"]],
  ["reads KOI8-R", "koi8_r", [0xc1, 10], ["а"]],
];
for (const [name, encoding, bytes, lines] of cases) {
  test(`LineDecoder ${name}`, () => {
    expect(decoder(encoding).decoder.decodeLines("/l", Uint8Array.from(bytes))).toEqual(lines);
  });
}

test("a bad line is told once a day a log, its neighbours are untouched", () => {
  const { decoder: lines, events, clock } = decoder("utf-8");
  const bad = Uint8Array.of(0x61, 10, 0x27, 0xff, 10);
  expect(lines.decodeLines("/l", bad)).toEqual(["a", "'\ufffd"]);
  clock.at = 3600;
  lines.decodeLines("/l", bad);
  clock.at = 90_000;
  lines.decodeLines("/l", bad);
  expect(events.map((event) => (event.type === "message" ? `${event.level} ${event.text}` : ""))).toEqual(
    ["WARNING", "TRACEDEBUG", "WARNING"].flatMap((level) => [
      `${level} Error decoding line from '/l' with 'utf-8'.`,
      `${level} Consider setting logencoding to appropriate encoding for this jail. ` +
        `Continuing to process line ignoring invalid characters: b"'\\xff\\n"`,
    ]),
  );
});

test("an unknown encoding is refused", () => {
  expect(() => decoder("klingon")).toThrow(new EncodingError("unknown encoding: klingon"));
});

test.each([
  ["utf-8", "aé\nb\n", ["aé", "b"]],
  ["auto", "a\nb\n", ["a", "b"]],
  ["latin1", "a\xe9\nb\n", ["aé", "b"]],
  ["cp1252", "a\x80\nb\n", ["a€", "b"]],
])("%s gives the text of pieces as they are asked for", (encoding, text, lines) => {
  const bytes = Buffer.from(text, encoding === "utf-8" ? "utf8" : "latin1");
  const textOf = decoder(encoding).decoder.textOf(bytes);
  const newline = bytes.indexOf(10);
  expect([textOf?.(0, newline), textOf?.(newline + 1, bytes.length - 1)]).toEqual(lines);
});

test.each([
  ["utf-8", [0x61, 0xff, 10]],
  ["ascii", [0x61, 0xe9, 10]],
  ["cp1252", [0x81, 10]],
  ["gbk", [0x61, 10]],
  ["utf-16-le", [0x61, 0, 10, 0]],
  ["utf-8-sig", [0x61, 10]],
])(
  "%s gives no pieces where bytes have no meaning, or ASCII may be half of a character",
  (encoding, bytes) => {
    expect(decoder(encoding).decoder.textOf(Uint8Array.from(bytes))).toBeUndefined();
  },
);
