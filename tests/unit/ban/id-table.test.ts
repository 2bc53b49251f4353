/**
 * The table of IDs against a map.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { IdTable, NO_SLOT } from "../../../src/ban/id-table.ts";

const id = fc.oneof(
  fc.nat({ max: 300 }).map((n) => `192.0.${n >> 8}.${n & 255}`),
  fc.nat({ max: 300 }).map((n) => `2001:db8::${n.toString(16)}`),
  fc.constantFrom(
    "",
    "name",
    "0.0.0.0",
    "255.255.255.255",
    "192.0.2.01",
    "192.0.2.1/32",
    "ü",
    "\ud800",
    "::",
  ),
);

test("whoever has a slot is found by it and it by him, whoever has none is not, after any changes", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(id, fc.boolean()), { maxLength: 400 }), fc.integer(), (steps, seed) => {
      const table = new IdTable(seed);
      const slots = new Map<string, number>();
      for (const [who, isRemoved] of steps) {
        const slot = slots.get(who);
        expect(table.find(who)).toBe(slot ?? NO_SLOT);
        if (slot === undefined) {
          slots.set(who, table.add(who));
        } else if (isRemoved) {
          table.remove(slot);
          slots.delete(who);
        }
      }
      expect(table.size).toBe(slots.size);
      expect(new Set(slots.values()).size).toBe(slots.size);
      for (const [who, slot] of slots) {
        expect([table.find(who), table.idOf(slot)]).toEqual([slot, who]);
        expect(slot).toBeLessThan(table.capacity);
      }
    }),
  );
});

test("a table that is empty again begins small, one that is not stays as it is", () => {
  const table = new IdTable(7);
  const slots = Array.from({ length: 1000 }, (_, n) => table.add(`10.0.${n >> 8}.${n & 255}`));
  expect([table.capacity, table.shrink()]).toEqual([1093, false]);
  for (const slot of slots) table.remove(slot);
  expect([table.shrink(), table.capacity, table.shrink()]).toEqual([true, 64, false]);
  expect(table.idOf(table.add("192.0.2.1"))).toBe("192.0.2.1");
});
