/**
 * Carries out what a jail's core has decided, in its order: tells, remembers, has the actions ban and unban. Bans that a firewall
 * refused are tried again. Decides nothing itself.
 * Hot: per failure.
 * @module
 */
import type { JailCore, JailEffect } from "../ban/jail-core.ts";
import type { Ban } from "../ban/ticket.ts";
import type { GaolerEvent } from "../base/event.ts";
import type { Enforcer } from "../enforce/enforcer.ts";
import type { Annals } from "./annals.ts";
import { ProlongedBans } from "./prolonged-bans.ts";
import { RefusedBans } from "./refused-bans.ts";

export interface ExecutionOptions {
  readonly jail: string;
  readonly annals: Pick<Annals, "observe" | "save" | "store" | "writeAll">;
  readonly bans: JailCore["bans"];
  readonly enforcer: Enforcer;
  /**
   * Told after each lot of effects.
   *
   * @param hasBanned somebody was banned, so that another ban may end first
   */
  done(hasBanned: boolean): void;
}

/** Most failures only tell something. */
const NOTHING_TO_DO: Promise<unknown> = Promise.resolve();

export class Execution {
  readonly #options: ExecutionOptions;
  /** what a firewall did not take, for another try */
  readonly #refused: RefusedBans;
  readonly #prolonged: ProlongedBans;
  /** enforcement under way */
  readonly #underWay = new Set<Promise<unknown>>();
  /** bans that the actions have not carried out yet, and who waits until there are none */
  #imposing = 0;
  #calm: (() => void) | undefined;
  readonly #imposed = (ban: Ban, hasFailed: boolean): void => {
    if (hasFailed) this.#refused.add(ban.id);
    this.#imposing -= 1;
    if (this.#imposing === 0) this.#calm?.();
  };
  readonly #imposeOnly = (ban: Ban): void => this.#impose(ban);
  #isClosed = false;

  constructor(options: ExecutionOptions) {
    this.#options = options;
    this.#refused = new RefusedBans(async (id) => {
      const ban = options.bans.get(id);
      return ban === undefined || (await options.enforcer.retry(ban));
    });
    this.#prolonged = new ProlongedBans((id) => this.#prolong(id));
  }

  /** The actions are being stopped: nothing more reaches them. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Resolves when the actions of these effects are done, which go on in the background. */
  async apply(effects: readonly JailEffect[]): Promise<void> {
    // whoever waits may rely on it: nothing of it is held
    this.#options.annals.writeAll();
    const bans: Promise<void>[] = [];
    const done = this.#take(effects, (ban) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      bans.push(promise);
      this.#impose(ban, resolve);
    });
    await Promise.all([done, ...bans]);
  }

  /** The same for who does not wait. */
  carryOut(effects: readonly JailEffect[]): void {
    void this.#take(effects, this.#imposeOnly);
  }

  #take(effects: readonly JailEffect[], impose: (ban: Ban) => void): Promise<unknown> {
    const { jail, annals, enforcer } = this.#options;
    const work: Promise<unknown>[] = [];
    let hasBanned = false;
    // by an iterator it takes several times as long, and mostly there is one
    for (let index = 0; index < effects.length; index += 1) {
      const effect = effects[index];
      if (effect === undefined) continue;
      if (effect.type === "tell") {
        annals.observe(effect.event);
        if (effect.event.type === "already-banned") this.#repeated(effect.event, work);
        continue;
      }
      switch (effect.type) {
        case "ban":
          hasBanned = true;
          annals.save(effect);
          impose(effect.ban);
          break;
        case "prolong":
          if (enforcer.canProlong) this.#prolonged.add(effect.id, effect.after);
          break;
        case "unban":
          if (effect.reason === "command") annals.store()?.deleteBan(jail, effect.ban.id);
          // a jail that stops lifts its bans anyway
          if (!this.#isClosed) work.push(enforcer.unban(effect.ban));
          break;
        default:
          effect satisfies never;
      }
    }
    this.#options.done(hasBanned);
    if (work.length === 0) return NOTHING_TO_DO;
    const done = Promise.all(work);
    this.track(done);
    return done;
  }

  /** Lifts these bans, at once where an action can, and forgets all of the jail in the database. */
  async flush(bans: readonly Ban[], effects: readonly JailEffect[]): Promise<void> {
    const { jail, annals, enforcer } = this.#options;
    annals.store()?.deleteBans(jail);
    this.#options.done(true);
    if (this.#isClosed) return;
    const told = new Map(
      effects.flatMap((effect) =>
        effect.type === "tell" && effect.event.type === "unbanned" ? [[effect.event.id, effect.event]] : [],
      ),
    );
    await enforcer.flush(bans, (ban) => {
      const event = told.get(ban.id);
      if (event !== undefined) annals.observe(event);
    });
  }

  /** Work that a stop waits for. */
  track(work: Promise<unknown>): void {
    const settled = work.finally(() => this.#underWay.delete(settled));
    this.#underWay.add(settled);
  }

  /** Tries refused bans no more, and tells of no longer ones. */
  rest(): void {
    this.#refused.close();
    this.#prolonged.close();
  }

  /** Nothing reaches the actions any more. */
  close(): void {
    this.#isClosed = true;
  }

  /** Waits for what is under way. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    if (this.#imposing > 0) await new Promise<void>((resolve) => (this.#calm = resolve));
  }

  #impose(ban: Ban, ended?: () => void): void {
    this.#imposing += 1;
    this.#options.enforcer.impose(
      ban,
      ended === undefined
        ? this.#imposed
        : (one, hasFailed) => {
            this.#imposed(one, hasFailed);
            ended();
          },
    );
  }

  /** As the ledger has it when its time has come. */
  async #prolong(id: string): Promise<void> {
    const ban = this.#options.bans.get(id);
    if (ban === undefined || this.#isClosed) return;
    const done = this.#options.enforcer.prolong(ban);
    this.track(done);
    await done;
  }

  /** The ban that failed to keep its ID out; it may last longer now. */
  #repeated(event: Extract<GaolerEvent, { type: "already-banned" }>, work: Promise<unknown>[]): void {
    const { bans, enforcer } = this.#options;
    if (!enforcer.mayLack(event.id, event.sinceBan)) return;
    const ban = bans.get(event.id);
    if (ban !== undefined) work.push(enforcer.repeated(ban, event.sinceBan));
  }
}
