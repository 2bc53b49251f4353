/**
 * What a jail tells and stores, in its order. At the begin of a burst that waits a moment, until the firewall has heard of the bans: to
 * tell and to store one takes as long as to find and to count it. Whoever asks for the database finds all in it that was decided
 * before. Should the daemon be killed meanwhile, the lines are read again: how far the log was read is stored last.
 * Hot: per failure.
 * @module
 */
import type { JailEffect } from "../ban/jail-core.ts";
import type { Clock } from "../base/clock.ts";
import type { GaolerEvent, Observe } from "../base/event.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { BanStore } from "../store/store.ts";
import type { JailPorts } from "./jail-ports.ts";

/** Bans in one slice of lines that are the begin of a burst, if there are more lines. */
const MANY_BANS = 16;
/** What is decided in so long after that waits; milliseconds. */
const HELD_MS = 1000;
/** When all lines are taken, the firewall's tools are left alone so long to do their part; milliseconds. */
const LULL_MS = 50;
/** A burst so soon after another one is told and stored as it comes. */
const BETWEEN_BURSTS: Seconds = 10;
/** What waits at most: six for each of ten thousand bans, lines about their commands included. */
const MAX_HELD = 64_000;
/** Written in one go, which takes about as long as a slice of lines. */
const PORTION = 1000;

type BanEffect = Extract<JailEffect, { type: "ban" }>;

export interface AnnalsOptions {
  readonly jail: string;
  readonly clock: Clock;
  readonly observe: Observe;
  store(): BanStore | undefined;
  /** all that was held is written: where the logs stand may be stored */
  written(): void;
}

export class Annals {
  readonly #options: AnnalsOptions;
  /** in their order, from {@link Annals.#next} on; empty while nothing is held */
  #entries: (GaolerEvent | BanEffect)[] = [];
  #next = 0;
  #isHeld = false;
  #endedAt: EpochSeconds = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  /** who wants to go on when all is written */
  #release: PromiseWithResolvers<void> | undefined;

  constructor(options: AnnalsOptions) {
    this.#options = options;
  }

  /** Whether what is told and stored now waits. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Tells something, after what was told before. */
  readonly observe = (event: GaolerEvent): void => {
    if (this.#isHeld) this.#entries.push(event);
    else this.#options.observe(event);
  };

  /** Stores a ban. */
  save(effect: BanEffect): void {
    if (this.#isHeld) this.#entries.push(effect);
    else this.#write(effect, this.#options.store());
  }

  /** The database, and in it all that was decided so far. */
  readonly store = (): BanStore | undefined => {
    if (this.#isHeld) this.writeAll();
    return this.#options.store();
  };

  /**
   * A slice of lines was taken.
   *
   * @param bans how many were decided in it
   * @param hasMore there are more lines
   */
  sliceTaken(bans: number, hasMore: boolean): void {
    if (this.#isHeld) {
      if (this.#entries.length >= MAX_HELD) this.#begin();
      return;
    }
    if (!hasMore || bans < MANY_BANS || this.#hasJustHeld()) return;
    this.#isHeld = true;
    this.#timer = setTimeout(() => this.#begin(), HELD_MS);
  }

  /** All lines there are were taken. */
  linesEnded(): void {
    if (!this.#isHeld || this.#release !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#begin(), LULL_MS);
  }

  /** Portion by portion, so that others have their turns meanwhile. */
  #begin(): void {
    if (!this.#isHeld || this.#release !== undefined) return;
    clearTimeout(this.#timer);
    this.#release = Promise.withResolvers();
    setImmediate(() => this.#goOn());
  }

  /** Resolves when no more lines need wait; `undefined`: at once. */
  room(): Promise<void> | undefined {
    return this.#release?.promise;
  }

  /** Writes what waits without a pause. */
  writeAll(): void {
    if (!this.#isHeld) return;
    while (this.#next < this.#entries.length) this.#writeDown(Infinity);
    this.#end();
  }

  #hasJustHeld(): boolean {
    return Math.abs(this.#options.clock.now() - this.#endedAt) < BETWEEN_BURSTS;
  }

  #goOn(): void {
    if (!this.#isHeld) return;
    this.#writeDown(PORTION);
    if (this.#next < this.#entries.length) setImmediate(() => this.#goOn());
    else this.#end();
  }

  #writeDown(limit: number): void {
    const store = this.#options.store();
    const end = Math.min(this.#next + limit, this.#entries.length);
    const write = (): void => {
      while (this.#next < end) {
        const entry = this.#entries[this.#next++];
        if (entry?.type === "ban") this.#write(entry, store);
        else if (entry !== undefined) this.#options.observe(entry);
      }
    };
    if (store === undefined) write();
    else store.transaction(write);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#entries = [];
    this.#next = 0;
    this.#isHeld = false;
    this.#endedAt = this.#options.clock.now();
    const release = this.#release;
    this.#release = undefined;
    this.#options.written();
    release?.resolve();
  }

  /** One that came from the database is there. */
  #write({ ban, bantime }: BanEffect, store: BanStore | undefined): void {
    if (!ban.restored) store?.saveBan(this.#options.jail, ban, bantime);
  }
}

/** The same ports for all that belongs to the jail, in the order of its annals. */
export function portsOf(ports: JailPorts, { observe, store }: Annals): JailPorts {
  return {
    ...ports,
    get allowIpv6() {
      return ports.allowIpv6;
    },
    observe,
    store,
  };
}
