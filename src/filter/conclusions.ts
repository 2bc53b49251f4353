/**
 * From what a regex captured to whom a failure is about: the session that the line belongs to, and the ID (A§2.15, A§2.16).
 * Knows no regexes and searches nothing.
 * Hot: per matched line.
 * @module
 */
import { reprText } from "../config/python-text.ts";
import type { UseDns } from "../config/settings.ts";
import type { MatchLine } from "./failure.ts";
import type { Groups } from "./groups.ts";
import { chooseId, isLoneQuad, LONE_QUAD } from "./ids.ts";
import type { Passage } from "./line-report.ts";
import type { Pattern } from "./patterns.ts";
import { SessionCache, type SessionState } from "./sessions.ts";
import { type DailyState, DailyWarnings, warningOf } from "./warnings.ts";

/** Longest text of a regex in a message, characters, as Python cuts it. */
const SHOWN_PATTERN_CHARS = 200;

/** What lines leave behind for the next ones, as plain data. */
export interface ConclusionState {
  readonly sessions: readonly (readonly [key: string, session: SessionState])[];
  readonly daily: DailyState;
}

/** Stands for the line of a match where nobody asks for the lines of matches. */
export const UNKEPT_LINE: readonly MatchLine[] = [];

/** The conclusions of one jail. */
export class Conclusions {
  readonly #jail: string;
  readonly #usedns: UseDns;
  readonly #sessions = new SessionCache();
  readonly #daily = new DailyWarnings();

  constructor(jail: string, usedns: UseDns) {
    this.#jail = jail;
    this.#usedns = usedns;
  }

  state(): ConclusionState {
    return { sessions: this.#sessions.state(), daily: this.#daily.state() };
  }

  /** Goes on where another one's {@link state} was taken. */
  restore({ sessions, daily }: ConclusionState): void {
    this.#sessions.restore(sessions);
    this.#daily.restore(daily);
  }

  /**
   * Session and ID of a match; false: nothing captured tells who it was, the next regex is tried.
   *
   * @param pattern the failregex
   * @param own what it captured, over what the prefregex did
   * @param lines that it covers
   */
  conclude(
    regexIndex: number,
    pattern: Pattern,
    own: Groups,
    lines: readonly MatchLine[],
    passage: Passage,
  ): boolean {
    const key = own.textAt(own.names.mlfid);
    const session = key === undefined ? undefined : this.#sessions.join(key, own, lines, passage.now);
    const groups = session === undefined ? own : session.groups;
    const matches = session === undefined ? lines : session.matches;
    // its text is made when somebody asks
    const chosen = isLoneQuad(groups) ? LONE_QUAD : chooseId(groups, this.#usedns);
    if (chosen.kind === "id" && chosen.ip !== undefined) groups.set("ip", chosen.ip);

    if (session?.isQuiet === true) {
      // trying all regexes, fail2ban-regex has a harmless line without an address wait for one, too
      if (passage.triesAll && chosen.kind === "none") session.wait();
      passage.add(regexIndex, "no-fail", chosen, groups, matches);
      return true;
    }
    switch (chosen.kind) {
      case "id":
      case "host":
        passage.add(regexIndex, "failure", chosen, groups, matches);
        return true;
      case "name-refused":
        return true;
      case "no-address":
        this.#warnNoAddress(chosen.text, passage);
        return true;
      case "none":
        if (session !== undefined) {
          session.wait();
          passage.add(regexIndex, "pending", chosen, groups, matches);
          return true;
        }
        this.#warnNoGroup(pattern, lines === UNKEPT_LINE ? [passage.line] : lines, passage);
        return false;
    }
  }

  #warnNoAddress(text: string, passage: Passage): void {
    if (!this.#daily.isDue("no-address", passage.now)) return;
    const said = `[${this.#jail}] Found '${text}', which looks like an address but is none; no failure is counted.`;
    passage.warn(warningOf("no-address", "WARNING", said, `[${this.#jail}] Line: ${passage.text}`));
  }

  #warnNoGroup({ expanded }: Pattern, lines: readonly MatchLine[], passage: Passage): void {
    const text = lines.map((line) => (typeof line === "string" ? line : line[0] + line[2])).join("\n");
    const regex = reprText(expanded).slice(0, SHOWN_PATTERN_CHARS);
    const said = `No group found in '${text}\n' using 're.compile(${regex})'`;
    passage.warn(warningOf("no-group", "ERROR", said));
  }
}
