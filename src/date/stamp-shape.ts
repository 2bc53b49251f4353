/**
 * The tree of a template's stamp, made ready to be turned into a table: the begin of the line taken off, back references to a separator
 * written out. Gives nothing where a table could not say what the regex says.
 * @module
 */
import { rangesOf } from "../regex/char-set.ts";
import { parsePattern } from "../regex/parse.ts";
import { resolveCharacters } from "../regex/transforms/characters.ts";
import { childrenOf, type GroupNode, mapChildren, type Node, unwrapped } from "../regex/tree.ts";
import { widthOf } from "../regex/width.ts";
import { type DateTemplate, LINE_BEGIN_BOUNDARY } from "./template.ts";

export interface StampShape {
  /** what is cut out of the line: group 1, characters resolved */
  readonly stamp: Node;
  /** what must hold behind it; reads nothing */
  readonly behind: readonly Node[];
  readonly groupNames: ReadonlyMap<number, string>;
  /** whether up to two characters that are of no word may stand before it */
  readonly mayFollowSigns: boolean;
}

/** A group of more characters is not written out. */
const MAX_SEPARATORS = 8;
const LAST_ASCII = 0x7f;

const FLAGS = /^\(\?[a-z]+\)/;

/** @returns `undefined` if the stamp need not stand at the begin of a line, or is more than one group there */
export function stampShape({ regex, isAnchored, kind }: DateTemplate): StampShape | undefined {
  // a label may be of a time that is none, which no table of a bearable size can tell
  if (!isAnchored || kind === "tai64n") return undefined;
  const [flags = ""] = FLAGS.exec(regex) ?? [];
  const unflagged = regex.slice(flags.length);
  const mayFollowSigns = unflagged.startsWith(LINE_BEGIN_BOUNDARY);
  const begin = mayFollowSigns ? LINE_BEGIN_BOUNDARY : "^";
  if (!unflagged.startsWith(begin)) return undefined;
  const { root, groupIndex } = parsePattern(flags + unflagged.slice(begin.length));
  const [stamp, ...behind] = root.kind === "sequence" ? root.items.map(resolveCharacters) : [];
  if (stamp?.kind !== "group" || stamp.number !== 1 || !behind.every(readsNothing)) return undefined;
  const written = writtenOut(stamp.body);
  if (holds(written, ({ kind }) => kind === "reference")) return undefined;
  if (widthOf(written, () => undefined).min === 0) return undefined;
  const groupNames = new Map(Array.from(groupIndex, ([name, number]) => [number, name]));
  return { stamp: written, behind, groupNames, mayFollowSigns };
}

const readsNothing = ({ kind }: Node): boolean => kind === "anchor" || kind === "look";

const holds = (node: Node, isSought: (node: Node) => boolean): boolean =>
  isSought(node) || childrenOf(node).some((child) => holds(child, isSought));

/** The tree with references to a group of one character written out: a branch for each character. Other references stay. */
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
    return writtenOut({ kind: "sequence", items: [...before, { kind: "alternation", branches }] });
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
