/**
 * The ledger as it was first written, with an object for each ban: the compact one has to say the same.
 * @module
 */
import { bitsOf, isInside, parseAddress } from "../../../src/address/address.ts";
import type { BanOutcome } from "../../../src/ban/ban-ledger.ts";
import type { Ban, Ticket } from "../../../src/ban/ticket.ts";
import type { EpochSeconds, Seconds } from "../../../src/base/units.ts";
import { PlainExpiryHeap } from "./plain-expiry-heap.ts";

/** Outdated items that the expiry queue may hold beyond one a ban before it is rebuilt. */
const HEAP_SLACK = 1024;

interface Slot {
  ban: Ban;
}

/** Bans in force, by ID and by end. */
export class PlainBanLedger {
  #bantime: Seconds;
  /** in order of banning */
  readonly #slots = new Map<string, Slot>();
  /** may hold slots that are gone or end later by now; `#prune` drops them */
  readonly #heap = new PlainExpiryHeap<Slot>();
  #total = 0;

  constructor(options: { readonly bantime: Seconds }) {
    this.#bantime = options.bantime;
  }

  /** Bans in force ("Currently banned"). */
  get size(): number {
    return this.#slots.size;
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
    this.#rebuild();
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
    const slot = this.#slots.get(ticket.id);
    if (slot !== undefined) return this.#again(slot, ticket, end);
    const ban: Ban = { ...ticket, bancount: ticket.bancount + 1 };
    this.#total += 1;
    this.#enter({ ban });
    return { kind: "banned", ban };
  }

  /**
   * Gives a ban its own time and count, as the increment does (A§3.4).
   *
   * @returns the ban as it is now; `undefined` if the ID is not banned
   */
  prolong(id: string, change: { readonly bantime: Seconds; readonly bancount: number }): Ban | undefined {
    const slot = this.#slots.get(id);
    if (slot === undefined) return undefined;
    this.#change(slot, { ...slot.ban, ...change });
    return slot.ban;
  }

  /** Takes out bans whose end has passed (strictly), the earliest end first, `limit` at most. */
  expire(now: EpochSeconds, limit = Infinity): Ban[] {
    const expired: Ban[] = [];
    while (expired.length < limit) {
      this.#prune();
      const first = this.#heap.peek();
      if (first === undefined || now <= first.end) break;
      this.#heap.pop();
      this.#slots.delete(first.value.ban.id);
      expired.push(first.value.ban);
    }
    return expired;
  }

  /** End of the ban that ends first; it is lifted at the first moment after. `undefined`: none ends. */
  nextExpiry(): EpochSeconds | undefined {
    this.#prune();
    return this.#heap.peek()?.end;
  }

  remove(id: string): Ban | undefined {
    const slot = this.#slots.get(id);
    if (slot === undefined) return undefined;
    this.#slots.delete(id);
    return slot.ban;
  }

  get(id: string): Ban | undefined {
    return this.#slots.get(id)?.ban;
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
    for (const slot of this.#slots.values()) yield slot.ban;
  }

  /** Bans by their end, those of equal ends in order of banning, permanent ones last (B§2.5). */
  byEnd(): Ban[] {
    const end = (ban: Ban) => this.endOf(ban) ?? Number.MAX_VALUE;
    return [...this.bans()].sort((a, b) => end(a) - end(b));
  }

  #again(slot: Slot, ticket: Ticket, end: EpochSeconds | undefined): BanOutcome {
    const sinceBan = ticket.at - slot.ban.at;
    const stored = this.endOf(slot.ban);
    const prolonged = stored !== undefined && (end === undefined || end > stored);
    if (prolonged) {
      // the ban keeps its time, so its own ban time takes up the difference (B§4.4)
      const bantime = end === undefined ? -1 : end - slot.ban.at;
      this.#change(slot, { ...slot.ban, bantime });
    }
    return { kind: "already", sinceBan, prolonged };
  }

  #change(slot: Slot, ban: Ban): void {
    slot.ban = ban;
    const end = this.endOf(ban);
    if (end !== undefined) this.#push(slot, end);
  }

  #enter(slot: Slot): void {
    this.#slots.set(slot.ban.id, slot);
    const end = this.endOf(slot.ban);
    if (end !== undefined) this.#push(slot, end);
  }

  #push(slot: Slot, end: EpochSeconds): void {
    this.#heap.push({ end, value: slot });
    if (this.#heap.size > 2 * this.#slots.size + HEAP_SLACK) this.#rebuild();
  }

  /** Drops from the queue's head what was removed, or ends at another time by now. */
  #prune(): void {
    for (let first = this.#heap.peek(); first !== undefined; first = this.#heap.peek()) {
      const { value: slot, end } = first;
      if (this.#slots.get(slot.ban.id) === slot && this.endOf(slot.ban) === end) return;
      this.#heap.pop();
    }
  }

  #rebuild(): void {
    const items: { end: EpochSeconds; value: Slot }[] = [];
    for (const slot of this.#slots.values()) {
      const end = this.endOf(slot.ban);
      if (end !== undefined) items.push({ end, value: slot });
    }
    this.#heap.rebuild(items);
  }
}
