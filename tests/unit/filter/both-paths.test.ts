/**
 * The fast path and the reference path agree on any filter and text: V8's engine, the routes between engines and whatever else
 * makes a search fast, beside the exact matcher alone.
 * @module
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readNamedSource } from "../../../src/cli/regex-source.ts";
import { nodeConfigFiles } from "../../../src/exec/config-files.ts";
import { systemLocalZone } from "../../../src/exec/local-zone.ts";
import type { FilterDefinition } from "../../../src/filter/filter-parts.ts";
import { compileFilter, type LineFilter } from "../../../src/filter/line-filter.ts";
import { Dice } from "../../dice.ts";
import { LineMaker } from "../../parity/lines/line-maker.ts";
import { textOf } from "../../parity/lines/sides.ts";

const STOCK = join(import.meta.dirname, "../../../stock");
const NOW = 1_795_348_800;
const LINES = 100;
/** So often lines are made anew where none of them matches. */
const MAX_ROUNDS = 40;

interface Regexes {
  readonly prefregex?: string | undefined;
  readonly failregex: readonly string[];
  readonly ignoreregex?: readonly string[];
  readonly maxlines?: number | undefined;
  readonly datepattern?: string | undefined;
}

function filterOf(regexes: Regexes, exact: boolean): LineFilter {
  const { prefregex, failregex, ignoreregex = [], maxlines = 1, datepattern } = regexes;
  const sourced = (value: string): { readonly value: string } => ({ value });
  const definition: FilterDefinition = {
    name: "j",
    usedns: "raw",
    prefregex: prefregex === undefined ? undefined : sourced(prefregex),
    failregex: failregex.map(sourced),
    ignoreregex: ignoreregex.map(sourced),
    maxlines,
    datepattern: datepattern === undefined ? undefined : sourced(datepattern),
    logtimezone: undefined,
    findtime: 600,
  };
  const { filter } = compileFilter(definition, { zone: systemLocalZone, startYear: 2026, exact });
  if (filter === undefined) throw new Error("no filter");
  return filter;
}

/** What a filter makes of lines, as plain data. */
const outcomesOf = (filter: LineFilter, lines: readonly string[]): readonly unknown[] =>
  lines.map((line) => {
    const { failures, verdict, regexIndex, ignoreIndex } = filter.process(line, {
      now: NOW,
      inOperation: true,
    });
    const told = failures.map(({ id, host, ip, at, matches, data }) => ({
      id,
      host,
      ip,
      at,
      matches,
      data: [...data],
    }));
    return { line, verdict, regexIndex, ignoreIndex, told };
  });

function expectAgreement(regexes: Regexes, lines: readonly string[]): readonly unknown[] {
  const fast = outcomesOf(filterOf(regexes, false), lines);
  expect(fast).toEqual(outcomesOf(filterOf(regexes, true), lines));
  return fast;
}

const names = readdirSync(join(STOCK, "filter.d"))
  .filter((file) => file.endsWith(".conf"))
  .map((file) => file.slice(0, -".conf".length));

const cases = names.flatMap((name) =>
  ["", '[mode="aggressive"]'].flatMap((options) => {
    const context = {
      files: nodeConfigFiles,
      directory: STOCK,
      stockDirectory: undefined,
      readsJournal: false,
    };
    const source = readNamedSource(`${STOCK}/filter.d/${name}.conf${options}`, context)?.source;
    // it has no such mode
    if (source?.failregex.some((line) => line.includes("<_mode-")) === true) return [];
    return source === undefined ? [] : [{ name: `${name}${options}`, source }];
  }),
);

test.each(cases)("$name comes to the same on either path, whatever the lines", ({ source }) => {
  let isMatched = false;
  for (let seed = 7; !isMatched && seed < 7 + MAX_ROUNDS; seed++) {
    const lines = new LineMaker(source, new Dice(seed), 2026).lines(LINES).map(textOf);
    const outcomes = expectAgreement(source, lines);
    isMatched = JSON.stringify(outcomes).includes('"verdict":"matched"');
  }
  expect(isMatched).toBe(true);
});

const piece = fc.constantFrom(
  "\\s*",
  "\\S+",
  "\\w+",
  "\\d+",
  "[^:]*",
  ".*",
  ".+?",
  "(?:a|ab)",
  "(?:user )?",
  "(?i:Ab)",
  "\\b",
  "$",
  "^",
  "[\\w.-]+",
  "x{,2}",
  "<F-USER>\\S+</F-USER>",
  "(?P<q>['\"])?b(?(q)(?P=q))",
  "(?:u=(\\w+) |\\w+=\\w+ )*",
  "(?!root)",
  "(?<=a)",
  " ",
  ":",
  "a",
  "b",
  "\\[",
  "\\]",
); // prettier-ignore

const regex = fc
  .tuple(
    fc.array(piece, { maxLength: 4 }),
    fc.constantFrom("<HOST>", "<ADDR>", "<F-ID>\\S+</F-ID>", "<SUBNET>"),
    fc.array(piece, { maxLength: 3 }),
  )
  .map(([before, id, after]) => [...before, id, ...after].join(""));

const word = fc.constantFrom(
  "a",
  "ab",
  "AB",
  "b",
  "'b'",
  '"b',
  "user",
  "root",
  "u=bob",
  "x=1",
  " ",
  "  ",
  ":",
  "[",
  "]",
  "1.2.3.4",
  "999.1.1.1",
  "::1",
  "::ffff:1.2.3.4",
  "10.0.0.1/24",
  "host.example.com",
  "\t",
  "\r",
  "\u0085",
  "\u00a0",
  "\u2028",
  "\ufeff",
  "é",
  "٣",
  "ſ",
  "K",
  "😀",
  "xx",
  "0",
  "2026-11-22 12:00:00",
  "Nov 22 12:00:00",
); // prettier-ignore

const isCompilable = (regexes: readonly string[]): boolean => {
  const { filter, diagnostics } = compileFilter(
    {
      name: "j",
      usedns: "raw",
      prefregex: undefined,
      failregex: regexes.map((value) => ({ value })),
      ignoreregex: [],
      maxlines: 1,
      datepattern: undefined,
      logtimezone: undefined,
      findtime: 600,
    },
    { zone: systemLocalZone, startYear: 2026 },
  );
  return filter !== undefined && diagnostics.length === 0;
};

test("small random filters come to the same on either path", () => {
  const filters = fc.record({
    failregex: fc.array(regex, { minLength: 1, maxLength: 3 }).filter(isCompilable),
    ignoreregex: fc.array(fc.constantFrom("root", "^\\s*a", "b$", "(?i)USER"), { maxLength: 1 }),
    maxlines: fc.constantFrom(1, 1, 3),
  });
  const lines = fc.array(
    fc.array(word, { maxLength: 10 }).map((words) => words.join("")),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(filters, lines, (filter, log) => {
      expectAgreement(filter, log);
    }),
    { numRuns: 100 },
  );
}, 30_000);
