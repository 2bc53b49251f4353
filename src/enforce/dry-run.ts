/**
 * Runs nothing and says what would have been run.
 * @module
 */
import type { CommandPlan, CommandResult, RunCommand } from "../action/command-plan.ts";

const SUCCESS: CommandResult = { code: 0, stdout: "", stderr: "", timedOut: false };

/** A runner that hands each plan to `tell` and calls it a success, so that all that would follow is told too. */
export function createDryRun(tell: (plan: CommandPlan) => void): RunCommand {
  return (plan) => {
    tell(plan);
    return Promise.resolve(SUCCESS);
  };
}
