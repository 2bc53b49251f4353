/**
 * What the parts of one action share: its definition, where its families stand, and how its commands are run. Which command
 * is due when is for those parts to know.
 * @module
 */
import type { ActionDefinition, ActionFamily, Operation } from "../action/action-definition.ts";
import type { RunCommand } from "../action/command-plan.ts";
import type { TicketContext, TicketInfo } from "../action/ticket-info.ts";
import type { RunTransaction } from "../action/tool-command.ts";
import type { Clock } from "../base/clock.ts";
import type { Level, Observe } from "../base/event.ts";
import { ActionCommands } from "./action-commands.ts";
import { ActionTransactions } from "./action-transactions.ts";
import { FamilyStates } from "./family-states.ts";
import { emptyInfoOf, type JailFacts } from "./jail-facts.ts";
import { guarded, type Outcome } from "./outcome.ts";
import type { SetupTurns } from "./setup-turns.ts";

export interface ActionRunnerOptions {
  readonly definition: ActionDefinition;
  readonly jail: JailFacts;
  readonly run: RunCommand;
  readonly observe: Observe;
  /** whether anybody takes messages of a level now; without it somebody does */
  readonly hears?: ((level: Level) => boolean) | undefined;
  readonly clock: Clock;
  readonly allowIpv6: boolean;
  /** shared by all jails of a daemon */
  readonly turns?: SetupTurns;
  /** runs commands of firewall tools without a shell, many at once; without it each has a shell */
  readonly transaction?: RunTransaction | undefined;
}

export class ActionCore {
  definition: ActionDefinition;
  readonly jail: JailFacts;
  readonly observe: Observe;
  readonly states = new FamilyStates();
  readonly commands: ActionCommands;
  /** for commands that need no shell */
  readonly transactions: ActionTransactions | undefined;
  readonly #clock: Clock;
  readonly #allowIpv6: boolean;

  constructor(options: ActionRunnerOptions) {
    this.definition = options.definition;
    this.jail = options.jail;
    this.observe = options.observe;
    this.commands = new ActionCommands(options);
    const { transaction } = options;
    this.transactions = transaction === undefined ? undefined : new ActionTransactions(this, transaction);
    this.#clock = options.clock;
    this.#allowIpv6 = options.allowIpv6;
  }

  /** Families of the action by itself, whatever is banned. */
  ownFamilies(): ActionFamily[] {
    if (!this.definition.isConditional) return [""];
    return this.#allowIpv6 ? ["inet4", "inet6"] : ["inet4"];
  }

  /** Families whose scripts a family stands for: an ID without one may be in any that has its own. */
  scriptFamilies(family: ActionFamily): ActionFamily[] {
    if (family !== "" || !this.definition.isConditional) return [family];
    const started = this.states.started().filter((other) => other !== "");
    return started.length > 0 ? started : this.ownFamilies();
  }

  scriptsOfStarted(): Set<ActionFamily> {
    return new Set(this.states.started().flatMap((family) => this.scriptFamilies(family)));
  }

  /** The values of an operation that concerns no ban. */
  emptyInfo(): TicketInfo {
    return emptyInfoOf(this.jail, this.#clock.now());
  }

  /** What surrounds a ban now, without anything that would have to be looked up. */
  contextNow(): TicketContext {
    return { jail: this.jail.name, ...this.jail.figures() };
  }

  /**
   * Runs the command of an operation; an empty one succeeds.
   *
   * @throws {TagRecursionError} if its tags refer to themselves
   */
  command(operation: Operation, family: ActionFamily, info?: TicketInfo): Promise<boolean> {
    return this.commands.run(this.definition, operation, family, info);
  }

  /** Turns what went wrong with an operation of the whole action into its outcome. */
  guarded(verb: string, work: () => Promise<string | undefined>): Promise<Outcome> {
    return guarded(`Error ${verb} action Jail('${this.jail.name}')/${this.definition.name}`, work);
  }

  tell(level: Level, text: string): void {
    this.observe({ type: "message", level, logger: "CommandAction", text });
  }
}
