/**
 * A pattern's tree for those who read patterns without searching with them. Knows no engine.
 * @module
 */
import { parsePattern } from "./parse.ts";
import { resolveCharacters } from "./transforms/characters.ts";
import type { Node } from "./tree.ts";

export interface PatternTree {
  /** characters resolved to sets */
  readonly root: Node;
  readonly groupIndex: ReadonlyMap<string, number>;
}

/**
 * The tree of a pattern that compiles.
 *
 * @throws {RegexSyntaxError} as Python's `re` words it
 */
export function patternTree(pattern: string): PatternTree {
  const { root, groupIndex } = parsePattern(pattern);
  return { root: resolveCharacters(root), groupIndex };
}
