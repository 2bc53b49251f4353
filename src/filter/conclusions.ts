/**
 * From what a regex captured to whom a failure is about: the session that the line belongs to, and the ID (A§2.15, A§2.16).
 * Knows no regexes and searches nothing.
 * Hot: per matched line.
 * @module
 */

import { isPrintedIp6, isQuadAmong } from "../address/address.ts";
import { reprText } from "../config/python-text.ts";
import type { UseDns } from "../config/settings.ts";
import type { CapturedGroups } from "./captured-groups.ts";
import type { CapturedLine } from "./captured-line.ts";
import type { MatchLine } from "./failure.ts";
import type { Groups } from "./groups.ts";
import { chooseId } from "./ids.ts";
import type { Passage } from "./line-report.ts";
import type { Pattern } from "./patterns.ts";
import type { SessionState } from "./session.ts";
import { SessionCache } from "./sessions.ts";
import { mixOfBytes } from "./slot-table.ts";
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
  readonly sessions = new SessionCache();
  readonly #daily = new DailyWarnings();

  constructor(jail: string, usedns: UseDns) {
    this.#jail = jail;
    this.#usedns = usedns;
  }

  state(): ConclusionState {
    return { sessions: this.sessions.state(), daily: this.#daily.state() };
  }

  /** Goes on where another one's {@link state} was taken. */
  restore({ sessions, daily }: ConclusionState): void {
    this.sessions.restore(sessions);
    this.#daily.restore(daily);
  }

  /**
   * As {@link conclude} with groups that lie in a line, where that is plain: an address as it is printed, without a session or with the first
   * line of one.
   *
   * @param captured where the groups are placed
   * @returns false: there is more to it, and nothing is concluded
   */
  concludePlainly(
    regexIndex: number,
    captured: CapturedGroups,
    line: CapturedLine,
    lines: readonly MatchLine[],
    passage: Passage,
  ): boolean {
    if (passage.matches > 0 || !isLoneAddress(captured, line)) return false;
    const { mlfid, nofail, mlfgained, mlfforget } = captured.names;
    let isHarmless = captured.hasTextAt(nofail);
    let isFailure = true;
    if (captured.hasTextAt(mlfid)) {
      const at = offsetAt(captured, line, mlfid);
      if (at < 0) return false;
      const mixed = mixOfBytes(line.bytes, at, at + captured.lengthAt(mlfid));
      if (this.sessions.mayKnow(mixed)) return false;
      if (!captured.hasTextAt(mlfforget)) this.sessions.begin(mixed, captured, line.cut, lines, passage.now);
      isHarmless ||= captured.hasTextAt(mlfgained);
      isFailure = !isHarmless;
    }
    passage.addPlain(regexIndex, isFailure ? "failure" : "no-fail", isHarmless, captured, lines);
    return true;
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
    const session = key === undefined ? undefined : this.sessions.join(key, own, lines, passage.now);
    const groups = session === undefined ? own : session.groups;
    const matches = session === undefined ? lines : session.matches;
    const chosen = chooseId(groups, this.#usedns);
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

/** Where a placed group lies among the bytes; -1: not in one piece. */
function offsetAt({ places }: CapturedGroups, line: CapturedLine, index: number): number {
  return line.offsetOf(places[2 * index] ?? 0, places[2 * index + 1] ?? 0);
}

/** Whether the groups that decide hold an address as it is printed and nothing else. */
function isLoneAddress(captured: CapturedGroups, line: CapturedLine): boolean {
  const { fid, cidr, ip4, ip6 } = captured.names;
  if (captured.hasTextAt(fid) || captured.hasTextAt(cidr)) return false;
  if (captured.hasTextAt(ip4)) {
    const at = offsetAt(captured, line, ip4);
    return at >= 0 && isQuadAmong(line.bytes, at, at + captured.lengthAt(ip4));
  }
  if (!captured.hasTextAt(ip6)) return false;
  return isPrintedIp6(line.cut.slice(captured.places[2 * ip6], captured.places[2 * ip6 + 1]));
}
