/**
 * What `gaoler regex` counts and keeps while lines go by (A§4.4). Prints nothing.
 * @module
 */
import type { EpochSeconds } from "../base/units.ts";
import type { MatchLine } from "../filter/failure.ts";
import type { RegexMatched } from "../filter/failure-data.ts";
import type { ReadonlyGroups } from "../filter/groups.ts";
import type { LineReport } from "../filter/line-report.ts";
import { SpilledText } from "./spilled-text.ts";

/** Hits kept for each regex with `-v`. */
const MAX_KEPT_HITS = 100_000;

/** Matches of the prefregex shown with `-v`. */
const MAX_SHOWN_PREFIXES = 20;

/** A match with the IDs that it comes to; several where a name has several addresses. */
export interface ResolvedMatch {
  readonly match: RegexMatched;
  readonly ids: readonly string[];
  /** whether the line counts as matched: not for one that is harmless by itself */
  readonly counts: boolean;
}

/** A line of the log and what it came to. */
export interface SeenLine {
  /** its number in the input, from 1 */
  readonly number: number;
  readonly line: string;
  readonly report: LineReport;
  readonly resolved: readonly ResolvedMatch[];
}

/** A list of lines: all are counted, the first ones put by as the text that they will be printed as. */
export class ListedLines {
  readonly #limit: number;
  readonly #format: (seen: SeenLine, index: number) => string;
  readonly #text = new SpilledText();
  count = 0;

  /**
   * @param limit lines to put by; `undefined`: all
   * @param format the text of a line
   */
  constructor(limit: number | undefined, format: (seen: SeenLine, index: number) => string) {
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
    this.#format = format;
  }

  add(seen: SeenLine): void {
    if (this.count < this.#limit) this.#text.add(this.#format(seen, this.count));
    this.count++;
  }

  /** Whether lines that come now are only counted. */
  get isFull(): boolean {
    return this.count >= this.#limit;
  }

  /** Counts lines without their text, once it is full. */
  addUnseen(lines: number): void {
    this.count += lines;
  }

  /** Number of lines put by. */
  get kept(): number {
    return Math.min(this.count, this.#limit);
  }

  /** The text of the lines put by, once. */
  take(): Generator<string, void> {
    return this.#text.take();
  }

  close(): void {
    this.#text.close();
  }
}

export interface RegexHit {
  readonly id: string;
  /** `undefined`: the line has no time */
  readonly at: EpochSeconds | undefined;
  /** the third or a later regex that matched this line */
  readonly isFurther: boolean;
}

/** Hits of one regex. */
export class RegexHits {
  count = 0;
  readonly shown: RegexHit[] = [];

  add(hit: RegexHit | undefined): void {
    this.count++;
    if (hit !== undefined && this.shown.length < MAX_KEPT_HITS) this.shown.push(hit);
  }

  /** Counts hits of which nothing is shown. */
  addUnseen(hits: number): void {
    this.count += hits;
  }
}

const textOfMatch = (match: MatchLine): string => (typeof match === "string" ? match : match.join(""));

export interface StatisticsLists {
  readonly matched: ListedLines;
  readonly missed: ListedLines;
  readonly ignored: ListedLines;
  /** lines that a later match may still claim: those of the multi-line buffer */
  readonly waiting: number;
}

export class RegexStatistics {
  readonly matched: ListedLines;
  readonly missed: ListedLines;
  readonly ignored: ListedLines;
  readonly failures: readonly RegexHits[];
  readonly ignores: readonly RegexHits[];
  readonly prefixGroups: ReadonlyGroups[] = [];
  prefixCount = 0;
  lines = 0;
  readonly #waitLimit: number;
  /** missed lines that may still be part of a match over several lines */
  #waiting: SeenLine[] = [];

  constructor(failures: number, ignores: number, lists: StatisticsLists) {
    this.failures = Array.from({ length: failures }, () => new RegexHits());
    this.ignores = Array.from({ length: ignores }, () => new RegexHits());
    this.matched = lists.matched;
    this.missed = lists.missed;
    this.ignored = lists.ignored;
    this.#waitLimit = lists.waiting > 1 ? lists.waiting : 0;
  }

  /** Whether of missed lines nothing is wanted but their number. */
  get countsMissed(): boolean {
    return this.missed.isFull && this.#waitLimit === 0;
  }

  /** Counts missed lines without their text, where {@link countsMissed}. */
  addUnseen(lines: number): void {
    this.lines += lines;
    this.missed.addUnseen(lines);
  }

  /** @param groups what it captured, where it is to be shown */
  addPrefix(groups: (() => ReadonlyGroups) | undefined): void {
    this.prefixCount++;
    if (groups !== undefined && this.prefixGroups.length < MAX_SHOWN_PREFIXES)
      this.prefixGroups.push(groups());
  }

  addMissed(seen: SeenLine): void {
    if (this.#waitLimit === 0) {
      this.missed.add(seen);
      return;
    }
    this.#waiting.push(seen);
    if (this.#waiting.length <= this.#waitLimit) return;
    const oldest = this.#waiting.shift();
    if (oldest !== undefined) this.missed.add(oldest);
  }

  /** Counts a matched line, and before it the missed ones that belong to its match. */
  addMatched(seen: SeenLine): void {
    if (this.#waiting.length > 0) this.#claim(seen);
    this.matched.add(seen);
  }

  /** Takes those out of the waiting lines that are part of the match. */
  #claim({ report, resolved }: SeenLine): void {
    const others = resolved.flatMap(({ match }) => match.matches.map(textOfMatch));
    const own = others.lastIndexOf(textOfMatch(report.line));
    if (own >= 0) others.splice(own, 1);
    for (const text of others) {
      const index = this.#waiting.findIndex((waiting) => textOfMatch(waiting.report.line) === text);
      const [claimed] = index < 0 ? [] : this.#waiting.splice(index, 1);
      if (claimed !== undefined) this.matched.add(claimed);
    }
  }

  /** Gives up what was put by. */
  close(): void {
    for (const list of [this.matched, this.missed, this.ignored]) list.close();
  }

  /** No more lines come: what still waits is missed. */
  finish(): void {
    for (const seen of this.#waiting) this.missed.add(seen);
    this.#waiting = [];
  }
}
