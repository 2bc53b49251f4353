import { afterEach, expect, test } from "vitest";
import { systemLocalZone, zoneProblem } from "../../../src/exec/local-zone.ts";
import { systemClock } from "../../../src/exec/system-clock.ts";

const before = process.env["TZ"];
afterEach(() => {
  if (before === undefined) delete process.env["TZ"];
  else process.env["TZ"] = before;
});

// moments as glibc's mktime gives them
const cases = [
  { name: "a winter day", zone: "Europe/Berlin", civil: [2024, 1, 15, 12, 0, 0], at: 1705316400 },
  { name: "a skipped time", zone: "Europe/Berlin", civil: [2024, 3, 31, 2, 30, 0], at: 1711848600 },
  {
    name: "a time that occurs twice",
    zone: "Europe/Berlin",
    civil: [2024, 10, 27, 2, 30, 0],
    at: 1729992600,
  },
  { name: "a time after the change", zone: "Europe/Berlin", civil: [2024, 10, 27, 3, 30, 0], at: 1729996200 },
  {
    name: "a time before the change",
    zone: "Europe/Berlin",
    civil: [2024, 10, 27, 1, 30, 0],
    at: 1729985400,
  },
  { name: "a skipped time", zone: "America/New_York", civil: [2024, 3, 10, 2, 30, 0], at: 1710055800 },
  {
    name: "a time that occurs twice",
    zone: "America/New_York",
    civil: [2024, 11, 3, 1, 30, 0],
    at: 1730615400,
  },
  { name: "a leap second", zone: "UTC", civil: [2024, 1, 1, 0, 0, 60], at: 1704067260 },
  { name: "30 February", zone: "UTC", civil: [2024, 2, 30, 0, 0, 0], at: 1709251200 },
  { name: "a year of two figures", zone: "UTC", civil: [50, 1, 1, 0, 0, 0], at: -60589296000 },
] as const;
for (const { name, zone, civil, at } of cases) {
  test(`systemLocalZone finds ${name} in ${zone}: ${civil.join(" ")}`, () => {
    process.env["TZ"] = zone;
    const [year, month, day, hour, minute, second] = civil;
    expect(systemLocalZone.epochOf({ year, month, day, hour, minute, second })).toBe(at);
  });
}

test("systemLocalZone gives the fields of a moment and drops the fraction", () => {
  process.env["TZ"] = "Europe/Berlin";
  const summer = { year: 2024, month: 7, day: 1, hour: 14, minute: 0, second: 9 };
  expect(systemLocalZone.civilAt(1719835209.9)).toEqual(summer);
});

test("systemClock gives epoch seconds", () => {
  expect(Math.abs(systemClock.now() - Date.now() / 1000)).toBeLessThan(1);
});

test.each([
  { tz: undefined, isFine: true },
  { tz: "UTC", isFine: true },
  { tz: "Etc/UTC", isFine: true },
  { tz: "Europe/Berlin", isFine: true },
  { tz: "CET-1CEST,M3.5.0,M10.5.0/3", isFine: false },
])("zoneProblem speaks of TZ=$tz only where the runtime does not know it", ({ tz, isFine }) => {
  if (tz === undefined) delete process.env["TZ"];
  else process.env["TZ"] = tz;
  expect(zoneProblem(tz) === undefined).toBe(isFine);
});
