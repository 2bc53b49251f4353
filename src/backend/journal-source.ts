/**
 * The systemd journal as a source of lines: keeps a `journalctl` running and goes on after it from the last entry (A§5.6).
 * Knows nothing of filters; what the operator should know is told by events.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Level, Observe } from "../base/event.ts";
import type { LocalZone } from "../base/local-time.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import type { JournalFields } from "./journal-export.ts";
import { type JournalLine, journalLine } from "./journal-line.ts";
import { JOURNAL, JournalPlace, standsAt } from "./journal-place.ts";
import { canFollow, type JournalQuery, JournalReader } from "./journal-reader.ts";
import type { LogPosition, LogSource, LogStand } from "./log-source.ts";

/** An entry this young shows that reading has caught up; seconds. */
const YOUNG: Seconds = 1;
/** Before `journalctl` is started again: first, doubled with each failure up to the longest; milliseconds. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** Between two readings of journal files that cannot be followed; milliseconds. */
const POLL_MS = 1000;
/** For the question what the last entry is; milliseconds. */
const QUESTION_MS = 10_000;

/** Lines of the journal in their order. */
export interface JournalLines {
  readonly lines: readonly JournalLine[];
  readonly inOperation: boolean;
  /** what to store once so many of the lines, one at least, were taken */
  standsAfter(taken: number): readonly LogStand[];
}

/** Takes the journal's lines, at its own pace. Nothing here throws. */
export interface JournalSink {
  /** Takes lines from the beginning, one at least. @returns how many; the rest is brought again */
  timed(lines: JournalLines): number;
  /** Resolves when the next lines may be brought; before that no more of the journal is read. */
  turn(): Promise<void>;
  /** everything that was there at the start was delivered */
  idle(path: string): void;
  readonly observe: Observe;
}

export interface JournalSourceOptions extends JournalQuery {
  /** the jail's name, for messages */
  readonly jail: string;
  readonly findtime: Seconds;
  readonly sink: JournalSink;
  readonly clock: Clock;
  readonly zone: LocalZone;
  /** text of a field's bytes, by the jail's encoding */
  decode(bytes: Uint8Array): string;
  /** what is stored for the journal */
  resume(path: string): LogPosition | undefined;
  /** the program; default `journalctl` */
  readonly command?: string;
}

export class JournalSource implements LogSource {
  readonly #options: JournalSourceOptions;
  readonly #command: string;
  #state: "new" | "running" | "idle" | "stopped" = "new";
  #reader: JournalReader | undefined;
  /** counts the changes between idle and not; an older run ends itself */
  #run = 0;
  #running: Promise<void> = Promise.resolve();
  #endPause: (() => void) | undefined;
  #inOperation = false;
  /** when the journal took the entry that was the last one at the start */
  #lastAtStart: EpochSeconds | undefined;
  #place: JournalPlace | undefined;

  constructor(options: JournalSourceOptions) {
    this.#options = options;
    this.#command = options.command ?? "journalctl";
  }

  /** Begins at the stored time, at most findtime ago; resolves when the reading has begun. */
  async start(): Promise<void> {
    if (this.#state !== "new") return;
    const { clock, findtime, jail, matches } = this.#options;
    this.#state = "running";
    if (!matches.some((match) => match.length > 0)) {
      this.#say(
        "NOTICE",
        `[${jail}] Jail started without 'journalmatch' set. Jail regexs will be checked against all journal entries, ` +
          "which is not advised for performance reasons.",
      );
    }
    const place = new JournalPlace((path) => this.#options.resume(path), clock.now() - findtime);
    this.#place = place;
    this.#lastAtStart = await this.#askLast();
    if (this.#hasStopped()) return;
    if (this.#lastAtStart === undefined || this.#lastAtStart <= place.since) this.#beInOperation();
    this.#running = this.#readOn();
  }

  async stop(): Promise<void> {
    this.#state = "stopped";
    await this.#halt();
  }

  /** While idle no `journalctl` runs; afterwards reading goes on after the last entry read. */
  setIdle(isIdle: boolean): void {
    if (this.#state !== (isIdle ? "running" : "idle")) return;
    this.#state = isIdle ? "idle" : "running";
    this.#run++;
    this.#running = isIdle ? this.#halt() : this.#running.then(() => this.#readOn());
  }

  /** No files. */
  paths(): string[] {
    return [];
  }

  /** Time and cursor of the last entry read; for storing. */
  positions(): readonly LogStand[] {
    return this.#place?.stands ?? [];
  }

  /** Runs `journalctl` again and again as long as the source runs. */
  async #readOn(): Promise<void> {
    const run = this.#run;
    const isOver = (): boolean => this.#state !== "running" || this.#run !== run;
    let failures = 0;
    const follows = canFollow(this.#options);
    while (!isOver()) {
      const begun = performance.now();
      const place = this.#place;
      if (place === undefined) return;
      const how = [...place.begin(), ...(follows ? ["--follow"] : [])];
      let isGone = false;
      const reader = new JournalReader(this.#command, this.#options, how, async (entries) => {
        if (isGone || isOver() || (await this.#take(entries, place, isOver))) return;
        isGone = true;
        reader.end();
      });
      this.#reader = reader;
      const { code, complaint } = await this.#reader.ended();
      this.#reader = undefined;
      if (isOver()) return;
      isGone ||= code !== 0 && complaint.includes("cursor");
      if (isGone && place.forgetCursor()) {
        const text = "The journal no longer has the entry that was read last; reading goes on by its time";
        this.#say("NOTICE", `[${this.#options.jail}] ${text}`);
        continue;
      }
      if (!follows && code === 0) {
        if (!this.#inOperation) this.#beInOperation();
        await this.#wait(POLL_MS);
        continue;
      }
      if (performance.now() - begun > LONGEST_PAUSE_MS) failures = 0;
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
      failures++;
      this.#say("ERROR", `Reading the journal ended: ${complaint}; it is started again in ${pause / 1000} s`);
      await this.#wait(pause);
    }
  }

  /** When the journal took its last entry that matches; `undefined`: there is none, or no answer. */
  async #askLast(): Promise<EpochSeconds | undefined> {
    let last: EpochSeconds | undefined;
    const reader = new JournalReader(this.#command, this.#options, ["--lines=1"], (entries) => {
      for (const fields of entries) last = this.#lineOf(fields)?.receivedAt ?? last;
    });
    this.#reader = reader;
    const timer = setTimeout(() => void reader.stop(), QUESTION_MS);
    await reader.ended();
    clearTimeout(timer);
    this.#reader = undefined;
    return last;
  }

  /** Brings the lines of entries until all are taken or the run is over. `false`: they do not follow what was read last. */
  async #take(
    entries: readonly JournalFields[],
    place: JournalPlace,
    isOver: () => boolean,
  ): Promise<boolean> {
    const { sink } = this.#options;
    const admitted = place.admit(entries.flatMap((fields) => this.#lineOf(fields) ?? []));
    if (admitted === undefined) return false;
    for (let lines = admitted; lines.length > 0; ) {
      await sink.turn();
      if (isOver()) break;
      const standing = lines;
      const count = this.#countAlike(lines);
      const taken = sink.timed({
        lines: lines.slice(0, count),
        inOperation: this.#inOperation,
        standsAfter: (part) => standing.slice(part - 1, part).flatMap(standsAt),
      });
      const last = lines[taken - 1];
      lines = lines.slice(taken);
      if (last === undefined) continue;
      place.take(last);
      if (!this.#inOperation && this.#isLastAtStart(last)) this.#beInOperation();
    }
    return true;
  }

  /** How many lines from the first on are all of before the start, or all of afterwards. */
  #countAlike(lines: readonly JournalLine[]): number {
    const now = this.#options.clock.now();
    const isYoung = ({ receivedAt }: JournalLine): boolean => now - receivedAt < YOUNG;
    if (this.#inOperation) return lines.length;
    const young = lines.findIndex(isYoung);
    if (young === 0) {
      this.#beInOperation();
      return lines.length;
    }
    const last = lines.findIndex((line) => this.#isLastAtStart(line));
    return Math.min(...[young, last + 1, lines.length].filter((count) => count > 0));
  }

  #isLastAtStart({ receivedAt }: JournalLine): boolean {
    return this.#lastAtStart !== undefined && receivedAt >= this.#lastAtStart;
  }

  #lineOf(fields: JournalFields): JournalLine | undefined {
    return journalLine(fields, (bytes) => this.#options.decode(bytes), this.#options.zone);
  }

  #beInOperation(): void {
    this.#inOperation = true;
    this.#say("INFO", `[${this.#options.jail}] Jail is in operation now (process new journal entries)`);
    this.#options.sink.idle(JOURNAL);
  }

  async #halt(): Promise<void> {
    const running = this.#running;
    this.#endPause?.();
    await this.#reader?.stop();
    await running;
  }

  async #wait(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#endPause = undefined;
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      this.#endPause = end;
    });
  }

  #hasStopped(): boolean {
    return this.#state === "stopped";
  }

  #say(level: Level, text: string): void {
    this.#options.sink.observe({ type: "message", level, logger: "filtersystemd", text });
  }
}
