/**
 * One line after another through the filter: names looked up, hits counted, the line put among the matched, ignored or missed
 * ones, and told on to whoever prints as the lines come (A§4.3, A§4.4).
 * Holds no more than the statistics keep.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Level } from "../base/event.ts";
import type { RegexMatched } from "../filter/failure-data.ts";
import type { LineFilter } from "../filter/line-filter.ts";
import type { InputLine } from "./regex-lines.ts";
import type { RegexOptions } from "./regex-options.ts";
import type { RegexStatistics, ResolvedMatch, SeenLine } from "./regex-statistics.ts";

/** From the third on, a regex that matched a line is marked as a further one. */
const FIRST_FURTHER = 2;

/** Looks names up; an empty answer is an ordinary one. */
export interface NameLookup {
  addresses(name: string): Promise<readonly string[]>;
  nameOf(ip: string): Promise<string | undefined>;
}

export interface RegexRunDeps {
  readonly filter: LineFilter;
  readonly options: RegexOptions;
  readonly statistics: RegexStatistics;
  readonly clock: Clock;
  readonly names: NameLookup;
  /** prints as the lines come */
  readonly print: (seen: SeenLine) => void | Promise<void>;
  /** a message for people about a line */
  readonly tell: (level: Level, text: string, line: number) => void;
}

const isHarmless = ({ kind, groups }: RegexMatched): boolean =>
  kind === "no-fail" || (groups.get("nofail") ?? "") !== "";

export class RegexRun {
  readonly #deps: RegexRunDeps;

  constructor(deps: RegexRunDeps) {
    this.#deps = deps;
  }

  /** Takes one line; empty lines and those that begin with `#` do not count (A§4.2) unless told. */
  async take({ number, text, at, atText }: InputLine): Promise<void> {
    const { filter, options, statistics, clock } = this.#deps;
    if (!options.takesAllLines && (text === "" || text.startsWith("#"))) return;
    statistics.lines++;
    const input = { now: clock.now(), inOperation: false, at, atText };
    const report = filter.report(text, input, options.triesAll ? "all" : "first");
    for (const { lines } of report.warnings) {
      for (const said of lines) this.#deps.tell(said.level, said.text, number);
    }
    const resolved: ResolvedMatch[] = [];
    for (const match of report.matched) {
      // as in the server, a line that is harmless by itself yields nothing where the first match ends the search
      if (match.kind === "no-fail" && !options.triesAll && !options.json) continue;
      const ids = await this.#idsOf(match);
      if (ids.length > 0) resolved.push({ match, ids, counts: this.#counts(match) });
    }
    const seen = { number, line: text, report, resolved };
    this.#count(seen);
    await this.#deps.print(seen);
  }

  /** In the report a line that waits for its session's address is a matched one, as in fail2ban-regex; in data it is not. */
  #counts(match: RegexMatched): boolean {
    return !isHarmless(match) && (match.kind === "failure" || !this.#deps.options.json);
  }

  async #idsOf({ chosen }: RegexMatched): Promise<readonly string[]> {
    if (chosen.kind === "host") return await this.#deps.names.addresses(chosen.host);
    return [chosen.kind === "id" ? chosen.id : "None"];
  }

  #count(seen: SeenLine): void {
    const { report, resolved } = seen;
    const { statistics, options } = this.#deps;
    const isVerbose = options.verbosity > 0;
    if (report.prefix !== undefined) statistics.addPrefix(report.prefix, isVerbose);
    for (const index of report.ignoredBy) statistics.ignores[index]?.add(undefined);
    for (const [order, { match, ids }] of resolved.entries()) {
      const hits = statistics.failures[match.regexIndex];
      const isFurther = order >= FIRST_FURTHER;
      for (const id of ids) hits?.add(isVerbose ? { id, at: match.at, isFurther } : undefined);
    }
    const isIgnored =
      resolved.length === 0 ? report.ignoredBy.length > 0 : resolved.some(({ counts }) => !counts);
    if (isIgnored) statistics.ignored.add(seen);
    else if (resolved.length > 0)
      statistics.addMatched(
        seen,
        resolved.flatMap(({ match }) => match.matches),
      );
    else statistics.addMissed(seen);
  }
}
