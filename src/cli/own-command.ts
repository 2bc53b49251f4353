/**
 * gaoler's own short commands: which they are, and where the daemon is that they ask.
 * @module
 */
import { runBanCommand } from "./ban-command.ts";
import type { CompatIo } from "./compat-io.ts";
import { type CompatOptions, readCommandLine } from "./compat-options.ts";
import { complain, type OwnIo } from "./own-io.ts";
import { OwnSession, OwnSessionError } from "./own-session.ts";

type Command = (words: readonly string[], session: OwnSession, io: OwnIo) => Promise<number>;

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([["ban", runBanCommand]]);

export type PlacesIo = Pick<CompatIo, "configuration" | "configDirectory">;

/** A command of ours with what stands around it on the command line. */
export interface OwnCommand {
  readonly name: string;
  readonly words: readonly string[];
  readonly run: (places: PlacesIo, io: OwnIo) => Promise<number>;
}

/**
 * The short command that a command line asks for, with the client's options before it: `-s SOCKET ban J IP`.
 *
 * @returns `undefined`: none of ours
 */
export function ownCommandOf(argv: readonly string[]): OwnCommand | undefined {
  const line = readCommandLine(argv);
  if (line.kind !== "run" || line.options.interactive || line.options.test || line.options.dump !== "no") {
    return undefined;
  }
  const [name = "", ...words] = line.words;
  const command = COMMANDS.get(name);
  if (command === undefined) return undefined;
  return { name, words, run: (places, io) => runOwn(command, words, line.options, places, io) };
}

async function runOwn(
  command: Command,
  words: readonly string[],
  options: CompatOptions,
  places: PlacesIo,
  io: OwnIo,
): Promise<number> {
  const socket = socketOf(options, places);
  if ("failure" in socket) return complain(io, socket.failure);
  try {
    return await command(words, new OwnSession(socket.path), io);
  } catch (error) {
    if (!(error instanceof OwnSessionError)) throw error;
    return complain(io, error.message);
  }
}

function socketOf(
  { socket, conf }: CompatOptions,
  { configuration, configDirectory }: PlacesIo,
): { readonly path: string } | { readonly failure: string } {
  if (socket !== undefined) return { path: socket };
  const reading = configuration.places(conf ?? configDirectory);
  return "failure" in reading ? { failure: reading.failure.trim() } : { path: reading.places.socket };
}
