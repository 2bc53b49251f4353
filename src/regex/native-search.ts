/**
 * Searches with V8's own engine. Knows nothing of Python: it is given sources that mean the right thing.
 * Texts with surrogate pairs go to another engine: flag `u` would count them right, but its sets take V8 milliseconds each.
 * Hot: per line and regex.
 * @module
 */
import type { RegexMatch, RegexSearch, Span } from "./compiled-regex.ts";
import type { Edition, NativeSource } from "./emit.ts";
import { RegexBudgetError } from "./errors.ts";

/** Any character outside of the narrow edition. On V8's one-byte strings this answers without looking at the text. */
const WIDE = /[^\0-\xff]/;
const SURROGATE = /[\ud800-\udfff]/;

/** The last text found to be narrow: the regexes of a filter search the same text one after another, as the same string. */
let narrowText = "";

function isNarrow(text: string): boolean {
  if (text === narrowText) return true;
  if (WIDE.test(text)) return false;
  narrowText = text;
  return true;
}

export class NativeSearch implements RegexSearch {
  readonly #groupIndex: ReadonlyMap<string, number>;
  readonly #sourceOf: (edition: Edition) => NativeSource;
  readonly #flags: string;
  readonly #narrow: Native;
  // Made when the first text needs them.
  #wide: Native | undefined;
  #astral: RegexSearch | undefined;
  readonly #makeAstral: () => RegexSearch;

  /**
   * @param sourceOf the pattern in an edition
   * @param makeAstral an engine that counts code points, for texts with surrogates
   */
  constructor(
    sourceOf: (edition: Edition) => NativeSource,
    makeAstral: () => RegexSearch,
    options: { readonly groupIndex: ReadonlyMap<string, number>; readonly spans: boolean },
  ) {
    this.#sourceOf = sourceOf;
    this.#makeAstral = makeAstral;
    this.#groupIndex = options.groupIndex;
    this.#flags = options.spans ? "gd" : "g";
    this.#narrow = new Native(sourceOf("narrow"), this.#flags, options.groupIndex);
  }

  search(text: string, from = 0, maxSteps?: number): RegexMatch | undefined {
    if (isNarrow(text)) return this.#narrow.search(text, from);
    if (SURROGATE.test(text)) {
      this.#astral ??= this.#makeAstral();
      return this.#astral.search(text, from, maxSteps);
    }
    this.#wide ??= new Native(this.#sourceOf("wide"), this.#flags, this.#groupIndex);
    return this.#wide.search(text, from);
  }
}

/** One edition of a regex. */
class Native {
  readonly slots: readonly (readonly number[])[];
  readonly groupIndex: ReadonlyMap<string, number>;
  readonly #regex: RegExp;

  constructor(source: NativeSource, flags: string, groupIndex: ReadonlyMap<string, number>) {
    this.slots = source.slots;
    this.groupIndex = groupIndex;
    this.#regex = new RegExp(source.source, flags);
  }

  search(text: string, from: number): RegexMatch | undefined {
    const found = this.#exec(this.#regex, text, from);
    return found === null ? undefined : new NativeMatch(this, found, text);
  }

  /** The same search once more, with the places of all groups. */
  withPlaces(text: string, from: number): RegExpExecArray | null {
    return this.#exec(new RegExp(this.#regex.source, `${this.#regex.flags}d`), text, from);
  }

  #exec(regex: RegExp, text: string, from: number): RegExpExecArray | null {
    regex.lastIndex = from;
    try {
      return regex.exec(text);
    } catch (cause) {
      // V8 gives up when the memory for backtracking is used up or the program is too large.
      throw new RegexBudgetError("the native engine gave up", { cause });
    }
  }
}

class NativeMatch implements RegexMatch {
  readonly start: number;
  readonly end: number;
  readonly #native: Native;
  readonly #text: string;
  #found: RegExpExecArray;

  constructor(native: Native, found: RegExpExecArray, text: string) {
    this.start = found.index;
    this.end = found.index + found[0].length;
    this.#native = native;
    this.#found = found;
    this.#text = text;
  }

  group(key: number | string): string | undefined {
    const slot = this.#slot(key);
    return slot < 0 ? undefined : this.#found[slot];
  }

  span(key: number | string): Span | undefined {
    if (key === 0) return [this.start, this.end];
    const slot = this.#slot(key);
    if (slot < 0) return undefined;
    if (this.#found.indices === undefined) {
      this.#found = this.#native.withPlaces(this.#text, this.start) ?? this.#found;
    }
    return this.#found.indices?.[slot];
  }

  /** The native group that holds the text, -1 for none. */
  #slot(key: number | string): number {
    const number = typeof key === "number" ? key : this.#native.groupIndex.get(key);
    const slots = number === undefined ? undefined : this.#native.slots[number];
    if (slots !== undefined) for (const slot of slots) if (this.#found[slot] !== undefined) return slot;
    return -1;
  }
}
