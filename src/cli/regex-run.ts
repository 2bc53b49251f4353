/**
 * One line after another through the filter, counted and printed as it comes (A§4.3, A§4.4).
 * Holds no more than the statistics keep.
 * @module
 */
import type { PreparedValues } from "../action/ticket-info.ts";
import type { Clock } from "../base/clock.ts";
import type { Level } from "../base/event.ts";
import type { RegexMatched } from "../filter/failure-data.ts";
import type { LineFilter, LineReport } from "../filter/line-filter.ts";
import type { FilterWarning } from "../filter/warnings.ts";
import type { RegexOptions } from "./regex-options.ts";
import { needsHostName, type OutputRow, outputLines } from "./regex-output.ts";
import type { RegexStatistics } from "./regex-statistics.ts";

/** From the third on, a regex that matched a line is marked as a further one. */
const FIRST_FURTHER = 2;

const LEVELS: readonly Level[] = [
  "CRITICAL",
  "ERROR",
  "WARNING",
  "NOTICE",
  "INFO",
  "MSG",
  "DEBUG",
  "TRACEDEBUG",
  "HEAVYDEBUG",
];

/** Looks names up; an empty answer is an ordinary one. */
export interface NameLookup {
  addresses(name: string): Promise<readonly string[]>;
  nameOf(ip: string): Promise<string | undefined>;
}

/** A line of the log, with its time where the journal gives it. */
export interface InputLine {
  readonly text: string;
  readonly at?: number;
  readonly atText?: string;
}

export interface RegexRunDeps {
  readonly filter: LineFilter;
  readonly options: RegexOptions;
  readonly statistics: RegexStatistics;
  readonly clock: Clock;
  readonly names: NameLookup;
  readonly stdout: (text: string) => void;
  /** a message for people, if they want it */
  readonly tell: (level: Level, text: string) => void;
}

/** The levels that `-l` lets through; `undefined` where it names none. */
export function shownLevels(name: string): ReadonlySet<Level> | undefined {
  const index = LEVELS.map(String).indexOf(name.toUpperCase());
  return index < 0 ? undefined : new Set(LEVELS.slice(0, index + 1));
}

/** A match with the IDs that it comes to; several where a name has several addresses. */
interface Resolved {
  readonly match: RegexMatched;
  readonly ids: readonly string[];
  /** whether the line counts as matched: not for one that is harmless by itself */
  readonly counts: boolean;
}

const isHarmless = ({ kind, groups }: RegexMatched): boolean =>
  kind === "no-fail" || (groups.get("nofail") ?? "") !== "";

export class RegexRun {
  readonly #deps: RegexRunDeps;

  constructor(deps: RegexRunDeps) {
    this.#deps = deps;
  }

  /** Takes one line; empty lines and those that begin with `#` do not count (A§4.2). */
  async take({ text, at, atText }: InputLine): Promise<void> {
    if (text === "" || text.startsWith("#")) return;
    const { filter, options, statistics, clock } = this.#deps;
    statistics.lines++;
    const input = { now: clock.now(), inOperation: false, at, atText };
    const report = filter.report(text, input, options.triesAll ? "all" : "first");
    this.#tell(report.warnings);
    const resolved: Resolved[] = [];
    for (const match of report.matched) {
      // as in the server, a line that is harmless by itself yields nothing where the first match ends the search
      if (match.kind === "no-fail" && !options.triesAll) continue;
      const ids = await this.#idsOf(match);
      if (ids.length > 0) resolved.push({ match, ids, counts: !isHarmless(match) });
    }
    this.#count(text, report, resolved);
    if (options.out !== undefined) await this.#print(options.out, report, resolved);
  }

  #tell(warnings: readonly FilterWarning[]): void {
    for (const { lines } of warnings) {
      for (const { level, text } of lines) {
        this.#deps.tell(level, text);
      }
    }
  }

  async #idsOf({ chosen }: RegexMatched): Promise<readonly string[]> {
    if (chosen.kind === "host") return await this.#deps.names.addresses(chosen.host);
    return [chosen.kind === "id" ? chosen.id : "None"];
  }

  #count(text: string, report: LineReport, resolved: readonly Resolved[]): void {
    const { statistics, options } = this.#deps;
    const isVerbose = options.verbosity > 0;
    if (report.prefix !== undefined) statistics.addPrefix(report.prefix, isVerbose);
    for (const index of report.ignoredBy) statistics.ignores[index]?.add(undefined);
    for (const [order, { match, ids }] of resolved.entries()) {
      const hits = statistics.failures[match.regexIndex];
      const isFurther = order >= FIRST_FURTHER;
      for (const id of ids) hits?.add(isVerbose ? { id, at: match.at, isFurther } : undefined);
    }
    const seen = { line: text, match: report.line };
    const isIgnored =
      resolved.length === 0 ? report.ignoredBy.length > 0 : resolved.some(({ counts }) => !counts);
    if (isIgnored) statistics.ignored.add(text);
    else if (resolved.length > 0)
      statistics.addMatched(
        seen,
        resolved.flatMap(({ match }) => match.matches),
      );
    else statistics.addMissed(seen);
  }

  async #print(format: string, report: LineReport, resolved: readonly Resolved[]): Promise<void> {
    const { options, stdout } = this.#deps;
    const isFloat = report.date?.isFloat ?? true;
    const failures = resolved.filter(({ match, counts }) => counts && match.kind === "failure");
    if (options.inverts) {
      if (resolved.some(({ counts }) => counts)) return;
      const row: OutputRow = {
        id: "",
        at: report.at,
        isFloat,
        groups: new Map([["fid", ""]]),
        matches: [report.line],
      };
      stdout(
        outputLines(format, row)
          .map((line) => `${line}\n`)
          .join(""),
      );
      return;
    }
    for (const { match, ids } of failures) {
      for (const id of ids) {
        const { at, groups, matches } = match;
        const prepared = await this.#prepare(format, id);
        const lines = outputLines(format, { id, at, isFloat, groups, matches }, prepared);
        stdout(lines.map((line) => `${line}\n`).join(""));
      }
    }
  }

  async #prepare(format: string, id: string): Promise<PreparedValues> {
    const name = needsHostName(format) ? await this.#deps.names.nameOf(id) : undefined;
    return name === undefined ? new Map() : new Map([["ip-host", name] as const]);
  }
}
