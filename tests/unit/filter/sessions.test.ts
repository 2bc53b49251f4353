/**
 * Bounds and life of sessions (A§2.16); the verified sequences are in line-filter.test.ts.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { CapturedGroups } from "../../../src/filter/captured-groups.ts";
import { GroupReader } from "../../../src/filter/group-reader.ts";
import { Groups } from "../../../src/filter/groups.ts";
import { SessionCache } from "../../../src/filter/sessions.ts";
import { mixOf } from "../../../src/filter/slot-table.ts";
import { compileRegex } from "../../../src/regex/compile.ts";

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

const LINE = compileRegex(
  "^(?P<mlfid>s\\d+)(?P<nofail> nofail)?(?P<mlfgained> gained)?(?: user (?P<user>\\w+))?(?: from (?P<ip4>[\\d.]+))?(?P<mlfforget> end)?$",
  { spans: true },
);

/** The groups of a line, placed in it. */
function placedIn(text: string): CapturedGroups {
  const captured = new CapturedGroups(undefined, new GroupReader(LINE));
  const match = LINE.search(`${text}\n`);
  const spans = Array.from({ length: LINE.groupCount + 1 }, (_, group) => match?.span(group) ?? [-1, -1]);
  const part = { from: 0, to: text.length, places: Int32Array.from(spans.flat()), base: 0 };
  expect(match !== undefined && captured.place(part, part)).toBe(true);
  return captured;
}

const sessionLine = fc.tuple(
  fc.oneof(fc.nat(5), fc.nat(150), fc.nat(5000)),
  fc.constantFrom("", "", " nofail"),
  fc.constantFrom("", "", " gained"),
  fc.constantFrom("", " user bob", " user eve"),
  fc.constantFrom("", " from 192.0.2.1", " from 192.0.2.2"),
  fc.constantFrom("", "", "", " end"),
);

test("sessions that are begun by what is kept of a line come to what they come to by its groups", () => {
  let begun = 0;
  fc.assert(
    fc.property(fc.array(sessionLine, { minLength: 50, maxLength: 400 }), fc.nat(3), (lines, pace) => {
      const cache = new SessionCache();
      const plain = new SessionCache();
      for (const [number, [key, ...words]] of lines.entries()) {
        const text = `s${key}${words.join("")}`;
        const now = number * pace;
        const captured = placedIn(text);
        const groups = (): Groups => captured.groupsAt(text, captured.places);
        const expected = plain.join(`s${key}`, groups(), [text], now);
        if (!text.endsWith("end") && !cache.mayKnow(mixOf(`s${key}`))) {
          cache.begin(mixOf(`s${key}`), captured, text, [text], now);
          begun += 1;
        } else {
          const session = cache.join(`s${key}`, groups(), [text], now);
          expect([...session.groups]).toEqual([...expected.groups]);
          expect(session.matches).toEqual(expected.matches);
          expect(session.isQuiet).toBe(expected.isQuiet);
        }
        // what is placed is the next line's
        captured.places.fill(0);
      }
      expect(cache.size).toBe(plain.size);
      expect(cache.state()).toEqual(plain.state());
    }),
    { numRuns: 50 },
  );
  expect(begun).toBeGreaterThan(1000);
}, 60_000);
