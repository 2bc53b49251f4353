/**
 * The counter as it was first written, with an object for each ID: the fast one has to say the same.
 * @module
 */

import type { FailCounterOptions } from "../../../src/ban/fail-counter.ts";
import type { CountedFailure, FailCount, FailingId, FailureChanges } from "../../../src/ban/failing-id.ts";
import { NO_DATA } from "../../../src/ban/kept-text.ts";
import type { Ticket } from "../../../src/ban/ticket.ts";
import { roundHalfEven } from "../../../src/base/rounding.ts";
import type { EpochSeconds, Seconds } from "../../../src/base/units.ts";
import type { DataValue, MatchLine } from "../../../src/filter/failure.ts";
import { OldestFirst } from "./oldest-first.ts";

/** IDs counted at once; past it the least active ones are forgotten. */
const MAX_FAILING_IDS = 100_000;
/** How many IDs are looked at for one with a single failure before the first of them is forgotten. */
const EVICTION_SCAN = 16;
/** A line may come this much later than its own time and still count by it (A§2.3), so the sweep waits as long. */
const LATE_LINE_SECONDS = 60;

interface Entry {
  readonly ip: string;
  readonly data: ReadonlyMap<string, DataValue>;
  /** start of the time that `retry` stands for */
  first: EpochSeconds;
  last: EpochSeconds;
  retry: number;
  attempts: number;
  matches: readonly MatchLine[];
}

/** One jail's failing IDs, each an object. */
export class PlainFailCounter {
  #maxretry: number;
  #findtime: Seconds;
  #maxmatches: number;
  readonly #maxKeys: number;
  /** in order of their last failure's arrival, longest silent first */
  readonly #entries = new Map<string, Entry>();
  /** goes round the entries from eviction to eviction */
  readonly #hand = new OldestFirst(this.#entries);
  /** IDs whose count is another than when {@link takeChanges} was last asked */
  readonly #changed = new Set<string>();
  /** nobody has asked for so long that `#changed` was given up */
  #isAllChanged = false;
  #total = 0;
  #evicted = 0;

  constructor(options: FailCounterOptions) {
    this.#maxretry = options.maxretry;
    this.#findtime = options.findtime;
    this.#maxmatches = options.maxmatches;
    this.#maxKeys = Math.max(1, options.maxKeys ?? MAX_FAILING_IDS);
  }

  /** IDs being counted ("Currently failed"). */
  get current(): number {
    return this.#entries.size;
  }

  /** Failures so far ("Total failed"). */
  get total(): number {
    return this.#total;
  }

  /** IDs forgotten because there were too many. */
  get evicted(): number {
    return this.#evicted;
  }

  /** Changes limits; what is counted already stays and meets the new ones at its next failure. */
  configure(options: Partial<Omit<FailCounterOptions, "maxKeys">>): void {
    this.#maxretry = options.maxretry ?? this.#maxretry;
    this.#findtime = options.findtime ?? this.#findtime;
    this.#maxmatches = options.maxmatches ?? this.#maxmatches;
  }

  /**
   * Counts one failure. A time in the future counts as now. An ID whose last failure lies findtime or more before this one
   * starts anew, whether or not a sweep came by in between (A§3.1, last paragraph).
   */
  add(failure: CountedFailure, now: EpochSeconds): FailCount {
    this.#total += 1;
    const at = Math.min(failure.at, now);
    const weight = failure.weight ?? 1;
    const known = this.#entries.get(failure.id);
    this.#entries.delete(failure.id);
    this.#change(failure.id);
    const isStale = known !== undefined && at > known.last && known.last <= at - this.#findtime;
    const entry =
      known === undefined || isStale
        ? this.#begin(failure, at, weight)
        : this.#continue(known, failure, at, weight);
    if (entry.retry >= this.#maxretry) {
      return { attempts: entry.attempts, retry: entry.retry, ticket: ticketOf(failure.id, entry) };
    }
    this.#entries.set(failure.id, entry);
    if (this.#entries.size > this.#maxKeys) this.#evict(failure.id);
    else this.#hand.rest();
    return { attempts: entry.attempts, retry: entry.retry };
  }

  /** Counts a manual attempt: as many retries as texts are given, at least one (A§3.1, B§2.3). */
  attempt(id: string, texts: readonly string[], now: EpochSeconds): FailCount {
    const weight = Math.max(1, texts.length);
    return this.add({ id, ip: undefined, at: now, matches: texts, data: NO_DATA, weight }, now);
  }

  /**
   * Forgets IDs that are silent for longer than findtime and the delay a line may have, so that the outcome of `add` does not
   * depend on when sweeps happen.
   *
   * @returns how many were forgotten
   */
  cleanup(now: EpochSeconds): number {
    const oldest = now - this.#findtime - LATE_LINE_SECONDS;
    let forgotten = 0;
    for (const [id, entry] of this.#entries) {
      if (entry.last > oldest) continue;
      this.#entries.delete(id);
      this.#change(id);
      forgotten += 1;
    }
    return forgotten;
  }

  /** Forgets one ID, as after a ban by command. */
  forget(id: string): boolean {
    this.#change(id);
    return this.#entries.delete(id);
  }

  /** IDs with changes that nobody has taken yet. */
  get untaken(): number {
    return this.#isAllChanged ? this.#entries.size : this.#changed.size;
  }

  /** All that is counted, the longest silent first. */
  *failing(): Generator<FailingId, undefined> {
    for (const [id, entry] of this.#entries) yield { id, ...entry };
  }

  /**
   * What is to be kept elsewhere so that counting could go on from there; bounded however seldom it is asked for.
   *
   * @param isAll everything, whatever has changed
   */
  takeChanges(isAll = false): FailureChanges {
    const ids = [...this.#changed];
    const isWhole = isAll || this.#isAllChanged;
    this.#changed.clear();
    this.#isAllChanged = false;
    if (isWhole) return { isAll: true, failing: [...this.failing()], gone: [] };
    const failing = ids.flatMap((id) => {
      const entry = this.#entries.get(id);
      return entry === undefined ? [] : [{ id, ...entry }];
    });
    return { isAll: false, failing, gone: ids.filter((id) => !this.#entries.has(id)) };
  }

  /** Goes on from what was counted before; who is counted already stays as he is. These are no new failures. */
  recall(failing: Iterable<FailingId>): void {
    for (const { id, matches, ...entry } of failing) {
      if (this.#entries.has(id) || this.#entries.size >= this.#maxKeys) continue;
      const kept = this.#maxmatches > 0 ? matches.slice(-this.#maxmatches) : [];
      this.#entries.set(id, { ...entry, matches: kept });
    }
  }

  #change(id: string): void {
    if (this.#isAllChanged) return;
    this.#changed.add(id);
    if (this.#changed.size <= 2 * this.#maxKeys) return;
    this.#changed.clear();
    this.#isAllChanged = true;
  }

  #begin(failure: CountedFailure, at: EpochSeconds, weight: number): Entry {
    return {
      ip: failure.ip ?? failure.id,
      data: failure.data,
      first: at,
      last: at,
      retry: weight,
      attempts: 1,
      // the first failure's lines are not cut: a joined session may bring more than maxmatches (A§3.1)
      matches: this.#maxmatches > 0 ? failure.matches : [],
    };
  }

  /** findtime is a rate: what lies before it is scaled down, not forgotten (A§3.1). */
  #continue(entry: Entry, failure: CountedFailure, at: EpochSeconds, weight: number): Entry {
    if (at > entry.last) {
      const since = at - this.#findtime;
      if (entry.first < since) {
        entry.retry = roundHalfEven((entry.retry / (at - entry.first)) * this.#findtime);
        entry.first = since;
      }
      entry.last = at;
    }
    entry.retry += weight;
    entry.attempts += 1;
    entry.matches =
      this.#maxmatches > 0 ? [...entry.matches, ...failure.matches].slice(-this.#maxmatches) : [];
    return entry;
  }

  /**
   * A flood of new IDs must not wash out those that keep trying: one-time visitors go first. Who tried twice or more is passed
   * over and meets the hand again on its next round; only where there are none but such does the longest silent go.
   */
  #evict(newcomer: string): void {
    let victim: string | undefined;
    for (let looked = 0; looked < EVICTION_SCAN; looked++) {
      const [id, entry] = this.#hand.next() ?? [newcomer];
      if (entry === undefined || id === newcomer) continue;
      victim ??= id;
      if (entry.attempts > 1) continue;
      victim = id;
      break;
    }
    this.#entries.delete(victim ?? newcomer);
    this.#change(victim ?? newcomer);
    this.#evicted += 1;
  }
}

function ticketOf(id: string, entry: Entry): Ticket {
  return {
    id,
    ip: entry.ip,
    at: entry.last,
    attempts: entry.attempts,
    matches: entry.matches,
    data: entry.data,
    bantime: undefined,
    bancount: 0,
    restored: false,
  };
}
