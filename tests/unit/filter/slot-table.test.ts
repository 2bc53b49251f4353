/**
 * Slots by number: they come and go as the entries of a bounded map do, whichever numbers fall into the same chain.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { mixOf, mixOfBytes, NO_SLOT, SlotTable } from "../../../src/filter/slot-table.ts";

const LIMIT = 5;

// few, so that they come again; some share a chain
const mixed = fc.constantFrom(0, 1, 2, 128, 129, 256, -1, -129);
const step = fc.oneof(
  fc.record({ kind: fc.constant("take" as const), mixed }),
  fc.record({ kind: fc.constant("remove" as const), mixed }),
  fc.record({ kind: fc.constant("clear" as const), mixed }),
);

/** The slots of a number that are found. */
function found(table: SlotTable, mixed: number): readonly number[] {
  const slots: number[] = [];
  for (let slot = table.find(mixed); slot !== NO_SLOT; slot = table.find(mixed, slot)) slots.push(slot);
  return slots;
}

test("slots are taken, found, removed, and give way, the first one first", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const table = new SlotTable(LIMIT);
      let taken: { readonly slot: number; readonly mixed: number }[] = [];
      for (const { kind, mixed } of steps) {
        if (kind === "take") {
          taken = taken.slice(Math.max(0, taken.length - LIMIT + 1));
          const slot = table.take(mixed);
          expect(slot).toBeGreaterThanOrEqual(0);
          expect(slot).toBeLessThan(LIMIT);
          expect(taken.map((other) => other.slot)).not.toContain(slot);
          taken.push({ slot, mixed });
        } else if (kind === "remove") {
          const slot = table.find(mixed);
          if (slot !== NO_SLOT) table.remove(slot);
          taken = taken.filter((other) => other.slot !== slot);
        } else if (steps.length % 7 === 0) {
          table.clear();
          taken = [];
        }
        expect([...table]).toEqual(taken.map(({ slot }) => slot));
        expect(table.size).toBe(taken.length);
        const same = taken.filter((other) => other.mixed === mixed).map(({ slot }) => slot);
        expect([...found(table, mixed)].sort()).toEqual(same.sort());
      }
    }),
  );
});

test("bytes say of a text what it says itself", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~]{0,30}$/), fc.nat(5), (text, before) => {
      const bytes = Buffer.from(" ".repeat(before) + text);
      expect(mixOfBytes(bytes, before, bytes.length)).toBe(mixOf(text));
    }),
  );
});
