/**
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ExpiryHeap, NO_ITEM } from "../../../src/ban/expiry-heap.ts";

const drain = (heap: ExpiryHeap): (readonly [end: number | undefined, slot: number])[] => {
  const items: (readonly [number | undefined, number])[] = [];
  while (heap.size > 0) items.push([heap.firstEnd, heap.pop()]);
  return items;
};

test("gives back everything in order, pushed or rebuilt, each moment with its slot", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.array(fc.integer(), { maxLength: 300 }), (built, pushed) => {
      const heap = new ExpiryHeap();
      const all = [...built, ...pushed];
      heap.rebuild(built.keys(), (slot) => built[slot]);
      for (const [index, end] of pushed.entries()) heap.push(end, built.length + index);
      expect(heap.size).toBe(all.length);
      const sorted = [...all].sort((a, b) => a - b);
      expect(heap.firstEnd).toBe(sorted[0]);
      const items = drain(heap);
      expect(items.map(([end]) => end)).toEqual(sorted);
      for (const [end, slot] of items) expect(all[slot]).toBe(end);
      expect(new Set(items.map(([, slot]) => slot)).size).toBe(all.length);
    }),
  );
});

test("what has no end is not in it, and where nothing is, nothing comes out", () => {
  const heap = new ExpiryHeap();
  heap.rebuild([1, 2, 3], (slot) => (slot === 2 ? undefined : 10 - slot));
  expect(drain(heap)).toEqual([
    [7, 3],
    [9, 1],
  ]);
  expect([heap.firstEnd, heap.firstSlot, heap.pop()]).toEqual([undefined, NO_ITEM, NO_ITEM]);
  heap.push(1, 1);
  heap.clear();
  expect(heap.size).toBe(0);
});

test("a moment that is no number does not hang the queue", () => {
  const heap = new ExpiryHeap();
  for (const end of [3, Number.NaN, 1]) heap.push(end, 0);
  const ends = [Number.NaN, 2];
  heap.rebuild(ends.keys(), (slot) => ends[slot]);
  expect(drain(heap)).toHaveLength(2);
});
