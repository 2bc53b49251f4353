/**
 * Blocks of bytes against a map of what their owners wrote.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteBlocks } from "../../../src/ban/byte-blocks.ts";
import { Dice } from "../../dice.ts";

/** Blocks of a page. */
const PAGE = 4096;
/** More than two pages hold. */
const MANY = 10_000;

test("whoever has a block has it alone, and all is as he left it", () => {
  const step = fc.record({
    kind: fc.constantFrom("take", "take", "release"),
    count: fc.integer({ min: 1, max: MANY }),
  });
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 8 }),
      fc.constantFrom(1, 16),
      fc.integer(),
      (steps, blockBytes, seed) => {
        const dice = new Dice(seed);
        const blocks = new ByteBlocks(blockBytes);
        const owned = new Map<number, number>();
        const order: number[] = [];
        let mark = 0;
        for (const { kind, count } of steps) {
          for (let times = 0; times < count; times++) {
            if (kind === "take") {
              const block = blocks.take();
              if (block < 0 || owned.has(block)) throw new Error(`block ${block} has an owner`);
              const place = blocks.placeOf(block);
              mark += 1;
              blocks.pageOf(block).fill(mark, place, place + blockBytes);
              blocks.link(block, mark);
              owned.set(block, mark);
              order.push(block);
            } else if (order.length > 0) {
              const at = dice.below(order.length);
              const [last = 0] = order.splice(-1);
              const block = order[at] ?? last;
              if (block !== last) order[at] = last;
              if (blocks.release(block) !== owned.get(block)) throw new Error(`block ${block} lost its link`);
              owned.delete(block);
            }
          }
          expect(blocks.bytes).toBe(owned.size * blockBytes);
        }
        for (const [block, written] of owned) {
          const place = blocks.placeOf(block);
          const bytes = blocks.pageOf(block).subarray(place, place + blockBytes);
          if (bytes.length !== blockBytes || bytes.some((byte) => byte !== written % 256))
            throw new Error(`block ${block} was written to`);
        }
      },
    ),
  );
});

test("there is a new page only where all others are full, whichever blocks were released before", () => {
  const dice = new Dice(1);
  const blocks = new ByteBlocks(8);
  const owned = Array.from({ length: MANY }, () => blocks.take());
  const highest = Math.max(...owned);
  for (let round = 0; round < 20; round++) {
    for (let times = 0; times < 1000; times++) {
      const [block = 0] = owned.splice(dice.below(owned.length), 1);
      blocks.release(block);
    }
    for (let times = 0; times < 1000; times++) owned.push(blocks.take());
    expect(new Set(owned).size).toBe(MANY);
    expect(Math.max(...owned)).toBeLessThanOrEqual(highest + (PAGE - (MANY % PAGE)));
  }
});

test("of pages that nobody has blocks in one stays; what comes next is written there", () => {
  const blocks = new ByteBlocks(8);
  const owned = Array.from({ length: MANY }, () => blocks.take());
  const pages = (): number => owned.filter((block) => blocks.pageOf(block).length > 0).length;
  expect(pages()).toBe(MANY);
  for (const block of owned) blocks.release(block);
  expect(blocks.bytes).toBe(0);
  expect(pages()).toBeGreaterThan(0);
  expect(pages()).toBeLessThanOrEqual(PAGE);
  const block = blocks.take();
  expect(blocks.pageOf(block).length).toBeGreaterThan(0);
  blocks.release(block);
  // and again: an empty page that is used counts as empty no more
  const again = Array.from({ length: MANY }, () => blocks.take());
  expect(new Set(again).size).toBe(MANY);
  for (const each of again) blocks.release(each);
  expect(
    new Set(again.filter((each) => blocks.pageOf(each).length > 0).map((each) => Math.floor(each / PAGE)))
      .size,
  ).toBe(1);
  blocks.clear();
  expect(blocks.take()).toBe(0);
});
