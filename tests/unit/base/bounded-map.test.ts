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

type Step = readonly [act: "set" | "get" | "delete" | "clear", key: number];

test("keeps what a plain list of the same rules keeps, in the same order", () => {
  const step: fc.Arbitrary<Step> = fc.tuple(
    fc.constantFrom<Step[0][]>("set", "set", "set", "set", "get", "delete", "clear"),
    fc.integer({ min: 0, max: 12 }),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom<Eviction>("fifo", "lru"),
      fc.array(step, { maxLength: 600 }),
      (limit, eviction, steps) => {
        const map = new BoundedMap<number, string>({ limit, eviction });
        let plain: number[] = [];
        for (const [act, key] of steps) {
          const isKnown = plain.includes(key);
          const moves = eviction === "lru" && act === "get" && isKnown;
          const enters = act === "set" && (eviction === "lru" || !isKnown);
          if (act === "set") map.set(key, String(key));
          else if (act === "get") expect(map.get(key)).toBe(isKnown ? String(key) : undefined);
          else if (act === "delete") expect(map.delete(key)).toBe(isKnown);
          else map.clear();
          if (moves || enters || act === "delete") plain = plain.filter((each) => each !== key);
          if (moves || enters) plain.push(key);
          if (act === "clear") plain = [];
          plain = plain.slice(-limit);
          expect([...map].map(([each]) => each)).toEqual(plain);
        }
      },
    ),
  );
});
