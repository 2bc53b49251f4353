/**
 * The filters of a package with the option sets that give each of them other regexes.
 * Reads them through our own configuration room; prints none of them.
 * @module
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { FilterSource } from "../../../src/cli/regex-filter-source.ts";
import { RegexSourceError, readNamedSource } from "../../../src/cli/regex-source.ts";
import { nodeConfigFiles } from "../../../src/exec/config-files.ts";

/** A filter in one of its option sets. */
export interface FilterCase {
  /** `sshd[mode="ddos"]` */
  readonly name: string;
  /** the REGEX argument */
  readonly argument: string;
  readonly source: FilterSource;
}

const MODES = [
  "normal",
  "ddos",
  "aggressive",
  "extra",
  "more",
  "auth",
  "rbl",
  "errors",
  "fallback",
  "any",
] as const;
const LOG_TYPES = ["journal", "short", "rfc5424"] as const;

/** Option sets that some filter may know; one that changes nothing is left out later. */
const OPTION_SETS: readonly string[] = [
  "",
  ...MODES.map((mode) => `[mode="${mode}"]`),
  ...LOG_TYPES.map((type) => `[logtype="${type}"]`),
  '[logging="syslog"]',
  '[logging="webapp"]',
  '[logtype="journal", mode="aggressive"]',
  '[logtype="short", mode="extra"]',
];

export function filterCase(configuration: string, name: string): FilterCase | undefined {
  const [, filter = name, options = ""] = /^([^[]+)(\[.*\])?$/.exec(name) ?? [];
  const argument = `${join(configuration, "filter.d", `${filter}.conf`)}${options}`;
  try {
    const context = {
      files: nodeConfigFiles,
      directory: configuration,
      stockDirectory: undefined,
      readsJournal: false,
    };
    const named = readNamedSource(argument, context);
    return named === undefined ? undefined : { name, argument, source: named.source };
  } catch (error) {
    // a file that only holds parts for others
    if (error instanceof RegexSourceError) return undefined;
    throw error;
  }
}

/** Whether a regex holds the name of what a mode should have put there: the filter knows no such mode. */
const namesUnknownMode = ({ prefregex = "", failregex }: FilterSource): boolean =>
  [prefregex, ...failregex].some((regex) => /<(?:[a-z]+(?:-[a-z]+)+|\w+\/\w+)>/.test(regex));

/** Every filter in every option set that gives it regexes of its own. */
export function allFilterCases(configuration: string): readonly FilterCase[] {
  const files = readdirSync(join(configuration, "filter.d")).filter((file) => file.endsWith(".conf"));
  return files.sort().flatMap((file) => {
    const filter = file.slice(0, -".conf".length);
    const seen = new Set<string>();
    return OPTION_SETS.flatMap((options) => {
      const found = filterCase(configuration, `${filter}${options}`);
      if (found === undefined) return [];
      if (namesUnknownMode(found.source)) return [];
      const meaning = JSON.stringify({ ...found.source, journalmatch: [] });
      if (seen.has(meaning)) return [];
      seen.add(meaning);
      return [found];
    });
  });
}
