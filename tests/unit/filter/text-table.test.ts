/**
 * A few values by text: they behave as in a bounded map, whichever texts fall into the same chain.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { BoundedMap } from "../../../src/base/bounded-map.ts";
import { mixOfBytes, TextTable } from "../../../src/filter/text-table.ts";

const LIMIT = 5;

// few, so that they come again; the last ones differ before the characters that choose their chain
const text = fc.constantFrom("", "a", "b", "c", "d", "e", "f", `1${"x".repeat(20)}`, `2${"x".repeat(20)}`);
const step = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), text, value: fc.nat() }),
  fc.record({ kind: fc.constant("delete" as const), text, value: fc.constant(0) }),
  fc.record({ kind: fc.constant("clear" as const), text, value: fc.constant(0) }),
);

test("what is set and deleted comes to what it comes to in a bounded map", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const table = new TextTable<number>(LIMIT);
      const map = new BoundedMap<string, number>({ limit: LIMIT });
      for (const { kind, text, value } of steps) {
        if (kind === "set") {
          table.set(text, value);
          map.set(text, value);
        } else if (kind === "delete") expect(table.delete(text)).toBe(map.delete(text));
        else if (steps.length % 7 === 0) {
          table.clear();
          map.clear();
        }
        expect([...table]).toEqual([...map]);
        expect(table.size).toBe(map.size);
        expect(table.get(text)).toBe(map.get(text));
      }
    }),
  );
});

test("texts of one chain stand side by side, and any of them can go", () => {
  const texts = Array.from({ length: 40 }, (_, index) => `${index}${"-".repeat(12)}`).filter(
    ({ length }) => length === 14,
  );
  const table = new TextTable<string>(100);
  for (const text of texts) table.set(text, `of ${text}`);
  for (const text of texts.filter((_, index) => index % 3 === 1)) table.delete(text);
  const left = texts.filter((_, index) => index % 3 !== 1);
  expect(texts.map((text) => table.get(text))).toEqual(
    texts.map((text) => (left.includes(text) ? `of ${text}` : undefined)),
  );
});

test("a text is found by what its bytes say", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~]{0,30}$/), fc.nat(5), (text, before) => {
      const table = new TextTable<number>(3);
      table.set(text, 1);
      const bytes = Buffer.from(" ".repeat(before) + text);
      expect(table.get(text, mixOfBytes(bytes, before, bytes.length))).toBe(1);
    }),
  );
});
