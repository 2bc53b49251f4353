/**
 * The steps of a stamp as states over bytes: the ways that are open at a byte, in the order in which Python tries them, are one state.
 * A way behind one that has ended is dropped, for the regex never comes to it.
 * @module
 */
import { BEGINS, ENDS, FIRST_STATE, REFUSES } from "./ordinary-stamp.ts";
import { StampMemories } from "./stamp-memories.ts";
import type { StampSteps } from "./stamp-steps.ts";
import { BEYOND_ASCII, isAt, isIn, isWord, type Symbols } from "./stamp-symbols.ts";

/** States beyond which a stamp gets no table. */
const MAX_STATES = 6000;

/** One way through the stamp: the step it is at, the number of what it has read, and where the stamp began. */
interface Way {
  readonly step: number;
  readonly memory: number;
  readonly begin: Begin;
}

/** Where the stamp of a way began: not yet, or where the walk did; at the last place where one began; at another one; right here. */
type Begin = typeof NOWHERE | typeof LAST | typeof EARLIER | typeof HERE;
const NOWHERE = 0;
const LAST = 1;
const EARLIER = 2;
const HERE = 3;

interface State {
  /** first the one that is preferred */
  readonly ways: readonly Way[];
  /** the character before belongs to a word */
  readonly isBehindWord: boolean;
  /** a doubtful stamp has ended here before: that is it, unless one of the ways ends */
  readonly isDoubtful: boolean;
  /** the stamp has ended; what is behind it is still to be read */
  readonly isCut: boolean;
}

/** What the ways of a state come to before a symbol. */
interface Reached {
  /** the steps at which a symbol is read */
  readonly reading: readonly Way[];
  readonly ends: boolean;
  readonly begins: boolean;
  readonly isDoubtful: boolean;
  /** the stamp has ended here or before, and what is behind it must follow, but for what follows already */
  readonly isCut: boolean;
  readonly isComplete: boolean;
  /** where the stamp ends here and something must follow: what comes before that, and whether the stamp is one otherwise */
  readonly cut: { readonly preferred: readonly Way[]; readonly isSure: boolean } | undefined;
  /** what stands behind decides, and the symbol does not say what that is */
  readonly isUndecided: boolean;
  /** another symbol may come to something else before it is read */
  readonly isOfSymbol: boolean;
}

/** Columns of a row whose symbols stand behind the same places. */
interface Likes {
  readonly symbol: number;
  readonly columns: number[];
}

const ZERO = 0x30;
const isDigit = (symbol: number): boolean => symbol >= ZERO && symbol < ZERO + 10;

/** The table before it is packed. */
export interface StampRows {
  /** by state and class of symbols an entry */
  readonly rows: readonly Uint16Array[];
  /** whether other digits in the fraction change nothing, be it for what else is read where */
  readonly hasFreeFraction: boolean;
  /** whether there is an ordinary stamp at all */
  readonly canEnd: boolean;
}

/**
 * @param beginsWithWord whether a stamp that begins with a sign is none
 * @returns `undefined` if there are too many states
 */
export function stampRows(
  steps: StampSteps,
  symbols: Symbols,
  beginsWithWord: boolean,
): StampRows | undefined {
  const machine = new Machine(steps, symbols);
  const rows = machine.rows(beginsWithWord);
  const { hasFreeFraction, canEnd } = machine;
  return rows === undefined ? undefined : { rows, hasFreeFraction, canEnd };
}

class Machine {
  readonly #steps: StampSteps["steps"];
  /** by column */
  readonly #symbols: readonly number[];
  readonly #isWord: readonly boolean[];
  readonly #memories = new StampMemories();
  readonly #states: State[] = [];
  readonly #numbers = new Map<string, number>();
  /** the symbols of ASCII, and each of the others */
  readonly #likes: readonly Likes[];
  /** by column: the index of its likes */
  readonly #likesOf: number[] = [];
  /** by step that reads: the columns of what it reads */
  readonly #columnsOf: readonly (readonly number[])[];
  readonly #readsDigit: readonly boolean[];
  readonly #seen: Uint32Array;
  #round = 0;
  hasFreeFraction: boolean;
  canEnd = false;

  constructor({ steps, first }: StampSteps, { firsts }: Symbols) {
    this.#steps = steps;
    this.#symbols = firsts;
    this.#isWord = firsts.map(isWord);
    this.#seen = new Uint32Array(steps.length);
    this.#columnsOf = steps.map((step) =>
      step.kind === "read"
        ? firsts.flatMap((symbol, column) => (isIn(step.set, symbol) === true ? [column] : []))
        : [],
    );
    this.#readsDigit = this.#columnsOf.map((columns) =>
      columns.some((column) => isDigit(firsts[column] ?? 0)),
    );
    this.#likes = this.#allLikes();
    this.hasFreeFraction = this.#readsFractionsAlike();
    this.#numberOf([], NOTHING);
    this.#numberOf([{ step: first, memory: 0, begin: NOWHERE }], NOTHING);
  }

  /** Whether all digits are alike for what reads a fraction. */
  #readsFractionsAlike(): boolean {
    const digits = this.#symbols.flatMap((symbol, column) => (isDigit(symbol) ? [column] : []));
    return (
      new Set(digits.map((column) => this.#likesOf[column])).size === 1 &&
      this.#steps.every((step, number) => {
        const isFraction = step.kind === "read" && step.isFraction;
        return !isFraction || digits.every((column) => this.#columnsOf[number]?.includes(column) === true);
      })
    );
  }

  /** Notes whether a digit may be one of the fraction or another one, in one state. */
  #checkFraction(reading: readonly Way[]): void {
    let hasFraction = false;
    let hasOther = false;
    for (const { step, memory } of reading) {
      const read = this.#steps[step];
      if (read?.kind !== "read" || this.#readsDigit[step] !== true) continue;
      if (read.isFraction) hasFraction = true;
      else hasOther = true;
      // within another field, it counts for that
      if (read.isFraction && this.#memories.afterCharacter(memory, ZERO) !== memory) hasOther = true;
    }
    if (hasFraction && hasOther) this.hasFreeFraction = false;
  }

  #allLikes(): readonly Likes[] {
    const places = this.#steps.flatMap((step) => (step.kind === "place" ? [step.place] : []));
    const numbers = new Map<string, number>();
    const all: Likes[] = [];
    for (const [column, symbol] of this.#symbols.entries()) {
      const answers = [false, true].map((isBehind) => places.map((place) => isAt(place, isBehind, symbol)));
      const key = symbol < BEYOND_ASCII ? answers.join() : String(symbol);
      const number = numbers.get(key) ?? all.push({ symbol, columns: [] }) - 1;
      numbers.set(key, number);
      all[number]?.columns.push(column);
      this.#likesOf.push(number);
    }
    return all;
  }

  rows(beginsWithWord: boolean): readonly Uint16Array[] | undefined {
    const rows: Uint16Array[] = [new Uint16Array(this.#symbols.length)];
    for (let number = FIRST_STATE; number < this.#states.length; number++) {
      const state = this.#states[number];
      if (state === undefined || number > MAX_STATES) return undefined;
      const row = this.#row(state);
      rows.push(row);
      if (number > FIRST_STATE || !beginsWithWord) continue;
      for (const [column, isOfWord] of this.#isWord.entries()) if (!isOfWord) row[column] = 0;
    }
    return rows;
  }

  #row(state: State): Uint16Array {
    const row = new Uint16Array(this.#symbols.length);
    let reached: Reached | undefined;
    for (const [number, { symbol, columns }] of this.#likes.entries()) {
      const isShared = reached?.isOfSymbol === false && symbol !== BEYOND_ASCII;
      if (!isShared) {
        reached = this.#reach(state, symbol);
        if (this.hasFreeFraction)
          this.#checkFraction([...reached.reading, ...(reached.cut?.preferred ?? [])]);
      }
      if (reached !== undefined) this.#fill(row, reached, number, columns);
    }
    return row;
  }

  /** Enters what is reached before symbols that are alike into their columns. */
  #fill(row: Uint16Array, reached: Reached, likes: number, columns: readonly number[]): void {
    const { reading, ends, begins, isDoubtful, isCut, isComplete, cut, isUndecided } = reached;
    const isRefused = isUndecided || isDoubtful || cut?.isSure === false || (isCut && !isComplete);
    const marks = (ends ? ENDS : 0) | (begins ? BEGINS : 0);
    if (ends && !isRefused) this.canEnd = true;
    for (const column of columns) row[column] = isRefused ? REFUSES : ends ? ENDS : 0;
    if (cut?.isSure !== false) this.#enter(row, reading, likes, { isDoubtful, isCut }, marks);
    // what comes before the stamp's end: if that leads nowhere, the line is not ordinary
    if (cut !== undefined)
      this.#enter(row, cut.preferred, likes, { isDoubtful: true, isCut: false }, begins ? BEGINS : 0);
  }

  #enter(
    row: Uint16Array,
    reading: readonly Way[],
    likes: number,
    of: Pick<State, "isDoubtful" | "isCut">,
    marks: number,
  ): void {
    const waysAt = new Map<number, Way[]>();
    for (const { step, memory, begin } of reading) {
      const read = this.#steps[step];
      if (read?.kind !== "read") continue;
      for (const column of this.#columnsOf[step] ?? []) {
        if (this.#likesOf[column] !== likes) continue;
        const way = {
          step: read.next,
          memory: this.#memories.afterCharacter(memory, this.#symbols[column] ?? 0),
          begin,
        };
        const ways = waysAt.get(column);
        if (ways === undefined) waysAt.set(column, [way]);
        else if (!ways.some((other) => other.step === way.step)) ways.push(way);
      }
    }
    if (waysAt.size > 0 && (marks & ENDS) !== 0) this.canEnd = true;
    for (const [column, ways] of waysAt) {
      row[column] = this.#numberOf(ways, { ...of, isBehindWord: this.#isWord[column] === true }) | marks;
    }
  }

  /** Follows the ways of a state as far as they go without reading, the preferred one first. */
  #reach({ ways, isBehindWord, isDoubtful, isCut: wasCut }: State, symbol: number): Reached {
    let reading: Way[] = [];
    let pending = ways.toReversed();
    const round = ++this.#round;
    let isOfSymbol = symbol === BEYOND_ASCII;
    let begins = false;
    let cut: Reached["cut"];
    const reached = (ends: boolean, isOver: boolean, doubts: boolean): Reached => ({
      reading: isOver && (wasCut || cut !== undefined) ? [] : settled(reading, begins),
      ends,
      begins,
      isDoubtful: doubts,
      isCut: wasCut || cut !== undefined,
      isComplete: isOver,
      cut: cut && { ...cut, preferred: settled(cut.preferred, begins) },
      isUndecided: false,
      isOfSymbol,
    });
    for (let way = pending.pop(); way !== undefined; way = pending.pop()) {
      const step = this.#steps[way.step];
      if (step === undefined || this.#seen[way.step] === round) continue;
      this.#seen[way.step] = round;
      const { memory, begin } = way;
      // the place that is noted is no longer its own
      const isElsewhere = begin === EARLIER || (begin === LAST && begins);
      switch (step.kind) {
        case "read":
          if (isIn(step.set, symbol) === undefined) return UNDECIDED;
          reading.push(way);
          break;
        case "ways":
          for (let index = step.ways.length - 1; index >= 0; index--)
            pending.push({ step: step.ways[index] ?? -1, memory, begin });
          break;
        case "place": {
          isOfSymbol = true;
          const isThere = isAt(step.place, isBehindWord, symbol);
          if (isThere === undefined) return UNDECIDED;
          if (isThere) pending.push({ step: step.next, memory, begin });
          break;
        }
        case "open":
        case "close":
          pending.push({
            step: step.next,
            memory: this.#memories.atField(memory, step.kind, step.field),
            begin,
          });
          break;
        case "begin":
          begins = true;
          pending.push({ step: step.next, memory, begin: HERE });
          break;
        case "cut":
          // what comes later is not looked at: if what is behind the stamp is not there, the line is not ordinary
          cut = { preferred: reading, isSure: !isElsewhere && this.#memories.isConvertible(memory) };
          reading = [];
          pending = [{ step: step.next, memory, begin }];
          break;
        case "end": {
          if (wasCut || cut !== undefined) return reached(cut !== undefined, true, false);
          if (isElsewhere) return UNDECIDED;
          const ends = this.#memories.isConvertible(memory);
          return reached(ends, true, !ends);
        }
      }
    }
    return reached(cut !== undefined, false, isDoubtful && cut === undefined);
  }

  #numberOf(ways: readonly Way[], of: Omit<State, "ways">): number {
    // steps and memories are few enough to be a character each
    let key = String.fromCharCode((of.isBehindWord ? 1 : 0) + (of.isDoubtful ? 2 : 0) + (of.isCut ? 4 : 0));
    for (const { step, memory, begin } of ways) key += String.fromCharCode(step, memory, begin);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#states.push({ ways, ...of }) - 1;
    this.#numbers.set(key, number);
    return number;
  }
}

const NOTHING: Omit<State, "ways"> = { isBehindWord: false, isDoubtful: false, isCut: false };

/** What is reached before a byte that stands for many characters, where they make a difference. */
const UNDECIDED: Reached = {
  reading: [],
  ends: false,
  begins: false,
  isDoubtful: false,
  isCut: false,
  isComplete: false,
  cut: undefined,
  isUndecided: true,
  isOfSymbol: true,
};

/** The ways as they are behind the place: the stamp of none began right there, and if one did here, the last place is this one. */
function settled(ways: readonly Way[], begins: boolean): readonly Way[] {
  if (!begins) return ways;
  return ways.map((way) => {
    if (way.begin === HERE) return { ...way, begin: LAST };
    return way.begin === LAST ? { ...way, begin: EARLIER } : way;
  });
}
