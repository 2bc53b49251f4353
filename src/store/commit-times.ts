/**
 * When gathered changes are committed: at once after a pause, a moment later where transactions follow each other closely, and in a
 * flood a second later and in portions. Knows no database.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { GatheredChanges } from "./gathered-changes.ts";

/**
 * Transactions that come within this time of the last commit are gathered into one: under attack each page of the file would else be
 * written a hundred times a second. After a kill the file is as it was some moments ago: bans, counts and places in logs together.
 */
const GATHERING: Seconds = 0.1;
/** The same where they come in a flood, as from a log that is caught up on: places in quiet logs are stored as often. */
const FLOOD_GATHERING: Seconds = 1;

interface CommitTimesOptions {
  readonly clock: Clock;
  /** does something after a while; without it nothing is gathered */
  readonly later: ((work: () => void, after: Seconds) => void) | undefined;
  readonly gathered: Pick<GatheredChanges, "isEmpty" | "isMany" | "isEnough" | "isFull" | "isLong">;
  /** brings some of them to the file; `false` where it takes none */
  readonly bring: () => boolean;
  readonly commit: () => void;
}

export class CommitTimes {
  readonly #options: CommitTimesOptions;
  /** flood or not, the next commit is to come in a moment */
  #isAwaited = false;
  /** when what is gathered is looked at next */
  #lookAt: EpochSeconds = Infinity;
  #committedAt: EpochSeconds = -Infinity;

  constructor(options: CommitTimesOptions) {
    this.#options = options;
  }

  /** Nothing of what was gathered is left. */
  committed(): void {
    this.#isAwaited = false;
    this.#committedAt = this.#options.clock.now();
  }

  /** Commits what is gathered, or sees to it that this is done soon. */
  commitInTime(): void {
    const { gathered, later, commit } = this.#options;
    if (gathered.isEmpty) return;
    const since = this.#since();
    const isWaited = this.#lookAt !== Infinity;
    if (later === undefined || gathered.isFull || since < 0) commit();
    else if (gathered.isEnough) this.#lookAfter(0);
    else if (isWaited) return;
    else if (since >= GATHERING) commit();
    else this.#lookAfter(GATHERING - since);
  }

  /**
   * Something was changed that is no part of a flood, as by hand: what is gathered with it, or follows and may belong to it, such as
   * the places in logs that an unban goes with, is committed in a moment.
   */
  hurry(): void {
    this.#isAwaited = true;
    if (!this.#options.gathered.isEmpty) this.#lookAfter(GATHERING);
  }

  #since(): Seconds {
    return this.#options.clock.now() - this.#committedAt;
  }

  #lookAfter(pause: Seconds): void {
    const at = this.#options.clock.now() + pause;
    if (this.#lookAt <= at) return;
    this.#lookAt = at;
    this.#options.later?.(() => {
      // an earlier look was asked for meanwhile
      if (this.#lookAt !== at) return;
      this.#lookAt = Infinity;
      this.#look();
    }, pause);
  }

  /** Commits what is gathered, in a flood later, and in portions, so that nothing else has to wait for all of it. */
  #look(): void {
    const { gathered, bring, commit } = this.#options;
    const since = this.#since();
    const mayWait = gathered.isMany && !gathered.isEnough && !this.#isAwaited;
    if (mayWait && since >= 0 && since < FLOOD_GATHERING) this.#lookAfter(FLOOD_GATHERING - since);
    else if (gathered.isLong) {
      if (bring()) this.#lookAfter(0);
    } else commit();
  }
}
