/**
 * `\b` and `\B` are Unicode-aware in Python, ASCII in JavaScript: they become lookarounds with the set of `\w`.
 * Beside a character that is surely a word character half of it is enough: `\bfoo` → `(?<!\w)foo`.
 * `\B` never matches in an empty text (Python before 3.14).
 * @module
 */
import { complementOf, intersectionOf } from "../char-set.ts";
import { wordSet } from "../character-sets.ts";
import { type AnchorNode, mapChildren, type Node, unwrapped } from "../tree.ts";

export function spellOutWordBoundaries(node: Node): Node {
  if (node.kind === "anchor") return boundary(node, undefined, undefined);
  if (node.kind !== "sequence") return mapChildren(node, spellOutWordBoundaries);
  const items = node.items.map((item, index) =>
    item.kind === "anchor"
      ? boundary(item, node.items[index - 1], node.items[index + 1])
      : spellOutWordBoundaries(item),
  );
  return { kind: "sequence", items };
}

function look(behind: boolean, negated: boolean, ascii: boolean): Node {
  return { kind: "look", behind, negated, width: behind ? 1 : 0, body: { kind: "set", set: wordSet(ascii) } };
}

const both = (...items: Node[]): Node => ({ kind: "sequence", items });

const NOT_EMPTY_TEXT: Node = {
  kind: "look",
  behind: false,
  negated: true,
  width: 0,
  body: both(
    { kind: "anchor", at: "text-start", ascii: false },
    { kind: "anchor", at: "text-end", ascii: false },
  ),
};

function boundary(node: AnchorNode, before: Node | undefined, after: Node | undefined): Node {
  if (node.at !== "word-boundary" && node.at !== "no-word-boundary") return node;
  const { ascii } = node;
  const isBoundary = node.at === "word-boundary";
  const left = sideOf(before, ascii);
  if (left !== undefined) return look(false, isBoundary === left, ascii);
  const right = sideOf(after, ascii);
  if (right !== undefined) return look(true, isBoundary === right, ascii);
  const edges = (rightNegated: boolean): Node => ({
    kind: "alternation",
    branches: [
      both(look(true, false, ascii), look(false, rightNegated, ascii)),
      both(look(true, true, ascii), look(false, !rightNegated, ascii)),
    ],
  });
  if (isBoundary) return edges(true);
  return both(NOT_EMPTY_TEXT, edges(false));
}

/** Whether the neighbour is surely a word character, surely none, or unknown. */
function sideOf(beside: Node | undefined, ascii: boolean): boolean | undefined {
  const neighbour = beside === undefined ? undefined : unwrapped(beside);
  if (neighbour?.kind === "repeat" && neighbour.min > 0) return sideOf(neighbour.body, ascii);
  if (neighbour?.kind !== "set" || neighbour.set.length === 0) return undefined;
  const word = wordSet(ascii);
  if (intersectionOf(neighbour.set, word).length === 0) return false;
  return intersectionOf(neighbour.set, complementOf(word)).length === 0 ? true : undefined;
}
