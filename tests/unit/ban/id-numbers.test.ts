/**
 * Numbers of IDs against a map.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { IdNumbers } from "../../../src/ban/id-numbers.ts";

const id = fc.oneof(
  fc.nat({ max: 200 }).map((n) => `192.0.2.${n}`),
  fc.nat({ max: 40 }).map((n) => `2001:db8::${n.toString(16)}`),
  fc.constantFrom("", "name", "ü", "\ud800"),
);

/** Where all are 0 they take no room. */
const number = fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer() });

test("says what a map says, in its order, after any changes", () => {
  const step = fc.tuple(id, fc.constantFrom("set", "set", "delete"), number);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.integer(), (steps, seed) => {
      const numbers = new IdNumbers(seed);
      const plain = new Map<string, number>();
      for (const [who, kind, value] of steps) {
        expect([numbers.has(who), numbers.get(who)]).toEqual([plain.has(who), plain.get(who)]);
        if (kind === "delete") {
          expect(numbers.delete(who)).toBe(plain.delete(who));
        } else {
          numbers.set(who, value);
          plain.set(who, value);
        }
        expect(numbers.size).toBe(plain.size);
      }
      expect([...numbers.entries()]).toEqual([...plain]);
      expect([...numbers.values()]).toEqual([...plain.values()]);
      for (const [who] of numbers.entries()) numbers.delete(who);
      expect([numbers.size, [...numbers.entries()]]).toEqual([0, []]);
      numbers.set("192.0.2.1", 7);
      expect([...numbers.entries()]).toEqual([["192.0.2.1", 7]]);
    }),
  );
});
