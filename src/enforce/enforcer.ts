/**
 * Carries out what a jail decides: each ban and unban by all of the jail's actions, and the actions' own life.
 *
 * One queue per action, not one per jail: the actions of one ban run in their order, but while the mail of one ban is on its
 * way, the firewall already takes the next. Every pass takes its places in all queues at once, so each action sees bans and unbans in the order of
 * the jail's decisions. An action's failure is told and ends nothing but itself.
 *
 * Decides nothing and does not tell of bans: the jail does. What it reports is what the actions achieved.
 * @module
 */
import type { Ban } from "../ban/ticket.ts";
import type { Clock } from "../base/clock.ts";
import type { Level, Observe } from "../base/event.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { ActionPasses, type ActionPassesOptions, type Entry } from "./action-passes.ts";
import type { JailAction } from "./jail-action.ts";
import { type Outcome, SKIPPED } from "./outcome.ts";
import type { PassTerms } from "./pass-piece.ts";

/** Between two consistency checks of a jail, and the least age of a ban that leads to one (B§4.8). */
const CHECK_INTERVAL: Seconds = 3;

/** What became of a ban, by names of actions. Actions that it does not concern are in neither list. */
export interface BanResult {
  readonly applied: readonly string[];
  readonly failed: readonly string[];
}

export interface EnforcerOptions extends ActionPassesOptions {
  readonly actions: readonly JailAction[];
}

export class Enforcer {
  readonly #jail: string;
  readonly #observe: Observe;
  readonly #clock: Clock;
  readonly #passes: ActionPasses;
  #entries: readonly Entry[];
  /** actions that have not heard of a ban, since their queue was full; by ID */
  readonly #owed = new Map<string, Set<string>>();
  readonly #terms: Readonly<Record<"ban" | "reban" | "unban", PassTerms>>;
  #checkedAt: EpochSeconds = 0;

  constructor(options: EnforcerOptions) {
    this.#jail = options.jail;
    this.#observe = options.observe;
    this.#clock = options.clock;
    this.#passes = new ActionPasses(options);
    this.#entries = options.actions.map((action) => this.#passes.entryOf(action));
    const imposed = {
      isOptional: true,
      confirm: this.#confirm("ban"),
      refused: (action: JailAction, { id }: Ban): void => {
        this.#owed.set(id, (this.#owed.get(id) ?? new Set()).add(action.name));
      },
    };
    this.#terms = {
      ban: { ...imposed, describe: this.#failedToExecute("ban") },
      reban: { ...imposed, describe: this.#failedToExecute("reban") },
      unban: { confirm: this.#confirm("unban"), describe: this.#failedToExecute("unban") },
    };
  }

  /** The jail's name. */
  get jail(): string {
    return this.#jail;
  }

  /** The actions in order. */
  get actions(): readonly JailAction[] {
    return this.#entries.map(({ action }) => action);
  }

  /** Work that waits or is done, by action. */
  get queued(): ReadonlyMap<string, number> {
    return new Map(this.#entries.map(({ action, queue }) => [action.name, queue.length]));
  }

  /** Starts the actions that do not start on demand. */
  async start(): Promise<void> {
    await this.#passes.pass(this.#entries, (action) => action.start(), this.#failedTo("start"));
  }

  /** Bans; resolves when the last action is done. Claims nothing that an action did not confirm. */
  async ban(ban: Ban): Promise<BanResult> {
    return this.#impose(this.#entries, ban, "ban");
  }

  /**
   * The same for who does not wait.
   *
   * @param ended called once, when the last action is done, with whether one has failed
   */
  impose(ban: Ban, ended: (ban: Ban, hasFailed: boolean) => void): void {
    this.#passes.send(this.#entries, { operation: "ban", ban, ended }, this.#terms.ban);
  }

  /** Whether an action wants to know of bans that last longer. */
  get canProlong(): boolean {
    return this.#entries.some(({ action }) => action.canProlong);
  }

  /** A ban has another end than the actions know; for those with `actionprolong`. A failure is told as the original tells it. */
  async prolong(ban: Ban): Promise<void> {
    const terms = { isOptional: true, describe: this.#failedToExecute("ban") };
    await this.#passes.pass(this.#entries, (action) => action.prolong(ban), terms);
  }

  /** Whether {@link repeated} has anything to do: most failures of banned IDs lead to nothing. */
  mayLack(id: string, sinceBan: Seconds): boolean {
    return this.#isCheckDue(sinceBan) || this.#isLacking(id);
  }

  /**
   * An ID that is banned has failed again: its ban may not work. Checks the actions, at most every three seconds and not for a
   * fresh ban, and bans again where an action lacks the ban (B§4.8).
   *
   * @param sinceBan from the ban to the new failure
   */
  async repeated(ban: Ban, sinceBan: Seconds): Promise<void> {
    if (this.#isCheckDue(sinceBan) && !this.#isLacking(ban.id)) {
      this.#checkedAt = this.#clock.now();
      const terms = { ...this.#failedTo("check"), isOptional: true };
      await this.#passes.pass(this.#entries, (action) => action.check(), terms);
    }
    const lacking = this.#entries.filter(({ action }) => action.lacks(ban.id));
    if (lacking.length === 0) return;
    const only = lacking.length === 1 ? lacking[0]?.action.name : undefined;
    this.#observe({ type: "rebanned", jail: this.#jail, id: ban.id, action: only });
    await this.#impose(lacking, ban, "reban");
  }

  /**
   * Makes a ban again where a firewall has refused it. Mails and the like are not sent again.
   *
   * @returns whether it is in force everywhere now
   */
  async retry(ban: Ban): Promise<boolean> {
    const owed = this.#owed.get(ban.id);
    const lacking = this.#entries.filter(
      ({ action }) => action.leavesTraces && (action.lacks(ban.id) || owed?.has(action.name) === true),
    );
    this.#owed.delete(ban.id);
    if (lacking.length === 0) return true;
    const { applied, failed } = await this.#impose(lacking, ban, "reban");
    for (const action of applied) this.#observe({ type: "rebanned", jail: this.#jail, id: ban.id, action });
    return failed.length === 0;
  }

  /** Lifts one ban. */
  async unban(ban: Ban): Promise<void> {
    this.#owed.delete(ban.id);
    await this.#passes.pass(this.#entries, { operation: "unban", ban }, this.#terms.unban);
  }

  /**
   * Lifts all bans: at once where an action can, one by one elsewhere (B§4.12).
   *
   * @param bans in the order of banning
   * @param tell called for each ban after the flush, before it is lifted
   */
  async flush(bans: readonly Ban[], tell: (ban: Ban) => void = () => undefined): Promise<void> {
    this.#owed.clear();
    await this.#lift(this.#entries, bans, tell, true);
  }

  /**
   * Lifts all bans and stops the actions in reverse order. What waits too long is dropped and told.
   *
   * @param bans taken one after the other where all actions can flush: they may be very many
   */
  async stop(bans: Iterable<Ban>, tell: (ban: Ban) => void = () => undefined): Promise<void> {
    this.#owed.clear();
    this.#passes.beginStop();
    await this.#lift(this.#entries, bans, tell, false);
    await this.#passes.pass(this.#entries.toReversed(), (action) => action.stop(), this.#failedTo("stop"));
    this.#passes.endStop();
  }

  /** Runs `actionreload` after the settings have changed. */
  async reload(): Promise<void> {
    await this.#passes.pass(this.#entries, (action) => action.reload(), this.#failedTo("reload"));
  }

  /** Adds an action to a running jail, starts it and lets it carry out the bans in force. */
  async add(action: JailAction, bans: readonly Ban[]): Promise<void> {
    const entry = this.#passes.entryOf(action);
    this.#entries = [...this.#entries, entry];
    const started = this.#passes.pass([entry], () => action.start(), this.#failedTo("start"));
    // all places are taken before anything waits: a ban that is lifted meanwhile is lifted after it was made
    const banned = bans.map((ban) => this.#impose([entry], ban, "ban"));
    await Promise.all([started, ...banned]);
  }

  /** Takes an action out of a running jail: lifts its bans and stops it. Resolves to `false` if there is none of this name. */
  async remove(name: string, bans: readonly Ban[]): Promise<boolean> {
    const entry = this.#entries.find(({ action }) => action.name === name);
    if (entry === undefined) return false;
    this.#entries = this.#entries.filter((other) => other !== entry);
    await this.#lift([entry], bans, () => undefined, true);
    await this.#passes.pass([entry], (action) => action.stop(), this.#failedTo("stop"));
    return true;
  }

  /** Does something with one action when its turn comes (`set J action A METHOD`). */
  call<T>(name: string, work: (action: JailAction) => Promise<T>): Promise<T> | undefined {
    const entry = this.#entries.find(({ action }) => action.name === name);
    return entry?.queue.add(() => work(entry.action));
  }

  #isLacking(id: string): boolean {
    return this.#entries.some(({ action }) => action.lacks(id));
  }

  #isCheckDue(sinceBan: Seconds): boolean {
    if (sinceBan <= CHECK_INTERVAL || this.#entries.length === 0) return false;
    const now = this.#clock.now();
    return now - this.#checkedAt > CHECK_INTERVAL || now < this.#checkedAt;
  }

  async #impose(entries: readonly Entry[], ban: Ban, operation: "ban" | "reban"): Promise<BanResult> {
    const results = await this.#passes.pass(entries, { operation, ban }, this.#terms[operation]);
    const namesOf = (kind: Outcome["kind"]): string[] =>
      results.filter(({ outcome }) => outcome.kind === kind).map(({ action }) => action.name);
    return { applied: namesOf("done"), failed: namesOf("failed") };
  }

  async #lift(
    entries: readonly Entry[],
    bans: Iterable<Ban>,
    tell: (ban: Ban) => void,
    mayRepair: boolean,
  ): Promise<void> {
    // an action that can flush has no bans left, or none that could be lifted one by one (B§4.12)
    const flushing = entries.filter(({ action }) => action.canFlush);
    const single = entries.filter(({ action }) => !action.canFlush);
    const flushed = this.#passes.pass(
      flushing,
      async (action) => {
        this.#message("NOTICE", `[${this.#jail}] Flush ticket(s) with ${action.name}`);
        const outcome = await action.flush();
        if (outcome.kind !== "failed") return outcome;
        this.#message("ERROR", this.#flushFailure(action, outcome.error));
        this.#message("INFO", "No flush occurred, do consistency check");
        await action.check({ mayRepair });
        return SKIPPED;
      },
      { describe: (action, { error }) => this.#flushFailure(action, error) },
    );
    const [first] = single;
    if (first === undefined) {
      await flushed;
      for (const ban of bans) tell(ban);
      return;
    }
    // all places are taken before anything waits: a ban that is decided meanwhile comes after its predecessor's end
    const terms = { describe: this.#failedToExecute("unban"), after: flushed };
    const lifted = Array.from(bans, (ban) => {
      const begin = ({ name }: { readonly name: string }): void => {
        if (name === first.action.name) tell(ban);
      };
      return this.#passes.pass(single, { operation: "unban", ban, begin }, terms);
    });
    await flushed;
    await Promise.all(lifted);
  }

  #confirm(operation: "ban" | "unban"): NonNullable<PassTerms["confirm"]> {
    return ({ name }, { id }) =>
      this.#observe({ type: "carried-out", jail: this.#jail, id, action: name, operation });
  }

  #flushFailure(action: JailAction, error: string): string {
    return `Failed to flush bans in jail '${this.#jail}' action '${action.name}': ${error}`;
  }

  #failedTo(verb: string): PassTerms {
    return {
      describe: (action, { error }) =>
        `Failed to ${verb} jail '${this.#jail}' action '${action.name}': ${error}`,
    };
  }

  #failedToExecute(verb: string): PassTerms["describe"] {
    return (action, { error, info }) =>
      `Failed to execute ${verb} jail '${this.#jail}' action '${action.name}' info '${info ?? ""}': ${error}`;
  }

  #message(level: Level, text: string): void {
    this.#observe({ type: "message", level, logger: "actions", text });
  }
}
