/**
 * Which matcher searches which text, so that no text takes long: V8's engine as long as its worst case is cheap; beyond, and
 * for patterns that V8 would read differently, the exact matcher, which is asked only about texts that may match at all.
 * Hot: per line and regex.
 * @module
 */
import type { RegexMatch, RegexSearch } from "./compiled-regex.ts";
import type { PossibleMatch } from "./possible-match.ts";

/** Texts below this length the exact matcher is asked about at once. */
const MIN_CHECKED_LENGTH = 32;

/** V8's engine for texts up to a length, another one for longer texts. */
export class RoutedSearch implements RegexSearch {
  readonly #native: RegexSearch;
  readonly #nativeLimit: number;
  readonly #other: RegexSearch;

  constructor(native: RegexSearch, nativeLimit: number, other: RegexSearch) {
    this.#native = native;
    this.#nativeLimit = nativeLimit;
    this.#other = other;
  }

  search(text: string, from = 0, maxSteps?: number): RegexMatch | undefined {
    const engine = text.length - from <= this.#nativeLimit ? this.#native : this.#other;
    return engine.search(text, from, maxSteps);
  }
}

/** The exact matcher behind the test whether a text can match. Both are made when first needed. */
export class GuardedSearch implements RegexSearch {
  readonly #makeExact: () => RegexSearch;
  readonly #makeGuard: () => PossibleMatch | undefined;
  #exact: RegexSearch | undefined;
  #guard: PossibleMatch | undefined;
  #isGuarded = false;

  /** @param makeGuard `undefined`: the pattern has none */
  constructor(makeExact: () => RegexSearch, makeGuard: () => PossibleMatch | undefined) {
    this.#makeExact = makeExact;
    this.#makeGuard = makeGuard;
  }

  search(text: string, from = 0, maxSteps?: number): RegexMatch | undefined {
    if (text.length - from >= MIN_CHECKED_LENGTH && !this.#canMatch(text, from)) return undefined;
    this.#exact ??= this.#makeExact();
    return this.#exact.search(text, from, maxSteps);
  }

  #canMatch(text: string, from: number): boolean {
    if (!this.#isGuarded) {
      this.#isGuarded = true;
      this.#guard = this.#makeGuard();
    }
    return this.#guard?.canMatch(text, from) !== false;
  }
}
