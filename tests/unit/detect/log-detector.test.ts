import { expect, test } from "vitest";
import { LineDecoder } from "../../../src/backend/decode.ts";
import type { GaolerEvent } from "../../../src/base/event.ts";
import { LogDetector } from "../../../src/detect/log-detector.ts";
import type { Failure } from "../../../src/filter/failure.ts";
import { compileFilter, type LineFilter } from "../../../src/filter/line-filter.ts";
import { NOON, utc } from "../date/fixed-zones.ts";

interface FilterTerms {
  readonly failregex?: string;
  readonly maxlines?: number;
  readonly datepattern?: string | undefined;
}

function filterOf({
  failregex = "^fail from <HOST>$",
  maxlines = 1,
  datepattern = "{NONE}",
}: FilterTerms): LineFilter {
  const { filter } = compileFilter(
    {
      name: "j1",
      usedns: "no",
      prefregex: undefined,
      failregex: [{ value: failregex }],
      ignoreregex: [],
      maxlines,
      datepattern: datepattern === "default" ? undefined : { value: datepattern },
      logtimezone: undefined,
      findtime: 600,
    },
    { zone: utc, startYear: 2026 },
  );
  if (filter === undefined) throw new Error("no filter");
  return filter;
}

function detectorOf(terms: FilterTerms = {}, encoding = "utf-8", secondsPerFailure = 0) {
  const failures: Failure[] = [];
  const said: string[] = [];
  let passed = 0;
  const observe = (event: GaolerEvent): void => {
    if (event.type === "message") said.push(`${event.level} ${event.logger} ${event.text}`);
  };
  const clock = { now: () => NOON + passed };
  const detector = new LogDetector({
    jail: "j1",
    filter: filterOf(terms),
    decoder: new LineDecoder(encoding, { observe, clock }),
    clock,
    observe,
    found: ({ id, host, ip, at, matches, data, regexIndex }) => {
      failures.push({ id, host, ip, at, matches, data, regexIndex });
      passed += secondsPerFailure;
    },
  });
  const take = (bytes: string | Uint8Array, inOperation = true): number =>
    detector.takeChunk({ path: "/log", bytes: Buffer.from(bytes), offset: 0, inOperation });
  return { detector, failures, said, take };
}

test("failures are found in the order of the lines, and every line is counted", () => {
  const { detector, failures, take } = detectorOf();
  take("fail from 192.0.2.2\nsomething\r\nfail from 192.0.2.1\r\n");
  take("fail from 2001:DB8::1\n");
  expect(failures.map(({ id }) => id)).toEqual(["192.0.2.2", "192.0.2.1", "2001:db8::1"]);
  expect(detector.lines).toBe(4);
});

test("lines that belong together may lie in different chunks", () => {
  const { failures, take } = detectorOf({ failregex: "^begin <HOST>$<SKIPLINES>^end$", maxlines: 3 });
  for (const line of ["begin 192.0.2.1", "x", "end"]) take(`${line}\n`);
  expect(failures.map(({ id }) => id)).toEqual(["192.0.2.1"]);
});

test("bytes that mean nothing are read over, with a warning", () => {
  const { failures, said, take } = detectorOf();
  take(Buffer.concat([Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from("fail from 192.0.2.1\n")]));
  expect(failures).toHaveLength(1);
  expect(said[0]).toContain("Error decoding line from '/log'");
});

test("warnings of the filter are told", () => {
  const { said, take } = detectorOf({ datepattern: "default" });
  take("2026-11-22 03:00:00 fail from 192.0.2.1\n");
  expect(said[0]).toMatch(/^WARNING filter \[j1\] Detected a log entry 9h before the current time/);
});

test("before the log was read to its end old lines do not count", () => {
  const { failures, take } = detectorOf({ failregex: "^ fail from <HOST>$", datepattern: "default" });
  take("2026-11-22 03:00:00 fail from 192.0.2.1\n2026-11-22 11:59:00 fail from 192.0.2.2\n", false);
  expect(failures.map(({ id, at }) => [id, at])).toEqual([["192.0.2.2", NOON - 60]]);
});

test("a large chunk comes to the same in one slice or in many, with the place of what took too long", () => {
  const lines = Array.from(
    { length: 2000 },
    (_, index) =>
      `2026-11-22 11:59:${10 + (index % 50)} ${index % 9 === 0 ? `fail from 192.0.2.${index % 251}` : "x"}\n`,
  );
  const log = Buffer.from(lines.join(""));
  const terms = { failregex: "^ fail from <HOST>$", datepattern: "default" };
  const whole = detectorOf(terms);
  expect(whole.take(log)).toBe(log.length);
  const sliced = detectorOf(terms, "utf-8", 0.02);
  let slices = 0;
  for (let at = 0; at < log.length; slices++) {
    at += sliced.detector.takeChunk({ path: "/log", bytes: log.subarray(at), offset: at, inOperation: true });
  }
  // the clock is looked at every few kilobytes of failures
  expect(slices).toBeGreaterThan(10);
  expect(whole.failures).toHaveLength(223);
  expect(sliced.failures).toEqual(whole.failures);
  expect([whole.detector.lines, sliced.detector.lines]).toEqual([2000, 2000]);
});

test("lines of the journal bring their own time", () => {
  const { detector, failures } = detectorOf();
  detector.takeTimed([{ text: "fail from 192.0.2.1", at: NOON - 30, atText: "then" }], true);
  expect(failures).toMatchObject([
    { id: "192.0.2.1", at: NOON - 30, matches: [["", "then", "fail from 192.0.2.1"]] },
  ]);
  expect(detector.lines).toBe(1);
});

test("a slice ends after the line that used its time up; the rest comes again and nothing is lost or repeated", () => {
  for (const [secondsPerFailure, perSlice] of [
    [0.004, 3],
    [0.03, 1],
    // the clock is set back
    [-5, 1],
  ] as const) {
    const { detector, failures, take } = detectorOf({}, "utf-8", secondsPerFailure);
    const ids = Array.from({ length: 9 }, (_, n) => `192.0.2.${n}`);
    let rest = Buffer.from(ids.map((id) => `fail from ${id}\n`).join(""));
    const slices: number[] = [];
    while (rest.length > 0) {
      const before = failures.length;
      rest = rest.subarray(take(rest));
      slices.push(failures.length - before);
    }
    expect(new Set(slices)).toEqual(new Set([perSlice]));
    expect(failures.map(({ id }) => id)).toEqual(ids);
    expect(detector.lines).toBe(9);
  }
});

test("a slice may end anywhere in a chunk that is decoded piece by piece", () => {
  for (const [encoding, code] of [
    ["utf-8", "utf8"],
    ["utf-16le", "utf16le"],
  ] as const) {
    const { failures, take } = detectorOf({}, encoding, 0.011);
    const ids = Array.from({ length: 40 }, (_, n) => `192.0.2.${n}`);
    const lines = ids.map((id, n) => `${"x".repeat(n % 3 === 0 ? 9000 : 3)}\u0a0a\r\nfail from ${id}\n`);
    let rest = Buffer.from(lines.join(""), code);
    let slices = 0;
    for (; rest.length > 0; slices += 1) rest = rest.subarray(take(rest));
    expect(failures.map(({ id }) => id)).toEqual(ids);
    expect(slices).toBe(40);
  }
});

test("journal lines are taken for a slice, too", () => {
  const { detector, failures } = detectorOf({}, "utf-8", 0.006);
  const lines = [1, 2, 3].map((n) => ({ text: `fail from 192.0.2.${n}`, at: NOON, atText: "then " }));
  expect(detector.takeTimed(lines, true)).toBe(2);
  expect(detector.takeTimed(lines.slice(2), true)).toBe(1);
  expect(failures).toHaveLength(3);
});

test("a regex that exceeds its budget is told once, with the place of the line", () => {
  // three references back: too many ways to remember which of them failed
  const failregex = "^(a+)(a*)(a*)b\\1\\2\\3c from <HOST>$";
  const half = "a".repeat(400);
  const evil = `${half}b${half}ac from 192.0.2.9`;
  const { detector, failures, said } = detectorOf({ failregex });
  const bytes = Buffer.from(`x\n${evil}\n${evil}\naabaac from 192.0.2.1\n`);
  let taken = 0;
  while (taken < bytes.length)
    taken += detector.takeChunk({
      path: "/log",
      bytes: bytes.subarray(taken),
      offset: 100 + taken,
      inOperation: true,
    });
  expect(said.filter((text) => text.includes("too many steps"))).toHaveLength(1);
  expect(said.filter((text) => text.includes("The line is"))).toEqual([
    "WARNING filter [j1] The line is at byte 102 of '/log'",
  ]);
  expect(failures).toHaveLength(1);
});

/** A failure by a user whose name is not ASCII, as bytes of an encoding (A§2.2), and the name as it is read. */
const encodings: readonly (readonly [encoding: string, name: Uint8Array, read: string, isSound: boolean])[] =
  [
    ["auto", Buffer.from("Jürgen", "utf8"), "Jürgen", true],
    ["UTF-8", Buffer.from("Jürgen", "utf8"), "Jürgen", true],
    ["latin-1", Buffer.from("Jürgen\x93", "latin1"), "Jürgen\u0093", true],
    ["cp1252", Buffer.from("J\xfcrgen\x93", "latin1"), "Jürgen\u201c", true],
    ["koi8-r", Buffer.from([0xe9, 0xd7, 0xc1, 0xce]), "Иван", true],
    ["ascii", Buffer.from("Jürgen", "utf8"), "J\ufffd\ufffdrgen", false],
    ["utf-8", Buffer.from("J\xfcrgen", "latin1"), "J\ufffdrgen", false],
  ];
for (const [encoding, name, read, isSound] of encodings) {
  test(`logencoding ${encoding} reads ${read}${isSound ? "" : ", with a warning for what means nothing"}`, () => {
    const failregex = "^fail of <F-USER>\\S+</F-USER> from <HOST>$";
    const { failures, said, take } = detectorOf({ failregex }, encoding);
    take(Buffer.concat([Buffer.from("fail of "), name, Buffer.from(" from 192.0.2.1\r\n")]));
    expect(failures.map(({ id, data }) => [id, data.get("user")])).toEqual([["192.0.2.1", read]]);
    expect(said.some((text) => text.includes("Error decoding line"))).toBe(!isSound);
  });
}

test("lines that are practised on leave nothing behind, and come to what they would come to otherwise", () => {
  const stamp = (second: number): string => `Jul 25 12:00:${String(second).padStart(2, "0")}`;
  const line = (second: number, id: string): string => `${stamp(second)} fail from ${id}\n`;
  const terms = { datepattern: "default", failregex: "^\\s*fail from <HOST>$" };
  const one = detectorOf(terms);
  const other = detectorOf(terms);
  const practised: (string | undefined)[] = [];
  for (const { take } of [one, other]) take(line(0, "192.0.2.1"));
  const flood = Array.from({ length: 500 }, (_, index) =>
    line(1 + (index % 50), `198.51.100.${index % 256}`),
  );
  const bytes = Buffer.from(`no date at all\n2001-02-03 04:05:06 fail from 192.0.2.9\n${flood.join("")}`);
  const found = (failure: Failure): void => {
    practised.push(failure.id);
  };
  expect(one.detector.practise(bytes, { found })).toBe(bytes.length);
  expect(practised).toHaveLength(501);
  expect(one.said).toEqual(other.said);
  expect(one.detector.lines).toBe(1);
  for (const { take } of [one, other]) take(flood.slice(0, 100).join(""));
  expect(one.failures).toEqual(other.failures);
  expect(one.failures).toHaveLength(101);
  expect(one.detector.lines).toBe(other.detector.lines);
  expect(one.said).toEqual(other.said);
});

test("lines that do not take the fast path are not practised on", () => {
  const found = (): void => {
    throw new Error("found something");
  };
  const bytes = Buffer.from("fail from 192.0.2.1\n");
  expect(detectorOf({ maxlines: 3 }).detector.practise(bytes, { found })).toBe(0);
  expect(detectorOf({}, "utf-16").detector.practise(bytes, { found })).toBe(0);
});
