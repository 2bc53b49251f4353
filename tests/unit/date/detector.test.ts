/**
 * The detector: verified vectors of the default and of custom patterns, the choice of the template, its memory (A§2.3–2.8).
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { DateDetector, type DateDetectorOptions } from "../../../src/date/detector.ts";
import { DatePatternError } from "../../../src/date/pattern-error.ts";
import { berlin, NOON, utc } from "./fixed-zones.ts";

const detector = (options: Partial<DateDetectorOptions> = {}): DateDetector =>
  new DateDetector({ zone: utc, startYear: 2026, ...options });

/** Date cut, text left and time of one line. */
function cutBy(
  used: DateDetector,
  line: string,
  now = NOON,
): readonly [cut: string, rest: string, at: string] | undefined {
  const found = used.find(line, now);
  if (found === undefined) return undefined;
  expect(found.text).toBe(line.slice(found.start, found.end));
  const at =
    found.at === undefined
      ? "not convertible"
      : new Date(found.at * 1000).toISOString().replace(".000Z", "Z");
  return [found.text, line.slice(0, found.start) + line.slice(found.end), at];
}

const defaults: readonly (readonly [line: string, cut: string, rest: string, at: string])[] = [
  [
    "2026-11-20T21:59:59.981746+02:00 host x",
    "2026-11-20T21:59:59.981746+02:00",
    " host x",
    "2026-11-20T19:59:59Z",
  ],
  ["2026-11-20 21:59:59 UTC x", "2026-11-20 21:59:59 UTC", " x", "2026-11-20T21:59:59Z"],
  ["2026-11-20 21:59:59 CET x", "2026-11-20 21:59:59", " CET x", "2026-11-20T21:59:59Z"],
  [
    '1.2.3.4 - - [20/Nov/2026:09:22:55 -0500] "GET"',
    "20/Nov/2026:09:22:55 -0500",
    '1.2.3.4 - - [] "GET"',
    "2026-11-20T14:22:55Z",
  ],
  [
    "[Sun Nov 20 09:22:55.123456 2026] [error] x",
    "Sun Nov 20 09:22:55.123456 2026",
    "[] [error] x",
    "2026-11-20T09:22:55Z",
  ],
  [
    "type=X msg=audit(1795262400.123:45): x",
    "1795262400.123",
    "type=X msg=audit(:45): x",
    "2026-11-21T12:00:00.123Z",
  ],
  ["[1795262400] x", "1795262400", "[] x", "2026-11-21T12:00:00Z"],
  ["1795262400.25 x", "1795262400", ".25 x", "2026-11-21T12:00:00Z"],
  ["13:46:11 x", "13:46:11", " x", "2026-11-21T13:46:11Z"],
  ["Nov 23 11:59:00 h", "Nov 23 11:59:00", " h", "2026-11-23T11:59:00Z"],
  ["Nov 23 12:01:00 h", "Nov 23 12:01:00", " h", "2026-11-23T12:01:00Z"],
  ["   Nov 20 21:59:59 h", "Nov 20 21:59:59", "    h", "2026-11-20T21:59:59Z"],
  ["Nov 20 21:59:59 2099 h", "Nov 20 21:59:59", " 2099 h", "2026-11-20T21:59:59Z"],
  ["PDT Nov 20 21:05:29 x", "PDT Nov 20 21:05:29", " x", "2026-11-21T04:05:29Z"],
  ["abc Nov 20 21:05:29 x", "abc Nov 20 21:05:29", " x", "not convertible"],
  ["ABC Nov 20 21:05:29 x", "ABC Nov 20 21:05:29", " x", "not convertible"],
  ["2026-11-31 10:00:00 x", "2026-11-31 10:00:00", " x", "not convertible"],
  ["2026-11-20 10:00:60 x", "2026-11-20 10:00:60", " x", "not convertible"],
  ["20261120-215959 x", "20261120-215959", " x", "2026-11-20T21:59:59Z"],
  ["20261120T21:59:59Z x", "20261120T21:59:59Z", " x", "2026-11-20T21:59:59Z"],
  ["<11/20/26@21:59:59> x", "<11/20/26@21:59:59>", " x", "2026-11-20T21:59:59Z"],
  ["@4000000045ec1a3c0b3d1f2e x", "@4000000045ec1a3c0b3d1f2e", " x", "2007-03-05T13:25:16Z"],
];
test.each(defaults)("a fresh detector finds the time of %j", (line, cut, rest, at) => {
  expect(cutBy(detector(), line)).toEqual([cut, rest, at]);
});

const strangers = [
  ...["1999-11-20 10:00:00 x", "2031-11-20 10:00:00 x", "2026-13-20 10:00:00 x", "x2026-11-20 10:00:00"],
  ...["Okt 20 10:00:00 x", "x 1795262400 y", "", "x", "@4000000045EC1A3C0B3D1F2E x"],
];
test.each(strangers)("a fresh detector finds no time in %j", (line) => {
  expect(detector().find(line, NOON)).toBeUndefined();
});

type CustomCase = readonly [
  datepattern: string,
  line: string,
  found: readonly [cut: string, rest: string] | undefined,
];
const custom: readonly CustomCase[] = [
  ["^\\[%Y-%m-%d\\]", "[2026-11-20] x", ["[2026-11-20]", " x"]],
  ["\\[(%Y-%m-%d)\\]", "[2026-11-20] x", ["2026-11-20", "[] x"]],
  ["{^LN-BEG}%H:%M", "- 11:30 x", ["11:30", "-  x"]],
  ["{^LN-BEG}%H:%M", "--- 11:30 x", undefined],
  ["%H:%M", "x11:30x", undefined],
  ["**%H:%M**", "x11:30x", ["11:30", "xx"]],
  ["{UNB}%H:%M", "x11:30x", ["11:30", "xx"]],
  [
    "^[^\\[]*\\[({DATE})",
    '1.2.3.4 - - [20/Nov/2026:09:22:55 -0500] "GET',
    ["20/Nov/2026:09:22:55 -0500", '1.2.3.4 - - [] "GET'],
  ],
  ["%Y-%m-%d$", "x 2026-11-20", ["2026-11-20", "x "]],
  ["%Y-%m-%d$", "2026-11-20 x", undefined],
  ["%Y-(foo)-%m-%d", "2026-foo-11-20 x", ["2026", "-foo-11-20 x"]],
  ["(?P<Y>20\\d\\d)_(?P<m>\\d+)_(?P<d>\\d+)", "2026_11_20 x", ["2026_11_20", " x"]],
  ["^\\[{DATE}\\]", "[1795262400] x", undefined],
  ["^{DATE}", "1795262400 x", ["1795262400", " x"]],
  ["{^LN-BEG}{DATE}", "@4000000045ec1a3c0b3d1f2e x", ["@4000000045ec1a3c0b3d1f2e", " x"]],
  ["{DATE}", "audit(1795262400.500:12): x", ["1795262400.500", "audit(:12): x"]],
  ["^{DATE}", "Epoch x", undefined],
  ["^\\[{DATE}\\]", "[2026-11-20 10:00:00] x", ["[2026-11-20 10:00:00]", " x"]],
  ["EPOCH", "1795262400.25 x", ["1795262400", ".25 x"]],
  ["LEPOCH", "1795262400123456 x", ["1795262400123456", " x"]],
  ["{^LN-BEG}EPOCH", "- 1795262400 x", ["1795262400", "-  x"]],
  ["^epoch", "-1795262400 x", ["1795262400", "- x"]],
  ["time=({EPOCH})", "time=1795262400; x", ["1795262400", "time=; x"]],
  ["time={EPOCH};", "time=1795262400; x", ["time=1795262400;", " x"]],
  ["(time=){EPOCH}", "time=1795262400; x", ["time=", "1795262400; x"]],
  ["t={lepoch}", "t=1795262400123 x", ["t=1795262400123", " x"]],
  ["ISO8601", "2026-11-20T10:00:00Z", undefined],
  ["{^LN-BEG}TAI64N\n{^LN-BEG}", "Nov 20 10:00:00 x", ["Nov 20 10:00:00", " x"]],
  ["{^LN-BEG}", "x Nov 20 10:00:00 x", undefined],
  ["q%%", "q% 11", ["q%", " 11"]],
  ["%Y\n{DEFAULT}", "Nov 20 10:00:00 x", ["Nov 20 10:00:00", " x"]],
];
test.each(custom)("datepattern %j on %j cuts %j", (datepattern, line, expected) => {
  expect(cutBy(detector({ datepattern }), line)?.slice(0, 2)).toEqual(expected);
});

test.each([
  ["time=({EPOCH})", "time=1795262400.5; x"],
  ["time={EPOCH};", "time=1795262400; x"],
  ["(time=){EPOCH}", "time=1795262400; x"],
  ["t={lepoch}", "t=1795262400000 x"],
])("datepattern %j reads the epoch wherever it stands", (datepattern, line) => {
  expect(detector({ datepattern }).find(line, NOON)?.at).toBe(1_795_262_400);
});

test("{NONE} matches every line and cuts nothing", () => {
  const none = detector({ datepattern: "{none}" });
  const at = undefined;
  const nothing = {
    start: 0,
    end: 0,
    text: "",
    at,
    atIfOld: at,
    empty: true,
    isFloat: true,
    template: "^",
  };
  expect(none.find("Nov 20 10:00:00 x", NOON)).toEqual(nothing);
  expect(none.find("", NOON)).toEqual(nothing);
});

const mistakes: readonly (readonly [options: Partial<DateDetectorOptions>, message: string | RegExp])[] = [
  [
    { datepattern: "%Q" },
    "Failed to set datepattern '%Q' (may be an invalid format or unescaped percent char): unsupported format character 'Q' (0x51) at index 1",
  ],
  [{ datepattern: "%Y\n%Y" }, "There is already a template with name Year"],
  [{ datepattern: "EPOCH\nepoch" }, "There is already a template with name Epoch"],
  [{ datepattern: "[%d %B %Y]" }, /^Failed to set datepattern '\[%d %B %Y\]' .*/],
  [{ datepattern: "%Y %Y" }, /redefinition of group name 'Y'/],
  [{ logtimezone: "Europe/Paris" }, "Unknown or unsupported time zone: 'Europe/Paris'"],
  [{ logtimezone: "XYZ" }, "Unknown or unsupported time zone: 'XYZ'"],
];
test.each(mistakes)("options %j are refused", (options, message) => {
  expect(() => detector(options)).toThrow(DatePatternError);
  expect(() => detector(options)).toThrow(message);
});

test.each([
  [undefined, undefined, "Default Detectors"],
  ["", undefined, "Default Detectors"],
  ["{^LN-BEG}", undefined, "Default Detectors"],
  ["%Y\n%m\n%d", undefined, "Default Detectors"],
  ["%Y\n%m", "%Y", "Year"],
  ["{^LN-BEG}%H:%M", "{^LN-BEG}%H:%M", "{^LN-BEG}24hour:Minute"],
  ["{UNB}%H:%M", "{UNB}%H:%M", "24hour:Minute"],
  ["**%H**", "**%H**", "**24hour**"],
  ["{NONE}", "{UNB}^", "^"],
  ["epoch", undefined, "Epoch"],
  ["^LEPOCH", undefined, "{^LN-BEG}LongEpoch"],
  ["tai64n", undefined, "TAI64N"],
  ["time={EPOCH}", undefined, "time={EPOCH}"],
])("datepattern %j is shown as %j, %j", (datepattern, pattern, name) => {
  expect(detector(datepattern === undefined ? {} : { datepattern }).describe()).toEqual({ pattern, name });
});

test("there are 31 default templates, the anchored copies first", () => {
  const names = detector()
    .hits()
    .map(({ name }) => name);
  expect(names.length).toBe(31);
  expect(names.slice(0, 14).every((name) => name.startsWith("{^LN-BEG}"))).toBe(true);
  expect(names.slice(14).filter((name) => name.startsWith("{^LN-BEG}"))).toEqual([
    "{^LN-BEG}24hour:Minute:Second",
  ]);
});

test("{^LN-BEG} alone holds the 17 defaults that are anchored, {DATE} one for each base pattern", () => {
  expect(detector({ datepattern: "{^LN-BEG}" }).hits().length).toBe(17);
  expect(detector({ datepattern: "^x {DATE}" }).hits().length).toBe(17);
});

test("an anchored template wins over the last winner that stands elsewhere", () => {
  const used = detector();
  expect(cutBy(used, "x y 2026-11-20 21:59:59 a")?.[0]).toBe("2026-11-20 21:59:59");
  const found = cutBy(used, "Nov 20 10:00:00 h with 2026-11-20 21:59:59 in body");
  expect(found?.[0]).toBe("Nov 20 10:00:00");
});

test("the last winner is accepted where it stood before, though an earlier template would match elsewhere", () => {
  const used = detector({ datepattern: "%H:%M:%S\n%Y-%m-%d" });
  expect(cutBy(used, "[2026-11-20] a")?.[0]).toBe("2026-11-20");
  expect(cutBy(used, "[2026-11-21] 10:00:00")?.[0]).toBe("2026-11-21");
});

test("a winner moves up in front of what was never used, and stays there", () => {
  const used = detector();
  used.find("Nov 20 10:00:00 h", NOON);
  used.find("x y 2026-11-20 21:59:59 a", NOON);
  const names = used.hits().slice(0, 3);
  expect(names.map(({ name, hits }) => `${hits} ${name.slice(0, 22)}`)).toEqual(
    ["1 {^LN-BEG}(?:DAY )?MON ", "1 ExYear(?P<_sep>[-/.])M", "0 {^LN-BEG}ExYear(?P<_sep"].map((text) =>
      text.slice(0, 24),
    ),
  );
});

test("a prefix holds before an epoch mark too", () => {
  expect(cutBy(detector({ datepattern: "{UNB}{EPOCH}" }), "x1795262400y")).toBeUndefined();
  expect(cutBy(detector({ datepattern: "{UNB}{EPOCH}" }), "x1795262400 y")?.[0]).toBe("1795262400");
  expect(cutBy(detector({ datepattern: "{^LN-BEG}{EPOCH}" }), "- 1795262400 y")?.[0]).toBe("1795262400");
});

test("a pattern that cannot be compiled is refused at once", () => {
  expect(() => detector({ datepattern: "%H:%M:%S\n^x(%Y" })).toThrow(DatePatternError);
});

test("places are counted in characters: one beyond the basic plane is one", () => {
  const used = detector({ datepattern: "%H:%M:%S\n%Y-%m-%d" });
  expect(cutBy(used, "\u{1f600} 2026-11-20 a")?.[0]).toBe("2026-11-20");
  expect(cutBy(used, "ab2026-11-21 10:00:00")?.[0]).toBe("10:00:00");
  expect(cutBy(used, "\u{1f600} 2026-11-20 a")?.[0]).toBe("2026-11-20");
  expect(cutBy(used, "- 2026-11-21 10:00:00")?.[0]).toBe("2026-11-21");
});

test("a template that was not used for five minutes gives way to one that is used now", () => {
  const order = (gap: number): string | undefined => {
    const used = detector({ datepattern: "^a%H:%M\n^b%H:%M" });
    for (const line of ["a10:00", "a10:00", "a10:00"]) used.find(line, NOON);
    used.find("b10:00", NOON + gap);
    return used.hits()[0]?.name;
  };
  expect(order(300)).toBe("^a24hour:Minute");
  expect(order(301)).toBe("^b24hour:Minute");
});

test("the zone of the log is that of stamps without one", () => {
  const used = detector({ logtimezone: "UTC+0200", zone: berlin });
  expect(used.find("2026-01-01 12:00:00 x", NOON)).toMatchObject({
    at: Date.UTC(2026, 0, 1, 10) / 1000,
    isFloat: false,
  });
  expect(used.find("2026-01-01 12:00:00Z x", NOON)).toMatchObject({ at: Date.UTC(2026, 0, 1, 12) / 1000 });
});

test("a text seen before is worked out again when the present moment decides about it", () => {
  const used = detector();
  const line = "11:59:30 h";
  const at = (now: number): number | undefined => used.find(line, now)?.at;
  expect(at(NOON - 60)).toBe(Date.UTC(2026, 10, 21, 11, 59, 30) / 1000);
  expect(at(NOON - 60)).toBe(Date.UTC(2026, 10, 21, 11, 59, 30) / 1000);
  expect(at(NOON - 30)).toBe(Date.UTC(2026, 10, 22, 11, 59, 30) / 1000);
  expect(at(NOON - 30.1)).toBe(Date.UTC(2026, 10, 21, 11, 59, 30) / 1000);
});

test("a text seen before moves to the year that has become the nearest", () => {
  const used = detector();
  const at = (now: number): number | undefined => used.find("May 24 00:00:00 h", now)?.at;
  expect(at(NOON)).toBe(Date.UTC(2026, 4, 24) / 1000);
  expect(at(NOON + 2 * 86_400)).toBe(Date.UTC(2027, 4, 24) / 1000);
});

test("in old content a stamp that is guessed to lie ahead is of the last year that has the day", () => {
  const old = (line: string, now: number): string | undefined => {
    const at = detector().find(line, now)?.atIfOld;
    return at === undefined ? undefined : new Date(at * 1000).toISOString().slice(0, 19);
  };
  expect(old("Nov 20 10:00:00 h", NOON)).toBe("2026-11-20T10:00:00");
  expect(old("Nov 22 18:00:00 h", NOON)).toBe("2026-11-22T18:00:00");
  expect(old("Mar  5 10:00:00 h", NOON)).toBe("2026-03-05T10:00:00");
  expect(old("Dec 30 10:00:00 h", NOON)).toBe("2025-12-30T10:00:00");
  expect(old("2027-03-05 10:00:00 h", NOON)).toBe("2027-03-05T10:00:00");
  // 2028 has a day more
  const in2027 = Date.UTC(2027, 10, 22, 12) / 1000;
  expect(old("Mar  5 10:00:00 h", in2027)).toBe("2027-03-05T10:00:00");
  expect(old("Feb 29 10:00:00 h", in2027)).toBe("2024-02-29T10:00:00");
  // a clock that is ahead over New Year
  const lastNight = Date.UTC(2026, 11, 31, 23, 59) / 1000;
  expect(old("Jan  1 00:10:00 h", lastNight)).toBe("2027-01-01T00:10:00");
});

test("a text seen before is not converted again", () => {
  let conversions = 0;
  const counting = {
    ...utc,
    epochOf: (civil: Parameters<typeof utc.epochOf>[0]) => utc.epochOf(civil) + conversions++,
  };
  const used = detector({ zone: counting });
  for (const line of ["2026-11-20 10:00:00 a", "2026-11-20 10:00:00 b", "Nov 20 10:00:00 c"])
    used.find(line, NOON);
  used.find("Nov 20 10:00:00 d", NOON + 0.5);
  expect(conversions).toBe(2);
});

test("a pattern that looks around is converted anew, for the groups may say something else", () => {
  const used = detector({ datepattern: "{UNB}%H:%M(?=.*(?P<Y>20\\d\\d)-%m-%d)" });
  expect(cutBy(used, "10:00 x 2026-11-20")?.[2]).toBe("2026-11-20T10:00:00Z");
  expect(cutBy(used, "10:00 x 2025-10-21")?.[2]).toBe("2025-10-21T10:00:00Z");
});

const pad = (value: number): string => String(value).padStart(2, "0");
const SHORT = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEK = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
/** One writer a row of the table of default patterns; what the row leaves out is near enough to be guessed. */
const writers: readonly ((date: Date) => string)[] = [
  (d) => d.toISOString().replace("T", " ").slice(0, 19),
  (d) =>
    `${WEEK[d.getUTCDay()]} ${SHORT[d.getUTCMonth()]} ${pad(d.getUTCDate())} ${d.toISOString().slice(11, 19)}`,
  (d) =>
    `${SHORT[d.getUTCMonth()]} ${pad(d.getUTCDate())} ${d.getUTCFullYear()} ${d.toISOString().slice(11, 19)}`,
  (d) =>
    `${pad(d.getUTCDate())}/${pad(d.getUTCMonth() + 1)}/${d.getUTCFullYear()} ${d.toISOString().slice(11, 19)}`,
  (d) =>
    `${pad(d.getUTCDate())}/${SHORT[d.getUTCMonth()]}/${d.getUTCFullYear()}:${d.toISOString().slice(11, 19)} +0000`,
  (d) =>
    `${pad(d.getUTCMonth() + 1)}/${pad(d.getUTCDate())}/${d.getUTCFullYear()}:${d.toISOString().slice(11, 19)}`,
  (d) =>
    `${pad(d.getUTCMonth() + 1)}-${pad(d.getUTCDate())}-${d.getUTCFullYear()} ${d.toISOString().slice(11, 19)}`,
  (d) => String(d.getTime() / 1000),
  (d) => d.toISOString().slice(11, 19),
  (d) =>
    `<${pad(d.getUTCMonth() + 1)}/${pad(d.getUTCDate())}/${pad(d.getUTCFullYear() % 100)}@${d.toISOString().slice(11, 19)}>`,
  (d) => d.toISOString().slice(2, 19).replace("T", " ").replace("-", "").replace("-", ""),
  (d) =>
    `${SHORT[d.getUTCMonth()]} ${pad(d.getUTCDate())}, ${d.getUTCFullYear()} ${pad(d.getUTCHours() % 12 || 12)}${d.toISOString().slice(13, 19)} ${d.getUTCHours() < 12 ? "AM" : "PM"}`,
  (d) =>
    `${SHORT[d.getUTCMonth()]}-${pad(d.getUTCDate())}-${pad(d.getUTCFullYear() % 100)} ${d.toISOString().slice(11, 19)}`,
  (d) => d.toISOString().slice(0, 19).replaceAll("-", "").replaceAll(":", ""),
  (d) => `UTC ${SHORT[d.getUTCMonth()]} ${pad(d.getUTCDate())} ${d.toISOString().slice(11, 19)}`,
  (d) => `+0000 ${SHORT[d.getUTCMonth()]} ${pad(d.getUTCDate())} ${d.toISOString().slice(11, 19)}`,
  (d) => `@4${(d.getTime() / 1000).toString(16).padStart(15, "0")}00000000`,
];
/** Rows that match at the begin of a line alone. */
const LINE_BOUND = new Set([7, 8, 9, 10, 12]);
for (const [row, write] of writers.entries()) {
  test(`a date written in default format ${row} is read back`, () => {
    const used = new Map(["", "[", "x y "].map((prefix) => [prefix, detector()]));
    const prefixes = LINE_BOUND.has(row) ? [""] : [...used.keys()];
    fc.assert(
      fc.property(fc.nat(86_399), fc.constantFrom(...prefixes), (back, prefix) => {
        const at = NOON - back;
        const stamp = write(new Date(at * 1000));
        const found = used.get(prefix)?.find(`${prefix}${stamp} host app[1]: text`, NOON);
        expect(found).toMatchObject({ at, text: stamp });
      }),
      { numRuns: 50 },
    );
  });
}

test("the time of any text is found without an exception", () => {
  const used = detector();
  const piece = fc.constantFrom(
    "2026",
    "-",
    ":",
    " ",
    "11",
    "20",
    "Nov",
    "UTC",
    "[",
    "]",
    "1795262400",
    "é",
    "\u{1F600}",
    "x",
    "@4",
    "<",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const line = pieces.join("");
      const found = used.find(line, NOON);
      if (found !== undefined) expect(line.slice(found.start, found.end)).toBe(found.text);
    }),
  );
});
