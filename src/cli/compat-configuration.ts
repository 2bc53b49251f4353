/**
 * The configuration as the compatible faces read it: `fail2ban.conf` alone for a command, everything for a start, a test or a dump,
 * told in fail2ban's words.
 * @module
 */

import { type Diagnostic, formatDiagnostic } from "../base/diagnostic.ts";
import type { ConfigFiles } from "../config/config-files.ts";
import { Findings } from "../config/findings.ts";
import { LayerReader } from "../config/layers.ts";
import { loadConfiguration } from "../config/load.ts";
import { pythonRepr } from "../config/python-repr.ts";
import { dumpReport, type ReportLine, testReport } from "../config/report.ts";
import { readServer } from "../config/server-reader.ts";
import type { StreamCommand, StreamWord } from "../config/settings.ts";
import { daemonStreamOf, streamOf } from "../config/stream.ts";
import { hasJournal } from "../daemon/machine.ts";
import type { ConfigurationReader, PlacesReading, ReadConfiguration, ReadingOptions } from "./compat-io.ts";

/** Width of `--dp`, characters. */
const PRETTY_CHARS = 1000;

const isWordList = (word: StreamWord): word is readonly StreamWord[] => Array.isArray(word);

/** A command on one line if it fits, else one item a line. */
function pretty(word: StreamWord, indent: number): string {
  const line = pythonRepr(word);
  if (line.length + indent <= PRETTY_CHARS || !isWordList(word)) return line;
  const margin = " ".repeat(indent + 1);
  return `[${word.map((item) => pretty(item, indent + 1)).join(`,\n${margin}`)}]`;
}

/** A command of the stream as `--dp` prints it. */
export const prettyCommand = ({ words }: StreamCommand): string => pretty(words, 0);

const INIT_FAILED = "Init of command line failed";
const isLogLine = (line: ReportLine): boolean => line.stream === "stderr";

/**
 * @param stockDir filters and actions that are missing come from here; `undefined`: they are missing, as for fail2ban
 */
export function configurationReader(files: ConfigFiles, stockDir: string | undefined): ConfigurationReader {
  const load = (directory: string, { jail, overrides, mode }: ReadingOptions) =>
    loadConfiguration({
      files,
      baseDir: directory,
      // a dump and a test say what fail2ban would say
      ...(stockDir !== undefined && mode === "start" && { stockDir, hasJournal: hasJournal() }),
      ...(jail !== undefined && { jail }),
      ...(overrides !== undefined && { overrides }),
    });
  return {
    places: (directory) => readPlaces(files, directory, stockDir),
    read: (directory, options) => {
      const loaded = load(directory, options);
      const stream = streamOf(loaded);
      if (options.mode === "test") {
        const { lines, exitCode } = testReport(loaded);
        return { stream, lines, isUsable: exitCode === 0 };
      }
      const { lines, exitCode } = dumpReport(loaded);
      const isUsable = exitCode === 0;
      if (options.mode === "dump" || (options.mode === "pretty" && !isUsable)) {
        return { stream, lines, isUsable };
      }
      if (options.mode === "pretty") {
        const shown = stream.map(
          (command): ReportLine => ({ stream: "stdout", text: prettyCommand(command) }),
        );
        return { stream, lines: [...lines.filter(isLogLine), ...shown], isUsable };
      }
      const warned = [...lines, ...warningsOf(loaded.diagnostics)];
      return forStart(
        { stream: daemonStreamOf(loaded), lines: warned, isUsable },
        loaded.fatal !== undefined,
      );
    },
  };
}

/** What gaoler mends and fail2ban does not speak of. */
function warningsOf(diagnostics: readonly Diagnostic[]): ReportLine[] {
  return diagnostics
    .filter(({ severity }) => severity !== "error")
    .map((diagnostic) => ({
      stream: "stderr",
      level: diagnostic.severity === "notice" ? "NOTICE" : "WARNING",
      logger: "configreader",
      text: formatDiagnostic(diagnostic),
    }));
}

/** A start says the same as a dump, without the stream, and puts its end in other words. */
function forStart({ stream, lines, isUsable }: ReadConfiguration, isFatal: boolean): ReadConfiguration {
  const told = lines.filter((line) => isLogLine(line) && line.text !== INIT_FAILED);
  if (!isUsable && !isFatal) {
    told.push({ stream: "stderr", level: "ERROR", logger: "", text: "Async configuration of server failed" });
  }
  return { stream, lines: told, isUsable };
}

/** What `fail2ban.conf` alone says. */
export function readPlaces(
  files: ConfigFiles,
  directory: string,
  stockDir: string | undefined,
): PlacesReading {
  if (files.kind(directory) !== "directory") {
    return { failure: `Base configuration directory ${directory} does not exist ` };
  }
  const findings = new Findings();
  const read = new LayerReader(files, findings).read(directory, "fail2ban", stockDir);
  if (read?.isComplete !== true) return { failure: "Read fail2ban configuration failed." };
  const { early: places, compatVersion: version } = readServer({ tree: read.tree, findings, overrides: {} });
  const lines: ReportLine[] = [];
  for (const note of findings.notes) {
    if (note.kind === "log") lines.push({ ...note, stream: "stderr" });
  }
  return { places, version, lines };
}
