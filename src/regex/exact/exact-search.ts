/**
 * The exact matcher behind the same face as V8's engine.
 * @module
 */
import type { RegexMatch, RegexSearch, Span } from "../compiled-regex.ts";
import type { Node } from "../tree.ts";
import { Alphabet } from "./alphabet.ts";
import { assemble } from "./assemble.ts";
import { ExactMachine } from "./machine.ts";

export class ExactSearch implements RegexSearch {
  readonly #machine: ExactMachine;
  readonly #groupIndex: ReadonlyMap<string, number>;

  /** @param root the tree with its characters resolved */
  constructor(root: Node, groupCount: number, groupIndex: ReadonlyMap<string, number>) {
    const program = assemble(root, groupCount);
    this.#machine = new ExactMachine(program, new Alphabet(program.sets, program.firstCharacters));
    this.#groupIndex = groupIndex;
  }

  search(text: string, from = 0, maxSteps?: number): RegexMatch | undefined {
    const places = this.#machine.search(text, from, maxSteps);
    return places === undefined ? undefined : new ExactMatch(text, places, this.#groupIndex);
  }
}

class ExactMatch implements RegexMatch {
  readonly #text: string;
  /** begin and end of each group, -1 where unset */
  readonly #places: Int32Array;
  readonly #groupIndex: ReadonlyMap<string, number>;

  constructor(text: string, places: Int32Array, groupIndex: ReadonlyMap<string, number>) {
    this.#text = text;
    this.#places = places;
    this.#groupIndex = groupIndex;
  }

  get start(): number {
    return this.#places[0] ?? 0;
  }

  get end(): number {
    return this.#places[1] ?? 0;
  }

  group(key: number | string): string | undefined {
    const span = this.span(key);
    return span === undefined ? undefined : this.#text.slice(span[0], span[1]);
  }

  span(key: number | string): Span | undefined {
    const group = typeof key === "number" ? key : (this.#groupIndex.get(key) ?? -1);
    const start = this.#places[2 * group] ?? -1;
    const end = this.#places[2 * group + 1] ?? -1;
    return start < 0 || end < start ? undefined : [start, end];
  }
}
