/**
 * What a jail needs of the machine. The daemon gives it; a test gives something simpler.
 * @module
 */
import type { HostNames } from "../action/action-definition.ts";
import type { RunCommand } from "../action/command-plan.ts";
import type { RunTransaction } from "../action/tool-command.ts";
import type { JournalSink } from "../backend/journal-source.ts";
import type { LogPosition, LogSink, LogStand } from "../backend/log-source.ts";
import type { BackendKind } from "../backend/select.ts";
import type { Clock } from "../base/clock.ts";
import type { Level, Observe } from "../base/event.ts";
import type { LocalZone } from "../base/local-time.ts";
import type { EpochSeconds } from "../base/units.ts";
import type { JailSettings } from "../config/settings.ts";
import type { ReadingTurns } from "../detect/reading-turns.ts";
import type { SharedScanners } from "../detect/shared-scanners.ts";
import type { WorkerPool } from "../detect/worker/worker-pool.ts";
import type { SetupTurns } from "../enforce/setup-turns.ts";
import type { FileReading } from "../exec/changed-file.ts";
import type { BanStore } from "../store/store.ts";
import type { RehearsalHall } from "./rehearsal.ts";

/** A source of lines, files or journal, as a jail drives it. */
export interface JailSource {
  start(): Promise<void>;
  stop(): Promise<void>;
  setIdle(isIdle: boolean): void;
  /** monitored files in the order in which they were found; none for a journal */
  paths(): readonly string[];
  /** where each log stands, for storing */
  positions(): readonly LogStand[];
}

/** What a source gives to its jail. */
export type JailSink = LogSink & JournalSink;

export interface SourceRequest {
  readonly settings: JailSettings;
  readonly kind: BackendKind;
  /** arguments of the backend (A§5.6) */
  readonly options: ReadonlyMap<string, string>;
  readonly sink: JailSink;
  resume(path: string): LogPosition | undefined;
  /** the time of a line, for entering a long log near the present (A§5.2) */
  timeOfLine(path: string, bytes: Uint8Array): EpochSeconds | undefined;
}

export interface JailPorts {
  readonly clock: Clock;
  readonly zone: LocalZone;
  readonly startYear: number;
  readonly observe: Observe;
  /** whether anybody takes messages of a level now; without it somebody does */
  readonly hears?: ((level: Level) => boolean) | undefined;
  readonly run: RunCommand;
  /** runs commands of firewall tools without a shell; not where nothing is banned for real */
  readonly transaction?: RunTransaction | undefined;
  /** for what the jails share in the firewall */
  readonly turns: SetupTurns;
  /** for taking lines */
  readonly readingTurns: ReadingTurns;
  /** for jails that read the same logs */
  readonly scanners?: SharedScanners;
  /** threads for taking lines; without them all is done in the main thread */
  readonly workers?: WorkerPool;
  /** without it there are no rehearsals */
  readonly rehearsals?: RehearsalHall;
  readonly host: HostNames;
  readonly allowIpv6: boolean;
  /** which backends this machine has */
  readonly backends: Readonly<Record<BackendKind, boolean>>;
  /** the database as it is now; there may be none */
  store(): BanStore | undefined;
  /** whether the last daemon was killed while this jail ran; asked again, it was not */
  takeEndedBadly(jail: string): boolean;
  makeSource(request: SourceRequest): JailSource;
  ownAddresses(): ReadonlySet<string>;
  /** addresses of a name; each jail that asks has turns of its own */
  addressesOf(name: string, jail: string): Promise<readonly string[]>;
  nameOf(address: string): Promise<string | undefined>;
  /** like `addressesOf`; the last known addresses while nobody answers */
  lastAddressesOf(name: string, jail: string): Promise<readonly string[]>;
  /** text of a file of `ignoreip` unless it is still as the stamp says */
  readIfChanged(path: string, stamp: string | undefined): Promise<FileReading>;
  random(): number;
}
