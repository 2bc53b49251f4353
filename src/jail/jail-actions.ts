/**
 * The actions of one jail: made of its parts, exchanged where those change, cleared away after a daemon that was killed.
 * Which bans they carry out is not decided here.
 * @module
 */
import type { ActionDefinition } from "../action/action-definition.ts";
import type { Ban } from "../ban/ticket.ts";
import type { JailSettings } from "../config/settings.ts";
import { ActionRunner } from "../enforce/action-runner.ts";
import { Enforcer } from "../enforce/enforcer.ts";
import type { JailFacts } from "../enforce/jail-facts.ts";
import type { JailParts } from "./jail-parts.ts";
import type { JailPorts } from "./jail-ports.ts";

export class JailActions {
  readonly enforcer: Enforcer;
  readonly #facts: JailFacts;
  readonly #ports: JailPorts;
  readonly #runners = new Map<string, ActionRunner>();

  constructor(parts: Pick<JailParts, "actions">, facts: JailFacts, ports: JailPorts) {
    const { observe, clock } = ports;
    this.#facts = facts;
    this.#ports = ports;
    const actions = parts.actions.map((definition) => this.#makeRunner(definition));
    this.enforcer = new Enforcer({ jail: facts.name, actions, observe, clock });
  }

  get runners(): ReadonlyMap<string, ActionRunner> {
    return this.#runners;
  }

  /** After a daemon that was killed: its chains and sets hold bans that may be over, and restored ones would be there twice. */
  async clearAway(): Promise<void> {
    if (!this.#ports.takeEndedBadly(this.#facts.name)) return;
    const names = [...this.#runners.values()].filter((runner) => runner.leavesTraces).map(({ name }) => name);
    if (names.length === 0) return;
    const text = `[${this.#facts.name}] Clear away what a killed daemon left: ${names.join(", ")}`;
    this.#ports.observe({ type: "message", level: "NOTICE", logger: "actions", text });
    for (const name of names) await this.#runners.get(name)?.clearAway();
  }

  #makeRunner(definition: ActionDefinition): ActionRunner {
    const { run, transaction, observe, hears, clock, allowIpv6, turns } = this.#ports;
    const jail = this.#facts;
    const options = { definition, jail, run, transaction, observe, hears, clock, allowIpv6, turns };
    const runner = new ActionRunner(options);
    this.#runners.set(definition.name, runner);
    return runner;
  }

  /**
   * Stops what is gone or changed, starts what is new.
   *
   * @param bans those in force, asked for each action anew: they come and go while the one before is dealt with
   */
  async change(old: JailParts, parts: JailParts, bans: () => readonly Ban[]): Promise<void> {
    const wanted = new Map(parts.settings.actions.map((action) => [action.name, action]));
    const before = new Map(old.settings.actions.map((action) => [action.name, action]));
    for (const name of this.#runners.keys()) {
      if (isSame(before.get(name), wanted.get(name))) continue;
      await this.enforcer.remove(name, bans());
      this.#runners.delete(name);
    }
    for (const definition of parts.actions) {
      if (this.#runners.has(definition.name)) continue;
      // for this action they are bans from before: nobody gets a mail about each of them again
      const restored = bans().map((ban) => ({ ...ban, restored: true }));
      await this.enforcer.add(this.#makeRunner(definition), restored);
    }
    await this.enforcer.reload();
  }
}

function isSame(
  one: JailSettings["actions"][number] | undefined,
  other: JailSettings["actions"][number] | undefined,
): boolean {
  if (one === undefined || other === undefined) return one === other;
  return keyOf(one) === keyOf(other);
}

/** What an action is made of. */
function keyOf({ properties, python }: JailSettings["actions"][number]): string {
  return JSON.stringify([[...properties], python ?? null]);
}
