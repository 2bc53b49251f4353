/**
 * The filters of a configuration directory: as its jails use them, in their most demanding mode, and each file alone.
 * @module
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { FilterSource } from "../../../src/cli/regex-filter-source.ts";
import { readNamedSource } from "../../../src/cli/regex-source.ts";
import { nodeConfigFiles } from "../../../src/exec/config-files.ts";
import { systemLocalZone } from "../../../src/exec/local-zone.ts";
import { compileFilter, type LineFilter } from "../../../src/filter/line-filter.ts";
import { expandTags } from "../../../src/filter/tags.ts";
import { type Sampled, sampleOf } from "./sample-lines.ts";

export interface Named {
  readonly name: string;
  readonly source: FilterSource;
}

/** The filters of a configuration: those of its jails, and all files. */
export function filtersOf(directory: string): readonly Named[] {
  const names = readdirSync(join(directory, "filter.d"))
    .filter((file) => file.endsWith(".conf"))
    .map((file) => file.slice(0, -".conf".length));
  // The jail of that name first, which may set the filter's arguments, then the file alone.
  const files = names.map((name) => join(directory, "filter.d", `${name}.conf`));
  const context = { files: nodeConfigFiles, directory, stockDirectory: undefined, readsJournal: false };
  const read = (text: string): readonly Named[] => {
    try {
      const named = readNamedSource(text, context);
      return named === undefined
        ? []
        : [{ name: text.replace(`${directory}/filter.d/`, ""), source: named.source }];
    } catch {
      // A file that other filters include is no filter.
      return [];
    }
  };
  return distinct([...names, ...names.map((name) => `${name}[mode=aggressive]`), ...files].flatMap(read));
}

/** Filters that differ, by what they are made of. */
function distinct(filters: readonly Named[]): readonly Named[] {
  const seen = new Map<string, Named>();
  for (const filter of filters) {
    const key = JSON.stringify(filter.source);
    if (!seen.has(key)) seen.set(key, filter);
  }
  return [...seen.values()];
}

export function compiled({ name, source }: Named): LineFilter {
  const sourced = (value: string) => ({ value });
  const { filter } = compileFilter(
    {
      name,
      usedns: "warn",
      prefregex: source.prefregex === undefined ? undefined : sourced(source.prefregex),
      failregex: source.failregex.map(sourced),
      ignoreregex: source.ignoreregex.map(sourced),
      maxlines: source.maxlines ?? 1,
      datepattern: source.datepattern === undefined ? undefined : sourced(source.datepattern),
      logtimezone: undefined,
      findtime: 600,
    },
    { zone: systemLocalZone, startYear: 2026, checkFindTime: false },
  );
  if (filter === undefined) throw new Error(`${name} has no filter`);
  return filter;
}

/** A line for each of its regexes. */
export function samplesOf({ source }: Named): readonly Sampled[] {
  const expand = (regex: string): string => expandTags(regex, "warn");
  const { prefregex } = source;
  const inPrefix = (inner: Sampled): readonly Sampled[] =>
    prefregex === undefined ? [inner] : [sampleOf(expand(prefregex), inner)];
  return [...source.failregex, ...source.ignoreregex].flatMap((regex) => inPrefix(sampleOf(expand(regex))));
}
