/**
 * The ledger in the plainest way, with an object for each ban and no queue: the compact one has to say the same.
 * @module
 */
import { bitsOf, isInside, parseAddress } from "../../../src/address/address.ts";
import type { BanOutcome } from "../../../src/ban/ban-ledger.ts";
import type { Ban, Ticket } from "../../../src/ban/ticket.ts";
import type { EpochSeconds, Seconds } from "../../../src/base/units.ts";

/** Bans in force, by ID and by end. */
export class PlainBanLedger {
  #bantime: Seconds;
  /** in order of banning */
  readonly #bans = new Map<string, Ban>();
  #total = 0;

  constructor(options: { readonly bantime: Seconds }) {
    this.#bantime = options.bantime;
  }

  /** Bans in force ("Currently banned"). */
  get size(): number {
    return this.#bans.size;
  }

  /** Bans so far, restored ones included ("Total banned"). */
  get total(): number {
    return this.#total;
  }

  /** The jail's ban time, seconds; negative: for ever. */
  get bantime(): Seconds {
    return this.#bantime;
  }

  /** Changes the jail's ban time; ends of bans without their own move with it (B§4.4). */
  setBantime(bantime: Seconds): void {
    this.#bantime = bantime;
  }

  /** End of a ban or a ticket: its last failure's time and its ban time; `undefined`: never. */
  endOf(ticket: Pick<Ticket, "at" | "bantime">): EpochSeconds | undefined {
    const bantime = ticket.bantime ?? this.#bantime;
    return bantime < 0 ? undefined : ticket.at + bantime;
  }

  /** Enters a ban, or lengthens the one there is. */
  ban(ticket: Ticket, now: EpochSeconds): BanOutcome {
    const end = this.endOf(ticket);
    if (end !== undefined && now > end) return { kind: "expired" };
    const known = this.#bans.get(ticket.id);
    if (known !== undefined) return this.#again(known, ticket, end);
    const ban: Ban = { ...ticket, bancount: ticket.bancount + 1 };
    this.#total += 1;
    this.#bans.set(ban.id, ban);
    return { kind: "banned", ban };
  }

  /**
   * Gives a ban its own time and count, as the increment does (A§3.4).
   *
   * @returns the ban as it is now; `undefined` if the ID is not banned
   */
  prolong(id: string, change: { readonly bantime: Seconds; readonly bancount: number }): Ban | undefined {
    const known = this.#bans.get(id);
    if (known === undefined) return undefined;
    const ban: Ban = { ...known, ...change };
    this.#bans.set(id, ban);
    return ban;
  }

  /** Takes out bans whose end has passed (strictly), the earliest end first, `limit` at most. */
  expire(now: EpochSeconds, limit = Infinity): Ban[] {
    const ended = this.byEnd().filter((ban) => now > (this.endOf(ban) ?? Infinity));
    const expired = ended.slice(0, limit);
    for (const { id } of expired) this.#bans.delete(id);
    return expired;
  }

  /** End of the ban that ends first; it is lifted at the first moment after. `undefined`: none ends. */
  nextExpiry(): EpochSeconds | undefined {
    const [first] = this.byEnd();
    return first && this.endOf(first);
  }

  remove(id: string): Ban | undefined {
    const ban = this.#bans.get(id);
    this.#bans.delete(id);
    return ban;
  }

  get(id: string): Ban | undefined {
    return this.#bans.get(id);
  }

  /**
   * Bans that a text of `unban` means (B§2.6): the ID with exactly this text; else, for a network, all inside it; else, for a
   * name, those with one of the addresses it resolves to. A single address means nothing but itself.
   *
   * @param resolved addresses of a name, canonical; empty while unknown
   */
  find(text: string, resolved: readonly string[] = []): Ban[] {
    const exact = this.get(text);
    if (exact !== undefined) return [exact];
    const network = parseAddress(text);
    if (network === undefined) return resolved.flatMap((address) => this.get(address) ?? []);
    if (network.prefix === bitsOf(network.family)) return [];
    const inside: Ban[] = [];
    for (const ban of this.bans()) {
      const address = parseAddress(ban.id);
      // a wider network is not inside, though its base address may be
      if (address === undefined || address.prefix < network.prefix) continue;
      if (isInside(address, network)) inside.push(ban);
    }
    return inside;
  }

  /** Bans in order of banning. */
  *bans(): Generator<Ban, undefined> {
    yield* this.#bans.values();
  }

  /** Bans by their end, those of equal ends in order of banning, permanent ones last (B§2.5). */
  byEnd(): Ban[] {
    const end = (ban: Ban) => this.endOf(ban) ?? Number.MAX_VALUE;
    return [...this.bans()].sort((a, b) => end(a) - end(b));
  }

  #again(ban: Ban, ticket: Ticket, end: EpochSeconds | undefined): BanOutcome {
    const sinceBan = ticket.at - ban.at;
    const stored = this.endOf(ban);
    const prolonged = stored !== undefined && (end === undefined || end > stored);
    // the ban keeps its time, so its own ban time takes up the difference (B§4.4)
    if (prolonged) this.#bans.set(ban.id, { ...ban, bantime: end === undefined ? -1 : end - ban.at });
    return { kind: "already", sinceBan, prolongedFrom: prolonged ? stored : undefined };
  }
}
