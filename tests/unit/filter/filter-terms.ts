/**
 * Definitions of filters in few words.
 * @module
 */
import type { FilterDefinition } from "../../../src/filter/filter-parts.ts";

/** Regexes of a filter and what else decides. */
export interface FilterTerms {
  readonly prefregex?: string | undefined;
  readonly failregex: readonly string[];
  readonly ignoreregex?: readonly string[];
  readonly maxlines?: number | undefined;
  readonly datepattern?: string | undefined;
  readonly usedns?: FilterDefinition["usedns"];
}

const sourced = (value: string): { readonly value: string } => ({ value });

export function definitionOf(terms: FilterTerms): FilterDefinition {
  const { prefregex, failregex, ignoreregex = [], maxlines = 1, datepattern, usedns = "warn" } = terms;
  return {
    name: "j",
    usedns,
    prefregex: prefregex === undefined ? undefined : sourced(prefregex),
    failregex: failregex.map(sourced),
    ignoreregex: ignoreregex.map(sourced),
    maxlines,
    datepattern: datepattern === undefined ? undefined : sourced(datepattern),
    logtimezone: undefined,
    findtime: 600,
  };
}
