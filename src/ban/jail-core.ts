/**
 * What one jail decides: failures in, bans and unbans out, as plain data (A§3.1–3.2, A§3.4).
 * The daemon, the replay and the simulation drive this same core; it runs no command, writes nothing, and time is a parameter.
 * Hot: per failure.
 * @module
 */
import type { GaolerEvent, UnbanReason } from "../base/event.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { BantimeIncrement } from "../config/settings.ts";
import { BanLedger } from "./ban-ledger.ts";
import { badIpFactor, nextBanTime, usableIncrement } from "./ban-time.ts";
import { CrowdNotices } from "./crowd-notices.ts";
import { FailCounter } from "./fail-counter.ts";
import type { CountedFailure, FailCount } from "./failing-id.ts";
import { NO_DATA } from "./kept-text.ts";
import type { BanHistory } from "./stored-ban.ts";
import type { Ban, Ticket } from "./ticket.ts";

/** Between two sweeps of the failure counter, as in fail2ban (A§3.1). */
const SWEEP_INTERVAL: Seconds = 5;

/** An action hears of a longer ban so long before the time that it knows, and no later than the other after it is decided (A§3.4). */
const PROLONG_MARGIN: Seconds = 5;
const PROLONG_DELAY: Seconds = 10;

/** What the shell has to do; in the order given. */
export type JailEffect =
  | { readonly type: "tell"; readonly event: GaolerEvent }
  /** run the actions; remember it in the database unless it came from there */
  | { readonly type: "ban"; readonly ban: Ban; readonly bantime: Seconds }
  /** tell the actions, after so many seconds, that the ban of an ID lasts longer than they know */
  | { readonly type: "prolong"; readonly id: string; readonly after: Seconds }
  | { readonly type: "unban"; readonly ban: Ban; readonly reason: UnbanReason };

export interface JailTerms {
  readonly maxretry: number;
  readonly findtime: Seconds;
  readonly maxmatches: number;
  /** negative: for ever */
  readonly bantime: Seconds;
  readonly increment: BantimeIncrement;
}

export interface JailCoreOptions extends JailTerms {
  readonly jail: string;
  /** earlier bans of an ID in this jail, or in all of them; asked only while ban times grow */
  history(id: string, scope: "jail" | "all-jails"): BanHistory | undefined;
  /** from 0 to 1, for `bantime.rndtime` and what nobody outside shall foresee */
  random(): number;
  /** Whether there is more urgent work than to pack what is kept of bans ({@link BanLedger.packTexts}). */
  isHasty?(): boolean;
}

export class JailCore {
  readonly #options: JailCoreOptions;
  readonly #counter: FailCounter;
  readonly #ledger: BanLedger;
  readonly #notices: CrowdNotices;
  #increment: BantimeIncrement;
  #maxretry: number;
  #sweptAt: EpochSeconds = 0;

  constructor(options: JailCoreOptions) {
    this.#options = options;
    const seed = Math.floor(options.random() * 2 ** 32);
    this.#counter = new FailCounter({ ...options, seed, isBanned: (id) => this.#ledger.has(id) });
    this.#ledger = new BanLedger({
      bantime: options.bantime,
      seed,
      isHasty: () => options.isHasty?.() === true,
    });
    this.#notices = new CrowdNotices(options.jail);
    this.#increment = usableIncrement(options.increment);
    this.#maxretry = options.maxretry;
  }

  /** Bans in force and their ends. */
  get bans(): Omit<BanLedger, "ban" | "remove" | "expire" | "prolong" | "setBantime"> {
    return this.#ledger;
  }

  /** Failing IDs and failures so far; what is counted may be kept elsewhere and recalled. */
  get failures(): Omit<FailCounter, "add" | "attempt" | "cleanup" | "configure" | "forget" | "released"> {
    return this.#counter;
  }

  /** New terms; what is counted and banned already stays and meets them from now on (B§1.7). */
  configure(terms: Partial<JailTerms>): void {
    this.#counter.configure(terms);
    if (terms.bantime !== undefined && terms.bantime !== this.#ledger.bantime) {
      this.#ledger.setBantime(terms.bantime);
    }
    if (terms.increment !== undefined) this.#increment = usableIncrement(terms.increment);
    this.#maxretry = terms.maxretry ?? this.#maxretry;
  }

  /** Counts a failure that nobody ignores. */
  fail(failure: CountedFailure, now: EpochSeconds): JailEffect[] {
    const count = this.#counter.add(failure, now);
    const found = this.#tell({
      type: "failure-found",
      jail: this.#options.jail,
      id: failure.id,
      at: Math.min(failure.at, now),
      attempts: count.attempts,
      maxretry: this.#maxretry,
    });
    const isAll = count.ticket === undefined && !this.#increment.enabled;
    return isAll ? [found] : [found, ...this.#weigh(failure, count, now)];
  }

  /** Counts failures by hand (`attempt`, B§2.3). */
  attempt(id: string, texts: readonly string[], now: EpochSeconds): JailEffect[] {
    const count = this.#counter.attempt(id, texts, now);
    return this.#weigh({ id, ip: undefined, at: now, matches: [], data: NO_DATA }, count, now);
  }

  /** Bans by hand; an ID that is banned already is banned for longer. */
  ban(id: string, now: EpochSeconds): JailEffect[] {
    this.#counter.forget(id);
    const ticket: Ticket = {
      id,
      ip: id,
      at: now,
      attempts: 0,
      matches: [],
      data: NO_DATA,
      bantime: undefined,
      bancount: 0,
      restored: false,
    };
    return this.#sentence(ticket, now);
  }

  /** Takes back a ban from before the start, with its own time (B§5.6). */
  restore(ticket: Ticket, now: EpochSeconds): JailEffect[] {
    return this.#enter(ticket, now);
  }

  /** Lifts what a text of `unban` means (B§2.6); `resolved` are the addresses of a name. */
  unban(text: string, resolved: readonly string[] = []): JailEffect[] {
    return this.#ledger.find(text, resolved).flatMap((ban) => this.#lift(ban, "command"));
  }

  /** Lifts every ban. */
  unbanAll(reason: UnbanReason): JailEffect[] {
    return [...this.#ledger.bans()].flatMap((ban) => this.#lift(ban, reason));
  }

  /** Lifts what has ended, `limit` bans at most, forgets failures that are too old to matter, and tells where more had to be forgotten. */
  tick(now: EpochSeconds, limit = Infinity): JailEffect[] {
    const effects: JailEffect[] = [];
    if (now - this.#sweptAt >= SWEEP_INTERVAL || now < this.#sweptAt) {
      this.#sweptAt = now;
      this.#counter.cleanup(now);
      effects.push(...this.#notices.of(this.#counter, now).map((event) => this.#tell(event)));
    }
    for (const ban of this.#ledger.expire(now, limit)) effects.push(...this.#released(ban, "expired"));
    return effects;
  }

  /** The moment after which `tick` has a ban to lift. */
  nextExpiry(): EpochSeconds | undefined {
    return this.#ledger.nextExpiry();
  }

  /**
   * A failure of an ID that was banned before stands for several: it is counted once more for those beyond the first, `<failures>`
   * and "Total failed" included. One from before the last ban is no news (A§3.4).
   */
  #weigh(failure: CountedFailure, count: FailCount, now: EpochSeconds): JailEffect[] {
    const effects: JailEffect[] = [];
    let { ticket } = count;
    const history = this.#historyOf(failure.id, "jail");
    const at = Math.min(failure.at, now);
    const isNews = history !== undefined && at > history.lastAt;
    const bad = isNews ? badIpFactor(history.count, this.#maxretry) : undefined;
    if (bad !== undefined && history !== undefined) {
      effects.push(
        this.#tell({
          type: "failure-weighed",
          jail: this.#options.jail,
          id: failure.id,
          at,
          bans: history.count,
          weight: bad.factor,
          isCut: bad.isCut,
          isEnough: bad.factor >= this.#maxretry,
        }),
      );
      // its lines are there already
      const { id, ip, data } = failure;
      const rest = { id, ip, at, matches: [], data, weight: bad.factor - 1 };
      ticket ??= this.#counter.add(rest, now).ticket;
    }
    return ticket === undefined ? effects : [...effects, ...this.#sentence(ticket, now)];
  }

  #historyOf(id: string, scope: "jail" | "all-jails"): BanHistory | undefined {
    return this.#increment.enabled ? this.#options.history(id, scope) : undefined;
  }

  /** Gives a ticket its ban time from history, then enters it. Only a new ban grows: one in force is its own history (A§3.4). */
  #sentence(ticket: Ticket, now: EpochSeconds): JailEffect[] {
    if (!this.#increment.enabled || this.#ledger.has(ticket.id)) return this.#enter(ticket, now);
    const history = this.#historyOf(ticket.id, this.#increment.overalljails ? "all-jails" : "jail");
    if (history === undefined) return this.#enter(ticket, now);
    const from = this.#ledger.bantime;
    if (from <= 0) return this.#enter({ ...ticket, bancount: history.count }, now);
    const bantime = nextBanTime({
      bantime: from,
      increment: this.#increment,
      history,
      random: this.#options.random(),
    });
    // one that did not grow goes on to follow the jail's
    const own = bantime === from ? undefined : bantime;
    const grown: Ticket = { ...ticket, bantime: own, bancount: history.count };
    const effects = this.#enter(grown, now);
    if (!effects.some((effect) => effect.type === "ban")) return effects;
    const about = { jail: this.#options.jail, id: ticket.id };
    const { count, lastAt } = history;
    // failures from before the last ban say nothing new
    if (ticket.at > lastAt) {
      effects.push(this.#tell({ type: "ban-grown", ...about, bans: count, lastAt, from, to: bantime }));
    }
    if (bantime !== from) {
      const until = this.#ledger.endOf(grown);
      effects.push(this.#tell({ type: "ban-increased", ...about, bancount: count + 1, bantime, until }));
      // made with its own time already; whoever counts on being told is told, at the original's time, a shorter one as well
      effects.push(...this.#prolonged(ticket.id, bantime - from));
    }
    return effects;
  }

  #enter(ticket: Ticket, now: EpochSeconds): JailEffect[] {
    const { jail } = this.#options;
    const { id } = ticket;
    const outcome = this.#ledger.ban(ticket, now);
    switch (outcome.kind) {
      case "expired":
        return [this.#tell({ type: "ban-expired-already", jail, id })];
      case "already": {
        const told = this.#tell({ type: "already-banned", jail, id, sinceBan: outcome.sinceBan });
        const knownEnd = outcome.prolongedFrom;
        return knownEnd === undefined ? [told] : [told, ...this.#prolonged(id, knownEnd - now)];
      }
      case "banned": {
        const { ban } = outcome;
        const bantime = ban.bantime ?? this.#ledger.bantime;
        const until = this.#ledger.endOf(ban);
        const told = this.#tell({ type: "banned", jail, id, restored: ban.restored, bantime, until });
        return [told, { type: "ban", ban, bantime }];
      }
      default: {
        const never: never = outcome;
        return never;
      }
    }
  }

  /** @param known how long the actions still take the old end, or the old time, for the right one */
  #prolonged(id: string, known: Seconds): JailEffect[] {
    const after = Math.min(PROLONG_DELAY, Math.max(0, known - PROLONG_MARGIN));
    return [{ type: "prolong", id, after }];
  }

  #lift(ban: Ban, reason: UnbanReason): JailEffect[] {
    return this.#ledger.remove(ban.id) === undefined ? [] : this.#released(ban, reason);
  }

  #released(ban: Ban, reason: UnbanReason): JailEffect[] {
    this.#counter.released(ban.id);
    return [
      this.#tell({ type: "unbanned", jail: this.#options.jail, id: ban.id, reason }),
      { type: "unban", ban, reason },
    ];
  }

  #tell(event: GaolerEvent): JailEffect {
    return { type: "tell", event };
  }
}
