/**
 * Lines through a filter twice, with all that makes a search fast and with the exact matcher alone; both have to come to the same.
 * @module
 */
import { expect } from "vitest";
import { compileFilter, type LineFilter } from "../../../src/filter/line-filter.ts";
import { NOON, utc } from "../date/fixed-zones.ts";
import { definitionOf, type FilterTerms } from "./filter-terms.ts";

function filterOf(terms: FilterTerms, exact: boolean): LineFilter {
  const definition = definitionOf({ ...terms, usedns: "raw" });
  const { filter } = compileFilter(definition, { zone: utc, startYear: 2026, exact });
  if (filter === undefined) throw new Error("no filter");
  return filter;
}

/** What a filter makes of lines, as plain data. */
const outcomesOf = (filter: LineFilter, lines: readonly string[]): readonly unknown[] =>
  lines.map((line) => {
    const { failures, verdict, regexIndex, ignoreIndex } = filter.process(line, {
      now: NOON,
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

/** @returns what came of each line */
export function expectAgreement(terms: FilterTerms, lines: readonly string[]): readonly unknown[] {
  const fast = outcomesOf(filterOf(terms, false), lines);
  expect(fast).toEqual(outcomesOf(filterOf(terms, true), lines));
  return fast;
}
