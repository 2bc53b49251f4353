/**
 * Whose turn it is to take lines: one slice of work at a time for the whole process, the event loop goes round after each,
 * and the jails come in the order in which they asked. So a jail with a slow filter or a long log delays no other jail, no client
 * and no timer for longer than one slice. Knows nothing of what is done in a slice.
 * @module
 */

/** A slice ends after the line during which it grew this old; seconds. */
export const SLICE_SECONDS = 0.01;
/** A slice of this length shows a jail whose single lines are slow: no slice is short enough for it; milliseconds. */
const SLOW_SLICE_MS = 25;
/** After a slow slice no other slow one begins for as long as it took, at most this long; milliseconds. */
const LONGEST_REST_MS = 100;

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
      ask: (go) => {
        this.#waiting.push({ place, go });
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

  #serve(): void {
    if (this.#isTaken) return;
    const restsFor = this.#restsUntil - this.#timing.now();
    const next = this.#waiting.findIndex(({ place }) => restsFor <= 0 || !place.isSlow);
    const [waiting] = next < 0 ? [] : this.#waiting.splice(next, 1);
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
  ask(go: () => void): void;
  measure(): number;
  rest(milliseconds: number): void;
  leave(): void;
}

/** The place of one reader. */
export class ReadingPlace {
  readonly #ports: PlacePorts;
  #isSlow = false;
  #hasLeft = false;

  constructor(ports: PlacePorts) {
    this.#ports = ports;
  }

  /** Its last slice was a slow one. */
  get isSlow(): boolean {
    return this.#isSlow;
  }

  /** Resolves when it is this reader's turn; each slice needs a turn of its own. */
  next(): Promise<void> {
    return this.#hasLeft ? Promise.resolve() : new Promise((go) => this.#ports.ask(go));
  }

  /** Does a slice of work. */
  work<T>(slice: () => T): T {
    const begun = this.#ports.measure();
    try {
      return slice();
    } finally {
      const tookMs = this.#ports.measure() - begun;
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
