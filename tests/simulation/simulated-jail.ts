/**
 * A jail's core in a simulated world: a clock, a firewall that does what the effects say, a memory of saved bans that survives a
 * crash. Every step is checked as it is made; what is found wrong is thrown.
 * @module
 */
import { JailCore, type JailEffect, type JailTerms } from "../../src/ban/jail-core.ts";
import { restoreBans } from "../../src/ban/restore.ts";
import type { BanHistory, StoredBan } from "../../src/ban/stored-ban.ts";
import type { Ban } from "../../src/ban/ticket.ts";

/** One thing that happens. IDs and addresses are small numbers, so that they meet often. */
export type Step =
  | { readonly kind: "fail"; readonly who: number; readonly late: number }
  | { readonly kind: "wait"; readonly seconds: number }
  | { readonly kind: "set-clock"; readonly by: number }
  | { readonly kind: "tick"; readonly limit: number }
  | { readonly kind: "ban"; readonly who: number }
  | { readonly kind: "attempt"; readonly who: number; readonly texts: number }
  | { readonly kind: "unban"; readonly who: number }
  | { readonly kind: "unban-network" }
  | { readonly kind: "unban-all" }
  | { readonly kind: "configure"; readonly terms: Partial<JailTerms> }
  /** the process is killed and started again: all but what was saved is gone */
  | { readonly kind: "crash"; readonly downtime: number };

const NETWORK = "192.0.2.0/25";

const idOf = (who: number): string => `192.0.2.${who}`;

export class SimulatedJail {
  readonly #random: () => number;
  readonly #saved = new Map<string, StoredBan>();
  readonly #history = new Map<string, BanHistory>();
  /** what the kernel has */
  readonly #firewall = new Set<string>();
  #terms: JailTerms;
  #core: JailCore;
  now = 1_000_000;

  constructor(terms: JailTerms, random: () => number) {
    this.#terms = terms;
    this.#random = random;
    this.#core = this.#makeCore();
  }

  /** Makes a step, then checks what holds after every step. */
  take(step: Step): void {
    switch (step.kind) {
      case "fail": {
        const failure = { id: idOf(step.who), ip: undefined, at: this.now - step.late, matches: ["line"] };
        this.#apply(this.#core.fail({ ...failure, data: new Map() }, this.now));
        break;
      }
      case "wait":
        this.now += step.seconds;
        break;
      case "set-clock":
        this.now += step.by;
        break;
      case "tick":
        this.#tick(step.limit);
        break;
      case "ban":
        this.#apply(this.#core.ban(idOf(step.who), this.now));
        check(this.#core.bans.get(idOf(step.who)) !== undefined, "a ban by hand is in force");
        break;
      case "attempt":
        this.#apply(this.#core.attempt(idOf(step.who), Array(step.texts).fill("text"), this.now));
        break;
      case "unban":
        this.#apply(this.#core.unban(idOf(step.who)));
        check(this.#core.bans.get(idOf(step.who)) === undefined, "an unban by hand leaves no ban");
        break;
      case "unban-network":
        this.#apply(this.#core.unban(NETWORK));
        break;
      case "unban-all":
        this.#apply(this.#core.unbanAll("command"));
        check(this.#firewall.size === 0, "unban of all leaves nothing");
        break;
      case "configure":
        this.#terms = { ...this.#terms, ...step.terms };
        this.#core.configure(step.terms);
        break;
      case "crash":
        this.#crash(step.downtime);
        break;
      default:
        step satisfies never;
    }
    this.#checkAgreement();
  }

  /** Lets everything come to its end: after the last ban's end and a tick only permanent bans are left. */
  finish(): void {
    const ends = this.#ends();
    this.now = Math.max(this.now, ...ends) + 1;
    this.#tick(Infinity);
    for (const ban of this.#core.bans.bans()) {
      check(this.#endOf(ban) === Infinity, `${ban.id} outlives its end`);
    }
    check(this.#core.nextExpiry() === undefined, "no end is waited for");
    this.#checkAgreement();
  }

  /** Changes the firewall behind the jail's back, to see that the checks see it. */
  sabotage(id: string, how: "forget" | "keep"): void {
    if (how === "forget") this.#firewall.delete(id);
    else this.#firewall.add(id);
  }

  #makeCore(): JailCore {
    return new JailCore({
      jail: "simulated",
      ...this.#terms,
      history: (id) => this.#history.get(id),
      random: this.#random,
    });
  }

  /** Carries effects out as a jail does, and refuses what no firewall could do. */
  #apply(effects: readonly JailEffect[]): void {
    let told: string | undefined;
    for (const effect of effects) {
      if (effect.type === "tell") {
        const { event } = effect;
        if (event.type === "banned" || event.type === "unbanned") told = `${event.type} ${event.id}`;
        continue;
      }
      if (effect.type === "prolong") {
        check(this.#firewall.has(effect.id), `${effect.id} is prolonged though it is not banned`);
        continue;
      }
      const { ban } = effect;
      check(told === `${effect.type === "ban" ? "banned" : "unbanned"} ${ban.id}`, `${ban.id} is told first`);
      if (effect.type === "ban") {
        check(!this.#firewall.has(ban.id), `${ban.id} is banned though it is banned`);
        this.#firewall.add(ban.id);
        if (!ban.restored) this.#save(ban, effect.bantime);
      } else {
        check(this.#firewall.delete(ban.id), `${ban.id} is unbanned though it is not banned`);
        if (effect.reason === "command") {
          this.#saved.delete(ban.id);
          this.#history.delete(ban.id);
        }
      }
    }
  }

  #save(ban: Ban, bantime: number): void {
    if (bantime >= 0 && ban.at + bantime < this.now) return;
    const { id, bancount } = ban;
    const stored = { id, at: ban.at, bantime: bantime < 0 ? -1 : bantime, bancount };
    this.#saved.set(id, { ...stored, failures: ban.attempts, matches: ban.matches, data: ban.data });
    this.#history.set(id, { count: bancount, lastAt: ban.at, bantime });
  }

  /** What a tick must lift, it lifts, the earliest end first; what has not ended it leaves. */
  #tick(limit: number): void {
    const ended = [...this.#core.bans.bans()].filter((ban) => this.#hasEnded(ban)).length;
    const effects = this.#core.tick(this.now, limit);
    const lifted = effects.flatMap((effect) => (effect.type === "unban" ? [effect.ban] : []));
    check(lifted.length === Math.min(ended, limit), `${lifted.length} of ${ended} ended bans are lifted`);
    let last = -Infinity;
    for (const ban of lifted) {
      const end = this.#endOf(ban);
      check(end < this.now, `${ban.id} is lifted before its end`);
      check(end >= last, `${ban.id} is lifted out of turn`);
      last = end;
    }
    this.#apply(effects);
    const next = this.#core.nextExpiry();
    const isMore = next !== undefined && next < this.now;
    check(isMore === ended > limit, "the next end is the one that was left over");
  }

  #hasEnded(ban: Ban): boolean {
    return this.#endOf(ban) < this.now;
  }

  /** By the terms as the simulation knows them, not as the core does. */
  #endOf({ at, bantime = this.#terms.bantime }: Ban): number {
    return bantime < 0 ? Infinity : at + bantime;
  }

  /** Ends of the bans that end. */
  #ends(): number[] {
    return [...this.#core.bans.bans()].map((ban) => this.#endOf(ban)).filter((end) => end < Infinity);
  }

  #crash(downtime: number): void {
    this.now += downtime;
    this.#firewall.clear();
    this.#core = this.#makeCore();
    const { increment, ...terms } = this.#terms;
    const asked = { ...terms, increment: increment.enabled, maxtime: increment.maxtime };
    const tickets = restoreBans([...this.#saved.values()], asked, this.now);
    for (const ticket of tickets) this.#apply(this.#core.restore(ticket, this.now));
    for (const stored of this.#saved.values()) this.#checkRestored(stored);
  }

  /** Every saved ban that has not ended is back, for as long as its own time and the jail's limit allow. */
  #checkRestored(stored: StoredBan): void {
    const { bantime, increment } = this.#terms;
    const cap = increment.enabled ? increment.maxtime : bantime;
    const own = stored.bantime < 0 ? Infinity : stored.bantime;
    const allowed = Math.min(own, cap === undefined || cap < 0 ? Infinity : cap);
    const isOver = stored.at + own <= this.now || stored.at + allowed <= this.now;
    const ban = this.#core.bans.get(stored.id);
    check((ban !== undefined) === !isOver, `${stored.id} is ${isOver ? "back" : "not back"} after the crash`);
    if (ban === undefined) return;
    const end = this.#endOf(ban);
    check(end === stored.at + allowed, `${stored.id} comes back until ${end}`);
  }

  /** The ledger is what shall be, the firewall what is: they are the same. */
  #checkAgreement(): void {
    const wanted = [...this.#core.bans.bans()].map(({ id }) => id);
    check(wanted.length === this.#core.bans.size, "the ledger counts its bans");
    check(
      wanted.length === this.#firewall.size,
      `${wanted.length} bans, ${this.#firewall.size} in the firewall`,
    );
    for (const id of wanted) check(this.#firewall.has(id), `${id} is not in the firewall`);
    const ends = this.#ends();
    const first = ends.length === 0 ? undefined : Math.min(...ends);
    check(this.#core.nextExpiry() === first, "the next end is the earliest");
  }
}

function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`does not hold: ${what}`);
}
