/**
 * Compiles a pattern of Python's `re`. This file is the order of the phases and nothing else:
 * parse → resolve characters → lower for V8 → emit, or, where V8 would differ, build the exact matcher.
 * @module
 */
import type { CompiledRegex, EngineName, RegexSearch } from "./compiled-regex.ts";
import { type Edition, emitNative, type NativeSource } from "./emit.ts";
import { ExactSearch } from "./exact/exact-search.ts";
import { lowerForNative } from "./lower.ts";
import { NativeSearch } from "./native-search.ts";
import { parsePattern } from "./parse.ts";
import { resolveCharacters } from "./transforms/characters.ts";
import type { Node, ParsedPattern } from "./tree.ts";

export interface CompileOptions {
  /** `^` and `$` at every line */
  readonly multiline?: boolean;
  readonly ignoreCase?: boolean;
  /** spans of groups will be asked for at nearly every match */
  readonly spans?: boolean;
  /** the exact matcher even where the native engine would do; for comparisons */
  readonly exact?: boolean;
}

interface ChosenEngine {
  readonly engine: EngineName;
  readonly reason: string;
  readonly searcher: RegexSearch;
}

/**
 * Compiles a pattern.
 *
 * @throws {RegexSyntaxError} as Python's `re` words it
 * @see compat A§2.19
 */
export function compileRegex(pattern: string, options: CompileOptions = {}): CompiledRegex {
  const { multiline = false, ignoreCase = false } = options;
  const parsed = parsePattern(pattern, { multiline, ignoreCase });
  const root = resolveCharacters(parsed.root);
  const { engine, reason, searcher } = chooseEngine(parsed, root, options);
  return {
    pattern,
    engine,
    reason,
    groupCount: parsed.groupCount,
    groupNames: [...parsed.groupIndex.keys()],
    groupIndex: parsed.groupIndex,
    search: (text, from) => searcher.search(text, from),
  };
}

function chooseEngine(parsed: ParsedPattern, root: Node, options: CompileOptions): ChosenEngine {
  const { groupCount, groupIndex } = parsed;
  const makeExact = (): RegexSearch => new ExactSearch(root, groupCount, groupIndex);
  const lowered = lowerForNative(root, groupCount);
  if (lowered.kind === "refused" || options.exact === true) {
    const reason = lowered.kind === "refused" ? lowered.reason : "the exact matcher was asked for";
    return { engine: "exact", reason, searcher: makeExact() };
  }
  const sourceOf = (edition: Edition): NativeSource => emitNative(lowered.root, edition, groupCount);
  return {
    engine: "native",
    reason: "JavaScript's engine provably agrees with Python's",
    searcher: new NativeSearch(sourceOf, makeExact, { groupIndex, spans: options.spans ?? false }),
  };
}
