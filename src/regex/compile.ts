/**
 * Compiles a pattern of Python's `re`. This file is the order of the phases and nothing else:
 * parse → resolve characters → lower for V8 → judge the cost → emit, or, where V8 would differ, build the exact matcher.
 * @module
 */
import { automatonOf } from "./automaton.ts";
import type { CompiledRegex, EngineName, RegexMatch, RegexSearch } from "./compiled-regex.ts";
import { describeCost, LINEAR, nativeLimit, searchCost } from "./cost.ts";
import { type Edition, emitNative, type NativeSource } from "./emit.ts";
import { ExactSearch } from "./exact/exact-search.ts";
import { isAnchored } from "./exact/first-characters.ts";
import { GuardedSearch, RoutedSearch } from "./guarded-search.ts";
import { type LinearSearching, linearSearch } from "./linear/linear-search.ts";
import { lowerForNative, withoutConditions } from "./lower.ts";
import { NativeSearch } from "./native-search.ts";
import { type HasNeeded, neededText } from "./needed-text.ts";
import { type PatternTree, patternTree, type TreeOptions } from "./pattern-tree.ts";
import { PossibleMatch } from "./possible-match.ts";
import { withoutShortReferences } from "./transforms/short-references.ts";

export interface CompileOptions extends TreeOptions {
  /** spans of groups will be asked for at nearly every match */
  readonly spans?: boolean;
  /** the exact matcher even where the native engine would do; for comparisons */
  readonly exact?: boolean;
  /** the engine that is chosen searches the first texts, too; for comparisons */
  readonly chosen?: boolean;
  /** it is known that V8 searches it in time that grows with the text alone: it does from the first text on, and nobody works that out */
  readonly isLinear?: boolean;
}

/** What the exact matcher takes: see its memory of failures. */
const EXACT_COST = "bounded by a budget of steps";

/**
 * What is searched before the engine is chosen, UTF-16 units, and the ways that may be looked at for it: to follow them takes less than to
 * choose and to make an engine, and most regexes of a filter see a few lines alone.
 */
const MAX_FIRST_UNITS = 50_000;
const MAX_FIRST_WORK = 50_000;

interface ChosenEngine {
  readonly engine: EngineName;
  readonly reason: string;
  readonly cost: string;
  readonly searcher: RegexSearch;
}

/**
 * Compiles a pattern. What is wrong with it shows at once. Which engine searches is decided when texts that may match have come for a
 * while, or when somebody asks which: the decision and the engine take ten milliseconds, and most regexes never meet such a text, or
 * a few of them, which the linear engine takes until then.
 *
 * @throws {RegexSyntaxError} as Python's `re` words it
 * @see compat A§2.19
 */
export function compileRegex(pattern: string, options: CompileOptions = {}): CompiledRegex {
  return new LazyRegex(pattern, options);
}

/** Hot: per line and regex. */
class LazyRegex implements CompiledRegex {
  readonly pattern: string;
  readonly groupCount: number;
  readonly groupNames: readonly string[];
  readonly groupIndex: ReadonlyMap<string, number>;
  readonly #options: CompileOptions;
  /** asked as long as there is no engine */
  readonly #mayMatch: HasNeeded | undefined;
  #chosen: ChosenEngine | undefined;
  /** searches as long as there is no engine; and how much it was given, UTF-16 units */
  #first: LinearSearching | undefined;
  #searched = 0;

  /** @throws {RegexSyntaxError} */
  constructor(pattern: string, options: CompileOptions) {
    const { parsed, groupCount, groupIndex } = patternTree(pattern, options);
    this.#mayMatch = neededText(parsed.root);
    this.pattern = pattern;
    this.groupCount = groupCount;
    this.groupIndex = groupIndex;
    this.groupNames = [...groupIndex.keys()];
    this.#options = options;
  }

  get engine(): EngineName {
    return this.#choice().engine;
  }

  get reason(): string {
    return this.#choice().reason;
  }

  get cost(): string {
    return this.#choice().cost;
  }

  search(text: string, from?: number, maxSteps?: number): RegexMatch | undefined {
    if (this.#chosen === undefined && this.#mayMatch?.(text, from ?? 0) === false) return undefined;
    const searcher = this.#chosen?.searcher ?? this.#searcherFor(text);
    return searcher.search(text, from, maxSteps);
  }

  /** What searches a text as long as the engine is not chosen. */
  #searcherFor(text: string): RegexSearch {
    const { exact, chosen, isLinear } = this.#options;
    if (exact === true || chosen === true || isLinear === true) return this.#choice().searcher;
    this.#first ??= this.#makeFirst();
    this.#searched += text.length;
    const isFirst = this.#searched <= MAX_FIRST_UNITS && this.#first.work <= MAX_FIRST_WORK;
    return isFirst ? this.#first : this.#choice().searcher;
  }

  #makeFirst(): LinearSearching {
    const { root, groupCount, groupIndex } = patternTree(this.pattern, this.#options);
    const tree = withoutShortReferences(withoutConditions(root));
    const search: RegexSearch["search"] = (...words) => this.#choice().searcher.search(...words);
    return linearSearch(tree, { groupCount, groupIndex, other: { search } });
  }

  #choice(): ChosenEngine {
    if (this.#chosen === undefined) {
      this.#chosen = chooseEngine(patternTree(this.pattern, this.#options), this.#options);
      this.#first = undefined;
    }
    return this.#chosen;
  }
}

function chooseEngine({ root, groupCount, groupIndex }: PatternTree, options: CompileOptions): ChosenEngine {
  const makeExact = (): RegexSearch => new ExactSearch(root, groupCount, groupIndex);
  if (options.exact === true) {
    const reason = "the exact matcher was asked for";
    return { engine: "exact", reason, cost: EXACT_COST, searcher: makeExact() };
  }
  const guarded = new GuardedSearch(makeExact, () => {
    const automaton = automatonOf(root, "match");
    return automaton === undefined ? undefined : new PossibleMatch(automaton, isAnchored(root));
  });
  const lowered = lowerForNative(root, groupCount);
  const tree = withoutShortReferences(lowered.kind === "lowered" ? lowered.split : root);
  const slow = linearSearch(tree, { groupCount, groupIndex, other: guarded });
  if (lowered.kind === "refused") {
    return { engine: "exact", reason: lowered.reason, cost: EXACT_COST, searcher: slow };
  }
  const cost = options.isLinear === true ? LINEAR : searchCost(tree);
  const limit = nativeLimit(cost);
  if (limit < 0) {
    const reason = "it reads some texts in too many ways, and only the exact matcher has a budget";
    return { engine: "exact", reason, cost: EXACT_COST, searcher: slow };
  }
  const sourceOf = (edition: Edition): NativeSource => emitNative(lowered.root, edition, groupCount);
  const native = new NativeSearch(sourceOf, () => slow, { groupIndex, spans: options.spans ?? false });
  return {
    engine: "native",
    reason: "JavaScript's engine provably agrees with Python's",
    cost: describeCost(cost),
    searcher: limit === Infinity ? native : new RoutedSearch(native, limit, slow),
  };
}
