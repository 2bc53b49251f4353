/**
 * Carries out one action of one jail: starts it on demand, runs its commands, tries a failed one once more, and knows afterwards
 * which bans it has carried out. What somebody else broke is for {@link ActionRepair} and {@link ActionLook}.
 * Its methods are called one after the other; the enforcer's queue sees to that. A jail's log lines about bans are not its business.
 * @module
 */
import {
  type ActionDefinition,
  type ActionFamily,
  neededValues,
  type Operation,
} from "../action/action-definition.ts";
import { planOperation } from "../action/plan.ts";
import { TagRecursionError } from "../action/tags.ts";
import { describeInfo, type TicketInfo } from "../action/ticket-info.ts";
import type { Ban } from "../ban/ticket.ts";
import { ActionCore, type ActionRunnerOptions } from "./action-core.ts";
import { ActionLook, type LookOutcome } from "./action-look.ts";
import { ActionRepair } from "./action-repair.ts";
import { type ActionTraces, tracesOf } from "./action-traces.ts";
import { BanBatch } from "./ban-batch.ts";
import type { BanOperation, BanTask } from "./ban-work.ts";
import type { BanEpoch, FamilyState, FamilyStates } from "./family-states.ts";
import type { Doubt } from "./firewall-doubts.ts";
import { infoOf } from "./jail-facts.ts";
import { DONE, type Outcome, SKIPPED } from "./outcome.ts";

export class ActionRunner {
  readonly #core: ActionCore;
  readonly #repair: ActionRepair;
  readonly #look: ActionLook;

  constructor(options: ActionRunnerOptions) {
    this.#core = new ActionCore(options);
    this.#repair = new ActionRepair(this.#core);
    this.#look = new ActionLook(this.#core, this.#repair);
  }

  get name(): string {
    return this.definition.name;
  }

  get definition(): ActionDefinition {
    return this.#core.definition;
  }

  /** Whether all bans can be removed at once. */
  get canFlush(): boolean {
    return this.definition.operations.has("flush");
  }

  /** Whether it wants to know of bans that last longer. */
  get canProlong(): boolean {
    return this.definition.operations.has("prolong");
  }

  /** How many times the action's environment was made anew. */
  get banEpoch(): BanEpoch {
    return this.#states.epoch;
  }

  /** Where the families stand. */
  get state(): ReadonlyMap<ActionFamily, FamilyState["kind"]> {
    return new Map(this.#states.started().map((family) => [family, this.#states.of(family).kind]));
  }

  /** Whether a killed daemon leaves something of this action behind: it sets up what a check or a flush is for. */
  get leavesTraces(): boolean {
    const { operations } = this.definition;
    return operations.has("stop") && (operations.has("flush") || operations.has("check"));
  }

  /** Bans that it has carried out and not lifted. */
  get holds(): number {
    return this.#states.holds;
  }

  /** Names that it uses in the firewall. */
  get traces(): ActionTraces {
    return tracesOf(this.definition);
  }

  /** New settings for the same action; what is started and banned stays (B§1.7). */
  redefine(definition: ActionDefinition): void {
    this.#core.definition = definition;
  }

  /** Whether a ban in force is not carried out here, or was lost in a repair. */
  lacks(id: string): boolean {
    return this.#states.lacks(id);
  }

  /** Looks whether the firewall still has what this action has put there, and puts back what is gone. */
  look(doubt: Doubt): Promise<LookOutcome> {
    return this.#look.look(doubt);
  }

  /**
   * Checks that all started families are still as they were made, and repairs them (B§4.8).
   *
   * @param afterFlush the check follows a flush that failed; without `actionrepair_on_unban` it repairs nothing at a stop
   */
  check(afterFlush?: { readonly mayRepair: boolean }): Promise<Outcome> {
    return this.#repair.check(afterFlush);
  }

  /**
   * Removes what a killed daemon may have left, before anything is started. Whether there was something or not is no
   * failure either way, so the outcome is not told.
   */
  async clearAway(): Promise<void> {
    const info = this.#core.emptyInfo();
    await this.#core.guarded("clearing away", async () => {
      for (const family of this.#core.ownFamilies()) {
        const plan = planOperation(this.definition, "stop", family, info);
        if (plan !== undefined) await this.#core.commands.runUntold(plan);
      }
      return undefined;
    });
  }

  /** At the jail's start; nothing for an action that starts on demand (B§4.6). */
  async start(): Promise<Outcome> {
    if (this.definition.isOnDemand) return SKIPPED;
    return this.#startFamilies(this.#core.ownFamilies());
  }

  /** Bans; the family is started first if this is its first ban. */
  async ban(ban: Ban): Promise<Outcome> {
    if (this.definition.norestored && ban.restored) return SKIPPED;
    return this.#impose("ban", ban);
  }

  /** Makes a ban in force again. */
  async reban(ban: Ban): Promise<Outcome> {
    if (this.definition.norestored && ban.restored) return SKIPPED;
    return this.#impose("reban", ban);
  }

  /** The ban lasts longer than it did when it was made. One that is not in place is made with its present time anyway. */
  async prolong(ban: Ban): Promise<Outcome> {
    if (!this.canProlong || this.lacks(ban.id)) return SKIPPED;
    if (this.definition.norestored && ban.restored) return SKIPPED;
    return this.#about("prolong", ban, `Error prolonging ${ban.ip}`);
  }

  /** Lifts a ban; a family that never had one has nothing to lift. */
  async unban(ban: Ban): Promise<Outcome> {
    const outcome = await this.#about("unban", ban, `Error unbanning ${ban.ip}`);
    this.#states.lift(ban.id);
    return outcome;
  }

  /** Whether {@link ActionRunner.many} does more than one after the other: the commands need no shell. */
  takesMany(operation: BanOperation): boolean {
    return this.#core.transactions?.takes(operation) === true;
  }

  /** The same for many bans whose IDs differ. */
  async many(operation: BanOperation, tasks: readonly BanTask[]): Promise<void> {
    const core = this.#core;
    const { transactions } = core;
    const single = (ban: Ban): Promise<Outcome> => this[operation](ban);
    if (transactions !== undefined) {
      await new BanBatch({ core, transactions, operation, single }).carryOut(tasks);
      return;
    }
    for (const task of tasks) task.settle(task.drops() ? SKIPPED : await single(task.ban));
  }

  /** Removes all bans at once, per family with items. */
  async flush(): Promise<Outcome> {
    this.#states.forgetMissing();
    const withItems = this.#states.withItems();
    const families = new Set(withItems.flatMap((family) => this.#core.scriptFamilies(family)));
    if (families.size === 0) return SKIPPED;
    return this.#forFamilies("flush", families, "flushing", (family, isFine) => {
      if (!isFine) return;
      this.#states.flush(family);
      // items of IDs that are no addresses stand in the families' own sets
      if (this.definition.isConditional) this.#states.flush("");
    });
  }

  async reload(): Promise<Outcome> {
    return this.#forFamilies("reload", this.#core.scriptsOfStarted(), "reloading", () => undefined);
  }

  /** Stops every family that was started; nothing is remembered afterwards, failed or not. */
  async stop(): Promise<Outcome> {
    const outcome = await this.#forFamilies(
      "stop",
      this.#core.scriptsOfStarted(),
      "stopping",
      () => undefined,
    );
    this.#states.stop();
    return outcome;
  }

  /** Bans or bans again, and remembers whether that came about. */
  async #impose(operation: "ban" | "reban", ban: Ban): Promise<Outcome> {
    const info = await infoOf(this.#core.jail, ban, neededValues(this.definition, operation));
    const family = info.address?.family ?? "";
    const started = await this.#startOnDemand(family);
    const outcome =
      started.kind === "failed"
        ? { ...started, info: describeInfo(info) }
        : await this.#withRetry(operation, family, info, `Error banning ${ban.ip}`);
    if (outcome.kind === "done") this.#states.apply(family, ban.id);
    else this.#states.miss(family, ban.id);
    await this.#repair.makeLostBansAgain(ban.id);
    return outcome;
  }

  /** An operation on a ban that was made before; nothing where its family has no items. */
  async #about(operation: "unban" | "prolong", ban: Ban, failure: string): Promise<Outcome> {
    if (this.#states.withItems().length === 0) return SKIPPED;
    const info = await infoOf(this.#core.jail, ban, neededValues(this.definition, operation));
    const family = info.address?.family ?? "";
    if (this.#states.of(family).kind !== "has-items") return SKIPPED;
    const outcome = await this.#withRetry(operation, family, info, failure);
    await this.#repair.makeLostBansAgain(ban.id);
    return outcome;
  }

  /**
   * Starts what a ban of this family needs. Without on-demand start a family whose start failed is not started again:
   * its bans are tried all the same, and a failing one leads to check and repair.
   */
  async #startOnDemand(family: ActionFamily): Promise<Outcome> {
    const { isConditional, isOnDemand } = this.definition;
    if (!isConditional && this.#states.started().length > 0) {
      this.#states.start(family);
      return SKIPPED;
    }
    const wanted = isConditional && family === "" ? this.#core.ownFamilies() : [family];
    const due = wanted.filter((one) => {
      const state = this.#states.of(isConditional ? one : "");
      return state.kind === "not-started" && (isOnDemand || !state.hasFailed);
    });
    return due.length === 0 ? SKIPPED : this.#startFamilies(due);
  }

  async #startFamilies(families: readonly ActionFamily[]): Promise<Outcome> {
    const outcome = await this.#forFamilies("start", new Set(families), "starting", (family, isFine) => {
      if (isFine) this.#states.start(family);
    });
    for (const family of families) {
      if (!this.#states.isStarted(family)) {
        this.#states.failStart(this.definition.isConditional ? family : "");
      }
    }
    return outcome;
  }

  /** One operation without a ban for several families; the same command text is run once (B§4.6). */
  async #forFamilies(
    operation: Operation,
    families: ReadonlySet<ActionFamily>,
    verb: string,
    settle: (family: ActionFamily, isFine: boolean) => void,
  ): Promise<Outcome> {
    const info = this.#core.emptyInfo();
    const results = new Map<string, boolean>();
    return this.#core.guarded(verb, async () => {
      for (const family of families) {
        const plan = planOperation(this.definition, operation, family, info);
        const key = JSON.stringify([plan?.script, plan?.args]);
        const isFine = results.get(key) ?? (await this.#core.command(operation, family, info));
        results.set(key, isFine);
        settle(family, isFine);
      }
      return [...results.values()].includes(false) ? "Script error" : undefined;
    });
  }

  /** Runs a command and, should it fail, exactly once more, after check and repair if there is a check (B§4.7, B§4.8). */
  async #withRetry(
    operation: "ban" | "reban" | "unban" | "prolong",
    family: ActionFamily,
    info: TicketInfo,
    failure: string,
  ): Promise<Outcome> {
    try {
      if (await this.#core.command(operation, family, info)) return DONE;
      const mayRepeat = this.definition.mail === undefined;
      if (mayRepeat && (await this.#repair.isSaneFor(operation, family))) {
        if (await this.#core.command(operation, family, info)) return DONE;
      }
      return { kind: "failed", error: failure, info: describeInfo(info) };
    } catch (error) {
      if (!(error instanceof TagRecursionError)) throw error;
      return { kind: "failed", error: error.message, info: describeInfo(info) };
    }
  }

  get #states(): FamilyStates {
    return this.#core.states;
  }
}
