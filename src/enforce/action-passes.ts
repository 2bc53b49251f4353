/**
 * Sends work through the actions of a jail: each has its own queue, and the actions of one ban run in their order. What waits too long
 * when the jail stops is dropped, and told. Hot: per ban and unban.
 * @module
 */
import type { Ban } from "../ban/ticket.ts";
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/error-text.ts";
import type { Level, Observe } from "../base/event.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { ActionQueue, type Piece } from "./action-queue.ts";
import type { BanWork } from "./ban-work.ts";
import type { JailAction } from "./jail-action.ts";
import { type Outcome, SKIPPED } from "./outcome.ts";
import { PassPiece } from "./pass-piece.ts";

/** Work that still waits when the jail stops is given this long; then the rest is dropped. */
const STOP_DRAIN: Seconds = 10;

/** An action and what waits for it. */
export interface Entry {
  readonly action: JailAction;
  readonly queue: ActionQueue;
}

interface PassResult {
  readonly action: JailAction;
  readonly outcome: Outcome;
}

export type Work = BanWork | ((action: JailAction) => Promise<Outcome>);

type Failure = Extract<Outcome, { kind: "failed" }>;

interface PassTerms {
  /** the work may be refused by a full queue and dropped when the jail stops */
  readonly isOptional?: boolean;
  /** told of each action that has done its part, as soon as it has */
  readonly confirm?: (action: JailAction) => void;
  /** told at once of each action whose queue is full: it will not hear of this */
  readonly refused?: (action: JailAction) => void;
  /** the first action waits for this */
  readonly after?: Promise<unknown>;
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

export class ActionPasses {
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

  /**
   * Sends work through actions, one after the other, each in its own queue. The places are taken at once, before anything waits.
   */
  pass(
    entries: readonly Entry[],
    work: Work,
    describe: (action: JailAction, failure: Failure) => string,
    { isOptional = false, confirm, refused, after }: PassTerms = {},
  ): Promise<readonly PassResult[]> {
    return new Promise((resolve) => {
      const results: PassResult[] = [];
      let left = entries.length;
      if (left === 0) resolve(results);
      let before: PassPiece | undefined;
      for (const [index, { action, queue }] of entries.entries()) {
        const settled = (outcome: Outcome): void => {
          if (outcome.kind === "failed") this.#message("ERROR", describe(action, outcome));
          if (outcome.kind === "done") confirm?.(action);
          results[index] = { action, outcome };
          left -= 1;
          if (left === 0) resolve(results);
        };
        if (isOptional && queue.isFull) {
          refused?.(action);
          settled(this.#refused(action));
          continue;
        }
        const piece = new PassPiece({
          queue,
          work: typeof work === "function" ? undefined : work,
          isOptional,
          attempt: () => this.#attempt(action, work, isOptional),
          settled,
        });
        if (before !== undefined) before.holds(piece);
        else if (after !== undefined) {
          piece.hold();
          void after.then(() => piece.release());
        }
        queue.put(piece);
        before = piece;
      }
    });
  }

  /** One action's part; whatever goes wrong is an outcome. */
  async #attempt(action: JailAction, work: Work, isOptional: boolean): Promise<Outcome> {
    if (isOptional && this.#isTooLate(action)) return SKIPPED;
    try {
      if (typeof work === "function") return await work(action);
      work.begin?.(action);
      return await action[work.operation](work.ban);
    } catch (error) {
      return failureOf(error);
    }
  }

  /** Many bans, or unbans, at once. */
  async #runMany(action: JailAction, pieces: readonly Piece[]): Promise<void> {
    const due = new Map<Ban, PassPiece>();
    for (const piece of pieces) {
      const { work } = piece;
      if (!(piece instanceof PassPiece) || work === undefined) await piece.run();
      else if (piece.isOptional && this.#isTooLate(action)) piece.settle(SKIPPED);
      else {
        work.begin?.(action);
        due.set(work.ban, piece);
      }
    }
    const operation = pieces[0]?.work?.operation;
    if (due.size === 0 || operation === undefined) return;
    let failure: Outcome = SKIPPED;
    try {
      await action.many?.(operation, [...due.keys()], {
        drops: (ban) => due.get(ban)?.isOptional === true && this.#isTooLate(action),
        settle: (ban, outcome) => {
          due.get(ban)?.settle(outcome);
          due.delete(ban);
        },
      });
    } catch (error) {
      failure = failureOf(error);
    }
    for (const piece of due.values()) piece.settle(failure);
  }

  #isTooLate(action: JailAction): boolean {
    if (this.#stopBy === undefined || this.#options.clock.now() <= this.#stopBy) return false;
    this.#dropped.set(action.name, (this.#dropped.get(action.name) ?? 0) + 1);
    return true;
  }

  #refused(action: JailAction): Outcome {
    return { kind: "failed", error: `too many operations wait for action '${action.name}'` };
  }

  #message(level: Level, text: string): void {
    this.#options.observe({ type: "message", level, logger: "actions", text });
  }
}
