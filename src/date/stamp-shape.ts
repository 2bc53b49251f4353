/**
 * The tree of a template's stamp, made ready to be turned into a table: the begin of the line taken off, back references to a separator
 * written out. Gives nothing where a table could not say what the regex says.
 * @module
 */
import { hasCodePoint, onlyMember } from "../regex/char-set.ts";
import { patternTree } from "../regex/pattern-tree.ts";
import { withoutShortReferences } from "../regex/transforms/short-references.ts";
import { childrenOf, type Node } from "../regex/tree.ts";
import { canBeEmpty } from "../regex/width.ts";
import { type DateTemplate, LINE_BEGIN_BOUNDARY, WORD_BEGIN_BOUNDARY } from "./template.ts";

/**
 * Where a stamp begins: `signs`: at the begin of the line or behind up to two characters there that are of no word; `line`: at its begin;
 * `words`: anywhere between words; else behind the first such ASCII sign of the line, or behind what leads to it.
 */
export type StampBegin = "signs" | "line" | "words" | { readonly behindFirst: number } | StampLead;

/** What a template matches before the stamp: at the line's begin, or anywhere. */
export interface StampLead {
  readonly lead: readonly Node[];
  readonly isAnchored: boolean;
}

export interface StampShape {
  readonly begin: StampBegin;
  /** what is cut out of the line: group 1, characters resolved */
  readonly stamp: Node;
  /** what must hold behind it, or stand there */
  readonly behind: readonly Node[];
  /** whether anything behind it is read */
  readonly readsBehind: boolean;
  readonly groupNames: ReadonlyMap<number, string>;
}

const LAST_ASCII = 0x7f;
const NEWLINE = 0x0a;

const FLAGS = /^\(\?[a-z]+\)/;

/** @returns `undefined` if the stamp is more than one group at a place of these kinds */
export function stampShape({ regex, kind }: DateTemplate): StampShape | undefined {
  // a label may be of a time that is none, which no table of a bearable size can tell
  if (kind === "tai64n") return undefined;
  const [flags = ""] = FLAGS.exec(regex) ?? [];
  const unflagged = regex.slice(flags.length);
  const boundary = [LINE_BEGIN_BOUNDARY, WORD_BEGIN_BOUNDARY, "^"].find((text) => unflagged.startsWith(text));
  if (boundary === undefined) return undefined;
  const { root, groupIndex } = patternTree(flags + unflagged.slice(boundary.length));
  const items = root.kind === "sequence" ? root.items : [root];
  const at = items.findIndex((item) => item.kind === "group");
  const begin = beginOf(boundary, items.slice(0, at));
  const stamp = items[at];
  const behind = items.slice(at + 1);
  if (begin === undefined || stamp?.kind !== "group" || stamp.number !== 1) return undefined;
  const readsBehind = !behind.every((item) => item.kind === "anchor" || item.kind === "look");
  if (readsBehind && begin === "words") return undefined;
  const written = withoutShortReferences(stamp.body);
  if (hasReference(written) || canBeEmpty(written)) return undefined;
  const groupNames = new Map(Array.from(groupIndex, ([name, number]) => [number, name]));
  return { begin, stamp: written, behind, readsBehind, groupNames };
}

/** What leads to the stamp, if anything of its own does. */
export function leadOf(begin: StampBegin): StampLead | undefined {
  return typeof begin === "object" && "lead" in begin ? begin : undefined;
}

/** @param before what the template matches between its boundary and the stamp */
function beginOf(boundary: string, before: readonly Node[]): StampBegin | undefined {
  if (boundary === LINE_BEGIN_BOUNDARY) return before.length === 0 ? "signs" : undefined;
  if (boundary === WORD_BEGIN_BOUNDARY) {
    if (before.length === 0) return "words";
    // a sign is a begin between words wherever it stands
    const [first] = before;
    const sign = first?.kind === "set" ? onlyMember(first.set) : undefined;
    const isSign = sign !== undefined && sign <= LAST_ASCII && !isWordCharacter(sign);
    return isSign ? { lead: before, isAnchored: false } : undefined;
  }
  if (before.length === 0) return "line";
  return signBehindOthers(before) ?? { lead: before, isAnchored: true };
}

/** As in `^[^\[]*\[`. */
function signBehindOthers([others, sign, ...more]: readonly Node[]): StampBegin | undefined {
  if (others?.kind !== "repeat" || others.min > 0 || others.max < Infinity || more.length > 0)
    return undefined;
  if (others.body.kind !== "set" || sign?.kind !== "set") return undefined;
  const behindFirst = onlyMember(sign.set);
  if (behindFirst === undefined || behindFirst > LAST_ASCII || isWordCharacter(behindFirst)) return undefined;
  for (let character = 0; character <= LAST_ASCII; character++) {
    if (character === NEWLINE) continue;
    if (hasCodePoint(others.body.set, character) === (character === behindFirst)) return undefined;
  }
  return { behindFirst };
}

const isWordCharacter = (character: number): boolean => /\w/.test(String.fromCharCode(character));

const hasReference = (node: Node): boolean =>
  node.kind === "reference" || childrenOf(node).some(hasReference);
