/**
 * Text that every match of a pattern has in it: where it is missing, there is no match, and nothing else of the regex need be made.
 * A machine's filters have dozens of regexes, and its logs lines for a few of them.
 * Knows the tree of a pattern and no engine.
 * @module
 */
import { type CharSet, onlyMember } from "./char-set.ts";
import { classSet } from "./character-sets.ts";
import type { Node, RepeatNode } from "./tree.ts";

/** A shorter text is in most lines. */
const MIN_CHARACTERS = 3;
/** Longer ones tell no more. */
const MAX_CHARACTERS = 40;
/** A letter in both cases, and what Unicode takes for the same. */
const MAX_MEMBERS = 4;

const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
const LAST_OF_ONE_UNIT = 0xffff;

/** Whether the text holds what is needed at `from` or later. */
export type HasNeeded = (text: string, from: number) => boolean;

/**
 * The longest run of characters that a match cannot do without.
 *
 * @param root the tree, its characters resolved or not
 * @returns `undefined`: no run is long enough to be worth a look
 */
export function neededText(root: Node): HasNeeded | undefined {
  const runs = new Runs();
  runs.pass(root);
  runs.end();
  const { longest } = runs;
  if (longest.length < MIN_CHARACTERS) return undefined;
  const literal = literalOf(longest);
  if (literal !== undefined) return (text, from) => text.includes(literal, from);
  const pattern = new RegExp(longest.map(classText).join(""), "g");
  return (text, from) => {
    pattern.lastIndex = from;
    return pattern.test(text);
  };
}

/** Walks over what every match reads, in the order in which it does. */
class Runs {
  longest: readonly CharSet[] = [];
  #run: CharSet[] = [];

  /** What comes next stands not right behind what came last. */
  end(): void {
    if (this.#run.length > this.longest.length) this.longest = this.#run;
    this.#run = [];
  }

  pass(node: Node): void {
    switch (node.kind) {
      case "set":
        this.#character(node.set);
        break;
      case "class":
        // a negated one or one of more members is none of few characters
        if (node.negated || node.items.length > 1) this.end();
        else this.#character(classSet(node));
        break;
      case "sequence":
        for (const item of node.items) this.pass(item);
        break;
      case "group":
      case "atomic":
        this.pass(node.body);
        break;
      case "anchor":
      case "look":
        // they read nothing: what stands around them is still side by side
        break;
      case "repeat":
        this.#repeat(node);
        break;
      default:
        this.end();
    }
  }

  #repeat({ min, max, body }: RepeatNode): void {
    const isOnce = min === 1 && max === 1;
    if (!isOnce) this.end();
    if (min > 0) this.pass(body);
    if (!isOnce) this.end();
  }

  #character(set: CharSet): void {
    if (isOfFew(set) && this.#run.length < MAX_CHARACTERS) this.#run.push(set);
    else this.end();
  }
}

/** Whether the members are few, and each of them one UTF-16 unit. */
function isOfFew(set: CharSet): boolean {
  let count = 0;
  for (let at = 0; at + 1 < set.length; at += 2) {
    const [low = 0, high = 0] = [set[at], set[at + 1]];
    count += high - low + 1;
    if (count > MAX_MEMBERS || high > LAST_OF_ONE_UNIT) return false;
    if (high >= FIRST_SURROGATE && low <= LAST_SURROGATE) return false;
  }
  return count > 0;
}

function literalOf(run: readonly CharSet[]): string | undefined {
  const members = run.map(onlyMember);
  return members.includes(undefined)
    ? undefined
    : String.fromCharCode(...members.map((member) => member ?? 0));
}

/** The set as a class of a native regex. */
function classText(set: CharSet): string {
  let members = "";
  for (let at = 0; at + 1 < set.length; at += 2) members += `${unit(set[at] ?? 0)}-${unit(set[at + 1] ?? 0)}`;
  return `[${members}]`;
}

const unit = (code: number): string => `\\u${code.toString(16).padStart(4, "0")}`;
