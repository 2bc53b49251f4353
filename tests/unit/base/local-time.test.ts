/**
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { epochOfUtc, formatCivil } from "../../../src/base/local-time.ts";

test.each([
  [{ year: 2026, month: 11, day: 22, hour: 9, minute: 5, second: 3 }, "2026-11-22 09:05:03"],
  [{ year: 987, month: 1, day: 2, hour: 0, minute: 0, second: 61 }, "0987-01-02 00:00:61"],
])("fields read %s", (civil, text) => {
  expect(formatCivil(civil)).toBe(text);
});

test.each([
  [{ year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0 }, 0],
  [{ year: 2026, month: 11, day: 22, hour: 12, minute: 0, second: 0 }, 1795348800],
  [{ year: 2024, month: 2, day: 29, hour: 23, minute: 59, second: 60 }, 1709251200],
])("UTC fields %j are that moment", (civil, at) => {
  expect(epochOfUtc(civil)).toBe(at);
});

test("fields and moments agree with the platform's ISO text", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (at) => {
      const iso = new Date(at * 1000).toISOString();
      const [year, month, day, hour, minute, second] = iso.split(/\D/).map(Number);
      const civil = {
        year: year ?? 0,
        month: month ?? 0,
        day: day ?? 0,
        hour: hour ?? 0,
        minute: minute ?? 0,
        second: second ?? 0,
      };
      expect(formatCivil(civil)).toBe(iso.slice(0, 19).replace("T", " "));
      expect(epochOfUtc(civil)).toBe(at);
    }),
  );
});
