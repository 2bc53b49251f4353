/**
 * What is written as bytes comes back as it was.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteText } from "../../../src/ban/byte-text.ts";
import { GroupShapes } from "../../../src/ban/group-shapes.ts";
import { putData, putLine, takeData, takeLine } from "../../../src/ban/kept-text.ts";
import { ownText } from "../../../src/ban/own-text.ts";
import type { DataValue, MatchLine } from "../../../src/filter/failure.ts";

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.string({ minLength: 20, maxLength: 300 }),
  fc.constantFrom("\0", "a\0b", "\ud800", "[", "ü", "192.0.2.1", `${"x".repeat(30)}\u0100`),
);
const value: fc.Arbitrary<DataValue> = fc.oneof(
  { weight: 4, arbitrary: text },
  {
    weight: 2,
    arbitrary: fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
      fc.boolean(),
      fc.array(text),
      fc.array(fc.tuple(text, fc.boolean())),
    ),
  },
);

test("lines, whole or in three parts, come back as they were, one after the other", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(text, fc.tuple(text, text, text))), (lines) => {
      const bytes = new ByteText();
      for (const line of lines) putLine(bytes, line);
      const taken: MatchLine[] = [];
      while (bytes.at < bytes.length) taken.push(takeLine(bytes));
      expect(taken).toEqual(lines);
    }),
  );
});

test("a line says first how many bytes follow", () => {
  for (const line of ["", "x".repeat(126), "x".repeat(127), "ü€", ["a", "b".repeat(200), "c"]] as const) {
    const bytes = new ByteText();
    putLine(bytes, line);
    const length = bytes.takeNumber();
    expect(bytes.length).toBe(bytes.at + length);
  }
});

test("captured groups come back as they were, whatever their names, their order and their number of kinds", () => {
  const shapes = new GroupShapes();
  fc.assert(
    fc.property(fc.array(fc.tuple(text, value), { maxLength: 5 }), text, (pairs, id) => {
      const data = new Map(pairs);
      const bytes = new ByteText();
      putData(bytes, data, id, shapes);
      expect([...takeData(bytes, id, shapes)]).toEqual([...data]);
    }),
    { numRuns: 300 },
  );
});

test("no groups take no byte, and an ID among them takes one", () => {
  const bytes = new ByteText();
  const shapes = new GroupShapes();
  putData(bytes, new Map(), "192.0.2.1", shapes);
  expect(bytes.length).toBe(0);
  const lengths = ["198.51.100.100", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff"].map((id) => {
    bytes.clear();
    putData(bytes, new Map([["ip", id]]), id, shapes);
    return bytes.length;
  });
  expect(lengths).toEqual([3, 3]);
});

test("numbers come back as they were, and take the bytes that are said", () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), (numbers) => {
      const bytes = new ByteText();
      for (const number of numbers) bytes.putNumber(number);
      expect(numbers.map(() => bytes.takeNumber())).toEqual(numbers);
    }),
  );
});

test("an ID of its own is the same ID", () => {
  fc.assert(
    fc.property(text, (id) => {
      expect(ownText(id)).toBe(id);
    }),
  );
});
