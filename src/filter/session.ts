/**
 * One session of a jail: lines that were no failure, failures that wait for an address, users (A§2.16).
 * Knows no regexes and no other sessions.
 * Hot: per matched line of a filter with sessions, but those that begin one and go no further.
 * @module
 */
import type { EpochSeconds } from "../base/units.ts";
import type { MatchLine } from "./failure.ts";
import { Groups, type PlainGroups } from "./groups.ts";
import { Users } from "./users.ts";

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

  private constructor(groups: Groups, since: EpochSeconds) {
    this.groups = groups;
    this.since = since;
  }

  /**
   * A session behind its first line.
   *
   * @param groups what the line captured; they become the session's own
   */
  static begin(groups: Groups, lines: readonly MatchLine[], since: EpochSeconds): Session {
    const session = new Session(groups, since);
    const forgets = endsSession(groups);
    settle(groups);
    if (!forgets) session.#addUser(groups);
    session.#take(lines, forgets);
    return session;
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

  /** Goes on with a line (A§2.16 step 2). */
  join(captured: Groups, lines: readonly MatchLine[]): void {
    const forgets = endsSession(captured);
    const gained = settle(captured);
    this.groups = this.groups.copy();
    this.#addUser(captured);
    this.groups.delete("nofail");
    this.groups.delete("mlfgained");
    if (gained) this.#isPending = false;
    if (!this.isQuiet && !this.#isPending) this.#held = NO_LINES;
    this.groups.overlay(captured);
    this.#take(lines, forgets);
  }

  #addUser(captured: Groups): void {
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

  /**
   * Judges the last line: a pending failure, or a second user, turns a harmless line into a failure (A§2.16 step 3).
   *
   * @param forgets the session ends with this line
   */
  #take(lines: readonly MatchLine[], forgets: boolean): void {
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

/** Whether the session of a line ends with it. */
export const endsSession = (groups: Groups): boolean => groups.hasTextAt(groups.names.mlfforget);

/**
 * Makes what a line captured what its session holds: an authentication that was gained is no failure by itself.
 *
 * @returns whether one was
 */
function settle(groups: Groups): boolean {
  const { mlfgained, mlfforget, nofail } = groups.names;
  const gained = groups.textAt(mlfgained);
  if (gained !== undefined && !groups.hasTextAt(nofail)) groups.set("nofail", gained);
  if (mlfforget >= 0) groups.delete("mlfforget");
  return gained !== undefined;
}
