/**
 * @module
 */
import { expect, test } from "vitest";
import { restoreBans } from "../../../src/ban/restore.ts";
import type { StoredBan } from "../../../src/ban/stored-ban.ts";

const NOW = 100_000;
const stored = (age: number, bantime: number, rest: Partial<StoredBan> = {}): StoredBan => ({
  id: "192.0.2.1",
  at: NOW - age,
  bantime,
  bancount: 1,
  failures: 3,
  matches: ["a", ["", "date", "b"], "c"],
  data: new Map(),
  ...rest,
});

const OFF = { bantime: 600, increment: false, maxtime: undefined, maxmatches: 2 };
const FOREVER = { ...OFF, bantime: -1 };
const GROWING = { ...OFF, increment: true, maxtime: 3600 };
const UNCAPPED = { ...OFF, increment: true };

// the table of B§5.6; `undefined`: does not come back
const cases: readonly (readonly [
  age: number,
  bantime: number,
  off: number | undefined,
  forever: number | undefined,
  growing: number | undefined,
])[] = [
  [60, 600, 600, 600, 600],
  [700, 600, undefined, undefined, undefined],
  [60, 3600, 600, 3600, 3600],
  [5000, -1, undefined, -1, undefined],
  [700, 86400, undefined, 86400, 3600],
  [60, -2, 600, -1, 600],
  [60, 100, 100, 100, 100],
  [60, -1, 600, -1, 3600],
];
for (const [age, bantime, ...expected] of cases) {
  for (const [index, terms] of [OFF, FOREVER, GROWING].entries()) {
    const outcome = expected[index];
    test(`banned ${age} s ago for ${bantime}, now bantime ${terms.bantime}, growing ${terms.increment}: ${outcome}`, () => {
      expect(restoreBans([stored(age, bantime)], terms, NOW)[0]?.bantime).toBe(outcome);
    });
  }
}

test("growing without a cap keeps any time", () => {
  expect(restoreBans([stored(5000, -1)], UNCAPPED, NOW)[0]?.bantime).toBe(-1);
});

test("a ban that ends this very moment does not come back", () => {
  expect(restoreBans([stored(600, 600)], OFF, NOW)).toEqual([]);
});

test("the ticket is marked, keeps its time and count, and has the last lines", () => {
  const data = new Map([["ip", "192.0.2.7"]]);
  const [first, second] = restoreBans([stored(60, 600, { id: "joe", data }), stored(1, 600)], OFF, NOW);
  expect(first).toEqual({
    id: "joe",
    ip: "192.0.2.7",
    at: NOW - 60,
    attempts: 3,
    matches: [["", "date", "b"], "c"],
    data,
    bantime: 600,
    bancount: 1,
    restored: true,
  });
  expect(second?.ip).toBe("192.0.2.1");
});

test("maxmatches 0 brings no line back", () => {
  expect(restoreBans([stored(60, 600)], { ...OFF, maxmatches: 0 }, NOW)[0]?.matches).toEqual([]);
});
