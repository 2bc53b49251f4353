/**
 * From fields to time (A§2.9), with the rules for what is left out.
 * @module
 */
import { expect, test } from "vitest";
import type { LocalZone } from "../../../src/base/local-time.ts";
import { stampTime } from "../../../src/date/fields.ts";
import { berlin, NOON, newYork, utc } from "./fixed-zones.ts";

interface Case {
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
  /** ISO text in UTC, `undefined`: not convertible */
  readonly at: string | undefined;
  readonly zone?: LocalZone;
  readonly offset?: number;
  readonly now?: number;
}

const clock = { H: "10", M: "20", S: "30" };
const cases: readonly Case[] = [
  {
    name: "a full date in local time",
    fields: { Y: "2026", m: "11", d: "20", ...clock },
    at: "2026-11-20T10:20:30Z",
  },
  {
    name: "a local summer time",
    zone: berlin,
    fields: { Y: "2026", m: "7", d: "1", ...clock },
    at: "2026-07-01T08:20:30Z",
  },
  {
    name: "a local winter time",
    zone: berlin,
    fields: { Y: "2026", m: "1", d: "1", ...clock },
    at: "2026-01-01T09:20:30Z",
  },
  { name: "two-digit year 99", fields: { y: "99", m: "11", d: "20" }, at: "2099-11-20T00:00:00Z" },
  {
    name: "a year above 2000 in the short field",
    fields: { y: "2026", m: "11", d: "20" },
    at: "2026-11-20T00:00:00Z",
  },
  {
    name: "a month by its short name in any case",
    fields: { Y: "2026", b: "OCT", d: " 2" },
    at: "2026-10-02T00:00:00Z",
  },
  {
    name: "a weekday beside the day says nothing",
    fields: { Y: "2026", a: "mon", b: "oct", d: "2" },
    at: "2026-10-02T00:00:00Z",
  },
  { name: "a weekday that is none", fields: { Y: "2026", a: "ſat", b: "oct", d: "2" }, at: undefined },
  { name: "a month that is none", fields: { Y: "2026", b: "ſep", d: "2" }, at: undefined },
  { name: "a month by its full name", fields: { Y: "2026", B: "june", d: "2" }, at: "2026-06-02T00:00:00Z" },
  {
    name: "twelve hours without am or pm are am",
    fields: { Y: "2026", m: "1", d: "1", I: "12", M: "5" },
    at: "2026-01-01T00:05:00Z",
  },
  {
    name: "12 PM is noon",
    fields: { Y: "2026", m: "1", d: "1", I: "12", p: "PM" },
    at: "2026-01-01T12:00:00Z",
  },
  { name: "3 pm", fields: { Y: "2026", m: "1", d: "1", I: "3", p: "pm" }, at: "2026-01-01T15:00:00Z" },
  { name: "day of the year", fields: { Y: "2026", j: "365", ...clock }, at: "2026-12-31T10:20:30Z" },
  {
    name: "day 366 of a short year is the next one",
    fields: { Y: "2026", j: "366" },
    at: "2027-01-01T00:00:00Z",
  },
  {
    name: "Sunday week and weekday number, 0 is Sunday",
    fields: { Y: "2026", U: "1", w: "0" },
    at: "2026-01-04T00:00:00Z",
  },
  {
    name: "Monday week and weekday name",
    fields: { Y: "2026", W: "1", a: "Sun" },
    at: "2026-01-11T00:00:00Z",
  },
  {
    name: "the zone of the stamp",
    zone: berlin,
    fields: { Y: "2026", m: "11", d: "20", ...clock, z: "-0500" },
    at: "2026-11-20T15:20:30Z",
  },
  {
    name: "the zone name of the stamp",
    fields: { Y: "2026", m: "11", d: "20", ...clock, Z: "PDT" },
    at: "2026-11-20T17:20:30Z",
  },
  {
    name: "the default zone",
    zone: berlin,
    offset: 3600 * 9,
    fields: { Y: "2026", m: "11", d: "20", ...clock },
    at: "2026-11-20T01:20:30Z",
  },
  {
    name: "the zone of the stamp before the default",
    offset: 3600,
    fields: { Y: "2026", m: "11", d: "20", z: "Z" },
    at: "2026-11-20T00:00:00Z",
  },
  {
    name: "a weekday that was taken for a zone says nothing",
    fields: { Y: "2026", m: "11", d: "20", Z: "Fri" },
    at: "2026-11-20T00:00:00Z",
  },
  {
    name: "a weekday that was taken for a zone leaves the log's own",
    offset: 3600,
    fields: { Y: "2026", m: "11", d: "20", Z: "fri" },
    at: "2026-11-19T23:00:00Z",
  },
  { name: "an unknown zone", fields: { Y: "2026", m: "11", d: "20", Z: "ABC" }, at: undefined },
  { name: "a zone in lower case", fields: { Y: "2026", m: "11", d: "20", z: "utc" }, at: undefined },
  { name: "31 November", fields: { Y: "2026", m: "11", d: "31" }, at: undefined },
  { name: "29 February of a common year", fields: { Y: "2026", m: "2", d: "29" }, at: undefined },
  { name: "29 February of a leap year", fields: { Y: "2024", m: "2", d: "29" }, at: "2024-02-29T00:00:00Z" },
  { name: "second 60", fields: { Y: "2026", m: "1", d: "1", ...clock, S: "60" }, at: undefined },
  { name: "hour 24", fields: { Y: "2026", m: "1", d: "1", H: "24" }, at: undefined },
  { name: "hour 13 of twelve", fields: { Y: "2026", m: "1", d: "1", I: "13" }, at: undefined },
  { name: "year 0", fields: { Y: "0000", m: "1", d: "1" }, at: undefined },
  {
    name: "digits of another script",
    fields: { Y: "٢٠٢٦", m: "१", d: "\u{1d7da}\u{1d7d8}", H: " 1", z: "+0٢:00" },
    at: "2026-01-19T23:00:00Z",
  },
  { name: "no digits", fields: { Y: "²026", m: "1", d: "1" }, at: undefined },
  { name: "a month without a day", fields: { Y: "2026", m: "11" }, at: undefined },
  { name: "a day without a month", fields: { d: "11", H: "10" }, at: undefined },
  { name: "no year, yesterday", fields: { m: "11", d: "21", ...clock }, at: "2026-11-21T10:20:30Z" },
  {
    name: "no year, ahead by days: a clock that runs ahead",
    fields: { m: "11", d: "25", H: "12" },
    at: "2026-11-25T12:00:00Z",
  },
  {
    name: "no year, a day less than half a year ahead",
    fields: { m: "5", d: "22" },
    at: "2027-05-22T00:00:00Z",
  },
  {
    name: "no year, a day more than half a year ahead is less than half a year old",
    fields: { m: "5", d: "24" },
    at: "2026-05-24T00:00:00Z",
  },
  {
    name: "no year, as far ahead as ago: the past one",
    now: Date.UTC(2027, 6, 2) / 1000,
    fields: { m: "1", d: "1", H: "0" },
    at: "2027-01-01T00:00:00Z",
  },
  {
    name: "no year, new year's eve read on new year's day",
    now: Date.UTC(2027, 0, 1, 0, 5) / 1000,
    fields: { m: "12", d: "31", H: "23" },
    at: "2026-12-31T23:00:00Z",
  },
  {
    name: "no year, new year's day read on new year's eve: the log's clock runs ahead",
    now: Date.UTC(2026, 11, 31, 23, 59, 50) / 1000,
    fields: { m: "1", d: "1", H: "0", M: "0", S: "5" },
    at: "2027-01-01T00:00:05Z",
  },
  {
    name: "no year, new year's day of the stamp's zone while it is new year's eve here",
    now: Date.UTC(2026, 11, 31, 12) / 1000,
    fields: { m: "1", d: "1", H: "1", z: "+1300" },
    at: "2026-12-31T12:00:00Z",
  },
  {
    name: "no year, new year's eve of the stamp's zone while it is new year's day here",
    now: Date.UTC(2027, 0, 1, 9) / 1000,
    fields: { m: "12", d: "31", H: "22", z: "-1100" },
    at: "2027-01-01T09:00:00Z",
  },
  {
    name: "no year, new year's eve by the machine's zone",
    zone: newYork,
    now: Date.UTC(2027, 0, 1, 4, 59, 59) / 1000,
    fields: { m: "1", d: "1", H: "0", M: "0", S: "1" },
    at: "2027-01-01T05:00:01Z",
  },
  {
    name: "no year, 29 February in a leap year",
    now: Date.UTC(2028, 1, 29, 12) / 1000,
    fields: { m: "2", d: "29", H: "11" },
    at: "2028-02-29T11:00:00Z",
  },
  {
    name: "no year, 29 February of last year",
    now: Date.UTC(2025, 0, 5) / 1000,
    fields: { m: "2", d: "29" },
    at: "2024-02-29T00:00:00Z",
  },
  {
    name: "no year, 29 February of next year, nearer than that of three years ago",
    now: Date.UTC(2027, 0, 5) / 1000,
    fields: { m: "2", d: "29" },
    at: "2028-02-29T00:00:00Z",
  },
  {
    name: "no year, 29 February between two leap years",
    fields: { m: "2", d: "29" },
    at: "2028-02-29T00:00:00Z",
  },
  {
    name: "no year, 29 February about 2100, which has none",
    now: Date.UTC(2099, 11, 1) / 1000,
    fields: { m: "2", d: "29" },
    at: "2096-02-29T00:00:00Z",
  },
  { name: "no year, 31 November", fields: { m: "11", d: "31" }, at: undefined },
  { name: "no year, day of the year ahead", fields: { j: "365" }, at: "2026-12-31T00:00:00Z" },
  {
    name: "no year, this year by the stamp's zone",
    now: Date.UTC(2026, 11, 31, 23) / 1000,
    fields: { m: "1", d: "1", H: "1", z: "+0200" },
    at: "2026-12-31T23:00:00Z",
  },
  { name: "time alone, before now", fields: { H: "11", M: "59" }, at: "2026-11-22T11:59:00Z" },
  { name: "time alone, exactly now", fields: { H: "12" }, at: "2026-11-22T12:00:00Z" },
  { name: "time alone, after now", fields: { H: "13", M: "46", S: "11" }, at: "2026-11-21T13:46:11Z" },
  {
    name: "time alone, over the turn of the year",
    now: Date.UTC(2027, 0, 1) / 1000,
    fields: { H: "1" },
    at: "2026-12-31T01:00:00Z",
  },
  {
    name: "time alone in UTC on a western machine, just past",
    zone: newYork,
    now: Date.UTC(2026, 10, 22, 2, 30, 1) / 1000,
    fields: { H: "2", M: "30", z: "Z" },
    at: "2026-11-22T02:30:00Z",
  },
  {
    name: "time alone, a year to come: the day before, as for a time to come",
    fields: { Y: "2027", H: "10" },
    at: "2027-11-21T10:00:00Z",
  },
  { name: "time alone, the year given", fields: { Y: "2020", H: "10" }, at: "2020-11-22T10:00:00Z" },
];
test.each(cases)("$name: $at", ({ fields, at, zone = utc, offset, now = NOON }) => {
  const time = stampTime((name) => fields[name], { now, zone, defaultOffset: offset });
  expect(time.at).toBe(at === undefined ? undefined : Date.parse(at) / 1000);
});

test("a time of the local zone is a float, one of a known zone is not", () => {
  const fields: Readonly<Record<string, string>> = { Y: "2026", m: "1", d: "1" };
  const context = { now: NOON, zone: utc, defaultOffset: undefined };
  expect(stampTime((name) => fields[name], context).isFloat).toBe(true);
  expect(stampTime((name) => ({ ...fields, z: "Z" })[name], context).isFloat).toBe(false);
  expect(stampTime((name) => fields[name], { ...context, defaultOffset: 0 }).isFloat).toBe(false);
});
