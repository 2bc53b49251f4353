/**
 * What the configuration comes to: plain data that the daemon builds its jails from.
 * Knows nothing of files or of how the values were found, except each value's origin.
 * @module
 */
import type { Origin, Sourced } from "../base/diagnostic.ts";
import type { Seconds } from "../base/units.ts";

export type UseDns = "yes" | "warn" | "no" | "raw";

export interface LogPath {
  /** a path or a glob */
  readonly pattern: string;
  /** begin at the end of the file instead of its beginning */
  readonly tail: boolean;
  readonly origin?: Origin;
}

export interface BantimeIncrement {
  readonly enabled: boolean;
  readonly factor: string | undefined;
  readonly formula: string | undefined;
  readonly multipliers: string | undefined;
  readonly maxtime: Seconds | undefined;
  readonly rndtime: Seconds | undefined;
  readonly overalljails: boolean;
  /** where its expressions were written */
  readonly origins?: { readonly [option in "factor" | "formula" | "multipliers"]?: Origin };
}

/** One action of a jail, expanded as far as the configuration goes (B§4.2 step 1). */
export interface ActionSettings {
  /** the name in the jail (`actname`) */
  readonly name: string;
  /** properties in order; the name may carry a condition: `blocktype?family=inet6` */
  readonly properties: ReadonlyMap<string, string | number | boolean>;
  readonly origin?: Origin;
  /** set for Python actions: the file and the JSON of its options */
  readonly python?: { readonly file: string; readonly options: string };
}

/** Everything that one jail needs; server defaults filled in (A§1.12). */
export interface JailSettings {
  readonly name: string;
  readonly origin?: Origin;
  /** as configured, arguments included: `systemd[journalflags=1]` */
  readonly backend: string;
  readonly usedns: UseDns;
  readonly prefregex: Sourced<string> | undefined;
  readonly failregex: readonly Sourced<string>[];
  readonly ignoreregex: readonly Sourced<string>[];
  readonly maxlines: number;
  readonly datepattern: Sourced<string> | undefined;
  /** alternatives; each a list of `FIELD=value` and `+` */
  readonly journalmatch: readonly (readonly string[])[];
  readonly maxretry: number;
  readonly maxmatches: number;
  readonly findtime: Seconds;
  /** negative: for ever */
  readonly bantime: Seconds;
  readonly increment: BantimeIncrement;
  readonly ignorecommand: string;
  readonly ignoreself: boolean;
  readonly ignoreip: readonly string[];
  /** where the last of `ignoreip` was written */
  readonly ignoreipOrigin?: Origin;
  readonly ignorecache: string | undefined;
  readonly logtimezone: string | undefined;
  /** as configured: `auto` or a codec name */
  readonly logencoding: string;
  readonly logpaths: readonly LogPath[];
  readonly actions: readonly ActionSettings[];
  /** some options as they were written, for those who ask: fail2ban answers `2.5h` with `9000.0` and `yes` with `yes` */
  readonly spelled?: Readonly<Record<string, string>>;
}

export interface ServerSettings {
  readonly loglevel: string;
  readonly logtarget: string;
  readonly syslogsocket: string;
  /** the version of fail2ban that is reported; `undefined`: nothing is said of it */
  readonly compatVersion: string | undefined;
  readonly socket: string;
  readonly pidfile: string;
  readonly allowipv6: string;
  /** `undefined`: no database */
  readonly dbfile: string | undefined;
  readonly dbmaxmatches: number;
  readonly dbpurgeage: Seconds;
}

/** A word of the command stream (B§1.17). */
export type StreamWord =
  | string
  | number
  | boolean
  | null
  | readonly StreamWord[]
  | { readonly [key: string]: StreamWord };

/** One command of the stream and where it came from. */
export interface StreamCommand {
  readonly words: readonly StreamWord[];
  readonly origin?: Origin;
  /** for `multi-set`: the origin of each item */
  readonly itemOrigins?: readonly (Origin | undefined)[];
}
