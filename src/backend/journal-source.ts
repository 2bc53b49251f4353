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
import type { LogPosition, LogSource, LogStand } from "./log-source.ts";

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
  positions(): readonly LogStand[] {
    return this.#last === undefined ? [] : standsAt(this.#last);
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
      this.#reader = new JournalReader(this.#command, this.#options, how, async (entries) => {
        await this.#take(entries, isOver);
      });
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

  /** Brings the lines of entries until all are taken or the run is over. */
  async #take(entries: readonly JournalFields[], isOver: () => boolean): Promise<void> {
    const { sink } = this.#options;
    let lines = entries.flatMap((fields) => this.#lineOf(fields) ?? []);
    // the stored time is that of an entry that was read
    if (this.#last === undefined) {
      const first = lines.findIndex(({ receivedAt }) => receivedAt > this.#readBefore);
      lines = first < 0 ? [] : lines.slice(first);
    }
    while (lines.length > 0) {
      await sink.turn();
      if (isOver()) return;
      const count = this.#countAlike(lines);
      const taken = sink.timed({
        lines: lines.slice(0, count),
        inOperation: this.#inOperation,
        standsAfter: (part) => lines.slice(part - 1, part).flatMap(standsAt),
      });
      const last = lines[taken - 1];
      this.#last = last;
      lines = lines.slice(taken);
      if (!this.#inOperation && last !== undefined && this.#isLastAtStart(last)) this.#beInOperation();
    }
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

/** What is stored of an entry that was read. */
function standsAt({ atText, receivedAt }: JournalLine): LogStand[] {
  return [{ path: JOURNAL, hash: atText, position: receivedAt }];
}
