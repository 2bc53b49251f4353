/**
 * Percent tokens (A§2.6).
 * @module
 */
import { expect, test } from "vitest";
import { DatePatternError } from "../../../src/date/pattern-error.ts";
import { expandTokens } from "../../../src/date/tokens.ts";

const names: readonly (readonly [pattern: string, name: string])[] = [
  ["%Y-%m-%d %H:%M:%S", "Year-Month-Day 24hour:Minute:Second"],
  ["%ExY %Exy %y %Exm %Exd", "ExYear ExYear2 Year2 ExMonth ExDay"],
  ["%b %B %a %A %p %f", "MON MONTH DAY DAYNAME AMPM Microseconds"],
  ["%ExH %k %I %l %ExM %ExS", "Ex24hour %k 12hour %l ExMinute ExSecond"],
  ["%j %U %W %w", "Yearday Yearweek Yearweek Weekday"],
  ["%z %Exz %Z %ExZ", "Zone offset ExZone offset Zone name ExZone name"],
  ["%c %x %X %G %V %u", "%c %x %X %G %V %u"],
  ["100%% of %%Y", "100% of %Y"],
];
test.each(names)("pattern %j is shown as %j", (pattern, name) => {
  expect(expandTokens(pattern, 2026).name).toBe(name);
});

test.each([
  [2020, "20[012]\\d"],
  [2024, "20[012]\\d"],
  [2026, "20[012]\\d"],
  [2027, "20[0123]\\d"],
  [2036, "20[0123]\\d"],
  [2037, "20[01234]\\d"],
  [1970, "20[0]\\d"],
  [2098, "20[0123456789]\\d|21[0]\\d"],
])("a process started in %d takes exact years %s", (startYear, regex) => {
  expect(expandTokens("%ExY", startYear).regex).toBe(`(?P<Y>${regex})`);
});

test.each(["%b", "%B", "%a", "%A", "%p", "%c"])("%s makes the pattern caseless", (token) => {
  expect(expandTokens(`x${token}`, 2026).isCaseless).toBe(true);
});

test("a doubled percent sign before a name does not hide the name", () => {
  expect(expandTokens("%d%%%b", 2026).isCaseless).toBe(true);
});

test("numbers alone leave the pattern as it is in case", () => {
  expect(expandTokens("%Y %m %d %z %Z", 2026).isCaseless).toBe(false);
});

const mistakes: readonly (readonly [pattern: string, why: string])[] = [
  ["q%Q", "unsupported format character 'Q' (0x51) at index 2"],
  ["%Q", "unsupported format character 'Q' (0x51) at index 1"],
  ["a% b", "unsupported format character 'b' (0x62) at index 3"],
  ["100%", "incomplete format"],
  ["%Y-%Q", "not enough arguments for format string"],
];
test.each(mistakes)("pattern %j is refused: %s", (pattern, why) => {
  const text = `Failed to set datepattern '${pattern}' (may be an invalid format or unescaped percent char): ${why}`;
  expect(() => expandTokens(pattern, 2026)).toThrow(new DatePatternError(text));
});
