/**
 * Jails of the stock configuration as gaoler reads it, under a `jail.local` that a test writes.
 * @module
 */
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import type { Diagnostic } from "../../../src/base/diagnostic.ts";
import type { ConfigFiles } from "../../../src/config/config-files.ts";
import { foldConfiguration } from "../../../src/config/fold.ts";
import { loadConfiguration } from "../../../src/config/load.ts";
import type { JailSettings } from "../../../src/config/settings.ts";
import { nodeConfigFiles } from "../../../src/exec/config-files.ts";
import { compileFilter, type LineFilter } from "../../../src/filter/line-filter.ts";
import { utc } from "../date/fixed-zones.ts";

export const STOCK = join(import.meta.dirname, "../../../stock");

export interface StockJails {
  readonly jails: ReadonlyMap<string, JailSettings>;
  /** what kept a jail from being read, by jail */
  readonly errors: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
  readonly fatal: string | undefined;
}

/** Names of the files in a folder of stock that are no fragments of others. */
export const namesIn = (folder: "action.d" | "filter.d"): readonly string[] =>
  readdirSync(join(STOCK, folder))
    .filter((file) => file.endsWith(".conf"))
    .map((file) => file.slice(0, -".conf".length))
    .filter((name) => !name.endsWith("common"))
    .sort();

/**
 * Reads `stock/` with the given `jail.local` above it.
 * @param standIn text of a file that takes the place of what is on the disk, by its path below stock; `undefined`: the disk's
 */
export function stockJails(
  jailLocal: string,
  standIn: (path: string) => string | undefined = () => undefined,
): StockJails {
  const textAt = (path: string): string | undefined => {
    const name = relative(STOCK, path);
    return name === "jail.local" ? jailLocal : standIn(name);
  };
  const files: ConfigFiles = {
    ...nodeConfigFiles,
    readText: (path) => {
      const text = textAt(path);
      return text === undefined ? nodeConfigFiles.readText(path) : { text };
    },
    kind: (path) => (textAt(path) === undefined ? nodeConfigFiles.kind(path) : "file"),
    glob: (pattern) => (textAt(pattern) === undefined ? nodeConfigFiles.glob(pattern) : [pattern]),
  };
  const loaded = loadConfiguration({ files, baseDir: STOCK });
  const { jails, diagnostics } = foldConfiguration(loaded);
  return {
    jails: new Map(jails.map((jail) => [jail.name, jail])),
    errors: new Map(loaded.jails.flatMap(({ name, error }) => (error === undefined ? [] : [[name, error]]))),
    diagnostics,
    fatal: loaded.fatal,
  };
}

/** The text of diagnostics, for messages of tests. */
export const textOf = ({ message, jail = "", origin }: Diagnostic): string =>
  `${origin?.file ?? ""}:${origin?.line ?? ""} ${jail} ${message}`;

/** A stock filter as a jail has it: `sshd[mode=ddos]`. Fails where anything in it is wrong. */
export function stockFilter(item: string, zone = utc, startYear = 2026): LineFilter {
  const local = `[probe]\nenabled = true\nfilter = ${item}\nlogpath = /dev/null\naction = dry-run\n`;
  const { jails, errors, diagnostics } = stockJails(local);
  const settings = jails.get("probe");
  const problems = [...errors.values(), ...diagnostics.map(textOf)];
  if (settings === undefined || problems.length > 0) throw new Error(`${item}: ${problems.join("; ")}`);
  const compiled = compileFilter(settings, { zone, startYear, checkFindTime: false });
  if (compiled.filter === undefined || compiled.diagnostics.length > 0) {
    throw new Error(`${item}: ${compiled.diagnostics.map(textOf).join("; ")}`);
  }
  return compiled.filter;
}
