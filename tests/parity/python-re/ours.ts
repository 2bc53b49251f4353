/**
 * Our verdict on the questions that the judge gets, by each of the ways in which a regex can be compiled.
 * @module
 */
import { type CompileOptions, compileRegex } from "../../../src/regex/compile.ts";
import type { CompiledRegex, RegexMatch } from "../../../src/regex/compiled-regex.ts";
import { RegexBudgetError, RegexSyntaxError } from "../../../src/regex/errors.ts";
import { IGNORECASE, type Mistake, MULTILINE, type Question } from "./judge.ts";

/** The ways to compile: as the filter does, for its first texts and for those after them, as the date detector does, and by the exact matcher alone. */
export const WAYS = ["first", "native", "spans", "exact"] as const;
export type Way = (typeof WAYS)[number];

const OPTIONS: Readonly<Record<Way, CompileOptions>> = {
  first: {},
  native: { chosen: true },
  spans: { spans: true, chosen: true },
  exact: { exact: true },
};

/** As the judge's `Found`, or that the search took more than its budget, or what broke. */
export type OurFound = readonly number[] | null | "budget" | { readonly broken: string };

export type OurVerdict = Mistake | { readonly broken: string } | readonly OurFound[];

/** Our answer to a question. */
export function ourVerdict({ pattern, flags, probes }: Question, way: Way): OurVerdict {
  const options = {
    ...OPTIONS[way],
    multiline: (flags & MULTILINE) !== 0,
    ignoreCase: (flags & IGNORECASE) !== 0,
  };
  let regex: CompiledRegex;
  try {
    regex = compileRegex(pattern, options);
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) return { broken: String(error) };
    return { error: error.message, at: error.position ?? null };
  }
  return probes.map(([text, from]) => found(regex, text, from));
}

function found(regex: CompiledRegex, text: string, from: number): OurFound {
  try {
    const match = regex.search(text, unitsOf(text, from));
    return match === undefined ? null : places(regex, match, text);
  } catch (error) {
    if (error instanceof RegexBudgetError) return "budget";
    return { broken: String(error) };
  }
}

/** Places of all groups in code points. The texts of the groups must agree with their places. */
function places(regex: CompiledRegex, match: RegexMatch, text: string): OurFound {
  const list: number[] = [];
  for (let group = 0; group <= regex.groupCount; group++) {
    // the text first: to ask for a place may search once more
    const taken = match.group(group);
    const span = match.span(group);
    if (taken !== (span === undefined ? undefined : text.slice(span[0], span[1]))) {
      return { broken: `group ${group} is ${JSON.stringify(taken)} and lies at ${JSON.stringify(span)}` };
    }
    list.push(
      ...(span === undefined ? [-1, -1] : [codePointsOf(text, span[0]), codePointsOf(text, span[1])]),
    );
  }
  const [start, end] = list;
  if (codePointsOf(text, match.start) !== start || codePointsOf(text, match.end) !== end) {
    return { broken: "start and end are not those of group 0" };
  }
  return list;
}

const SURROGATE = /[\ud800-\udfff]/;

/** Code points before a place in UTF-16 units. */
function codePointsOf(text: string, units: number): number {
  return SURROGATE.test(text) ? Array.from(text.slice(0, units)).length : units;
}

/** Place in UTF-16 units behind so many code points. */
function unitsOf(text: string, codePoints: number): number {
  if (!SURROGATE.test(text)) return codePoints;
  return Array.from(text).slice(0, codePoints).join("").length;
}
