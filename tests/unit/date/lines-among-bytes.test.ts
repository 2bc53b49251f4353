/**
 * Lines with an ordinary stamp, taken by their bytes or by the texts of their fields: the same dates, and the same state, as by a search.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { DateDetector, type FoundDate } from "../../../src/date/detector.ts";
import { NOON, utc } from "./fixed-zones.ts";

const two = (value: number): string => String(value).padStart(2, "0");

const FORMS: readonly (readonly [datepattern: string | undefined, before: string, stamp: RegExp])[] = [
  [undefined, "", /^[A-Z][a-z]{2} \d+ [\d:]+/],
  ["^%b %d %H:%M:%S", "", /^[A-Z][a-z]{2} \d+ [\d:]+/],
  ["^[^\\[]*\\[(%d/%b/%Y:%H:%M:%S)\\]", "192.0.2.1 [", /(?<=\[)[^\]]+/],
  ["{^LN-BEG}", "", /^\S+ \S+/],
];

const line = fc.record({
  second: fc.integer({ min: 35, max: 38 }),
  fraction: fc.integer({ min: 35, max: 38 }),
});

function textOf(form: number, { second, fraction }: { second: number; fraction: number }): string {
  const [, before = ""] = FORMS[form] ?? [];
  const time = `11:58:${two(second)}`;
  // as wide as the second, and often the same digits
  if (form === 3) return `2026-11-22 ${time},${two(fraction)} x`;
  return form === 2
    ? `${before.padStart(10 + (fraction % 3), "1")}22/Nov/2026:${time}] x`
    : `Nov 22 ${time} x`;
}

test.each([...FORMS.keys()])("dates and state are those of a search, form %i", (form) => {
  const [datepattern, , pattern = /x/] = FORMS[form] ?? [];
  const options = { zone: utc, startYear: 2026, ...(datepattern === undefined ? {} : { datepattern }) };
  let known = 0;
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const searching = new DateDetector(options);
      const detector = new DateDetector(options);
      for (const one of lines) {
        const text = textOf(form, one);
        const wanted = searching.find(text, NOON);
        let found: FoundDate | undefined;
        if (detector.ordinary() === undefined) found = detector.find(text, NOON);
        else {
          const { 0: stamp = "", index: stampStart = 0 } = pattern.exec(text) ?? {};
          const stampEnd = stampStart + stamp.length;
          const bytes = Buffer.from(text);
          const lying = { bytes, start: 0, end: bytes.length, stampStart, stampEnd, stamp };
          found = detector.sameOrdinary(lying, 1, NOON);
          if (found !== undefined) known++;
          found ??= detector.findOrdinary(text, stampStart, stampEnd, NOON);
        }
        expect(found).toEqual(wanted);
        // what stands before a stamp decides which lines are ordinary, nothing else
        expect({ ...detector.state(), before: "" }).toEqual({ ...searching.state(), before: "" });
      }
    }),
    { numRuns: 60 },
  );
  expect(known).toBeGreaterThan(20);
});

/** With and without what is guessed, digits beside the seconds, and stamps of one digit or two. */
const OF_A_MINUTE: readonly (readonly [
  datepattern: string | undefined,
  stamp: (second: string) => string,
])[] = [
  [undefined, (second) => `Nov 22 11:58:${second}`],
  ["^%b %d %H:%M:%S", (second) => `Nov 22 11:58:${second}`],
  ["^%H:%M:%S", (second) => `11:58:${second}`],
  ["^%Y-%m-%d %H:%M:%S", (second) => `2026-11-22 11:58:${second}`],
  ["^%y%m%d %H%M%S", (second) => `261122 1158${second}`],
  ["^%S:%M:%H %d/%m", (second) => `${second}:58:11 22/11`],
];

const DAY = 86_400;
/** Ages at which what is guessed may change. */
const AGES = [
  0,
  60,
  120,
  3600,
  DAY - 3600,
  DAY,
  DAY + 3600,
  2 * DAY,
  182 * DAY,
  183 * DAY,
  364 * DAY,
  365 * DAY,
];

test.each([...OF_A_MINUTE.keys()])("lines of one minute have the dates of a search, form %i", (form) => {
  const [datepattern, stampOf = String] = OF_A_MINUTE[form] ?? [];
  const options = { zone: utc, startYear: 2026, ...(datepattern === undefined ? {} : { datepattern }) };
  const minute = Date.UTC(2026, 10, 22, 11, 58) / 1000;
  const second = fc.oneof(
    { arbitrary: fc.integer({ min: 0, max: 59 }).map(two), weight: 15 },
    fc.constantFrom("60", "99", "7", "7x"),
  );
  let others = 0;
  fc.assert(
    fc.property(
      fc.array(second, { maxLength: 20 }),
      fc.constantFrom(...AGES),
      fc.integer({ min: -65, max: 65 }),
      (seconds, age, more) => {
        const now = minute + age + more;
        const searching = new DateDetector(options);
        const detector = new DateDetector(options);
        let before = "";
        for (const each of seconds) {
          const stamp = stampOf(each);
          const text = `${stamp} x`;
          const wanted = searching.find(text, now);
          let found: FoundDate | undefined;
          const isOrdinary = detector.ordinary() !== undefined && wanted?.text === stamp;
          if (isOrdinary) {
            const bytes = Buffer.from(text);
            const lying = {
              bytes,
              start: 0,
              end: bytes.length,
              stampStart: 0,
              stampEnd: stamp.length,
              stamp,
            };
            found = detector.sameOrdinary(lying, 1, now);
            if (found !== undefined && stamp !== before) others++;
            found ??= detector.findOrdinary(text, 0, stamp.length, now);
          } else found = detector.find(text, now);
          // another stamp in between is not remembered
          if (wanted?.text === stamp) before = stamp;
          expect(found).toEqual(wanted);
          expect({ ...detector.state(), before: "" }).toEqual({ ...searching.state(), before: "" });
        }
      },
    ),
    { numRuns: 300 },
  );
  // digits that stand beside the seconds could belong to them
  if (form === 4) expect(others).toBe(0);
  else expect(others).toBeGreaterThan(50);
});
