/**
 * A line through the filter as its text, in fail2ban's order: date, age, early ignoreregex, prefregex, failregex, late ignoreregex, session,
 * ID (A§2.1, A§2.14). The reference for every faster path.
 * Counts nothing, resolves no names; the present moment is a parameter.
 * Hot: per line.
 * @module
 */
import type { FoundDate } from "../date/detector.ts";
import type { RegexMatch } from "../regex/compiled-regex.ts";
import type { Conclusions } from "./conclusions.ts";
import type { FilterParts } from "./filter-parts.ts";
import { type Groups, NO_GROUPS, textOf } from "./groups.ts";
import { ignoresEarly } from "./ignore-order.ts";
import type { SearchedText } from "./line-buffer.ts";
import type { LineHint, Passage, Verdict } from "./line-report.ts";
import { type LineClock, type TimingInput, TOO_OLD } from "./line-time.ts";
import type { Pattern } from "./patterns.ts";
import { type SearchExcess, stepsFor } from "./search-excess.ts";

/** What a filter is made of, and what it carries from line to line. */
export interface PathParts {
  readonly parts: FilterParts;
  readonly clock: LineClock;
  readonly buffer: SearchedText;
  readonly conclusions: Conclusions;
  readonly excess: SearchExcess;
}

export class PlainPath {
  readonly #parts: FilterParts;
  readonly #clock: LineClock;
  readonly #buffer: SearchedText;
  readonly #conclusions: Conclusions;
  readonly #excess: SearchExcess;
  readonly #hasEarlyIgnores: boolean;
  readonly #allFailregexes: readonly number[];

  constructor({ parts, clock, buffer, conclusions, excess }: PathParts) {
    this.#parts = parts;
    this.#clock = clock;
    this.#buffer = buffer;
    this.#conclusions = conclusions;
    this.#excess = excess;
    this.#hasEarlyIgnores = ignoresEarly(parts);
    this.#allFailregexes = [...parts.failures.keys()];
  }

  /** @param hint what is known of the line */
  take(passage: Passage, input: TimingInput, hint: LineHint | undefined): Verdict {
    const date = input.at === undefined ? this.findDate(passage, hint) : undefined;
    return this.takeDated(passage, date, input, hint?.mayMatch ?? this.#allFailregexes);
  }

  /** Goes on behind the date. */
  takeDated(
    passage: Passage,
    date: FoundDate | undefined,
    input: TimingInput,
    mayMatch: readonly number[],
  ): Verdict {
    const { text, now, warn } = passage;
    passage.date = date;
    if (date?.empty === true && text === "") return "missed";

    const timed = this.#clock.time(text, date, input, warn);
    passage.line = timed.line;
    passage.at = timed.at;
    passage.isFloat = timed.isFloat;
    const at = this.#clock.age(timed.at, passage, input, warn);
    if (at === TOO_OLD) return "too-old";
    passage.at = at;
    this.#buffer.add(timed.text, timed.line);
    passage.searched = this.#buffer.text();

    if (this.#ignoresEarly(passage)) return "ignored";
    const verdict = this.#search(passage, mayMatch);
    if (verdict === "matched") {
      const undated = this.#clock.matchedUndated(timed, text, now);
      if (undated !== undefined) warn(undated);
    }
    return verdict;
  }

  /** Goes on behind the age and the early ignoreregexes, on a text that is not in the buffer yet. */
  search(text: string, passage: Passage, mayMatch: readonly number[]): Verdict {
    this.#buffer.add(text, passage.line);
    return this.#search(passage, mayMatch);
  }

  /** Prefregex and failregexes on what is in the buffer. */
  #search(passage: Passage, mayMatch: readonly number[]): Verdict {
    const defaults = this.#applyPrefix(passage);
    if (defaults === undefined) return "missed";
    this.#tryFailregexes(mayMatch, defaults, passage);
    return verdictOf(passage);
  }

  /** The first ignoreregex test, on the whole text, only where it can save work (A§2.14 step 1). */
  #ignoresEarly(passage: Passage): boolean {
    return this.#hasEarlyIgnores && this.ignores(this.#buffer.text(), passage);
  }

  /** Whether an ignoreregex matches the text. */
  ignores(text: string, passage: Passage): boolean {
    const { ignores } = this.#parts;
    for (let index = 0; index < ignores.length; index++) {
      const pattern = ignores[index];
      if (pattern === undefined || this.ask(pattern, text, passage) === undefined) continue;
      passage.ignoredBy = [...passage.ignoredBy, index];
      return true;
    }
    return false;
  }

  /** The prefregex and what it captured; `undefined`: the line is none of the filter's (A§2.14 step 2). */
  #applyPrefix(passage: Passage): Groups | undefined {
    const { prefix } = this.#parts;
    if (prefix === undefined) return NO_GROUPS;
    const match = this.ask(prefix, this.#buffer.text(), passage);
    if (match === undefined) return undefined;
    passage.isPrefixed = true;
    passage.prefix = match;
    const defaults = prefix.groupsOf(match);
    const content = textOf(defaults, "content");
    defaults.delete("content");
    if (content !== undefined) this.#buffer.replaceWith(content);
    return defaults;
  }

  /** The failregexes in order; the first that matches ends it, unless all are tried (A§2.14 steps 3 and 4). */
  #tryFailregexes(mayMatch: readonly number[], defaults: Groups, passage: Passage): void {
    const { failures } = this.#parts;
    for (const index of mayMatch) {
      const pattern = failures[index];
      if (pattern === undefined) continue;
      const match = this.ask(pattern, this.#buffer.text(), passage);
      if (match === undefined) continue;
      const covered = this.#buffer.covered(match.start, match.end, pattern.skippedOf(match));
      const groups = pattern.groupsOf(match, defaults);
      covered.take();
      const isDone =
        this.ignores(covered.text, passage) ||
        this.#conclusions.conclude(index, pattern, groups, covered.lines, passage);
      if (isDone && !passage.triesAll) return;
    }
  }

  findDate(passage: Passage, hint: LineHint | undefined): FoundDate | undefined {
    const { detector } = this.#parts;
    const { text, now } = passage;
    try {
      if (hint === undefined) return detector.find(text, now);
      const { skipped, stampStart, stampEnd } = hint;
      // the last of those lines leaves nothing behind that this one does not overwrite
      if (skipped > 0) detector.noteOrdinary(skipped, text, stampStart, stampEnd, now);
      return detector.findOrdinary(text, stampStart, stampEnd, now);
    } catch (error) {
      return this.#excess.giveUp(error, "datepattern", passage);
    }
  }

  /** Asks a regex; one that takes too many steps does not match. */
  ask(pattern: Pattern, text: string, passage: Passage): RegexMatch | undefined {
    try {
      return pattern.search(text, stepsFor(passage));
    } catch (error) {
      return this.#excess.giveUp(error, pattern.source, passage);
    }
  }
}

/** What the matches of a line come to. */
export function verdictOf({ matches, hasFailure, ignoredBy }: Passage): Verdict {
  if (matches === 0) return ignoredBy.length > 0 ? "ignored" : "missed";
  return hasFailure ? "matched" : "no-fail";
}
