/**
 * What the compatible faces need of the world, as a port, so that tests see every word they print.
 * @module
 */
import type { Level } from "../base/event.ts";
import type { LocalZone } from "../base/local-time.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { ReportLine } from "../config/report.ts";
import type { EarlyOptions } from "../config/server-reader.ts";
import type { StreamCommand } from "../config/settings.ts";

/** The only two exit codes (B§1.3). */
export const SUCCESS = 0;
export const FAILURE = 255;

/** The program that does not have to speak as the original does. */
export const OWN_NAME = "gaoler";

/** A line for the client's own log on stderr. */
export interface ClientMessage {
  readonly level: Level;
  /** without the prefix `fail2ban.`; empty: `fail2ban` itself */
  readonly logger: string;
  readonly text: string;
}

/** What `fail2ban.conf` says to a client (B§1.15). */
export type ServerPlaces = EarlyOptions;

/** The outcome of reading `fail2ban.conf` alone: what it says, or why nothing can be done. */
export type PlacesReading =
  | {
      readonly places: ServerPlaces;
      /** the version of fail2ban that is reported */
      readonly version: string;
      readonly lines: readonly ReportLine[];
    }
  | { readonly failure: string };

/** The jails' configuration as a stream, and what there is to say of it. */
export interface ReadConfiguration {
  readonly stream: readonly StreamCommand[];
  readonly lines: readonly ReportLine[];
  /** whether it will do for the purpose */
  readonly isUsable: boolean;
}

/** What for: a start skips bad jails, a test does not; `dump` and `pretty` show the stream among the lines (A§1.14). */
export type ReadingMode = "start" | "test" | "dump" | "pretty";

export interface ReadingOptions {
  readonly mode: ReadingMode;
  /** this jail only */
  readonly jail?: string;
  /** values of the command line, which win over `fail2ban.conf` */
  readonly overrides?: Partial<ServerPlaces>;
}

export interface ConfigurationReader {
  places(directory: string): PlacesReading;
  read(directory: string, options: ReadingOptions): ReadConfiguration;
}

export interface CompatIo {
  /** the face, as the usage text names it: `fail2ban-client` speaks as the original does, `gaoler` may say more */
  readonly program: string;
  /** Writes to stdout as it stands. */
  out(text: string): void;
  /** Writes to stderr as it stands. */
  err(text: string): void;
  /** Asks for a line of input; `undefined` at its end. */
  ask(prompt: string): Promise<string | undefined>;
  /** whether stdout can show box characters */
  readonly unicode: boolean;
  now(): EpochSeconds;
  readonly zone: LocalZone;
  readonly pid: number;
  /** Resolves after so long. */
  wait(time: Seconds): Promise<void>;
  /** Resolves with the number of SIGTERM or SIGINT; may never resolve. */
  readonly signalled: Promise<number>;
  readonly configuration: ConfigurationReader;
  /** where the configuration is looked for without `-c` */
  readonly configDirectory: string;
  /** whether anything lies at a path */
  exists(path: string): boolean;
  /**
   * Starts the server program with these options, detached from this process: own session, `/`, no terminal.
   *
   * @returns resolves with the exit code if it ends
   */
  spawnServer(args: readonly string[]): Promise<number>;
  /** Runs the server program with these options in the foreground, on this terminal. @returns its exit code */
  runServerProgram(args: readonly string[]): Promise<number>;
}
