/**
 * The work of one action, one piece after the other; bans and unbans that are ready at the same time may be done at once. Queues of
 * different actions go their own pace: a mail that hangs holds up later mails, not the firewall. Hot: per ban and unban.
 * @module
 */
import type { BanOperation, BanWork } from "./ban-work.ts";

/** Pieces of work that wait in one queue; work that may be refused is refused beyond this. */
export const MAX_QUEUED_OPERATIONS = 100_000;
/** The same where many are done at once. */
const MAX_QUEUED_SHARED = 1_000_000;
/** Bans or unbans that are done at once. */
const MAX_AT_ONCE = 50_000;

/**
 * After many were done at once there is a rest as long as the transaction itself took, without what its bans take, up to this;
 * milliseconds. A firewall that is slow with one transaction, since it goes through all that it holds, gets fewer and larger ones; a single
 * quick ban is not waited after.
 */
const MAX_REST_MS = 100;
const QUICK_MS = 5;
const PER_BAN_MS = 0.02;

/** Work that waits for its turn. */
export interface Piece {
  /** done alone unless this says what it is */
  readonly work: BanWork | undefined;
  /** something before it is not done yet */
  isHeld: boolean;
  /** Does it alone. Never rejects. */
  run(): Promise<void>;
}

export interface ActionQueueOptions {
  readonly maxLength?: number | undefined;
  /** whether bans or unbans are done together, were it only one */
  takesMany?(operation: BanOperation): boolean;
  /** Does several pieces at once, all of the same operation. Never rejects. */
  runMany?(pieces: readonly Piece[]): Promise<void>;
}

export class ActionQueue {
  readonly #options: ActionQueueOptions;
  /** those from {@link ActionQueue.#next} on wait */
  #pieces: Piece[] = [];
  #next = 0;
  /** at work */
  #busy = 0;
  /** somebody works, rests in between, or is about to begin */
  #isAwake = false;
  #restUntil = 0;

  constructor(options: ActionQueueOptions = {}) {
    this.#options = options;
  }

  /** Pieces that wait or are at work. */
  get length(): number {
    return this.#pieces.length - this.#next + this.#busy;
  }

  get isFull(): boolean {
    const { length } = this;
    const { maxLength, takesMany } = this.#options;
    if (maxLength !== undefined) return length >= maxLength;
    if (length < MAX_QUEUED_OPERATIONS) return false;
    return length >= MAX_QUEUED_SHARED || takesMany?.("ban") !== true;
  }

  put(piece: Piece): void {
    this.#pieces.push(piece);
    if (!piece.isHeld) this.wake();
  }

  /** Adds work to the end. Its failure is the caller's; the queue goes on. */
  add<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run = (): Promise<void> => Promise.resolve().then(work).then(resolve, reject);
      this.put({ work: undefined, isHeld: false, run });
    });
  }

  /** A piece may be held no more. What comes in the same breath is done together. */
  wake(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    queueMicrotask(() => void this.#work());
  }

  async #work(): Promise<void> {
    for (;;) {
      const first = this.#pieces[this.#next];
      if (first === undefined || first.isHeld) {
        this.#isAwake = false;
        return;
      }
      const isShared = first.work !== undefined && this.#options.takesMany?.(first.work.operation) === true;
      if (isShared && this.#pieces.length - this.#next < MAX_AT_ONCE) await this.#rest();
      const pieces = this.#take(first, isShared ? MAX_AT_ONCE : 1);
      this.#busy = pieces.length;
      const begunAt = performance.now();
      if (isShared) await this.#options.runMany?.(pieces);
      else await first.run();
      this.#busy = 0;
      this.#restUntil = isShared ? restUntil(begunAt, pieces.length) : 0;
    }
  }

  async #rest(): Promise<void> {
    const ms = this.#restUntil - performance.now();
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** The next piece and those behind it that may be done with it. */
  #take({ work }: Piece, limit: number): Piece[] {
    const taken: Piece[] = [];
    const ids = new Set<string>();
    while (taken.length < limit) {
      const piece = this.#pieces[this.#next];
      if (piece === undefined || piece.isHeld || piece.work?.operation !== work?.operation) break;
      const id = piece.work?.ban.id;
      if (id !== undefined && ids.has(id)) break;
      if (id !== undefined) ids.add(id);
      taken.push(piece);
      this.#next += 1;
    }
    if (this.#next === this.#pieces.length || this.#next > MAX_AT_ONCE) {
      this.#pieces.splice(0, this.#next);
      this.#next = 0;
    }
    return taken;
  }
}

function restUntil(begunAt: number, bans: number): number {
  const now = performance.now();
  const took = now - begunAt - bans * PER_BAN_MS;
  return took < QUICK_MS ? 0 : now + Math.min(took, MAX_REST_MS);
}
