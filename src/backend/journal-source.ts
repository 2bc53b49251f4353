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
import { canFollow, type JournalQuery, JournalReader } from "./journal-reader.ts";
import type { LogPosition, LogSource } from "./log-source.ts";

/** The name under which the journal's position is stored. */
const JOURNAL = "systemd-journal";
/** An entry this young shows that reading has caught up; seconds. */
const YOUNG: Seconds = 1;
/** Before `journalctl` is started again: first, doubled with each failure up to the longest; milliseconds. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** Between two readings of journal files that cannot be followed; milliseconds. */
const POLL_MS = 1000;
/** For the question what the last entry is; milliseconds. */
const QUESTION_MS = 10_000;

/** Takes the journal's lines. Both calls return before more is read; neither throws. */
export interface JournalSink {
  timed(lines: readonly JournalLine[], inOperation: boolean): void;
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
  /** the stored position of `systemd-journal`: the time of the last entry */
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
  #last: JournalLine | undefined;
  /** entries up to this one were read before the start */
  #readBefore: EpochSeconds = 0;
  #since: EpochSeconds = 0;

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
    this.#readBefore = this.#options.resume(JOURNAL)?.position ?? 0;
    this.#since = Math.max(this.#readBefore, clock.now() - findtime, 0);
    this.#lastAtStart = await this.#askLast();
    if (this.#hasStopped()) return;
    if (this.#lastAtStart === undefined || this.#lastAtStart <= this.#since) this.#beInOperation();
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

  /** The time of the last entry read; for storing. */
  positions(): { readonly path: string; readonly hash: string; readonly position: number }[] {
    const last = this.#last;
    return last === undefined ? [] : [{ path: JOURNAL, hash: last.atText, position: last.receivedAt }];
  }

  /** Runs `journalctl` again and again as long as the source runs. */
  async #readOn(): Promise<void> {
    const run = this.#run;
    const isOver = (): boolean => this.#state !== "running" || this.#run !== run;
    let failures = 0;
    const follows = canFollow(this.#options);
    while (!isOver()) {
      const begun = performance.now();
      const how = [...this.#beginning(), ...(follows ? ["--follow"] : [])];
      this.#reader = new JournalReader(this.#command, this.#options, how, (entries) => this.#take(entries));
      const { code, complaint } = await this.#reader.ended();
      this.#reader = undefined;
      if (isOver()) return;
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

  #beginning(): string[] {
    const cursor = this.#last?.cursor ?? "";
    if (cursor !== "") return [`--after-cursor=${cursor}`, "--no-tail"];
    return [`--since=@${this.#since.toFixed(6)}`, "--no-tail"];
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

  #take(entries: readonly JournalFields[]): void {
    if (this.#state !== "running") return;
    const { sink, clock } = this.#options;
    let batch: JournalLine[] = [];
    const give = (): void => {
      if (batch.length > 0) sink.timed(batch, this.#inOperation);
      batch = [];
    };
    for (const fields of entries) {
      const line = this.#lineOf(fields);
      if (line === undefined) continue;
      // the stored time is that of an entry that was read
      if (this.#last === undefined && line.receivedAt <= this.#readBefore) continue;
      if (!this.#inOperation && clock.now() - line.receivedAt < YOUNG) {
        give();
        this.#beInOperation();
      }
      this.#last = line;
      batch.push(line);
      if (!this.#inOperation && this.#lastAtStart !== undefined && line.receivedAt >= this.#lastAtStart) {
        give();
        this.#beInOperation();
      }
    }
    give();
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
