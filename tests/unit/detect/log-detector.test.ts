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

function detectorOf(terms: FilterTerms = {}, encoding = "utf-8") {
  const failures: Failure[] = [];
  const said: string[] = [];
  const observe = (event: GaolerEvent): void => {
    if (event.type === "message") said.push(`${event.level} ${event.logger} ${event.text}`);
  };
  const clock = { now: () => NOON };
  const detector = new LogDetector({
    filter: filterOf(terms),
    decoder: new LineDecoder(encoding, { observe, clock }),
    clock,
    observe,
    found: (failure) => failures.push(failure),
  });
  const take = (bytes: string | Uint8Array, inOperation = true): void =>
    detector.takeChunk({ path: "/log", bytes: Buffer.from(bytes), inOperation });
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

test("lines of the journal bring their own time", () => {
  const { detector, failures } = detectorOf();
  detector.takeTimed([{ text: "fail from 192.0.2.1", at: NOON - 30, atText: "then" }], true);
  expect(failures).toMatchObject([
    { id: "192.0.2.1", at: NOON - 30, matches: [["", "then", "fail from 192.0.2.1"]] },
  ]);
  expect(detector.lines).toBe(1);
});
