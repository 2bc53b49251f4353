/**
 * A jail whose actions come from a configuration, Debian's or the stock one, and are carried out in a world.
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { compileAction } from "../../src/action/action-definition.ts";
import type { RunCommand } from "../../src/action/command-plan.ts";
import type { Ban } from "../../src/ban/ticket.ts";
import { foldConfiguration } from "../../src/config/fold.ts";
import { loadConfiguration } from "../../src/config/load.ts";
import { ActionRunner } from "../../src/enforce/action-runner.ts";
import { nodeConfigFiles } from "../../src/exec/config-files.ts";
import { sampleBan } from "../unit/action/sample.ts";
import { ScriptedJail } from "../unit/enforce/scripted.ts";
import { STOCK } from "../unit/stock/stock-jails.ts";
import type { World } from "./world.ts";

const HOST = { full: "gate.example.org", short: "gate" };

/** A configuration that actions are taken from. */
export interface ActionTree {
  readonly name: string;
  readonly directory: string;
  /** why it is not here; empty if it is */
  readonly missing: string;
}

const oracle = process.env["GAOLER_ORACLE"] ?? "";
const debian = join(oracle, "etc/fail2ban");
const isHere = oracle !== "" && existsSync(debian);

export const OURS: ActionTree = { name: "our", directory: STOCK, missing: "" };
export const TREES: readonly ActionTree[] = [
  { name: "Debian's", directory: debian, missing: isHere ? "" : "fail2ban package" },
  OURS,
];

/** The settings of jail j1 with this action, as a `jail.local` above the tree would have it. */
export function actionsOf(directory: string, action: string) {
  const local = join(directory, "jail.local");
  const jailLocal = `[j1]\nenabled = true\nfilter = sshd\nbackend = polling\nlogpath = /dev/null\naction = ${action}\n`;
  const files = {
    ...nodeConfigFiles,
    readText: (path: string) => (path === local ? { text: jailLocal } : nodeConfigFiles.readText(path)),
    kind: (path: string) => (path === local ? ("file" as const) : nodeConfigFiles.kind(path)),
    glob: (pattern: string) => (pattern === local ? [local] : nodeConfigFiles.glob(pattern)),
  };
  const loaded = loadConfiguration({ files, baseDir: directory });
  const jail = foldConfiguration(loaded).jails.find(({ name }) => name === "j1");
  if (jail === undefined) throw new Error(JSON.stringify([loaded.fatal, loaded.diagnostics]));
  return jail.actions;
}

/** Runs commands in a world. */
export function runIn(world: World): RunCommand {
  return async ({ script, args }) => {
    const { code, stdout, stderr } = await world.run("sh", ["-c", script, ...args]);
    return { code, stdout, stderr, timedOut: false };
  };
}

export class ActionJail extends ScriptedJail {
  readonly action: ActionRunner;

  constructor(world: World, tree: ActionTree, action: string) {
    super();
    const [settings] = actionsOf(tree.directory, action);
    if (settings === undefined) throw new Error(`no action: ${action}`);
    const definition = compileAction(settings, "j1", HOST);
    const run = runIn(world);
    const { facts, observe, clock } = this;
    this.action = new ActionRunner({ definition, jail: facts, run, observe, clock, allowIpv6: true });
  }

  /** Fails with what the action complains of. */
  async ban(...bans: (Ban | string)[]): Promise<void> {
    for (const each of bans) {
      const ban = typeof each === "string" ? sampleBan(each) : each;
      this.enter(ban);
      this.demand(await this.action.ban(ban));
    }
  }

  async unban(...ids: string[]): Promise<void> {
    for (const id of ids) {
      const ban = this.bans.get(id) ?? sampleBan(id);
      this.bans.delete(id);
      this.demand(await this.action.unban(ban));
    }
  }

  demand(outcome: { readonly kind: string }): void {
    if (outcome.kind === "failed") throw new Error(JSON.stringify([outcome, this.events]));
  }
}
