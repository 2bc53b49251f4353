/**
 * Follows the ways of a pattern from one place of a text to the next, in order: which are open there, where every way came from, and which
 * group places it passed. Keeps none of it.
 * @module
 */
import {
  ACCEPT,
  ASSERT,
  END_TAG,
  LOOK,
  LOOKED,
  type OrderedProgram,
  type OrderedState,
  READ,
  SPLIT,
  TAG,
} from "./ordered-program.ts";
import { HOPELESS, NO_OUTLOOK, Outlooks } from "./outlooks.ts";
import { END, type Place, type Places } from "./places.ts";
import { statesLookingBack } from "./states-looking-back.ts";
import { BEGINS, NO_MATCH, type Row, type Step } from "./way-rows.ts";

const NO_TAGS: readonly number[] = [];

/** Ways at one place while they are followed. */
interface Ways {
  readonly states: number[];
  readonly outlooks: number[];
  readonly from: number[];
  readonly tags: (readonly number[])[];
}

/** A place behind a character, or behind the end. */
interface NextPlace extends Place {
  readonly previous: number;
}

/** What the ways of a row come to before a character: a match, and by way that leads on the group places passed. */
interface Passed {
  readonly match: number;
  readonly matchTags: readonly number[];
  readonly here: (readonly number[])[];
}

const noWays = (): Ways => ({ states: [], outlooks: [], from: [], tags: [] });

export class WayFollower {
  readonly #program: OrderedProgram;
  // What is asked of a state again and again; lists are faster than objects of many shapes.
  readonly #kinds: Uint8Array;
  /** by state: where it leads; and the number of the set it reads, the second way of a split, the tag */
  readonly #next: Int32Array;
  readonly #details: Int32Array;
  readonly #isAnchored: boolean;
  readonly #places: Places;
  readonly #looksBack: Uint8Array;
  readonly #seen: Int32Array;
  #round = 0;
  /** by state: the outlook of the first way there in this round; and states with others */
  readonly #firstOutlook: Int32Array;
  readonly #seenBesides = new Set<number>();
  /** where the program looks far */
  readonly #outlooks: Outlooks | undefined;
  // Ways still to be followed, the next one last.
  readonly #pending: number[] = [];
  readonly #pendingTags: (readonly number[])[] = [];
  readonly #pendingOutlooks: number[] = [];
  #work = 0;

  /** @param isAnchored whether a match begins at the start of the text or nowhere */
  constructor(program: OrderedProgram, places: Places, isAnchored: boolean) {
    this.#program = program;
    this.#places = places;
    this.#isAnchored = isAnchored;
    const count = program.states.length;
    this.#kinds = new Uint8Array(count);
    this.#next = new Int32Array(count);
    this.#details = new Int32Array(count);
    for (let number = 0; number < count; number++) this.#enter(number, program.states[number]);
    this.#looksBack = statesLookingBack(program.states);
    this.#seen = new Int32Array(program.states.length);
    this.#firstOutlook = new Int32Array(program.states.length);
    this.#outlooks = program.looksFar ? new Outlooks(program, places) : undefined;
  }

  #enter(number: number, state: OrderedState | undefined): void {
    if (state === undefined) return;
    this.#kinds[number] = state.kind;
    if (state.kind === ACCEPT || state.kind === LOOKED) return;
    this.#next[number] = state.next;
    if (state.kind === READ) this.#details[number] = this.#places.numberOf(state.set);
    else if (state.kind === SPLIT) this.#details[number] = state.other;
    else if (state.kind === TAG) this.#details[number] = state.tag;
  }

  /** Ways looked at so far. */
  get work(): number {
    return this.#work + (this.#outlooks?.work ?? 0);
  }

  /** What it has to keep for rows to mean something. */
  get kept(): number {
    return this.#outlooks?.count ?? 0;
  }

  /** Rows so far mean nothing from now on. */
  forget(): void {
    this.#outlooks?.forget();
  }

  /** The row at a place where the search begins, and by way the group places passed there. */
  first(previous: number | undefined): { readonly row: Row; readonly tags: readonly (readonly number[])[] } {
    const before = this.#places.contextAfter(previous);
    const ways = noWays();
    this.#beginRound();
    const place = { before, previous, behind: undefined };
    this.#expand(this.#program.start, BEGINS, NO_TAGS, NO_OUTLOOK, place, ways);
    return { row: this.#rowOf(ways, place, false), tags: ways.tags };
  }

  /**
   * The step from a row over a character of the class, or the end. The places then tell for which other classes it is the same, unless the
   * next row knows the character before it.
   *
   * @returns with it the next row; `undefined`: nothing is open, and nothing begins any more
   */
  after(row: Row, classNumber: number): { readonly row: Row | undefined; readonly step: Step } {
    this.#places.forgetAsked();
    const before = classNumber === END ? 0 : this.#places.contextAfter(classNumber);
    const next = { before, previous: classNumber, behind: undefined };
    const ways = noWays();
    const isPlain = !row.isLooking && !(row.asksBehind && this.#mayHold(row, classNumber));
    const { match, matchTags, here } = isPlain
      ? this.#overPlain(row.open, next, ways)
      : this.#over(row, next, ways);
    const isFound = row.isFound || match !== NO_MATCH;
    const mayBegin = classNumber !== END && !isFound && !this.#isAnchored && !this.#endsWithMatch(ways);
    if (mayBegin) this.#expand(this.#program.start, BEGINS, NO_TAGS, NO_OUTLOOK, next, ways);
    while (here.length < ways.states.length) here.push(NO_TAGS);
    const isDead = ways.states.length === 0 && (isFound || this.#isAnchored);
    return {
      row: isDead ? undefined : this.#rowOf(ways, next, isFound),
      step: { from: new Int32Array(ways.from), here, behind: ways.tags, match, matchTags },
    };
  }

  /** Whether what a way of the row waits for may be there before what is behind. */
  #mayHold({ open, before, previous }: Row, behind: number): boolean {
    const place = { before, previous, behind };
    for (let index = 0; index < open.length; index++) {
      const number = open[index] ?? -1;
      if (this.#kinds[number] === ASSERT && this.#holds(number, place) !== false) return true;
    }
    return false;
  }

  /**
   * The ways of a row over the character before the next place, or the end, where nothing is there that one waits for.
   *
   * @param ways where those go that lead on
   */
  #overPlain(open: Int32Array, next: NextPlace, ways: Ways): Passed {
    const members = this.#places.membersOf(next.previous);
    this.#beginRound();
    let isOver = next.previous === END;
    let match = NO_MATCH;
    for (let index = 0; index < open.length && match === NO_MATCH; index++) {
      const number = open[index] ?? -1;
      if (this.#kinds[number] === ACCEPT) match = index;
      else if (!isOver && this.#kinds[number] === READ) {
        const set = this.#details[number] ?? -1;
        this.#places.ask(set);
        if (members[set] === 1)
          isOver = this.#expand(this.#next[number] ?? -1, index, NO_TAGS, NO_OUTLOOK, next, ways);
      }
    }
    return { match, matchTags: NO_TAGS, here: [] };
  }

  /** As {@link #overPlain} for any row. */
  #over(row: Row, next: NextPlace, ways: Ways): Passed {
    const { ways: passing, match, matchTags } = this.#passing(row, next.previous, next);
    const here: (readonly number[])[] = [];
    if (next.previous !== END) {
      this.#beginRound();
      for (let index = 0; index < passing.states.length; index++) {
        const isOver = this.#goOn(passing, index, next, ways);
        while (here.length < ways.states.length) here.push(passing.tags[index] ?? NO_TAGS);
        if (isOver) break;
      }
    }
    return { match, matchTags, here };
  }

  /** A way over the character: one that reads it, or one that has all it reads and looks ahead. @returns as {@link #expand} */
  #goOn(here: Ways, index: number, next: NextPlace, ways: Ways): boolean {
    const number = here.states[index] ?? -1;
    const kind = this.#kinds[number];
    const outlook = here.outlooks[index] ?? NO_OUTLOOK;
    const from = here.from[index] ?? BEGINS;
    if (kind === ACCEPT) {
      if (!this.#isSeen(number, outlook)) this.#add(number, outlook, from, NO_TAGS, ways);
      return false;
    }
    if (kind !== READ || !this.#places.isInNumber(next.previous, this.#details[number] ?? -1)) return false;
    return this.#expand(this.#next[number] ?? -1, from, NO_TAGS, outlook, next, ways);
  }

  #endsWithMatch({ states, outlooks }: Ways): boolean {
    const last = states.length - 1;
    return last >= 0 && this.#kinds[states[last] ?? -1] === ACCEPT && outlooks[last] === NO_OUTLOOK;
  }

  /** The ways of a row that hold before what is behind, up to the one by which the pattern matches. */
  #passing(
    { open, outlooks, before, previous }: Row,
    behind: number,
    next: Place,
  ): { readonly ways: Ways; readonly match: number; readonly matchTags: readonly number[] } {
    const ways = noWays();
    const place = { before, previous, behind };
    this.#beginRound();
    for (let index = 0; index < open.length; index++) {
      const number = open[index] ?? -1;
      const outlook = outlooks?.[index] ?? NO_OUTLOOK;
      const isLooking = outlook !== NO_OUTLOOK && this.#kinds[number] === ACCEPT;
      const isMatch = isLooking
        ? this.#settle(number, index, NO_TAGS, outlook, place, ways, next)
        : this.#expand(number, index, NO_TAGS, outlook, place, ways, next);
      if (!isMatch) continue;
      const match = ways.from.pop() ?? NO_MATCH;
      ways.states.pop();
      ways.outlooks.pop();
      return { ways, match, matchTags: ways.tags.pop() ?? NO_TAGS };
    }
    return { ways, match: NO_MATCH, matchTags: NO_TAGS };
  }

  /**
   * Follows the ways from a state, in order, as far as they need no character.
   *
   * @param place where they are
   * @param next the place behind what is behind, if that is known
   * @returns whether the pattern matched: nothing that comes later counts
   */
  #expand(
    start: number,
    from: number,
    startTags: readonly number[],
    startOutlook: number,
    place: Place,
    ways: Ways,
    next?: Place,
  ): boolean {
    // most ways lead to one state that reads, or to few
    if (this.#kinds[start] === READ) {
      if (!this.#isSeen(start, startOutlook))
        this.#settle(start, from, startTags, startOutlook, place, ways, next);
      return false;
    }
    let left = this.#wait(0, start, startTags, startOutlook);
    while (left > 0) {
      left--;
      const number = this.#pending[left] ?? -1;
      const tags = this.#pendingTags[left] ?? NO_TAGS;
      const outlook = this.#pendingOutlooks[left] ?? NO_OUTLOOK;
      if (this.#isSeen(number, outlook)) continue;
      this.#work++;
      const further = this.#next[number] ?? -1;
      switch (this.#kinds[number]) {
        case SPLIT:
          left = this.#wait(left, this.#details[number] ?? -1, tags, outlook);
          left = this.#wait(left, further, tags, outlook);
          break;
        case TAG:
          left = this.#wait(left, further, [...tags, this.#details[number] ?? -1], outlook);
          break;
        case ASSERT: {
          const holds = this.#holds(number, place);
          if (holds === true) left = this.#wait(left, further, tags, outlook);
          else if (holds === undefined) this.#add(number, outlook, from, tags, ways);
          break;
        }
        case LOOK: {
          const changed = this.#begin(number, outlook, place);
          if (changed !== HOPELESS) left = this.#wait(left, further, tags, changed);
          break;
        }
        case READ:
          this.#settle(number, from, tags, outlook, place, ways, next);
          break;
        case ACCEPT: {
          const all = outlook === NO_OUTLOOK ? tags : [...tags, END_TAG];
          if (this.#settle(number, from, all, outlook, place, ways, next)) return true;
          break;
        }
      }
    }
    return false;
  }

  /** Puts a way off. @returns how many are put off now */
  #wait(left: number, number: number, tags: readonly number[], outlook: number): number {
    this.#pending[left] = number;
    this.#pendingTags[left] = tags;
    this.#pendingOutlooks[left] = outlook;
    return left + 1;
  }

  #holds(number: number, place: Place): boolean | undefined {
    const state = this.#program.states[number];
    return state?.kind === ASSERT ? this.#places.holds(state.condition, place) : false;
  }

  /** The outlook of a way that begins to look. */
  #begin(number: number, outlook: number, place: Place): number {
    const state = this.#program.states[number];
    return state?.kind === LOOK && this.#outlooks !== undefined
      ? this.#outlooks.begin(outlook, state, place)
      : HOPELESS;
  }

  /**
   * Adds a way that waits for a character, or has all it reads.
   *
   * @param next the place behind what is behind, if that is known: it has to be what the way looks for
   * @returns whether it has all, and looks for nothing any more
   */
  #settle(
    number: number,
    from: number,
    tags: readonly number[],
    outlook: number,
    place: Place,
    ways: Ways,
    next: Place | undefined,
  ): boolean {
    let left = outlook;
    if (next !== undefined && outlook !== NO_OUTLOOK && this.#outlooks !== undefined)
      left = this.#outlooks.advance(outlook, place, place.behind === END ? undefined : next);
    if (left === HOPELESS) return false;
    this.#add(number, left, from, tags, ways);
    return left === NO_OUTLOOK && this.#kinds[number] === ACCEPT;
  }

  #beginRound(): void {
    this.#round++;
    if (this.#seenBesides.size > 0) this.#seenBesides.clear();
  }

  /** Whether a way was at the state in this round that leads wherever this one leads, and comes before it. It was there from now on. */
  #isSeen(state: number, outlook: number): boolean {
    if (this.#seen[state] !== this.#round) {
      this.#seen[state] = this.#round;
      this.#firstOutlook[state] = outlook;
      return false;
    }
    const first = this.#firstOutlook[state];
    if (first === NO_OUTLOOK || first === outlook) return true;
    const key = outlook * this.#seen.length + state;
    if (this.#seenBesides.has(key)) return true;
    this.#seenBesides.add(key);
    return false;
  }

  #add(state: number, outlook: number, from: number, tags: readonly number[], ways: Ways): void {
    ways.states.push(state);
    ways.outlooks.push(outlook);
    ways.from.push(from);
    ways.tags.push(tags);
  }

  #rowOf({ states, outlooks }: Ways, { before, previous }: Place, isFound: boolean): Row {
    let asks = false;
    let asksBehind = false;
    let isLooking = false;
    for (let index = 0; index < states.length; index++) {
      const number = states[index] ?? -1;
      if (this.#kinds[number] === ASSERT) {
        asksBehind = true;
        asks ||= this.#looksBack[number] === 1;
      }
      const outlook = outlooks[index] ?? NO_OUTLOOK;
      if (outlook === NO_OUTLOOK) continue;
      isLooking = true;
      asks ||= this.#outlooks?.asks(outlook) === true;
    }
    if (asks) this.#places.askContext();
    return {
      open: new Int32Array(states),
      outlooks: this.#outlooks === undefined ? undefined : new Int32Array(outlooks),
      before: asks ? before : 0,
      previous: asks && this.#places.looksBehind ? previous : undefined,
      isFound,
      asksBehind,
      isLooking,
    };
  }
}
