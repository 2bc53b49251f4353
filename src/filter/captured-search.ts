/**
 * The regexes of a filter over a line that lies in its chunk: where their groups stand is found by walks over the bytes. Where a walk
 * does not know, the regex is to be asked. Knows neither dates nor sessions.
 * Hot: per line that may come to something.
 * @module
 */
import { patternTree } from "../regex/pattern-tree.ts";
import {
  CapturePlan,
  FIRST_PLACES,
  FROM,
  OTHER_PLACES,
  OUTCOME,
  REST,
  TO,
  WHICH,
} from "../scan/line-batch.ts";
import {
  type CaptureOutcome,
  type CaptureSource,
  KEPT_BASE,
  type LineCaptures,
  OWN_BASE,
} from "../scan/line-captures.ts";
import { CapturedGroups, type CapturedPart } from "./captured-groups.ts";
import type { CapturedLine } from "./captured-line.ts";
import type { FilterParts } from "./filter-parts.ts";
import type { Groups } from "./groups.ts";
import type { Pattern } from "./patterns.ts";

/** As captures have it: no match, a match, and that it does not know. */
export const NO_MATCH = 0;
export const MATCH = 1;
export const UNKNOWN = 2;

/** The regexes in the order of {@link captureSources}: prefregex, failregexes, ignoreregexes. */
export class CapturedSearch {
  readonly #captures: LineCaptures;
  readonly #hasPrefix: boolean;
  readonly #firstIgnoreregex: number;
  readonly #readers: readonly CapturedGroups[];
  readonly #content: number;
  #found: Int32Array | undefined;
  // What is read of the present line.
  #parts: { readonly prefix: CapturedPart; readonly own: CapturedPart } | undefined;
  #line: CapturedLine | undefined;
  #length = 0;
  /** where it stands what was found in the present line ahead of it; -1: nothing, or no longer needed */
  #foundAt = -1;
  /** whether searches are of the present line */
  #isTaken = true;
  /** a walk did not know of the present line: a regex was asked, which may have taken its time */
  isUnsure = false;
  /** the part of the line that failregexes search */
  from = 0;
  to = 0;

  constructor({ prefix, failures }: FilterParts, captures: LineCaptures) {
    this.#captures = captures;
    this.#hasPrefix = prefix !== undefined;
    this.#firstIgnoreregex = this.#failregex(failures.length);
    this.#readers = failures.map(({ reader }) => new CapturedGroups(prefix?.reader, reader));
    this.#content = prefix?.reader.regex.groupIndex.get("content") ?? 0;
  }

  /**
   * What is searched ahead in a line that these failregexes may match.
   *
   * @param triesAll whether others are tried after one that matched
   */
  planOf(mayMatch: readonly number[], triesAll: boolean): CapturePlan {
    const others = mayMatch.map((index) => this.#failregex(index));
    return new CapturePlan(this.#hasPrefix ? 0 : -1, this.#content, others, triesAll);
  }

  /** The failregex of a number among captures. */
  failregexOf(regex: number): number {
    return regex - this.#failregex(0);
  }

  /** What reads the groups of the regex with that number among captures, a failregex. */
  readerOf(regex: number): CapturedGroups | undefined {
    return this.#readers[this.failregexOf(regex)];
  }

  /**
   * Begins with a line.
   *
   * @param foundAt where it stands what was found in it ahead; -1: it was taken to be searched
   */
  begin(line: CapturedLine, foundAt: number): void {
    this.#line = line;
    this.#length = line.cutLength;
    this.#foundAt = foundAt;
    this.#isTaken = foundAt < 0;
    this.isUnsure = false;
    this.from = 0;
    this.to = this.#length;
  }

  /** The prefregex; what it captured as content is what failregexes search from now on. */
  runPrefix(): CaptureOutcome {
    const { prefix } = this.#mapped();
    if (this.#foundAt >= 0) {
      if (this.#foundIn(OUTCOME) === 0) return NO_MATCH;
      prefix.base = this.#foundIn(FIRST_PLACES);
      this.from = this.#foundIn(FROM);
      this.to = this.#foundIn(TO);
      return MATCH;
    }
    prefix.base = KEPT_BASE;
    const outcome = this.#run(0, 0, this.#length, true);
    if (outcome !== MATCH || this.#content === 0) return outcome;
    const { places } = prefix;
    const start = places[KEPT_BASE + 2 * this.#content] ?? -1;
    const end = places[KEPT_BASE + 2 * this.#content + 1] ?? -1;
    if (start < 0 || end <= start) return MATCH;
    // with the newline in it there are two at its end
    if (end > this.#length) {
      this.isUnsure = true;
      return UNKNOWN;
    }
    this.from = start;
    this.to = end;
    return MATCH;
  }

  /** The prefregex on the line, for its own sake. */
  tryPrefix(): CaptureOutcome {
    if (this.#foundAt >= 0) return this.#foundIn(OUTCOME) === 0 ? NO_MATCH : MATCH;
    return this.#captures.run(0, 0, this.#length);
  }

  /** @param nth which of those that may match it is, the first one 0 */
  runFailregex(index: number, nth: number): CaptureOutcome {
    const { own } = this.#mapped();
    if (this.#foundAt >= 0) {
      const which = this.#foundIn(WHICH);
      if (which < 0 || nth < which) return NO_MATCH;
      if (nth === which) {
        own.base = this.#foundIn(OTHER_PLACES);
        return MATCH;
      }
      if (this.#foundIn(REST) === 0) return NO_MATCH;
    }
    own.base = OWN_BASE;
    return this.#run(this.#failregex(index), this.from, this.to);
  }

  /**
   * Begins with a line of which a walk knows all that it comes to.
   *
   * @param mayMatch failregexes that may match it
   * @returns the one that does, with its groups placed; -1: they cannot be
   */
  beginKnown(line: CapturedLine, foundAt: number, mayMatch: readonly number[]): number {
    this.begin(line, foundAt);
    if (this.#hasPrefix) this.runPrefix();
    const which = this.#foundIn(WHICH);
    const index = mayMatch[which] ?? -1;
    if (index < 0) return -1;
    this.runFailregex(index, which);
    return this.placed(index) === undefined ? -1 : index;
  }

  /** The groups of a failregex. */
  groupsAt(index: number): CapturedGroups | undefined {
    return this.#readers[index];
  }

  /** @param isWhole on the whole line, whatever the failregexes search */
  runIgnoreregex(index: number, isWhole: boolean): CaptureOutcome {
    const program = this.#firstIgnoreregex + index;
    return isWhole ? this.#run(program, 0, this.#length) : this.#run(program, this.from, this.to);
  }

  #failregex(index: number): number {
    return (this.#hasPrefix ? 1 : 0) + index;
  }

  #foundIn(field: number): number {
    this.#found ??= this.#captures.found;
    return this.#found[this.#foundAt + field] ?? -1;
  }

  #run(program: number, from: number, to: number, keeps = false): CaptureOutcome {
    const line = this.#line;
    if (!this.#isTaken && line !== undefined) {
      // it was searched ahead, and others behind it
      this.#captures.take(line.start, line.stampStart, line.stampEnd, line.end);
      this.#isTaken = true;
    }
    const outcome = this.#captures.run(program, from, to, keeps);
    if (outcome === UNKNOWN) this.isUnsure = true;
    return outcome;
  }

  /** Whether the last match of a failregex covers anything of the line. */
  get coversLine(): boolean {
    const { own } = this.#mapped();
    return (own.places[own.base] ?? 0) <= this.to - this.from;
  }

  /** The memory is there once somebody asks. */
  #mapped(): { readonly prefix: CapturedPart; readonly own: CapturedPart } {
    if (this.#parts === undefined) {
      const { allPlaces: places } = this.#captures;
      const prefix = { from: 0, to: 0, places, base: KEPT_BASE };
      this.#parts = { prefix, own: { from: 0, to: 0, places, base: OWN_BASE } };
    }
    return this.#parts;
  }

  /** The groups of the failregex that has just matched, placed in the line; `undefined`: they cannot be. */
  placed(index: number): CapturedGroups | undefined {
    const reader = this.#readers[index];
    return reader?.place(this.#prefixPart(), this.#ownPart()) === true ? reader : undefined;
  }

  /** The same, whatever they are. */
  groupsOf(index: number, line: CapturedLine): Groups | undefined {
    return this.#readers[index]?.read(line.cut, this.#prefixPart(), this.#ownPart());
  }

  /** The groups of the prefregex, for a failregex that is to be asked itself. */
  groupsOfPrefix(index: number, line: CapturedLine): Groups | undefined {
    return this.#readers[index]?.readPrefix(line.cut, this.#prefixPart());
  }

  #prefixPart(): CapturedPart {
    const { prefix } = this.#mapped();
    prefix.to = this.#length;
    return prefix;
  }

  #ownPart(): CapturedPart {
    const { own } = this.#mapped();
    own.from = this.from;
    own.to = this.to;
    return own;
  }
}

/** What captures of a filter are made of. */
export function captureSources({ prefix, failures, ignores }: FilterParts): readonly CaptureSource[] {
  const sourceOf = ({ expanded, reader }: Pattern): CaptureSource => {
    const { groupCount } = reader.regex;
    // most are never searched
    return {
      get root() {
        return patternTree(expanded).root;
      },
      groupCount,
    };
  };
  return [...(prefix === undefined ? [] : [prefix]), ...failures, ...ignores].map(sourceOf);
}
