import fc from "fast-check";
import { expect, test } from "vitest";
import { utcZone } from "../../../src/date/utc-zone.ts";

test("moments and civil times are those of the platform's calendar, before 1970 and within a second as well", () => {
  const quarters = fc.integer({ min: -4 * 30_000_000_000, max: 4 * 250_000_000_000 });
  fc.assert(
    fc.property(quarters, (quarter) => {
      const at = quarter / 4;
      const date = new Date(Math.floor(at) * 1000);
      const civil = utcZone.civilAt(at);
      expect(civil).toEqual({
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
        second: date.getUTCSeconds(),
      });
      expect(utcZone.epochOf(civil)).toBe(Math.floor(at));
    }),
  );
});
