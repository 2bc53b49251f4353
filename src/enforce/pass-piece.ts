/**
 * One action's part of a pass: waits in the action's queue until the actions before it have done theirs. Hot: per ban, unban and action.
 * @module
 */
import type { ActionQueue, Piece } from "./action-queue.ts";
import type { BanWork } from "./ban-work.ts";
import type { Outcome } from "./outcome.ts";

export interface PassPieceOptions {
  readonly queue: ActionQueue;
  readonly work: BanWork | undefined;
  /** the work may be dropped when the jail stops */
  readonly isOptional: boolean;
  /** Does it alone. Never rejects. */
  attempt(): Promise<Outcome>;
  /** told once how it ended */
  settled(outcome: Outcome): void;
}

export class PassPiece implements Piece {
  readonly #options: PassPieceOptions;
  #isHeld = false;
  #next: PassPiece | undefined;

  constructor(options: PassPieceOptions) {
    this.#options = options;
  }

  get work(): BanWork | undefined {
    return this.#options.work;
  }

  get isOptional(): boolean {
    return this.#options.isOptional;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  async run(): Promise<void> {
    this.settle(await this.#options.attempt());
  }

  settle(outcome: Outcome): void {
    this.#options.settled(outcome);
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
    this.#options.queue.wake();
  }
}
