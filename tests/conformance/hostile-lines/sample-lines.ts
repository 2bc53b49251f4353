/**
 * Lines made from a filter's own regexes: one that matches, with each place of unlimited length pumped up by what is most
 * awkward there.
 * @module
 */
import { type CharSet, hasCodePoint, rangesOf } from "../../../src/regex/char-set.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import { resolveCharacters } from "../../../src/regex/transforms/characters.ts";
import { childrenOf, type Node } from "../../../src/regex/tree.ts";

/** Characters that a place takes with preference: what log lines are made of. */
const PREFERRED = "a1 x.:-=/[\"'";

/** Repetitions up to here are no place to pump. */
const SHORT = 64;

/** A sample as pieces: text, and places that can be pumped. */
type Piece = string | { readonly set: CharSet | undefined; readonly sample: string };

/** A regex ready for sampling. */
export interface Sampled {
  readonly pieces: readonly Piece[];
  /** literal texts of the regex, longest first */
  readonly literals: readonly string[];
}

/** @param content what stands in for the group of that name */
export function sampleOf(pattern: string, content?: Sampled): Sampled {
  const { root, groupIndex } = parsePattern(pattern);
  const resolved = resolveCharacters(root);
  const pieces: Piece[] = [];
  sample(resolved, groupIndex.get("content"), content, pieces);
  const literals = [...literalsOf(resolved), ...(content?.literals ?? [])];
  return { pieces, literals: [...new Set(literals)].sort((a, b) => b.length - a.length) };
}

/** The sample without anything pumped. */
export function plainLine({ pieces }: Sampled): string {
  return pieces.map((piece) => (typeof piece === "string" ? piece : piece.sample)).join("");
}

/** Lines of about that length, each with another place or another filling. */
export function* pumpedLines(sampled: Sampled, length: number, maxPlaces: number): Generator<string> {
  const places = sampled.pieces.flatMap((piece, index) => (typeof piece === "string" ? [] : [index]));
  for (const place of spread(places, maxPlaces)) {
    const piece = sampled.pieces[place];
    if (piece === undefined || typeof piece === "string") continue;
    const before = plainLine({ ...sampled, pieces: sampled.pieces.slice(0, place) });
    const after = plainLine({ ...sampled, pieces: sampled.pieces.slice(place + 1) });
    for (const filling of fillings(piece, sampled, before, after)) {
      const pumped = filling.repeat(Math.ceil(length / filling.length));
      yield before + pumped + after;
      yield `${before}${pumped}${after.slice(0, -1)}\u0001`;
    }
  }
}

/** What a place is filled with: single characters, literals of the regex, what comes after the place. */
function fillings(
  { set, sample }: Exclude<Piece, string>,
  { literals }: Sampled,
  before: string,
  after: string,
): readonly string[] {
  const fits = (text: string): boolean =>
    text !== "" &&
    (set === undefined || Array.from(text).every((one) => hasCodePoint(set, one.codePointAt(0) ?? 0)));
  const singles = [...PREFERRED].filter(fits).slice(0, 2);
  const pieces = literals.filter((text) => text.length > 1 && fits(text)).slice(0, 2);
  const near = [after.slice(0, 40), before.slice(-40), after].filter(fits).slice(0, 2);
  const all = [...singles, ...pieces, ...near];
  return [...new Set(all.length === 0 && sample !== "" ? [sample] : all)];
}

/** So many of the items, the first and the last among them. */
function spread<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  return Array.from(
    { length: count },
    (_, i) => items[Math.round((i * (items.length - 1)) / (count - 1))],
  ).filter((item) => item !== undefined);
}

function sample(
  node: Node,
  contentGroup: number | undefined,
  content: Sampled | undefined,
  to: Piece[],
): void {
  const add = (child: Node): void => sample(child, contentGroup, content, to);
  switch (node.kind) {
    case "set":
      to.push(characterOf(node.set));
      return;
    case "group":
      if (node.number === contentGroup && content !== undefined) to.push(...content.pieces);
      else add(node.body);
      return;
    case "sequence":
      node.items.forEach(add);
      return;
    case "alternation":
      // The first is the likeliest; of addresses that is the one with digits and dots.
      add(node.branches.find((branch) => !isEmpty(branch)) ?? node);
      return;
    case "atomic":
      add(node.body);
      return;
    case "conditional":
      add(node.no);
      return;
    case "repeat":
      sampleRepeat(node, add, to);
      return;
    default:
  }
}

function sampleRepeat(
  node: Extract<Node, { kind: "repeat" }>,
  add: (child: Node) => void,
  to: Piece[],
): void {
  if (node.max <= SHORT) {
    for (let i = 0; i < Math.max(node.min, Math.min(node.max, 1)); i++) add(node.body);
    return;
  }
  const start = to.length;
  for (let i = 0; i < Math.max(node.min, 1); i++) add(node.body);
  const text = plainLine({ pieces: to.splice(start), literals: [] });
  to.push({ set: node.body.kind === "set" ? node.body.set : undefined, sample: text });
}

function isEmpty(node: Node): boolean {
  return node.kind === "sequence" && node.items.every(isEmpty);
}

function characterOf(set: CharSet): string {
  const preferred = [...PREFERRED].find((one) => hasCodePoint(set, one.codePointAt(0) ?? 0));
  if (preferred !== undefined) return preferred;
  for (const [low, high] of rangesOf(set)) {
    if (high > 0x20) return String.fromCodePoint(Math.max(low, 0x21));
  }
  return String.fromCodePoint(set[0] ?? 0x61);
}

/** Runs of single characters in the pattern. */
function literalsOf(node: Node): readonly string[] {
  if (node.kind !== "sequence") return childrenOf(node).flatMap(literalsOf);
  const literals: string[] = [];
  let run = "";
  for (const item of node.items) {
    const isOne = item.kind === "set" && item.set.length === 2 && item.set[0] === item.set[1];
    if (isOne) run += String.fromCodePoint(item.set[0] ?? 0);
    if (!isOne && run !== "") literals.push(run);
    if (!isOne) {
      run = "";
      literals.push(...literalsOf(item));
    }
  }
  return run === "" ? literals : [...literals, run];
}
