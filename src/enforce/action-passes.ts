/**
 * Sends work through the actions of a jail: each has its own queue, and the actions of one ban run in their order. What waits too long
 * when the jail stops is dropped, and told. Hot: per ban and unban.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/error-text.ts";
import type { Level, Observe } from "../base/event.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { ActionQueue, type Piece } from "./action-queue.ts";
import type { JailAction } from "./jail-action.ts";
import { type Outcome, SKIPPED } from "./outcome.ts";
import {
  Pass,
  type PassEnd,
  type PassOwner,
  PassPiece,
  type PassResult,
  type PassTerms,
  type Work,
} from "./pass-piece.ts";

/** Work that still waits when the jail stops is given this long; then the rest is dropped. */
const STOP_DRAIN: Seconds = 10;

/** An action and what waits for it. */
export interface Entry {
  readonly action: JailAction;
  readonly queue: ActionQueue;
}

export interface ActionPassesOptions {
  readonly jail: string;
  readonly observe: Observe;
  readonly clock: Clock;
  readonly maxQueued?: number;
}

function failureOf(error: unknown): Outcome {
  return { kind: "failed", error: messageOf(error) };
}

export class ActionPasses implements PassOwner {
  readonly #options: ActionPassesOptions;
  readonly #dropped = new Map<string, number>();
  #stopBy: EpochSeconds | undefined;

  constructor(options: ActionPassesOptions) {
    this.#options = options;
  }

  entryOf(action: JailAction): Entry {
    const queue = new ActionQueue({
      maxLength: this.#options.maxQueued,
      takesMany: (operation) => action.takesMany?.(operation) === true,
      runMany: (pieces) => this.#runMany(action, pieces),
    });
    return { action, queue };
  }

  /** From now on optional work has {@link STOP_DRAIN} left. */
  beginStop(): void {
    this.#stopBy = this.#options.clock.now() + STOP_DRAIN;
  }

  /** Tells what was dropped; optional work has its time again. */
  endStop(): void {
    for (const [name, count] of this.#dropped) {
      const text = `[${this.#options.jail}] action '${name}': ${count} operation(s) dropped at stop`;
      this.#message("WARNING", text);
    }
    this.#dropped.clear();
    this.#stopBy = undefined;
  }

  /** As {@link send}, for who waits for what comes of it. */
  pass(entries: readonly Entry[], work: Work, terms: PassTerms): Promise<readonly PassResult[]> {
    return new Promise((resolve) => this.send(entries, work, terms, resolve));
  }

  /**
   * Sends work through actions, one after the other, each in its own queue. The places are taken at once, before anything waits.
   *
   * @param ended called once, when the last action is done
   */
  send(entries: readonly Entry[], work: Work, terms: PassTerms, ended?: PassEnd): void {
    const pass = new Pass(this, work, terms, entries.length, ended);
    let before: PassPiece | undefined;
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index];
      if (entry === undefined) continue;
      const { action, queue } = entry;
      if (pass.isOptional && queue.isFull) {
        pass.refused(index, action);
        continue;
      }
      const piece = new PassPiece(pass, index, action, queue);
      if (before !== undefined) before.holds(piece);
      else if (terms.after !== undefined) {
        piece.hold();
        void terms.after.then(() => piece.release());
      }
      queue.put(piece);
      before = piece;
    }
  }

  async attempt(action: JailAction, work: Work, isOptional: boolean): Promise<Outcome> {
    if (isOptional && this.drops(action)) return SKIPPED;
    try {
      if (typeof work === "function") return await work(action);
      work.begin?.(action);
      return await action[work.operation](work.ban);
    } catch (error) {
      return failureOf(error);
    }
  }

  drops(action: JailAction): boolean {
    if (this.#stopBy === undefined || this.#options.clock.now() <= this.#stopBy) return false;
    this.#dropped.set(action.name, (this.#dropped.get(action.name) ?? 0) + 1);
    return true;
  }

  failed(text: string): void {
    this.#message("ERROR", text);
  }

  /** Many bans, or unbans, at once. */
  async #runMany(action: JailAction, pieces: readonly Piece[]): Promise<void> {
    const due: PassPiece[] = [];
    for (const piece of pieces) {
      if (!(piece instanceof PassPiece) || piece.work === undefined) await piece.run();
      else if (piece.drops()) piece.settle(SKIPPED);
      else {
        piece.work.begin?.(action);
        due.push(piece);
      }
    }
    const operation = due[0]?.operation;
    if (operation === undefined) return;
    let failure: Outcome = SKIPPED;
    try {
      await action.many?.(operation, due);
    } catch (error) {
      failure = failureOf(error);
    }
    for (const piece of due) if (!piece.isSettled) piece.settle(failure);
  }

  #message(level: Level, text: string): void {
    this.#options.observe({ type: "message", level, logger: "actions", text });
  }
}
