/**
 * Whether a text can make a backtracking search take more than its length in steps, and such a text: a line that the regex was written
 * for in which one part is said again and again. The steps are counted on the automaton, as fail2ban's own matcher would take them.
 * @module
 */
import { ACCEPT, ASSERT, type Automaton, automatonOf, READ, SPLIT } from "../regex/automaton.ts";
import { hasCodePoint } from "../regex/char-set.ts";
import { searchCost } from "../regex/cost.ts";
import { isAnchored } from "../regex/exact/first-characters.ts";
import { spellOutConditions } from "../regex/transforms/conditions.ts";
import { NativeRefusal } from "../regex/transforms/refusal.ts";
import { checkRunawayLoops } from "../regex/transforms/runaway-loops.ts";
import type { AnchorNode, Node } from "../regex/tree.ts";
import { CULPRIT } from "./finding.ts";
import { type Piece, textOf } from "./sample-paths.ts";

/** Repetitions that are compared: so many, and twice as many. */
const REPEATED = 40;
/** Repetitions that show what doubles with each. */
const FEW_REPEATED = 8;
/** Steps counted at most for one text. */
const MAX_STEPS = 600_000;
/** Steps counted at most for one regex. */
const MAX_ALL_STEPS = 1_500_000;
/** Growth from a text to one of twice its length that is more than linear, and more than a square. */
const [SQUARE, CUBE] = [3.2, 6.4];
/** Growth that no power of the length up to the sixth has. */
const DOUBLING = 100;

export interface SlowSearch {
  readonly growth: "square" | "cube" | "exponential";
  /** a text that was counted */
  readonly pump: { readonly before: string; readonly repeated: string; readonly after: string };
  readonly steps: readonly [chars: number, steps: number, moreChars: number, moreSteps: number];
}

/** What the analysis says without a text. */
export function mayBeSlow(root: Node): {
  readonly power: number;
  readonly ways: number;
  readonly runsAway: boolean;
} {
  let runsAway = false;
  let split: Node = root;
  try {
    split = spellOutConditions(root);
    checkRunawayLoops(split);
  } catch (error) {
    if (!(error instanceof NativeRefusal)) throw error;
    runsAway = /exponential/.test(error.message);
  }
  const { degree, ways } = searchCost(split);
  return { power: degree, ways, runsAway };
}

function holds(anchor: AnchorNode | undefined, text: string, at: number): boolean {
  switch (anchor?.at) {
    case "text-start":
      return at === 0;
    case "line-start":
      return at === 0 || text[at - 1] === "\n";
    case "text-end":
      return at === text.length;
    case "last-line-end":
      return at === text.length || (at === text.length - 1 && text[at] === "\n");
    case "line-end":
      return at === text.length || text[at] === "\n";
    case "word-boundary":
    case "no-word-boundary": {
      const isEdge = /\w/.test(text[at - 1] ?? "") !== /\w/.test(text[at] ?? "");
      return isEdge === (anchor.at === "word-boundary");
    }
    default:
      return true;
  }
}

/** Steps of a search that tries one way after the other, from each place; no more than `limit`. */
function countSteps({ states, start }: Automaton, text: string, isFixed: boolean, limit: number): number {
  let steps = 0;
  for (let from = 0; from <= (isFixed ? 0 : text.length); from++) {
    const open: number[] = [start, from];
    while (open.length > 0) {
      if (++steps >= limit) return steps;
      const at = open.pop() ?? 0;
      const index = open.pop() ?? -1;
      const state = states[index];
      if (state === undefined) continue;
      if (state.kind === ACCEPT) return steps;
      if (state.kind === SPLIT) {
        if (state.other >= 0) open.push(state.other, at);
        if (state.next >= 0) open.push(state.next, at);
      } else if (state.kind === ASSERT) {
        if (holds(state.anchor, text, at)) open.push(state.next, at);
      } else if (state.kind === READ && at < text.length && hasCodePoint(state.set, text.charCodeAt(at))) {
        open.push(state.next, at + 1);
      }
    }
  }
  return steps;
}

/** Texts that loops may read again and again: what stands in the line, its single characters, what the loops usually hold. */
function repeatable(path: readonly Piece[]): readonly string[] {
  const texts = path.flatMap((piece) =>
    piece.kind === "text" || piece.kind === "field" ? [piece.text] : [],
  );
  const characters = new Set(["x", "1", " ", ".", "-", ":", ...texts.flatMap((text) => [...text])]);
  return [...characters, ...texts.filter((text) => text.length > 1 && text.length < 60)];
}

/** Looks for a text that shows it; the worst that is found. */
export function findSlowText(root: Node, paths: readonly (readonly Piece[])[]): SlowSearch | undefined {
  const automaton = automatonOf(root, "cost");
  if (automaton === undefined) return undefined;
  const isFixed = isAnchored(root);
  let left = MAX_ALL_STEPS;
  const count = (text: string): number => {
    const steps = countSteps(automaton, text, isFixed, Math.min(MAX_STEPS, left));
    left -= steps;
    return steps;
  };
  let worst: SlowSearch | undefined;
  for (const path of paths) {
    for (const repeated of repeatable(path)) {
      for (const at of path.keys()) {
        if (left <= 0) return worst;
        const before = textOf(path.slice(0, at), CULPRIT);
        const pump = { before, repeated, after: "\u0001" };
        const found = growthOf(pump, count);
        if (found === undefined) continue;
        if (worst === undefined || rankOf(found) > rankOf(worst)) worst = found;
        if (found.growth === "exponential") return found;
      }
    }
  }
  return worst;
}

const rankOf = ({ growth, steps }: SlowSearch): number =>
  ["square", "cube", "exponential"].indexOf(growth) * 1e9 + steps[3] / steps[1];

function growthOf(pump: SlowSearch["pump"], count: (text: string) => number): SlowSearch | undefined {
  const textWith = (times: number): string => pump.before + pump.repeated.repeat(times) + pump.after;
  const measured = (few: number, many: number): SlowSearch["steps"] => {
    const [less, more] = [textWith(few), textWith(many)];
    return [less.length, count(less), more.length, count(more)];
  };
  const short = measured(FEW_REPEATED, 2 * FEW_REPEATED);
  if (short[3] > short[1] * DOUBLING) return { growth: "exponential", pump, steps: short };
  // what is linear in few is linear in many
  if (short[3] < short[1] * 2.4) return undefined;
  const long = measured(REPEATED, 2 * REPEATED);
  const ratio = long[3] / long[1];
  if (ratio < SQUARE) return undefined;
  return { growth: ratio < CUBE ? "square" : "cube", pump, steps: long };
}
