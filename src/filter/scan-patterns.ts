/**
 * The regexes of a filter as patterns for the scanner: a line that none of them accepts comes to nothing, and one that some accept may
 * match these failregexes at most. They may accept too much, never too little. Knows no lines.
 * @module
 */
import { hasCodePoint } from "../regex/char-set.ts";
import { anySet } from "../regex/character-sets.ts";
import { isAnchored } from "../regex/exact/first-characters.ts";
import { patternTree } from "../regex/pattern-tree.ts";
import { childrenOf, EMPTY, mapChildren, type Node } from "../regex/tree.ts";
import { canBeEmpty } from "../regex/width.ts";
import type { ScanPattern } from "../scan/line-scanner.ts";
import type { FilterParts } from "./filter-parts.ts";
import { ignoresEarly } from "./ignore-order.ts";

/** What a line stands for that a pattern accepts. */
export type ScanMeaning =
  /** this failregex may match */
  | { readonly kind: "failregex"; readonly index: number }
  /** an ignoreregex that is asked early may match: the line may count as ignored */
  | { readonly kind: "ignoreregex" }
  /** the prefregex matches, or may match */
  | { readonly kind: "prefregex" };

export interface FilterScan {
  readonly patterns: readonly ScanPattern[];
  /** by pattern */
  readonly meanings: readonly ScanMeaning[];
}

export interface ScanWants {
  /** lines count that an ignoreregex keeps from the failregexes, and those that match the prefregex alone */
  readonly statistics: boolean;
}

const NEWLINE = 0x0a;

const ANY_TEXT: Node = {
  kind: "repeat",
  min: 0,
  max: Infinity,
  lazy: false,
  body: { kind: "set", set: anySet(true) },
};

/** @param parts compiled, for one line at a time */
export function scanPatterns(parts: FilterParts, wants: ScanWants): FilterScan {
  const patterns: ScanPattern[] = [];
  const meanings: ScanMeaning[] = [];
  const add = (meaning: ScanMeaning, root: Node, use: ScanPattern["use"]): void => {
    patterns.push({ root, use });
    meanings.push(meaning);
  };
  const { prefix, failures, ignores } = parts;
  const place = prefix === undefined ? WHOLE_LINE : contentPlace(prefix.expanded);
  for (const [index, { expanded }] of failures.entries()) {
    add({ kind: "failregex", index }, place(patternTree(expanded).root), "candidate");
  }
  if (wants.statistics) {
    if (ignoresEarly(parts)) {
      for (const { expanded } of ignores) {
        add({ kind: "ignoreregex" }, patternTree(expanded).root, "candidate");
      }
    }
    if (prefix !== undefined) add({ kind: "prefregex" }, patternTree(prefix.expanded).root, "count");
  }
  return { patterns, meanings };
}

/** A failregex as it is found in the whole line. */
type Placement = (failregex: Node) => Node;

const WHOLE_LINE: Placement = (failregex) => failregex;

/** Anywhere in the line, for texts of which it is not known where in the line they begin and end. */
const ANYWHERE: Placement = (failregex) => withoutEnd(withoutBegin(failregex));

/** Where failregexes stand that search what a prefregex captured as its content. */
function contentPlace(prefregex: string): Placement {
  const { root, groupIndex } = patternTree(prefregex);
  const content = groupIndex.get("content");
  if (content === undefined) return WHOLE_LINE;
  const cut = cutAt(root, content);
  // an empty content, or none, leaves the line to the failregexes
  if (cut === undefined || canBeEmpty(cut.body)) return ANYWHERE;
  const { before, body, after } = cut;
  // then the content's own newline is the line's
  const reachesEnd = after.length > 0 && after.every(isEnd) && !mayHoldNewline(body);
  return (failregex) => {
    const begun = withoutBegin(failregex);
    const inside = reachesEnd ? begun : withoutEnd(begun);
    const items = isAnchored(failregex) ? [...before, inside] : [...before, ANY_TEXT, inside];
    return { kind: "sequence", items };
  };
}

interface Cut {
  readonly before: readonly Node[];
  readonly body: Node;
  readonly after: readonly Node[];
}

/** The tree before, in and behind a group that takes part in every match; `undefined` for another one. */
function cutAt(node: Node, group: number): Cut | undefined {
  if (node.kind === "group" && node.number === group) return { before: [], body: node.body, after: [] };
  if (node.kind === "group" || node.kind === "atomic") return cutAt(node.body, group);
  if (node.kind !== "sequence") return undefined;
  for (const [index, item] of node.items.entries()) {
    const cut = cutAt(item, group);
    if (cut === undefined) continue;
    const before = [...node.items.slice(0, index), ...cut.before];
    return { before, body: cut.body, after: [...cut.after, ...node.items.slice(index + 1)] };
  }
  return undefined;
}

const isEnd = (node: Node): boolean =>
  node.kind === "anchor" && (node.at === "text-end" || node.at === "last-line-end" || node.at === "line-end");

function mayHoldNewline(node: Node): boolean {
  if (node.kind === "reference") return true;
  if (node.kind === "set") return hasCodePoint(node.set, NEWLINE);
  return childrenOf(node).some(mayHoldNewline);
}

/** For a text whose begin is not the line's: what stands before it in the line is no part of it. */
function withoutBegin(node: Node): Node {
  if ((node.kind === "anchor" && !isEnd(node)) || node.kind === "look") return EMPTY;
  return mapChildren(node, withoutBegin);
}

/** For a text whose end is not the line's: its newline does not stand in the line. */
function withoutEnd(node: Node): Node {
  if ((node.kind === "anchor" && isEnd(node)) || node.kind === "look") return EMPTY;
  if (node.kind === "set" && hasCodePoint(node.set, NEWLINE)) {
    return { kind: "alternation", branches: [node, EMPTY] };
  }
  return mapChildren(node, withoutEnd);
}
