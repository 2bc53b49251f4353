/**
 * Counts the failures of each ID and says when it is enough (A§3.1).
 * Knows nothing of lines, jails or actions; time is what the caller says it is.
 * Hot: per failure. What is counted stands in columns, texts of it are copies: some hundred bytes an ID, whatever was read.
 * @module
 */
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { MatchLine } from "../filter/failure.ts";
import { lengthened } from "./column.ts";
import { CountChanges } from "./count-changes.ts";
import { victimOf } from "./eviction.ts";
import { FailRates } from "./fail-rates.ts";
import type { CountedFailure, FailCount, FailingId, FailureChanges } from "./failing-id.ts";
import { IdTable, NO_SLOT } from "./id-table.ts";
import { NO_DATA } from "./kept-text.ts";
import { KeptTexts, type TextBounds } from "./kept-texts.ts";
import { SlotOrder } from "./slot-order.ts";
import type { Ticket } from "./ticket.ts";

/** IDs counted at once; past it the least active ones are forgotten. */
const MAX_FAILING_IDS = 500_000;
const NO_LINES: readonly MatchLine[] = [];
/**
 * What is done with the texts of a slot: kept; left out since the first failure, as whoever it is was banned already then and there was no
 * room to spare; kept from the next failure on, as he no longer is.
 */
const [KEPT, LEFT_OUT, KEPT_NEXT] = [0, 1, 2];
/** A line may come this much later than its own time and still count by it (A§2.3), so the sweep waits as long. */
const LATE_LINE_SECONDS = 60;

export interface FailCounterOptions extends TextBounds {
  /** failures that lead to a ban; below 1 the first one does */
  readonly maxretry: number;
  readonly findtime: Seconds;
  /** matched lines kept for an ID; 0 keeps none */
  readonly maxmatches: number;
  /** IDs counted at once */
  readonly maxKeys?: number;
  /**
   * Whether an ID is banned already: nobody looks at the texts of a ticket that it gets meanwhile, so it has none; and where texts are
   * many already, none are kept of its failures until it is {@link FailCounter.released}.
   */
  isBanned?(id: string): boolean;
  /** a secret of the process: whoever knows it could choose IDs that take long to find */
  readonly seed?: number;
}

/** One jail's failing IDs. */
export class FailCounter {
  #maxretry: number;
  #findtime: Seconds;
  #maxmatches: number;
  readonly #maxKeys: number;
  readonly #ids: IdTable;
  /** in order of their last failure's arrival, longest silent first */
  readonly #order = new SlotOrder();
  readonly #texts: KeptTexts;
  readonly #rates = new FailRates();
  /** {@link KEPT} and so on */
  #textStates = new Uint8Array();
  readonly #changes = new CountChanges();
  readonly #isBanned: (id: string) => boolean;
  readonly #idOf = (slot: number): string => this.#ids.idOf(slot);
  #total = 0;
  #evicted = 0;

  constructor(options: FailCounterOptions) {
    this.#maxretry = options.maxretry;
    this.#findtime = options.findtime;
    this.#maxmatches = options.maxmatches;
    this.#maxKeys = Math.max(1, options.maxKeys ?? MAX_FAILING_IDS);
    this.#ids = new IdTable(options.seed ?? 0);
    this.#isBanned = (id) => options.isBanned?.(id) === true;
    this.#texts = new KeptTexts(this.#order, options);
  }

  /** IDs being counted ("Currently failed"). */
  get current(): number {
    return this.#ids.size;
  }

  /** Failures so far ("Total failed"). */
  get total(): number {
    return this.#total;
  }

  /** IDs forgotten because there were too many. */
  get evicted(): number {
    return this.#evicted;
  }

  /** IDs whose texts were forgotten because there were too many, though they are counted on. */
  get textsForgotten(): number {
    return this.#texts.forgotten;
  }

  /** Changes limits; what is counted already stays and meets the new ones at its next failure. */
  configure(options: Partial<Pick<FailCounterOptions, "maxretry" | "findtime" | "maxmatches">>): void {
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
    const known = this.#ids.find(failure.id);
    if (known === NO_SLOT && weight >= this.#maxretry) {
      return { attempts: 1, retry: weight, ticket: this.#ticketAtOnce(failure, at) };
    }
    const slot = known === NO_SLOT ? this.#enter(failure.id, false) : known;
    if (known !== NO_SLOT) this.#move(slot);
    const isFirst = known === NO_SLOT || this.#rates.isStale(slot, at, this.#findtime);
    if (isFirst) this.#begin(slot, failure, at, weight);
    else this.#continue(slot, failure, at, weight);
    this.#changes.change(slot);
    const attempts = this.#rates.attempts(slot);
    const retry = this.#rates.retry(slot);
    if (retry >= this.#maxretry) {
      const ticket = this.#ticketOf(slot, failure.id);
      this.#remove(slot);
      return { attempts, retry, ticket };
    }
    if (this.#ids.size > this.#maxKeys) {
      this.#remove(victimOf(this.#order, this.#rates, slot));
      this.#evicted += 1;
    } else this.#order.rest();
    return { attempts, retry };
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
    for (const slot of this.#order.slots()) {
      if (this.#rates.last(slot) > oldest) continue;
      this.#remove(slot);
      forgotten += 1;
    }
    if (this.#ids.size === 0) this.#shrink();
    return forgotten;
  }

  /** Forgets one ID, as after a ban by command. */
  forget(id: string): boolean {
    const slot = this.#ids.find(id);
    if (slot === NO_SLOT) return false;
    this.#remove(slot);
    return true;
  }

  /** An ID is banned no more: the texts of its failures may be asked for from now on. */
  released(id: string): void {
    const slot = this.#ids.find(id);
    if (slot !== NO_SLOT && this.#textStates[slot] === LEFT_OUT) this.#textStates[slot] = KEPT_NEXT;
  }

  /** IDs with changes that nobody has taken yet. */
  get untaken(): number {
    return this.#changes.count;
  }

  /** All that is counted, the longest silent first. */
  *failing(): Generator<FailingId, undefined> {
    for (const slot of this.#order.slots()) yield this.#failingAt(slot);
  }

  /**
   * What is to be kept elsewhere so that counting could go on from there.
   *
   * @param isAll everything, whatever has changed
   * @param limit failing IDs at most; the others come the next time, as they are then
   */
  takeChanges(isAll = false, limit = Infinity): FailureChanges {
    if (isAll) this.#changes.beginAnew(this.#order.slots());
    const taken = this.#changes.take(limit);
    return {
      isAll,
      failing: taken.slots.map((slot) => this.#failingAt(slot)),
      // who is counted again and given just now is not gone
      gone: taken.gone.filter((id) => {
        const slot = this.#ids.find(id);
        return slot === NO_SLOT || !this.#changes.isGiven(slot);
      }),
    };
  }

  /** Goes on from what was counted before; who is counted already stays as he is. These are no new failures. */
  recall(failing: Iterable<FailingId>): void {
    for (const { id, ip, matches, data, first, last, retry, attempts } of failing) {
      if (this.#ids.size >= this.#maxKeys || this.#ids.find(id) !== NO_SLOT) continue;
      const slot = this.#enter(id, true);
      this.#rates.set(slot, first, last, retry, attempts);
      if (ip !== id) this.#texts.putIp(slot, ip);
      this.#textStates[slot] = KEPT;
      this.#texts.putData(slot, id, data);
      if (this.#maxmatches > 0) this.#texts.add(slot, matches, this.#maxmatches);
    }
  }

  /** After a flood its room is given back. */
  #shrink(): void {
    if (!this.#ids.shrink()) return;
    this.#texts.clear();
    this.#resize(this.#ids.capacity);
  }

  #enter(id: string, isGiven: boolean): number {
    const slot = this.#ids.add(id);
    if (slot >= this.#textStates.length) this.#resize(this.#ids.capacity);
    this.#order.append(slot);
    this.#changes.enter(slot, isGiven);
    return slot;
  }

  #move(slot: number): void {
    this.#texts.passBy(slot);
    this.#order.remove(slot);
    this.#order.append(slot);
  }

  #remove(slot: number): void {
    this.#changes.remove(slot, this.#idOf);
    this.#texts.passBy(slot);
    this.#texts.drop(slot);
    this.#order.remove(slot);
    this.#ids.remove(slot);
  }

  #begin(slot: number, failure: CountedFailure, at: EpochSeconds, weight: number): void {
    this.#rates.set(slot, at, at, weight, 1);
    const { id, ip, data, matches } = failure;
    this.#texts.drop(slot);
    if (ip !== undefined && ip !== id) this.#texts.putIp(slot, ip);
    const isLeftOut = this.#texts.isCrowded && this.#isBanned(id);
    this.#textStates[slot] = isLeftOut ? LEFT_OUT : KEPT;
    if (isLeftOut) return;
    this.#texts.putData(slot, id, data);
    // the first failure's lines are not cut: a joined session may bring more than maxmatches (A§3.1)
    if (this.#maxmatches > 0) this.#texts.add(slot, matches, Infinity);
  }

  #continue(slot: number, failure: CountedFailure, at: EpochSeconds, weight: number): void {
    this.#rates.add(slot, at, weight, this.#findtime);
    const state = this.#textStates[slot];
    if (state === LEFT_OUT) return;
    if (state === KEPT_NEXT) {
      this.#textStates[slot] = KEPT;
      this.#texts.putData(slot, failure.id, failure.data);
    }
    if (this.#maxmatches > 0) this.#texts.add(slot, failure.matches, this.#maxmatches);
    else this.#texts.dropLines(slot);
  }

  #failingAt(slot: number): FailingId {
    const id = this.#ids.idOf(slot);
    return {
      id,
      ip: this.#texts.ipOf(slot) ?? id,
      ...this.#rates.of(slot),
      matches: this.#texts.matches(slot),
      data: this.#texts.data(slot, id),
    };
  }

  #ticketOf(slot: number, id: string): Ticket {
    const isBanned = this.#textStates[slot] === LEFT_OUT || this.#isBanned(id);
    return {
      id,
      ip: this.#texts.ipOf(slot) ?? id,
      at: this.#rates.last(slot),
      attempts: this.#rates.attempts(slot),
      matches: isBanned ? NO_LINES : this.#texts.matches(slot),
      data: isBanned ? NO_DATA : this.#texts.data(slot, id),
      bantime: undefined,
      bancount: 0,
      restored: false,
    };
  }

  /** Of somebody whose first failure is enough: there is nothing to keep. */
  #ticketAtOnce({ id, ip, matches, data }: CountedFailure, at: EpochSeconds): Ticket {
    const isBanned = this.#isBanned(id);
    return {
      id,
      ip: ip ?? id,
      at,
      attempts: 1,
      matches: isBanned || this.#maxmatches <= 0 ? NO_LINES : matches,
      data: isBanned ? NO_DATA : data,
      bantime: undefined,
      bancount: 0,
      restored: false,
    };
  }

  #resize(capacity: number): void {
    this.#rates.resize(capacity);
    this.#textStates = new Uint8Array(lengthened(this.#textStates, capacity));
    this.#changes.resize(capacity);
    this.#texts.resize(capacity);
    this.#order.resize(capacity);
  }
}
