/**
 * Takes back the bans from before when a jail starts, portion by portion: whoever asks the daemon something meanwhile is answered,
 * and what is read of a portion is gone before the next. Knows neither where they were kept nor which of them are over.
 * Hot: per restored ban.
 * @module
 */
import type { JailCore, JailEffect } from "../ban/jail-core.ts";
import type { Ticket } from "../ban/ticket.ts";
import type { Clock } from "../base/clock.ts";
import type { Enforcer } from "../enforce/enforcer.ts";
import type { Execution } from "./execution.ts";
import type { Intake } from "./intake.ts";

/** Where so many operations wait for an action, it gets some time before there are more of them. */
const MANY_QUEUED = 20_000;
/** An action that hangs, or a shell for each ban, is not waited for longer than this in all; milliseconds. */
const PATIENCE_MS = 2000;
const PAUSE_MS = 5;

export interface RestorationOptions {
  readonly clock: Clock;
  readonly core: Pick<JailCore, "bans" | "restore">;
  readonly intake: Pick<Intake, "admit" | "isCrowded" | "room">;
  readonly execution: Pick<Execution, "carryOut" | "track">;
  readonly enforcer: Pick<Enforcer, "queued">;
  hasStopped(): boolean;
}

export class Restoration {
  readonly #options: RestorationOptions;
  #patienceMs = PATIENCE_MS;

  constructor(options: RestorationOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the bans are in force again, as far as the jail goes: its actions carry them out meanwhile. Those of whom it
   * is not known at once whether they are ignored come back while the logs are read already.
   */
  async run(portions: Iterable<readonly Ticket[]>): Promise<void> {
    const rest = portions[Symbol.iterator]();
    const isDone = await this.#take(rest, false);
    if (!isDone) this.#options.execution.track(this.#take(rest, true));
  }

  /** @returns `false`: so many wait to be checked that the others had better come later */
  async #take(rest: Iterator<readonly Ticket[]>, mayWait: boolean): Promise<boolean> {
    const { intake, hasStopped } = this.#options;
    for (let next = rest.next(); next.done !== true; next = rest.next()) {
      this.#admit(next.value);
      if (intake.isCrowded) {
        if (!mayWait) return false;
        await intake.room();
      }
      await this.#pause();
      if (hasStopped()) return true;
    }
    return true;
  }

  #admit(tickets: readonly Ticket[]): void {
    const { clock, core, intake, execution, hasStopped } = this.#options;
    // what is known at once is carried out together
    const effects: JailEffect[] = [];
    let isOpen = true;
    for (const ticket of tickets) {
      if (core.bans.get(ticket.id) !== undefined) continue;
      intake.admit(ticket, () => {
        if (hasStopped()) return;
        const decided = core.restore(ticket, clock.now());
        if (isOpen) effects.push(...decided);
        else execution.carryOut(decided);
      });
    }
    isOpen = false;
    if (effects.length > 0) execution.carryOut(effects);
  }

  /** Gives others their turn, and actions that are far behind a little more. */
  async #pause(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const isBehind = (): boolean =>
      [...this.#options.enforcer.queued.values()].some((count) => count > MANY_QUEUED);
    while (this.#patienceMs > 0 && !this.#options.hasStopped() && isBehind()) {
      this.#patienceMs -= PAUSE_MS;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
