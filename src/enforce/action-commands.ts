/**
 * The commands of one action, one at a time: planned, run, told in the log. Those that make or remove what jails may share wait for
 * their turn.
 * @module
 */
import type { ActionDefinition, ActionFamily, Operation } from "../action/action-definition.ts";
import type { CommandPlan, CommandResult, RunCommand } from "../action/command-plan.ts";
import { planOperation } from "../action/plan.ts";
import type { TicketInfo } from "../action/ticket-info.ts";
import type { Level, Observe } from "../base/event.ts";
import { CommandLog, isSuccess, type ToldCommand } from "./command-log.ts";
import { SetupTurns } from "./setup-turns.ts";

/** Operations that make or remove what jails may share. */
const SETUP: ReadonlySet<Operation> = new Set<Operation>(["start", "stop", "repair"]);

export interface ActionCommandsOptions {
  readonly definition: Pick<ActionDefinition, "name">;
  readonly jail: { readonly name: string };
  readonly run: RunCommand;
  readonly observe: Observe;
  readonly hears?: ((level: Level) => boolean) | undefined;
  /** shared by all jails of a daemon */
  readonly turns?: SetupTurns;
}

export class ActionCommands {
  readonly #run: RunCommand;
  readonly #turns: SetupTurns;
  readonly #log: CommandLog;

  constructor({ definition, jail, run, observe, hears, turns }: ActionCommandsOptions) {
    this.#run = run;
    this.#turns = turns ?? new SetupTurns();
    this.#log = new CommandLog(observe, `${jail.name}/${definition.name}`, hears);
  }

  /**
   * Runs the command of an operation; an empty one succeeds.
   *
   * @throws {TagRecursionError} if its tags refer to themselves
   */
  async run(
    definition: ActionDefinition,
    operation: Operation,
    family: ActionFamily,
    info?: TicketInfo,
  ): Promise<boolean> {
    const plan = planOperation(definition, operation, family, info);
    if (plan === undefined) return true;
    const result = SETUP.has(operation) ? await this.runUntold(plan) : await this.#run(plan);
    this.#log.ended(plan, result);
    return isSuccess(result);
  }

  /** Tells of a command about an address that was carried out without a shell. */
  succeeded(command: ToldCommand, address: string): void {
    this.#log.succeeded(command, address);
  }

  /** Runs a set-up command in its turn and tells nobody how it ended. */
  runUntold(plan: CommandPlan): Promise<CommandResult> {
    return this.#turns.take(plan.script, () => this.#run(plan));
  }
}
