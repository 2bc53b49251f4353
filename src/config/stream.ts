/**
 * The command stream of a loaded configuration: the server first, the jails in order, their starts last (A§1.13).
 * @module
 */
import type { LoadedConfiguration, LoadedJail } from "./load.ts";
import { reprText } from "./python-text.ts";
import type { StreamCommand } from "./settings.ts";

/** The command in place of a jail that is left out; the server logs its text. */
function skippedCommand(jail: LoadedJail, reason: string): StreamCommand {
  return {
    words: ["config-error", `Jail ${reprText(jail.name)} skipped, because of ${reason}`],
    origin: jail.origin,
  };
}

function commandsOf(jail: LoadedJail): readonly StreamCommand[] {
  if (!jail.enabled) return [];
  if (jail.error !== undefined) return [skippedCommand(jail, `wrong configuration: ${jail.error}`)];
  if (jail.isSkipped) return [skippedCommand(jail, "missing log files.")];
  return jail.commands;
}

/** Whether the jail will be started. */
export function isStarted(jail: LoadedJail): boolean {
  return jail.enabled && jail.error === undefined && !jail.isSkipped;
}

/** All commands, in the order in which the server takes them. */
export function streamOf(loaded: LoadedConfiguration): readonly StreamCommand[] {
  return [
    ...loaded.server,
    ...loaded.jails.flatMap(commandsOf),
    ...loaded.jails.filter(isStarted).map(({ name, origin }) => ({ words: ["start", name], origin })),
  ];
}
