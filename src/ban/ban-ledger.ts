/**
 * The ledger of one jail's bans: who is locked out, since when, until when (A§3.2, B§4.4).
 * Knows nothing of actions, firewalls or the database; time is what the caller says it is.
 * Bans stand in columns, some hundred bytes each; their texts are packed, and lines are bounded as a whole.
 * Hot: per ban, and per failure of whoever is banned.
 * @module
 */
import { bitsOf, isInside, parseAddress } from "../address/address.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { BanTexts } from "./ban-texts.ts";
import { lengthened } from "./column.ts";
import { ExpiryHeap } from "./expiry-heap.ts";
import { IdTable, NO_SLOT } from "./id-table.ts";
import type { TextBounds } from "./kept-texts.ts";
import { SlotOrder } from "./slot-order.ts";
import type { Ban, Ticket } from "./ticket.ts";

/** Outdated items that the expiry queue may hold beyond one a ban before it is rebuilt. */
const HEAP_SLACK = 1024;

/** Memory for lines of bans: of old ones the database has them. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** The count of whoever was never banned before. */
const FIRST_BAN = 1;

export type BanOutcome =
  | { readonly kind: "banned"; readonly ban: Ban }
  | {
      /** was banned before; its ban lasts longer now where the new end is later */
      readonly kind: "already";
      /** from the ban's time to the new failure's */
      readonly sinceBan: Seconds;
      /** the end that its ban has had until now, where it ends later from now on */
      readonly prolongedFrom: EpochSeconds | undefined;
    }
  | { readonly kind: "expired" };

export interface BanLedgerOptions extends TextBounds {
  readonly bantime: Seconds;
  /** a secret of the process */
  readonly seed?: number;
  /** Whether there is more urgent work than to pack the texts of a ban: it waits for {@link BanLedger.packTexts}, or for a ban without haste. */
  isHasty?(): boolean;
}

/** Bans in force, by ID and by end. */
export class BanLedger {
  #bantime: Seconds;
  readonly #ids: IdTable;
  /** in order of banning */
  readonly #order = new SlotOrder();
  readonly #texts: BanTexts;
  #at = new Float64Array();
  #attempts = new Uint32Array();
  /** NaN follows the jail's; empty while all do */
  #bantimes = new Float64Array();
  /** empty while all are {@link FIRST_BAN} */
  #bancounts = new Uint32Array();
  #restored = new Uint8Array();
  /** slots; may hold some that are free or end at another time by now: `#prune` drops them */
  readonly #heap = new ExpiryHeap();
  readonly #isHasty: () => boolean;
  #total = 0;

  constructor(options: BanLedgerOptions) {
    this.#bantime = options.bantime;
    this.#ids = new IdTable(options.seed ?? 0);
    this.#isHasty = () => options.isHasty?.() === true;
    this.#texts = new BanTexts(this.#order, {
      ...options,
      maxLineBytes: options.maxLineBytes ?? MAX_LINE_BYTES,
    });
  }

  /** Bans in force ("Currently banned"). */
  get size(): number {
    return this.#ids.size;
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
    const slot = this.#ids.find(ticket.id);
    if (slot !== NO_SLOT) return this.#again(slot, ticket, end);
    const ban: Ban = { ...ticket, bancount: ticket.bancount + 1 };
    this.#total += 1;
    this.#enter(ban, end);
    return { kind: "banned", ban };
  }

  /**
   * Gives a ban its own time and count, as the increment does (A§3.4).
   *
   * @returns the ban as it is now; `undefined` if the ID is not banned
   */
  prolong(id: string, change: { readonly bantime: Seconds; readonly bancount: number }): Ban | undefined {
    const slot = this.#ids.find(id);
    if (slot === NO_SLOT) return undefined;
    this.#setBancount(slot, change.bancount);
    this.#setBantime(slot, change.bantime);
    return this.#banAt(slot);
  }

  /** Packs texts that wait for it, of so many bans at most. @returns whether more wait */
  packTexts(limit = Infinity): boolean {
    this.#texts.pack(limit);
    return this.#texts.waiting > 0;
  }

  /** Takes out bans whose end has passed (strictly), the earliest end first, `limit` at most. */
  expire(now: EpochSeconds, limit = Infinity): Ban[] {
    const expired: Ban[] = [];
    while (expired.length < limit) {
      this.#prune();
      const end = this.#heap.firstEnd;
      if (end === undefined || now <= end) break;
      expired.push(this.#take(this.#heap.pop()));
    }
    return expired;
  }

  /** End of the ban that ends first; it is lifted at the first moment after. `undefined`: none ends. */
  nextExpiry(): EpochSeconds | undefined {
    this.#prune();
    return this.#heap.firstEnd;
  }

  remove(id: string): Ban | undefined {
    const slot = this.#ids.find(id);
    return slot === NO_SLOT ? undefined : this.#take(slot);
  }

  get(id: string): Ban | undefined {
    const slot = this.#ids.find(id);
    return slot === NO_SLOT ? undefined : this.#banAt(slot);
  }

  has(id: string): boolean {
    return this.#ids.find(id) !== NO_SLOT;
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

  /** Bans in order of banning: those that are in force when the first one is taken, as far as they still are. */
  *bans(): Generator<Ban, undefined> {
    for (const slot of [...this.#order.slots()]) {
      if (!Number.isNaN(this.#at[slot] ?? Number.NaN)) yield this.#banAt(slot);
    }
  }

  /** Bans by their end, those of equal ends in order of banning, permanent ones last (B§2.5). */
  byEnd(): Ban[] {
    const end = (ban: Ban) => this.endOf(ban) ?? Number.MAX_VALUE;
    return [...this.bans()].sort((a, b) => end(a) - end(b));
  }

  #again(slot: number, ticket: Ticket, end: EpochSeconds | undefined): BanOutcome {
    const at = this.#at[slot] ?? 0;
    const sinceBan = ticket.at - at;
    const stored = this.#endAt(slot);
    const prolonged = stored !== undefined && (end === undefined || end > stored);
    // the ban keeps its time, so its own ban time takes up the difference (B§4.4)
    if (prolonged) this.#setBantime(slot, end === undefined ? -1 : end - at);
    return { kind: "already", sinceBan, prolongedFrom: prolonged ? stored : undefined };
  }

  #enter(ban: Ban, end: EpochSeconds | undefined): void {
    const slot = this.#ids.add(ban.id);
    if (slot >= this.#at.length) this.#resize(this.#ids.capacity);
    this.#order.append(slot);
    this.#at[slot] = ban.at;
    this.#attempts[slot] = ban.attempts;
    if (ban.bantime !== undefined) this.#ownBantimes()[slot] = ban.bantime;
    else if (this.#bantimes.length > 0) this.#bantimes[slot] = Number.NaN;
    this.#setBancount(slot, ban.bancount);
    this.#restored[slot] = ban.restored ? 1 : 0;
    this.#texts.put(slot, ban, this.#isHasty());
    if (end !== undefined) this.#push(slot, end);
  }

  #take(slot: number): Ban {
    const ban = this.#banAt(slot);
    this.#texts.drop(slot);
    this.#order.remove(slot);
    // an end in the queue must not be taken for that of whoever has the slot next
    this.#at[slot] = Number.NaN;
    this.#ids.remove(slot);
    if (this.#ids.size === 0) this.#shrink();
    return ban;
  }

  /** After a flood its room is given back. */
  #shrink(): void {
    this.#heap.clear();
    if (!this.#ids.shrink()) return;
    this.#texts.clear();
    this.#bantimes = new Float64Array();
    this.#bancounts = new Uint32Array();
    this.#resize(this.#ids.capacity);
  }

  #banAt(slot: number): Ban {
    const id = this.#ids.idOf(slot);
    return {
      id,
      ip: this.#texts.ipOf(slot) ?? id,
      at: this.#at[slot] ?? 0,
      attempts: this.#attempts[slot] ?? 0,
      matches: this.#texts.matches(slot),
      data: this.#texts.data(slot, id),
      bantime: this.#bantimeAt(slot),
      bancount: this.#bancounts[slot] ?? FIRST_BAN,
      restored: this.#restored[slot] === 1,
    };
  }

  #bantimeAt(slot: number): Seconds | undefined {
    const bantime = this.#bantimes[slot] ?? Number.NaN;
    return Number.isNaN(bantime) ? undefined : bantime;
  }

  #ownBantimes(): Float64Array {
    if (this.#bantimes.length === 0) this.#bantimes = new Float64Array(this.#at.length).fill(Number.NaN);
    return this.#bantimes;
  }

  #setBancount(slot: number, bancount: number): void {
    if (this.#bancounts.length === 0) {
      if (bancount === FIRST_BAN) return;
      this.#bancounts = new Uint32Array(this.#at.length).fill(FIRST_BAN);
    }
    this.#bancounts[slot] = bancount;
  }

  #setBantime(slot: number, bantime: Seconds): void {
    this.#ownBantimes()[slot] = bantime;
    const end = this.#endAt(slot);
    if (end !== undefined) this.#push(slot, end);
  }

  #endAt(slot: number): EpochSeconds | undefined {
    const bantime = this.#bantimeAt(slot) ?? this.#bantime;
    return bantime < 0 ? undefined : (this.#at[slot] ?? Number.NaN) + bantime;
  }

  #push(slot: number, end: EpochSeconds): void {
    this.#heap.push(end, slot);
    if (this.#heap.size > 2 * this.#ids.size + HEAP_SLACK) this.#rebuild();
  }

  /** Drops from the queue's head what was removed, or ends at another time by now. */
  #prune(): void {
    while (this.#heap.size > 0) {
      // the end of a free slot is not a number, and equals nothing
      if (this.#endAt(this.#heap.firstSlot) === this.#heap.firstEnd) return;
      this.#heap.pop();
    }
  }

  #rebuild(): void {
    this.#heap.rebuild(this.#order.slots(), (slot) => this.#endAt(slot));
  }

  #resize(capacity: number): void {
    this.#at = new Float64Array(lengthened(this.#at, capacity));
    this.#attempts = new Uint32Array(lengthened(this.#attempts, capacity));
    if (this.#bantimes.length > 0) this.#bantimes = new Float64Array(lengthened(this.#bantimes, capacity));
    if (this.#bancounts.length > 0) this.#bancounts = new Uint32Array(lengthened(this.#bancounts, capacity));
    this.#restored = new Uint8Array(lengthened(this.#restored, capacity));
    this.#texts.resize(capacity);
    this.#order.resize(capacity);
  }
}
