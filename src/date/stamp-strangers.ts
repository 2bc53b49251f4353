/**
 * Under which conditions a stamp between two signs is the only one in its line, for all templates of a detector. The default templates need
 * something that is rare in lines (A§2.5), so a line that has it in the stamp alone has no other; and what none of them reads parts the
 * stamp from the rest.
 * @module
 */
import { MAX_CODE_POINT } from "../regex/char-set.ts";
import { patternTree } from "../regex/pattern-tree.ts";
import type { Node } from "../regex/tree.ts";
import { NEED_PATTERNS, type Need } from "./line-traits.ts";
import type { StampInside } from "./ordinary-stamp.ts";
import { type StampShape, stampShape } from "./stamp-shape.ts";
import { stampSteps } from "./stamp-steps.ts";
import type { StampTable } from "./stamp-table.ts";
import { isWordByte, reads, StampTexts } from "./stamp-texts.ts";
import type { DateTemplate } from "./template.ts";

const ASCII = 0x80;

/** A stamp that begins here or later has a sign before it that no template reads, even one that skips two signs at the line's begin. */
export const MIN_START = 3;

export const BEYOND_ASCII: Node = { kind: "set", set: [ASCII, MAX_CODE_POINT] };

/** What the default templates need, or might take for a digit: nothing of it may stand elsewhere in the line. */
export const STRANGERS: Node = {
  kind: "alternation",
  branches: [...Object.values(NEED_PATTERNS).map((pattern) => patternTree(pattern).root), BEYOND_ASCII],
};

/**
 * What makes a stamp of the template the only one in its line.
 *
 * @param table of the template
 * @param signs the bytes before and behind the stamp
 * @returns `undefined` if nothing is known to
 */
export function strangersAround(
  template: DateTemplate,
  templates: readonly DateTemplate[],
  table: StampTable,
  signs: readonly number[],
): Pick<StampInside, "minStart" | "strangers"> | undefined {
  const stamps = new StampTexts(table);
  if (template.needs !== "clock" || signs.some(isWordByte) || !stamps.standFree(signs)) return undefined;
  for (const other of templates) {
    if (other === template) continue;
    const shape = other.needs === undefined ? undefined : shapeOfNeeded(other, other.needs);
    const steps = shape === undefined ? undefined : stampSteps(shape);
    if (shape === undefined || steps === undefined || signs.some((sign) => reads(steps, sign)))
      return undefined;
    // what stands at the begin of the line is not in this stamp
    if (other.needs !== "clock" || shape.begin === "words") {
      if (stamps.mayHold(steps, other.needs === "clock" ? "word" : "anywhere")) return undefined;
    }
  }
  return { minStart: MIN_START, strangers: STRANGERS };
}

/** What must stand in a line for a template to match: all of its stamp, or, if it needs no clock, what it needs. */
export function shapeOfNeeded(template: DateTemplate, needs: Need): StampShape | undefined {
  if (needs === "clock") return stampShape(template);
  const stamp = patternTree(NEED_PATTERNS[needs]).root;
  return { begin: "words", stamp, behind: [], readsBehind: false, groupNames: new Map() };
}
