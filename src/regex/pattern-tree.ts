/**
 * Trees of patterns, shared by those who ask one after another: who compiles a filter, who makes its scanner, its captures and its engines.
 * Knows no engine.
 * @module
 */
import { parsePattern } from "./parse.ts";
import { resolveCharacters } from "./transforms/characters.ts";
import type { Node, ParsedPattern } from "./tree.ts";

export interface TreeOptions {
  /** `^` and `$` at every line */
  readonly multiline?: boolean;
  readonly ignoreCase?: boolean;
}

/** A pattern that compiles. */
export class PatternTree {
  /** as it is written */
  readonly parsed: ParsedPattern;
  #root: Node | undefined;

  constructor(parsed: ParsedPattern) {
    this.parsed = parsed;
  }

  /** characters resolved to sets */
  get root(): Node {
    this.#root ??= resolveCharacters(this.parsed.root);
    return this.#root;
  }

  get groupCount(): number {
    return this.parsed.groupCount;
  }

  get groupIndex(): ReadonlyMap<string, number> {
    return this.parsed.groupIndex;
  }
}

/** Patterns whose trees are known as long as they are in memory; nobody keeps them for that. */
const MAX_KNOWN = 500;
const known = new Map<string, WeakRef<PatternTree>>();

/**
 * The tree of a pattern.
 *
 * @throws {RegexSyntaxError} as Python's `re` words it
 */
export function patternTree(pattern: string, options: TreeOptions = {}): PatternTree {
  const { multiline = false, ignoreCase = false } = options;
  const key = `${multiline ? "m" : ""}${ignoreCase ? "i" : ""}:${pattern}`;
  const shared = known.get(key)?.deref();
  if (shared !== undefined) return shared;
  const tree = new PatternTree(parsePattern(pattern, { multiline, ignoreCase }));
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, new WeakRef(tree));
  return tree;
}
