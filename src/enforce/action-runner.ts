/**
 * Carries out one action of one jail: starts it on demand, runs its commands, tries a failed one once more, repairs what
 * somebody else broke, and knows afterwards which bans it has carried out.
 * Its methods are called one after the other; the enforcer's queue sees to that. A jail's log lines about bans are not its business.
 * @module
 */
import {
  type ActionDefinition,
  type ActionFamily,
  neededValues,
  type Operation,
} from "../action/action-definition.ts";
import type { RunCommand } from "../action/command-plan.ts";
import { planOperation } from "../action/plan.ts";
import { TagRecursionError } from "../action/tags.ts";
import { describeInfo, type TicketInfo } from "../action/ticket-info.ts";
import { canonicalId } from "../address/address.ts";
import type { Ban } from "../ban/ticket.ts";
import type { Clock } from "../base/clock.ts";
import type { Level, Observe } from "../base/event.ts";
import { reprText } from "../config/python-text.ts";
import { ActionCommands } from "./action-commands.ts";
import { type ActionTraces, tracesOf } from "./action-traces.ts";
import { countOf, planCount } from "./ban-count.ts";
import { type BanEpoch, type FamilyState, FamilyStates } from "./family-states.ts";
import type { Doubt } from "./firewall-doubts.ts";
import { emptyInfoOf, infoOf, type JailFacts } from "./jail-facts.ts";
import { makeBansAgain } from "./lost-bans.ts";
import type { SetupTurns } from "./setup-turns.ts";

/** How an operation ended. Skipped: there was nothing to do, or it is not for this action. */
export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "skipped" }
  | { readonly kind: "failed"; readonly error: string; readonly info?: string };

/** What a look at the firewall has come to. */
export type LookOutcome = "fine" | "repaired" | "failed";

const ALL_FAMILIES: readonly ActionFamily[] = ["", "inet4", "inet6"];

const DONE: Outcome = { kind: "done" };
const SKIPPED: Outcome = { kind: "skipped" };

export interface ActionRunnerOptions {
  readonly definition: ActionDefinition;
  readonly jail: JailFacts;
  readonly run: RunCommand;
  readonly observe: Observe;
  readonly clock: Clock;
  readonly allowIpv6: boolean;
  /** shared by all jails of a daemon */
  readonly turns?: SetupTurns;
}

export class ActionRunner {
  readonly #jail: JailFacts;
  readonly #observe: Observe;
  readonly #clock: Clock;
  readonly #allowIpv6: boolean;
  readonly #commands: ActionCommands;
  readonly #states = new FamilyStates();
  /** families repaired since bans were last made again */
  readonly #repaired = new Set<ActionFamily>();
  #definition: ActionDefinition;
  /** families whose bans cannot be counted, as a repair has shown */
  readonly #uncountable = new Set<ActionFamily>();

  constructor(options: ActionRunnerOptions) {
    this.#definition = options.definition;
    this.#jail = options.jail;
    this.#observe = options.observe;
    this.#clock = options.clock;
    this.#allowIpv6 = options.allowIpv6;
    this.#commands = new ActionCommands(options);
  }

  get name(): string {
    return this.#definition.name;
  }

  get definition(): ActionDefinition {
    return this.#definition;
  }

  /** Whether all bans can be removed at once. */
  get canFlush(): boolean {
    return this.#definition.operations.has("flush");
  }

  /** How many times the action's environment was made anew. */
  get banEpoch(): BanEpoch {
    return this.#states.epoch;
  }

  /** Where the families stand. */
  get state(): ReadonlyMap<ActionFamily, FamilyState["kind"]> {
    return new Map(this.#states.started().map((family) => [family, this.#states.of(family).kind]));
  }

  /** New settings for the same action; what is started and banned stays (B§1.7). */
  redefine(definition: ActionDefinition): void {
    this.#definition = definition;
  }

  /** Whether a killed daemon leaves something of this action behind: it sets up what a check or a flush is for. */
  get leavesTraces(): boolean {
    const { operations } = this.#definition;
    return operations.has("stop") && (operations.has("flush") || operations.has("check"));
  }

  /**
   * Removes what a killed daemon may have left, before anything is started. Whether there was something or not is no
   * failure either way, so the outcome is not told.
   */
  async clearAway(): Promise<void> {
    const info = emptyInfoOf(this.#jail, this.#clock.now());
    await this.#guarded("clearing away", async () => {
      for (const family of this.#ownFamilies()) {
        const plan = planOperation(this.#definition, "stop", family, info);
        if (plan !== undefined) await this.#commands.runUntold(plan);
      }
      return undefined;
    });
  }

  /** Whether a ban in force is not carried out here, or was lost in a repair. */
  lacks(id: string): boolean {
    return this.#states.lacks(id);
  }

  /** Bans that it has carried out and not lifted. */
  get holds(): number {
    return this.#states.holds;
  }

  /** Names that it uses in the firewall. */
  get traces(): ActionTraces {
    return tracesOf(this.#definition);
  }

  /**
   * Looks whether the firewall still has what this action has put there, and puts back what is gone: by its `actioncheck`, and for what
   * was seen to go. Without bans there is nothing to look at.
   */
  async look(doubt: Doubt): Promise<LookOutcome> {
    if (this.#states.holds === 0) return "fine";
    const before = this.banEpoch;
    if (doubt.checks && (await this.check()).kind === "failed") return "failed";
    if (this.banEpoch === before && doubt.counts) await this.#restoreShort();
    const isRenewed = this.banEpoch !== before;
    const lost = isRenewed ? 0 : await this.#restoreLost(doubt.lost);
    if (!isRenewed && lost === 0) return "fine";
    const what = isRenewed ? "what it had set up" : `${lost} of its bans`;
    const text = `[${this.#jail.name}] Somebody removed ${what} from the firewall: action '${this.name}' is restored, with ${this.#states.inForce} bans in force`;
    this.#observe({ type: "message", level: "WARNING", logger: "actions", text });
    return "repaired";
  }

  /** At the jail's start; nothing for an action that starts on demand (B§4.6). */
  async start(): Promise<Outcome> {
    if (this.#definition.isOnDemand) return SKIPPED;
    return this.#startFamilies(this.#ownFamilies());
  }

  /** Bans; the family is started first if this is its first ban. */
  async ban(ban: Ban): Promise<Outcome> {
    if (this.#definition.norestored && ban.restored) return SKIPPED;
    return this.#impose("ban", ban);
  }

  /** Makes a ban in force again. */
  async reban(ban: Ban): Promise<Outcome> {
    if (this.#definition.norestored && ban.restored) return SKIPPED;
    return this.#impose("reban", ban);
  }

  /** The ban lasts longer than it did when it was made. */
  async prolong(ban: Ban): Promise<Outcome> {
    if (!this.#definition.operations.has("prolong")) return SKIPPED;
    return this.#about("prolong", ban, `Error prolonging ${ban.ip}`);
  }

  /** Lifts a ban; a family that never had one has nothing to lift. */
  async unban(ban: Ban): Promise<Outcome> {
    const outcome = await this.#about("unban", ban, `Error unbanning ${ban.ip}`);
    this.#states.lift(ban.id);
    return outcome;
  }

  /** Removes all bans at once, per family with items. */
  async flush(): Promise<Outcome> {
    this.#states.forgetMissing();
    const withItems = this.#states.withItems();
    const families = new Set(withItems.flatMap((family) => this.#scriptFamilies(family)));
    if (families.size === 0) return SKIPPED;
    return this.#forFamilies("flush", families, "flushing", (family, isFine) => {
      if (!isFine) return;
      this.#states.flush(family);
      // items of IDs that are no addresses stand in the families' own sets
      if (this.#definition.isConditional) this.#states.flush("");
    });
  }

  async reload(): Promise<Outcome> {
    return this.#forFamilies("reload", this.#scriptsOfStarted(), "reloading", () => undefined);
  }

  /** Stops every family that was started; nothing is remembered afterwards, failed or not. */
  async stop(): Promise<Outcome> {
    const outcome = await this.#forFamilies("stop", this.#scriptsOfStarted(), "stopping", () => undefined);
    this.#states.stop();
    return outcome;
  }

  /**
   * Checks that all started families are still as they were made, and repairs them (B§4.8).
   *
   * @param afterFlush the check follows a flush that failed; without `actionrepair_on_unban` it repairs nothing at a stop
   */
  async check(afterFlush?: { readonly mayRepair: boolean }): Promise<Outcome> {
    if (!this.#definition.operations.has("check")) return SKIPPED;
    return this.#guarded("checking", async () => {
      let isSane = true;
      const seen = new Set<string | undefined>();
      for (const family of this.#scriptsOfStarted()) {
        const script = planOperation(this.#definition, "check", family)?.script;
        if (seen.has(script)) continue;
        seen.add(script);
        if (await this.#command("check", family)) continue;
        if (afterFlush !== undefined && !afterFlush.mayRepair && !this.#definition.repairsOnUnban) {
          this.#tell("ERROR", "Invariant check failed. Flush is impossible.");
          isSane = false;
        } else {
          isSane = (await this.#repair(family)) && isSane;
        }
      }
      await this.#makeLostBansAgain(undefined);
      return isSane ? undefined : "Script error";
    });
  }

  /** Families of the action by itself, whatever is banned. */
  #ownFamilies(): ActionFamily[] {
    if (!this.#definition.isConditional) return [""];
    return this.#allowIpv6 ? ["inet4", "inet6"] : ["inet4"];
  }

  /** Families whose scripts a family stands for: an ID without one may be in any that has its own. */
  #scriptFamilies(family: ActionFamily): ActionFamily[] {
    if (family !== "" || !this.#definition.isConditional) return [family];
    const started = this.#states.started().filter((other) => other !== "");
    return started.length > 0 ? started : this.#ownFamilies();
  }

  #scriptsOfStarted(): Set<ActionFamily> {
    return new Set(this.#states.started().flatMap((family) => this.#scriptFamilies(family)));
  }

  /** Bans or bans again, and remembers whether that came about. */
  async #impose(operation: "ban" | "reban", ban: Ban): Promise<Outcome> {
    const info = await infoOf(this.#jail, ban, neededValues(this.#definition, operation));
    const family = info.address?.family ?? "";
    const started = await this.#startOnDemand(family);
    const outcome =
      started.kind === "failed"
        ? { ...started, info: describeInfo(info) }
        : await this.#withRetry(operation, family, info, `Error banning ${ban.ip}`);
    if (outcome.kind === "done") this.#states.apply(family, ban.id);
    else this.#states.miss(family, ban.id);
    await this.#makeLostBansAgain(ban.id);
    return outcome;
  }

  /** An operation on a ban that was made before; nothing where its family has no items. */
  async #about(operation: "unban" | "prolong", ban: Ban, failure: string): Promise<Outcome> {
    if (this.#states.withItems().length === 0) return SKIPPED;
    const info = await infoOf(this.#jail, ban, neededValues(this.#definition, operation));
    const family = info.address?.family ?? "";
    if (this.#states.of(family).kind !== "has-items") return SKIPPED;
    const outcome = await this.#withRetry(operation, family, info, failure);
    await this.#makeLostBansAgain(ban.id);
    return outcome;
  }

  /**
   * Starts what a ban of this family needs. Without on-demand start a family whose start failed is not started again:
   * its bans are tried all the same, and a failing one leads to check and repair.
   */
  async #startOnDemand(family: ActionFamily): Promise<Outcome> {
    const { isConditional, isOnDemand } = this.#definition;
    if (!isConditional && this.#states.started().length > 0) {
      this.#states.start(family);
      return SKIPPED;
    }
    const wanted = isConditional && family === "" ? this.#ownFamilies() : [family];
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
        this.#states.failStart(this.#definition.isConditional ? family : "");
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
    const info = emptyInfoOf(this.#jail, this.#clock.now());
    const results = new Map<string, boolean>();
    return this.#guarded(verb, async () => {
      for (const family of families) {
        const plan = planOperation(this.#definition, operation, family, info);
        const key = JSON.stringify([plan?.script, plan?.args]);
        const isFine = results.get(key) ?? (await this.#command(operation, family, info));
        results.set(key, isFine);
        settle(family, isFine);
      }
      return [...results.values()].includes(false) ? "Script error" : undefined;
    });
  }

  /** Turns what went wrong with an operation of the whole action into its outcome. */
  async #guarded(verb: string, work: () => Promise<string | undefined>): Promise<Outcome> {
    const head = `Error ${verb} action Jail('${this.#jail.name}')/${this.name}`;
    try {
      const problem = await work();
      return problem === undefined ? DONE : { kind: "failed", error: `${head}: ${reprText(problem)}` };
    } catch (error) {
      if (!(error instanceof TagRecursionError)) throw error;
      return { kind: "failed", error: `${head}: ValueError(${reprText(error.message)})` };
    }
  }

  /** Runs a command and, should it fail, exactly once more, after check and repair if there is a check (B§4.7, B§4.8). */
  async #withRetry(
    operation: "ban" | "reban" | "unban" | "prolong",
    family: ActionFamily,
    info: TicketInfo,
    failure: string,
  ): Promise<Outcome> {
    try {
      if (await this.#command(operation, family, info)) return DONE;
      const mayRepeat = this.#definition.mail === undefined;
      if (mayRepeat && (await this.#isSaneFor(operation, family))) {
        if (await this.#command(operation, family, info)) return DONE;
      }
      return { kind: "failed", error: failure, info: describeInfo(info) };
    } catch (error) {
      if (!(error instanceof TagRecursionError)) throw error;
      return { kind: "failed", error: error.message, info: describeInfo(info) };
    }
  }

  /** After a failed command: whether its environment is in order, or is again. */
  async #isSaneFor(operation: Operation, family: ActionFamily): Promise<boolean> {
    if (!this.#definition.operations.has("check")) return true;
    for (const one of this.#scriptFamilies(family)) {
      if (await this.#command("check", one)) continue;
      if (operation === "unban" && !this.#definition.repairsOnUnban) {
        this.#tell("ERROR", "Invariant check failed. Unban is impossible.");
        return false;
      }
      if (!(await this.#repair(one))) return false;
    }
    return true;
  }

  /** Makes those families anew that hold fewer bans than they should: the way to them is still there, so that no check sees it. */
  async #restoreShort(): Promise<void> {
    await this.#guarded("restoring", async () => {
      const short: ActionFamily[] = [];
      for (const family of this.#states.withItems()) if (await this.#isShort(family)) short.push(family);
      for (const family of short) await this.#renew(family);
      await this.#makeLostBansAgain(undefined);
      // where even all bans anew are too few, there is something else than bans to count
      for (const family of short) if (await this.#isShort(family)) this.#uncountable.add(family);
      return undefined;
    });
  }

  /** Whether the kernel has fewer bans of a family than were carried out. */
  async #isShort(family: ActionFamily): Promise<boolean> {
    const plan = this.#uncountable.has(family) ? undefined : planCount(this.#definition, family);
    if (plan === undefined) return false;
    const count = countOf(await this.#commands.runUntold(plan));
    return count !== undefined && count < this.#states.inForceIn(family);
  }

  /** Makes single bans again that were taken out. @returns how many */
  async #restoreLost(addresses: ReadonlySet<string>): Promise<number> {
    const due: string[] = [];
    for (const address of addresses) {
      const id = canonicalId(address);
      const family = this.#states.familyOf(id);
      if (family === undefined || this.#jail.banOf(id) === undefined) continue;
      this.#states.miss(family, id);
      due.push(id);
    }
    await this.#makeAllAgain(due);
    return due.length;
  }

  /** After a failed check. */
  async #repair(family: ActionFamily): Promise<boolean> {
    this.#tell("ERROR", "Invariant check failed. Trying to restore a sane environment");
    return this.#renew(family);
  }

  /** Makes a family's environment anew. Its bans are lost then; they are made again afterwards. */
  async #renew(family: ActionFamily): Promise<boolean> {
    // an ID that is no address may have stood in any family
    this.#states.nextEpoch(this.#definition.isConditional ? [family, ""] : ALL_FAMILIES);
    const info = emptyInfoOf(this.#jail, this.#clock.now());
    let isRepaired = true;
    if (this.#definition.operations.has("repair")) {
      isRepaired = await this.#command("repair", family);
    } else {
      await this.#command("stop", family, info);
      await this.#command("start", family, info);
    }
    if (!isRepaired || !(await this.#command("check", family))) {
      this.#tell("CRITICAL", "Unable to restore environment");
      return false;
    }
    // a repair may have left some bans in place; made again they would be there twice, and an unban lifts one only
    const isRepairScript = this.#definition.operations.has("repair");
    if (isRepairScript && this.#states.of(family).kind === "has-items") {
      await this.#command("flush", family, info);
    }
    this.#states.start(family);
    this.#repaired.add(family);
    return true;
  }

  /**
   * After a repair: makes all bans again that the ledger has and the repaired families have lost. fail2ban waits with each
   * until its ID fails again (B§4.8); here the ledger is what shall be.
   *
   * @param doneId the ban whose operation led to the repair
   */
  async #makeLostBansAgain(doneId: string | undefined): Promise<void> {
    if (this.#repaired.size === 0) return;
    const isRepaired = (family: ActionFamily): boolean =>
      !this.#definition.isConditional || this.#scriptFamilies(family).some((one) => this.#repaired.has(one));
    const families = new Set([...this.#states.withItems(), ...this.#states.withMissing()]);
    const lost = [...families].filter(isRepaired).flatMap((family) => this.#states.lost(family));
    const due = lost.filter((id) => id !== doneId);
    this.#repaired.clear();

    await this.#makeAllAgain(due);
  }

  async #makeAllAgain(ids: readonly string[]): Promise<void> {
    await makeBansAgain(ids, {
      jail: this.#jail,
      action: this.name,
      observe: this.#observe,
      again: (ban) => this.#makeAgain(ban),
    });
  }

  async #makeAgain(ban: Ban): Promise<boolean> {
    const info = await infoOf(this.#jail, ban, neededValues(this.#definition, "reban"));
    const family = info.address?.family ?? "";
    const isFine = await this.#command("reban", family, info);
    if (isFine) {
      this.#states.apply(family, ban.id);
      this.#observe({ type: "rebanned", jail: this.#jail.name, id: ban.id, action: this.name });
    } else {
      this.#states.miss(family, ban.id);
    }
    return isFine;
  }

  #command(operation: Operation, family: ActionFamily, info?: TicketInfo): Promise<boolean> {
    return this.#commands.run(this.#definition, operation, family, info);
  }

  #tell(level: Level, text: string): void {
    this.#observe({ type: "message", level, logger: "CommandAction", text });
  }
}
