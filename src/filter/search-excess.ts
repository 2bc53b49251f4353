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

/**
 * Steps a search gets on a line of which another search was given up, at least and for each character: what is hard for one regex
 * often is for its neighbours, and a line must not cost the budget times the number of regexes.
 */
const MIN_STEPS_ON_HARD_LINE = 100_000;
const STEPS_PER_CHARACTER_OF_HARD_LINE = 16;

/** The line that is searched, and whom to tell. */
export interface SearchedLine {
  /** the whole line */
  readonly text: string;
  /** set once a search of the line was given up */
  isHard?: boolean;
  readonly now: EpochSeconds;
  readonly warn: (warning: FilterWarning) => void;
}

/** Steps that a search of the line gets; `undefined`: the usual budget. */
export function stepsFor({ text, isHard }: SearchedLine): number | undefined {
  if (isHard !== true) return undefined;
  return Math.max(MIN_STEPS_ON_HARD_LINE, STEPS_PER_CHARACTER_OF_HARD_LINE * text.length);
}

/** What was told of, as plain data. */
export interface ExcessState {
  readonly count: number;
  readonly regexes: readonly (readonly [source: string, untold: number, toldAt: EpochSeconds])[];
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

  state(): ExcessState {
    const regexes = [...this.#excesses].map(
      ([source, { untold, toldAt }]) => [source, untold, toldAt] as const,
    );
    return { count: this.#count, regexes };
  }

  /** Goes on where another one's {@link state} was taken. */
  restore({ count, regexes }: ExcessState): void {
    this.#count = count;
    this.#excesses.clear();
    for (const [source, untold, toldAt] of regexes) this.#excesses.set(source, { untold, toldAt });
  }

  /** Takes what a search has thrown: one that took too long counts as not matching, anything else goes on its way. */
  giveUp(error: unknown, source: string, searched: SearchedLine): undefined {
    if (!(error instanceof RegexBudgetError)) throw error;
    searched.isHard = true;
    this.#exceeded(source, searched);
  }

  #exceeded(source: string, { text: line, now, warn }: SearchedLine): void {
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
