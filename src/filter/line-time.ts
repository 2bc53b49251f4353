/**
 * Which time a line gets, what text is left to search, and whether the line is too old (A§2.3).
 * Knows no date patterns: it is given what was found; the present moment is a parameter.
 * @module
 */
import { formatDuration } from "../base/duration.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { FoundDate } from "../date/detector.ts";
import type { MatchLine } from "./failure.ts";
import { type DailyState, DailyWarnings, type FilterWarning, warningOf } from "./warnings.ts";

/** A last date younger than this stands in for a missing one; a time further from now than this is odd. */
const NEAR: Seconds = 60;
/** Lines up to this late are called late, not of another zone. */
const MAX_LATENCY: Seconds = 3300;

export interface TimingInput {
  readonly now: EpochSeconds;
  /** the log was read to its end once: lines happen now */
  readonly inOperation: boolean;
  /** the source gives the time itself (journal); no date is looked for */
  readonly at?: EpochSeconds | undefined;
  /** that time as text, for the matches */
  readonly atText?: string | undefined;
}

export interface TimedLine {
  /** what the regexes search */
  readonly text: string;
  readonly line: MatchLine;
  readonly at: EpochSeconds | undefined;
  /** whether fail2ban would hold the time as a float: all but what a stamp with a zone says */
  readonly isFloat: boolean;
  /** the line has a date of its own */
  readonly isDated: boolean;
}

const isNear = (at: EpochSeconds, now: EpochSeconds): boolean => Math.abs(Math.trunc(at - now)) <= NEAR;

/** What the age rule makes of a line that is dropped: no time that a line has. */
export const TOO_OLD: EpochSeconds = Number.NEGATIVE_INFINITY;

/** A line, of which the text may have to be made. */
interface Line {
  readonly text: string;
}

/** The last date and what was told of times, as plain data. */
export interface ClockState {
  readonly lastAt: EpochSeconds | undefined;
  readonly isLastFloat: boolean;
  readonly lastText: string;
  readonly daily: DailyState;
}

/** The clock of one jail's lines: remembers the last date. */
export class LineClock {
  readonly #jail: string;
  readonly checksAge: boolean;
  readonly #daily = new DailyWarnings();
  findtime: Seconds;
  #lastAt: EpochSeconds | undefined;
  #isLastFloat = true;
  #lastText = "";

  /** @param checksAge whether the age rule applies and undated lines in operation happen now; not in `gaoler regex` */
  constructor(jail: string, findtime: Seconds, checksAge: boolean) {
    this.#jail = jail;
    this.findtime = findtime;
    this.checksAge = checksAge;
  }

  state(): ClockState {
    const daily = this.#daily.state();
    return { lastAt: this.#lastAt, isLastFloat: this.#isLastFloat, lastText: this.#lastText, daily };
  }

  /** Goes on where another one's {@link state} was taken. */
  restore({ lastAt, isLastFloat, lastText, daily }: ClockState): void {
    this.#lastAt = lastAt;
    this.#isLastFloat = isLastFloat;
    this.#lastText = lastText;
    this.#daily.restore(daily);
  }

  /** Cuts the date and decides the time, before the age rule. */
  time(
    line: string,
    found: FoundDate | undefined,
    input: TimingInput,
    warn: (warning: FilterWarning) => void,
  ): TimedLine {
    if (input.at !== undefined) {
      return { text: line, line: ["", input.atText ?? "", line], at: input.at, isFloat: true, isDated: true };
    }
    if (found === undefined) return this.#undated(line, ["", "", line], input);
    const before = line.slice(0, found.start);
    const after = line.slice(found.end);
    if (found.empty) {
      const recent = this.#recent(input.now);
      if (recent === undefined) {
        return { text: line, line: [before, "", after], at: input.now, isFloat: true, isDated: true };
      }
      const isFloat = this.#isLastFloat;
      return { text: line, line: ["", this.#lastText, line], at: recent, isFloat, isDated: true };
    }
    const at = this.dated(found, input);
    if (at === undefined) {
      warn(warningOf("bad-date", "ERROR", `findFailure failed to parse timeText: ${found.text}`));
      return this.#undated(line, [before, found.text, after], input);
    }
    const cut = [before, found.text, after] as const;
    return { text: before + after, line: cut, at, isFloat: found.isFloat, isDated: true };
  }

  /** The time of a line with a stamp, which is the last date then; `undefined`: that is none, and nothing has changed. */
  dated(found: FoundDate, { inOperation }: TimingInput): EpochSeconds | undefined {
    const isOldContent = this.checksAge && !inOperation;
    const at = isOldContent ? found.atIfOld : found.at;
    if (at === undefined) return undefined;
    this.#lastAt = at;
    this.#isLastFloat = found.isFloat;
    this.#lastText = found.text;
    return at;
  }

  /**
   * The age rule: in operation odd times become now, at start-up old lines are dropped (A§2.3).
   *
   * @returns {@link TOO_OLD} for a line that is dropped
   */
  age(
    at: EpochSeconds | undefined,
    line: Line,
    input: TimingInput,
    warn: (warning: FilterWarning) => void,
  ): EpochSeconds | undefined {
    const { now } = input;
    if (at === undefined || !this.checksAge) return at;
    if (input.inOperation) {
      if (isNear(at, now)) return at;
      this.#lastAt = now;
      this.#isLastFloat = true;
      if (this.#daily.isDue("odd-time", now)) warn(this.#oddTime(at - now, line.text));
      return now;
    }
    if (at >= now - this.findtime) return at;
    if (this.#daily.isDue("old-lines", now)) warn(this.#oldLines(line.text));
    return TOO_OLD;
  }

  /** Whether {@link age} takes all times between two as they are. */
  takesAsTheyAre(earliest: EpochSeconds, latest: EpochSeconds, { now, inOperation }: TimingInput): boolean {
    if (!this.checksAge) return true;
    return inOperation ? isNear(earliest, now) && isNear(latest, now) : earliest >= now - this.findtime;
  }

  /** To be told once a day about a match on a line without a date of its own. */
  matchedUndated(timed: TimedLine, line: string, now: EpochSeconds): FilterWarning | undefined {
    if (timed.isDated || !this.#daily.isDue("no-date", now)) return undefined;
    const dateText = typeof timed.line === "string" ? "" : timed.line[1];
    return warningOf(
      "no-date",
      "WARNING",
      `[${this.#jail}] Found a match but no valid date/time found for '${dateText}'.`,
      `[${this.#jail}] Match without a timestamp: ${line}`,
      `[${this.#jail}] Please try setting a custom date pattern (see man page jail.conf(5)).`,
    );
  }

  /** The last date if it is younger than a minute. */
  #recent(now: EpochSeconds): EpochSeconds | undefined {
    return this.#lastAt !== undefined && this.#lastAt > now - NEAR ? this.#lastAt : undefined;
  }

  /** A line without a usable date: the last date and the whole line, else now and the line as it was cut. */
  #undated(line: string, cut: readonly [string, string, string], input: TimingInput): TimedLine {
    const recent = this.#recent(input.now);
    if (recent !== undefined) {
      const isFloat = this.#isLastFloat;
      return { text: line, line: ["", this.#lastText, line], at: recent, isFloat, isDated: false };
    }
    const at = this.checksAge && input.inOperation ? input.now : undefined;
    return { text: cut[0] + cut[2], line: cut, at, isFloat: true, isDated: false };
  }

  #oddTime(delta: Seconds, line: string): FilterWarning {
    const side = delta < 0 ? "before" : "after";
    const cause = delta < 0 && delta >= -MAX_LATENCY ? "latency" : "timezone";
    return warningOf(
      "odd-time",
      "WARNING",
      `[${this.#jail}] Detected a log entry ${formatDuration(Math.abs(delta))} ${side} the current time in operation mode. This looks like a ${cause} problem. Treating such entries as if they just happened.`,
      this.#timingIssue(line),
    );
  }

  #oldLines(line: string): FilterWarning {
    return warningOf(
      "old-lines",
      "WARNING",
      `[${this.#jail}] Ignoring all log entries older than ${this.findtime}s; these are probably messages generated while fail2ban was not running.`,
      this.#timingIssue(line),
    );
  }

  #timingIssue(line: string): string {
    return `[${this.#jail}] Please check a jail for a timing issue. Line with odd timestamp: ${line}`;
  }
}
