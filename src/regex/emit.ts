/**
 * Prints a lowered tree as the source of a native RegExp. Knows no Python: the transforms have spelled every difference out.
 * Two editions, since long sets are dear: "narrow" for texts of U+0000–U+00FF, "wide" for all others without surrogates.
 * @module
 */
import { type CharSet, complementOf, onlyMember, rangesOf, upTo } from "./char-set.ts";
import { type Node, unwrapped } from "./tree.ts";

export type Edition = "narrow" | "wide";

export interface NativeSource {
  readonly source: string;
  /** by the pattern's group number: the native groups that may hold its text, of which at most one is set */
  readonly slots: readonly (readonly number[])[];
}

/** The highest character that a text for the edition may have. */
const HIGHEST: Readonly<Record<Edition, number>> = { narrow: 0xff, wide: 0xffff };

export function emitNative(root: Node, edition: Edition, groupCount: number): NativeSource {
  const emitter = new Emitter(edition);
  const source = emitter.emit(root);
  const slots: (readonly number[])[] = [];
  for (let group = 0; group <= groupCount; group++) {
    slots.push(group === 0 ? [0] : (emitter.slots.get(group) ?? []));
  }
  return { source, slots };
}

class Emitter {
  readonly slots = new Map<number, number[]>();
  readonly #edition: Edition;
  #groups = 0;

  constructor(edition: Edition) {
    this.#edition = edition;
  }

  emit(wrapped: Node): string {
    const node = unwrapped(wrapped);
    switch (node.kind) {
      case "set":
        return this.#set(node.set);
      case "sequence":
        return node.items.map((item) => this.#part(item)).join("");
      case "alternation":
        return node.branches.map((branch) => this.emit(branch)).join("|");
      case "group":
        return this.#group(node.number, node.body);
      case "repeat":
        return this.#atom(node.body) + quantifier(node.min, node.max) + (node.lazy ? "?" : "");
      case "look":
        return `(?${node.behind ? "<" : ""}${node.negated ? "!" : "="}${this.emit(node.body)})`;
      case "reference":
        // Of a group that was copied into several branches one is set, and an unset one matches nothing.
        return `(?:${(this.slots.get(node.group) ?? []).map((slot) => `\\${slot}`).join("(?:)")})`;
      case "anchor":
        if (node.at === "text-start") return "^";
        if (node.at === "text-end") return "$";
        break;
      default:
        break;
    }
    throw new Error(`a "${node.kind}" was left over`);
  }

  #part(node: Node): string {
    return unwrapped(node).kind === "alternation" ? `(?:${this.emit(node)})` : this.emit(node);
  }

  #atom(node: Node): string {
    const { kind } = unwrapped(node);
    return kind === "set" || kind === "group" ? this.emit(node) : `(?:${this.emit(node)})`;
  }

  #group(number: number, body: Node): string {
    const slot = ++this.#groups;
    const slots = this.slots.get(number) ?? [];
    slots.push(slot);
    this.slots.set(number, slots);
    return `(${this.emit(body)})`;
  }

  #set(set: CharSet): string {
    const highest = HIGHEST[this.#edition];
    const inside = upTo(highest, set);
    return classSource(inside, upTo(highest, complementOf(inside)));
  }
}

function quantifier(min: number, max: number): string {
  if (max === Infinity) return min === 0 ? "*" : min === 1 ? "+" : `{${min},}`;
  if (min === 0 && max === 1) return "?";
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

/** The shorter of a class of the members and a negated one of all others. */
function classSource(inside: CharSet, outside: CharSet): string {
  const only = onlyMember(inside);
  if (only !== undefined) return character(only);
  if (outside.length < inside.length || outside.length === 0) return `[^${ranges(outside)}]`;
  return `[${ranges(inside)}]`;
}

function ranges(set: CharSet): string {
  let source = "";
  for (const [low, high] of rangesOf(set)) {
    source += character(low);
    if (high > low) source += (high > low + 1 ? "-" : "") + character(high);
  }
  return source;
}

/** A character that means itself inside and outside of classes. */
function character(codePoint: number): string {
  const text = String.fromCodePoint(codePoint);
  if (/^[0-9A-Za-z _"'`~!@#%&=:;<>,]$/.test(text)) return text;
  if (codePoint <= 0xff) return `\\x${codePoint.toString(16).padStart(2, "0")}`;
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return `\\u${codePoint.toString(16)}`;
  return text;
}
