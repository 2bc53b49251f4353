/**
 * The steps of a stamp as states over bytes: the ways that are open at a byte, in the order in which Python tries them, are one state.
 * A way behind one that has ended is dropped, for the regex never comes to it.
 * @module
 */
import { ENDS, FIRST_STATE, REFUSES } from "./ordinary-stamp.ts";
import { StampMemories } from "./stamp-memories.ts";
import type { StampSteps } from "./stamp-steps.ts";
import { BEYOND_ASCII, isAt, isIn, isWord, type Symbols } from "./stamp-symbols.ts";

/** States beyond which a stamp gets no table. */
const MAX_STATES = 6000;

/** One way through the stamp: the step it is at, and the number of what it has read. */
interface Way {
  readonly step: number;
  readonly memory: number;
}

interface State {
  /** first the one that is preferred */
  readonly ways: readonly Way[];
  /** the character before belongs to a word */
  readonly isBehindWord: boolean;
  /** a doubtful stamp has ended here before: that is it, unless one of the ways ends */
  readonly isDoubtful: boolean;
}

/** What the ways of a state come to before a symbol. */
interface Reached {
  /** the steps at which a symbol is read */
  readonly reading: readonly Way[];
  readonly ends: boolean;
  readonly isDoubtful: boolean;
  /** what stands behind decides, and the symbol does not say what that is */
  readonly isUndecided: boolean;
}

const UNDECIDED: Reached = { reading: [], ends: false, isDoubtful: false, isUndecided: true };

/**
 * The table before it is packed: by state and class of symbols an entry.
 *
 * @param beginsWithWord whether a stamp that begins with a sign is none
 * @returns `undefined` if there are too many states
 */
export function stampRows(
  steps: StampSteps,
  symbols: Symbols,
  beginsWithWord: boolean,
): readonly Uint16Array[] | undefined {
  return new Machine(steps, symbols).rows(beginsWithWord);
}

class Machine {
  readonly #steps: StampSteps["steps"];
  readonly #symbols: Symbols["firsts"];
  readonly #memories = new StampMemories();
  readonly #states: State[] = [];
  readonly #numbers = new Map<string, number>();
  /** by symbol: the first one before which the same places are there */
  readonly #likeness = new Map<number, number>();
  /** by step that reads and class: whether it reads that */
  readonly #reads: readonly (Uint8Array | undefined)[];

  constructor({ steps, first }: StampSteps, { firsts }: Symbols) {
    this.#steps = steps;
    this.#symbols = firsts;
    this.#reads = steps.map((step) =>
      step.kind === "read"
        ? Uint8Array.from(firsts, (symbol) => (isIn(step.set, symbol) === true ? 1 : 0))
        : undefined,
    );
    this.#likenOthers();
    this.#numberOf({ ways: [], isBehindWord: false, isDoubtful: false });
    this.#numberOf({ ways: [{ step: first, memory: 0 }], isBehindWord: false, isDoubtful: false });
  }

  #likenOthers(): void {
    const places = this.#steps.flatMap((step) => (step.kind === "place" ? [step.place] : []));
    const first = new Map<string, number>();
    for (const symbol of this.#symbols) {
      const answers = [false, true].map((isBehind) => places.map((place) => isAt(place, isBehind, symbol)));
      const key = symbol < BEYOND_ASCII ? answers.join() : String(symbol);
      this.#likeness.set(symbol, first.get(key) ?? symbol);
      first.set(key, first.get(key) ?? symbol);
    }
  }

  rows(beginsWithWord: boolean): readonly Uint16Array[] | undefined {
    const rows: Uint16Array[] = [new Uint16Array(this.#symbols.length)];
    for (let number = FIRST_STATE; number < this.#states.length; number++) {
      const state = this.#states[number];
      if (state === undefined || number > MAX_STATES) return undefined;
      rows.push(this.#row(state, number === FIRST_STATE && beginsWithWord));
    }
    return rows;
  }

  #row(state: State, isWordOnly: boolean): Uint16Array {
    const row = new Uint16Array(this.#symbols.length);
    const reached = new Map<number, Reached>();
    for (const [column, symbol] of this.#symbols.entries()) {
      if (isWordOnly && !isWord(symbol)) continue;
      const like = this.#likeness.get(symbol) ?? symbol;
      const before = reached.get(like) ?? this.#reach(state, like);
      reached.set(like, before);
      row[column] = this.#entry(before, column, symbol);
    }
    return row;
  }

  #entry({ reading, ends, isDoubtful, isUndecided }: Reached, column: number, symbol: number): number {
    if (isUndecided) return REFUSES;
    const ways: Way[] = [];
    for (const { step, memory } of reading) {
      const read = this.#steps[step];
      if (read?.kind !== "read" || this.#reads[step]?.[column] !== 1) continue;
      if (ways.some((way) => way.step === read.next)) continue;
      ways.push({ step: read.next, memory: this.#memories.afterCharacter(memory, symbol) });
    }
    if (ways.length === 0) return isDoubtful ? REFUSES : ends ? ENDS : 0;
    return this.#numberOf({ ways, isBehindWord: isWord(symbol), isDoubtful }) | (ends ? ENDS : 0);
  }

  /** Follows the ways of a state as far as they go without reading, the preferred one first. */
  #reach({ ways, isBehindWord, isDoubtful }: State, symbol: number): Reached {
    const reading: Way[] = [];
    const seen = new Set<number>();
    const pending = ways.toReversed();
    for (let way = pending.pop(); way !== undefined; way = pending.pop()) {
      const step = this.#steps[way.step];
      if (step === undefined || seen.has(way.step)) continue;
      seen.add(way.step);
      const { memory } = way;
      switch (step.kind) {
        case "read":
          if (isIn(step.set, symbol) === undefined) return UNDECIDED;
          reading.push(way);
          break;
        case "ways":
          for (const next of step.ways.toReversed()) pending.push({ step: next, memory });
          break;
        case "place": {
          const isThere = isAt(step.place, isBehindWord, symbol);
          if (isThere === undefined) return UNDECIDED;
          if (isThere) pending.push({ step: step.next, memory });
          break;
        }
        case "open":
        case "close":
          pending.push({ step: step.next, memory: this.#memories.atField(memory, step.kind, step.field) });
          break;
        case "end": {
          const ends = this.#memories.isConvertible(memory);
          return { reading, ends, isDoubtful: !ends, isUndecided: false };
        }
      }
    }
    return { reading, ends: false, isDoubtful, isUndecided: false };
  }

  #numberOf(state: State): number {
    const ways = state.ways.map(({ step, memory }) => `${step}:${memory}`).join();
    const key = `${state.isBehindWord ? "w" : ""}${state.isDoubtful ? "?" : ""}${ways}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#states.push(state) - 1;
    this.#numbers.set(key, number);
    return number;
  }
}
