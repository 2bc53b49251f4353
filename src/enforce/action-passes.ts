/**
 * Sends work through the actions of a jail: each has its own queue, and the actions of one ban run in their order. What waits too long
 * when the jail stops is dropped, and told. Knows no bans and no operation.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/error-text.ts";
import type { Level, Observe } from "../base/event.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { ActionQueue } from "./action-queue.ts";
import type { JailAction } from "./jail-action.ts";
import { type Outcome, SKIPPED } from "./outcome.ts";

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

export type Work = (action: JailAction) => Promise<Outcome>;

interface PassTerms {
  /** the work may be refused by a full queue and dropped when the jail stops */
  readonly isOptional?: boolean;
  /** told of each action that has done its part, as soon as it has */
  readonly confirm?: (action: JailAction) => void;
}

export interface ActionPassesOptions {
  readonly jail: string;
  readonly observe: Observe;
  readonly clock: Clock;
  readonly maxQueued?: number;
}

export class ActionPasses {
  readonly #options: ActionPassesOptions;
  readonly #dropped = new Map<string, number>();
  #stopBy: EpochSeconds | undefined;

  constructor(options: ActionPassesOptions) {
    this.#options = options;
  }

  entryOf(action: JailAction): Entry {
    return { action, queue: new ActionQueue(this.#options.maxQueued) };
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
  async pass(
    entries: readonly Entry[],
    work: Work,
    describe: (action: JailAction, failure: Extract<Outcome, { kind: "failed" }>) => string,
    { isOptional = false, confirm }: PassTerms = {},
  ): Promise<PassResult[]> {
    const results: Promise<PassResult>[] = [];
    let before: Promise<unknown> = Promise.resolve();
    for (const { action, queue } of entries) {
      const previous = before;
      const isRefused = isOptional && queue.isFull;
      const result = isRefused
        ? Promise.resolve(this.#refused(action))
        : queue.add(async () => {
            await previous;
            return this.#attempt(action, work, isOptional);
          });
      const told = result.then((outcome) => {
        if (outcome.kind === "failed") this.#message("ERROR", describe(action, outcome));
        if (outcome.kind === "done") confirm?.(action);
        return { action, outcome };
      });
      results.push(told);
      before = told;
    }
    return Promise.all(results);
  }

  /** One action's part; whatever goes wrong is an outcome. */
  async #attempt(action: JailAction, work: Work, isOptional: boolean): Promise<Outcome> {
    if (isOptional && this.#stopBy !== undefined && this.#options.clock.now() > this.#stopBy) {
      this.#dropped.set(action.name, (this.#dropped.get(action.name) ?? 0) + 1);
      return SKIPPED;
    }
    try {
      return await work(action);
    } catch (error) {
      return { kind: "failed", error: messageOf(error) };
    }
  }

  #refused(action: JailAction): Outcome {
    return { kind: "failed", error: `too many operations wait for action '${action.name}'` };
  }

  #message(level: Level, text: string): void {
    this.#options.observe({ type: "message", level, logger: "actions", text });
  }
}
