/**
 * What `gaoler regex` counts and keeps while lines go by (A§4.4). Knows no files and prints nothing.
 * @module
 */
import type { EpochSeconds } from "../base/units.ts";
import type { MatchLine } from "../filter/failure.ts";
import type { GroupValue } from "../filter/groups.ts";

/** Lines kept for a list that is printed in full. */
const MAX_KEPT_LINES = 1_000_000;
/** Hits kept for each regex with `-v`. */
const MAX_KEPT_HITS = 100_000;

/** Matches of the prefregex shown with `-v`. */
const MAX_SHOWN_PREFIXES = 20;

/** A line of the log and how a match shows it. */
export interface SeenLine {
  readonly line: string;
  readonly match: MatchLine;
}

/** A list of lines of which all are counted and the first ones kept. */
export class CountedLines {
  readonly #limit: number;
  readonly kept: string[] = [];
  count = 0;

  /** @param limit lines to keep; `undefined`: all, as far as memory is bounded */
  constructor(limit: number | undefined) {
    this.#limit = limit ?? MAX_KEPT_LINES;
  }

  add(line: string): void {
    this.count++;
    if (this.kept.length < this.#limit) this.kept.push(line);
  }

  /** All of them were kept. */
  get isComplete(): boolean {
    return this.kept.length === this.count;
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
}

const textOfMatch = (match: MatchLine): string => (typeof match === "string" ? match : match.join(""));

export interface StatisticsLimits {
  readonly matched: number | undefined;
  readonly missed: number | undefined;
  readonly ignored: number | undefined;
  /** lines that a later match may still claim: those of the multi-line buffer */
  readonly waiting: number;
}

export class RegexStatistics {
  readonly matched: CountedLines;
  readonly missed: CountedLines;
  readonly ignored: CountedLines;
  readonly failures: readonly RegexHits[];
  readonly ignores: readonly RegexHits[];
  readonly prefixGroups: ReadonlyMap<string, GroupValue>[] = [];
  prefixCount = 0;
  lines = 0;
  readonly #waitLimit: number;
  /** missed lines that may still be part of a match over several lines */
  #waiting: SeenLine[] = [];

  constructor(failures: number, ignores: number, limits: StatisticsLimits) {
    this.failures = Array.from({ length: failures }, () => new RegexHits());
    this.ignores = Array.from({ length: ignores }, () => new RegexHits());
    this.matched = new CountedLines(limits.matched);
    this.missed = new CountedLines(limits.missed);
    this.ignored = new CountedLines(limits.ignored);
    this.#waitLimit = limits.waiting > 1 ? limits.waiting : 0;
  }

  addPrefix(groups: ReadonlyMap<string, GroupValue>, isShown: boolean): void {
    this.prefixCount++;
    if (isShown && this.prefixGroups.length < MAX_SHOWN_PREFIXES) this.prefixGroups.push(groups);
  }

  addMissed(seen: SeenLine): void {
    this.#waiting.push(seen);
    if (this.#waiting.length <= this.#waitLimit) return;
    const oldest = this.#waiting.shift();
    if (oldest !== undefined) this.missed.add(oldest.line);
  }

  /** Counts a matched line, and before it the missed ones that belong to its match. */
  addMatched(seen: SeenLine, matches: readonly MatchLine[]): void {
    const others = matches.map(textOfMatch);
    const own = others.lastIndexOf(textOfMatch(seen.match));
    if (own >= 0) others.splice(own, 1);
    for (const text of others) {
      const index = this.#waiting.findIndex(({ match }) => textOfMatch(match) === text);
      const [claimed] = index < 0 ? [] : this.#waiting.splice(index, 1);
      if (claimed !== undefined) this.matched.add(claimed.line);
    }
    this.matched.add(seen.line);
  }

  /** No more lines come: what still waits is missed. */
  finish(): void {
    for (const { line } of this.#waiting) this.missed.add(line);
    this.#waiting = [];
  }
}
