/**
 * The tree of a stamp as steps of a machine that reads it in Python's order of tries: of two ways the first is the preferred one.
 * Knows the fields' names; what they mean is known elsewhere.
 * @module
 */
import type { CharSet } from "../regex/char-set.ts";
import type { AnchorNode, LookNode, Node, RepeatNode } from "../regex/tree.ts";
import { canBeEmpty } from "../regex/width.ts";
import type { StampShape } from "./stamp-shape.ts";

export type Step =
  | { readonly kind: "read"; readonly set: CharSet; readonly isFraction: boolean; readonly next: number }
  | { readonly kind: "ways"; readonly ways: readonly number[] }
  | { readonly kind: "place"; readonly place: AnchorNode | LookNode; readonly next: number }
  | { readonly kind: "open" | "close"; readonly field: string; readonly next: number }
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
export function stampSteps({ stamp, behind, groupNames }: StampShape): StampSteps | undefined {
  const builder = new Builder(groupNames);
  const end = builder.step({ kind: "end" });
  const last = behind.reduceRight((next, node) => builder.add(node, next), end);
  const first = builder.add(stamp, last);
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
