/**
 * Captured values by name: they behave as a map does, whatever is shared behind them.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { GroupNames } from "../../../src/filter/group-names.ts";
import { Groups, type GroupValue } from "../../../src/filter/groups.ts";
import { Users } from "../../../src/filter/users.ts";

const name = fc.constantFrom("user", "ip4", "ip6", "mlfid", "nofail");
const value = fc.constantFrom<GroupValue>("a", "b", "", undefined);
const change = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), name, value }),
  fc.record({ kind: fc.constant("delete" as const), name, value }),
  fc.record({ kind: fc.constant("copy" as const), name, value }),
);

/** None, or some that lie in a text. */
const begin = fc.constantFrom<() => Groups>(
  () => Groups.of([]),
  () => Groups.lying(GroupNames.of(["mlfid", "user", "ip4"]), "s7 bob", [0, 2, 3, 6, -1, -1]),
  () => Groups.lying(GroupNames.of(["ip6", "nofail"]), "x", [1, 1, 0, 1]),
);

test("changes come to what they come to in a map, and a copy stays as it was", () => {
  fc.assert(
    fc.property(begin, fc.array(change, { maxLength: 20 }), (beginning, changes) => {
      const groups = beginning();
      const map = new Map<string, GroupValue>(groups);
      let copy = groups.copy();
      let copied: [string, GroupValue][] = [...map];
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
        expect(groups.hasTextAt(groups.names.indexOf(name))).toBe((map.get(name) ?? "") !== "");
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

test("what lies in a text is what stands there, and a group that took no part holds nothing", () => {
  const groups = Groups.lying(
    GroupNames.of(["mlfid", "user", "ip4", "fid"]),
    "s7 bob",
    [0, 2, 3, 6, -1, -1, 4, 4],
  );
  groups.setUsers(new Users(groups));
  expect([...groups].slice(0, 4)).toEqual([
    ["mlfid", "s7"],
    ["user", "bob"],
    ["ip4", undefined],
    ["fid", ""],
  ]);
  const users = groups.get("users");
  expect(users instanceof Users && [...users.with("eve")]).toEqual(["bob", "eve"]);
});
