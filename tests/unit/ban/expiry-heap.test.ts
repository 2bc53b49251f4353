/**
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ExpiryHeap } from "../../../src/ban/expiry-heap.ts";

const drain = (heap: ExpiryHeap<number>): number[] => {
  const ends: number[] = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) ends.push(item.end);
  return ends;
};

test("gives back everything in order, pushed or rebuilt", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.array(fc.integer()), (built, pushed) => {
      const heap = new ExpiryHeap<number>();
      heap.rebuild(built.map((end) => ({ end, value: end })));
      for (const end of pushed) heap.push({ end, value: end });
      expect(heap.size).toBe(built.length + pushed.length);
      expect(heap.peek()?.end).toBe([...built, ...pushed].sort((a, b) => a - b)[0]);
      expect(drain(heap)).toEqual([...built, ...pushed].sort((a, b) => a - b));
    }),
  );
});

test("a moment that is no number does not hang the queue", () => {
  const heap = new ExpiryHeap<number>();
  for (const end of [3, Number.NaN, 1]) heap.push({ end, value: 0 });
  heap.rebuild([Number.NaN, 2].map((end) => ({ end, value: 0 })));
  expect(drain(heap)).toHaveLength(2);
});
