/**
 * Chains of bytes against plain lists.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteChains } from "../../../src/ban/byte-chains.ts";
import { ByteText } from "../../../src/ban/byte-text.ts";

const SLOTS = 6;

function read(chains: ByteChains, slot: number): number[] {
  const bytes = new ByteText();
  chains.read(slot, bytes);
  return [...bytes.bytes.subarray(0, bytes.length)];
}

test("each slot has the bytes that it was given and still has, whatever others get and lose", () => {
  const step = fc.record({
    slot: fc.nat({ max: SLOTS - 1 }),
    kind: fc.constantFrom("add", "add", "add", "first", "drop", "clear"),
    length: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(9000)),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.constantFrom(8, 64), (steps, blockBytes) => {
      const chains = new ByteChains(blockBytes);
      chains.resize(SLOTS);
      const plain: number[][] = Array.from({ length: SLOTS }, () => []);
      for (const [index, { slot, kind, length, share }] of steps.entries()) {
        const has = plain[slot] ?? [];
        if (kind === "add") {
          const bytes = Uint8Array.from({ length }, (_, n) => index + n);
          chains.append(slot, bytes, length);
          has.push(...bytes);
        } else if (kind === "first") {
          const count = Math.ceil(share * has.length);
          if (count > 0) chains.dropFirst(slot, count);
          has.splice(0, count);
        } else if (kind === "drop") {
          chains.drop(slot);
          has.length = 0;
        } else if (share < 0.1) {
          for (const [each, bytes] of plain.entries()) {
            chains.drop(each);
            bytes.length = 0;
          }
          chains.clear();
        }
        for (const [each, bytes] of plain.entries()) {
          expect(chains.isEmpty(each)).toBe(bytes.length === 0);
          expect(read(chains, each)).toEqual(bytes);
          if (bytes.length >= blockBytes) expect(chains.byteAt(each, 5)).toBe(bytes[5]);
        }
        const all = plain.reduce((sum, bytes) => sum + bytes.length, 0);
        expect(chains.bytes).toBeGreaterThanOrEqual(all);
        // two bytes of each block say where bytes begin and end in it
        const full = all * (blockBytes / (blockBytes - 2));
        expect(chains.bytes).toBeLessThan(full + 2 * SLOTS * blockBytes);
      }
    }),
  );
});

test("memory that nobody has bytes in is given back, and used again", () => {
  const before = process.memoryUsage().arrayBuffers;
  const taken = (): number => process.memoryUsage().arrayBuffers - before;
  const chains = new ByteChains(64);
  const slots = 50_000;
  chains.resize(slots);
  const bytes = new Uint8Array(100).fill(7);
  for (let round = 0; round < 3; round += 1) {
    for (let slot = 0; slot < slots; slot += 1) chains.append(slot, bytes, 100);
    expect(chains.bytes).toBeGreaterThan(6e6);
    // less where what others left is collected meanwhile
    expect(taken()).toBeLessThan(9e6);
    for (let slot = 0; slot < slots; slot += 1) chains.drop(slot);
    expect(chains.bytes).toBe(0);
    expect(taken()).toBeLessThan(3e6);
  }
  chains.clear();
  expect(taken()).toBeLessThan(1e6);
});
