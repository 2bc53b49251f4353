/**
 * What a jail counts, kept in the database together with how far its logs were read: whoever was killed between somebody's lines
 * goes on counting where it was (B§5.4, where fail2ban forgets).
 * @module
 */
import type { FailCounter } from "../ban/fail-counter.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { BanStore } from "../store/store.ts";

/** A line may come this much later than its own time (A§2.3). */
const LATE_LINE_SECONDS = 60;

export class KeptFailures {
  readonly #jail: string;
  readonly #counter: Pick<FailCounter, "failing" | "takeChanges" | "recall">;
  /** where the rest is that has not changed since */
  #store: BanStore | undefined;
  #edition = 0;

  constructor(jail: string, counter: Pick<FailCounter, "failing" | "takeChanges" | "recall">) {
    this.#jail = jail;
    this.#counter = counter;
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

  /** Writes what has changed; all of it to a file that is another than the last time. */
  save(store: BanStore): void {
    const isOther = this.#store !== store || this.#edition !== store.edition;
    const changes = this.#counter.takeChanges(isOther);
    this.#isIn(store);
    const { isAll, failing, gone } = changes;
    if (isAll || failing.length > 0 || gone.length > 0) store.saveFailures(this.#jail, changes);
  }

  #isIn(store: BanStore): void {
    this.#store = store;
    this.#edition = store.edition;
  }
}
