/**
 * `gaoler regex LOG REGEX [IGNOREREGEX]`: tries a filter on a log and tells what it finds, with the options, the output and
 * the exit codes of `fail2ban-regex` (A§4). Holds the order of it all.
 * @module
 */
import { statSync } from "node:fs";
import { EncodingError, LineDecoder } from "../backend/decode.ts";
import type { Clock } from "../base/clock.ts";
import type { GaolerEvent, Level, Observe } from "../base/event.ts";
import type { LocalZone } from "../base/local-time.ts";
import type { ConfigFiles } from "../config/config-files.ts";
import { splitShellWords } from "../config/shell-words.ts";
import { DateDetector } from "../date/detector.ts";
import { DatePatternError } from "../date/pattern-error.ts";
import { Resolver } from "../dns/resolver.ts";
import type { FilterDefinition } from "../filter/filter-parts.ts";
import { compileFilter, type LineFilter } from "../filter/line-filter.ts";
import { compileFailregex, compilePattern, PatternError } from "../filter/patterns.ts";
import { JournalInputError, linesOfJournal, meansJournal } from "./regex-journal.ts";
import { linesOfFile, linesOfText } from "./regex-lines.ts";
import { type RegexOptions, readRegexArguments } from "./regex-options.ts";
import { announcedText, listThreshold, reportText, shortened, TITLE, useLine } from "./regex-report.ts";
import { type NameLookup, RegexRun, shownLevels } from "./regex-run.ts";
import { type FilterSource, type NamedSource, RegexSourceError, readNamedSource } from "./regex-source.ts";
import { RegexStatistics } from "./regex-statistics.ts";
import { helpText, usageText } from "./regex-usage.ts";

/** The version of fail2ban whose `fail2ban-regex` this is compatible with, for people and for programs. */
const VERSION = "1.1.2.dev1";
const SHORT_VERSION = "1.1.2.1";
const FAILURE = 255;

/** Where the configuration is looked for without `-c`, in this order. */
const CONFIG_DIRECTORIES = ["/etc/gaoler", "/etc/fail2ban"] as const;

/** What the command needs of the world. */
export interface RegexIo {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly files: ConfigFiles;
  readonly clock: Clock;
  readonly zone: LocalZone;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** the name in the usage text; `gaoler regex` unless told */
  readonly program?: string;
  /** gaoler's own filters, for those that the configuration lacks */
  readonly stockDirectory?: string;
  /** looks names up; the system's resolver unless told */
  readonly names?: NameLookup;
}

/** Stops the command with a text on stdout and the exit code of `fail2ban-regex`. */
class Refusal extends Error {
  readonly code: number;

  constructor(text: string, code = FAILURE) {
    super(text);
    this.code = code;
  }
}

class RegexCommand {
  readonly #io: RegexIo;
  readonly #options: RegexOptions;

  constructor(io: RegexIo, options: RegexOptions) {
    this.#io = io;
    this.#options = options;
  }

  /** A line about what is used; not with `-o`. */
  #say(text: string): void {
    if (this.#options.out === undefined) this.#io.stdout(text);
  }

  async run(log: string, regex: string, ignoreregex: string | undefined): Promise<number> {
    const options = this.#options;
    const { clock } = this.#io;
    const startedAt = clock.now();
    const levels = shownLevels(options.logLevel);
    if (levels === undefined) throw new Refusal(`ERROR: Invalid log level '${options.logLevel}'\n`, 1);
    const tell = (level: Level, text: string): void => {
      if (levels.has(level)) this.#io.stderr(`${level.padEnd(7)} ${text}\n`);
    };
    const observe = (event: GaolerEvent): void => {
      if (event.type === "message") tell(event.level, event.text);
    };
    const decoder = this.#decoder(observe);
    const readsJournal = meansJournal(log) && !this.#isFile(log);

    this.#say(TITLE);
    this.#useDates(options.datepattern);
    if (options.maxlines > 0) this.#say(useLine("maxlines", String(options.maxlines)));
    const named = this.#named(regex, readsJournal);
    const definition = this.#definition(named, regex, ignoreregex);
    const filter = this.#compile(definition);
    const limit = (all: boolean, no: boolean): number | undefined => {
      if (options.out !== undefined || no) return 0;
      return all ? undefined : listThreshold(options);
    };
    const statistics = new RegexStatistics(filter.parts.failures.length, filter.parts.ignores.length, {
      matched: limit(options.printsAllMatched, !options.printsAllMatched),
      missed: limit(options.printsAllMissed, options.printsNoMissed),
      ignored: limit(options.printsAllIgnored, options.printsNoIgnored),
      waiting: definition.maxlines,
    });
    const run = new RegexRun({
      filter,
      options,
      statistics,
      clock,
      names: this.#io.names ?? new Resolver({ clock, observe }),
      stdout: (text) => this.#io.stdout(text),
      tell,
    });
    if (readsJournal) {
      const matches = this.#journalMatches(named);
      this.#say(`Use         systemd journal\n${useLine("encoding", decoder.encoding)}`);
      for (const match of matches) this.#say(useLine("journal match", match.join(" ")));
      for await (const line of linesOfJournal({ log, matches, decoder, zone: this.#io.zone }))
        await run.take(line);
    } else {
      for (const text of this.#lines(log, decoder, definition.maxlines)) await run.take({ text });
    }
    statistics.finish();
    const { parts } = filter;
    const { zone } = this.#io;
    const { maxlines } = definition;
    const now = clock.now();
    const elapsed = now - startedAt;
    this.#say(reportText({ options, statistics, parts, maxlines, zone, now, elapsed, readsJournal }));
    return 0;
  }

  #decoder(observe: Observe): LineDecoder {
    try {
      return new LineDecoder(this.#options.encoding, { observe, clock: this.#io.clock });
    } catch (error) {
      if (error instanceof EncodingError) throw new Refusal(`ERROR: ${error.message}\n`, 1);
      throw error;
    }
  }

  #isFile(path: string): boolean {
    return this.#io.files.kind(path) === "file" && statSync(path).isFile();
  }

  /** Checks the zone and shows the date pattern, if one is given. */
  #useDates(datepattern: string | undefined): void {
    const { zone } = this.#io;
    const { timezone } = this.#options;
    const detector = new DateDetector({
      zone,
      startYear: this.#startYear(),
      ...(datepattern === undefined ? {} : { datepattern }),
      ...(timezone === undefined ? {} : { logtimezone: timezone }),
    });
    if (datepattern === undefined) return;
    this.#say(useLine("datepattern", `${datepattern} : ${detector.describe().name}`));
  }

  #startYear(): number {
    const { zone, clock } = this.#io;
    return zone.civilAt(clock.now()).year;
  }

  #directory(): string {
    const { config } = this.#options;
    if (config !== undefined) return config;
    const { files, stockDirectory } = this.#io;
    const found = CONFIG_DIRECTORIES.find((directory) => files.kind(directory) === "directory");
    return found ?? stockDirectory ?? "/etc/fail2ban";
  }

  #named(regex: string, readsJournal: boolean): NamedSource | undefined {
    const { files, stockDirectory } = this.#io;
    return readNamedSource(regex, { files, directory: this.#directory(), stockDirectory, readsJournal });
  }

  /** What REGEX and IGNOREREGEX come to; options given here win over the filter's. */
  #definition(
    named: NamedSource | undefined,
    regex: string,
    ignoreregex: string | undefined,
  ): FilterDefinition {
    const options = this.#options;
    if (named === undefined) this.#say(useLine("failregex line", shortened(regex)));
    else this.#announce(named);
    if (ignoreregex !== undefined) this.#say(useLine("ignoreregex line", shortened(ignoreregex)));
    const source: Partial<FilterSource> = named?.source ?? { failregex: [regex] };
    const { prefregex } = source;
    const datepattern = options.datepattern ?? source.datepattern;
    return {
      name: "regex",
      usedns: options.usedns,
      prefregex: prefregex === undefined ? undefined : { value: prefregex },
      failregex: (source.failregex ?? []).map((value) => ({ value })),
      ignoreregex: (ignoreregex === undefined ? (source.ignoreregex ?? []) : [ignoreregex]).map((value) => ({
        value,
      })),
      maxlines: options.maxlines > 0 ? options.maxlines : (source.maxlines ?? 1),
      datepattern: datepattern === undefined ? undefined : { value: datepattern },
      logtimezone: options.timezone,
      findtime: 0,
    };
  }

  /** Which entries to read: those of `-m`, else the filter's. */
  #journalMatches(named: NamedSource | undefined): readonly (readonly string[])[] {
    const given = this.#options.journalmatch;
    if (given === undefined) return named?.source.journalmatch ?? [];
    const words = splitShellWords(given);
    if ("error" in words) throw new Refusal(`ERROR: ${words.error} in journal match '${given}'\n`);
    return [words];
  }

  #announce({ uses, realOptions, source }: NamedSource): void {
    const options = this.#options;
    for (const [label, value] of uses) this.#say(useLine(label, value));
    if (options.verbosity > 1) {
      const real = Array.from(realOptions, ([name, value]) => `'${name}': '${value}'`).join(", ");
      this.#say(`Real  filter options : {${real}}\n`);
    }
    const { maxlines, datepattern } = source;
    if (options.maxlines === 0 && maxlines !== undefined) this.#say(useLine("maxlines", String(maxlines)));
    if (options.datepattern === undefined && datepattern !== undefined) this.#useDates(datepattern);
  }

  /** @throws {PatternError | DatePatternError} one regex that cannot be used spoils the run */
  #compile(definition: FilterDefinition): LineFilter {
    const { usedns, prefregex } = definition;
    const multiline = definition.maxlines > 1;
    const prefix = prefregex === undefined ? undefined : compilePattern(prefregex.value, { usedns });
    for (const { value } of definition.failregex) compileFailregex(value, { usedns, multiline }, prefix);
    for (const { value } of definition.ignoreregex) compilePattern(value, { usedns });
    const { filter, diagnostics } = compileFilter(definition, {
      zone: this.#io.zone,
      startYear: this.#startYear(),
      checkFindTime: false,
    });
    if (filter === undefined) throw new Refusal(`ERROR: ${diagnostics[0]?.message ?? "no filter"}\n`);
    return filter;
  }

  #lines(log: string, decoder: LineDecoder, maxlines: number): Iterable<string> {
    if (this.#isFile(log)) {
      this.#say(useLine("log file", log) + useLine("encoding", decoder.encoding));
      return linesOfFile(log, decoder);
    }
    const lines = linesOfText(log);
    this.#say(announcedText(lines, maxlines > 1));
    return lines;
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
  try {
    return await new RegexCommand(io, read.options).run(log, regex, ignoreregex);
  } catch (error) {
    if (error instanceof Refusal) {
      io.stdout(error.message);
      return error.code;
    }
    const isMistake = error instanceof PatternError || error instanceof DatePatternError;
    if (isMistake) io.stdout(`ERROR: ${error.message}\n`);
    else if (error instanceof JournalInputError) io.stdout(`ERROR: ${error.message}\n`);
    else if (error instanceof RegexSourceError) io.stdout(`${error.message}\n`);
    else throw error;
    return FAILURE;
  }
}
