/**
 * What the enforcer asks of an action.
 * @module
 */
import type { ActionRunner } from "./action-runner.ts";

/** Native actions offer the same as those that run commands, looks at a firewall apart. */
export type JailAction = Pick<
  ActionRunner,
  | "name"
  | "canFlush"
  | "canProlong"
  | "leavesTraces"
  | "lacks"
  | "start"
  | "ban"
  | "reban"
  | "prolong"
  | "unban"
  | "flush"
  | "check"
  | "reload"
  | "stop"
> &
  Partial<Pick<ActionRunner, "holds" | "traces" | "look" | "takesMany" | "many">>;
