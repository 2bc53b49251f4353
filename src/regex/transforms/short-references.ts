/**
 * References to a group that takes one of few signs, written out: `([-/])a\1` → `(?:([-])a[-]|([/])a[/])`. The order of attempts stays the
 * same. Groups that are copied keep their number, since only one copy can take part.
 * @module
 */
import { rangesOf } from "../char-set.ts";
import { childrenOf, type GroupNode, mapChildren, type Node, unwrapped } from "../tree.ts";

/** A group of more characters is not written out. */
const MAX_SEPARATORS = 8;
const LAST_ASCII = 0x7f;

/** The tree with references to a group of one character written out: a branch for each character. Other references stay. */
export function withoutShortReferences(root: Node): Node {
  return holds(root, ({ kind }) => kind === "reference") ? writtenOut(root) : root;
}

function writtenOut(node: Node): Node {
  if (node.kind !== "sequence") return mapChildren(node, writtenOut);
  for (const [index, item] of node.items.entries()) {
    if (item.kind !== "group") continue;
    const rest: Node = { kind: "sequence", items: node.items.slice(index + 1) };
    const refersHere = (inner: Node): boolean => inner.kind === "reference" && inner.group === item.number;
    const separators = holds(rest, refersHere) ? separatorsOf(item) : [];
    if (separators.length === 0) continue;
    const branches = separators.map((character): Node => {
      const only: Node = { kind: "set", set: [character, character] };
      const replaced = (inner: Node): Node => (refersHere(inner) ? only : mapChildren(inner, replaced));
      return { kind: "sequence", items: [{ ...item, body: only }, replaced(rest)] };
    });
    const before = node.items.slice(0, index);
    return writtenOut({
      kind: "sequence",
      items: [...before, { kind: "alternation", branches }],
    });
  }
  return mapChildren(node, writtenOut);
}

/** The signs of which a group takes one; none if it takes anything else, or too many. */
function separatorsOf({ body }: GroupNode): readonly number[] {
  const only = unwrapped(body);
  if (only.kind !== "set") return [];
  const members: number[] = [];
  for (const [low, high] of rangesOf(only.set)) {
    if (high - low >= MAX_SEPARATORS) return [];
    for (let character = low; character <= high; character++) members.push(character);
  }
  return members.length <= MAX_SEPARATORS && members.every(isAsciiSign) ? members : [];
}

/** Without a case, which a reference might not heed. */
const isAsciiSign = (character: number): boolean =>
  character <= LAST_ASCII && !/[A-Za-z]/.test(String.fromCharCode(character));

const holds = (node: Node, isSought: (node: Node) => boolean): boolean =>
  isSought(node) || childrenOf(node).some((child) => holds(child, isSought));
