/**
 * Joins the lines of one session: what `<F-MLFID>` captured is the key under which users, pending failures and lines are
 * kept until an address or a verdict comes (A§2.16).
 * Knows no regexes and chooses no IDs; time is what the caller says it is.
 * Hot: per matched line of a filter with sessions.
 * @module
 */
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { MatchLine } from "./failure.ts";
import { Groups, type PlainGroups } from "./groups.ts";
import { mixOf, TextTable } from "./text-table.ts";
import { Users } from "./users.ts";

/** Sessions remembered at once; the oldest goes first. */
const MAX_SESSIONS = 100;
/** Life of a session, seconds from its first line. */
const SESSION_LIFE: Seconds = 300;
/** Lines kept for one session; the oldest go first. */
const MAX_SESSION_LINES = 200;
/** Distinct users kept for one session; two are enough to decide. */
const MAX_SESSION_USERS = 50;

const NO_LINES: readonly MatchLine[] = [];

/** A session between two lines, as plain data. */
export interface SessionState {
  readonly groups: PlainGroups;
  readonly since: EpochSeconds;
  readonly isQuiet: boolean;
  readonly users: readonly string[] | undefined;
  readonly held: readonly MatchLine[];
  readonly quiet: readonly MatchLine[];
  readonly isPending: boolean;
}

/** One session; what a line comes to within it. */
export class Session {
  /** what the failure will carry; the next line goes on with a copy, for these have been told */
  groups: Groups;
  readonly since: EpochSeconds;
  /** lines of the failure that the last line is: those before it that were none, and it */
  matches: readonly MatchLine[] = NO_LINES;
  /** the last line alone is no failure */
  isQuiet = false;
  #users: Users | undefined;
  /** lines of failures not reported, or reported with the last one */
  #held: readonly MatchLine[] = NO_LINES;
  /** lines that were no failure by themselves */
  #quiet: readonly MatchLine[] = NO_LINES;
  /** a failure waits for its address */
  #isPending = false;

  constructor(groups: Groups, since: EpochSeconds) {
    this.groups = groups;
    this.since = since;
  }

  /** The session of a {@link state}. */
  static from({ groups, since, isQuiet, users, held, quiet, isPending }: SessionState): Session {
    const session = new Session(Groups.from(groups), since);
    session.isQuiet = isQuiet;
    session.#users = users && Users.of(users);
    session.#held = held;
    session.#quiet = quiet;
    session.#isPending = isPending;
    return session;
  }

  state(): SessionState {
    return {
      groups: this.groups.plain(),
      since: this.since,
      isQuiet: this.isQuiet,
      users: this.#users && [...this.#users],
      held: this.#held,
      quiet: this.#quiet,
      isPending: this.#isPending,
    };
  }

  /** Says that no address is known yet: the failure waits for one. */
  wait(): void {
    this.#isPending = true;
  }

  addUser(captured: Groups): void {
    if (!captured.hasTextAt(captured.names.user)) return;
    const users = this.#users;
    if (users === undefined) this.#users = new Users(captured);
    else {
      const user = captured.user();
      if (user === undefined || users.size >= MAX_SESSION_USERS) return;
      this.#users = users.with(user);
    }
    this.groups.setUsers(this.#users);
  }

  /** Goes on with what a line captured (A§2.16 step 2). */
  merge(captured: Groups, gained: boolean): void {
    this.groups = this.groups.copy();
    this.addUser(captured);
    this.groups.delete("nofail");
    this.groups.delete("mlfgained");
    if (gained) this.#isPending = false;
    if (!this.isQuiet && !this.#isPending) this.#held = NO_LINES;
    this.groups.overlay(captured);
  }

  /**
   * Judges the last line: a pending failure, or a second user, turns a harmless line into a failure (A§2.16 step 3).
   *
   * @param forgets the session ends with this line
   */
  take(lines: readonly MatchLine[], forgets: boolean): void {
    if (this.#isPending || (this.#users !== undefined && this.#users.size > 1)) {
      this.#isPending = false;
      this.groups.delete("nofail");
      this.groups.delete("mlfgained");
    }
    this.isQuiet = this.groups.hasTextAt(this.groups.names.nofail);
    if (this.isQuiet) {
      this.matches = lines;
      if (!forgets) this.#quiet = joinedLines(this.#quiet, NO_LINES, lines);
      return;
    }
    this.#held = joinedLines(this.#quiet, this.#held, lines);
    this.#quiet = NO_LINES;
    this.matches = this.#held;
  }
}

function joinedLines(
  first: readonly MatchLine[],
  then: readonly MatchLine[],
  last: readonly MatchLine[],
): readonly MatchLine[] {
  if (first.length === 0 && then.length === 0 && last.length <= MAX_SESSION_LINES) return last;
  return [...first, ...then, ...last].slice(-MAX_SESSION_LINES);
}

/** The session cache of one jail. */
export class SessionCache {
  readonly #sessions = new TextTable<Session>(MAX_SESSIONS);

  get size(): number {
    return this.#sessions.size;
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
    const { names } = groups;
    const gained = groups.textAt(names.mlfgained);
    const forgets = groups.hasTextAt(names.mlfforget);
    if (gained !== undefined && !groups.hasTextAt(names.nofail)) groups.set("nofail", gained);
    if (names.mlfforget >= 0) groups.delete("mlfforget");

    const mixed = groups.mixedKey ?? mixOf(key);
    const known = this.#find(key, mixed, now);
    const session = known ?? new Session(groups, now);
    if (known === undefined) {
      if (!forgets) {
        this.#sessions.set(key, session, mixed);
        session.addUser(groups);
      }
    } else {
      known.merge(groups, gained !== undefined);
      if (forgets) this.#sessions.delete(key);
    }
    session.take(lines, forgets);
    return session;
  }

  /** All sessions in their order, as plain data. */
  state(): readonly (readonly [key: string, session: SessionState])[] {
    return [...this.#sessions].map(([key, session]) => [key, session.state()]);
  }

  /** Goes on where another one's {@link state} was taken. */
  restore(state: readonly (readonly [key: string, session: SessionState])[]): void {
    this.#sessions.clear();
    for (const [key, session] of state) this.#sessions.set(key, Session.from(session));
  }

  #find(key: string, mixed: number, now: EpochSeconds): Session | undefined {
    const session = this.#sessions.get(key, mixed);
    if (session === undefined || now - session.since <= SESSION_LIFE) return session;
    this.#sessions.delete(key);
    return undefined;
  }
}
