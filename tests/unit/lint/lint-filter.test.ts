import { expect, test } from "vitest";
import { utcZone } from "../../../src/date/utc-zone.ts";
import type { FilterDefinition } from "../../../src/filter/filter-parts.ts";
import { compileFilter } from "../../../src/filter/line-filter.ts";
import { BYSTANDER, type LintFinding } from "../../../src/lint/finding.ts";
import { lintFilter } from "../../../src/lint/lint-filter.ts";

interface Parts {
  readonly prefregex?: string;
  readonly ignoreregex?: readonly string[];
  readonly datepattern?: string;
  readonly maxlines?: number;
}

function definitionOf(failregex: readonly string[], parts: Parts): FilterDefinition {
  const sourced = (value: string, index: number) => ({
    value,
    origin: { file: "/f.conf", line: index + 2, column: 13, text: `failregex = ${value}` },
  });
  const { prefregex, ignoreregex = [], datepattern, maxlines = 1 } = parts;
  return {
    name: "f",
    usedns: "warn",
    prefregex: prefregex === undefined ? undefined : { value: prefregex },
    failregex: failregex.map(sourced),
    ignoreregex: ignoreregex.map((value) => ({ value })),
    maxlines,
    datepattern: datepattern === undefined ? undefined : { value: datepattern },
    logtimezone: undefined,
    findtime: 600,
  };
}

const lint = (failregex: string | readonly string[], parts: Parts = {}): readonly LintFinding[] =>
  lintFilter([definitionOf(typeof failregex === "string" ? [failregex] : failregex, parts)]);

const checks = (...input: Parameters<typeof lint>): string[] =>
  lint(...input)
    .filter(({ severity }) => severity !== "notice")
    .map(({ check }) => check);

/** Whom the filter itself takes by a line. */
function takes(line: string, failregex: readonly string[], parts: Parts): readonly string[] {
  const { filter } = compileFilter(definitionOf(failregex, parts), { zone: utcZone, startYear: 2026 });
  const { failures } = filter?.process(line, { now: 1000, inOperation: false, at: 1000 }) ?? { failures: [] };
  return failures.map(({ id, host }) => id ?? host ?? "");
}

test.each<[what: string, regex: string, parts?: Parts]>([
  ["anchored, the host last", String.raw`^\s*bad login from <ADDR>$`],
  ["a name without blanks before the host", String.raw`^login of (?:\w|-)+ from <HOST> failed$`],
  ["any name before the host: the last host is the real one", "^login of .* from <ADDR>$"],
  ["any name after the host", "^<ADDR> failed to log in as <F-USER>.*</F-USER>$"],
  ["a quoted name that cannot hold a quote", '^user "[^"]*" from <ADDR> failed: .*$'],
  ["what a name must not hold is said", "^user (?:(?! from ).)+ from <ADDR> failed: .*$"],
  [
    "a prefregex that is anchored",
    "^bad login from <ADDR>$",
    { prefregex: "^app: <F-CONTENT>.+</F-CONTENT>$" },
  ],
  ["a word before the host, and an end", String.raw`^user <F-USER>\S+</F-USER> from <ADDR>$`],
  ["a word that no stranger chose", String.raw`^\S+ app: refused from <ADDR> `],
  ["who got in is no failure", "^<F-MLFGAINED>Accepted</F-MLFGAINED> <F-MLFID>.*?</F-MLFID> from <ADDR> .*$"],
  ["a host alone", "^<HOST>$"],
  ["several lines", "^user .* unknown$<SKIPLINES>^from <ADDR>$", { maxlines: 3 }],
  ["hosts in brackets", String.raw`^connect from [\w.-]+\[<ADDR>\]: refused$`],
])("nothing is said against a good regex: %s", (_, regex, parts = {}) => {
  expect(checks(regex, parts)).toEqual([]);
});

test.each<[what: string, check: string, regex: string, parts?: Parts]>([
  ["lazy catch-all before the host", "forged-host", "^login of .*? from <ADDR> failed: .*$"],
  ["greedy catch-all with another behind", "forged-host", "^login of .* from <ADDR> failed: .*$"],
  ["quotes that a class lets in", "forged-host", '^user "[^]]*" from <ADDR>, agent ".*"$'],
  ["words behind a catch-all at the begin", "forged-host", "^.* from <ADDR> .*$"],
  ["a catch-all that eats digits", "forged-host", "^from.*<ADDR>$"],
  ["no anchor at the begin", "unanchored", "bad login from <ADDR>$"],
  [
    "no anchor in the content",
    "unanchored",
    "bad login from <ADDR>$",
    { prefregex: "^app: <F-CONTENT>.+</F-CONTENT>$" },
  ],
  [
    "no anchor in the prefregex",
    "unanchored",
    "^bad login from <ADDR>$",
    { prefregex: "app: <F-CONTENT>.+</F-CONTENT>$" },
  ],
  [
    "a user's name that is one word, with no end",
    "blank-host",
    String.raw`^user <F-USER>\S+</F-USER> from <ADDR> `,
  ],
  ["no end after the host", "open-host", "^bad login from <ADDR>"],
  ["an end that an address does not need", "open-host", String.raw`^bad login from <HOST>\b`],
])("a host that can be forged is found and proved: %s", (_, check, regex, parts = {}) => {
  const finding = lint(regex, parts).find((other) => other.check === check);
  expect(finding?.proof).toBeDefined();
  const [taken = ""] = takes(finding?.proof?.line ?? "", [regex], parts);
  const isCut = regex.includes("from.*<");
  expect(taken).toBe(isCut ? "8.51.100.7" : BYSTANDER);
  expect(finding?.proof?.outcome).toContain(`takes ${taken}`);
});

test.each([
  ["^login of .* from <ADDR> failed", true],
  ["^login of .* from <ADDR> failed$", false],
  ["^login of .* from <ADDR> failed(?: twice$|$)", false],
  ["^login of .* from <ADDR> failed: [^.]*$", false],
  ["^login from <ADDR> failed", false],
])("%s: words behind the end can be taken for the host: %s", (regex, isFound) => {
  const found = lint(regex).filter(({ check }) => check === "open-end");
  expect(found.map(({ severity }) => severity)).toEqual(isFound ? ["notice"] : []);
  for (const { proof } of found) expect(takes(proof?.line ?? "", [regex], {})).toEqual([BYSTANDER]);
});

test("an alternative deep within is tried, too", () => {
  const regex = "^(?:a|b(?: c| of .* by <ADDR> as .*))$";
  expect(checks(regex)).toContain("forged-host");
});

test("an ignoreregex that catches the stranger's words makes it good", () => {
  const regex = "^login of .* from <ADDR> failed: .*$";
  expect(checks(regex, { ignoreregex: [" from .* from "] })).toEqual([]);
});

test.each<[what: string, regex: string, column: number]>([
  ["a literal behind the end", "^from <ADDR>$ now", 26],
  ["a begin in the middle", "^from ^<ADDR>$", 19],
  ["no edge of a word between letters", String.raw`^from\bage <ADDR>$`, 18],
  ["an empty set", String.raw`^from [^\s\S]<ADDR>$`, 19],
])("a regex that can match nothing is found at its place: %s", (_, regex, column) => {
  const [finding] = lint(regex).filter(({ check }) => check === "never-matches");
  expect(finding?.severity).toBe("error");
  const at = finding?.origin?.column ?? 0;
  // the piece itself or the one that it cannot follow
  expect(Math.abs(at - column)).toBeLessThanOrEqual(2);
});

test("a newline within a line is never there, in several lines it is", () => {
  const regex = String.raw`^a\nfrom <ADDR>$`;
  expect(checks(regex)).toEqual(["never-matches"]);
  expect(checks(regex, { maxlines: 2 })).toEqual([]);
});

test.each([
  ["^(?:a+)+b from <ADDR>$", "warning", /double/],
  ["^(?:\\w+\\s?)*: from <ADDR>$", "warning", /double/],
  ["^.*a.*a.*a from <ADDR>$", "warning", /third power/],
  ["^.*a.*b from <ADDR>$", "notice", /square/],
])("a search that lines make slow is found: %s", (regex, severity, message) => {
  const slow = lint(regex).find(({ check }) => check === "slow-search");
  expect(slow?.severity).toBe(severity);
  expect(slow?.message).toMatch(message);
  expect(slow?.proof?.outcome).toMatch(/\d+ steps for \d+ characters, \d+ for \d+/);
});

test("a linear search is no finding at all", () => {
  expect(lint('^user "[^"]*" from <ADDR>$')).toEqual([]);
});

test("the same regex twice is said at the second", () => {
  const [finding] = lint(["^from <ADDR>$", "^by <ADDR>$", "^from <ADDR>$"]);
  expect(finding).toMatchObject({ check: "duplicate", severity: "warning", origin: { line: 4 } });
  expect(finding?.message).toContain("in line 2 of /f.conf");
});

test.each([
  ["%Y-%m-%d %H:%M:%S", true],
  ["{DATE}", true],
  ["{^LN-BEG}", false],
  ["^%Y-%m-%d", false],
  [String.raw`\[%d/%b/%Y:%H:%M:%S %z\]`, false],
  ["{NONE}", false],
  ["EPOCH", false],
])("a datepattern %s that is taken anywhere: %s", (datepattern, isFound) => {
  const found = lint("^from <ADDR>$", { datepattern }).some(({ check }) => check === "date-anchor");
  expect(found).toBe(isFound);
});

test("a time in the middle of a line is shown with the line", () => {
  const [finding] = lint("^from <ADDR>$", { datepattern: "%d/%b/%Y:%H:%M:%S %z" });
  expect(finding?.proof?.line).toMatch(/^no time, 198\.51\.100\.7 said \S+/);
  expect(finding?.proof?.outcome).toMatch(/^takes '\S+ \S+' for the time of the line$/);
});

test("what cannot be compiled is a finding with its place", () => {
  const [finding] = lint("^(from <ADDR>$");
  expect(finding).toMatchObject({ check: "broken", severity: "error", origin: { line: 2 } });
});

test("what several variants share is said once", () => {
  const definition = definitionOf(["from <ADDR>$"], {});
  expect(lintFilter([definition, definition])).toEqual(lintFilter([definition]));
});
