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

/** Where a part can begin and end, and in how many ways it can be passed over; more than one counts as two. */
interface Part {
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly emptyWays: number;
}

const NOTHING: Part = { first: [], last: [], emptyWays: 1 };

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

  /** Two ways from one state to another without a character between them, or past a part; or too many states. */
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
        return { first: [state], last: [state], emptyWays: 0 };
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
    let { first, last, emptyWays }: Part = NOTHING;
    for (const item of items) {
      const part = this.#add(item);
      this.#connect(last, part.first);
      if (emptyWays > 0) first = [...first, ...part.first];
      last = part.emptyWays > 0 ? [...last, ...part.last] : part.last;
      emptyWays *= part.emptyWays;
    }
    return this.#part(first, last, emptyWays);
  }

  #addBranches(branches: readonly Node[]): Part {
    const parts = branches.map((branch) => this.#add(branch));
    return this.#part(
      parts.flatMap((part) => part.first),
      parts.flatMap((part) => part.last),
      parts.reduce((sum, part) => sum + part.emptyWays, 0),
    );
  }

  #addRepeat({ min, max, body }: RepeatNode): Part {
    if (max === 0) return NOTHING;
    if (max <= MAX_COPIES) {
      return this.#addSequence([...Array<Node>(min).fill(body), optionalCopies(body, max - min)]);
    }
    const part = this.#add(body);
    this.#connect(part.last, part.first);
    // An iteration that must be there can be empty, another one is not tried empty.
    return this.#part(part.first, part.last, min === 0 ? 1 : part.emptyWays * min);
  }

  /** Each time round, a part that can be passed over in two ways doubles the ways. */
  #part(first: readonly number[], last: readonly number[], emptyWays: number): Part {
    if (emptyWays > 1) this.#isAmbiguous = true;
    return { first, last, emptyWays: Math.min(2, emptyWays) };
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
