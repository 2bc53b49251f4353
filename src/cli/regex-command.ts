/**
 * `gaoler regex LOG REGEX [IGNOREREGEX]`: tries a filter on a log and tells what it finds, with the options, the output and
 * the exit codes of `fail2ban-regex` (A§4). Here words become a trial, and what stops it a text and an exit code.
 * @module
 */
import type { ConfigFiles } from "../config/config-files.ts";
import { DatePatternError } from "../date/pattern-error.ts";
import { PatternError } from "../filter/patterns.ts";
import { JournalInputError } from "./regex-journal.ts";
import { type RegexOptions, readRegexArguments } from "./regex-options.ts";
import { ReaderGone } from "./regex-outlet.ts";
import { Refusal } from "./regex-setup.ts";
import { RegexSourceError } from "./regex-source.ts";
import { RegexTrial, type TrialIo } from "./regex-trial.ts";
import { helpText, usageText } from "./regex-usage.ts";
import { harmless } from "./screen.ts";
import { systemErrorText } from "./system-error.ts";

/** The version of fail2ban whose `fail2ban-regex` this is compatible with, for people and for programs. */
const VERSION = "1.1.2.dev1";
const SHORT_VERSION = "1.1.2.1";
const FAILURE = 255;
/** Of what fail2ban-regex does not catch: a wrong encoding or log level. */
const UNCAUGHT = 1;
/** As the shell shows a program that wrote into a pipe nobody reads. */
const READER_GONE = 141;

/** What the command needs of the world. */
export interface RegexIo extends TrialIo {
  /** the name in the usage text; `gaoler regex` unless told */
  readonly program?: string;
  /** tells people on a terminal what they may have meant otherwise */
  readonly hint?: ((text: string) => void) | undefined;
}

/** What could be meant as a path and is read as a line of a log, as everything is that is no file. */
const PATH_LIKE = /^(?:~|\.{1,2})?\/\S*$|^\S+\.log$/;

/** Says where somebody's log is taken for a line of a log. */
function logSlip(log: string, files: ConfigFiles): string | undefined {
  const kind = files.kind(log);
  if (kind === "file" || !PATH_LIKE.test(log)) return undefined;
  const what =
    kind === "directory" ? `${log} is a directory` : `there is no file ${log}, or none that you may see`;
  return `${what}; so these very words were tried as a line of a log`;
}

/** What an operator's mistake says, and the exit code; `undefined`: it is none. */
function refusalOf(error: unknown): { readonly text: string; readonly code: number } | undefined {
  if (error instanceof Refusal) return { text: `${error.message}\n`, code: error.code };
  if (error instanceof RegexSourceError) return { text: `${error.message}\n`, code: error.code };
  const trouble = systemErrorText(error);
  if (trouble !== undefined) return { text: `${trouble}\n`, code: FAILURE };
  const isMistake =
    error instanceof PatternError || error instanceof DatePatternError || error instanceof JournalInputError;
  return isMistake ? { text: `ERROR: ${error.message}\n`, code: FAILURE } : undefined;
}

async function tryOut(
  io: RegexIo,
  options: RegexOptions,
  words: readonly [log: string, regex: string, ignoreregex: string | undefined],
): Promise<number> {
  try {
    await new RegexTrial(io, options).run(...words);
    return 0;
  } catch (error) {
    if (error instanceof ReaderGone) return READER_GONE;
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    // stdout is the document's alone; where Python would end with a traceback, it stands on stderr
    if (options.json || refusal.code === UNCAUGHT) io.stderr(refusal.text);
    else io.stdout(refusal.text);
    return refusal.code;
  }
}

/**
 * Runs the command.
 *
 * @param argv words behind `gaoler regex`
 * @returns the exit code of `fail2ban-regex` (A§4.6)
 */
export async function runRegexCommand(argv: readonly string[], io: RegexIo): Promise<number> {
  const program = io.program ?? "gaoler regex";
  const read = readRegexArguments(argv);
  switch (read.kind) {
    case "help":
      io.stdout(helpText(program));
      return 0;
    case "version":
      io.stdout(`fail2ban-regex ${VERSION}\n`);
      return 0;
    case "short-version":
      io.stdout(`${SHORT_VERSION}\n`);
      return 0;
    case "syntax":
      io.stderr(`${usageText(program)}\n${program}: error: ${read.text}\n`);
      return 2;
    case "exclusive":
      io.stdout(helpText(program));
      io.stderr(`${read.text}\n`);
      return FAILURE;
    case "run":
      break;
  }
  const [log, regex, ignoreregex, ...more] = read.words;
  if (log === undefined || regex === undefined || more.length > 0) {
    io.stdout(helpText(program));
    io.stderr("\nERROR: provide both <LOG> and <REGEX>.\n");
    return FAILURE;
  }
  const code = await tryOut(io, read.options, [log, regex, ignoreregex]);
  const slip = logSlip(log, io.files);
  if (slip !== undefined) io.hint?.(`${program}: ${harmless(slip)}\n`);
  return code;
}
