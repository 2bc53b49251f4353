/**
 * A regex of a filter as the analysis sees it: its tree, what its groups are called, and where in the file a piece of it stands.
 * @module
 */
import type { Origin, Sourced } from "../base/diagnostic.ts";
import type { UseDns } from "../config/settings.ts";
import { type ExpandedRegex, expandTagsNoted } from "../filter/tags.ts";
import { RegexSyntaxError } from "../regex/errors.ts";
import { parsePattern } from "../regex/parse.ts";
import { resolveCharacters } from "../regex/transforms/characters.ts";
import type { Node, ParsedPattern } from "../regex/tree.ts";

export interface PatternView {
  readonly source: Sourced<string>;
  readonly expanded: ExpandedRegex;
  readonly parsed: ParsedPattern;
  /** the tree with its characters resolved */
  readonly root: Node;
  /** by number */
  readonly groupNames: ReadonlyMap<number, string>;
  readonly isMultiline: boolean;
}

/** @returns `undefined` for what is no regex: that is somebody else's finding */
export function viewPattern(
  source: Sourced<string>,
  usedns: UseDns,
  isMultiline: boolean,
): PatternView | undefined {
  const expanded = expandTagsNoted(source.value, usedns);
  try {
    const parsed = parsePattern(expanded.text, { multiline: isMultiline, ignoreCase: false });
    const groupNames = new Map([...parsed.groupIndex].map(([name, number]) => [number, name]));
    return { source, expanded, parsed, root: resolveCharacters(parsed.root), groupNames, isMultiline };
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    return undefined;
  }
}

/** The pieces of the outermost sequence of a tree. */
export const piecesOf = (root: Node): readonly Node[] => (root.kind === "sequence" ? root.items : [root]);

/** Where a piece of the outermost sequence stands in the file; where that is not known, where the regex begins. */
export function originOfPiece(view: PatternView, index: number): Origin | undefined {
  const { source, expanded, parsed } = view;
  const piece = piecesOf(parsed.root)[index];
  const place = piece === undefined ? undefined : parsed.places.get(piece);
  if (place === undefined || source.origin === undefined) return source.origin;
  const before = Array.from(expanded.text).slice(0, place[0]).join("").length;
  const [at] = expanded.sourceRange(before, before + 1);
  const { origin } = source;
  // behind an interpolation the columns of the file are not those of the value
  const written = origin.text?.slice(origin.column - 1, origin.column + at);
  return written === source.value.slice(0, at + 1) ? { ...origin, column: origin.column + at } : origin;
}
