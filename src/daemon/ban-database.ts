/**
 * The daemon's database as something that can be set, changed and switched off while it runs (B§2.2, B§5.1), and its upkeep.
 * @module
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { untilBeat } from "../base/beat.ts";
import type { Clock } from "../base/clock.ts";
import type { Observe } from "../base/event.ts";
import type { Seconds } from "../base/units.ts";
import { openStore } from "../store/sqlite-store.ts";
import type { BanStore } from "../store/store.ts";

/** As fail2ban: once an hour, first an hour after the start (B§5.5). */
const PURGE_INTERVAL_MS = 3_600_000;
/** What waits for the file is written this soon after it can be. */
const TEND_INTERVAL_MS = 1000;
/** Where nothing waits, rarer looks are enough: what other programs did to the file shows a little later. */
const CALM_INTERVAL_MS = 10_000;
/** The start waits so long for a program that has locked the file: Python's default. */
const START_PATIENCE_MS = 5000;

export class BanDatabase {
  readonly #observe: Observe;
  readonly #clock: Clock;
  readonly #purgeTimer: NodeJS.Timeout;
  #tendTimer: NodeJS.Timeout | undefined;
  #store: BanStore | undefined;
  #dbmaxmatches: number;
  #dbpurgeage: Seconds;
  #endedBadly = new Set<string>();
  /** nobody knows how the last daemon ended: jails that were asked for meanwhile */
  #unknown: Set<string> | undefined;
  #readable: () => void = () => undefined;

  constructor(
    options: { readonly dbmaxmatches: number; readonly dbpurgeage: Seconds },
    observe: Observe,
    clock: Clock,
  ) {
    this.#observe = observe;
    this.#clock = clock;
    this.#dbmaxmatches = options.dbmaxmatches;
    this.#dbpurgeage = options.dbpurgeage;
    this.#purgeTimer = setInterval(() => this.#store?.purge(clock.now()), PURGE_INTERVAL_MS);
    this.#purgeTimer.unref();
  }

  get store(): BanStore | undefined {
    return this.#store;
  }

  /**
   * Whether the last daemon did not stop the jail in order: it was killed, and what it set up in the firewall is still there.
   * True once: whoever asks clears it away. True as well where the
   * database that would know cannot be read.
   */
  takeEndedBadly(jail: string): boolean {
    if (this.#unknown === undefined) return this.#endedBadly.delete(jail);
    const isFirst = !this.#unknown.has(jail);
    this.#unknown.add(jail);
    return isFirst;
  }

  /** Who is told when a file can be read at last that could not be opened at the start: its bans were not restored. */
  onReadable(listener: () => void): void {
    this.#readable = listener;
  }

  get dbmaxmatches(): number {
    return this.#dbmaxmatches;
  }

  get dbpurgeage(): Seconds {
    return this.#dbpurgeage;
  }

  /** Opens a file, or switches the database off; the same file again changes nothing. */
  open(path: string | undefined): void {
    if (this.#store?.path === path) return;
    this.#store?.close();
    this.#store = undefined;
    clearTimeout(this.#tendTimer);
    if (path === undefined) return;
    if (path !== ":memory:") this.#makeDirectory(dirname(path));
    this.#store = openStore(path, {
      observe: this.#observe,
      clock: this.#clock,
      dbmaxmatches: this.#dbmaxmatches,
      dbpurgeage: this.#dbpurgeage,
      patience: START_PATIENCE_MS,
      later: (work, after) => void setTimeout(work, after * 1000).unref(),
      waits: () => this.#tendAfter(TEND_INTERVAL_MS),
    });
    this.#tendSoon();
    this.#store.onReadable(() => this.#readable());
    this.#unknown = this.#store.isReadable ? undefined : new Set();
    this.#endedBadly = new Set(this.#store.runningJails());
    this.#store.allJailsDisabled();
  }

  setMaxMatches(count: number): void {
    this.#dbmaxmatches = count;
    if (this.#store !== undefined) this.#store.dbmaxmatches = count;
  }

  setPurgeAge(age: Seconds): void {
    this.#dbpurgeage = age;
    if (this.#store !== undefined) this.#store.dbpurgeage = age;
  }

  close(): void {
    clearInterval(this.#purgeTimer);
    this.#store?.close();
    this.#store = undefined;
    clearTimeout(this.#tendTimer);
  }

  #tendAfter(milliseconds: number): void {
    clearTimeout(this.#tendTimer);
    this.#tendTimer = setTimeout(() => {
      this.#store?.tend();
      this.#tendSoon();
    }, milliseconds).unref();
  }

  #tendSoon(): void {
    if (this.#store === undefined) return;
    const isWaiting = this.#store.pendingWrites > 0 || !this.#store.isReadable;
    this.#tendAfter(isWaiting ? TEND_INTERVAL_MS : untilBeat(CALM_INTERVAL_MS, performance.now()));
  }

  /** The last level of the directory is made on demand; what is wrong with the rest shows when the file is opened. */
  #makeDirectory(directory: string): void {
    try {
      mkdirSync(directory, { mode: 0o700 });
    } catch {
      // it is there, or the store tells why the file cannot be opened
    }
  }
}
