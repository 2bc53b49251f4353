/**
 * The same object for stamps that say the same: every filter has made its own, and those that read one log wait for the same ones mostly.
 * Knows no lines.
 * @module
 */
import type { OrdinaryStamp, StampInside } from "../date/ordinary-stamp.ts";
import type { Node } from "../regex/tree.ts";

/** Different stamps that are known at once; others stay as they are. */
const MAX_STAMPS = 16;

export class SharedStamps {
  readonly #known: OrdinaryStamp[] = [];
  readonly #sameAs = new WeakMap<OrdinaryStamp, OrdinaryStamp>();

  /** One that says the same, always the same one. */
  of(stamp: OrdinaryStamp): OrdinaryStamp {
    const known = this.#sameAs.get(stamp);
    if (known !== undefined) return known;
    const same = this.#known.find((one) => saysTheSame(one, stamp)) ?? this.#withKnownStrangers(stamp);
    if (!this.#known.includes(same) && this.#known.length < MAX_STAMPS) this.#known.push(same);
    this.#sameAs.set(stamp, same);
    return same;
  }

  /** Lines are walked once for each kind of strangers: these, too, are the same objects where they say the same. */
  #withKnownStrangers(stamp: OrdinaryStamp): OrdinaryStamp {
    const { inside } = stamp;
    if (inside?.strangers === undefined) return stamp;
    const known = this.#known.find((one) => isSameTree(one.inside?.strangers, inside.strangers));
    return known === undefined
      ? stamp
      : { ...stamp, inside: { ...inside, strangers: known.inside?.strangers } };
  }
}

function saysTheSame(one: OrdinaryStamp, other: OrdinaryStamp): boolean {
  return (
    one.stride === other.stride &&
    one.endClass === other.endClass &&
    isSameList(one.prefix, other.prefix) &&
    isSameList(one.classes, other.classes) &&
    isSameList(one.table, other.table) &&
    isSameInside(one.inside, other.inside)
  );
}

function isSameList(one: Uint8Array | Uint16Array, other: Uint8Array | Uint16Array): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

function isSameInside(one: StampInside | undefined, other: StampInside | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.before === other.before &&
    one.isBehindFirst === other.isBehindFirst &&
    one.after === other.after &&
    one.minStart === other.minStart &&
    isSameTree(one.strangers, other.strangers)
  );
}

function isSameTree(one: Node | undefined, other: Node | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && textOf(one) === textOf(other));
}

function textOf(tree: Node): string {
  return JSON.stringify(tree, (_, value: unknown) => (value === Infinity ? "without limit" : value));
}
