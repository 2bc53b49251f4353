/**
 * Questions that take time (a name, an ignorecommand): a few are asked at once, the answers are taken in the order of the
 * questions, and none is waited for longer than a while. Number and time are bounded; what happens past a bound is up to whoever
 * asks, and it is counted and told.
 * @module
 */
import type { Observe } from "../base/event.ts";
import type { Seconds } from "../base/units.ts";

/** Questions of one kind and jail that may wait. */
const MAX_WAITING = 10_000;
/** Questions asked at once. */
const MAX_ASKED = 4;
/** Longest wait for an answer, from the line on. */
const LONGEST_WAIT: Seconds = 60;

/** A question and what its answer leads to. */
export interface Question {
  /** whom it is about: answers about the same ID keep their order */
  readonly about: string;
  /** asks; what comes back is done when it is its turn */
  ask(): Promise<() => void>;
  /** done instead where there is no answer in time */
  giveUp(): void;
}

export interface LookupsOptions {
  readonly jail: string;
  readonly observe: Observe;
  /** what is waited for, as it is told */
  readonly awaited: string;
  /** what becomes of a failure without an answer, as it is told */
  readonly instead: string;
}

interface Place {
  readonly question: Question;
  readonly timer: NodeJS.Timeout;
  settle: (() => void) | undefined;
}

export class Lookups {
  readonly #options: LookupsOptions;
  /** in the order of the questions; those before `#first` are done */
  #places: Place[] = [];
  #first = 0;
  /** the first that was not asked yet */
  #next = 0;
  #asked = 0;
  /** how many questions wait about each ID */
  readonly #about = new Map<string, number>();
  #givenUp = 0;
  /** `#givenUp` when the queue was last empty */
  #toldGivenUp = 0;
  #whenEmpty: (() => void)[] = [];

  constructor(options: LookupsOptions) {
    this.#options = options;
  }

  /** Questions that wait now. */
  get pending(): number {
    return this.#places.length - this.#first;
  }

  /** Questions that got no answer in time, or no place. */
  get givenUp(): number {
    return this.#givenUp;
  }

  /** Whether a question about this ID waits. */
  isAbout(id: string): boolean {
    return this.#about.has(id);
  }

  /** Adds a question to the end. */
  add(question: Question): void {
    if (this.pending >= MAX_WAITING) {
      this.#countGivenUp(`${MAX_WAITING} failures wait`);
      this.#do(() => question.giveUp());
      return;
    }
    const timer = setTimeout(() => {
      if (place.settle !== undefined) return;
      place.settle = () => {
        this.#countGivenUp(`a failure has waited for ${LONGEST_WAIT} seconds`);
        question.giveUp();
      };
      this.#takeAnswers();
    }, LONGEST_WAIT * 1000);
    const place: Place = { question, timer, settle: undefined };
    this.#places.push(place);
    this.#about.set(question.about, (this.#about.get(question.about) ?? 0) + 1);
    this.#askNext();
  }

  /** Waits until nothing waits any more, which takes as long as an answer may at most. */
  async idle(): Promise<void> {
    if (this.pending === 0) return;
    await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
  }

  /** Drops what waits: nobody takes answers any more. */
  close(): void {
    for (const { timer } of this.#places.slice(this.#first)) clearTimeout(timer);
    this.#places = [];
    this.#first = 0;
    this.#next = 0;
    this.#about.clear();
    for (const tell of this.#whenEmpty.splice(0)) tell();
  }

  #askNext(): void {
    while (this.#asked < MAX_ASKED) {
      const place = this.#places[this.#next];
      if (place === undefined) return;
      this.#next += 1;
      if (place.settle === undefined) void this.#ask(place);
    }
  }

  async #ask(place: Place): Promise<void> {
    this.#asked += 1;
    const { question } = place;
    let settle: () => void;
    try {
      settle = await question.ask();
    } catch (error) {
      this.#say(String(error));
      settle = () => question.giveUp();
    }
    this.#asked -= 1;
    place.settle ??= settle;
    this.#askNext();
    this.#takeAnswers();
  }

  /** Takes the answers that are there, up to the first question that still waits. */
  #takeAnswers(): void {
    let place = this.#places[this.#first];
    for (; place?.settle !== undefined; place = this.#places[this.#first]) {
      const { question, timer, settle } = place;
      this.#first += 1;
      this.#next = Math.max(this.#next, this.#first);
      clearTimeout(timer);
      const left = (this.#about.get(question.about) ?? 0) - 1;
      if (left > 0) this.#about.set(question.about, left);
      else this.#about.delete(question.about);
      this.#do(settle);
    }
    if (this.#first === this.#places.length) this.#rest();
    else if (this.#first > MAX_WAITING) this.#compact();
  }

  /** Forgets the places that are done, not one by one. */
  #compact(): void {
    this.#places = this.#places.slice(this.#first);
    this.#next -= this.#first;
    this.#first = 0;
  }

  #rest(): void {
    this.#places = [];
    this.#first = 0;
    this.#next = 0;
    const missed = this.#givenUp - this.#toldGivenUp;
    this.#toldGivenUp = this.#givenUp;
    if (missed > 1) this.#say(`${missed} failures without an answer in all; ${this.#options.instead}`);
    for (const tell of this.#whenEmpty.splice(0)) tell();
  }

  #countGivenUp(why: string): void {
    this.#givenUp += 1;
    if (this.#givenUp - this.#toldGivenUp > 1) return;
    const { awaited, instead } = this.#options;
    this.#say(`${why} for ${awaited}; ${instead}`);
  }

  #do(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#say(String(error));
    }
  }

  #say(text: string): void {
    const { jail, observe } = this.#options;
    observe({ type: "message", level: "ERROR", logger: "filter", text: `[${jail}] ${text}` });
  }
}
