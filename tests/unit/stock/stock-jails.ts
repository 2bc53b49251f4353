/**
 * Jails of the stock configuration as gaoler reads it, under a `jail.local` that a test writes.
 * @module
 */
import { join } from "node:path";
import type { Diagnostic } from "../../../src/base/diagnostic.ts";
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

/** Reads `stock/` with the given `jail.local` above it. */
export function stockJails(jailLocal: string): StockJails {
  const local = join(STOCK, "jail.local");
  const files = {
    ...nodeConfigFiles,
    readText: (path: string) => (path === local ? { text: jailLocal } : nodeConfigFiles.readText(path)),
    kind: (path: string) => (path === local ? ("file" as const) : nodeConfigFiles.kind(path)),
    glob: (pattern: string) => (pattern === local ? [local] : nodeConfigFiles.glob(pattern)),
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
