/**
 * Who shares a scanner gets what a scanner of his own would give him; and what was scanned for another is not scanned again.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { OrdinaryStamp } from "../../../src/date/ordinary-stamp.ts";
import { LineScanner } from "../../../src/scan/line-scanner.ts";
import { type LineScanning, SharedScanner } from "../../../src/scan/shared-scanner.ts";
import { insideStamp, patternOf, type SeenLines, SYSLOG_STAMP, seen, stampOf } from "./scan-trial.ts";

const PORTS = {
  isSame: (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0,
  isLasting: (): boolean => false,
  kept: () => undefined,
};

/** `GAOLER_LONG_TESTS` multiplies the runs. */
const LONGER = Math.max(1, Number(process.env["GAOLER_LONG_TESTS"] ?? 1));

const AT = "Nov 23 08:00:0";

/** Of lines without an ordinary stamp nothing is known. */
function told({ lines, ...rest }: SeenLines): SeenLines {
  return {
    ...rest,
    lines: lines.map((line) => (line.stamp === undefined ? { ...line, patterns: [] } : line)),
  };
}

const scanned = (scanner: LineScanning, bytes: Uint8Array, from: number, to: number): SeenLines =>
  told(seen(scanner, bytes, scanner.scan(bytes, from, to)));

/** A scanner among others, and one of its own with the same patterns. */
function pair(shared: SharedScanner, regexes: readonly string[]) {
  const patterns = regexes.map((regex) => patternOf(regex));
  return { view: shared.join(() => patterns), own: new LineScanner(patterns) };
}

const REGEXES = ["root", "^ a", "b$", "\\d+ x", "[^a]b.*c", "^ $", "a.{3}b", "é", "c", "zzz"];

/** Every filter has stamps of its own that say the same. */
function makeStamps(): (OrdinaryStamp | undefined)[] {
  const strangers = patternOf("x").root;
  return [
    SYSLOG_STAMP,
    stampOf("aaa 00 00:00:00"),
    insideStamp({}),
    insideStamp({ strangers }),
    insideStamp({ strangers: patternOf("zzz").root }),
    insideStamp({ strangers, minStart: 2 }),
    undefined,
  ];
}

const lineText = fc.tuple(
  fc.constantFrom(`${AT}1`, `${AT}2`, `${AT}3`, "odd", "", "a [10:20]", "root [11:22]"),
  fc.constantFrom(" a", " x", " root", " b", " 12 x", "c", " ", "", " bdc", "x[10:20]zzz", " a123b", "é"),
  fc.constantFrom("\n", "\n", "\r\n", "\r\r\n"),
);

/** A member goes on with its log. */
const step = fc.record({
  member: fc.nat({ max: 3 }),
  lines: fc.integer({ min: 1, max: 40 }),
  /** so many of them are not taken */
  back: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 39 })),
  stamp: fc.option(fc.nat({ max: 6 }), { freq: 8 }),
  /** brought in a buffer that is used again */
  isCopy: fc.boolean(),
  event: fc.constantFrom("none", "none", "none", "none", "none", "none", "forget", "rest", "rejoin"),
});

test(
  "random filters, logs and slices",
  () => {
    let pieces = 0;
    let asked = 0;
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.constantFrom(...REGEXES), { minLength: 1, maxLength: 4 }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.array(lineText, { minLength: 20, maxLength: 60 }),
        fc.nat({ max: 6 }),
        fc.array(step, { minLength: 10, maxLength: 60 }),
        (filters, lines, firstStamp, steps) => {
          const log = Buffer.from(lines.map((parts) => parts.join("")).join(""));
          const shared = new SharedScanner({ ...PORTS, isLasting: (bytes) => bytes === log });
          const members = filters.map((regexes) => ({
            ...pair(shared, regexes),
            regexes,
            stamps: makeStamps(),
            stamp: firstStamp,
            next: 0,
            buffer: Buffer.alloc(8192),
          }));
          const ends = [0];
          for (let at = log.indexOf(10); at >= 0; at = log.indexOf(10, at + 1)) ends.push(at + 1);
          for (const { member: number, lines: count, back, stamp, isCopy, event } of steps) {
            const member = members[number % members.length];
            if (member === undefined) continue;
            if (event === "forget") shared.forget();
            if (event === "rest") member.view.rest();
            if (event === "rejoin") {
              member.view.leave();
              Object.assign(member, pair(shared, member.regexes));
            }
            member.stamp = stamp ?? member.stamp;
            member.view.setStamp(member.stamps[member.stamp]);
            member.own.setStamp(member.stamps[member.stamp]);
            if (member.next >= ends.length - 1) member.next = 0;
            const last = Math.min(member.next + count, ends.length - 1);
            const [from = 0, to = 0] = [ends[member.next], ends[last]];
            if (isCopy) {
              const length = log.copy(member.buffer, 7, from, to);
              const bytes = member.buffer.subarray(3);
              expect(scanned(member.view, bytes, 4, 4 + length)).toEqual(
                scanned(member.own, bytes, 4, 4 + length),
              );
            } else expect(scanned(member.view, log, from, to)).toEqual(scanned(member.own, log, from, to));
            member.next = Math.max(member.next + 1, last - back);
            asked++;
          }
          pieces += shared.scanned;
        },
      ),
      { numRuns: 50 * LONGER },
    );
    expect(pieces).toBeLessThan(asked);
  },
  60_000 * LONGER,
);

/** Many lines, every third with `root`. */
function longLog(bytes: number): Buffer {
  let text = "";
  for (let line = 0; text.length < bytes; line++)
    text += `${AT}${line % 10} ${line} ${"x".repeat(line % 97)}${line % 3 === 0 ? " root" : ""}\n`;
  return Buffer.from(text);
}

test.each([
  ["may be changed are copied", false],
  ["stay as they are are kept where they are", true],
])("bytes that %s", (_, isLasting) => {
  const log = longLog(1000);
  const [compared, asked] = [new Set<ArrayBufferLike>(), new Set<ArrayBufferLike>()];
  const isSame = (one: Uint8Array, other: Uint8Array): boolean => {
    compared.add(one.buffer);
    asked.add(other.buffer);
    return PORTS.isSame(one, other);
  };
  const shared = new SharedScanner({ ...PORTS, isSame, isLasting: () => isLasting });
  for (const { view } of [pair(shared, ["root"]), pair(shared, ["never"])]) {
    view.setStamp(SYSLOG_STAMP);
    view.scan(log, 0, log.length);
  }
  expect(shared.scanned).toBe(1);
  expect(asked).toEqual(new Set([log.buffer]));
  expect(compared.has(log.buffer)).toBe(isLasting);
});

test("of readers in step only the first has the lines scanned, even if the slices of the others end elsewhere", () => {
  const shared = new SharedScanner(PORTS);
  const members = [["root"], ["xxx$"], ["never"], ["^ \\d+ $", "root$"]].map((regexes) =>
    pair(shared, regexes),
  );
  for (const { view, own } of members) {
    view.setStamp(stampOf("aaa 00 00:00:00"));
    own.setStamp(SYSLOG_STAMP);
  }
  const log = longLog(400_000);
  for (let from = 0; from < log.length; ) {
    const to = log.lastIndexOf(10, Math.min(from + 100_000, log.length) - 1) + 1;
    for (const [number, { view, own }] of members.entries()) {
      const middle = log.indexOf(10, from + 10_000 * number) + 1;
      expect(scanned(view, log, from, to)).toEqual(scanned(own, log, from, to));
      expect(scanned(view, log, middle, to)).toEqual(scanned(own, log, middle, to));
    }
    from = to;
  }
  expect(shared.scanned).toBe(5);
  expect(shared.kept).toBe(5);
  shared.forget();
  expect(shared.kept).toBe(0);
});

test("what is kept is bounded, and gone once all rest", () => {
  const shared = new SharedScanner(PORTS);
  const [one, other] = [pair(shared, ["root"]).view, pair(shared, ["x"]).view];
  for (const view of [one, other]) view.setStamp(SYSLOG_STAMP);
  const log = longLog(3_000_000);
  const starts: number[] = [];
  for (let from = 0; from < log.length; ) {
    const to = log.lastIndexOf(10, Math.min(from + 100_000, log.length) - 1) + 1;
    one.scan(log, from, to);
    starts.push(from);
    from = to;
  }
  expect(starts.length).toBeGreaterThan(25);
  expect(shared.kept).toBeLessThan(23);
  const before = shared.scanned;
  // too far behind
  other.scan(log, 0, starts[1] ?? 0);
  expect(shared.scanned).toBe(before + 1);
  one.rest();
  expect(shared.kept).toBeGreaterThan(0);
  other.rest();
  expect(shared.kept).toBe(0);
  expect(shared.scanned).toBe(0);
});

test("one alone shares nothing, and nothing is kept for him", () => {
  const shared = new SharedScanner(PORTS);
  const { view, own } = pair(shared, ["root"]);
  view.setStamp(SYSLOG_STAMP);
  own.setStamp(SYSLOG_STAMP);
  const log = longLog(10_000);
  expect(scanned(view, log, 0, log.length)).toEqual(scanned(own, log, 0, log.length));
  expect(shared.kept).toBe(0);
  const second = pair(shared, ["x"]).view;
  second.setStamp(SYSLOG_STAMP);
  second.scan(log, 0, log.length);
  view.scan(log, 0, log.length);
  expect(shared.scanned).toBe(1);
  second.leave();
  expect(shared.size).toBe(1);
});

test("who counts lines, and who has too much for an automaton of all, scans for himself", () => {
  const shared = new SharedScanner(PORTS);
  const log = longLog(10_000);
  const ordinary = pair(shared, ["root"]).view;
  const counting = shared.join(() => [patternOf("root", "count")]);
  const large = shared.join(() => [patternOf(`(?:${"ab?|".repeat(2000)}c)d`), patternOf("root")]);
  const larger = shared.join(() =>
    Array.from({ length: 25 }, () => patternOf(`(?:${"ab?|".repeat(1000)}c)d`)),
  );
  for (const view of [ordinary, counting, large, larger]) view.setStamp(SYSLOG_STAMP);
  ordinary.scan(log, 0, log.length);
  const { counted, count } = counting.scan(log, 0, log.length);
  expect(count).toBe(0);
  expect(counted[0]).toBeGreaterThan(0);
  larger.scan(log, 0, log.length);
  expect(shared.scanned).toBe(1);
  expect(large.canShare).toBe(true);
  expect(larger.canShare).toBe(false);
});

test("stamps of many kinds are looked for by everybody for himself", () => {
  const shared = new SharedScanner(PORTS);
  const log = Buffer.from("a [10:20] root\nx [10:20] root\nb [10:20] root\n");
  const members = [["root"], ["x"]].map((regexes) => ({ ...pair(shared, regexes), regexes }));
  for (const [index, strangers] of ["a", "b", "c"].entries()) {
    for (const { view, regexes } of members) {
      view.setStamp(insideStamp({ strangers: patternOf(strangers).root }));
      const { own } = pair(new SharedScanner(PORTS), regexes);
      own.setStamp(insideStamp({ strangers: patternOf(strangers).root }));
      expect(scanned(view, log, 0, log.length)).toEqual(scanned(own, log, 0, log.length));
      expect(view.isShared).toBe(index < 2);
    }
  }
});

test("a log that is too much for the automaton of all is scanned by everybody for himself", () => {
  const shared = new SharedScanner(PORTS);
  const exploding = Array.from({ length: 8 }, (_, index) => `[${"abcdefgh"[index]}x].{${16 - index}}z`);
  const [one, other] = [pair(shared, exploding), pair(shared, ["never"])];
  let state = 1;
  let text = "";
  for (let line = 0; line < 4000; line++) {
    text += `${AT}1 `;
    for (let index = 0; index < 300; index++) {
      state = (state * 48_271) % 2_147_483_647;
      text += "abcdefghxz"[state % 10];
    }
    text += "\n";
  }
  const log = Buffer.from(text);
  for (const { view, own } of [one, other]) {
    view.setStamp(SYSLOG_STAMP);
    own.setStamp(SYSLOG_STAMP);
  }
  one.view.scan(log, 0, log.length);
  const before = shared.scanned;
  expect(scanned(other.view, log, 0, log.length)).toEqual(scanned(other.own, log, 0, log.length));
  expect(shared.scanned).toBe(before);
}, 30_000);
