import fc from "fast-check";
import { expect, test } from "vitest";
import { PickleError } from "../../../src/control/pickle-machine.ts";
import { MAX_PICKLE_DEPTH, MAX_PICKLE_VALUES, readPickle } from "../../../src/control/pickle-read.ts";
import { writePickle } from "../../../src/control/pickle-write.ts";
import { PyException, PyFloat, tuple, type WireValue } from "../../../src/control/wire-value.ts";

const latin = (text: string): Buffer => Buffer.from(text, "latin1");

const pings: readonly (readonly [sender: string, bytes: string])[] = [
  ["Python 3.8 and later", "\x80\x05\x95\x0b\0\0\0\0\0\0\0]\x94\x8c\x04ping\x94a."],
  ["Python, protocol 2", "\x80\x02]q\0X\x04\0\0\0pingq\x01a."],
  ["Python, protocol 1", "]q\0X\x04\0\0\0pingq\x01a."],
  ["Python, protocol 0", "(lp0\nVping\np1\na."],
  ["hand-written protocol 0", "(Vping\nl."],
  ["og-rek without header", "](U\x04pinge."],
  ["og-rek, newer", "\x80\x02](U\x04pinge."],
  ["Python 2, quoted", "(lp0\nS'ping'\np1\na."],
  ["BINSTRING", "](T\x04\0\0\0pinge."],
  ["BINUNICODE8", "]\x8d\x04\0\0\0\0\0\0\0pinga."],
  ["bytes after STOP", "(Vping\nl.garbage"],
];
test.each(pings)("readPickle understands ['ping'] of %s", (_sender, bytes) => {
  expect(readPickle(latin(bytes))).toEqual(["ping"]);
});

const values: readonly (readonly [text: string, bytes: string, value: WireValue])[] = [
  ["a tuple of a mark", "(K\x01K\x02t.", tuple(1, 2)],
  ["an old boolean", "I01\n.", true],
  ["a number as text", "I-17\n.", -17],
  ["a long number as text", "L123456789012345678901L\n.", 123456789012345678901n],
  ["a float as text", "F1.5\n.", new PyFloat(1.5)],
  ["a dictionary of a mark", "(Va\nK\x01d.", new Map([["a", 1]])],
  ["a set", "\x8f(K\x01\x90.", new Set([1])],
  ["an escape in raw unicode", "Va\\u00fc\\\\u\n.", "aü\\\\u"],
  ["quoted text with escapes", "S'a\\n\\x41\\'\\\\'\n.", "a\nA'\\"],
  ["bytes", "C\x02ab.", Buffer.from("ab")],
  ["an ID as builtins.str writes it", "\x8c\x08builtins\x8c\x03str\x93\x8c\x02ID\x85R.", "ID"],
  ["the same of protocol 2", "c__builtin__\nunicode\nVID\n\x85R.", "ID"],
];
test.each(values)("readPickle reads %s", (_text, bytes, value) => {
  expect(readPickle(latin(bytes))).toEqual(value);
});

const refusals: readonly (readonly [text: string, bytes: string, message: RegExp])[] = [
  ["nothing", "", /^Ran out of input$/],
  ["a memo that is not there", "he", /^Memo value not found at index 101$/],
  ["an unknown opcode", "\xff", /^invalid load key, '\\xff'\.$/],
  ["a newer protocol", "\x80\x06N.", /^unsupported pickle protocol: 6$/],
  ["a cut text", "X\xff\0\0\0abc", /^pickle data was truncated$/],
  ["a length beyond all memory", "\x8d\xff\xff\xff\xff\xff\xff\xff\xff.", /truncated/],
  ["items without a list", "K\x01K\x02a.", /no list/],
  ["no mark", "e.", /could not find MARK/],
  ["a mark as value", "(.", /unexpected MARK/],
  ["an empty stack", ".", /stack underflow/],
  ["system", "cos\nsystem\n(S'id'\ntR.", /class os\.system is refused/],
  ["system by name on the stack", "\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.", /refused/],
  ["eval", "c__builtin__\neval\n(S'1'\ntR.", /refused/],
  ["str with more than a text", "cbuiltins\nstr\n(K\x01tR.", /refused/],
  ["str of a list of names", "cbuiltins\nstr\n]R.", /refused/],
  ["the class str itself", "cbuiltins\nstr\n.", /no plain data/],
  ["BUILD", "}}b.", /opcode 0x62 is refused/],
  ["INST", "(ios\nsystem\n.", /opcode 0x69 is refused/],
  ["a list as key", "}]K\x01s.", /unhashable/],
  ["text that is not UTF-8", "\x8c\x02\xff\xfe.", /not well encoded/],
  ["a class whose name is a list", "]]\x93.", /no name/],
  ["notes without end", `]${"\x94".repeat(MAX_PICKLE_VALUES + 1)}.`, /too large/],
  ["steps that make nothing", `]q\0${"q\0".repeat(4 * MAX_PICKLE_VALUES)}.`, /too large/],
];
test.each(refusals)("readPickle refuses %s", (_text, bytes, message) => {
  let said: unknown;
  try {
    readPickle(latin(bytes));
  } catch (error) {
    said = error;
  }
  expect(said).toBeInstanceOf(PickleError);
  expect(said).toMatchObject({ message: expect.stringMatching(message) });
});

test("readPickle refuses a value that is nested too deeply, and takes one that is not", () => {
  const nested = (depth: number): Buffer => latin(`${"]".repeat(depth)}${"a".repeat(depth - 1)}.`);
  expect(() => readPickle(nested(MAX_PICKLE_DEPTH + 2))).toThrow(/too deeply/);
  expect(() => readPickle(nested(MAX_PICKLE_DEPTH))).not.toThrow();
  expect(() => readPickle(nested(1_000_000))).toThrow(PickleError);
});

test("readPickle refuses a pickle of nothing but empty things before the memory is full", () => {
  expect(() => readPickle(Buffer.alloc(MAX_PICKLE_VALUES + 1, "}"))).toThrow(/too large/);
});

test("readPickle refuses a list that holds itself", () => {
  expect(() => readPickle(latin("]\x94h\0a."))).toThrow(/too deeply/);
});

test("readPickle refuses a value that doubles with each level of its memo", () => {
  let bytes = "]\x94";
  for (let level = 0; level < 40; level += 1)
    bytes += `]\x94(h${String.fromCharCode(level)}h${String.fromCharCode(level)}e`;
  expect(() => readPickle(latin(`${bytes}.`))).toThrow(/too large/);
});

test("readPickle refuses one long text fetched again and again", () => {
  const text = Buffer.alloc(1 << 20, "x");
  const head = Buffer.from([0x58, 0, 0, 0x10, 0, ...text, 0x94, 0x30, 0x28]);
  const fetches = Buffer.alloc(4000, Buffer.from([0x68, 0]));
  expect(() => readPickle(Buffer.concat([head, fetches, Buffer.from("l.")]))).toThrow(/too large/);
});

test("readPickle gives an exception as data to a client, and refuses it to a server", () => {
  const bytes = writePickle(tuple(1, new PyException("builtins.ValueError", ["x"])));
  expect(readPickle(bytes, { exceptions: "inert" })).toEqual(
    tuple(1, new PyException("builtins.ValueError", ["x"])),
  );
  expect(() => readPickle(bytes)).toThrow(/refused/);
});

test("readPickle lets undecodable bytes of file names pass as Python does", () => {
  const text = "a\udc80b";
  expect(readPickle(writePickle(text))).toBe(text);
});

test("readPickle throws nothing but PickleError, whatever comes", () => {
  const opcodes = fc.constantFrom(
    ...Array.from("(.0]a}stdeulN\x85\x86\x87)\x8f\x90\x91h\0q\x94R\x93cK2\x88G\x8aXU\x8c1", latin),
  );
  const noise = fc.array(fc.oneof(opcodes, fc.uint8Array({ maxLength: 6 }).map(Buffer.from)), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(noise, (parts) => {
      try {
        readPickle(Buffer.concat(parts));
      } catch (error) {
        expect(error).toBeInstanceOf(PickleError);
      }
    }),
    { numRuns: 3000 },
  );
});
