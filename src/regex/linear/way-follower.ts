/**
 * Follows the ways of a pattern from one place of a text to the next, in order: which are open there, where every way came from, and which
 * group places it passed. Keeps none of it.
 * @module
 */
import { ACCEPT, ASSERT, type OrderedProgram, READ, SPLIT, TAG } from "./ordered-program.ts";
import { END, type Place, type Places } from "./places.ts";

const NO_TAGS: readonly number[] = [];

/** The way began here. */
export const BEGINS = -1;

/** Instead of a way: the pattern does not match. */
export const NO_MATCH = -2;

/** Open ways at a place, in order. */
export interface Row {
  /** states that wait: for a character, to be told what is behind, or that accept */
  readonly open: Int32Array;
  readonly before: number;
  /** class of the character before, if it is asked for */
  readonly previous: number | undefined;
  /** there was a match: no way begins any more */
  readonly isFound: boolean;
}

/** How the ways went from one place to the next. */
export interface Step {
  /** by way of the next row: the way of this row it goes on from, or {@link BEGINS} */
  readonly from: Int32Array;
  /** by way of the next row: group places passed before the character, and behind it */
  readonly here: readonly (readonly number[])[];
  readonly behind: readonly (readonly number[])[];
  /** the way by which the pattern matches up to this place, {@link NO_MATCH} for none; and the group places it passes */
  readonly match: number;
  readonly matchTags: readonly number[];
}

/** Ways at one place while they are followed. */
interface Ways {
  readonly states: number[];
  readonly from: number[];
  readonly tags: (readonly number[])[];
}

export class WayFollower {
  readonly #program: OrderedProgram;
  readonly #isAnchored: boolean;
  readonly #places: Places;
  readonly #seen: Int32Array;
  #round = 0;
  /** ways looked at so far */
  work = 0;

  /** @param isAnchored whether a match begins at the start of the text or nowhere */
  constructor(program: OrderedProgram, places: Places, isAnchored: boolean) {
    this.#program = program;
    this.#places = places;
    this.#isAnchored = isAnchored;
    this.#seen = new Int32Array(program.states.length);
  }

  /** The row at a place where the search begins, and by way the group places passed there. */
  first(previous: number | undefined): { readonly row: Row; readonly tags: readonly (readonly number[])[] } {
    const before = this.#places.contextAfter(previous);
    const ways: Ways = { states: [], from: [], tags: [] };
    this.#round++;
    this.#expand(
      this.#program.start,
      { from: BEGINS, tags: NO_TAGS, before, previous, behind: undefined },
      ways,
    );
    return { row: this.#rowOf(ways.states, before, previous, false), tags: ways.tags };
  }

  /**
   * The step from a row over a character of the class, or the end. The places then tell for which other classes it is the same, unless the
   * next row knows the character before it.
   *
   * @returns with it the next row; `undefined`: nothing is open, and nothing begins any more
   */
  after(row: Row, classNumber: number): { readonly row: Row | undefined; readonly step: Step } {
    this.#places.forgetAsked();
    const here = this.#passing(row, classNumber);
    const isFound = row.isFound || here.match !== NO_MATCH;
    const ways: Ways = { states: [], from: [], tags: [] };
    const earlier: (readonly number[])[] = [];
    const before = classNumber === END ? 0 : this.#places.contextAfter(classNumber);
    if (classNumber !== END) {
      this.#round++;
      for (const [index, number] of here.ways.states.entries()) {
        const state = this.#program.states[number];
        if (state?.kind !== READ || !this.#places.isIn(classNumber, state.set)) continue;
        const from = here.ways.from[index] ?? BEGINS;
        const way = { from, tags: NO_TAGS, before, previous: classNumber, behind: undefined };
        const isOver = this.#expand(state.next, way, ways);
        while (earlier.length < ways.states.length) earlier.push(here.ways.tags[index] ?? NO_TAGS);
        if (isOver) break;
      }
      const mayBegin = !isFound && !this.#isAnchored && !this.#endsWithAccept(ways);
      if (mayBegin) {
        const way = { from: BEGINS, tags: NO_TAGS, before, previous: classNumber, behind: undefined };
        this.#expand(this.#program.start, way, ways);
        while (earlier.length < ways.states.length) earlier.push(NO_TAGS);
      }
    }
    const isDead = ways.states.length === 0 && (isFound || this.#isAnchored);
    return {
      row: isDead ? undefined : this.#rowOf(ways.states, before, classNumber, isFound),
      step: {
        from: Int32Array.from(ways.from),
        here: earlier,
        behind: ways.tags,
        match: here.match,
        matchTags: here.matchTags,
      },
    };
  }

  #endsWithAccept({ states }: Ways): boolean {
    return this.#program.states[states.at(-1) ?? -1]?.kind === ACCEPT;
  }

  /** The ways of a row that hold before what is behind, up to the one by which the pattern matches. */
  #passing(
    { open, before, previous }: Row,
    behind: number,
  ): { readonly ways: Ways; readonly match: number; readonly matchTags: readonly number[] } {
    const ways: Ways = { states: [], from: [], tags: [] };
    this.#round++;
    for (let index = 0; index < open.length; index++) {
      const number = open[index] ?? -1;
      const way = { from: index, tags: NO_TAGS, before, previous, behind };
      if (!this.#expand(number, way, ways)) continue;
      const match = ways.from.pop() ?? NO_MATCH;
      ways.states.pop();
      return { ways, match, matchTags: ways.tags.pop() ?? NO_TAGS };
    }
    return { ways, match: NO_MATCH, matchTags: NO_TAGS };
  }

  /**
   * Follows the ways from a state, in order, as far as they need no character.
   *
   * @returns whether the pattern matched: nothing that comes later counts
   */
  #expand(
    start: number,
    way: Place & { readonly from: number; readonly tags: readonly number[] },
    ways: Ways,
  ): boolean {
    const pending: { readonly number: number; readonly tags: readonly number[] }[] = [
      { number: start, tags: way.tags },
    ];
    for (let top = pending.pop(); top !== undefined; top = pending.pop()) {
      const { number, tags } = top;
      const state = this.#program.states[number];
      if (state === undefined || this.#seen[number] === this.#round) continue;
      this.#seen[number] = this.#round;
      this.work++;
      switch (state.kind) {
        case SPLIT:
          pending.push({ number: state.other, tags }, { number: state.next, tags });
          break;
        case TAG:
          pending.push({ number: state.next, tags: [...tags, state.tag] });
          break;
        case ASSERT: {
          const holds = this.#places.holds(state.condition, way);
          if (holds === true) pending.push({ number: state.next, tags });
          else if (holds === undefined) this.#add(number, way.from, tags, ways);
          break;
        }
        case READ:
          this.#add(number, way.from, tags, ways);
          break;
        case ACCEPT:
          this.#add(number, way.from, tags, ways);
          return true;
      }
    }
    return false;
  }

  #add(state: number, from: number, tags: readonly number[], ways: Ways): void {
    ways.states.push(state);
    ways.from.push(from);
    ways.tags.push(tags);
  }

  #rowOf(states: readonly number[], context: number, neighbour: number | undefined, isFound: boolean): Row {
    const asks = states.some((number) => this.#program.states[number]?.kind === ASSERT);
    if (asks) this.#places.askContext();
    return {
      open: Int32Array.from(states),
      before: asks ? context : 0,
      previous: asks && this.#places.looksBehind ? neighbour : undefined,
      isFound,
    };
  }
}

/** Equal rows have the same. */
export function keyOf({ open, before, previous, isFound }: Row): string {
  return `${before}:${previous}:${isFound}:${open.join()}`;
}
