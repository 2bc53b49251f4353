/**
 * What a jail counts, kept in the database together with how far its logs were read: whoever was killed between somebody's lines
 * goes on counting where it was (B§5.4, where fail2ban forgets). In a flood of failing IDs that holds for as many as can be written
 * besides everything else: the counts of the others are kept when it is their turn.
 * @module
 */
import type { FailCounter } from "../ban/fail-counter.ts";
import type { Clock } from "../base/clock.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { BanStore } from "../store/store.ts";

/** A line may come this much later than its own time (A§2.3). */
const LATE_LINE_SECONDS = 60;
/** Counts of IDs that a jail writes in a second: so many take a hundredth of it. */
const WRITES_A_SECOND = 500;
/** What was not written in quiet times may be written at once, up to so many. */
const MAX_WRITES_SAVED_UP = 4000;
/** Counts that are written in one go: others have to wait for it. */
const MAX_WRITES_AT_ONCE = 1000;
/** Counts that are written at a stop, when nobody waits: as many as are read back at a start. */
const MAX_LAST_WRITES = 100_000;

type Counter = Pick<FailCounter, "failing" | "takeChanges" | "recall" | "untaken">;

export class KeptFailures {
  readonly #jail: string;
  readonly #counter: Counter;
  readonly #clock: Clock;
  /** what may be written, as of `#allowedAt`; at a start nothing is saved up, for it may be a flood that is caught up on */
  #allowed = WRITES_A_SECOND;
  #allowedAt: EpochSeconds;
  /** where the rest is that has not changed since */
  #store: BanStore | undefined;
  #edition = 0;

  constructor(jail: string, counter: Counter, clock: Clock) {
    this.#jail = jail;
    this.#counter = counter;
    this.#clock = clock;
    this.#allowedAt = clock.now();
  }

  /** IDs whose counts wait to be written and may be. */
  get due(): number {
    return Math.min(this.#counter.untaken, this.#allow());
  }

  /** Goes on where the last daemon was, or the jail whose place this one takes. */
  recall(
    before: Pick<FailCounter, "failing"> | undefined,
    store: BanStore | undefined,
    findtime: Seconds,
    now: EpochSeconds,
  ): void {
    if (before !== undefined) {
      this.#counter.recall(before.failing());
    } else if (store?.isReadable === true) {
      this.#counter.recall(store.failures(this.#jail, now - findtime - LATE_LINE_SECONDS));
      this.#isIn(store);
    }
  }

  /**
   * Writes what has changed; all of it to a file that is another than the last time.
   *
   * @param isLast nothing is counted after this
   */
  save(store: BanStore, isLast = false): void {
    const isOther = this.#store !== store || this.#edition !== store.edition;
    const limit = isLast ? MAX_LAST_WRITES : Math.min(this.#allow(), MAX_WRITES_AT_ONCE);
    const changes = this.#counter.takeChanges(isOther, limit);
    this.#isIn(store);
    const { isAll, failing, gone } = changes;
    this.#allowed -= failing.length;
    if (isAll || failing.length > 0 || gone.length > 0) store.saveFailures(this.#jail, changes);
  }

  /** How many may be written now. */
  #allow(): number {
    const now = this.#clock.now();
    const since = Math.max(0, now - this.#allowedAt);
    this.#allowedAt = now;
    this.#allowed = Math.min(this.#allowed + since * WRITES_A_SECOND, MAX_WRITES_SAVED_UP);
    return Math.max(0, Math.floor(this.#allowed));
  }

  #isIn(store: BanStore): void {
    this.#store = store;
    this.#edition = store.edition;
  }
}
