/**
 * From the fields of a stamp (year, month name, hour, zone, …) to its moment (A§2.9). Whole seconds; fractions are dropped.
 * @module
 */
import type { LocalZone } from "../base/local-time.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { type CivilDate, dateOfDay, dayNumber, dayOfWeek, isCivilDate } from "./calendar.ts";
import { withPlainDigits } from "./digits.ts";
import { guessDay, guessPastYear, guessYear, isTooFarAhead } from "./guess.ts";
import { ABBREVIATED_CHARS, MONTHS, WEEKDAYS } from "./tokens.ts";
import { parseZone } from "./zones.ts";

/** The text of a named group, `undefined` if it took no part. */
export type FieldText = (name: string) => string | undefined;

export interface StampContext {
  /** the present moment in whole seconds; what is guessed is constant within one */
  readonly now: EpochSeconds;
  readonly zone: LocalZone;
  /** offset of stamps without a zone; `undefined`: the local zone */
  readonly defaultOffset: Seconds | undefined;
}

export interface StampTime {
  /** `undefined`: not convertible */
  readonly at: EpochSeconds | undefined;
  /** the same in content that is known to be old: what was guessed to lie ahead lies in the past there */
  readonly atIfOld: EpochSeconds | undefined;
  /** whether fail2ban holds it as a float: a time of the local zone or one with a fraction */
  readonly isFloat: boolean;
  /** whether another present moment could give another time */
  readonly isGuessed: boolean;
}

const DAY_SECONDS = 86_400;

/** Two-digit years up to this one are of the 2000s; as a number of years after it. */
const CENTURY = 2000;

const MONDAY = 0;
const SUNDAY = 6;

function indexOfName(names: readonly string[], text: string): number {
  const prefix = text.toLowerCase().slice(0, ABBREVIATED_CHARS);
  return names.findIndex((name) => name.startsWith(prefix));
}

const ZERO = 0x30;
const BLANK = 0x20;
/** Digits of a number that need no second look. */
const FEW_DIGITS = 4;

/** The number of a few ASCII digits, perhaps behind one blank; -1 for other texts. */
function plainNumber(text: string): number {
  const from = text.charCodeAt(0) === BLANK ? 1 : 0;
  if (text.length === from || text.length > FEW_DIGITS) return -1;
  let value = 0;
  for (let at = from; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = 10 * value + digit;
  }
  return value;
}

/** Decimal number of digits of any script; blanks around are allowed. NaN for anything else. */
function readNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const plain = plainNumber(text);
  if (plain >= 0) return plain;
  const digits = withPlainDigits(text.trim());
  return /^\d{1,9}$/.test(digits) ? Number(digits) : Number.NaN;
}

function readYear(field: FieldText): number | undefined {
  const full = readNumber(field("Y"));
  if (full !== undefined) return full;
  const short = readNumber(field("y"));
  if (short === undefined) return undefined;
  return short <= CENTURY ? short + CENTURY : short;
}

function readMonth(field: FieldText): number | undefined {
  const name = field("b") ?? field("B");
  return name === undefined ? readNumber(field("m")) : indexOfName(MONTHS, name) + 1;
}

/** 0 = Monday … 6 = Sunday; -1 for a name that is none. */
function readWeekday(field: FieldText): number | undefined {
  const name = field("a") ?? field("A");
  if (name !== undefined) return indexOfName(WEEKDAYS, name);
  const number = readNumber(field("w"));
  return number === undefined ? undefined : (number + 6) % 7;
}

function readHour(field: FieldText): number {
  const hour = readNumber(field("H"));
  if (hour !== undefined) return hour;
  const half = readNumber(field("I"));
  if (half === undefined) return 0;
  if (half > 12) return Number.NaN;
  return (half % 12) + (field("p")?.toLowerCase() === "pm" ? 12 : 0);
}

interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** `undefined` for a time that no clock shows; a leap second is none either, as in fail2ban. */
function readTimeOfDay(field: FieldText): TimeOfDay | undefined {
  const time = {
    hour: readHour(field),
    minute: readNumber(field("M")) ?? 0,
    second: readNumber(field("S")) ?? 0,
  };
  return time.hour <= 23 && time.minute <= 59 && time.second <= 59 ? time : undefined;
}

/** What the stamp says of its date, in the order in which it is looked for. */
type DateFields =
  | { readonly kind: "date"; readonly year: number | undefined; readonly month: number; readonly day: number }
  | { readonly kind: "day-of-year"; readonly year: number | undefined; readonly dayOfYear: number }
  | {
      readonly kind: "week";
      readonly year: number | undefined;
      readonly week: number;
      readonly weekday: number;
      readonly firstWeekday: number;
    }
  | { readonly kind: "time-only"; readonly year: number | undefined }
  | { readonly kind: "half" };

function readDate(field: FieldText): DateFields {
  // `ſat` is one to a pattern that knows no case, and no weekday
  const weekday = readWeekday(field);
  if (weekday !== undefined && weekday < 0) return { kind: "half" };
  const year = readYear(field);
  const month = readMonth(field);
  const day = readNumber(field("d"));
  if (month !== undefined && day !== undefined) return { kind: "date", year, month, day };
  const dayOfYear = readNumber(field("j"));
  if (dayOfYear !== undefined) return { kind: "day-of-year", year, dayOfYear };
  const sundayWeek = readNumber(field("U"));
  const week = sundayWeek ?? readNumber(field("W"));
  if (weekday !== undefined && week !== undefined) {
    return { kind: "week", year, week, weekday, firstWeekday: sundayWeek === undefined ? MONDAY : SUNDAY };
  }
  return month === undefined && day === undefined ? { kind: "time-only", year } : { kind: "half" };
}

/** Whether the text is a weekday's short name: `Fri Nov 20` looks as if `FRI` were a zone to a template that begins with one. */
const isWeekday = (text: string): boolean =>
  text.length === ABBREVIATED_CHARS && indexOfName(WEEKDAYS, text) >= 0;

/** The offset the stamp names. `invalid`: a zone that is not known. */
function readOffset(field: FieldText): Seconds | "invalid" | undefined {
  const text = field("z") || field("Z");
  if (text === undefined || text === "" || isWeekday(text)) return undefined;
  return parseZone(withPlainDigits(text)) ?? "invalid";
}

/** The date of fields other than month and day, in a year. */
function dateInYear(fields: DateFields, year: number): CivilDate | undefined {
  switch (fields.kind) {
    case "date":
      return { year, month: fields.month, day: fields.day };
    case "day-of-year":
      return dateOfDay(dayNumber({ year, month: 1, day: 1 }) + fields.dayOfYear - 1);
    case "week":
      return dateOfDay(dayOfWeek(year, fields.week, fields.weekday, fields.firstWeekday));
    case "time-only":
    case "half":
      return undefined;
  }
}

/**
 * The moment of a stamp. A day that is none, a leap second, an unknown zone or half a date (a month without a day) are
 * not convertible.
 */
export function stampTime(field: FieldText, context: StampContext): StampTime {
  const { now, zone, defaultOffset } = context;
  const named = readOffset(field);
  const offset = named ?? defaultOffset;
  const fields = readDate(field);
  const time = readTimeOfDay(field);
  const isFloat = offset === undefined;
  const isGuessed = fields.kind !== "half" && fields.year === undefined;
  if (offset === "invalid" || fields.kind === "half" || time === undefined) {
    return { at: undefined, atIfOld: undefined, isFloat, isGuessed: false };
  }
  const momentOn = (date: CivilDate | undefined): EpochSeconds | undefined => {
    if (date === undefined || !isCivilDate(date)) return undefined;
    if (offset === undefined) return zone.epochOf({ ...date, ...time });
    const seconds = (time.hour * 60 + time.minute) * 60 + time.second;
    return dayNumber(date) * DAY_SECONDS + seconds - offset;
  };
  const today = (): CivilDate =>
    offset === undefined ? zone.civilAt(now) : dateOfDay(Math.floor((now + offset) / DAY_SECONDS));
  if (fields.kind === "time-only") {
    const day = fields.year === undefined ? today() : { ...today(), year: fields.year };
    const at = guessDay(momentOn, day, now);
    return { at, atIfOld: at, isFloat, isGuessed: true };
  }
  const momentIn = (year: number): EpochSeconds | undefined => momentOn(dateInYear(fields, year));
  if (fields.year !== undefined) {
    const at = momentIn(fields.year);
    return { at, atIfOld: at, isFloat, isGuessed };
  }
  const { year } = today();
  const at = guessYear(momentIn, year, now);
  const isAhead = at !== undefined && isTooFarAhead(at, now);
  return { at, atIfOld: isAhead ? guessPastYear(momentIn, year, now) : at, isFloat, isGuessed };
}
