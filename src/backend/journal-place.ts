/**
 * Where the reading of the journal goes on: after an entry that is known by its cursor, and where that entry is gone, by time.
 * What is stored is fail2ban's row, the time of the last entry (A§5.4, A§5.6), and beside it a row of our own with the cursor:
 * by time alone entries of the same moment, or after a clock that was set back, would be lost or read twice.
 * Knows nothing of how the journal is read.
 * @module
 */
import type { EpochSeconds } from "../base/units.ts";
import type { JournalLine } from "./journal-line.ts";
import type { LogPosition, LogStand } from "./log-source.ts";

/** The name under which the journal's position is stored. */
export const JOURNAL = "systemd-journal";
/** The name under which the cursor is stored, in the place of a hash. */
const CURSOR = "systemd-journal:cursor";

/** What an entry is stored as. */
export function standsAt({ atText, receivedAt, cursor }: JournalLine): LogStand[] {
  const time = { path: JOURNAL, hash: atText, position: receivedAt };
  return cursor === "" ? [time] : [time, { path: CURSOR, hash: cursor, position: receivedAt }];
}

export class JournalPlace {
  /** reading begins at this time where no cursor is known */
  readonly since: EpochSeconds;
  #last: JournalLine | undefined;
  #cursor: string | undefined;
  /** entries up to this time were read, as far as is known by time */
  #readUpTo: EpochSeconds;
  /** the next entry must be the one of the cursor */
  #expected: string | undefined;
  #isByTime = true;

  /**
   * @param resume gives what is stored under a name
   * @param earliest older entries are of no interest
   */
  constructor(resume: (path: string) => LogPosition | undefined, earliest: EpochSeconds) {
    const time = resume(JOURNAL);
    const cursor = resume(CURSOR);
    this.#readUpTo = time?.position ?? 0;
    this.since = Math.max(this.#readUpTo, earliest, 0);
    // where the two differ fail2ban has read the journal meanwhile
    const isSame = cursor !== undefined && cursor.position === time?.position;
    if (isSame && cursor.position >= earliest) this.#cursor = cursor.hash;
  }

  /** What to store. */
  get stands(): LogStand[] {
    return this.#last === undefined ? [] : standsAt(this.#last);
  }

  /** Arguments for a new run of `journalctl`. */
  begin(): string[] {
    this.#expected = this.#cursor;
    this.#isByTime = this.#cursor === undefined;
    // not --after-cursor: it leaves out an entry although the cursor's own is gone
    if (this.#cursor !== undefined) return [`--cursor=${this.#cursor}`, "--no-tail"];
    return [`--since=@${Math.max(this.since, this.#readUpTo).toFixed(6)}`, "--no-tail"];
  }

  /** Which of the entries that come next are new. `undefined`: the entry of the cursor is gone. */
  admit(lines: readonly JournalLine[]): readonly JournalLine[] | undefined {
    const [first] = lines;
    if (first === undefined) return lines;
    if (this.#expected !== undefined) {
      if (!isSameEntry(first.cursor, this.#expected)) return undefined;
      this.#expected = undefined;
      return lines.slice(1);
    }
    if (!this.#isByTime) return lines;
    const at = lines.findIndex(({ receivedAt }) => receivedAt > this.#readUpTo);
    if (at < 0) return [];
    this.#isByTime = false;
    return lines.slice(at);
  }

  /** The last entry that was taken. */
  take(line: JournalLine): void {
    this.#last = line;
    this.#readUpTo = line.receivedAt;
    this.#cursor = line.cursor === "" ? undefined : line.cursor;
  }

  /** Goes on by time. Whether that changes anything. */
  forgetCursor(): boolean {
    const hadOne = this.#cursor !== undefined;
    this.#cursor = undefined;
    return hadOne;
  }
}

/** An entry that was copied to another file has another number there, the rest of its cursor is the same. */
function isSameEntry(left: string, right: string): boolean {
  const own = (cursor: string): string => cursor.slice(Math.max(0, cursor.indexOf("b=")));
  return own(left) === own(right);
}
