/**
 * The regexes of a filter over a line that lies in its chunk: where their groups stand is found by walks over the bytes. Where a walk
 * does not know, the regex is to be asked. Knows neither dates nor sessions.
 * Hot: per line that may come to something.
 * @module
 */
import { patternTree } from "../regex/pattern-tree.ts";
import type { CaptureOutcome, CaptureSource } from "../scan/line-captures.ts";
import { CapturedGroups, type CapturedPart } from "./captured-groups.ts";
import type { CapturedLine } from "./captured-line.ts";
import type { FilterParts } from "./filter-parts.ts";
import type { Groups } from "./groups.ts";
import type { Pattern } from "./patterns.ts";

/** Finds where groups stand in the line that it was given last. */
export interface Captures {
  /** @see LineCaptures */
  readonly places: Int32Array;
  run(index: number, from: number, to: number): CaptureOutcome;
}

/** As {@link Captures} run: no match, a match, and that it does not know. */
export const NO_MATCH = 0;
export const MATCH = 1;
export const UNKNOWN = 2;

/** The regexes in the order of {@link captureSources}: prefregex, failregexes, ignoreregexes. */
export class CapturedSearch {
  readonly #captures: Captures;
  readonly #firstFailregex: number;
  readonly #firstIgnoreregex: number;
  readonly #readers: readonly CapturedGroups[];
  readonly #content: number;
  // What is read of the present line.
  readonly #prefix: CapturedPart;
  #own: CapturedPart | undefined;
  #length = 0;
  /** a walk did not know of the present line: a regex was asked, which may have taken its time */
  isUnsure = false;
  /** the part of the line that failregexes search */
  from = 0;
  to = 0;

  constructor(parts: FilterParts, captures: Captures) {
    const { prefix, failures } = parts;
    this.#captures = captures;
    this.#firstFailregex = prefix === undefined ? 0 : 1;
    this.#firstIgnoreregex = this.#firstFailregex + failures.length;
    this.#readers = failures.map(({ reader }) => new CapturedGroups(prefix?.reader, reader));
    this.#content = prefix?.reader.regex.groupIndex.get("content") ?? -1;
    const prefixPlaces = new Int32Array(2 * (1 + (prefix?.reader.regex.groupCount ?? 0)));
    this.#prefix = { from: 0, to: 0, places: prefixPlaces };
  }

  /** Begins with a line of so many characters. */
  begin(length: number): void {
    this.#length = length;
    this.isUnsure = false;
    this.from = 0;
    this.to = length;
  }

  /** The prefregex; what it captured as content is what failregexes search from now on. */
  runPrefix(): CaptureOutcome {
    const outcome = this.#run(0, 0, this.#length);
    if (outcome !== MATCH) return outcome;
    const { places } = this.#captures;
    const kept = this.#prefix.places;
    for (let index = 0; index < kept.length; index++) kept[index] = places[index] ?? -1;
    const start = this.#content < 0 ? -1 : (places[2 * this.#content] ?? -1);
    const end = this.#content < 0 ? -1 : (places[2 * this.#content + 1] ?? -1);
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

  /** The prefregex on a line of so many characters, for its own sake. */
  tryPrefix(length: number): CaptureOutcome {
    return this.#captures.run(0, 0, length);
  }

  runFailregex(index: number): CaptureOutcome {
    return this.#run(this.#firstFailregex + index, this.from, this.to);
  }

  /** @param isWhole on the whole line, whatever the failregexes search */
  runIgnoreregex(index: number, isWhole: boolean): CaptureOutcome {
    const program = this.#firstIgnoreregex + index;
    return isWhole ? this.#run(program, 0, this.#length) : this.#run(program, this.from, this.to);
  }

  #run(program: number, from: number, to: number): CaptureOutcome {
    const outcome = this.#captures.run(program, from, to);
    if (outcome === UNKNOWN) this.isUnsure = true;
    return outcome;
  }

  /** Whether the last match of a failregex covers anything of the line. */
  get coversLine(): boolean {
    return (this.#captures.places[0] ?? 0) <= this.to - this.from;
  }

  /** The groups of the failregex that has just matched. */
  groupsOf(index: number, line: CapturedLine): Groups | undefined {
    this.#own ??= { from: 0, to: 0, places: this.#captures.places };
    const own = this.#own;
    own.from = this.from;
    own.to = this.to;
    this.#prefix.to = this.#length;
    return this.#readers[index]?.read(line, this.#prefix, own);
  }

  /** The groups of the prefregex, for a failregex that is to be asked itself. */
  groupsOfPrefix(index: number, line: CapturedLine): Groups | undefined {
    this.#prefix.to = this.#length;
    return this.#readers[index]?.readPrefix(line, this.#prefix);
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
