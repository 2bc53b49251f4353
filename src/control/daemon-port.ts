/**
 * What the control socket needs of the daemon: plain data out, words in. The daemon implements it; the command table
 * ({@link "./commands.ts"}) knows how each answer looks on the wire. Refusals are thrown as `CommandError`.
 * @module
 */
import type { BanObjection } from "../ban/ban-objection.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { JailSettings, StreamWord } from "../config/settings.ts";
import type { WireValue } from "./wire-value.ts";

type MaybePromise<T> = T | Promise<T>;

/** The figures of `status J` (B§2.7). */
export interface JailStatus {
  readonly currentlyFailed: number;
  readonly totalFailed: number;
  readonly currentlyBanned: number;
  readonly totalBanned: number;
}

/** Where a jail reads, as `status J` names it. */
export type JailReading =
  | { readonly kind: "files"; readonly paths: readonly string[] }
  /** alternatives, each the words of one journalmatch; `+` between alternatives of one entry stays a word */
  | { readonly kind: "journal"; readonly matches: readonly (readonly string[])[] };

/** A ban as `get J banip --with-time` tells it. */
export interface ListedBan {
  readonly id: string;
  readonly at: EpochSeconds;
  /** negative: for ever */
  readonly bantime: Seconds;
}

/** A jail's settings as they stand, and what became of them. */
export interface JailView {
  readonly settings: JailSettings;
  /** the name that is used for decoding: `UTF-8` where `auto` is configured */
  readonly logencoding: string;
  /** tags expanded; empty: none */
  readonly prefregex: string;
  /** tags expanded, in order */
  readonly failregex: readonly string[];
  readonly ignoreregex: readonly string[];
  /** `DateDetector.describe()`; `undefined`: not set */
  readonly datepattern: { readonly pattern: string | undefined; readonly name: string } | undefined;
  /** in the order of `get J ignoreip`: networks, names, files, then single addresses */
  readonly ignoreip: readonly string[];
  /** `undefined`: no cache */
  readonly ignorecache:
    | { readonly key: string; readonly maxCount: number; readonly maxTime: Seconds }
    | undefined;
}

/** Whether a jail reads and bans: `idle` by `set J idle on`, `stopped` before its start and where it cannot run. */
export type JailState = "running" | "idle" | "stopped";

/** One jail. */
export interface JailPort {
  readonly name: string;
  readonly state: JailState;
  /** the backend in use: `polling`, `pyinotify`, `systemd` */
  readonly backend: string;
  status(): JailStatus;
  reading(): JailReading;
  view(): JailView;
  /** in order of banning */
  bannedIds(): readonly string[];
  /** in order of the bans' ends, permanent last (B§2.5) */
  bansByEnd(): readonly ListedBan[];
  /** compares canonical forms (B§2.6) */
  isBanned(id: string): boolean;
  /** Bans by hand, actions included. @returns how many are new */
  ban(ids: readonly string[]): MaybePromise<number>;
  /**
   * What speaks against bans by hand: one objection for each ID at most, in their order.
   *
   * @param sessions addresses that the sessions of whoever asks come from
   */
  objections(ids: readonly string[], sessions: readonly string[]): MaybePromise<readonly BanObjection[]>;
  /** Lifts bans by the rules of B§2.6 and forgets them in the database. @returns how many were lifted, and which words hit nothing */
  unban(
    ids: readonly string[],
  ): MaybePromise<{ readonly lifted: number; readonly absent: readonly string[] }>;
  /** Counts a failure by hand. @returns 1, or 0 where the ID is ignored */
  attempt(id: string, failures: readonly string[]): MaybePromise<number>;
  /** `idle on|off`. */
  setIdle(isIdle: boolean): MaybePromise<void>;
  /**
   * Any other `set J WORDS…` (B§2.3): `["bantime", "1h"]`, `["addlogpath", F, "tail"]`, `["action", A, PROP, VALUE]`. The reply is made
   * from {@link view} and {@link actions} afterwards.
   *
   * @throws {CommandError} for a value that does not do, with the text of B§2.3
   */
  apply(words: readonly StreamWord[]): MaybePromise<void>;
  /** the actions by name, in order; each with its properties as they stand */
  actions(): ReadonlyMap<string, ReadonlyMap<string, WireValue>>;
  /** Calls an action's method: `start`, `stop`, `flush`, `reload`, `consistencyCheck`, `ban`, … with the JSON given, if any (B§2.3). */
  callAction(action: string, method: string, json: string | undefined): MaybePromise<WireValue>;
}

/** Server-wide options that `get` and `set` know (B§2.2). */
export type ServerOption =
  | "loglevel"
  | "logtarget"
  | "syslogsocket"
  | "allowipv6"
  | "dbfile"
  | "dbmaxmatches"
  | "dbpurgeage"
  | "thread";

/** What `reload` and `restart J` are asked to do (B§1.7). */
export interface ReloadRequest {
  /** `undefined`: all jails */
  readonly jail: string | undefined;
  readonly restart: boolean;
  readonly unban: boolean;
  readonly ifExists: boolean;
  readonly stream: readonly (readonly StreamWord[])[];
}

/** The daemon. */
export interface DaemonPort {
  /** what `version` answers */
  readonly version: string;
  /** a shutdown was asked for; nothing else is answered any more */
  readonly isStopping: boolean;
  /** in order of creation */
  jails(): Iterable<JailPort>;
  jail(name: string): JailPort | undefined;
  /** @returns the value as it stands; `null`: no database, or nothing set */
  option(name: ServerOption): WireValue;
  setOption(name: ServerOption, value: StreamWord): MaybePromise<void>;
  /** `start J`: a jail that was added but does not run, or is idle. */
  startJail(name: string): MaybePromise<void>;
  addJail(name: string, backend: string): MaybePromise<void>;
  /** `stop J`; `undefined`: all jails, the server stays up. */
  stopJail(name: string | undefined): MaybePromise<void>;
  /** Ends everything; resolves when all jails are stopped. The socket is closed by the daemon once the reply is out. */
  shutdown(): Promise<void>;
  reload(request: ReloadRequest): Promise<void>;
  /** `server-stream`: the commands of a start. */
  executeStream(stream: readonly (readonly StreamWord[])[]): Promise<void>;
  /** @returns `rolled over` or `flushed` (B§1.16) */
  flushLogs(): MaybePromise<"rolled over" | "flushed">;
  /** `unban IP…` over all jails; `undefined`: everything. @returns how many were lifted */
  unban(ids: readonly string[] | undefined): MaybePromise<number>;
}
