/**
 * What `gaoler regex` tries: the filter that its REGEX, IGNOREREGEX and options come to, said line by line as it is found
 * (A§4.2). Reads no log.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { LocalZone } from "../base/local-time.ts";
import type { ConfigFiles } from "../config/config-files.ts";
import { splitShellWords } from "../config/shell-words.ts";
import { DateDetector } from "../date/detector.ts";
import type { FilterDefinition } from "../filter/filter-parts.ts";
import { compileFilter, type LineFilter } from "../filter/line-filter.ts";
import { compileFailregex, compilePattern } from "../filter/patterns.ts";
import type { FilterSource } from "./regex-filter-source.ts";
import type { RegexOptions } from "./regex-options.ts";
import { shortened, useLine } from "./regex-report.ts";
import { type NamedSource, RegexSourceError, readNamedSource } from "./regex-source.ts";

/** Where the configuration is looked for without `-c`, in this order. */
const CONFIG_DIRECTORIES = ["/etc/gaoler", "/etc/fail2ban"] as const;

/** Stops the command with a text on stdout and the exit code of `fail2ban-regex`. */
export class Refusal extends Error {
  readonly code: number;

  constructor(text: string, code = 255) {
    super(text);
    this.code = code;
  }
}

export interface FilterSetupIo {
  readonly files: ConfigFiles;
  readonly clock: Clock;
  readonly zone: LocalZone;
  /** gaoler's own filters, for those that the configuration lacks */
  readonly stockDirectory?: string;
  /** every line goes through the filter, the reference for the fast path */
  readonly plain?: boolean;
}

/** A filter ready for lines. */
export interface SetUpFilter {
  readonly filter: LineFilter;
  readonly maxlines: number;
  /** which entries of the journal to read */
  readonly journalMatches: readonly (readonly string[])[];
}

export class FilterSetup {
  readonly #io: FilterSetupIo;
  readonly #options: RegexOptions;
  /** tells a line about what is used */
  readonly #say: (text: string) => void;

  constructor(io: FilterSetupIo, options: RegexOptions, say: (text: string) => void) {
    this.#io = io;
    this.#options = options;
    this.#say = say;
  }

  /**
   * @throws {Refusal | PatternError | DatePatternError | RegexSourceError} the filter cannot be used
   */
  setUp(regex: string, ignoreregex: string | undefined, readsJournal: boolean): SetUpFilter {
    const { datepattern, maxlines, journalmatch } = this.#options;
    this.#useDates(datepattern);
    const given = journalmatch === undefined ? undefined : this.#journalMatch(journalmatch);
    if (maxlines < 0) throw new Refusal("ERROR: maxlines must be integer greater than zero");
    if (maxlines > 0) this.#say(useLine("maxlines", String(maxlines)));
    const named = this.#named(regex, readsJournal);
    const definition = this.#definition(named, regex, ignoreregex);
    const filter = this.#compile(definition);
    const journalMatches = given === undefined ? (named?.source.journalmatch ?? []) : [given];
    return { filter, maxlines: definition.maxlines, journalMatches };
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
    try {
      return readNamedSource(regex, { files, directory: this.#directory(), stockDirectory, readsJournal });
    } catch (error) {
      if (error instanceof RegexSourceError)
        for (const [label, value] of error.uses) this.#say(useLine(label, value));
      throw error;
    }
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

  /** The words of `-m`. */
  #journalMatch(text: string): readonly string[] {
    const words = splitShellWords(text);
    if ("error" in words) throw new Refusal(`ERROR: ${words.error}`);
    return words;
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
    const { filter, diagnostics } = compileFilter(definition, {
      zone: this.#io.zone,
      startYear: this.#startYear(),
      checkFindTime: false,
      plain: this.#io.plain ?? false,
    });
    if (filter !== undefined && diagnostics.length === 0) return filter;
    throwMistake(definition);
    throw new Refusal(`ERROR: ${diagnostics[0]?.message ?? "no filter"}`);
  }
}

/** Says in its own words what is wrong with the first regex that cannot be used. */
function throwMistake({ usedns, maxlines, prefregex, failregex, ignoreregex }: FilterDefinition): void {
  const multiline = maxlines > 1;
  const prefix = prefregex === undefined ? undefined : compilePattern(prefregex.value, { usedns });
  for (const { value } of failregex) compileFailregex(value, { usedns, multiline }, prefix);
  for (const { value } of ignoreregex) compilePattern(value, { usedns });
}
