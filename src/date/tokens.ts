/**
 * The percent tokens of a datepattern (`%Y`, `%ExM`, …): what each matches and what it is called (A§2.6).
 * Knows nothing of the conversion of what was matched.
 * @module
 */
import { DatePatternError } from "./pattern-error.ts";

interface Token {
  /** Python `re` syntax */
  readonly regex: string;
  /** in the displayed name of a template */
  readonly name: string;
  /** whether the pattern becomes caseless: names are matched in any case */
  readonly isCaseless?: boolean;
}

/** Names of months as the C locale has them, in order. */
export const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
] as const;

/** Names of days, Monday first. */
export const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;

/** Letters that an abbreviated month or day keeps. */
export const ABBREVIATED_CHARS = 3;

/** Alternation of names; the longest first, so that none hides another. */
const anyOf = (names: readonly string[]): string => names.toSorted((a, b) => b.length - a.length).join("|");
const abbreviated = (names: readonly string[]): string =>
  names.map((name) => name.slice(0, ABBREVIATED_CHARS)).join("|");

const ZONE_NAME = "[A-Z](?:[A-Z]{2,4})?";

const month: Token = { regex: "(?P<m>0?[1-9]|1[0-2])", name: "Month" };
const day: Token = { regex: "(?P<d>[1-2]\\d|[0 ]?[1-9]|3[0-1])", name: "Day" };
const monthName: Token = { regex: `(?P<b>${abbreviated(MONTHS)})`, name: "MON", isCaseless: true };
const dayName: Token = { regex: `(?P<a>${abbreviated(WEEKDAYS)})`, name: "DAY", isCaseless: true };
const hour: Token = { regex: "(?P<H>[0-1]?\\d|2[0-3])", name: "24hour" };
const minute: Token = { regex: "(?P<M>[0-5]?\\d)", name: "Minute" };
const second: Token = { regex: "(?P<S>[0-5]?\\d|6[0-1])", name: "Second" };
const fullYear: Token = { regex: "(?P<Y>\\d{4})", name: "Year" };
const shortYear: Token = { regex: "(?P<y>\\d\\d)", name: "Year2" };

/** As `%c`, `%x` and `%X` have them: two digits come first. */
const strictDay = "(?P<d>3[0-1]|[1-2]\\d|0[1-9]|[1-9]| [1-9])";
const strictMonth = "(?P<m>1[0-2]|0[1-9]|[1-9])";
const strictClock = "(?P<H>2[0-3]|[0-1]\\d|\\d):(?P<M>[0-5]\\d|\\d):(?P<S>6[0-1]|[0-5]\\d|\\d)";

const TOKENS: ReadonlyMap<string, Token> = new Map<string, Token>([
  ["Y", fullYear],
  ["y", shortYear],
  ["Exy", { regex: "(?P<y>\\d{2})", name: "ExYear2" }],
  ["m", month],
  ["Exm", { regex: "(?P<m>0[1-9]|1[0-2])", name: "ExMonth" }],
  ["d", day],
  ["Exd", { regex: "(?P<d>[1-2]\\d|0[1-9]|3[0-1])", name: "ExDay" }],
  ["b", monthName],
  ["B", { regex: `(?P<B>${anyOf(MONTHS)})`, name: "MONTH", isCaseless: true }],
  ["a", dayName],
  ["A", { regex: `(?P<A>${anyOf(WEEKDAYS)})`, name: "DAYNAME", isCaseless: true }],
  ["H", hour],
  ["ExH", { regex: "(?P<H>[0-1]\\d|2[0-3])", name: "Ex24hour" }],
  ["k", { regex: " ?(?P<H>[0-2]?\\d)", name: "%k" }],
  ["Exk", { regex: " ?(?P<H>[0-1]?\\d|2[0-3])", name: "%Exk" }],
  ["I", { regex: "(?P<I>1[0-2]|0[1-9]|[1-9])", name: "12hour" }],
  ["l", { regex: " ?(?P<I>1?\\d)", name: "%l" }],
  ["Exl", { regex: " ?(?P<I>1[0-2]|\\d)", name: "%Exl" }],
  ["M", minute],
  ["ExM", { regex: "(?P<M>[0-5]\\d)", name: "ExMinute" }],
  ["S", second],
  ["ExS", { regex: "(?P<S>[0-5]\\d|6[0-1])", name: "ExSecond" }],
  ["f", { regex: "(?P<f>[0-9]{1,6})", name: "Microseconds" }],
  ["p", { regex: "(?P<p>am|pm)", name: "AMPM", isCaseless: true }],
  [
    "j",
    {
      regex: "(?P<j>36[0-6]|3[0-5]\\d|[1-2]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9])",
      name: "Yearday",
    },
  ],
  ["U", { regex: "(?P<U>5[0-3]|[0-4]\\d|\\d)", name: "Yearweek" }],
  ["W", { regex: "(?P<W>5[0-3]|[0-4]\\d|\\d)", name: "Yearweek" }],
  ["w", { regex: "(?P<w>[0-6])", name: "Weekday" }],
  ["z", { regex: "(?P<z>Z|UTC|GMT|[+-][01]\\d(?::?\\d{2})?)", name: "Zone offset" }],
  ["Exz", { regex: `(?P<z>(?:${ZONE_NAME})?[+-][01]\\d(?::?\\d{2})?|${ZONE_NAME})`, name: "ExZone offset" }],
  ["Z", { regex: "(?P<Z>Z|[A-Z]{3,5})", name: "Zone name" }],
  ["ExZ", { regex: `(?P<Z>${ZONE_NAME})`, name: "ExZone name" }],
  [
    "c",
    {
      regex: `${dayName.regex}\\s+${monthName.regex}\\s+${strictDay}\\s+${strictClock}\\s+${fullYear.regex}`,
      name: "%c",
      isCaseless: true,
    },
  ],
  ["x", { regex: `${strictMonth}/${strictDay}/${shortYear.regex}`, name: "%x" }],
  ["X", { regex: strictClock, name: "%X" }],
  ["G", { regex: "(?P<G>\\d\\d\\d\\d)", name: "%G" }],
  ["V", { regex: "(?P<V>5[0-3]|0[1-9]|[1-4]\\d|\\d)", name: "%V" }],
  ["u", { regex: "(?P<u>[1-7])", name: "%u" }],
  ["%", { regex: "%", name: "%" }],
]);

/** First year that `%ExY` takes: the decade of 2001. */
const FIRST_EXACT_YEAR = 2001;

/** Years ahead of the start of the process that `%ExY` still takes with their whole decade. */
const YEARS_AHEAD = 3;

/**
 * The exact year: the decades from 2001 until three years after the start of the process (A§2.6), `20[012]\d` in 2026.
 */
function exactYear(startYear: number): Token {
  const last = Math.floor(Math.max(startYear + YEARS_AHEAD, FIRST_EXACT_YEAR) / 10);
  const digitsOfCentury = new Map<number, string>();
  for (let decade = Math.floor(FIRST_EXACT_YEAR / 10); decade <= last; decade++) {
    const century = Math.floor(decade / 10);
    digitsOfCentury.set(century, `${digitsOfCentury.get(century) ?? ""}${decade % 10}`);
  }
  const centuries = [...digitsOfCentury].map(([century, digits]) => `${century}[${digits}]\\d`);
  return { regex: `(?P<Y>${centuries.join("|")})`, name: "ExYear" };
}

/** A pattern with its tokens replaced. */
export interface ExpandedPattern {
  /** Python `re` syntax, without boundaries */
  readonly regex: string;
  /** the displayed name */
  readonly name: string;
  readonly isCaseless: boolean;
}

/** What Python's `%` operator says of a percent sign that begins no token. */
function complaint(rest: string, index: number, isAfterToken: boolean): string {
  const [flags = ""] = /^%[-+ #0]*[0-9.*]*/.exec(rest) ?? [];
  const char = rest.slice(flags.length, flags.length + 1);
  if (char === "") return "incomplete format";
  if (isAfterToken) return "not enough arguments for format string";
  const code = char.charCodeAt(0).toString(16);
  return `unsupported format character '${char}' (0x${code}) at index ${index + flags.length}`;
}

/**
 * Replaces the tokens of a pattern by their regexes, and by their names for display.
 *
 * @param startYear the year in which the process started; decides what `%ExY` takes
 * @throws {DatePatternError} for a percent sign that begins no known token (A§2.6)
 */
export function expandTokens(pattern: string, startYear: number): ExpandedPattern {
  let regex = "";
  let name = "";
  let isCaseless = false;
  let from = 0;
  for (;;) {
    const at = pattern.indexOf("%", from);
    if (at < 0) break;
    const long = pattern.startsWith("%Ex", at) ? pattern.slice(at + 1, at + 4) : "";
    const key = long === "ExY" || TOKENS.has(long) ? long : pattern.slice(at + 1, at + 2);
    const token = key === "ExY" ? exactYear(startYear) : TOKENS.get(key);
    if (token === undefined) {
      const why = complaint(pattern.slice(at), at, from > 0);
      throw new DatePatternError(
        `Failed to set datepattern '${pattern}' (may be an invalid format or unescaped percent char): ${why}`,
      );
    }
    const before = pattern.slice(from, at);
    regex += before + token.regex;
    name += before + token.name;
    isCaseless ||= token.isCaseless === true;
    from = at + 1 + key.length;
  }
  return { regex: regex + pattern.slice(from), name: name + pattern.slice(from), isCaseless };
}
