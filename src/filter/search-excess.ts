/**
 * Searches that take too many steps: they count as not matching, are counted, and told once for each regex, then at most daily.
 * Knows no matching and no order of regexes.
 * @module
 */
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { RegexBudgetError } from "../regex/errors.ts";
import { type FilterWarning, warningOf } from "./warnings.ts";

const DAY: Seconds = 86_400;
/** Longest part of a line that is shown, characters; nothing bounds what a stranger can make a line of. */
const SHOWN_LINE_CHARS = 1000;

interface Excess {
  /** searches given up that were not told of */
  untold: number;
  toldAt: EpochSeconds;
}

/** The line that is searched, and whom to tell. */
export interface SearchedLine {
  readonly line: string;
  readonly now: EpochSeconds;
  readonly warn: (warning: FilterWarning) => void;
}

/** Watches over the searches of one jail. */
export class SearchExcess {
  readonly #jail: string;
  /** by the regex as configured */
  readonly #excesses = new Map<string, Excess>();
  #count = 0;

  constructor(jail: string) {
    this.#jail = jail;
  }

  /** Searches given up so far. */
  get count(): number {
    return this.#count;
  }

  /** What the search gives; `undefined` too where it takes too long. */
  guard<T>(source: string, searched: SearchedLine, search: () => T | undefined): T | undefined {
    try {
      return search();
    } catch (error) {
      if (!(error instanceof RegexBudgetError)) throw error;
      this.#exceeded(source, searched);
      return undefined;
    }
  }

  #exceeded(source: string, { line, now, warn }: SearchedLine): void {
    this.#count += 1;
    const known = this.#excesses.get(source);
    if (known !== undefined && now >= known.toldAt && now - known.toldAt < DAY) {
      known.untold += 1;
      return;
    }
    this.#excesses.set(source, { untold: 0, toldAt: now });
    const since = known === undefined || known.untold === 0 ? "" : ` (as on ${known.untold} lines before)`;
    const shown =
      line.length > SHOWN_LINE_CHARS
        ? `${line.slice(0, SHOWN_LINE_CHARS)}… (${line.length} characters)`
        : line;
    warn(
      warningOf(
        "budget",
        "WARNING",
        `[${this.#jail}] Regex takes too many steps and counts as not matching${since}: ${source}`,
        `[${this.#jail}] Line: ${shown}`,
      ),
    );
  }
}
