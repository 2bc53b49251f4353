/**
 * A database that never fails its caller: what the file does not take waits in memory and is written once the file takes it again.
 *
 *     file ── a write fails ──► memory + queue ── the queue could be written ──► file
 *       └──── damage found ───► repaired file (at most once an hour, else memory)
 *
 * Knows statements, not what they mean; readers get the rows of the file and, behind them, those of memory.
 * @module
 */
import type { SQLInputValue } from "node:sqlite";
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/error-text.ts";
import type { GaolerEvent, Level, Observe } from "../base/event.ts";
import type { EpochSeconds, Seconds } from "../base/units.ts";
import { CommitTimes } from "./commit-times.ts";
import { Complaints } from "./complaints.ts";
import { type Change, Connection, type Row, type Write } from "./connection.ts";
import { GatheredChanges, PORTION } from "./gathered-changes.ts";
import { FIRST_RETRY, NextTry } from "./next-try.ts";
import {
  BUSY_TIMEOUT_MS,
  type Connect,
  connectSqlite,
  MEMORY,
  openDatabase,
  repairDatabase,
} from "./open-database.ts";
import { OutsideChanges } from "./outside-changes.ts";
import { isLocked, isReadOnly, troubleOf } from "./sqlite-error.ts";
import { WaitingWrites } from "./waiting-writes.ts";

const REPAIR_PAUSE: Seconds = 3600;
/** That others write to the file is told once in this time. */
const OTHERS_PAUSE: Seconds = 3600;
/** What waits may not make others wait: tries at a file that did not take the last write wait no longer than this; milliseconds. */
const SHORT_PATIENCE_MS = 5;
export interface ResilientOptions {
  readonly observe: Observe;
  readonly clock: Clock;
  readonly connect?: Connect;
  /** how long the opening waits for a program that has the file for itself, milliseconds */
  readonly patience?: number;
  /** does something after a while; without it, transactions are not gathered */
  readonly later?: (work: () => void, after: Seconds) => void;
  /** told when the file takes no writes, and they begin to wait */
  readonly waits?: () => void;
  /** told when a file that could not be opened could be */
  readonly opened?: () => void;
  /** what a file must hold that took the place of the one that was open */
  readonly basics?: () => readonly Write[];
}

/** What a query finds. Newer than what the file has is what waits in memory for it. */
export interface FoundRows {
  readonly stored: readonly Row[];
  readonly waiting: readonly Row[];
  /** names of rows that the file still has although they were deleted (`Write.hides`) */
  readonly hides: (name: string) => boolean;
  /** `false`: nothing waits for the file, and it is the truth */
  readonly mayHide: boolean;
}

export class ResilientDatabase {
  readonly path: string;
  readonly #observe: Observe;
  readonly #clock: Clock;
  readonly #connect: Connect;
  readonly #options: ResilientOptions;
  readonly #outside: OutsideChanges;
  #file: Connection | undefined;
  /** set while the file does not take writes */
  #waiting: WaitingWrites | undefined;
  #isFuture = false;
  #isClosed = false;
  readonly #nextTry = new NextTry();
  #repairedAt: EpochSeconds = -Infinity;
  #othersToldAt: EpochSeconds = -Infinity;
  #unreadableUntil: EpochSeconds = -Infinity;
  readonly #complaints: Complaints;
  /** none while writes wait in memory */
  readonly #gathered = new GatheredChanges();
  readonly #times: CommitTimes;
  #isInTransaction = false;
  #edition = 0;
  /** since the last look */
  #hasWritten = false;
  #isResting = false;

  constructor(path: string, options: ResilientOptions) {
    this.path = path;
    this.#observe = options.observe;
    this.#clock = options.clock;
    this.#connect = options.connect ?? connectSqlite;
    this.#options = options;
    this.#outside = new OutsideChanges(path);
    this.#times = new CommitTimes({
      clock: options.clock,
      later: options.later,
      gathered: this.#gathered,
      bring: () => this.#bring(PORTION),
      commit: () => this.#commit(),
    });
    this.#complaints = new Complaints(options.clock, (text) => this.#say("ERROR", text));
    this.#open(this.#observe, options.patience);
    if (this.#file === undefined) this.#useMemory("the file cannot be opened");
  }

  get pending(): number {
    return this.#waiting?.length ?? 0;
  }

  /** Whether what was stored earlier can be read at all. */
  get isOpen(): boolean {
    return this.#file !== undefined;
  }

  /** Another number for each file or connection that was opened: whoever kept something in the last one may have to do so again. */
  get edition(): number {
    return this.#edition;
  }

  /** Looks after what waits and what others did. To be called now and then, so that it does not hang on the next write. */
  tend(): void {
    if (this.#isClosed || this.#isInTransaction) return;
    this.#recoverIfDue();
    this.#followFile();
    this.#commit();
    if (this.#waiting !== undefined) return;
    this.#tellOfOthers();
    this.#rest();
  }

  /** Between two looks nobody has written: what is remembered of the file will not be needed soon. */
  #rest(): void {
    if (this.#hasWritten) {
      this.#hasWritten = false;
      this.#isResting = false;
    } else if (!this.#isResting) {
      this.#isResting = true;
      this.#attempt((file) => file.rest());
    }
  }

  /** Writes all of it or nothing, now or as soon as the file takes it. */
  write(change: Change): void {
    if (this.#isClosed) return;
    this.#hasWritten = true;
    if (!this.#isInTransaction) this.#recoverIfDue();
    const isFirst = this.#gathered.isEmpty;
    this.#keep(change);
    if (this.#isInTransaction) return;
    if (isFirst) this.#commit();
    this.#times.hurry();
  }

  /** Collects what `fn` writes into one transaction. What `fn` throws comes through after the writing. */
  transaction<T>(fn: () => T): T {
    if (this.#isInTransaction || this.#isClosed) return fn();
    this.#recoverIfDue();
    if (this.#gathered.isEmpty) this.#followFile();
    this.#isInTransaction = true;
    try {
      return fn();
    } finally {
      this.#isInTransaction = false;
      this.#times.commitInTime();
    }
  }

  /** Brings what is gathered into the transaction of the file. */
  #bring(limit?: number): boolean {
    return this.#attempt((file) => this.#gathered.bring(file, this.#refused, limit));
  }

  #commit(): void {
    if (this.#gathered.isEmpty) return;
    this.#followFile();
    const isDone = this.#attempt((file) => {
      this.#gathered.bring(file, this.#refused);
      file.commit();
    });
    if (isDone) this.#gathered.clear();
    this.#times.committed();
  }

  /** Rows of the file and those written to memory meanwhile; none where reading fails. */
  read(sql: string, ...values: readonly SQLInputValue[]): FoundRows {
    if (!this.#gathered.isEmpty) this.#bring();
    return {
      stored: this.#readFile(sql, values),
      waiting: this.#waiting?.rows(sql, values) ?? [],
      hides: (name) => this.#waiting?.hides(name) ?? false,
      mayHide: this.#waiting !== undefined,
    };
  }

  /** Tries once more to write what waits, tells what is lost otherwise, and lets go of the file. */
  close(): void {
    if (this.#isClosed) return;
    this.#commit();
    if (this.#waiting !== undefined && !this.#isFuture) this.#recover();
    if (this.pending > 0) {
      this.#say("ERROR", `Database '${this.path}' could not be written, ${this.pending} change(s) are lost`);
    }
    this.#isClosed = true;
    this.#waiting?.close();
    this.#file?.close();
    this.#say("INFO", "Connection to database closed.");
  }

  #say(level: Level, text: string): void {
    this.#observe({ type: "message", level, logger: "database", text });
  }

  readonly #refused = (error: unknown): void =>
    this.#complaints.make(`Error writing to fail2ban database '${this.path}': ${messageOf(error)}`);

  #open(observe: Observe, patience = 0): void {
    const context = { observe, now: this.#clock.now(), connect: this.#connect, patience };
    const outcome = openDatabase(this.path, context);
    if (outcome.kind === "open") this.#take(new Connection(outcome.database));
    this.#isFuture = outcome.kind === "future";
  }

  /** Tries once more; what there is to tell is told if it works, else it was told before. */
  #openLate(): void {
    const events: GaolerEvent[] = [];
    this.#open((event) => events.push(event));
    if (this.#file !== undefined) for (const event of events) this.#observe(event);
  }

  #take(file: Connection): void {
    this.#file = file;
    this.#edition += 1;
    if (this.#waiting !== undefined) file.setPatience(SHORT_PATIENCE_MS);
    this.#outside.begin(file);
  }

  /** Goes over to the file that is where the open one was, so that nothing is written to a file that nobody sees. */
  #followFile(): void {
    if (this.#waiting !== undefined || this.#file === undefined || !this.#outside.isTakenAway()) return;
    this.#say(
      "WARNING",
      `Database '${this.path}' was removed or replaced by another program, opening it anew`,
    );
    this.#file.abandon();
    this.#file = undefined;
    this.#open(this.#observe);
    if (this.#file === undefined) this.#useMemory("the file cannot be opened");
    const basics = this.#options.basics?.() ?? [];
    if (basics.length > 0) this.#keep({ writes: basics });
  }

  #tellOfOthers(): void {
    const file = this.#file;
    if (file === undefined) return;
    file.setPatience(0);
    const isChanged = this.#outside.othersWrote(file);
    file.setPatience(BUSY_TIMEOUT_MS);
    const now = this.#clock.now();
    if (!isChanged || Math.abs(now - this.#othersToldAt) < OTHERS_PAUSE) return;
    this.#othersToldAt = now;
    this.#say(
      "INFO",
      `Database '${this.path}' was changed by another program; bans in force stay, later ones and the next start go by what it holds now`,
    );
  }

  #readFile(sql: string, values: readonly SQLInputValue[]): readonly Row[] {
    const now = this.#clock.now();
    const isSkipped = now < this.#unreadableUntil && now >= this.#unreadableUntil - FIRST_RETRY;
    if (this.#file === undefined || isSkipped) return [];
    try {
      return this.#file.all(sql, ...values);
    } catch (error) {
      const isDamaged = troubleOf(error) === "damaged";
      if (isDamaged && this.#repair()) {
        if (!this.#gathered.isEmpty) this.#bring();
        return this.#readFile(sql, values);
      }
      // each try at a locked file takes time, and bans must not wait for it
      this.#unreadableUntil = now + FIRST_RETRY;
      this.#complaints.make(`Error reading of fail2ban database '${this.path}': ${messageOf(error)}`);
      return [];
    }
  }

  /**
   * Does something with the file. What fails leads to memory, and all that is gathered with it.
   *
   * @returns whether it is done
   */
  #attempt(act: (file: Connection) => void): boolean {
    const file = this.#file;
    if (file === undefined || this.#waiting !== undefined) return false;
    try {
      act(file);
      return true;
    } catch (error) {
      file.rollback();
      if (troubleOf(error) === "damaged" && this.#repair()) return this.#attempt(act);
      this.#useMemory(messageOf(error), isLocked(error));
      return false;
    }
  }

  #useMemory(reason: string, isLocked = false): void {
    this.#complaints.make(
      `Error writing to fail2ban database '${this.path}': ${reason}; bans are kept in memory meanwhile`,
    );
    this.#file?.setPatience(SHORT_PATIENCE_MS);
    const now = this.#clock.now();
    this.#nextTry.begin(now, isLocked);
    this.#waiting = new WaitingWrites(now, (text) => this.#complaints.make(text));
    this.#writeToMemory(this.#waiting, this.#gathered.take());
    this.#options.waits?.();
  }

  /** Until it is committed, or the file works again. */
  #keep(change: Change): void {
    if (this.#waiting === undefined) this.#gathered.add(change);
    else this.#writeToMemory(this.#waiting, [change]);
  }

  #writeToMemory(waiting: WaitingWrites, changes: readonly Change[]): void {
    waiting.apply(changes);
    if (!this.#isFuture) for (const change of changes) waiting.queue(change);
  }

  #recoverIfDue(): void {
    if (this.#waiting === undefined || this.#isFuture) return;
    const now = this.#clock.now();
    if (this.#nextTry.isDue(now) && !this.#recover()) this.#nextTry.failedAgain(now);
  }

  /** Writes what waits to the file. Leaves everything as it is where that fails. */
  #recover(): boolean {
    if (this.#file !== undefined) return this.#catchUp(this.#file);
    this.#openLate();
    if (this.#file === undefined) return false;
    const isWritten = this.#catchUp(this.#file);
    this.#options.opened?.();
    return isWritten;
  }

  #catchUp(file: Connection): boolean {
    try {
      this.#waiting?.writeTo(file);
      file.setPatience(BUSY_TIMEOUT_MS);
    } catch (error) {
      file.rollback();
      if (troubleOf(error) === "damaged" && this.#repair()) return this.#recover();
      if (isReadOnly(error)) this.#reopen(file);
      return false;
    }
    const lost = this.#waiting?.lost ?? 0;
    this.#say(
      "NOTICE",
      `Database '${this.path}' can be written again, ${this.pending} change(s) caught up${lost > 0 ? `, ${lost} are lost` : ""}`,
    );
    this.#waiting?.close();
    this.#waiting = undefined;
    return true;
  }

  /** A connection that could only read never does more. */
  #reopen(file: Connection): void {
    file.abandon();
    this.#file = undefined;
    this.#openLate();
  }

  /** Replaces a damaged file by what can be saved of it. */
  #repair(): boolean {
    const now = this.#clock.now();
    if (this.path === MEMORY || Math.abs(now - this.#repairedAt) < REPAIR_PAUSE) return false;
    this.#repairedAt = now;
    this.#file?.close();
    this.#file = undefined;
    const outcome = repairDatabase(this.path, { observe: this.#observe, now, connect: this.#connect });
    if (outcome.kind !== "open") return false;
    this.#take(new Connection(outcome.database));
    return true;
  }
}
