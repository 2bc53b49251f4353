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
