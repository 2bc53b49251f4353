/**
 * Bytes by slot against a map.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteColumn } from "../../../src/ban/byte-column.ts";
import { ByteText } from "../../../src/ban/byte-text.ts";

const SLOTS = 8;

function read(column: ByteColumn, slot: number): number[] {
  const bytes = new ByteText();
  column.read(slot, bytes);
  return [...bytes.bytes.subarray(0, bytes.length)];
}

test("each slot has the bytes that were put there, whatever others get and lose", () => {
  const step = fc.record({
    slot: fc.nat({ max: SLOTS - 1 }),
    length: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constant(9000)),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(8, 48), (steps, blockBytes) => {
      const column = new ByteColumn(blockBytes);
      column.resize(SLOTS);
      const plain = new Map<number, number[]>();
      for (const [index, { slot, length }] of steps.entries()) {
        if (plain.has(slot)) {
          column.drop(slot);
          plain.delete(slot);
        } else {
          const bytes = Uint8Array.from({ length }, (_, n) => index + n);
          column.put(slot, bytes, length);
          plain.set(slot, [...bytes]);
        }
        expect(column.isEmpty(slot)).toBe(!plain.has(slot));
        let blocks = 0;
        for (const bytes of plain.values()) blocks += Math.ceil(bytes.length / blockBytes);
        expect(column.bytes).toBe(blocks * blockBytes);
      }
      for (let slot = 0; slot < SLOTS; slot += 1) expect(read(column, slot)).toEqual(plain.get(slot) ?? []);
    }),
  );
});
