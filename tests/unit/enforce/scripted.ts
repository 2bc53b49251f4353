/**
 * A jail with actions whose commands are only written down, and a shell that answers as a test says.
 * @module
 */
import type { CommandPlan, CommandResult, RunCommand } from "../../../src/action/command-plan.ts";
import type { Ban } from "../../../src/ban/ticket.ts";
import type { GaolerEvent } from "../../../src/base/event.ts";
import { ActionRunner } from "../../../src/enforce/action-runner.ts";
import type { JailFacts } from "../../../src/enforce/jail-facts.ts";
import { context, sampleAction } from "../action/sample.ts";

type Answer = Partial<CommandResult> | undefined;

export class ScriptedJail {
  /** scripts in the order in which they were run */
  readonly ran: string[] = [];
  readonly events: GaolerEvent[] = [];
  /** the ledger: bans in force by ID */
  readonly bans = new Map<string, Ban>();
  readonly prepared: [id: string, needed: string[]][] = [];
  now = 1000;
  /** exit code 0 unless a test says otherwise */
  answer: (script: string) => Answer | Promise<Answer> = () => undefined;

  readonly facts: JailFacts = {
    name: "j1",
    figures: () => ({ bantime: context.bantime, counts: context.counts }),
    banOf: (id) => this.bans.get(id),
    prepare: (ban, needed) => {
      this.prepared.push([ban.id, [...needed]]);
      return Promise.resolve(new Map([["ipfailures", "17"]]));
    },
  };

  readonly run: RunCommand = async (plan: CommandPlan) => {
    this.ran.push(plan.script);
    const answer = await this.answer(plan.script);
    return { code: 0, stdout: "", stderr: "", timedOut: false, ...answer };
  };

  readonly clock = { now: (): number => this.now };
  readonly observe = (event: GaolerEvent): void => {
    this.events.push(event);
  };

  runner(
    properties: Record<string, string | number | boolean>,
    options: { readonly name?: string; readonly allowIpv6?: boolean; readonly run?: RunCommand } = {},
  ): ActionRunner {
    return new ActionRunner({
      definition: sampleAction(properties, options.name),
      jail: this.facts,
      run: options.run ?? this.run,
      observe: this.observe,
      clock: this.clock,
      allowIpv6: options.allowIpv6 ?? true,
    });
  }

  /** Enters bans into the ledger. */
  enter(...bans: Ban[]): void {
    for (const ban of bans) this.bans.set(ban.id, ban);
  }

  /** Scripts since the last time. */
  takeRan(): string[] {
    return this.ran.splice(0);
  }

  /** `LEVEL logger text` of messages that are no command's, and `REBAN id action`. */
  told(): string[] {
    return this.events.flatMap((event) => {
      if (event.type === "rebanned") return [`REBAN ${event.id} ${event.action ?? "-"}`];
      if (event.type !== "message" || event.logger === "utils") return [];
      return [`${event.level} ${event.logger} ${event.text}`];
    });
  }
}

/** Fails scripts that begin with one of the words. */
export function failing(...words: string[]): (script: string) => Answer {
  return (script) => (words.some((word) => script.startsWith(word)) ? { code: 1 } : undefined);
}
