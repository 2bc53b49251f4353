/**
 * Whose turn it is to take lines: one slice of work at a time for the whole process, the event loop goes round after each,
 * and the jails come in the order in which they asked. So a jail with a slow filter or a long log delays no other jail, no client
 * and no timer for longer than one slice. Jails that catch up on the same log are kept together, for what one has read and scanned the
 * others get for less: who is a little ahead waits a little. Knows nothing of what is done in a slice.
 * @module
 */

/** A slice ends after the line during which it grew this old; seconds. */
export const SLICE_SECONDS = 0.01;
/** A slice of this length shows a jail whose single lines are slow: no slice is short enough for it; milliseconds. */
const SLOW_SLICE_MS = 25;
/** After a slow slice no other slow one begins for as long as it took, at most this long; milliseconds. */
const LONGEST_REST_MS = 100;

/** Farther behind, nobody waits for a jail: what the others have read is gone before it comes there; bytes. */
const NEAR_BYTES = 1024 * 1024;
/** So long a jail that is behind may go on before the others have had their turns; milliseconds. */
const AHEAD_OF_TURN_MS = 50;

/** Where a jail is that catches up on a log. */
export interface ReadingStand {
  readonly path: string;
  readonly offset: number;
}

/** The passing of time as turns need it; milliseconds. */
export interface TurnTiming {
  now(): number;
  /** does something once the event loop has gone round */
  soon(work: () => void): void;
  later(work: () => void, milliseconds: number): void;
}

const systemTiming: TurnTiming = {
  now: () => performance.now(),
  soon: (work) => void setImmediate(work),
  later: (work, milliseconds) => void setTimeout(work, milliseconds),
};

/** Somebody who waits. */
interface Waiting {
  readonly place: ReadingPlace;
  readonly stand: ReadingStand | undefined;
  readonly go: () => void;
}

export class ReadingTurns {
  readonly #timing: TurnTiming;
  /** in the order in which they asked */
  #waiting: Waiting[] = [];
  /** somebody works in this round of the event loop */
  #isTaken = false;
  #restsUntil = -Infinity;
  #isTimed = false;

  constructor(timing: TurnTiming = systemTiming) {
    this.#timing = timing;
  }

  /** A place among those who take turns. */
  join(): ReadingPlace {
    const place: ReadingPlace = new ReadingPlace({
      ask: (stand, go) => {
        this.#waiting.push({ place, stand, go });
        this.#serve();
      },
      measure: () => this.#timing.now(),
      rest: (milliseconds) => {
        this.#restsUntil = this.#timing.now() + Math.min(milliseconds, LONGEST_REST_MS);
      },
      leave: () => {
        const left = this.#waiting.filter((waiting) => waiting.place === place);
        this.#waiting = this.#waiting.filter((waiting) => waiting.place !== place);
        for (const { go } of left) go();
      },
    });
    return place;
  }

  /** Whose turn it is instead of one whose turn it would be: of who is behind on the same log. */
  #laggard(next: number): number {
    const stand = this.#waiting[next]?.stand;
    this.#waiting[next]?.place.beInTurn();
    if (stand === undefined) return next;
    let last = next;
    let offset = stand.offset;
    for (const [index, { place, stand: other }] of this.#waiting.entries()) {
      if (other === undefined || other.path !== stand.path || other.offset >= offset) continue;
      if (place.isSlow || place.aheadOfTurnMs >= AHEAD_OF_TURN_MS) continue;
      if (stand.offset - other.offset > NEAR_BYTES) continue;
      last = index;
      offset = other.offset;
    }
    return last;
  }

  #serve(): void {
    if (this.#isTaken) return;
    const restsFor = this.#restsUntil - this.#timing.now();
    const next = this.#waiting.findIndex(({ place }) => restsFor <= 0 || !place.isSlow);
    const [waiting] = next < 0 ? [] : this.#waiting.splice(this.#laggard(next), 1);
    if (waiting !== undefined) {
      this.#isTaken = true;
      this.#timing.soon(() => {
        this.#isTaken = false;
        this.#serve();
      });
      waiting.go();
    } else if (this.#waiting.length > 0 && !this.#isTimed) {
      this.#isTimed = true;
      this.#timing.later(() => {
        this.#isTimed = false;
        this.#serve();
      }, restsFor);
    }
  }
}

/** What a place needs of the turns that it belongs to. */
interface PlacePorts {
  ask(stand: ReadingStand | undefined, go: () => void): void;
  measure(): number;
  rest(milliseconds: number): void;
  leave(): void;
}

/** The place of one reader. */
export class ReadingPlace {
  readonly #ports: PlacePorts;
  #isSlow = false;
  #hasLeft = false;
  #aheadOfTurnMs = 0;

  constructor(ports: PlacePorts) {
    this.#ports = ports;
  }

  /** Its last slice was a slow one. */
  get isSlow(): boolean {
    return this.#isSlow;
  }

  /** How long it has worked since a turn was its own; milliseconds. */
  get aheadOfTurnMs(): number {
    return this.#aheadOfTurnMs;
  }

  /** A turn is its own by the order of those who asked. */
  beInTurn(): void {
    this.#aheadOfTurnMs = 0;
  }

  /**
   * Resolves when it is this reader's turn; each slice needs a turn of its own.
   *
   * @param stand where it is if it has much to read
   */
  next(stand?: ReadingStand): Promise<void> {
    return this.#hasLeft ? Promise.resolve() : new Promise((go) => this.#ports.ask(stand, go));
  }

  /** Does a slice of work. */
  work<T>(slice: () => T): T {
    const begun = this.#ports.measure();
    try {
      return slice();
    } finally {
      const tookMs = this.#ports.measure() - begun;
      this.#aheadOfTurnMs += tookMs;
      this.#isSlow = tookMs >= SLOW_SLICE_MS;
      if (this.#isSlow) this.#ports.rest(tookMs);
    }
  }

  /** Waits for no turns any more: who stops is not held up. */
  leave(): void {
    this.#hasLeft = true;
    this.#ports.leave();
  }
}
