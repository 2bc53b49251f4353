/**
 * Joins the lines of one session: what `<F-MLFID>` captured is the key under which users, pending failures and lines are
 * kept until an address or a verdict comes (A§2.16).
 * Knows no regexes and chooses no IDs; time is what the caller says it is.
 * @module
 */
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { MatchLine } from "./failure.ts";
import { type Groups, overlay, textOf } from "./groups.ts";

/** Sessions remembered at once; the oldest goes first. */
const MAX_SESSIONS = 100;
/** Life of a session, seconds from its first line. */
const SESSION_LIFE: Seconds = 300;
/** Lines kept for one session; the oldest go first. */
const MAX_SESSION_LINES = 200;
/** Distinct users kept for one session; two are enough to decide. */
const MAX_SESSION_USERS = 50;

interface Session {
  /** what the failure will carry; the same map goes on with the next line */
  readonly groups: Groups;
  readonly since: EpochSeconds;
  readonly users: Set<string>;
  /** lines of failures not reported, or reported with the last one */
  matches: readonly MatchLine[];
  /** lines that were no failure by themselves */
  quiet: readonly MatchLine[];
  /** a failure waits for its address */
  isPending: boolean;
  wasQuiet: boolean;
}

/** What a line comes to within its session. */
export interface SessionResult {
  readonly groups: Groups;
  readonly matches: readonly MatchLine[];
  /** the line alone is no failure */
  readonly isQuiet: boolean;
  /** says that no address is known yet: the failure waits for one */
  wait(): void;
}

const lastLines = (lines: readonly MatchLine[]): readonly MatchLine[] =>
  lines.length > MAX_SESSION_LINES ? lines.slice(-MAX_SESSION_LINES) : lines;

/** The session cache of one jail. */
export class SessionCache {
  readonly #sessions = new Map<string, Session>();

  get size(): number {
    return this.#sessions.size;
  }

  /**
   * Takes a matched line of the session `key`.
   *
   * @param groups what the line captured; the map is kept when the session is new
   * @param lines the matched lines
   * @see compat A§2.16
   */
  join(key: string, groups: Groups, lines: readonly MatchLine[], now: EpochSeconds): SessionResult {
    const gained = textOf(groups, "mlfgained");
    if (gained !== undefined && textOf(groups, "nofail") === undefined) groups.set("nofail", gained);
    const forgets = textOf(groups, "mlfforget") !== undefined;
    groups.delete("mlfforget");

    const known = this.#find(key, now);
    const session = known ?? this.#fresh(groups, now);
    if (known === undefined) {
      if (!forgets) this.#store(key, session);
    } else {
      this.#merge(known, groups, gained !== undefined);
      if (forgets) this.#sessions.delete(key);
    }
    this.#judge(session);
    const isQuiet = textOf(session.groups, "nofail") !== undefined;
    session.wasQuiet = isQuiet;
    if (isQuiet) {
      if (!forgets) session.quiet = lastLines([...session.quiet, ...lines]);
    } else {
      session.matches = lastLines([...session.quiet, ...session.matches, ...lines]);
      session.quiet = [];
    }
    return {
      groups: session.groups,
      matches: isQuiet ? lines : session.matches,
      isQuiet,
      wait: () => {
        session.isPending = true;
      },
    };
  }

  #find(key: string, now: EpochSeconds): Session | undefined {
    const session = this.#sessions.get(key);
    if (session === undefined || now - session.since <= SESSION_LIFE) return session;
    this.#sessions.delete(key);
    return undefined;
  }

  #fresh(groups: Groups, since: EpochSeconds): Session {
    return {
      groups,
      since,
      users: new Set(),
      matches: [],
      quiet: [],
      isPending: false,
      wasQuiet: false,
    };
  }

  #store(key: string, session: Session): void {
    if (this.#sessions.size >= MAX_SESSIONS) {
      const [oldest] = this.#sessions.keys();
      if (oldest !== undefined) this.#sessions.delete(oldest);
    }
    this.#sessions.set(key, session);
    this.#addUser(session, session.groups);
  }

  #addUser(session: Session, groups: Groups): void {
    const user = textOf(groups, "user");
    if (user === undefined || session.users.size >= MAX_SESSION_USERS) return;
    session.users.add(user);
    session.groups.set("users", session.users);
  }

  /** The session goes on with what the line captured (A§2.16 step 2). */
  #merge(session: Session, groups: Groups, gained: boolean): void {
    this.#addUser(session, groups);
    session.groups.delete("nofail");
    session.groups.delete("mlfgained");
    if (gained) session.isPending = false;
    if (!session.wasQuiet && !session.isPending) session.matches = [];
    overlay(session.groups, groups);
  }

  /** A pending failure, or a second user, turns a harmless line into a failure (A§2.16 step 3). */
  #judge(session: Session): void {
    if (!session.isPending && session.users.size <= 1) return;
    session.isPending = false;
    session.groups.delete("nofail");
    session.groups.delete("mlfgained");
  }
}
