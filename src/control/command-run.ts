/**
 * What a command of the table is: a function of its words and of the daemon that gives the value of its reply.
 * @module
 */
import type { Observe } from "../base/event.ts";
import type { LocalZone } from "../base/local-time.ts";
import { unknownJail } from "./command-error.ts";
import type { CommandWords } from "./command-words.ts";
import type { DaemonPort, JailPort } from "./daemon-port.ts";
import type { WireValue } from "./wire-value.ts";

export interface CommandContext {
  readonly daemon: DaemonPort;
  /** for the times of `get J banip --with-time` */
  readonly zone: LocalZone;
  readonly observe: Observe;
}

/** Runs one command; refusals are thrown as `CommandError`. */
export type Run = (words: CommandWords, context: CommandContext) => WireValue | Promise<WireValue>;

/** @throws {CommandError} unknown jail */
export function jailOf(daemon: DaemonPort, name: string): JailPort {
  const jail = daemon.jail(name);
  if (jail === undefined) throw unknownJail(name);
  return jail;
}
