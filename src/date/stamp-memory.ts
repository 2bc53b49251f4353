/**
 * What one way through a stamp has read of its fields, as far as it decides whether the stamp is convertible (A§2.9): which month the day
 * must be one of, whether an hour is one. Says no where it is not sure. Reads ASCII alone, and knows no order of tries.
 * @module
 */
import { ABBREVIATED_CHARS, MONTHS, WEEKDAYS } from "./tokens.ts";
import { parseZone } from "./zones.ts";

/** Immutable. */
export interface StampMemory {
  /** the field that is being read; "" for none */
  readonly field: string;
  /** what was read of it, as far as it matters */
  readonly text: string;
  /** the day of a date whose month is still to come, and the days of a month whose day is; 0 for neither */
  readonly day: number;
  readonly monthDays: number;
  /** day and month were read, and every year has that day */
  readonly hasDate: boolean;
  readonly hasYear: boolean;
  /** the stamp is not convertible, or not surely so */
  readonly isDoubtful: boolean;
}

export const NOTHING_READ: StampMemory = {
  field: "",
  text: "",
  day: 0,
  monthDays: 0,
  hasDate: false,
  hasYear: false,
  isDoubtful: false,
};

const DOUBT: StampMemory = { ...NOTHING_READ, isDoubtful: true };

/** Two that are alike have the same key. */
export const memoryKey = (memory: StampMemory): string =>
  memory.isDoubtful
    ? "?"
    : `${memory.field}=${memory.text},${memory.day},${memory.monthDays},${memory.hasDate ? "d" : ""}${memory.hasYear ? "y" : ""}`;

const MONTH_NAMES = MONTHS.map((name) => name.slice(0, ABBREVIATED_CHARS));
const WEEKDAY_NAMES = WEEKDAYS.map((name) => name.slice(0, ABBREVIATED_CHARS));
const NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ["b", MONTH_NAMES],
  ["B", MONTH_NAMES],
  ["a", WEEKDAY_NAMES],
  ["A", WEEKDAY_NAMES],
]);
/** The highest value of a field of one or two digits. */
const HIGHEST: ReadonlyMap<string, number> = new Map([
  ["m", 12],
  ["d", 31],
  ["H", 23],
  ["I", 12],
  ["M", 59],
  ["S", 59],
]);
/** Fields of too many texts to tell, which are rare in logs. */
const DOUBTFUL: ReadonlySet<string> = new Set(["j", "U", "W", "w"]);
const ZONE_NAMES = ["Z", "UTC", "GMT"];
const LONGEST_ZONE = "UTC+00:00".length;
const YEAR_DIGITS = 4;

/** A 29 February is left to the year that has it. */
const SURE_DAYS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** Days up to this one are in every month. */
const SAFE_DAY = 28;

/** At the begin of a group with that name. */
export function openField(memory: StampMemory, field: string): StampMemory {
  const isTracked = NAMES.has(field) || HIGHEST.has(field) || DOUBTFUL.has(field) || /^[YyzZ]$/.test(field);
  if (!isTracked || memory.isDoubtful) return memory;
  return memory.field === "" && !DOUBTFUL.has(field) ? { ...memory, field, text: "" } : DOUBT;
}

/** After one more character. */
export function readCharacter(memory: StampMemory, code: number): StampMemory {
  const { field, text } = memory;
  if (field === "" || memory.isDoubtful) return memory;
  const longer = longerText(field, text, String.fromCharCode(code));
  if (longer === undefined) return DOUBT;
  return longer === text ? memory : { ...memory, text: longer };
}

/** At the end of the group. */
export function closeField(memory: StampMemory, field: string): StampMemory {
  if (memory.field !== field || memory.isDoubtful) return memory;
  const { text } = memory;
  const done = { ...memory, field: "", text: "" };
  const value = Number(text);
  switch (field) {
    case "Y":
      return text.length === YEAR_DIGITS && /[1-9]/.test(text) ? { ...done, hasYear: true } : DOUBT;
    case "y":
      return text === "" ? DOUBT : { ...done, hasYear: true };
    case "z":
    case "Z":
      return parseZone(text) === undefined ? DOUBT : done;
    case "a":
    case "A":
      return WEEKDAY_NAMES.includes(text) ? done : DOUBT;
    case "b":
    case "B":
      return withMonth(done, MONTH_NAMES.indexOf(text));
    case "m":
      return withMonth(done, value - 1);
    case "d":
      return withDay(done, value);
    default:
      return text === "" || value > (HIGHEST.get(field) ?? 0) ? DOUBT : done;
  }
}

/** Whether a stamp that ends here is surely convertible: whole date or none, and a year only with one. */
export function isConvertible({ isDoubtful, hasDate, day, monthDays, hasYear }: StampMemory): boolean {
  return !isDoubtful && (hasDate || (day === 0 && monthDays === 0 && !hasYear));
}

/** What is to be kept of a field's text with one more character; `undefined`: it is doubtful. */
function longerText(field: string, text: string, character: string): string | undefined {
  const names = NAMES.get(field);
  if (names !== undefined) {
    if (text.length === ABBREVIATED_CHARS) return text;
    const longer = text + character.toLowerCase();
    return names.some((name) => name.startsWith(longer)) ? longer : undefined;
  }
  if (field === "z" || field === "Z") return longerZone(text, character);
  const isDigit = /\d/.test(character);
  if (field === "y") return isDigit && text.length < 2 ? `${text}0` : undefined;
  if (field === "Y") {
    if (!isDigit || text.length === YEAR_DIGITS) return undefined;
    // of a year only its length counts, and that it is not 0
    return text.includes("1") || character !== "0" ? "1".padStart(text.length + 1, "1") : `${text}0`;
  }
  // blanks before a number count for nothing
  if (character === " " && text === "") return text;
  if (!isDigit || text.length === 2) return undefined;
  const isDate = field === "m" || field === "d";
  return isDate || text !== ""
    ? text + character
    : likeFirstDigit(Number(character), HIGHEST.get(field) ?? 0);
}

/** The first digit of a number up to a highest one, or another one for which all second digits are right or wrong as for that. */
function likeFirstDigit(digit: number, highest: number): string {
  if (10 * digit + 9 <= highest) return "0";
  return 10 * digit > highest ? "9" : String(digit);
}

/** The first digit of the hours says whether it is an offset, the others are all alike. */
function longerZone(text: string, character: string): string | undefined {
  if (text.length > LONGEST_ZONE) return undefined;
  if (/\d/.test(character)) {
    const isFirst = /[+-]$/.test(text);
    return isFirst && character > "1" ? undefined : `${text}0`;
  }
  if (/[A-Z]/.test(character)) {
    const longer = text + character;
    return ZONE_NAMES.some((name) => name.startsWith(longer)) ? longer : undefined;
  }
  if (/[+-]/.test(character)) return /[+-]/.test(text) ? undefined : text + character;
  return character === ":" && !text.includes(":") ? text + character : undefined;
}

function withMonth(memory: StampMemory, index: number): StampMemory {
  const monthDays = SURE_DAYS[index];
  if (monthDays === undefined || memory.monthDays > 0 || memory.hasDate) return DOUBT;
  return dated({ ...memory, monthDays });
}

function withDay(memory: StampMemory, day: number): StampMemory {
  if (!(day >= 1 && day <= 31) || memory.day > 0 || memory.hasDate) return DOUBT;
  return dated({ ...memory, day: Math.max(day, SAFE_DAY) });
}

function dated(memory: StampMemory): StampMemory {
  const { day, monthDays } = memory;
  if (day === 0 || monthDays === 0) return memory;
  return day <= monthDays ? { ...memory, day: 0, monthDays: 0, hasDate: true } : DOUBT;
}
