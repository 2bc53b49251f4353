/**
 * A regex ready for use, and what a search with it gives. Both engines offer exactly this.
 * Offsets are UTF-16 units, though matching itself counts code points as Python does.
 * @module
 */

/** Which engine searches: V8's own where it provably agrees with Python, else the exact matcher. */
export type EngineName = "native" | "exact";

/** Start and end of a match in the text, end exclusive. */
export type Span = readonly [start: number, end: number];

export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  /** Text of a group by number (0 is the match) or name; `undefined` if it took no part or does not exist. */
  group(key: number | string): string | undefined;
  /** Place of a group in the text; `undefined` as for `group`. */
  span(key: number | string): Span | undefined;
}

/** An engine with one regex in it. */
export interface RegexSearch {
  /**
   * The first match at or after `from` (0 unless told); `^` and lookbehind see the text before `from`.
   *
   * @param maxSteps the exact matcher's budget for this search, where it shall be less than the usual one
   * @throws {RegexBudgetError} the search takes too long or too much memory
   */
  search(text: string, from?: number, maxSteps?: number): RegexMatch | undefined;
}

export interface CompiledRegex extends RegexSearch {
  /** the pattern as written */
  readonly pattern: string;
  readonly engine: EngineName;
  /** why that engine, for people */
  readonly reason: string;
  /** how the time of a search grows with the text, for people: "linear", "quadratic: native up to … characters, then exact" */
  readonly cost: string;
  /** number of capturing groups */
  readonly groupCount: number;
  /** names of the named groups in order of their numbers */
  readonly groupNames: readonly string[];
  readonly groupIndex: ReadonlyMap<string, number>;
}
