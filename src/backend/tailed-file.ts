/**
 * One monitored path through its life: waits for it, reads it, follows it through rotation, truncation and absence.
 * Knows nothing of when to look; its caller wakes it. Reads of one path never overlap.
 * @module
 */
import type { Level, Logger } from "../base/event.ts";
import type { ReadLineAt } from "./bisect.ts";
import { Delivery } from "./delivery.ts";
import { closeQuietly, GRACE_MS, LeftFiles } from "./left-files.ts";
import { LogMessages } from "./log-messages.ts";
import type { LogPosition, LogSink } from "./log-source.ts";
import type { Newlines } from "./newline.ts";
import { type OpenFile, OpenLog, type ReadSoFar, WITNESS_BYTES } from "./open-log.ts";
import { PathSight, type Sight } from "./path-sight.ts";
import { inodeText, systemReason } from "./path-target.ts";
import { findUnread } from "./unread-files.ts";

/** What is known of a file before its reading: nothing. */
const NOTHING_READ: ReadSoFar = { hash: "", position: 0, witness: new Uint8Array(0) };

export interface TailOptions {
  readonly path: string;
  readonly newlines: Newlines;
  readonly sink: LogSink;
  /** level of absence messages: polling is quieter (A§5.5) */
  readonly absenceLevel: Level;
  readonly absenceLogger: Logger;
  resume(path: string): LogPosition | undefined;
  /** nothing more is delivered now; what was read and not taken is read again */
  mustPause(): boolean;
  /** whether a path is monitored for itself */
  isMonitored(path: string): boolean;
  readonly openFile?: OpenFile | undefined;
  readonly firstRelevantOffset?:
    | ((path: string, size: number, readLineAt: ReadLineAt, from: number) => Promise<number>)
    | undefined;
}

export class TailedFile {
  readonly path: string;
  readonly #options: TailOptions;
  readonly #messages: LogMessages;
  readonly #sight: PathSight;
  readonly #left: LeftFiles;
  readonly #delivery: Delivery;
  /** the file that the path leads to, or led to before it went away */
  #log: OpenLog | undefined;
  /** what was read of the last one while none is open */
  #lastRead: ReadSoFar | undefined;
  #goneSince: number | undefined;
  #wasOpened = false;
  #tail: boolean;
  #needsSearch = false;

  /** @param tail begin at the end of what is there now */
  constructor(options: TailOptions, tail: boolean) {
    this.path = options.path;
    this.#options = options;
    this.#messages = new LogMessages(options.path, options.sink.observe, {
      level: options.absenceLevel,
      logger: options.absenceLogger,
    });
    this.#sight = new PathSight(options.path);
    this.#left = new LeftFiles(this.#messages);
    this.#delivery = new Delivery({
      ...options,
      messages: this.#messages,
      mustPause: () => options.mustPause(),
      booked: () => this.#booked,
    });
    this.#tail = tail;
  }

  /** Whether the path itself is a symbolic link: its target's changes do not show in the path's directory. */
  get isLink(): boolean {
    return this.#sight.isLink;
  }

  /** Whether {@link TailedFile.advance} has something to do whatever a look at the path shows. */
  get isRestless(): boolean {
    const { present } = this.#messages;
    if (this.#left.open.length > 0 || present?.kind === "unreadable") return true;
    return present !== undefined && this.#log !== undefined;
  }

  /** What to store to go on from here. `undefined`: nothing was read. */
  get position(): LogPosition | undefined {
    const read = this.#booked ?? this.#lastRead;
    return read === undefined ? undefined : { hash: read.hash, position: read.position };
  }

  /** The file whose position stands for the path: not the new one before the rest of the old ones was read. */
  get #booked(): OpenLog | undefined {
    const log = this.#log;
    return log === undefined || log.position > 0 ? log : (this.#left.undrained ?? log);
  }

  /** Opens the file if it is there and finds where to begin; reads nothing. Never throws. */
  async begin(): Promise<void> {
    const sight = await this.#sight.look();
    const { target } = sight;
    if (target.kind === "file") await this.#open(target, sight);
    else this.#messages.trouble(target);
    if (target.kind !== "absent") return;
    // what appears later is all new
    this.#tail = false;
    this.#sight.beSound(sight);
  }

  /** Whether {@link TailedFile.advance} has anything to do, by a look at the path. Never throws. */
  async hasChanged(): Promise<boolean> {
    return this.isRestless || (await this.#sight.hasChanged());
  }

  /**
   * Reads on: what is left of rotated files first, then the file itself, then what replaced it.
   * "more": another turn is due. The system's errors become events; the file is tried again later.
   */
  async advance(buffer: Uint8Array): Promise<"idle" | "more"> {
    // the look comes before the reading: what the path leads to now was complete when the old file was left
    const sight = await this.#sight.look();
    const { target } = sight;
    try {
      if ((await this.#drainLeft(buffer)) === "more") return "more";
      if (this.#log !== undefined) {
        if (await this.#wasCutUnread(this.#log, sight)) return "more";
        if ((await this.#drain(this.#log, buffer)) === "more") return "more";
      }
    } catch (error) {
      this.#messages.trouble({ kind: "unreadable", reason: systemReason(error) });
      await this.#leave();
      return this.#idle();
    }
    if (target.kind !== "file") {
      this.#messages.trouble(target);
      await this.#endGone();
      return this.#idle();
    }
    if (this.#log !== undefined && inodeText(this.#log) === target.inode) {
      this.#messages.over();
      this.#goneSince = undefined;
      this.#sight.beSound(sight);
      return this.#idle();
    }
    return (await this.#open(target, sight)) ? "more" : this.#idle();
  }

  /** Closes everything. */
  async close(): Promise<void> {
    await this.#leave();
    await this.#left.close();
  }

  /** Opens what the path leads to. A file that was open is read on beside it for a while. */
  async #open(target: Sight["target"] & { kind: "file" }, sight: Sight): Promise<boolean> {
    const { newlines, openFile } = this.#options;
    const old = this.#log;
    const read = old?.identity ?? this.#lastRead;
    // the path may lead back to a file that was left a moment ago
    let log = this.#left.takeBack(target.inode);
    try {
      if (log === undefined) {
        log = await OpenLog.open(this.path, newlines, openFile);
        await this.#findBeginning(log, read);
      }
    } catch (error) {
      if (log !== undefined) await closeQuietly(log);
      this.#messages.trouble({ kind: "unreadable", reason: systemReason(error) });
      return false;
    }
    this.#log = log;
    if (old !== undefined) {
      await this.#left.keep(old);
      this.#messages.rotation(target.size, log, old);
    }
    if (this.#sight.soundAt !== undefined) await this.#keepUnread(read ?? NOTHING_READ, log);
    this.#messages.over();
    this.#goneSince = undefined;
    this.#wasOpened = true;
    this.#sight.beSound(sight);
    this.#messages.added(log);
    return true;
  }

  /** Moves a newly opened file to where reading begins. */
  async #findBeginning(log: OpenLog, last: ReadSoFar | undefined): Promise<void> {
    // read before, or the same content under another number: written anew, or given out anew by a file server
    const same = last !== undefined && last.witness.length >= WITNESS_BYTES ? last : undefined;
    for (const read of [this.#left.readOf(inodeText(log)), same]) {
      if (read !== undefined && (await log.isCopyOf(read)) && (await log.seek(read.position))) return;
    }
    if (this.#wasOpened) return;
    if (this.#tail) {
      await log.seekEnd();
      this.#delivery.beInOperation();
      return;
    }
    this.#needsSearch = this.#options.firstRelevantOffset !== undefined;
    const stored = this.#options.resume(this.path);
    if (stored === undefined || stored.hash === "") return;
    if (stored.hash === log.hash) {
      await log.seek(stored.position);
      return;
    }
    // rotated while nobody watched
    await this.#keepUnread({ ...NOTHING_READ, ...stored }, log);
  }

  /** Keeps the files beside the log that hold unread lines of it, for reading. Gives how many. */
  async #keepUnread(read: ReadSoFar, own: OpenLog): Promise<number> {
    const { newlines, openFile, isMonitored } = this.#options;
    const ownInode = inodeText(own);
    const unread = await findUnread({
      path: await this.#sight.resolved(),
      newlines,
      openFile,
      reads: [...this.#left.reads, read],
      since: this.#sight.soundAt,
      isTaken: (inode, path) => inode === ownInode || this.#left.isOpen(inode) || isMonitored(path),
    });
    for (const { log, isCopy } of unread) await this.#left.keep(log, !isCopy);
    return unread.length;
  }

  /** Whether the file was copied and cut before a line of it was read: nothing in itself shows that. */
  async #wasCutUnread(log: OpenLog, sight: Sight): Promise<boolean> {
    if (log.position > 0 || log.hash !== "" || this.#sight.isAsSound(sight)) return false;
    if (sight.target.kind !== "file" || sight.target.inode !== inodeText(log)) return false;
    const count = await this.#keepUnread(NOTHING_READ, log);
    this.#sight.beSound(sight);
    return count > 0;
  }

  /** Reads the files that the path no longer leads to. */
  async #drainLeft(buffer: Uint8Array): Promise<"idle" | "more"> {
    for (const left of [...this.#left.open]) {
      const now = performance.now();
      try {
        if ((await this.#drain(left.log, buffer, left.isOld)) === "more") return "more";
        left.isDrained = true;
      } catch (error) {
        // it must not hold up the path's own file
        if (!left.isTold) this.#messages.rotatedTrouble(systemReason(error));
        left.isTold = true;
        left.isDrained = true;
      }
      if (now >= left.until) await this.#left.drop(left);
    }
    return "idle";
  }

  /** Reads a file to its end or for a turn. */
  async #drain(log: OpenLog, buffer: Uint8Array, isOld = false): Promise<"idle" | "more"> {
    if (!(await log.hasSameHead())) return await this.#rewritten(log);
    if (log === this.#log && this.#needsSearch) await this.#search(log);
    const outcome = await this.#delivery.drain(log, buffer, isOld);
    return outcome === "rewritten" ? await this.#rewritten(log) : outcome;
  }

  /** First read of the path: leaves out what is too old to matter (A§5.2). */
  async #search(log: OpenLog): Promise<void> {
    this.#needsSearch = false;
    const { size } = await log.look();
    const find = this.#options.firstRelevantOffset;
    const offset = await find?.(this.path, size, (from) => log.lineAt(from), log.position);
    if (offset !== undefined && offset > log.position && offset <= size) await log.seek(offset);
  }

  /** The content is no longer what was read: begins again, after what copies of the old content still hold. */
  async #rewritten(log: OpenLog): Promise<"more" | "idle"> {
    if (log !== this.#log) {
      const left = this.#left.open.find((one) => one.log === log);
      if (left !== undefined) await this.#left.drop(left);
      return "idle";
    }
    const read = log.identity;
    this.#left.remember(log);
    const { size } = await log.look();
    await log.restart();
    this.#messages.rotation(size, log, { ...read, ino: log.ino });
    await this.#keepUnread(read, log);
    return "more";
  }

  /** The path leads nowhere: its last file is kept open as long as it has a name, else for the grace only. */
  async #endGone(): Promise<void> {
    if (this.#log === undefined) return;
    this.#goneSince ??= performance.now();
    if (performance.now() - this.#goneSince < GRACE_MS) return;
    const names = await this.#log.look().then(
      (stats) => stats.names,
      () => 0,
    );
    if (names === 0) await this.#leave();
  }

  async #leave(): Promise<void> {
    const log = this.#log;
    if (log === undefined) return;
    this.#left.remember(log);
    this.#lastRead = log.identity;
    this.#log = undefined;
    await closeQuietly(log);
  }

  #idle(): "idle" {
    if (this.#log !== undefined && this.#messages.present === undefined) this.#delivery.beInOperation();
    this.#delivery.idle();
    return "idle";
  }
}
