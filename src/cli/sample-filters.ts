/**
 * The filters that sample logs ask for, as jails of a configuration directory would have them: one jail for each, in memory. The
 * directory's own jails are not looked at.
 * @module
 */
import { join } from "node:path";
import { formatOrigin, type Origin } from "../base/diagnostic.ts";
import type { ConfigFiles } from "../config/config-files.ts";
import { foldConfiguration } from "../config/fold.ts";
import { loadConfiguration } from "../config/load.ts";
import type { JailSettings } from "../config/settings.ts";
import { utcZone } from "../date/utc-zone.ts";
import { compileFilter, type LineFilter } from "../filter/line-filter.ts";
import { SAMPLE_YEAR } from "../filter/sample-trial.ts";

/** An action that is there in every directory, because it is nowhere. */
const ACTION = "gaoler-sample";

/** Files of the directory that say which jails there are, and what takes their place. */
function withOnlyJails(files: ConfigFiles, directory: string, jails: string): ConfigFiles {
  const texts = new Map([
    [join(directory, "jail.conf"), jails],
    [join(directory, "action.d", `${ACTION}.conf`), "[Definition]\nactionban = true\n"],
  ]);
  const isHidden = (path: string): boolean =>
    path === join(directory, "jail.local") || path.startsWith(`${join(directory, "jail.d")}/`);
  return {
    ...files,
    readText: (path) => {
      const text = texts.get(path);
      if (text !== undefined) return { text };
      return isHidden(path) ? undefined : files.readText(path);
    },
    kind: (path) => {
      if (texts.has(path)) return "file";
      return isHidden(path) ? undefined : files.kind(path);
    },
    glob: (pattern) => (isHidden(pattern) ? [] : files.glob(pattern)),
  };
}

/** Makes a fresh filter; a text where it cannot be made says why. */
export type FilterSource = (item: string) => LineFilter | string;

/** Filters ready for sample lines; see {@link filterSettings}. */
export function sampleFilters(...parameters: Parameters<typeof filterSettings>): FilterSource {
  const settingsOf = filterSettings(...parameters);
  return (item) => {
    const settings = settingsOf(item);
    return typeof settings === "string" ? settings : compiled(settings);
  };
}

/**
 * Reads all that is needed for the given items at once.
 *
 * @param items as a jail's `filter` has them
 * @param stockDirectory filters that the directory lacks come from here
 * @returns the settings of a jail with that filter; a text where there are none says why
 */
export function filterSettings(
  items: readonly string[],
  directory: string,
  files: ConfigFiles,
  stockDirectory: string,
): (item: string) => JailSettings | string {
  const names = new Map([...new Set(items)].map((item, index) => [item, `sample${index}`]));
  const sections = [...names].map(([item, name]) => `[${name}]\nfilter = ${item}\n`);
  const defaults = `[DEFAULT]\nenabled = true\nbackend = polling\nlogpath = /dev/null\naction = ${ACTION}\n`;
  const loaded = loadConfiguration({
    files: withOnlyJails(files, directory, defaults + sections.join("")),
    baseDir: directory,
    stockDir: stockDirectory,
  });
  const folded = foldConfiguration(loaded);
  const settings = new Map(folded.jails.map((jail) => [jail.name, jail]));
  const mistakes = new Map<string, string>();
  for (const { severity, jail, message, origin } of folded.diagnostics) {
    if (severity !== "error" || jail === undefined || mistakes.has(jail)) continue;
    // a place in the file that nobody wrote helps nobody
    const isShown = origin !== undefined && origin.file !== join(directory, "jail.conf");
    mistakes.set(jail, isShown ? placed(message, origin) : message);
  }
  for (const { name, error } of loaded.jails) {
    if (error !== undefined && !mistakes.has(name)) mistakes.set(name, error);
  }
  return (item) => {
    const name = names.get(item) ?? "";
    const mistake = mistakes.get(name);
    const jail = settings.get(name);
    if (mistake !== undefined) return mistake;
    return jail ?? loaded.fatal ?? "it is not there";
  };
}

function compiled(jail: JailSettings): LineFilter | string {
  const ports = { zone: utcZone, startYear: SAMPLE_YEAR, checkFindTime: false };
  const { filter, diagnostics } = compileFilter(jail, ports);
  const mistake = diagnostics.find(({ severity }) => severity === "error");
  if (mistake !== undefined) return placed(mistake.message, mistake.origin);
  return filter ?? "it cannot be made";
}

const placed = (message: string, origin: Origin | undefined): string =>
  origin === undefined ? message : `${message} (${formatOrigin(origin)})`;
