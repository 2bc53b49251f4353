/**
 * What is packed comes back as it was.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ownText, packData, packLine, unpackData, unpackLine } from "../../../src/ban/kept-text.ts";
import type { DataValue } from "../../../src/filter/failure.ts";

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("\0", "a\0b", "\ud800", "["),
);
const value: fc.Arbitrary<DataValue> = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: fc.oneof(fc.integer(), fc.boolean(), fc.array(text)) },
);

test("lines, whole or in three parts, come back as they were", () => {
  fc.assert(
    fc.property(fc.oneof(text, fc.tuple(text, text, text)), (line) => {
      expect(unpackLine(packLine(line))).toEqual(line);
    }),
  );
  const long: [string, string, string] = ["b".repeat(100), "d".repeat(70), "a"];
  expect(unpackLine(packLine(long))).toEqual(long);
});

test("captured groups come back as they were, whatever their names, their order and their number of kinds", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text, value), { maxLength: 5 }), (pairs) => {
      const data = new Map(pairs);
      expect([...unpackData(packData(data))]).toEqual([...data]);
    }),
    { numRuns: 300 },
  );
  expect(packData(new Map())).toBeUndefined();
});

test("an ID of its own is the same ID", () => {
  fc.assert(
    fc.property(text, (id) => {
      expect(ownText(id)).toBe(id);
    }),
  );
});
