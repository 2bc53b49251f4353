/**
 * `-d`, `--dp` and `-t`: the configuration shown and tested, before any command (B§1.17, B§1.18).
 * @module
 */
import { FAILURE, SUCCESS } from "./compat-io.ts";
import { overridesOf, readConfiguration, type StartContext } from "./compat-start.ts";

/**
 * Does what `-d` and `-t` ask for.
 *
 * @returns the exit code if nothing is left to do; `undefined`: go on with the command
 */
export function inspectConfiguration(context: StartContext, hasCommand: boolean): number | undefined {
  const { dump, test } = context.options;
  const overrides = overridesOf(context.options);
  if (dump !== "no") {
    const { isUsable } = readConfiguration(context, { mode: dump, overrides });
    if (!isUsable) return FAILURE;
    if (!test) return SUCCESS;
  }
  if (!test) return undefined;
  if (!readConfiguration(context, { mode: "test", overrides }).isUsable) return FAILURE;
  return hasCommand ? undefined : SUCCESS;
}
