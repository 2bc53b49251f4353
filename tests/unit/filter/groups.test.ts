/**
 * Captured values by name: they behave as a map does, whatever is shared behind them.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Groups, type GroupValue } from "../../../src/filter/groups.ts";

const name = fc.constantFrom("user", "ip4", "ip6", "mlfid", "nofail");
const value = fc.constantFrom<GroupValue>("a", "b", "", undefined);
const change = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), name, value }),
  fc.record({ kind: fc.constant("delete" as const), name, value }),
  fc.record({ kind: fc.constant("copy" as const), name, value }),
);

test("changes come to what they come to in a map, and a copy stays as it was", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
      const map = new Map<string, GroupValue>();
      const groups = Groups.of([]);
      let copy = groups.copy();
      let copied: [string, GroupValue][] = [];
      for (const { kind, name, value } of changes) {
        if (kind === "copy") {
          copy = groups.copy();
          copied = [...map];
        } else if (kind === "delete") {
          groups.delete(name);
          map.delete(name);
        } else {
          groups.set(name, value);
          map.set(name, value);
        }
        expect([...groups]).toEqual([...map]);
        expect(groups.size).toBe(map.size);
        expect(groups.get(name)).toBe(map.get(name));
        expect([...copy]).toEqual(copied);
      }
    }),
  );
});

test("over others go the groups that took part, and names that are new", () => {
  const below = Groups.of([
    ["mlfid", "7"],
    ["user", "bob"],
    ["ip4", undefined],
  ]);
  const own = Groups.of([
    ["user", undefined],
    ["ip4", "192.0.2.1"],
    ["ip6", undefined],
  ]);
  expect([...below.withAll(own)]).toEqual([
    ["mlfid", "7"],
    ["user", "bob"],
    ["ip4", "192.0.2.1"],
    ["ip6", undefined],
  ]);
  expect([...below].length).toBe(3);
});
