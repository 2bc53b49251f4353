/**
 * @module
 */
import { expect, test } from "vitest";
import { OldestFirst } from "../../../src/base/oldest-first.ts";

test("goes round from the oldest to the newest and again", () => {
  const map = new Map([
    ["a", 1],
    ["b", 2],
  ]);
  const walk = new OldestFirst(map);
  const keys = [walk.next(), walk.next(), walk.next()].map((entry) => entry?.[0]);
  expect(keys).toEqual(["a", "b", "a"]);
  map.set("c", 3);
  map.delete("b");
  expect([walk.next()?.[0], walk.next()?.[0]]).toEqual(["c", "a"]);
});

test("an empty map has no oldest entry, and a later one has", () => {
  const map = new Map<string, number>();
  const walk = new OldestFirst(map);
  expect(walk.next()).toBeUndefined();
  map.set("a", 1);
  expect(walk.next()).toEqual(["a", 1]);
});

test("after a long rest it starts from the oldest again", () => {
  const map = new Map([
    ["a", 1],
    ["b", 2],
  ]);
  const walk = new OldestFirst(map);
  walk.next();
  for (let i = 0; i < 300; i++) walk.rest();
  expect(walk.next()?.[0]).toBe("a");
});
