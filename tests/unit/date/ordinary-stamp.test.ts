/**
 * The short way through lines with an ordinary stamp leads where the plain search leads: same dates, same state, same later choices.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { DateDetector, type FoundDate } from "../../../src/date/detector.ts";
import { berlin, NOON } from "./fixed-zones.ts";
import { anyLog } from "./log-lines.ts";
import { walkStamp } from "./stamp-walk.ts";

const encoder = new TextEncoder();

interface Walked {
  readonly found: readonly (FoundDate | undefined)[];
  readonly state: readonly unknown[];
}

/** The plain search, line by line. */
function plainly(used: DateDetector, log: readonly string[], times: (index: number) => number): Walked {
  const found = log.map((line, index) => used.find(line, times(index)));
  return { found, state: [used.hits(), used.describe()] };
}

/** The short way where the detector offers one; of so many ordinary lines all but the last are only noted, together. */
function shortly(
  used: DateDetector,
  log: readonly string[],
  times: (index: number) => number,
  noted: number,
): Walked & { readonly ordinary: ReadonlyMap<number, readonly [start: number, end: number]> } {
  const ordinary = new Map<number, readonly [start: number, end: number]>();
  let skipped: { count: number; note: (count: number) => void } | undefined;
  const settle = (): void => {
    skipped?.note(skipped.count);
    skipped = undefined;
  };
  const found = log.map((line, index) => {
    const now = times(index);
    const stamp = used.ordinary();
    const place = stamp === undefined ? undefined : walkStamp(stamp, encoder.encode(line));
    if (place === undefined) {
      settle();
      return used.find(line, now);
    }
    ordinary.set(index, place);
    const [start, end] = place;
    if (ordinary.size % noted !== 0) {
      const count = (skipped?.count ?? 0) + 1;
      skipped = { count, note: (lines) => used.noteOrdinary(lines, line, start, end, now) };
      return undefined;
    }
    settle();
    return used.findOrdinary(line, start, end, now);
  });
  settle();
  return { found, state: [used.hits(), used.describe()], ordinary };
}

const patterns = [
  ...["^\\[(%d/%b/%Y:%H:%M:%S %z)\\]", "{^LN-BEG}(%b %d %H:%M:%S) h", "^((?:%Z )?(?:%a )?%b %d %H:%M:%S)"],
  ...['"time":"({DATE})', '{^LN-BEG}\n^time="({DATE})\n"time":"({DATE})', '\\[(%d/%b/%Y:%H:%M:%S %z)\\] "'],
  ...[
    '\\[(%d/%b/%Y:%H:%M:%S %z)\\] "\n"time":"({DATE})',
    "^[^\\[]*(\\[{DATE}\\s*\\])",
    "^(?:\\w+ )?\\[({DATE})",
  ],
  ...[
    "^(?:logger=\\S+\\s(?:\\w+=\\S*\\s+)*)?(t=%Y-%m-%dT%H:%M:%S(?:\\.%f)?(?:%z)?)",
    "^[^-]+ -- [^-]+ -- - ({DATE})",
  ],
  ...[
    '^\\{"id":\\d,"time":"({EPOCH})\n^\\{"id":\\d,"time":"({DATE})',
    '"time":"(%Y-%m-%d(?:T| )%H:%M:%S)[^a]',
  ],
  ...["^[^\\[]*\\[({DATE})\n{^LN-BEG}", "^[^(]*?\\((%d/%b/%Y:%H:%M:%S %z)\\)", "{DEFAULT}\n%Y"],
  ...[undefined, undefined, undefined, "{^LN-BEG}", "^{DATE}", "{^LN-BEG}%H:%M:%S", "^%Y-%m-%d[T ]%H:%M:%S"],
  ...[
    "{^LN-BEG}EPOCH\n{DEFAULT}",
    "^%%d %b$",
    "{NONE}",
    "TAI64N\n{DEFAULT}",
    "{^LN-BEG}(?P<x>[-/])?%Y(?P=x)%m",
  ],
  ...[
    "^(%b %d %H:%M:%S)(?= host)",
    "{^LN-BEG}(?:Sun )?%b %d %H:%M:%S(?:\\.\\d+?)??",
    "^\\[%a %b %d",
    "^%b %d %l:%M:%S",
  ],
];

test.each(patterns)("with datepattern %j ordinary lines are dated as by a search", (datepattern) => {
  const detector = (): DateDetector =>
    new DateDetector({
      ...(datepattern === undefined ? {} : { datepattern }),
      zone: berlin,
      startYear: 2026,
    });
  fc.assert(
    fc.property(anyLog, fc.integer({ min: 1, max: 4 }), fc.constantFrom(0, 0.4, 200), (log, noted, step) => {
      const times = (index: number): number => NOON + index * step;
      const plain = plainly(detector(), log, times);
      const short = shortly(detector(), log, times, noted);
      expect(short.state).toEqual(plain.state);
      for (const [index, found] of short.found.entries()) {
        const place = short.ordinary.get(index);
        const there = plain.found[index];
        if (place !== undefined) expect([there?.start, there?.end]).toEqual(place);
        if (place !== undefined && found === undefined) expect(there?.at).toBeDefined();
        else expect(found).toEqual(there);
      }
    }),
    { numRuns: 40 },
  );
});

const fraction = fc.integer({ min: 0, max: 999_999 }).map((value) => String(value).padStart(6, "0"));
const fractionLog = fc
  .tuple(
    fc.constantFrom(
      ...["2026-11-22T10:20:30.", "Nov 22 10:20:30.", "[Sun Nov 22 10:20:30.", "x [22/Nov/2026:10:20:30."],
      ...["10:20:30.", "10:20:30.", "10:20:30,"],
    ),
    fc.array(fc.oneof(fraction, fc.constantFrom("1", "1203", "5203", "12\u0660", "1234567")), {
      minLength: 3,
      maxLength: 10,
    }),
    fc.constantFrom(" x", " x", "+02:00 x", " 2026] x", "] x", " +0000] x"),
  )
  .map(([before, fractions, behind]) => fractions.map((digits) => before + digits + behind));

test.each([
  undefined,
  "{^LN-BEG}%H:%M:%S\\.(?:(?P<d>1\\d)(?P<m>0\\d)|%f) x",
  "{^LN-BEG}%H:%M:%S\\.(?:%f x|\\d+)",
  "{^LN-BEG}%H:%M:(?P<S>\\d\\d?\\.?%f)",
  "^%b %d %H:%M:%S\\.(?P<f>[0-4]+)(?P<Y>\\d*)",
])(
  "with datepattern %j a stamp is that of the line before, whatever its fraction, only if it means the same",
  (datepattern) => {
    const detector = (): DateDetector =>
      new DateDetector({
        ...(datepattern === undefined ? {} : { datepattern }),
        zone: berlin,
        startYear: 2026,
      });
    fc.assert(
      fc.property(fractionLog, (log) => {
        const plain = plainly(detector(), log, () => NOON);
        expect(shortly(detector(), log, () => NOON, 1)).toMatchObject(plain);
      }),
      { numRuns: 150, examples: [[["10:20:30.5203 x", "10:20:30.5203 x", "10:20:30.1203 x"]]] },
    );
  },
);

const access = (host: string, stamp: string): string =>
  `${host} - - [${stamp}] "GET / HTTP/1.1" 200 7 "-" "Gecko/20100101 Firefox/115.0"`;

const typical: readonly (readonly [first: string, next: string, start: number, end: number])[] = [
  ["Nov  2 10:20:30 host x", "Nov 22 01:02:03 host x", 0, 15],
  ["Nov  2 10:20:30 host x", "nov 31 01:02:03 host x", -1, -1],
  ["Nov  2 10:20:30 host x", "Nov 22 24:02:03 host x", -1, -1],
  ["Nov  2 10:20:30 host x", "Nov 22 01:02:03 2026", 0, 20],
  ["Nov  2 10:20:30 host x", "Nov 22 01:02:03 2099", 0, 15],
  ["Nov  2 10:20:30 host x", "Nov 22 01:02:03", 0, 15],
  ["Nov  2 10:20:30 host x", "Nov 22 01:02:03\u00e9", -1, -1],
  ["Nov  2 10:20:30 host x", "Nov 22 01:02:03 \u00e9", 0, 15],
  ["Nov  2 10:20:30 host x", "Nov 22 01:02:03 202\u00e9", -1, -1],
  ["Nov  2 10:20:30 host x", "Nov 22 01:02:03 h\u00e9", 0, 15],
  ["Nov  2 10:20:30 host x", "[Nov 22 01:02:03] x", -1, -1],
  ["Nov  2 10:20:30 host x", "2026-11-02 10:20:30 x", -1, -1],
  ["[Sun Nov 22 10:20:30.123456 2026] [error]", "[Mon Nov 23 10:20:30.123456 2026] [error]", 1, 32],
  ["2026-11-22T10:20:30.981746+02:00 host", "2026-11-23T10:20:31.000001-05:00 host", 0, 32],
  ["2026-11-22T10:20:30.981746+02:00 host", "2026/11/23T10:20:31Z host", 0, 20],
  ["2026-11-22T10:20:30.981746+02:00 host", "2026-11/23T10:20:31Z host", -1, -1],
  ["2026-11-22 10:20:30 host", "2026-11-22 10:20:30 gmt", 0, 19],
  ["2026-11-22 10:20:30 host", "2026-11-22 10:20:30 GMT", 0, 23],
  ["1795342830.123 x", "1795342831.25 x", 0, 10],
  ["[1795342830.123] x", "[1795342831.255] x", 1, 15],
  ["10:20:30 x", "1:2:3: x", 0, 5],
  ["<11/22/26@10:20:30> x", "<11/23/26@10:20:30> x", 0, 19],
  [access("192.0.2.1", "22/Nov/2026:10:20:30 +0000"), access("::1", "23/Nov/2026:1:20:30 -0500"), 9, 34],
  [access("192.0.2.1", "22/Nov/2026:10:20:30 +0000"), access("::1", "23/Nov/2026:10:20:30"), 9, 29],
  [access("192.0.2.1", "22/Nov/2026:10:20:30 +0000"), access("::1", "23/Nov/2026:25:20:30 -0500"), -1, -1],
  [access("192.0.2.1", "22/Nov/2026:10:20:30 +0000"), access("::1 [x", "23/Nov/2026:10:20:30 +0000"), 12, 38],
  [access("192.0.2.1", "22/Nov/2026:10:20:30 +0000"), access("\u00e9", "23/Nov/2026:10:20:30 +0000"), -1, -1],
  [access("192.0.2.1", "22/Nov/2026:10:20:30 +0000"), access("1:2:3", "23/Nov/2026:10:20:30 +0000"), -1, -1],
  [access("192.0.2.1", "22/Nov/2026:10:20:30 +0000"), "[23/Nov/2026:10:20:30 +0000] x", -1, -1],
  ["x (2026-11-22 10:20:30) y", "a long one (2026-11-22T10:20:30Z) y", 12, 32],
  // might be of three templates
  ["x (Nov 22 10:20:30) y", "x (Nov 22 10:20:30) y", -1, -1],
];
test.each(typical)("after %j the stamp of %j is known to be at %i to %i", (first, next, start, end) => {
  const used = new DateDetector({ zone: berlin, startYear: 2026 });
  used.find(first, NOON);
  const stamp = used.ordinary();
  expect(stamp && walkStamp(stamp, encoder.encode(next))).toEqual(start < 0 ? undefined : [start, end]);
});

const ISO = "2026-11-22T10:20:30Z";
const ACCESS = "22/Nov/2026:10:20:30 +0000";
const QUOTED = '\\[(%d/%b/%Y:%H:%M:%S %z)\\] "';
const WORDS = "^(?:logger=\\S+\\s(?:\\w+=\\S*\\s+)*)?(t=%Y-%m-%dT%H:%M:%S(?:%z)?)";
const led: readonly (readonly [datepattern: string, first: string, next: string, at: number])[] = [
  ['"time":"({DATE})', `{"time":"${ISO}"}`, `{"id":12,"time":"${ISO}","x":1}`, 17],
  ['"time":"({DATE})', `{"time":"${ISO}"}`, `{"time":"x","time":"${ISO}"}`, -1],
  ['"time":"({DATE})', `{"time":"${ISO}"}`, `{"time":"${ISO}","a":"\\"time\\":\\"${ISO}"}`, 9],
  ['"time":"({DATE})', `{"time":"${ISO}"}`, `{"time":"${ISO}","time":""}`, 9],
  ['"time":"({DATE})', `{"time":"${ISO}"}`, `{"time":"${ISO} "}`, -1],
  ['"time":"({DATE})', `{"time":"${ISO}"}`, `{"\u00e9":1,"time":"${ISO}"}`, -1],
  ['"time":"({DATE})', `{"time":"${ISO}"}`, `{"time":"${ISO}","x":"\u00e9"}`, -1],
  ['{^LN-BEG}\n"time":"({DATE})', `{"time":"${ISO}"}`, `{"a":"b","time":"${ISO}"}`, 17],
  ['{^LN-BEG}\n"time":"({DATE})', `{"time":"${ISO}"}`, `10:20:30 {"time":"${ISO}"}`, -1],
  ["time=({DATE})", `time=${ISO} x`, `time=${ISO} y`, -1],
  [QUOTED, `::1 - - [${ACCESS}] "GET`, `192.0.2.1 - x [y] [${ACCESS}] "GET`, 19],
  [QUOTED, `::1 - - [${ACCESS}] "GET`, `::1 - [${ACCESS}] [${ACCESS}] "GET`, -1],
  [QUOTED, `::1 - - [${ACCESS}] "GET`, `::1 - [${ACCESS}] "GET [${ACCESS}] "`, -1],
  [QUOTED, `::1 - - [${ACCESS}] "GET`, `::1 - [${ACCESS}] 'GET'`, -1],
  [QUOTED, `::1 - - [${ACCESS}] "GET`, '::1 - [31/Nov/2026:10:20:30 +0000] "GET', -1],
  ["^[^\\[]*(\\[{DATE}\\s*\\])", `::1 [${ACCESS}] x`, `192.0.2.1 - [${ACCESS} ] x`, 12],
  ["^[^\\[]*(\\[{DATE}\\s*\\])", `::1 [${ACCESS}] x`, `192.0.2.1 [] [${ACCESS} ] x`, -1],
  [WORDS, `t=${ISO} x`, `logger=a b=c t=${ISO} d=e x`, 13],
  [WORDS, `t=${ISO} x`, `logger=a t=${ISO} b=c t=${ISO} x`, 36],
  [WORDS, `t=${ISO} x`, `logger=a t=${ISO} b=c t=2026-13 x`, 9],
  [WORDS, `t=${ISO} x`, `logger=a x t=${ISO}`, -1],
  ["^[^-]+ -- [^-]+ -- - ({DATE})", `a -- b -- - ${ISO} x`, `a b -- c d -- - ${ISO} x`, 16],
  ["^\\[(%Y-%m-%d %H:%M:%S)\\]", "[2026-11-22 10:20:30] x", "[2026-11-23 10:20:30] y", 1],
  ["^\\[(%Y-%m-%d %H:%M:%S)\\]", "[2026-11-22 10:20:30] x", "[2026-11-23 10:20:30", -1],
  ["^(%b %d %H:%M:%S) x", "Nov 22 10:20:30 x", "Nov 23 10:20:30 x", 0],
  ["^(%b %d %H:%M:%S) x", "Nov 22 10:20:30 x", "Nov 23 10:20:30 y", -1],
  ["^((?:%Z )?%b %d %H:%M:%S)", "UTC Nov 22 10:20:30 x", "UTC Nov 23 10:20:30 y", 0],
  ["^((?:%Z )?%b %d %H:%M:%S)", "UTC Nov 22 10:20:30 x", "QQQQ Nov 23 10:20:30 y", -1],
  ['^\\s*\\{"ts":({EPOCH})', '{"ts":1795342830.5}', ' {"ts":1795342831.5}', 7],
];
test.each(led)(
  "with datepattern %j after %j the stamp of %j begins at %i",
  (datepattern, first, next, at) => {
    const used = new DateDetector({ datepattern, zone: berlin, startYear: 2026 });
    used.find(first, NOON);
    const stamp = used.ordinary();
    const place = stamp && walkStamp(stamp, encoder.encode(next));
    expect(place?.[0] ?? -1).toBe(at);
    if (place !== undefined) expect(used.find(next, NOON)).toMatchObject({ start: place[0], end: place[1] });
  },
);

test("the same object says what is ordinary as long as nothing has changed", () => {
  const used = new DateDetector({ zone: berlin, startYear: 2026 });
  expect(used.ordinary()).toBeUndefined();
  used.find("Nov  2 10:20:30 host x", NOON);
  const stamp = used.ordinary();
  used.find("Nov  2 10:20:31 host y", NOON);
  used.find("no stamp", NOON);
  expect(used.ordinary()).toBe(stamp);
  used.find("[Nov  2 10:20:31] y", NOON);
  expect(used.ordinary()).not.toBe(stamp);
  used.find("Nov  2 10:20:31 host y", NOON);
  expect(used.ordinary()).toBe(stamp);
});

test("the same object says what is ordinary in the middle of a line, wherever that is", () => {
  const used = new DateDetector({ zone: berlin, startYear: 2026 });
  used.find(access("192.0.2.1", "22/Nov/2026:10:20:30 +0000"), NOON);
  const stamp = used.ordinary();
  expect(stamp?.inside).toMatchObject({ before: 0x5b, after: 0x5d, isBehindFirst: false });
  used.find(access("::1", "22/Nov/2026:10:20:31 +0000"), NOON);
  expect(used.ordinary()).toBe(stamp);
});

test("where the stamp of a line stood that was only noted counts for the next line", () => {
  const at = "22/Nov/2026:10:20:30 +0000";
  const noted = access("192.0.2.111", at);
  const odd = access("1:2:3 abcde", at);
  const [used, plain] = [0, 1].map(() => new DateDetector({ zone: berlin, startYear: 2026 }));
  for (const line of [access("::1", at), noted]) plain?.find(line, NOON);
  used?.find(access("::1", at), NOON);
  used?.noteOrdinary(1, noted, 17, 43, NOON);
  const found = plain?.find(odd, NOON);
  expect(found).toMatchObject({ start: 17, text: at });
  expect(used?.find(odd, NOON)).toEqual(found);
});
