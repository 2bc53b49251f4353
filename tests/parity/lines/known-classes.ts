/**
 * The differences on purpose: tells from what both sides say of a line whether it is one of them, and which.
 * Each class is as narrow as it can be; what fits none is a fault of somebody.
 * @module
 */
import { isIP } from "node:net";
import { parseZone } from "../../../src/date/zones.ts";
import type { Row } from "./rows.ts";

/** Keys of the classes, as `known.json` names them. */
export const CLASSES = {
  noAddress: "lines:looks-like-an-address",
  nearestYear: "lines:nearest-year",
  weekdayZone: "lines:weekday-taken-for-a-zone",
  zoneCrash: "lines:unknown-zone-ends-the-run",
  ip6Tag: "lines:ip6-tag-of-1.1",
  dateRow13: "lines:date-row-13-of-1.1",
  farTime: "lines:beyond-the-calendar",
  claimedLine: "lines:stamp-before-a-claimed-line",
  skippedLineEnd: "lines:skipped-line-with-an-odd-line-end",
} as const;

export type KnownClass = (typeof CLASSES)[keyof typeof CLASSES];

/** The end of the year 9999, seconds. */
const LAST_TIME = 253_402_300_800;

/** When a run took place: times in it are the moment of the run. */
export interface RunWindow {
  readonly from: number;
  readonly to: number;
}

const isOfTheRun = (time: string, { from, to }: RunWindow): boolean =>
  Number(time) >= from && Number(time) <= to;

/** Shaped like an address and none: what fail2ban takes as it stands. */
export const isNoAddress = (id: string): boolean =>
  isIP(id) === 0 &&
  (/^\[?\p{Nd}{1,3}(?:\.\p{Nd}{1,3}){3}\]?$/u.test(id) || /^(?=[^:]*:)[\da-f:]{1,48}$/i.test(id));

const isStampWithYear = (date: string): boolean =>
  /20\d\d|\d{6,}|\d[-/.](?:\d\d?|[a-z]{3})[-/.]\d\d|[a-z]{3}-\d\d?-\d\d/i.test(date);

/** The same moment in another year. */
function areYearsApart(one: number, other: number): boolean {
  const [a, b] = [new Date(one * 1000), new Date(other * 1000)];
  const isLeapDay = (date: Date): boolean => date.getUTCMonth() === 1 && date.getUTCDate() === 29;
  if (isLeapDay(a) || isLeapDay(b)) return true;
  const years = Math.abs(a.getUTCFullYear() - b.getUTCFullYear());
  return years === 1 && a.toISOString().slice(5) === b.toISOString().slice(5);
}

/** Both sides' rows of a line: equal, equal but for something on purpose, or different. */
export type Verdict =
  | { readonly kind: "same" }
  /** `isHarmless`: later lines do not depend on it */
  | { readonly kind: "known"; readonly key: KnownClass; readonly isHarmless: boolean }
  | { readonly kind: "different" };

const SAME: Verdict = { kind: "same" };
const DIFFERENT: Verdict = { kind: "different" };

function judgePair(theirs: Row, ours: Row, window: RunWindow): Verdict {
  if (theirs.text === ours.text) return SAME;
  if (theirs.id !== ours.id || theirs.data !== ours.data) return DIFFERENT;
  if (isOfTheRun(theirs.time, window) && isOfTheRun(ours.time, window)) return SAME;
  if (Number(theirs.time) > LAST_TIME && isOfTheRun(ours.time, window)) {
    // an undated line behind it takes it over as the last date
    return { kind: "known", key: CLASSES.farTime, isHarmless: false };
  }
  const date = ours.line?.[1] ?? "";
  if (!isStampWithYear(date)) {
    const [one, other] = [Number(theirs.time), Number(ours.time)];
    // there is no 29 February in the years that fail2ban tries
    const isApart = isOfTheRun(theirs.time, window)
      ? /(?:feb\w*\W+29|29\W+feb)/i.test(date)
      : areYearsApart(one, other);
    if (isApart) {
      // a last date in the future is a recent one
      return { kind: "known", key: CLASSES.nearestYear, isHarmless: other <= window.to };
    }
  }
  return DIFFERENT;
}

/** After a stamp with a zone before it fail2ban takes the weekday of the next one for a zone, and finds none of that name. */
const WEEKDAY_STAMP = /(?:^|\W)(?:mon|tue|wed|thu|fri|sat|sun) [a-z]{3} /i;

function isWeekdayZone(theirs: readonly Row[], ours: readonly Row[], window: RunWindow): boolean {
  const rows = [...theirs, ...ours];
  const isStamped = rows.some(
    ({ line }) => line !== undefined && WEEKDAY_STAMP.test(line[1] === "" ? line[2] : line[1]),
  );
  return isStamped && theirs.every(({ time, line }) => isOfTheRun(time, window) || line?.[0] === "");
}

/** A stamp with a zone's name before the month or the weekday. */
const ZONE_STAMP =
  /(?:^|\W)(?!(?:mon|tue|wed|thu|fri|sat|sun) )[a-z]{1,5} (?:[a-z]{3} )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* +\d/i;

/** Whether what a weekday in the place of a zone has left behind may show in later lines: the last date is another one. */
export function hasWeekdayBehindZone(texts: readonly string[]): boolean {
  const zone = texts.findIndex((text) => ZONE_STAMP.test(text));
  return zone >= 0 && texts.slice(zone + 1, -1).some((text) => WEEKDAY_STAMP.test(text));
}

/** A month and a day without a year, at the begin. */
const MONTH_AND_DAY = /^\W*(\d{1,2})-\s?(\d{1,2})[ T]/;

/**
 * Whether a stamp without a year lies ahead in the nearest one: an undated line behind it takes another last date.
 *
 * @param today of the run
 */
export function hasStampAhead(texts: readonly string[], today: Date): boolean {
  return texts.some((text) => {
    const [, month = 0, day = 0] = (MONTH_AND_DAY.exec(text) ?? []).map(Number);
    return month * 100 + day > (today.getUTCMonth() + 1) * 100 + today.getUTCDate();
  });
}

/** Judges the rows of one line. */
export function judgeRows(theirs: readonly Row[], ours: readonly Row[], window: RunWindow): Verdict {
  const verdict = judgeBut(theirs, ours, window);
  return verdict.kind === "different" && isWeekdayZone(theirs, ours, window)
    ? { kind: "known", key: CLASSES.weekdayZone, isHarmless: false }
    : verdict;
}

/** Judges them by all but the weekday taken for a zone. */
function judgeBut(theirs: readonly Row[], ours: readonly Row[], window: RunWindow): Verdict {
  if (
    ours.length === 0 &&
    theirs.length > 0 &&
    theirs.every(({ id, ip }) => isNoAddress(id) || isNoAddress(ip))
  ) {
    return { kind: "known", key: CLASSES.noAddress, isHarmless: false };
  }
  if (theirs.length !== ours.length) return DIFFERENT;
  let worst: Verdict = SAME;
  for (const [index, row] of theirs.entries()) {
    const own = ours[index];
    const verdict = own === undefined ? DIFFERENT : judgePair(row, own, window);
    if (verdict.kind === "different") return verdict;
    if (verdict.kind === "known") worst = verdict;
  }
  return worst;
}

const ZONED =
  /(?:^|[^A-Za-z])([A-Z]{3,5}|[A-Z])[ \t](?:(?:mon|tue|wed|thu|fri|sat|sun) )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) /gi;

/** A zone before a stamp that no table has: `fail2ban-regex` ends with a traceback. */
export function hasUnknownZone(text: string): boolean {
  return Array.from(text.matchAll(ZONED)).some(
    ([, zone = ""]) => parseZone(zone) === undefined && zone !== zone.toLowerCase(),
  );
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** A stamp without a year that may be nearer in a year that fail2ban does not take: later undated lines take it over. */
export function mayBeOfAnotherYear(text: string, month: number): boolean {
  if (!/\p{Nd}:\p{Nd}/u.test(text)) return false;
  const numbers = text.match(/(?<![\d-])\d\d?(?=-\d\d?[T ] ?\d\d?:\d)/g) ?? [];
  if (numbers.some((number) => (Number(number) - 1 - month + 12) % 12 <= 6)) return true;
  const names =
    text.toLowerCase().match(/(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?![-/]20\d\d)/g) ?? [];
  return names.some((name) => (MONTHS.indexOf(name) - month + 12) % 12 <= 6);
}

/** A TAI64N label of no time that the calendar has; undated lines behind it take it over. */
export const isBeyondTheCalendar = (text: string): boolean => /@(?!40000000[0-7])[\da-f]{24}/.test(text);

/** A stamp that 1.1 reads by date row 13 and 1.0.2 does not. */
export const isDateRow13Of11 = (text: string): boolean =>
  /20[\p{Nd}]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\p{Nd}|3[01])(?:-\p{Nd}{2}:?\p{Nd}{2}:?\p{Nd}{2}|(?:T| ? ?)(?:\p{Nd}{2}:\p{Nd}{2}:?\p{Nd}{2}|\p{Nd}{4}:\p{Nd}{2}))/u.test(
    text,
  );

/** Characters at which Python ends a line, other than the newline. */
export const hasOddLineEnd = (text: string): boolean => /[\r\v\f\x1c-\x1e\x85\u2028\u2029]/.test(text);

/** The class of a pinned example whose lines are otherwise left out beforehand. */
export function classOfExample(texts: readonly string[]): KnownClass | undefined {
  if (texts.some(isDateRow13Of11)) return CLASSES.dateRow13;
  return texts.some(hasOddLineEnd) ? CLASSES.skippedLineEnd : undefined;
}

/** Whether lists of lines differ but by the last date, which fail2ban prints before an undated line that a later match claims. */
export function isClaimedLine(part: string, theirs: string, ours: string): boolean {
  const [stamped, plain] = [theirs.split("\n"), ours.split("\n")];
  return (
    part === "Matched" &&
    stamped.length === plain.length &&
    stamped.every((line) => plain.some((other) => other !== "" && line.endsWith(other)))
  );
}

/** The IPv6 part of tags as 1.0.2 has it, for the text of 1.1. */
export const withOldIp6Tag = (expanded: string): string =>
  expanded.replaceAll("[0-9a-fA-F]{1,4}::?|:){1,7}", "[0-9a-fA-F]{1,4}::?|::){1,7}");
