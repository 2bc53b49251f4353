/**
 * Bounds and life of sessions (A§2.16); the verified sequences are in line-filter.test.ts.
 * @module
 */
import { expect, test } from "vitest";
import { Groups } from "../../../src/filter/groups.ts";
import { SessionCache } from "../../../src/filter/sessions.ts";

const groups = (values: Record<string, string>): Groups => Groups.of(Object.entries(values));

test("a session lives 300 seconds from its first line, not from its last", () => {
  const cache = new SessionCache();
  cache.join("s", groups({ nofail: "x", ip4: "1.1.1.1" }), ["a"], 0);
  cache.join("s", groups({ nofail: "x" }), ["b"], 200);
  expect(cache.join("s", groups({ user: "u" }), ["c"], 300).matches).toEqual(["a", "b", "c"]);
  expect(cache.join("s", groups({ user: "u" }), ["d"], 301).matches).toEqual(["d"]);
});

test("a hundred sessions are remembered, the oldest goes first", () => {
  const cache = new SessionCache();
  for (let i = 0; i <= 100; i++) cache.join(`s${i}`, groups({ nofail: "x", ip4: "1.1.1.1" }), [`${i}`], 0);
  expect(cache.size).toBe(100);
  expect(cache.join("s1", groups({}), ["x"], 1).matches).toEqual(["1", "x"]);
  expect(cache.join("s0", groups({}), ["x"], 1).matches).toEqual(["x"]);
});

test("lines of one session stay bounded", () => {
  const cache = new SessionCache();
  for (let i = 0; i < 1000; i++) cache.join("s", groups({ nofail: "x" }), [`${i}`], 0);
  const { matches } = cache.join("s", groups({ ip4: "1.1.1.1" }), ["end"], 1);
  expect(matches.length).toBeLessThanOrEqual(200);
  expect(matches.at(-1)).toBe("end");
});

test("a session that is forgotten with its first line stores nothing", () => {
  const cache = new SessionCache();
  cache.join("s", groups({ mlfforget: "x", nofail: "x", ip4: "1.1.1.1" }), ["a"], 0);
  expect(cache.size).toBe(0);
});

test("an authentication that was gained is no failure by itself", () => {
  const cache = new SessionCache();
  const joined = cache.join("s", groups({ mlfgained: "Accepted", user: "u" }), ["a"], 0);
  expect(joined.isQuiet).toBe(true);
  expect(joined.groups.get("nofail")).toBe("Accepted");
});

test("groups that took no part keep what the session knows", () => {
  const cache = new SessionCache();
  cache.join("s", groups({ nofail: "x", ip4: "1.1.1.1" }), ["a"], 0);
  const later = Groups.of([["ip4", undefined]]);
  expect(cache.join("s", later, ["b"], 1).groups.get("ip4")).toBe("1.1.1.1");
});
