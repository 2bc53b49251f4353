/**
 * The command stream of a loaded configuration: the server first, the jails in order, their starts last (A§1.13).
 * @module
 */
import { COMPAT_VERSION } from "../base/compat-version.ts";
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

const isLogPath = ({ words }: StreamCommand): boolean => words[0] === "set" && words[2] === "addlogpath";

/** The jail's commands with its globs in place of the files that they lead to now: a daemon of ours waits for those to come. */
function withPatterns(jail: LoadedJail): LoadedJail {
  const commands = jail.commands.filter((command) => !isLogPath(command));
  const firstAction = commands.findIndex(({ words }) => words[2] === "addaction");
  const patterns = jail.logPatterns.map(({ pattern, tail, origin }) => ({
    words: ["set", jail.name, "addlogpath", pattern, tail ? "tail" : "head"],
    ...(origin && { origin }),
  }));
  const at = firstAction < 0 ? commands.length : firstAction;
  return { ...jail, commands: commands.toSpliced(at, 0, ...patterns) };
}

/** All commands for a daemon of ours: as {@link streamOf}, with globs as log paths, and the version to report if it is not the usual. */
export function daemonStreamOf(loaded: LoadedConfiguration): readonly StreamCommand[] {
  const { compatVersion } = loaded;
  const version: StreamCommand = { words: ["set", "compatversion", compatVersion] };
  const stream = streamOf({ ...loaded, jails: loaded.jails.map(withPatterns) });
  return compatVersion === COMPAT_VERSION ? stream : [version, ...stream];
}
