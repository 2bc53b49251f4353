/**
 * Under which conditions a stamp is the only one in its line that stands behind what its template matches before it, as behind
 * `"time":"` in JSON: nothing like that may be there again, but with the sign behind it that stands behind the stamp.
 * @module
 */
import { hasCodePoint, onlyMember, overlap } from "../regex/char-set.ts";
import { firstCharacters, isAnchored } from "../regex/exact/first-characters.ts";
import { childrenOf, EMPTY, mapChildren, type Node } from "../regex/tree.ts";
import { widthOf } from "../regex/width.ts";
import type { StampInside } from "./ordinary-stamp.ts";
import { leadOf, type StampLead, type StampShape, stampShape } from "./stamp-shape.ts";
import { stampSteps } from "./stamp-steps.ts";
import { BEYOND_ASCII, MIN_START, STRANGERS, shapeOfNeeded } from "./stamp-strangers.ts";
import { bareTable } from "./stamp-table.ts";
import { isWordByte, reads, StampTexts } from "./stamp-texts.ts";
import type { DateTemplate } from "./template.ts";

/**
 * What makes a stamp of the template, which stands anywhere behind its lead, the only one in its line.
 *
 * @param templates all that the detector has
 * @param sign the byte behind the stamp, where the template does not say which one that is
 * @returns `undefined` if nothing is known to
 */
export function strangersOfLead(
  template: DateTemplate,
  templates: readonly DateTemplate[],
  sign: number | undefined,
): StampInside | undefined {
  const shape = stampShape(template);
  const lead = shape && leadOf(shape.begin);
  if (shape === undefined || lead === undefined || lead.isAnchored) return undefined;
  const table = bareTable(shape);
  if (table === undefined) return undefined;
  const stamps = new StampTexts(table);
  const after = shape.readsBehind ? onlyCharacter(shape.behind[0]) : sign;
  if (after === undefined || isWordByte(after) || stamps.has(after) || !isApart(lead, stamps, lead.lead))
    return undefined;
  const strangersOf = (other: DateTemplate): Node | undefined =>
    other === template ? begun(lead, shape) : strangerOf(other, lead.lead, stamps, after);
  const branches = [BEYOND_ASCII];
  for (const each of templates) {
    const stranger = strangersOf(each);
    if (stranger === undefined) return undefined;
    if (!branches.some((branch) => textOf(branch) === textOf(stranger))) branches.push(stranger);
  }
  const strangers: Node = { kind: "alternation", branches };
  return { before: undefined, isBehindFirst: false, after: undefined, minStart: 0, strangers };
}

/** The lead and what a stamp behind it may begin with; the sign that stands behind stamps is not among that. */
function begun({ lead }: StampLead, { stamp }: StampShape): Node | undefined {
  const first = firstCharacters(stamp);
  return first === undefined
    ? undefined
    : { kind: "sequence", items: [...lead.map(withoutAnchors), { kind: "set", set: first }] };
}

/** What must stand in a line for another template to match there, and cannot reach into a stamp of ours. */
function strangerOf(
  other: DateTemplate,
  ownLead: readonly Node[],
  stamps: StampTexts,
  after: number,
): Node | undefined {
  if (other.needs !== undefined) return strangerOfDefault(other, ownLead, stamps);
  const shape = stampShape(other);
  const lead = shape && leadOf(shape.begin);
  if (shape === undefined || lead === undefined) return undefined;
  if (!isApart(lead, stamps, ownLead)) return undefined;
  if (lead.isAnchored) return withoutAnchors({ kind: "sequence", items: lead.lead });
  // what is at the begin of a text alone is nowhere behind a lead
  if (isAnchored(shape.stamp)) return NOWHERE;
  const steps = stampSteps({ ...shape, begin: "line", behind: [], readsBehind: false });
  if (steps === undefined) return undefined;
  const mayBeThere = mayEndAlike(lead.lead, ownLead);
  if (mayBeThere && (reads(steps, after) || stamps.mayHold(steps, "begin"))) return undefined;
  return begun(lead, shape);
}

/** A default template can only match at the line's begin, before the sign that ends our lead. */
function strangerOfDefault(
  other: DateTemplate,
  ownLead: readonly Node[],
  stamps: StampTexts,
): Node | undefined {
  if (other.needs === undefined) return undefined;
  const shape = shapeOfNeeded(other, other.needs);
  const steps = shape && stampSteps(shape);
  const sign = onlyCharacter(ownLead.at(-1));
  if (steps === undefined || sign === undefined || isWordByte(sign) || reads(steps, sign)) return undefined;
  const { min } = widthOf({ kind: "sequence", items: ownLead }, () => undefined);
  if (min < MIN_START || !other.isAnchored) return undefined;
  return other.needs !== "clock" && stamps.mayHold(steps, "anywhere") ? undefined : STRANGERS;
}

/**
 * Whether no text of a lead reaches into a stamp, or over it: it does not begin there, and it cannot read what stands before and first in it.
 *
 * @param before what ends right before the stamp
 */
function isApart({ lead }: StampLead, stamps: StampTexts, before: readonly Node[]): boolean {
  const node: Node = { kind: "sequence", items: lead };
  const first = firstCharacters(node);
  if (first === undefined) return false;
  for (let byte = 0; byte < ASCII; byte++) if (hasCodePoint(first, byte) && stamps.has(byte)) return false;
  const sign = onlyCharacter(before.at(-1));
  const readsSign = sign === undefined || mayRead(node, sign);
  return !readsSign || stamps.firsts().every((byte) => !mayRead(node, byte));
}

const mayRead = (node: Node, byte: number): boolean =>
  node.kind === "set" ? hasCodePoint(node.set, byte) : childrenOf(node).some((child) => mayRead(child, byte));

const ASCII = 0x80;

const NOWHERE: Node = { kind: "set", set: [] };

/** Whether both may end at the same place. */
function mayEndAlike(one: readonly Node[], other: readonly Node[]): boolean {
  for (let back = 1; back <= Math.min(one.length, other.length); back++) {
    const [left, right] = [one.at(-back), other.at(-back)];
    if (left?.kind !== "set" || right?.kind !== "set") break;
    if (!overlap(left.set, right.set)) return false;
  }
  return true;
}

const onlyCharacter = (node: Node | undefined): number | undefined =>
  node?.kind === "set" ? onlyMember(node.set) : undefined;

/** Without the stamp other characters stand side by side. */
function withoutAnchors(node: Node): Node {
  return node.kind === "anchor" || node.kind === "look" ? EMPTY : mapChildren(node, withoutAnchors);
}

function textOf(tree: Node): string {
  return JSON.stringify(tree, (_, value: unknown) => (value === Infinity ? "without limit" : value));
}
