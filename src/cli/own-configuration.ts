/**
 * The configuration as gaoler's own face reads it: for a test and a dump, too, with what ships with gaoler below it, as a start does;
 * each mistake with its place, what happens now and what to do.
 * @module
 */
import { type Diagnostic, formatDiagnostic } from "../base/diagnostic.ts";
import type { ConfigFiles } from "../config/config-files.ts";
import { type LoadedConfiguration, loadConfiguration } from "../config/load.ts";
import { dumpReport, type ReportLine } from "../config/report.ts";
import { daemonStreamOf, streamOf } from "../config/stream.ts";
import { hasJournal } from "../daemon/machine.ts";
import { prettyCommand, readPlaces } from "./compat-configuration.ts";
import type { ConfigurationReader, ReadConfiguration, ReadingMode } from "./compat-io.ts";

const TESTED: ReportLine = { stream: "stdout", text: "OK: configuration test is successful" };
const LEVELS = { error: "ERROR", warning: "WARNING", notice: "NOTICE" } as const;

/** All that is wrong with a configuration; reading it shows only a part. */
export type MistakesOf = (loaded: LoadedConfiguration) => readonly Diagnostic[];

/** @param mistakesOf what a test asks */
export function ownConfigurationReader(
  files: ConfigFiles,
  stockDir: string,
  mistakesOf: MistakesOf,
): ConfigurationReader {
  return {
    places: (directory) => readPlaces(files, directory, stockDir),
    read: (directory, { jail, overrides, mode }) => {
      const loaded = loadConfiguration({
        files,
        baseDir: directory,
        stockDir,
        hasJournal: hasJournal(),
        ...(jail !== undefined && { jail }),
        ...(overrides !== undefined && { overrides }),
      });
      return mode === "test" ? test(loaded, directory, mistakesOf(loaded)) : read(loaded, directory, mode);
    },
  };
}

/** A test is strict: any error fails it, a regex or a time that is none included. */
function test(loaded: LoadedConfiguration, directory: string, all: readonly Diagnostic[]): ReadConfiguration {
  const stream = streamOf(loaded);
  const isUsable = isReadable(loaded) && !all.some(({ severity }) => severity === "error");
  const end = isUsable ? TESTED : complaint(`the configuration in ${directory} has errors`);
  return { stream, lines: [...all.map(lineOf), end], isUsable };
}

function read(loaded: LoadedConfiguration, directory: string, mode: ReadingMode): ReadConfiguration {
  const told = loaded.diagnostics.map(lineOf);
  const isUsable = isReadable(loaded) && dumpReport(loaded).exitCode === 0;
  if (!isUsable) {
    const why = isReadable(loaded) ? "no jail can run with" : "nothing can be done with";
    return { stream: [], lines: [...told, complaint(`${why} the configuration in ${directory}`)], isUsable };
  }
  if (mode === "start") return { stream: daemonStreamOf(loaded), lines: told, isUsable };
  const stream = streamOf(loaded);
  const shown = mode === "pretty" ? stream.map(prettyLine) : dumpReport(loaded).lines.filter(isShown);
  return { stream, lines: [...told, ...shown], isUsable };
}

const isReadable = ({ isSound, fatal }: LoadedConfiguration): boolean => isSound && fatal === undefined;

const isShown = ({ stream }: ReportLine): boolean => stream === "stdout";

const prettyLine = (command: Parameters<typeof prettyCommand>[0]): ReportLine => ({
  stream: "stdout",
  text: prettyCommand(command),
});

const complaint = (text: string): ReportLine => ({ stream: "stderr", level: "ERROR", logger: "", text });

const lineOf = (diagnostic: Diagnostic): ReportLine => ({
  stream: "stderr",
  level: LEVELS[diagnostic.severity],
  logger: "configreader",
  text: formatDiagnostic(diagnostic),
});
