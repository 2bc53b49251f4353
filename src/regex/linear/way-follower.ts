/**
 * Follows the ways of a pattern from one place of a text to the next, in order: which are open there, where every way came from, and which
 * group places it passed. Keeps none of it.
 * @module
 */
import { ACCEPT, ASSERT, END_TAG, LOOK, type OrderedProgram, READ, SPLIT, TAG } from "./ordered-program.ts";
import { HOPELESS, NO_OUTLOOK, Outlooks } from "./outlooks.ts";
import { END, type Place, type Places } from "./places.ts";
import { statesLookingBack } from "./states-looking-back.ts";

const NO_TAGS: readonly number[] = [];

/** The way began here. */
export const BEGINS = -1;

/** Instead of a way: the pattern does not match. */
export const NO_MATCH = -2;

/** Open ways at a place, in order. */
export interface Row {
  /** states that wait: for a character, to be told what is behind, or that accept */
  readonly open: Int32Array;
  /** by way: what it still looks ahead for, if there are such looks */
  readonly outlooks: Int32Array | undefined;
  /** what stands before, if it is asked for */
  readonly before: number;
  /** class of the character before, likewise */
  readonly previous: number | undefined;
  /** there was a match: no way begins any more */
  readonly isFound: boolean;
}

/** How the ways went from one place to the next. */
export interface Step {
  /** by way of the next row: the way of this row it goes on from, or {@link BEGINS} */
  readonly from: Int32Array;
  /** by way of the next row: group places passed before the character, and behind it; the match's end if it is not where it is known */
  readonly here: readonly (readonly number[])[];
  readonly behind: readonly (readonly number[])[];
  /** the way by which the pattern matches up to this place, {@link NO_MATCH} for none; and the group places it passes */
  readonly match: number;
  readonly matchTags: readonly number[];
}

/** Ways at one place while they are followed. */
interface Ways {
  readonly states: number[];
  readonly outlooks: number[];
  readonly from: number[];
  readonly tags: (readonly number[])[];
}

const noWays = (): Ways => ({ states: [], outlooks: [], from: [], tags: [] });

/** A way as it is followed from a place. */
interface WayAt extends Place {
  readonly from: number;
  readonly tags: readonly number[];
  readonly outlook: number;
}

export class WayFollower {
  readonly #program: OrderedProgram;
  // What is asked of a state again and again; lists are faster than objects of many shapes.
  readonly #kinds: Uint8Array;
  /** by state that reads: where it leads, and its set's number */
  readonly #next: Int32Array;
  readonly #sets: Int32Array;
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
  #work = 0;

  /** @param isAnchored whether a match begins at the start of the text or nowhere */
  constructor(program: OrderedProgram, places: Places, isAnchored: boolean) {
    this.#program = program;
    this.#places = places;
    this.#isAnchored = isAnchored;
    const count = program.states.length;
    this.#kinds = new Uint8Array(count);
    this.#next = new Int32Array(count);
    this.#sets = new Int32Array(count);
    for (const [number, state] of program.states.entries()) {
      this.#kinds[number] = state.kind;
      if (state.kind !== READ) continue;
      this.#next[number] = state.next;
      this.#sets[number] = places.numberOf(state.set);
    }
    this.#looksBack = statesLookingBack(program.states);
    this.#seen = new Int32Array(program.states.length);
    this.#firstOutlook = new Int32Array(program.states.length);
    this.#outlooks = program.looksFar ? new Outlooks(program, places) : undefined;
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
    this.#expand(this.#program.start, beginningAt(place), ways);
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
    const here = this.#passing(row, classNumber, next);
    const isFound = row.isFound || here.match !== NO_MATCH;
    const ways = noWays();
    const earlier: (readonly number[])[] = [];
    if (classNumber !== END) {
      this.#beginRound();
      for (const [index, number] of here.ways.states.entries()) {
        const isOver = this.#goOn(number, here.ways, index, next, ways);
        while (earlier.length < ways.states.length) earlier.push(here.ways.tags[index] ?? NO_TAGS);
        if (isOver) break;
      }
      const mayBegin = !isFound && !this.#isAnchored && !this.#endsWithMatch(ways);
      if (mayBegin) {
        this.#expand(this.#program.start, beginningAt(next), ways);
        while (earlier.length < ways.states.length) earlier.push(NO_TAGS);
      }
    }
    const isDead = ways.states.length === 0 && (isFound || this.#isAnchored);
    return {
      row: isDead ? undefined : this.#rowOf(ways, next, isFound),
      step: {
        from: Int32Array.from(ways.from),
        here: earlier,
        behind: ways.tags,
        match: here.match,
        matchTags: here.matchTags,
      },
    };
  }

  /** A way over the character: one that reads it, or one that has all it reads and looks ahead. @returns as {@link #expand} */
  #goOn(
    number: number,
    here: Ways,
    index: number,
    next: Place & { readonly previous: number },
    ways: Ways,
  ): boolean {
    const kind = this.#kinds[number];
    const outlook = here.outlooks[index] ?? NO_OUTLOOK;
    const from = here.from[index] ?? BEGINS;
    if (kind === ACCEPT) {
      if (!this.#isSeen(number, outlook)) this.#add(number, outlook, from, NO_TAGS, ways);
      return false;
    }
    if (kind !== READ || !this.#places.isInNumber(next.previous, this.#sets[number] ?? -1)) return false;
    const { before, previous, behind } = next;
    const way = { before, previous, behind, from, tags: NO_TAGS, outlook };
    return this.#expand(this.#next[number] ?? -1, way, ways);
  }

  #endsWithMatch({ states, outlooks }: Ways): boolean {
    return this.#kinds[states.at(-1) ?? -1] === ACCEPT && outlooks.at(-1) === NO_OUTLOOK;
  }

  /** The ways of a row that hold before what is behind, up to the one by which the pattern matches. */
  #passing(
    { open, outlooks, before, previous }: Row,
    behind: number,
    next: Place,
  ): { readonly ways: Ways; readonly match: number; readonly matchTags: readonly number[] } {
    const ways = noWays();
    this.#beginRound();
    for (let index = 0; index < open.length; index++) {
      const number = open[index] ?? -1;
      const outlook = outlooks?.[index] ?? NO_OUTLOOK;
      const way = { from: index, tags: NO_TAGS, before, previous, behind, outlook };
      const isLooking = outlook !== NO_OUTLOOK && this.#kinds[number] === ACCEPT;
      const isMatch = isLooking
        ? this.#settle(number, NO_TAGS, outlook, way, next, ways)
        : this.#expand(number, way, ways, next);
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
   * @param next the place behind what is behind, if that is known
   * @returns whether the pattern matched: nothing that comes later counts
   */
  #expand(start: number, way: WayAt, ways: Ways, next?: Place): boolean {
    // most ways lead to one state that reads, or to few
    if (this.#kinds[start] === READ) {
      if (!this.#isSeen(start, way.outlook)) this.#settle(start, way.tags, way.outlook, way, next, ways);
      return false;
    }
    const pending: { readonly number: number; readonly tags: readonly number[]; readonly outlook: number }[] =
      [{ number: start, tags: way.tags, outlook: way.outlook }];
    for (let top = pending.pop(); top !== undefined; top = pending.pop()) {
      const { number, tags, outlook } = top;
      const state = this.#program.states[number];
      if (state === undefined || this.#isSeen(number, outlook)) continue;
      this.#work++;
      switch (state.kind) {
        case SPLIT:
          pending.push({ number: state.other, tags, outlook }, { number: state.next, tags, outlook });
          break;
        case TAG:
          pending.push({ number: state.next, tags: [...tags, state.tag], outlook });
          break;
        case ASSERT: {
          const holds = this.#places.holds(state.condition, way);
          if (holds === true) pending.push({ number: state.next, tags, outlook });
          else if (holds === undefined) this.#add(number, outlook, way.from, tags, ways);
          break;
        }
        case LOOK: {
          const changed = this.#outlooks?.begin(outlook, state, way) ?? HOPELESS;
          if (changed !== HOPELESS) pending.push({ number: state.next, tags, outlook: changed });
          break;
        }
        case READ:
          this.#settle(number, tags, outlook, way, next, ways);
          break;
        case ACCEPT: {
          const all = outlook === NO_OUTLOOK ? tags : [...tags, END_TAG];
          if (this.#settle(number, all, outlook, way, next, ways)) return true;
          break;
        }
      }
    }
    return false;
  }

  /**
   * Adds a way that waits for a character, or has all it reads.
   *
   * @param next the place behind what is behind, if that is known: it has to be what the way looks for
   * @returns whether it has all, and looks for nothing any more
   */
  #settle(
    number: number,
    tags: readonly number[],
    outlook: number,
    way: WayAt,
    next: Place | undefined,
    ways: Ways,
  ): boolean {
    let left = outlook;
    if (next !== undefined && this.#outlooks !== undefined)
      left = this.#outlooks.advance(outlook, way, way.behind === END ? undefined : next);
    if (left === HOPELESS) return false;
    this.#add(number, left, way.from, tags, ways);
    return left === NO_OUTLOOK && this.#kinds[number] === ACCEPT;
  }

  #beginRound(): void {
    this.#round++;
    this.#seenBesides.clear();
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
    const asks =
      states.some(
        (number) => this.#looksBack[number] === 1 && this.#program.states[number]?.kind === ASSERT,
      ) || outlooks.some((outlook) => this.#outlooks?.asks(outlook) === true);
    if (asks) this.#places.askContext();
    return {
      open: Int32Array.from(states),
      outlooks: this.#outlooks === undefined ? undefined : Int32Array.from(outlooks),
      before: asks ? before : 0,
      previous: asks && this.#places.looksBehind ? previous : undefined,
      isFound,
    };
  }
}

const beginningAt = (place: Place): WayAt => ({ ...place, from: BEGINS, tags: NO_TAGS, outlook: NO_OUTLOOK });

/** Equal rows have the same. */
export function keyOf({ open, outlooks, before, previous, isFound }: Row): string {
  const key = `${before}:${previous}:${isFound}:${open.join()}`;
  return outlooks === undefined ? key : `${key}:${outlooks.join()}`;
}
