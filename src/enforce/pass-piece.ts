/**
 * A pass: one piece of work that goes through some of a jail's actions in their order. Each action's part waits in the action's queue until
 * the parts before it are done. Hot: per ban, unban and action.
 * @module
 */
import type { Ban } from "../ban/ticket.ts";
import type { ActionQueue, Piece } from "./action-queue.ts";
import type { BanOperation, BanTask, BanWork } from "./ban-work.ts";
import type { JailAction } from "./jail-action.ts";
import type { Outcome } from "./outcome.ts";

export type Work = BanWork | ((action: JailAction) => Promise<Outcome>);

export type Failure = Extract<Outcome, { kind: "failed" }>;

export interface PassResult {
  readonly action: JailAction;
  readonly outcome: Outcome;
}

/** How passes of a kind go; one for many. */
export interface PassTerms {
  /** the work may be refused by a full queue and dropped when the jail stops */
  readonly isOptional?: boolean;
  /** what is told of a failure */
  readonly describe: (action: JailAction, failure: Failure) => string;
  /** told of each action that has done its part about a ban, as soon as it has */
  readonly confirm?: (action: JailAction, ban: Ban) => void;
  /** told at once of each action whose queue is full: it will not hear of this ban */
  readonly refused?: (action: JailAction, ban: Ban) => void;
  /** the first action waits for this */
  readonly after?: Promise<unknown>;
}

/** Who sends passes out. */
export interface PassOwner {
  /** One action's part; whatever goes wrong is an outcome. */
  attempt(action: JailAction, work: Work, isOptional: boolean): Promise<Outcome>;
  /** Whether optional work has waited too long; counts it then. */
  drops(action: JailAction): boolean;
  failed(text: string): void;
}

/** Told how a pass has ended, with its parts in the order of the actions. */
export type PassEnd = (results: readonly PassResult[]) => void;

export class Pass {
  readonly work: Work;
  readonly owner: PassOwner;
  readonly #terms: PassTerms;
  readonly #ended: PassEnd | undefined;
  /** nobody asks for those of most bans */
  readonly #results: PassResult[] | undefined;
  #hasFailed = false;
  #left: number;

  constructor(owner: PassOwner, work: Work, terms: PassTerms, parts: number, ended?: PassEnd) {
    this.owner = owner;
    this.work = work;
    this.#terms = terms;
    this.#left = parts;
    this.#ended = ended;
    this.#results = ended && [];
    if (parts === 0) this.#end();
  }

  get isOptional(): boolean {
    return this.#terms.isOptional === true;
  }

  /** The queue of an action does not take its part. */
  refused(index: number, action: JailAction): void {
    if (typeof this.work !== "function") this.#terms.refused?.(action, this.work.ban);
    const error = `too many operations wait for action '${action.name}'`;
    this.settle(index, action, { kind: "failed", error });
  }

  settle(index: number, action: JailAction, outcome: Outcome): void {
    if (outcome.kind === "failed") {
      this.#hasFailed = true;
      this.owner.failed(this.#terms.describe(action, outcome));
    } else if (outcome.kind === "done" && typeof this.work !== "function") {
      this.#terms.confirm?.(action, this.work.ban);
    }
    if (this.#results !== undefined) this.#results[index] = { action, outcome };
    this.#left -= 1;
    if (this.#left === 0) this.#end();
  }

  #end(): void {
    this.#ended?.(this.#results ?? []);
    if (typeof this.work !== "function") this.work.ended?.(this.work.ban, this.#hasFailed);
  }
}

export class PassPiece implements Piece, BanTask {
  readonly #pass: Pass;
  readonly #index: number;
  readonly #action: JailAction;
  readonly #queue: ActionQueue;
  #isHeld = false;
  #isSettled = false;
  #next: PassPiece | undefined;

  constructor(pass: Pass, index: number, action: JailAction, queue: ActionQueue) {
    this.#pass = pass;
    this.#index = index;
    this.#action = action;
    this.#queue = queue;
  }

  get work(): BanWork | undefined {
    const { work } = this.#pass;
    return typeof work === "function" ? undefined : work;
  }

  get operation(): BanOperation | undefined {
    return this.work?.operation;
  }

  /** @throws {Error} it is not about a ban */
  get ban(): Ban {
    const { work } = this.#pass;
    if (typeof work === "function") throw new Error("this piece of work is not about a ban");
    return work.ban;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  drops(): boolean {
    return this.#pass.isOptional && this.#pass.owner.drops(this.#action);
  }

  async run(): Promise<void> {
    const { owner, work, isOptional } = this.#pass;
    this.settle(await owner.attempt(this.#action, work, isOptional));
  }

  settle(outcome: Outcome): void {
    this.#isSettled = true;
    this.#pass.settle(this.#index, this.#action, outcome);
    this.#next?.release();
  }

  /** The other's turn comes after this one. */
  holds(next: PassPiece): void {
    next.hold();
    this.#next = next;
  }

  /** Nothing is done until it is released. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.#queue.wake();
  }
}
