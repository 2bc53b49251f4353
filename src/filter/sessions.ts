/**
 * The sessions of one jail: which lines belong together, for how long, and how many sessions are remembered (A§2.16). Most begin with a
 * line after which none comes: of these no more is made than is kept of the line.
 * Knows no regexes and chooses no IDs; time is what the caller says it is.
 * Hot: per matched line of a filter with sessions.
 * @module
 */
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { CapturedGroups } from "./captured-groups.ts";
import type { MatchLine } from "./failure.ts";
import type { Groups } from "./groups.ts";
import { endsSession, Session, type SessionState } from "./session.ts";
import { mixOf, NO_SLOT, SlotTable } from "./slot-table.ts";

/** Sessions remembered at once; the oldest goes first. */
const MAX_SESSIONS = 100;
/** Life of a session, seconds from its first line. */
const SESSION_LIFE: Seconds = 300;

/** A session that is remembered; one object stands for one after another. */
class RememberedSession {
  /** means something once the session is made */
  key = "";
  #session: Session | undefined = undefined;
  // What its first line captured, until somebody asks for the session.
  #captured: CapturedGroups | undefined = undefined;
  #text = "";
  #lines: readonly MatchLine[] = [];
  #since: EpochSeconds = 0;
  #places = new Int32Array(0);

  begin(captured: CapturedGroups, text: string, lines: readonly MatchLine[], since: EpochSeconds): void {
    const { places } = captured;
    if (this.#places.length < places.length) this.#places = new Int32Array(places.length);
    const kept = this.#places;
    for (let at = 0; at < places.length; at++) kept[at] = places[at] ?? -1;
    this.#captured = captured;
    this.#text = text;
    this.#lines = lines;
    this.#since = since;
    this.#session = undefined;
  }

  set(key: string, session: Session | undefined): void {
    this.key = key;
    this.#session = session;
    this.#captured = undefined;
    this.#text = "";
    this.#lines = [];
  }

  get session(): Session | undefined {
    const captured = this.#captured;
    if (captured !== undefined) {
      const groups = captured.groupsAt(this.#text, this.#places);
      const key = groups.textAt(groups.names.mlfid) ?? "";
      this.set(key, Session.begin(groups, this.#lines, this.#since));
    }
    return this.#session;
  }
}

/** A line of a session, of which nothing else is there; the groups are placed in its text, until the next one is. */
export interface HeldLine {
  readonly captured: CapturedGroups;
  readonly text: string;
  /** it as matches hold it, or none where nobody asks for it */
  readonly lines: readonly MatchLine[];
  readonly since: EpochSeconds;
}

/** Lines of sessions that somebody else began, in the slots of the same table. */
export interface HeldLines {
  readonly table: Int32Array;
  /** Takes the lines of a slot away, if there are any. */
  take(slot: number): Iterable<HeldLine>;
  /** Forgets them. */
  release(slot: number): void;
}

/** The session cache of one jail. */
export class SessionCache {
  readonly #slots = new SlotTable(MAX_SESSIONS);
  #held: HeldLines | undefined;
  /** by slot, as far as one was needed */
  readonly #remembered: RememberedSession[] = [];

  get size(): number {
    return this.#slots.size;
  }

  /** Words of the table of its slots. */
  get words(): number {
    return this.#slots.words;
  }

  /** Somebody else begins sessions as well from now on: those of {@link begin}; and has failures join them. */
  share(held: HeldLines): void {
    if (this.#held === held) return;
    for (const slot of this.#slots) this.#at(slot);
    this.#slots.moveTo(held.table);
    this.#held = held;
  }

  /** Nobody else begins sessions any more; what he holds stays here. */
  unshare(held: HeldLines): void {
    if (this.#held !== held) return;
    for (const slot of this.#slots) this.#at(slot);
    this.#slots.moveTo(new Int32Array(this.words));
    this.#held = undefined;
  }

  /**
   * Takes a matched line of the session `key`.
   *
   * @param groups what the line captured; they become the session's own when it is new
   * @param lines the matched lines
   * @returns the session after this line, until the next one of it comes
   * @see compat A§2.16
   */
  join(key: string, groups: Groups, lines: readonly MatchLine[], now: EpochSeconds): Session {
    const forgets = endsSession(groups);
    const mixed = mixOf(key);
    const slot = this.#find(key, mixed, now);
    const known = this.#at(slot)?.session;
    if (known === undefined) {
      const session = Session.begin(groups, lines, now);
      if (!forgets) this.#take(mixed).set(key, session);
      return session;
    }
    known.join(groups, lines);
    if (forgets) this.#remove(slot);
    return known;
  }

  /**
   * Whether there may be a session of the key of which that is said.
   *
   * @param mixed what {@link mixOf} says of a key
   */
  mayKnow(mixed: number): boolean {
    return this.#slots.find(mixed) !== NO_SLOT;
  }

  /**
   * As {@link join} with the first line of a session that does not end with it.
   *
   * @param mixed as of {@link mayKnow}, which said no
   * @param text that the groups lie in
   */
  begin(
    mixed: number,
    captured: CapturedGroups,
    text: string,
    lines: readonly MatchLine[],
    now: EpochSeconds,
  ): void {
    this.#take(mixed).begin(captured, text, lines, now);
  }

  /** All sessions in their order, as plain data. */
  state(): readonly (readonly [key: string, session: SessionState])[] {
    return [...this.#slots].flatMap((slot) => {
      const remembered = this.#at(slot);
      const session = remembered?.session;
      return remembered && session ? [[remembered.key, session.state()] as const] : [];
    });
  }

  /** Goes on where another one's {@link state} was taken. */
  restore(state: readonly (readonly [key: string, session: SessionState])[]): void {
    this.#slots.clear();
    for (const [key, session] of state) this.#take(mixOf(key)).set(key, Session.from(session));
  }

  #take(mixed: number): RememberedSession {
    const slot = this.#slots.take(mixed);
    this.#held?.release(slot);
    return this.#of(slot);
  }

  /** The session of a slot, wherever its lines lie. */
  #at(slot: number): RememberedSession | undefined {
    if (slot === NO_SLOT || this.#held === undefined) return this.#remembered[slot];
    let isFirst = true;
    for (const { captured, text, lines, since } of this.#held.take(slot)) {
      const remembered = this.#of(slot);
      if (isFirst) remembered.begin(captured, text, lines, since);
      else remembered.session?.join(captured.groupsAt(text, captured.places), lines);
      isFirst = false;
    }
    return this.#remembered[slot];
  }

  #of(slot: number): RememberedSession {
    let remembered = this.#remembered[slot];
    if (remembered === undefined) {
      remembered = new RememberedSession();
      this.#remembered[slot] = remembered;
    }
    return remembered;
  }

  #remove(slot: number): void {
    this.#slots.remove(slot);
    this.#held?.release(slot);
    this.#remembered[slot]?.set("", undefined);
  }

  #find(key: string, mixed: number, now: EpochSeconds): number {
    let slot = this.#slots.find(mixed);
    while (slot !== NO_SLOT) {
      const remembered = this.#at(slot);
      const session = remembered?.session;
      if (session !== undefined && remembered?.key === key) {
        if (now - session.since <= SESSION_LIFE) return slot;
        this.#remove(slot);
        return NO_SLOT;
      }
      slot = this.#slots.find(mixed, slot);
    }
    return NO_SLOT;
  }
}
