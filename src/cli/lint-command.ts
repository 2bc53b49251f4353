/**
 * `gaoler lint`: looks filters through for what is wrong with them though they work, each in all its modes.
 * @module
 */
import { basename, dirname, join } from "node:path";
import type { ConfigFiles } from "../config/config-files.ts";
import type { ConfigTree } from "../config/config-tree.ts";
import { Findings } from "../config/findings.ts";
import { LayerReader } from "../config/layers.ts";
import { isFailing, type LintFinding } from "../lint/finding.ts";
import { inOrder, lintFilter } from "../lint/lint-filter.ts";
import { parameterValues, unusedParameters } from "../lint/parameters.ts";
import { findConfiguration } from "./config-place.ts";
import type { FiltersIo } from "./filters-io.ts";
import { lintJson, lintText } from "./lint-report.ts";
import { FAILURE, readWords, SUCCESS, USAGE_ERROR } from "./own-face.ts";
import { filterSettings } from "./sample-filters.ts";

const USAGE = `Usage: gaoler lint [--all] [--json] [-c DIR] [FILTER | FILE | DIR]...

Looks filters through for what is wrong with them though they work: a host that a stranger's words can forge, searches
that some lines make slow, regexes that can match nothing, the same regex twice, parameters that nothing asks for, a time
taken from anywhere in the line. What is said of hosts and slow searches was tried; the line that shows it is shown.

  FILTER      a filter of the configuration; without any, all of it
  FILE        a filter's file
  DIR         all filters of a configuration directory, or of a directory filter.d

  -c, --conf DIR  the configuration; else /etc/gaoler, else /etc/fail2ban, else what ships with gaoler
      --all       notices, too: what costs fail2ban the square of a line's length and gaoler nothing; ends that are open
      --json      the result for programs
  -h, --help      this text

Exit code: 0 nothing worse than a notice, 1 errors or warnings, 2 nothing to look at. docs/lint.md says what each finding means.
`;
const FACE = {
  name: "lint",
  usage: USAGE,
  options: {
    conf: { type: "string", short: "c" },
    all: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
  takesWords: true,
} as const;
/** Variants of one filter that are looked at. */
const MAX_VARIANTS = 24;

/** Nothing there to look at. */
class NothingToLint extends Error {}

/** A filter: the directory that it belongs to, and its name as a jail of that directory would have it. */
interface Target {
  readonly directory: string;
  readonly name: string;
}

/** Runs the command with the words after it. @returns the exit code */
export function runLint(argv: readonly string[], io: FiltersIo): number {
  const read = readWords(FACE, argv, io);
  if (typeof read === "number") return read;
  const { conf, json, all: showsAll } = read.values;
  try {
    const targets = targetsOf(read.words, conf, io);
    const findings = targets.flatMap((target) => lintTarget(target, io));
    const report = { filters: targets.length, findings };
    io.out(json ? lintJson(report) : lintText(report, { showsAll, hasColour: io.hasColour }));
    return findings.some(isFailing) ? FAILURE : SUCCESS;
  } catch (error) {
    if (!(error instanceof NothingToLint)) throw error;
    io.err(`gaoler lint: ${error.message}\n`);
    return USAGE_ERROR;
  }
}

function targetsOf(names: readonly string[], conf: string | undefined, io: FiltersIo): readonly Target[] {
  const { files } = io;
  if (conf !== undefined && files.kind(conf) !== "directory")
    throw new NothingToLint(`${conf} is no directory`);
  const { directory } = findConfiguration(files, conf);
  if (names.length === 0) return filtersIn(files.resolve(directory), files);
  return names.flatMap((name) => {
    const target = { directory: files.resolve(directory), name };
    if (!name.includes("/") && pathsOf(target, files).length > 0) return [target];
    const path = files.resolve(name);
    const kind = files.kind(path);
    if (kind === "directory") return filtersIn(basename(path) === "filter.d" ? dirname(path) : path, files);
    if (kind === "file") return [targetOfFile(path, io)];
    throw new NothingToLint(`there is no filter '${name}' in ${directory}`);
  });
}

/** A file beside other filters is one of them; one by itself has gaoler's own beside it. */
function targetOfFile(path: string, { stockDirectory }: FiltersIo): Target {
  const name = basename(path).replace(/\.(?:conf|local)$/, "");
  const folder = dirname(path);
  if (basename(folder) === "filter.d") return { directory: dirname(folder), name };
  return { directory: stockDirectory, name: join(folder, name) };
}

const baseOf = ({ directory, name }: Target): string =>
  name.startsWith("/") ? name : join(directory, "filter.d", name);

const pathsOf = (target: Target, files: ConfigFiles): readonly string[] =>
  [".conf", ".local"].map((end) => baseOf(target) + end).filter((path) => files.kind(path) === "file");

/** All filters of a directory; fragments, which filters include, are none. */
function filtersIn(directory: string, files: ConfigFiles): readonly Target[] {
  const paths = ["*.conf", "*.local"].flatMap((glob) => files.glob(join(directory, "filter.d", glob)));
  const names = new Set(paths.map((path) => basename(path).replace(/\.(?:conf|local)$/, "")));
  const own = [...names].filter((name) => !/(?:^|-)common$/.test(name)).sort();
  if (own.length === 0) throw new NothingToLint(`there are no filters in ${join(directory, "filter.d")}`);
  return own.map((name) => ({ directory, name }));
}

function lintTarget(target: Target, { files, stockDirectory }: FiltersIo): readonly LintFinding[] {
  const { directory, name } = target;
  const base = baseOf(target);
  const tree = new LayerReader(files, new Findings()).read(dirname(base), basename(base))?.tree;
  const items = tree === undefined ? [name] : variantsOf(name, tree);
  const settingsOf = filterSettings(items, directory, files, stockDirectory);
  const all = items.map((item) => settingsOf(item));
  const made = all.flatMap((settings) => (typeof settings === "string" ? [] : [{ ...settings, name }]));
  const unmade = all.flatMap((settings): readonly LintFinding[] =>
    typeof settings === "string"
      ? [{ check: "broken", severity: "error", filter: name, message: settings }]
      : [],
  );
  const findings = [...unmade, ...lintFilter(made)];
  if (tree === undefined) return inOrder(findings);
  const isOwnFile = (path: string): boolean => path.startsWith(`${base}.`);
  const unused = unusedParameters(tree, isOwnFile).map(
    ({ name: parameter, origin }): LintFinding => ({
      check: "unused-parameter",
      severity: "warning",
      filter: name,
      message: `nothing asks for '${parameter}'`,
      remedy: "take it out, or is it spelled otherwise where it is asked for?",
      ...(origin === undefined ? {} : { origin }),
    }),
  );
  return inOrder([...findings, ...unused]);
}

/** The filter as it is, and with each value that its parameters have something for. */
function variantsOf(name: string, tree: ConfigTree): readonly string[] {
  const variants = [...parameterValues(tree)].flatMap(([parameter, values]) =>
    values.map((value) => `${name}[${parameter}="${value}"]`),
  );
  return [name, ...variants].slice(0, MAX_VARIANTS);
}
