/**
 * The body of a loop as an automaton without empty steps: a state for each character of the body, and which may follow which.
 * Assertions count as nothing, references as any text: it may read more than the loop does, never less.
 * @module
 */
import { ALL_CHARACTERS, type CharSet } from "../char-set.ts";
import { EMPTY, type Node, type RepeatNode } from "../tree.ts";

/** States beyond which the automaton counts as ambiguous unseen. */
const MAX_STATES = 200;

/** Nodes it looks at before that, copies of counted repeats included. */
const MAX_NODES = 20_000;

/** Counted repeats up to this many are written out; longer ones count as without limit. */
const MAX_COPIES = 4;

/** Where a part can begin and end, and whether it can be passed over. */
interface Part {
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly mayBeEmpty: boolean;
}

const NOTHING: Part = { first: [], last: [], mayBeEmpty: true };

const ANY_TEXT: Node = {
  kind: "repeat",
  min: 0,
  max: Infinity,
  lazy: false,
  body: { kind: "set", set: ALL_CHARACTERS },
};

export class LoopAutomaton {
  readonly #sets: CharSet[] = [];
  readonly #next: Set<number>[] = [];
  #isAmbiguous = false;
  #nodes = 0;

  constructor(body: Node) {
    const part = this.#add(body);
    this.#connect(part.last, part.first);
  }

  /** what each state reads */
  get sets(): readonly CharSet[] {
    return this.#sets;
  }

  /** the states that can follow each state */
  get next(): readonly ReadonlySet<number>[] {
    return this.#next;
  }

  /** Two ways from one state to another without a character between them, or too many states. */
  get isAmbiguous(): boolean {
    return this.#isAmbiguous;
  }

  #connect(from: readonly number[], to: readonly number[]): void {
    for (const state of from) {
      const next = this.#next[state];
      for (const follower of to) {
        if (next?.has(follower)) this.#isAmbiguous = true;
        next?.add(follower);
      }
    }
  }

  #add(node: Node): Part {
    if (++this.#nodes > MAX_NODES || this.#sets.length > MAX_STATES) {
      this.#isAmbiguous = true;
      return NOTHING;
    }
    switch (node.kind) {
      case "set": {
        const state = this.#sets.push(node.set) - 1;
        this.#next.push(new Set());
        return { first: [state], last: [state], mayBeEmpty: false };
      }
      case "sequence":
        return this.#addSequence(node.items);
      case "alternation":
        return this.#addBranches(node.branches);
      case "conditional":
        return this.#addBranches([node.yes, node.no]);
      case "group":
      case "atomic":
        return this.#add(node.body);
      case "repeat":
        return this.#addRepeat(node);
      case "reference":
        return this.#add(ANY_TEXT);
      default:
        return NOTHING;
    }
  }

  #addSequence(items: readonly Node[]): Part {
    let { first, last, mayBeEmpty }: Part = NOTHING;
    for (const item of items) {
      const part = this.#add(item);
      this.#connect(last, part.first);
      if (mayBeEmpty) first = [...first, ...part.first];
      last = part.mayBeEmpty ? [...last, ...part.last] : part.last;
      mayBeEmpty &&= part.mayBeEmpty;
    }
    return { first, last, mayBeEmpty };
  }

  #addBranches(branches: readonly Node[]): Part {
    const parts = branches.map((branch) => this.#add(branch));
    return {
      first: parts.flatMap((part) => part.first),
      last: parts.flatMap((part) => part.last),
      mayBeEmpty: parts.some((part) => part.mayBeEmpty),
    };
  }

  #addRepeat({ min, max, body }: RepeatNode): Part {
    if (max === 0) return NOTHING;
    if (max <= MAX_COPIES) {
      return this.#addSequence([...Array<Node>(min).fill(body), optionalCopies(body, max - min)]);
    }
    const part = this.#add(body);
    this.#connect(part.last, part.first);
    return { ...part, mayBeEmpty: part.mayBeEmpty || min === 0 };
  }
}

/** `(?:X(?:X(?:X)?)?)?`: so many optional copies, each only after the one before. */
function optionalCopies(body: Node, count: number): Node {
  let node: Node = EMPTY;
  for (let i = 0; i < count; i++) {
    node = { kind: "alternation", branches: [{ kind: "sequence", items: [body, node] }, EMPTY] };
  }
  return node;
}
