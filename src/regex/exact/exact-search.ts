/**
 * The exact matcher behind the same face as V8's engine.
 * @module
 */
import type { RegexMatch, RegexSearch } from "../compiled-regex.ts";
import { PlacedMatch } from "../placed-match.ts";
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
    return places === undefined ? undefined : new PlacedMatch(text, places, this.#groupIndex);
  }
}
