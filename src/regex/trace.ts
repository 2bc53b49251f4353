/**
 * Why a regex does not match a text: the try that came furthest through the pattern, and the piece of the pattern where it
 * ended. For people who write filters; the search itself is that of the exact matcher.
 * @module
 */
import { onlyMember } from "./char-set.ts";
import { RegexBudgetError } from "./errors.ts";
import { Alphabet } from "./exact/alphabet.ts";
import { assemble } from "./exact/assemble.ts";
import { ExactMachine } from "./exact/machine.ts";
import { parsePattern } from "./parse.ts";
import { resolveCharacters } from "./transforms/characters.ts";
import { childrenOf, mapChildren, type Node, type ParsedPattern } from "./tree.ts";

/** Where the try that came furthest ended. Offsets are UTF-16 units. */
export interface Mismatch {
  /** offset in the text of the first character that does not fit */
  readonly furthest: number;
  /** offset in the text at which that try began */
  readonly from: number;
  /** offset in the pattern of the piece that does not fit there */
  readonly patternAt: number;
  /** that piece as written; literals that follow one another are one piece */
  readonly piece: string;
}

interface TraceOptions {
  readonly multiline?: boolean;
  readonly ignoreCase?: boolean;
}

/** Where a node was written, and how far along the pattern it stands. */
interface Origin {
  readonly start: number;
  readonly end: number;
  /** number of the piece of the outermost sequence that the node belongs to */
  readonly stage: number;
}

/** Tells of one text after another where a pattern stopped. */
export class MismatchTracer {
  readonly #characters: readonly string[];
  readonly #originAt: (Origin | undefined)[] = [];
  /** what fails where a search never gets to try the pattern: its first piece */
  readonly #first: Origin;
  readonly #machine: ExactMachine;
  #best: Origin;
  #furthest = 0;
  #from = 0;

  /** @throws {RegexSyntaxError} as `compileRegex` */
  constructor(pattern: string, options: TraceOptions = {}) {
    const { multiline = false, ignoreCase = false } = options;
    const parsed = parsePattern(pattern, { multiline, ignoreCase });
    const resolved = new Map<Node, readonly [number, number]>();
    const root = resolveWithPlaces(parsed, parsed.root, resolved);
    const origins = new Map<Node, Origin>();
    this.#characters = Array.from(pattern);
    noteOrigins(root, resolved, { start: 0, end: this.#characters.length, stage: 0 }, true, origins);
    const program = assemble(root, parsed.groupCount, (pc, node) => {
      this.#originAt[pc] = origins.get(node) ?? this.#originAt[pc];
    });
    this.#first = { ...(origins.get(firstPiece(root)) ?? { start: 0, end: 0 }), stage: -1 };
    this.#best = this.#first;
    this.#machine = new ExactMachine(program, new Alphabet(program.sets, program.firstCharacters), {
      noteFailure: (pc, pos, start) => this.#note(pc, pos, start),
    });
  }

  /**
   * The mismatch in a text that the pattern does not match. Tries are compared by the piece of the pattern that they came to,
   * then by the place in the text. A search that exceeds its budget is judged by what it saw until then.
   *
   * @returns `undefined` if the pattern matches
   */
  trace(text: string): Mismatch | undefined {
    this.#best = this.#first;
    this.#furthest = 0;
    this.#from = 0;
    try {
      if (this.#machine.search(text, 0) !== undefined) return undefined;
    } catch (error) {
      if (!(error instanceof RegexBudgetError)) throw error;
    }
    const { start, end } = this.#best;
    return {
      furthest: this.#furthest,
      from: this.#from,
      patternAt: this.#characters.slice(0, start).join("").length,
      piece: this.#characters.slice(start, end).join(""),
    };
  }

  #note(pc: number, pos: number, start: number): void {
    const origin = this.#originAt[pc];
    const best = this.#best;
    if (origin === undefined || origin.stage < best.stage) return;
    if (origin.stage === best.stage) {
      const further = pos - start - (this.#furthest - this.#from);
      if (further < 0 || (further === 0 && (start !== this.#from || origin.start <= best.start))) return;
    }
    this.#best = origin;
    this.#furthest = pos;
    this.#from = start;
  }
}

/** {@link MismatchTracer} for one text. */
export function traceMismatch(
  pattern: string,
  text: string,
  options: TraceOptions = {},
): Mismatch | undefined {
  return new MismatchTracer(pattern, options).trace(text);
}

/** {@link resolveCharacters} that takes the places along. */
function resolveWithPlaces(
  parsed: ParsedPattern,
  node: Node,
  to: Map<Node, readonly [number, number]>,
): Node {
  const isLeaf = childrenOf(node).length === 0;
  const changed = isLeaf
    ? { ...resolveCharacters(node) }
    : mapChildren(node, (child) => resolveWithPlaces(parsed, child, to));
  const place = parsed.places.get(node);
  if (place !== undefined) to.set(changed, place);
  return changed;
}

/** Notes the origin of every node; what has no place of its own has that of what it stands in. */
function noteOrigins(
  node: Node,
  places: ReadonlyMap<Node, readonly [number, number]>,
  outer: Origin,
  isOutermost: boolean,
  origins: Map<Node, Origin>,
): number {
  const [start, end] = places.get(node) ?? [outer.start, outer.end];
  let { stage } = outer;
  const own: Origin = { start, end, stage };
  origins.set(node, own);
  if (node.kind === "sequence") {
    let literalEnd: number | undefined;
    for (const item of node.items) {
      const last = noteOrigins(item, places, { ...own, stage }, isOutermost, origins);
      if (isOutermost) stage = last + 1;
    }
    // From the last to the first: a literal reaches to the end of the literals after it.
    for (const item of node.items.toReversed()) {
      const origin = origins.get(item);
      const isLiteral = item.kind === "set" && onlyMember(item.set) !== undefined;
      literalEnd = isLiteral && origin !== undefined ? (literalEnd ?? origin.end) : undefined;
      if (origin !== undefined && literalEnd !== undefined) origins.set(item, { ...origin, end: literalEnd });
    }
    return stage;
  }
  const goesOn = isOutermost && node.kind === "group";
  for (const child of childrenOf(node)) {
    const last = noteOrigins(child, places, { ...own, stage }, goesOn, origins);
    if (goesOn) stage = last;
  }
  return stage;
}

/** The first piece of the outermost sequence that is no anchor. */
function firstPiece(node: Node): Node {
  if (node.kind !== "sequence" && node.kind !== "group") return node;
  const children = childrenOf(node);
  const first = children.find((child) => child.kind !== "anchor") ?? children[0];
  return first === undefined ? node : firstPiece(first);
}
