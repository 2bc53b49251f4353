/**
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { BoundedMap, type Eviction } from "../../../src/base/bounded-map.ts";

const cases: readonly { name: string; eviction: Eviction; kept: readonly string[] }[] = [
  { name: "fifo lets the entry set first go, however often it is used", eviction: "fifo", kept: ["b", "c"] },
  { name: "lru keeps what was read lately", eviction: "lru", kept: ["a", "c"] },
];
for (const { name, eviction, kept } of cases) {
  test(name, () => {
    const lost: string[] = [];
    const map = new BoundedMap<string, number>({ limit: 2, eviction, onEvict: (key) => lost.push(key) });
    map.set("a", 1);
    map.set("b", 2);
    map.get("a");
    map.set("c", 3);
    expect([...map].map(([key]) => key)).toEqual(kept);
    expect(lost).toHaveLength(1);
    expect(map.evicted).toBe(1);
  });
}

test("setting again under fifo changes the value and not the turn", () => {
  const map = new BoundedMap<string, number>({ limit: 2 });
  map.set("a", 1);
  map.set("b", 2);
  map.set("a", 3);
  map.set("c", 4);
  expect([...map]).toEqual([
    ["b", 2],
    ["c", 4],
  ]);
});

test("deletion is no eviction", () => {
  const map = new BoundedMap<string, number>({ limit: 1 });
  map.set("a", 1);
  expect(map.delete("a")).toBe(true);
  expect(map.has("a")).toBe(false);
  map.set("b", 1);
  map.clear();
  expect([map.size, map.evicted]).toEqual([0, 0]);
});

test.each([0, -1, 1.5, Number.NaN])("a limit of %s is refused", (limit) => {
  expect(() => new BoundedMap({ limit })).toThrow(RangeError);
});

test("never holds more than its limit and loses nothing uncounted", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.constantFrom<Eviction>("fifo", "lru"),
      fc.array(fc.integer({ min: 0, max: 20 })),
      (limit, eviction, keys) => {
        const map = new BoundedMap<number, number>({ limit, eviction });
        let fresh = 0;
        for (const key of keys) {
          if (!map.has(key)) fresh += 1;
          map.set(key, key);
          if (map.size > limit || map.get(key) !== key) return false;
        }
        return map.size + map.evicted === fresh;
      },
    ),
  );
});
