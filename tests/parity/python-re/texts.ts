/**
 * Texts near a pattern: what its tree would take, walked at random, then damaged a little; and plain noise.
 * @module
 */

import { type CharSet, complementOf } from "../../../src/regex/char-set.ts";
import { classSet } from "../../../src/regex/character-sets.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import type { Node } from "../../../src/regex/tree.ts";
import type { Dice } from "../../dice.ts";

/** UTF-16 units of a text, about. */
const MAX_LENGTH = 80;

const NOISE = [
  ...'aaabbbcccxkK0019__--  ::/éÉßẞsSiI\n\n\r\t"AB#[]{}',
  ...[
    "\u0085",
    "\u2028",
    "\ufeff",
    "\u001c",
    "\u00a0",
    "\u0661",
    "\u212a",
    "\u0130",
    "\u0131",
    "\u017f",
    "\u00b2",
    "\u00b5",
    "\u03bc",
    "σ",
    "ς",
  ],
  ...["😀", "𝒜", "\u{10400}", "\u{10428}", "\u{118a0}", "\u{118c0}", "\ud800", "\udc00", "\0", "\u0301"],
];

/** Short texts to search with a pattern, the empty one among them now and then. */
export function textsNear(
  dice: Dice,
  pattern: string,
  flags: { multiline: boolean; ignoreCase: boolean },
  count: number,
): string[] {
  const sampler = samplerOf(pattern, flags);
  return Array.from({ length: count }, () => {
    if (sampler === undefined || dice.once(6)) return noise(dice);
    let text = new Sample(dice, sampler).text();
    if (dice.once(2)) text = noise(dice, 4) + text;
    if (dice.once(2)) text += dice.once(2) ? dice.pick(["\n", "\n\n", "a\n"]) : noise(dice, 4);
    if (dice.once(2)) text = damagedText(dice, text);
    return text;
  });
}

function samplerOf(pattern: string, flags: { multiline: boolean; ignoreCase: boolean }): Node | undefined {
  try {
    return parsePattern(pattern, flags).root;
  } catch {
    return undefined;
  }
}

function noise(dice: Dice, limit = 14): string {
  return Array.from({ length: dice.below(limit + 1) }, () => dice.pick(NOISE)).join("");
}

function damagedText(dice: Dice, text: string): string {
  const characters = Array.from(text);
  for (let times = 1 + dice.few(1, 3); times > 0; times--) {
    const at = dice.below(characters.length + 1);
    const length = 1 + dice.few(1, 4);
    switch (dice.below(6)) {
      case 5: {
        // what loops are slow on
        const piece = characters.slice(at, at + length);
        const times = dice.below(1 + MAX_LENGTH / length);
        characters.splice(at, 0, ...Array.from({ length: times }, () => piece).flat());
        break;
      }
      case 0:
        characters.splice(at, length);
        break;
      case 1:
        characters.splice(at, 0, ...characters.slice(at, at + length));
        break;
      case 2:
        characters.splice(at, 1, dice.pick(NOISE));
        break;
      case 3:
        characters.splice(at, 0, dice.pick(NOISE));
        break;
      default: {
        const character = characters[at];
        if (character !== undefined)
          characters[at] = dice.once(2) ? character.toUpperCase() : character.toLowerCase();
      }
    }
  }
  return characters.join("").slice(0, 2 * MAX_LENGTH);
}

/** One walk through the tree of a pattern. */
class Sample {
  readonly #dice: Dice;
  readonly #root: Node;
  readonly #groups = new Map<number, string>();
  #length = 0;

  constructor(dice: Dice, root: Node) {
    this.#dice = dice;
    this.#root = root;
  }

  text(): string {
    return this.#walk(this.#root);
  }

  #walk(node: Node): string {
    if (this.#length > MAX_LENGTH) return "";
    switch (node.kind) {
      case "class":
        return this.#character(classSet(node));
      case "set":
        return this.#character(node.set);
      case "any":
        return this.#character(complementOf(node.newline ? [] : [0x0a, 0x0a]));
      case "anchor":
        return node.at === "line-start" || node.at === "line-end" ? this.#dice.pick(["", "\n"]) : "";
      case "sequence":
        return node.items.map((item) => this.#walk(item)).join("");
      case "alternation":
        return this.#walk(this.#dice.pick(node.branches));
      case "group": {
        const text = this.#walk(node.body);
        this.#groups.set(node.number, text);
        return text;
      }
      case "repeat": {
        const most = Math.min(node.max, node.min + 4);
        const times = Math.min(40, node.min + this.#dice.below(most - node.min + 1));
        let text = "";
        for (let i = 0; i < times; i++) text += this.#walk(node.body);
        return text;
      }
      case "atomic":
        return this.#walk(node.body);
      case "look":
        return node.negated || node.behind || this.#dice.once(2) ? "" : this.#walk(node.body);
      case "reference":
        return this.#groups.get(node.group) ?? "";
      case "conditional":
        return this.#walk(this.#groups.has(node.group) ? node.yes : node.no);
    }
  }

  #character(set: CharSet): string {
    this.#length++;
    const pairs = set.length >> 1;
    if (pairs === 0) return "";
    // a large set holds most of the common noise, and that is more telling than its rare members
    if (pairs > 6 || (set[1] ?? 0) - (set[0] ?? 0) > 200) {
      if (!this.#dice.once(12)) return this.#dice.pick(NOISE);
    }
    const pair = this.#dice.below(pairs);
    const low = set[2 * pair] ?? 0;
    const high = set[2 * pair + 1] ?? 0;
    return String.fromCodePoint(low + this.#dice.below(high - low + 1));
  }
}
