/**
 * What must, or must not, come behind a place for a way to lead on: looks ahead of any length, followed along with the way that took them.
 * A way is in order as long as nothing of what is banned came, and all that is wanted may still come. Knows no order and no groups.
 * @module
 */
import {
  ASSERT,
  LOOK,
  LOOKED,
  type LookState,
  type OrderedProgram,
  READ,
  SPLIT,
  TAG,
} from "./ordered-program.ts";
import type { Place, Places } from "./places.ts";

/** Nothing is looked for. */
export const NO_OUTLOOK = 0;

/** Instead of an outlook: the way leads nowhere. */
export const HOPELESS = -1;

/** States that wait for a character, or to be told what is behind; ascending. */
type Open = readonly number[];

interface Outlook {
  /** none of these may come to its end */
  readonly banned: Open;
  /** of each of these, one must */
  readonly wanted: readonly Open[];
}

interface Followed {
  readonly open: Open;
  /** what is looked for has come */
  readonly isThere: boolean;
}

const NOTHING: Outlook = { banned: [], wanted: [] };
const THERE: Followed = { open: [], isThere: true };

/** Outlooks under numbers; equal ones have the same. */
export class Outlooks {
  readonly #program: OrderedProgram;
  readonly #places: Places;
  #all: Outlook[] = [NOTHING];
  #numbers = new Map([[keyOf(NOTHING), NO_OUTLOOK]]);
  readonly #seen: Int32Array;
  #round = 0;
  /** states looked at so far */
  work = 0;

  constructor(program: OrderedProgram, places: Places) {
    this.#program = program;
    this.#places = places;
    this.#seen = new Int32Array(program.states.length);
  }

  /** How many are known. */
  get count(): number {
    return this.#all.length;
  }

  /** Numbers so far mean nothing from now on. */
  forget(): void {
    this.#all = [NOTHING];
    this.#numbers = new Map([[keyOf(NOTHING), NO_OUTLOOK]]);
  }

  /** Whether it waits to be told what is behind. */
  asks(outlook: number): boolean {
    const { banned, wanted } = this.#all[outlook] ?? NOTHING;
    const isAsking = (state: number): boolean => this.#program.states[state]?.kind === ASSERT;
    return banned.some(isAsking) || wanted.some((open) => open.some(isAsking));
  }

  /** With one look more, at a place. */
  begin(outlook: number, { negated, body }: LookState, place: Place): number {
    const { open, isThere } = this.#follow([body], place);
    if (isThere) return negated ? HOPELESS : outlook;
    if (open.length === 0) return negated ? outlook : HOPELESS;
    const { banned, wanted } = this.#all[outlook] ?? NOTHING;
    if (negated) return this.#numberOf({ banned: joined(banned, open), wanted });
    return this.#numberOf({ banned, wanted: [...wanted, open] });
  }

  /**
   * One character on.
   *
   * @param here the place before it, where it is known what is behind
   * @param next the place behind it; `undefined`: the text ends
   */
  advance(outlook: number, here: Place, next: Place | undefined): number {
    if (outlook === NO_OUTLOOK) return outlook;
    const { banned, wanted } = this.#all[outlook] ?? NOTHING;
    const stillBanned = this.#read(banned, here, next);
    if (stillBanned.isThere) return HOPELESS;
    const stillWanted: Open[] = [];
    for (const each of wanted) {
      const { open, isThere } = this.#read(each, here, next);
      if (isThere) continue;
      if (open.length === 0) return HOPELESS;
      stillWanted.push(open);
    }
    return this.#numberOf({ banned: stillBanned.open, wanted: stillWanted });
  }

  #read(open: Open, here: Place, next: Place | undefined): Followed {
    const now = this.#follow(open, here);
    if (now.isThere || next === undefined) return { open: [], isThere: now.isThere };
    const targets: number[] = [];
    for (const number of now.open) {
      const state = this.#program.states[number];
      if (state?.kind === READ && this.#places.isIn(here.behind ?? -1, state.set)) targets.push(state.next);
    }
    return this.#follow(targets, next);
  }

  /** Follows states as far as they need no character. */
  #follow(from: readonly number[], place: Place): Followed {
    const open: number[] = [];
    const pending = [...from];
    const round = ++this.#round;
    for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
      const state = this.#program.states[number];
      if (state === undefined || this.#seen[number] === round) continue;
      this.#seen[number] = round;
      this.work++;
      switch (state.kind) {
        case SPLIT:
          pending.push(state.other, state.next);
          break;
        case TAG:
          pending.push(state.next);
          break;
        case ASSERT: {
          const holds = this.#places.holds(state.condition, place);
          if (holds === true) pending.push(state.next);
          else if (holds === undefined) open.push(number);
          break;
        }
        case READ:
          open.push(number);
          break;
        case LOOKED:
          return THERE;
        case LOOK:
          throw new Error("a look within a look");
      }
    }
    return { open: open.sort((one, other) => one - other), isThere: false };
  }

  #numberOf(outlook: Outlook): number {
    const key = keyOf(outlook);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#all.push(outlook) - 1;
    this.#numbers.set(key, number);
    return number;
  }
}

function keyOf({ banned, wanted }: Outlook): string {
  return [banned, ...wanted].map((open) => open.join()).join(";");
}

/** The states of both, ascending. */
function joined(one: Open, other: Open): Open {
  if (one.length === 0) return other;
  return [...new Set([...one, ...other])].sort((a, b) => a - b);
}
