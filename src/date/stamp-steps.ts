/**
 * The tree of a stamp as steps of a machine that reads it in Python's order of tries: of two ways the first is the preferred one.
 * Knows the fields' names; what they mean is known elsewhere.
 * @module
 */
import type { CharSet } from "../regex/char-set.ts";
import { anySet } from "../regex/character-sets.ts";
import type { AnchorNode, LookNode, Node, RepeatNode } from "../regex/tree.ts";
import { canBeEmpty } from "../regex/width.ts";
import { leadOf, type StampShape } from "./stamp-shape.ts";

export type Step =
  | { readonly kind: "read"; readonly set: CharSet; readonly isFraction: boolean; readonly next: number }
  | { readonly kind: "ways"; readonly ways: readonly number[] }
  | { readonly kind: "place"; readonly place: AnchorNode | LookNode; readonly next: number }
  | { readonly kind: "open" | "close"; readonly field: string; readonly next: number }
  /** the stamp begins; or it has ended, and something is read behind it */
  | { readonly kind: "begin" | "cut"; readonly next: number }
  | { readonly kind: "end" };

export interface StampSteps {
  readonly steps: readonly Step[];
  readonly first: number;
  /** all that is read within fields */
  readonly fieldCharacters: readonly CharSet[];
}

/** The field that counts for nothing: moments are whole seconds (A§2.9). */
export const FRACTION = "f";

/** A stamp of more steps gets no table. */
const MAX_STEPS = 4000;

/** @returns `undefined` if there is something in it that the machine does not know, or too much */
export function stampSteps(shape: StampShape): StampSteps | undefined {
  const { begin, stamp, behind, readsBehind, groupNames } = shape;
  const builder = new Builder(groupNames);
  const end = builder.step({ kind: "end" });
  let last = behind.reduceRight((next, node) => builder.add(node, next), end);
  if (readsBehind) last = builder.step({ kind: "cut", next: last });
  let first = builder.add(stamp, last);
  const lead = leadOf(begin);
  if (lead !== undefined) {
    const inside = builder.step({ kind: "begin", next: first });
    first = lead.lead.reduceRight((next, node) => builder.add(node, next), inside);
    if (!lead.isAnchored) first = builder.anywhere(first);
  }
  return builder.isRefused
    ? undefined
    : { steps: builder.steps, first, fieldCharacters: builder.fieldCharacters };
}

/** Builds from the end to the begin: every node is told where it leads. */
class Builder {
  readonly steps: Step[] = [];
  readonly #groupNames: ReadonlyMap<number, string>;
  readonly fieldCharacters: CharSet[] = [];
  #fields = 0;
  #fractions = 0;
  isRefused = false;

  constructor(groupNames: ReadonlyMap<number, string>) {
    this.#groupNames = groupNames;
  }

  step(step: Step): number {
    if (this.steps.length >= MAX_STEPS) this.isRefused = true;
    return this.steps.push(step) - 1;
  }

  /** The step of a search for what begins at another one: the first place where that leads to the end counts. */
  anywhere(first: number): number {
    const ways: number[] = [first];
    const search = this.step({ kind: "ways", ways });
    ways.push(this.step({ kind: "read", set: anySet(true), isFraction: false, next: search }));
    return search;
  }

  /** The step at which the node begins, if it leads to `next`. */
  add(node: Node, next: number): number {
    if (this.isRefused) return next;
    switch (node.kind) {
      case "set":
        if (this.#fields > 0 && !this.fieldCharacters.includes(node.set)) this.fieldCharacters.push(node.set);
        return this.step({ kind: "read", set: node.set, isFraction: this.#fractions > 0, next });
      case "sequence":
        return node.items.reduceRight((after, item) => this.add(item, after), next);
      case "alternation":
        return this.step({ kind: "ways", ways: node.branches.map((branch) => this.add(branch, next)) });
      case "group": {
        const field = this.#groupNames.get(node.number);
        if (field === undefined) return this.add(node.body, next);
        this.#fields++;
        if (field === FRACTION) this.#fractions++;
        const inside = this.add(node.body, this.step({ kind: "close", field, next }));
        this.#fields--;
        if (field === FRACTION) this.#fractions--;
        return this.step({ kind: "open", field, next: inside });
      }
      case "repeat":
        return this.#repeat(node, next);
      case "anchor":
      case "look":
        if (!isShort(node)) this.isRefused = true;
        return this.step({ kind: "place", place: node, next });
      default:
        this.isRefused = true;
        return next;
    }
  }

  #repeat({ min, max, lazy, body }: RepeatNode, next: number): number {
    // what an iteration that reads nothing comes to is a matter of its own
    if (max > 1 && canBeEmpty(body)) this.isRefused = true;
    const ways = (inside: number): readonly number[] => (lazy ? [next, inside] : [inside, next]);
    let start = next;
    if (max === Number.POSITIVE_INFINITY) {
      const loop: number[] = [];
      start = this.step({ kind: "ways", ways: loop });
      loop.push(...ways(this.add(body, start)));
    }
    const copies = max === Number.POSITIVE_INFINITY ? min : max;
    for (let copy = copies; copy > 0 && !this.isRefused; copy--) {
      const inside = this.add(body, start);
      start = copy > min ? this.step({ kind: "ways", ways: ways(inside) }) : inside;
    }
    return start;
  }
}

/** Whether a place is decided by the characters on both sides of it: an anchor but `^`, a look ahead at such anchors or one character. */
function isShort(node: AnchorNode | LookNode): boolean {
  if (node.kind === "anchor")
    return node.at !== "text-start" && node.at !== "line-start" && node.at !== "line-end";
  return (
    !node.behind &&
    lookedFor(node.body).every((inner) => inner.kind === "set" || (inner.kind === "anchor" && isShort(inner)))
  );
}

/** What a look ahead is content with one of. */
export function lookedFor(body: Node): readonly Node[] {
  if (body.kind === "alternation") return body.branches.flatMap(lookedFor);
  const [only] = body.kind === "sequence" ? body.items : [];
  return body.kind === "sequence" && body.items.length === 1 && only !== undefined ? lookedFor(only) : [body];
}
