/**
 * A life of an action (start, bans, unbans, flush, stop) among programs that only write down how they were called.
 * @module
 */
import { compileAction } from "../../../src/action/action-definition.ts";
import type { Ban } from "../../../src/ban/ticket.ts";
import { ActionRunner } from "../../../src/enforce/action-runner.ts";
import { createRunner } from "../../../src/exec/run-command.ts";
import { type ActionTree, actionsOf } from "../../e2e/actions-jail.ts";
import { sampleBan } from "../../unit/action/sample.ts";
import { ScriptedJail } from "../../unit/enforce/scripted.ts";
import type { Programs } from "./programs.ts";

const HOST = { full: "gate.example.org", short: "gate" };

export class RecordedAction extends ScriptedJail {
  readonly action: ActionRunner;

  /** @param path the only folder in which the action finds programs; all of them unless given */
  constructor(programs: Programs, tree: ActionTree, item: string, path?: string) {
    super();
    const [settings] = actionsOf(tree.directory, item);
    if (settings === undefined) throw new Error(`no action: ${item}`);
    const definition = compileAction(settings, "j1", HOST);
    if (definition.diagnostics.length > 0) throw new Error(JSON.stringify(definition.diagnostics));
    const run = createRunner({ env: path === undefined ? programs.env : { ...programs.env, PATH: path } });
    const { facts, observe, clock } = this;
    this.action = new ActionRunner({ definition, jail: facts, run, observe, clock, allowIpv6: true });
  }

  async start(): Promise<void> {
    this.#demand(await this.action.start());
  }

  async ban(...bans: (Ban | string)[]): Promise<void> {
    for (const each of bans) {
      const ban = typeof each === "string" ? sampleBan(each) : each;
      this.enter(ban);
      this.#demand(await this.action.ban(ban));
    }
  }

  async unban(...ids: string[]): Promise<void> {
    for (const id of ids) {
      const ban = this.bans.get(id) ?? sampleBan(id);
      this.bans.delete(id);
      this.#demand(await this.action.unban(ban));
    }
  }

  async flush(): Promise<void> {
    this.#demand(await this.action.flush());
  }

  async stop(): Promise<void> {
    this.#demand(await this.action.stop());
  }

  #demand(outcome: { readonly kind: string }): void {
    if (outcome.kind === "failed") throw new Error(JSON.stringify([outcome, this.events]));
  }
}
