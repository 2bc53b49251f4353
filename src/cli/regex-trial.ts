/**
 * One trial of `gaoler regex`: a filter set up, a log read through it, the outcome printed as report, rows or JSON.
 * Holds the order of it all.
 * @module
 */
import { accessSync, constants, statSync } from "node:fs";
import { EncodingError, LineDecoder } from "../backend/decode.ts";
import { messageOf } from "../base/error-text.ts";
import type { GaolerEvent, Level, Observe } from "../base/event.ts";
import { Resolver } from "../dns/resolver.ts";
import { JournalInputError, linesOfJournal, meansJournal } from "./regex-journal.ts";
import { JsonDocument } from "./regex-json.ts";
import { failuresOf, jsonSummary } from "./regex-json-parts.ts";
import { shownLevels } from "./regex-levels.ts";
import { lineLists } from "./regex-line-lists.ts";
import { type InputLine, linesOfText } from "./regex-lines.ts";
import type { RegexOptions } from "./regex-options.ts";
import { Outlet, type OutletIo } from "./regex-outlet.ts";
import { Pace } from "./regex-pace.ts";
import { FileReading } from "./regex-reading.ts";
import { announcedText, reportText, TITLE, useLine } from "./regex-report.ts";
import { printRows } from "./regex-rows.ts";
import { type NameLookup, RegexRun } from "./regex-run.ts";
import { FilterSetup, type FilterSetupIo, Refusal, type SetUpFilter } from "./regex-setup.ts";
import { RegexStatistics, type SeenLine } from "./regex-statistics.ts";
import { systemErrorText } from "./system-error.ts";

/** What a trial needs of the world. */
export interface TrialIo extends FilterSetupIo, OutletIo {
  stderr(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** looks names up; the system's resolver unless told */
  readonly names?: NameLookup;
  /** whether stdout shows colours */
  readonly hasColour?: boolean;
  /** writes on a terminal beside the output how far a long run is */
  readonly progress?: (text: string) => void;
  /** the program that reads the journal; `journalctl` unless told */
  readonly journalCommand?: string;
}

/** @throws {Refusal} the file is there, but not for us */
function requireReadable(path: string): void {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new Refusal(systemErrorText(error, path) ?? messageOf(error));
  }
}

export class RegexTrial {
  readonly #io: TrialIo;
  readonly #options: RegexOptions;
  readonly #outlet: Outlet;
  readonly #document: JsonDocument | undefined;
  readonly #names: NameLookup;
  readonly #levels: ReadonlySet<Level> | undefined;

  constructor(io: TrialIo, options: RegexOptions) {
    this.#io = io;
    this.#options = options;
    this.#outlet = new Outlet(io);
    this.#document = options.json ? new JsonDocument((text) => this.#outlet.write(text)) : undefined;
    this.#levels = shownLevels(options.logLevel);
    this.#names = io.names ?? new Resolver({ clock: io.clock, observe: this.#observe });
  }

  /** A line about what is used; only in the report. */
  readonly #say = (text: string): void => {
    if (this.#options.out === undefined && this.#document === undefined) this.#outlet.write(text);
  };

  readonly #tell = (level: Level, text: string, line?: number): void => {
    if (level === "WARNING" || level === "ERROR") this.#document?.warning(level, text, line);
    if (this.#levels?.has(level)) this.#io.stderr(`${level.padEnd(7)} ${text}\n`);
  };

  readonly #observe: Observe = (event: GaolerEvent): void => {
    if (event.type === "message") this.#tell(event.level, event.text);
  };

  /**
   * @throws {Refusal | RegexSourceError | PatternError | DatePatternError | JournalInputError} with what is to be said
   * @throws {ReaderGone} nobody reads the output
   */
  async run(log: string, regex: string, ignoreregex: string | undefined): Promise<void> {
    try {
      await this.#run(log, regex, ignoreregex);
    } finally {
      this.#outlet.flush();
    }
  }

  async #run(log: string, regex: string, ignoreregex: string | undefined): Promise<void> {
    const { clock } = this.#io;
    const startedAt = clock.now();
    const isFile = this.#isFile(log);
    const readsJournal = meansJournal(log) && !isFile;
    this.#say(TITLE);
    if (this.#levels === undefined)
      throw new Refusal(`ERROR: Invalid log level '${this.#options.logLevel}'`, 1);
    const setup = new FilterSetup(this.#io, this.#options, this.#say).setUp(regex, ignoreregex, readsJournal);
    const { filter, maxlines } = setup;
    const { parts } = filter;
    const { failures, ignores } = parts;
    const lists = lineLists(this.#options, {
      parts,
      maxlines,
      readsJournal,
      zone: this.#io.zone,
      hasColour: this.#io.hasColour ?? false,
    });
    const statistics = new RegexStatistics(failures.length, ignores.length, lists);
    const run = new RegexRun({
      filter,
      options: this.#options,
      statistics,
      clock,
      names: this.#names,
      print: (result) => this.#print(result),
      tell: this.#tell,
    });
    const pace = new Pace(this.#outlet, this.#io.progress);
    const take = async (line: InputLine): Promise<void> => {
      await run.take(line);
      pace.count(1);
      if (pace.isDue()) await pace.rest();
    };
    const decoder = isFile || readsJournal ? this.#decoder() : undefined;
    this.#document?.begin({ log, filter: regex });
    let failure: JournalInputError | undefined;
    try {
      if (decoder !== undefined && readsJournal) failure = await this.#readJournal(log, decoder, setup, take);
      else if (decoder !== undefined) {
        requireReadable(log);
        this.#say(useLine("log file", log) + useLine("encoding", decoder.encoding));
        const options = this.#options;
        await new FileReading({ filter, options, statistics, run, pace, decoder }, log).read();
      } else {
        const lines = linesOfText(log);
        this.#say(announcedText(lines, maxlines > 1));
        for (const line of lines) await take(line);
      }
      pace.end();
      statistics.finish();
      const now = clock.now();
      const { ignored, missed } = statistics;
      this.#document?.end(
        { ignored, missed },
        jsonSummary({ statistics, parts, readsJournal, failure: failure?.message }),
      );
      if (failure !== undefined) throw failure;
      if (this.#prints("report")) {
        const { zone } = this.#io;
        const elapsed = now - startedAt;
        const options = this.#options;
        const input = { options, statistics, parts, zone, now, elapsed, readsJournal };
        for (const piece of reportText(input)) this.#outlet.write(piece);
      }
    } finally {
      pace.end();
      statistics.close();
    }
  }

  #prints(what: "report" | "rows"): boolean {
    return this.#document === undefined && (this.#options.out === undefined) === (what === "report");
  }

  #decoder(): LineDecoder {
    try {
      return new LineDecoder(this.#options.encoding, { observe: this.#observe, clock: this.#io.clock });
    } catch (error) {
      if (error instanceof EncodingError) throw new Refusal(`ERROR: ${error.message}`, 1);
      throw error;
    }
  }

  #isFile(path: string): boolean {
    return this.#io.files.kind(path) === "file" && statSync(path).isFile();
  }

  #print(result: SeenLine): void | Promise<void> {
    const { out, inverts } = this.#options;
    const document = this.#document;
    if (document !== undefined) for (const failure of failuresOf(result)) document.failure(failure);
    else if (out !== undefined) {
      const write = (text: string): void => this.#outlet.write(text);
      return printRows(result, {
        format: out,
        inverts,
        names: this.#names,
        now: this.#io.clock.now(),
        write,
      });
    }
    return undefined;
  }

  /** Reads the journal; what it fails with, after the lines that came. */
  async #readJournal(
    log: string,
    decoder: LineDecoder,
    { journalMatches: matches }: SetUpFilter,
    take: (line: InputLine) => Promise<void>,
  ): Promise<JournalInputError | undefined> {
    this.#say(`Use         systemd journal\n${useLine("encoding", decoder.encoding)}`);
    for (const match of matches) this.#say(useLine("journal match", match.join(" ")));
    const { zone, journalCommand: command = "journalctl" } = this.#io;
    try {
      for await (const line of linesOfJournal({ log, matches, decoder, zone, command })) await take(line);
    } catch (error) {
      if (error instanceof JournalInputError) return error;
      throw error;
    }
    return undefined;
  }
}
