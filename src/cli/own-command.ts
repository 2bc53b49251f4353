/**
 * gaoler's own short commands: which they are, where the daemon is that they ask, and how they show what they come to.
 * @module
 */
import { runBan, runUnban } from "./ban-command.ts";
import { runBanned } from "./banned-command.ts";
import type { CompatIo } from "./compat-io.ts";
import { type CompatOptions, readCommandLine } from "./compat-options.ts";
import { DONE, type OwnIo, type OwnRun, REFUSED, USAGE_ERROR, UsageError } from "./own-io.ts";
import { OwnSession, OwnSessionError } from "./own-session.ts";
import { ownVersion } from "./own-version.ts";
import { shortUsage } from "./short-help.ts";
import { runStatus } from "./status-command.ts";

/** `gaoler ping`: whether it is there. */
const runPing: OwnRun = async (words, session) => {
  if (words.length > 0) throw new UsageError();
  await session.ask(["ping"]);
  return { value: { answers: true }, lines: ["the daemon answers"] };
};

/** `gaoler version`: ours, and the one of fail2ban that the daemon reports. */
const runVersion: OwnRun = async (words, session) => {
  if (words.length > 0) throw new UsageError();
  const reported = String(await session.ask(["version"]));
  const version = ownVersion();
  const line = `gaoler ${version}; the daemon reports fail2ban ${reported} to its clients`;
  return { value: { version, compatVersion: reported }, lines: [line] };
};

const COMMANDS: ReadonlyMap<string, OwnRun> = new Map<string, OwnRun>([
  ["status", runStatus],
  ["stats", runStatus],
  ["banned", runBanned],
  ["ban", runBan],
  ["unban", runUnban],
  ["ping", runPing],
  ["version", runVersion],
]);

type PlacesIo = Pick<CompatIo, "configuration" | "configDirectory">;

/** A command of ours as a command line has it. */
export interface OwnCommand {
  readonly name: string;
  readonly words: readonly string[];
  /** Runs it. @returns the exit code */
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
  return {
    name,
    words,
    run: (places, io) => runOwn({ name, command, words, options: line.options }, places, io),
  };
}

interface Given {
  readonly name: string;
  readonly command: OwnRun;
  readonly words: readonly string[];
  readonly options: CompatOptions;
}

async function runOwn(
  { name, command, words: given, options }: Given,
  places: PlacesIo,
  io: OwnIo,
): Promise<number> {
  const isJson = given.includes("--json");
  const show = (value: object, lines: readonly string[]): void => {
    if (isJson) io.out(`${JSON.stringify(value)}\n`);
    else for (const line of lines) io.out(`${line}\n`);
  };
  const complain = (text: string): void => io.err(`gaoler: ${text}\n`);
  try {
    const session = new OwnSession(socketOf(options, places));
    const words = given.filter((word) => word !== "--json");
    const { value, lines, complaints = [] } = await command(words, session, io);
    show(value, lines);
    complaints.forEach(complain);
    return complaints.length === 0 ? DONE : REFUSED;
  } catch (error) {
    if (error instanceof UsageError) {
      const usage = `Usage: ${shortUsage(name) ?? name}`;
      show({ error: usage }, []);
      io.err(`${usage}\n`);
      return USAGE_ERROR;
    }
    if (!(error instanceof OwnSessionError)) throw error;
    show({ error: error.message }, []);
    complain(error.message);
    return REFUSED;
  }
}

/** @throws {OwnSessionError} the configuration cannot be read */
function socketOf({ socket, conf }: CompatOptions, { configuration, configDirectory }: PlacesIo): string {
  if (socket !== undefined) return socket;
  const reading = configuration.places(conf ?? configDirectory);
  if ("failure" in reading) throw new OwnSessionError(reading.failure.trim());
  return reading.places.socket;
}
