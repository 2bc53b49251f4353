/**
 * The compiled parts of a filter: patterns and date detector, with a diagnostic for each that cannot be used.
 * Knows no lines.
 * @module
 */
import type { Diagnostic, Sourced } from "../base/diagnostic.ts";
import type { LocalZone } from "../base/local-time.ts";
import type { JailSettings } from "../config/settings.ts";
import { DateDetector } from "../date/detector.ts";
import { DatePatternError } from "../date/pattern-error.ts";
import { compileFailregex, compilePattern, type Pattern, PatternError } from "./patterns.ts";

/** What a filter is made of: these settings of a jail. */
export type FilterDefinition = Pick<
  JailSettings,
  | "name"
  | "usedns"
  | "prefregex"
  | "failregex"
  | "ignoreregex"
  | "maxlines"
  | "datepattern"
  | "logtimezone"
  | "findtime"
>;

/** What compiling needs of the machine: its zone, and the year of the start for `%ExY` (A§2.6). */
export interface FilterPorts {
  readonly zone: LocalZone;
  readonly startYear: number;
  /** the exact matcher for every regex: the reference for the faster ways */
  readonly exact?: boolean;
  /** every line goes through the filter, whether it may come to something or not: the reference for the fast path */
  readonly plain?: boolean;
}

export interface FilterParts {
  readonly detector: DateDetector;
  readonly prefix: Pattern | undefined;
  readonly failures: readonly Pattern[];
  readonly ignores: readonly Pattern[];
}

/** Whether a mistake leaves the whole jail without a filter. */
type Consequence = "the jail is left out" | "the regex is left out, the jail runs with its other ones";

function diagnose(
  jail: string,
  sourced: Sourced<string> | undefined,
  text: string,
  now: Consequence,
): Diagnostic {
  return {
    severity: "error",
    message: text.replaceAll("\n", " "),
    jail,
    consequence: now,
    ...(sourced?.origin === undefined ? {} : { origin: sourced.origin }),
  };
}

function compileDates(definition: FilterDefinition, ports: FilterPorts): DateDetector {
  const { datepattern, logtimezone } = definition;
  return new DateDetector({
    zone: ports.zone,
    startYear: ports.startYear,
    ...(datepattern === undefined ? {} : { datepattern: datepattern.value }),
    ...(logtimezone === undefined ? {} : { logtimezone }),
  });
}

/**
 * Compiles what the definition holds. A bad failregex or ignoreregex is left out with a diagnostic; a bad prefregex or
 * datepattern leaves no filter, for the lines that it should keep out would come in.
 */
export function compileParts(
  definition: FilterDefinition,
  ports: FilterPorts,
): { readonly parts: FilterParts | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const { name, usedns } = definition;
  const { exact = false } = ports;
  const diagnostics: Diagnostic[] = [];

  const attempt = <T>(
    sourced: Sourced<string> | undefined,
    now: Consequence,
    compile: () => T,
  ): T | undefined => {
    try {
      return compile();
    } catch (error) {
      if (!(error instanceof PatternError || error instanceof DatePatternError)) throw error;
      diagnostics.push(diagnose(name, sourced, error.message, now));
      return undefined;
    }
  };
  const each = (sources: readonly Sourced<string>[], compile: (source: string) => Pattern): Pattern[] =>
    sources.flatMap((source) => {
      const now = "the regex is left out, the jail runs with its other ones";
      return attempt(source, now, () => compile(source.value)) ?? [];
    });

  const detector = attempt(definition.datepattern, "the jail is left out", () =>
    compileDates(definition, ports),
  );
  const { prefregex } = definition;
  const prefix =
    prefregex === undefined
      ? undefined
      : attempt(prefregex, "the jail is left out", () => compilePattern(prefregex.value, { usedns, exact }));
  const multiline = definition.maxlines > 1;
  const failures = each(definition.failregex, (source) =>
    compileFailregex(source, { usedns, multiline, exact }, prefix),
  );
  const ignores = each(definition.ignoreregex, (source) => compilePattern(source, { usedns, exact }));

  if (detector === undefined || (prefregex !== undefined && prefix === undefined))
    return { parts: undefined, diagnostics };
  return { parts: { detector, prefix, failures, ignores }, diagnostics };
}
