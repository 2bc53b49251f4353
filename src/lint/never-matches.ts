/**
 * Whether there is any text at all that a regex matches: no anchor contradicts what stands around it, no character is asked for that
 * does not exist or that a line cannot have. Lookarounds and references count as fitting, so a "never" is sure.
 * @module
 */
import { ACCEPT, ASSERT, type Automaton, automatonOf, READ, SPLIT, type State } from "../regex/automaton.ts";
import { type CharSet, complementOf, overlap, unionOf } from "../regex/char-set.ts";
import { wordSet } from "../regex/character-sets.ts";
import type { Node } from "../regex/tree.ts";
import { piecesOf } from "./pattern-view.ts";

const NEWLINE: CharSet = [0x0a, 0x0a];
const WORD = wordSet(false);
const OTHER = complementOf(unionOf(NEWLINE, WORD));

// What stands before a place, and as bits what may stand after it.
const [AT_START, AFTER_NEWLINE, AFTER_WORD, AFTER_OTHER] = [0, 1, 2, 3] as const;
const [END, LINE_END, A_WORD, ANOTHER] = [1, 2, 4, 8] as const;
const ANYTHING = END | LINE_END | A_WORD | ANOTHER;
/** a newline may follow only as the last character */
const LAST = 16;

const CLASSES = [
  { bit: LINE_END, set: NEWLINE, before: AFTER_NEWLINE },
  { bit: A_WORD, set: WORD, before: AFTER_WORD },
  { bit: ANOTHER, set: OTHER, before: AFTER_OTHER },
] as const;

interface Place {
  readonly state: number;
  readonly before: number;
  /** what may stand after it, by bits */
  readonly after: number;
}

/** What may follow where an anchor holds; 0: it cannot hold there. */
function afterAnchor({ anchor }: State, before: number, after: number): number {
  switch (anchor?.at) {
    case "text-start":
      return before === AT_START ? after : 0;
    case "line-start":
      return before === AT_START || before === AFTER_NEWLINE ? after : 0;
    case "text-end":
      return after & END;
    case "last-line-end":
      return after & (END | LINE_END) && (after & (END | LINE_END)) | LAST;
    case "line-end":
      return after & (END | LINE_END | LAST);
    case "word-boundary":
    case "no-word-boundary": {
      // which characters are of words depends on flags here: not judged
      if (anchor.ascii) return after;
      const wantsWord = (before === AFTER_WORD) !== (anchor.at === "word-boundary");
      return (
        after & (wantsWord ? A_WORD : ANYTHING & ~A_WORD) &&
        after & ((wantsWord ? A_WORD : ANYTHING & ~A_WORD) | LAST)
      );
    }
    default:
      return after;
  }
}

/** @param hasLineEnds whether texts may have newlines in them */
function matchesSomething({ states, start }: Automaton, hasLineEnds: boolean): boolean {
  const seen = new Set<number>();
  const pending: Place[] = [];
  const usual = hasLineEnds ? ANYTHING : ANYTHING & ~LINE_END;
  const visit = (state: number, before: number, after: number): void => {
    if (state < 0 || (after & ANYTHING) === 0) return;
    const key = (state * 4 + before) * 32 + after;
    if (seen.has(key)) return;
    seen.add(key);
    pending.push({ state, before, after });
  };
  // a search may begin anywhere
  for (const before of [AT_START, AFTER_WORD, AFTER_OTHER]) visit(start, before, usual);
  if (hasLineEnds) visit(start, AFTER_NEWLINE, usual);
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    const { before, after } = place;
    const state = states[place.state];
    if (state === undefined) continue;
    if (state.kind === ACCEPT) return true;
    if (state.kind === SPLIT) {
      visit(state.next, before, after);
      visit(state.other, before, after);
    } else if (state.kind === ASSERT) visit(state.next, before, afterAnchor(state, before, after));
    else if (state.kind === READ) {
      for (const { bit, set, before: then } of CLASSES) {
        if ((after & bit) === 0 || !overlap(state.set, set)) continue;
        visit(state.next, then, bit === LINE_END && (after & LAST) !== 0 ? END : usual);
      }
    }
  }
  return false;
}

/** A regex that matches nothing, and why. */
export interface NeverMatches {
  /** the piece of the outermost sequence that cannot follow what stands before it */
  readonly piece: number;
  /** it asks for a newline where the text is a single line */
  readonly wantsNewline: boolean;
}

/**
 * @param root the tree with its characters resolved
 * @param hasLineEnds whether the texts that it is tried on may hold newlines
 * @returns `undefined`: there may be such a text
 */
export function neverMatches(root: Node, hasLineEnds: boolean): NeverMatches | undefined {
  const isPossible = (node: Node, lines: boolean): boolean => {
    const automaton = automatonOf(node, "match");
    return automaton === undefined || matchesSomething(automaton, lines);
  };
  if (isPossible(root, hasLineEnds)) return undefined;
  const items = piecesOf(root);
  const piece = items.findIndex(
    (_, index) => !isPossible({ kind: "sequence", items: items.slice(0, index + 1) }, hasLineEnds),
  );
  return { piece: Math.max(0, piece), wantsNewline: !hasLineEnds && isPossible(root, true) };
}
