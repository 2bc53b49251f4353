/**
 * A command as data: what would be run, before anybody runs it.
 * @module
 */
import type { Seconds } from "../base/units.ts";
import type { MailPlan } from "./mail-plan.ts";

/** `/bin/sh -c SCRIPT ARGS…`; hostile values stand in `args` and reach the script as `$0`, `$1`, … (B§4.3). */
export interface CommandPlan {
  readonly script: string;
  readonly args: readonly string[];
  readonly timeout: Seconds;
  /** a mail to send instead; the script is a comment then, for those who read of it */
  readonly mail?: MailPlan;
}

/** How a command ended. */
export interface CommandResult {
  /** exit code; negative: the signal that ended it; `undefined`: it could not be started */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** why it could not be started */
  readonly error?: string;
}

/** Runs a command to its end or its deadline. Never rejects. */
export type RunCommand = (plan: CommandPlan) => Promise<CommandResult>;
