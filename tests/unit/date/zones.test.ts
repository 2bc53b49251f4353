/**
 * Zone texts and their offsets (A§2.10).
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseZone } from "../../../src/date/zones.ts";

const accepted: readonly (readonly [text: string, minutes: number])[] = [
  ["UTC", 0],
  ["GMT", 0],
  ["Z", 0],
  ["", 0],
  ["UTC+0200", 120],
  ["UTC+02:00", 120],
  ["GMT-0100", -60],
  ["+0530", 330],
  ["-05", -300],
  ["CET", 60],
  ["CEST", 120],
  ["PDT", -420],
  ["EST+0100", -240],
  ["A", 60],
  ["Y", -720],
  ["M", 720],
  ["NPT", 345],
  ["VET", -270],
  ["NZDT", 780],
  ["AQTT", 300],
];
test.each(accepted)("zone %j is %d minutes east of UTC", (text, minutes) => {
  expect(parseZone(text)).toBe(minutes * 60);
});

const rejected = [
  "Europe/Paris",
  "utc",
  "cet",
  "UTC+2",
  "+200",
  "XYZ",
  "ABC",
  "BST",
  "IST",
  "J",
  "AB",
  "+2100",
  "CET ",
  " Z",
  "Z+",
];
test.each(rejected)("zone %j is not known", (text) => {
  expect(parseZone(text)).toBeUndefined();
});

test("an offset reads back, with and without a colon and behind a name", () => {
  fc.assert(
    fc.property(fc.constantFrom("+", "-"), fc.nat(19), fc.nat(59), (sign, hours, minutes) => {
      const [hh, mm] = [String(hours).padStart(2, "0"), String(minutes).padStart(2, "0")];
      const seconds = (sign === "-" ? -1 : 1) * (hours * 3600 + minutes * 60);
      expect(parseZone(`${sign}${hh}${mm}`)).toBe(0 + seconds);
      expect(parseZone(`${sign}${hh}:${mm}`)).toBe(0 + seconds);
      expect(parseZone(`CET${sign}${hh}${mm}`)).toBe(seconds + 3600);
    }),
  );
});
