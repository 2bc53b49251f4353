/**
 * One monitored path through its life: waits for it, reads it, follows it through rotation, truncation and absence.
 * Knows nothing of when to look; its caller wakes it. Reads of one path never overlap.
 * @module
 */
import type { Level, Logger } from "../base/event.ts";
import type { ReadLineAt } from "./bisect.ts";
import { LogMessages } from "./log-messages.ts";
import type { LogPosition, LogSink } from "./log-source.ts";
import type { Newlines } from "./newline.ts";
import { OpenLog, type Piece } from "./open-log.ts";
import { inodeText, lookAtPath, type PathTarget, systemReason } from "./path-target.ts";
import { findRotatedCopy, type ReadSoFar } from "./rotated-copy.ts";

/** How long a rotated file is still read: its writer may not have noticed yet. Milliseconds. */
const ROTATED_GRACE_MS = 60_000;
/** Rotated files kept open at once for one path. */
const MAX_ROTATED = 4;
/** Inodes left behind whose read position is remembered, should the path lead to them again. */
const MAX_REMEMBERED = 8;
/** Chunks delivered before other paths get their turn. */
const CHUNKS_PER_TURN = 16;

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
  readonly firstRelevantOffset?:
    | ((path: string, size: number, readLineAt: ReadLineAt, from: number) => Promise<number>)
    | undefined;
}

/** A file that the path no longer leads to, read on for a while. */
interface Rotated {
  readonly log: OpenLog;
  /** monotonic milliseconds */
  readonly until: number;
}

export class TailedFile {
  readonly path: string;
  readonly #options: TailOptions;
  readonly #messages: LogMessages;
  /** the file that the path leads to, or led to before it went away */
  #log: OpenLog | undefined;
  readonly #rotated: Rotated[] = [];
  readonly #remembered = new Map<string, ReadSoFar>();
  #goneSince: number | undefined;
  #seenKey = "";
  #isLink = false;
  #wasOpened = false;
  #tail: boolean;
  #inOperation = false;
  #needsSearch = false;
  #owesIdle = true;

  /** @param tail begin at the end of what is there now */
  constructor(options: TailOptions, tail: boolean) {
    this.path = options.path;
    this.#options = options;
    this.#messages = new LogMessages(options.path, options.sink.observe, {
      level: options.absenceLevel,
      logger: options.absenceLogger,
    });
    this.#tail = tail;
  }

  /** Whether the path itself is a symbolic link: its target's changes do not show in the path's directory. */
  get isLink(): boolean {
    return this.#isLink;
  }

  /** What to store to go on from here. `undefined`: nothing was read. */
  get position(): LogPosition | undefined {
    return this.#log === undefined ? undefined : { hash: this.#log.hash, position: this.#log.position };
  }

  /** Opens the file if it is there and finds where to begin; reads nothing. Never throws. */
  async begin(): Promise<void> {
    const target = await this.#look();
    if (target.kind === "file") await this.#open(target);
    else this.#messages.trouble(target);
    // what appears later is all new
    if (target.kind === "absent") this.#tail = false;
  }

  /** Whether {@link TailedFile.advance} has anything to do, by a look at the path. Never throws. */
  async hasChanged(): Promise<boolean> {
    if (this.#rotated.length > 0 || this.#messages.present?.kind === "unreadable") return true;
    if (this.#messages.present !== undefined && this.#log !== undefined) return true;
    const before = this.#seenKey;
    return (await this.#look()).key !== before;
  }

  /**
   * Reads on: what is left of rotated files first, then the file itself, then what replaced it.
   * "more": another turn is due. The system's errors become events; the file is tried again later.
   */
  async advance(buffer: Uint8Array): Promise<"idle" | "more"> {
    // the look comes before the reading: what the path leads to now was complete when the old file was left
    const target = await this.#look();
    try {
      if ((await this.#drainRotated(buffer)) === "more") return "more";
      if (this.#log !== undefined && (await this.#drain(this.#log, buffer)) === "more") return "more";
    } catch (error) {
      await this.#leave();
      this.#messages.trouble({ kind: "unreadable", reason: systemReason(error) });
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
      return this.#idle();
    }
    return (await this.#open(target)) ? "more" : this.#idle();
  }

  /** Closes everything. */
  async close(): Promise<void> {
    await this.#leave();
    for (const { log } of this.#rotated.splice(0)) await closeQuietly(log);
  }

  async #look(): Promise<PathTarget> {
    const target = await lookAtPath(this.path);
    this.#isLink = target.isLink;
    this.#seenKey = target.target.key;
    return target.target;
  }

  /** Opens what the path leads to. A file that was open is read on beside it for a while. */
  async #open(target: PathTarget & { kind: "file" }): Promise<boolean> {
    const { newlines } = this.#options;
    // the path may lead back to a file that was left a moment ago
    const returned = this.#rotated.findIndex((one) => inodeText(one.log) === target.inode);
    let log = this.#rotated.splice(returned, returned < 0 ? 0 : 1)[0]?.log;
    try {
      if (log === undefined) {
        log = await OpenLog.open(this.path, newlines);
        await this.#findBeginning(log);
      }
    } catch (error) {
      if (log !== undefined) await closeQuietly(log);
      this.#messages.trouble({ kind: "unreadable", reason: systemReason(error) });
      return false;
    }
    const old = this.#log;
    this.#log = log;
    if (old !== undefined) {
      this.#remember(old);
      await this.#retire(old);
      this.#messages.rotation(target.size, log, old);
    }
    this.#messages.over();
    this.#goneSince = undefined;
    this.#wasOpened = true;
    this.#messages.added(log);
    return true;
  }

  /** Moves a newly opened file to where reading begins. */
  async #findBeginning(log: OpenLog): Promise<void> {
    const known = this.#remembered.get(inodeText(log));
    if (known !== undefined && (await log.isCopyOf(known)) && (await log.seek(known.position))) return;
    if (this.#wasOpened) return;
    if (this.#tail) {
      await log.seekEnd();
      this.#inOperation = true;
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
    const read = { ...stored, witness: new Uint8Array(0) };
    const copy = await findRotatedCopy(this.path, read, this.#options.newlines);
    if (copy !== undefined) await this.#retire(copy);
  }

  /** Reads the files that the path no longer leads to. */
  async #drainRotated(buffer: Uint8Array): Promise<"idle" | "more"> {
    for (const rotated of [...this.#rotated]) {
      const now = performance.now();
      try {
        if ((await this.#drain(rotated.log, buffer)) === "more") return "more";
      } catch (error) {
        // it must not hold up the path's own file
        this.#messages.trouble({ kind: "unreadable", reason: `${systemReason(error)} (rotated)` });
        await this.#drop(rotated);
        continue;
      }
      if (now >= rotated.until) await this.#drop(rotated);
    }
    return "idle";
  }

  /** Reads a file to its end or for a turn. */
  async #drain(log: OpenLog, buffer: Uint8Array): Promise<"idle" | "more"> {
    if (!(await log.hasSameHead())) return await this.#rewritten(log);
    if (log === this.#log && this.#needsSearch) await this.#search(log);
    for (let pieces = 0; pieces < CHUNKS_PER_TURN; pieces++) {
      const piece = await log.read(buffer);
      if (piece.kind === "end") return "idle";
      if (piece.kind === "rewritten") return await this.#rewritten(log);
      if (piece.kind === "lines") await this.#deliver(log, piece);
      if (this.#options.mustPause()) break;
    }
    return "more";
  }

  /** Brings a piece's lines until all are taken or a pause is due. */
  async #deliver(log: OpenLog, piece: Piece & { kind: "lines" }): Promise<void> {
    const { sink, mustPause } = this.#options;
    if (piece.cut) this.#messages.cut();
    for (let { bytes } = piece; bytes.length > 0; ) {
      await sink.turn();
      if (mustPause()) return;
      // a late line of a rotated file must not store that file's position for the path
      const isRotated = this.#log !== undefined && this.#log !== log;
      const booked = this.#log ?? log;
      this.#owesIdle = true;
      const taken = sink.chunk({
        path: this.path,
        bytes,
        offset: log.position,
        position: isRotated ? booked.position : piece.end,
        isRotated,
        firstLineHash: booked.hash,
        inOperation: this.#inOperation,
      });
      log.take(taken);
      bytes = bytes.subarray(taken);
    }
  }

  /** First read of the path: leaves out what is too old to matter (A§5.2). */
  async #search(log: OpenLog): Promise<void> {
    this.#needsSearch = false;
    const { size } = await log.look();
    const find = this.#options.firstRelevantOffset;
    const offset = await find?.(this.path, size, (from) => log.lineAt(from), log.position);
    if (offset !== undefined && offset > log.position && offset <= size) await log.seek(offset);
  }

  /** The content is no longer what was read: begins again, after what a copy of the old content still holds. */
  async #rewritten(log: OpenLog): Promise<"more" | "idle"> {
    if (log !== this.#log) {
      const rotated = this.#rotated.find((one) => one.log === log);
      if (rotated !== undefined) await this.#drop(rotated);
      return "idle";
    }
    const read = log.identity;
    const { size } = await log.look();
    await log.restart();
    this.#messages.rotation(size, log, { ...read, ino: log.ino });
    const copy = await findRotatedCopy(this.path, read, this.#options.newlines);
    if (copy !== undefined) await this.#retire(copy);
    return "more";
  }

  async #retire(log: OpenLog): Promise<void> {
    this.#rotated.push({ log, until: performance.now() + ROTATED_GRACE_MS });
    const oldest = this.#rotated[0];
    if (this.#rotated.length > MAX_ROTATED && oldest !== undefined) await this.#drop(oldest);
  }

  async #drop(rotated: Rotated): Promise<void> {
    const at = this.#rotated.indexOf(rotated);
    if (at >= 0) this.#rotated.splice(at, 1);
    if (this.#log !== undefined && inodeText(rotated.log) !== inodeText(this.#log))
      this.#remember(rotated.log);
    const size = await rotated.log.look().then(
      (stats) => stats.size,
      () => 0,
    );
    const left = size - rotated.log.position;
    if (left > 0) this.#messages.incomplete(left);
    await closeQuietly(rotated.log);
  }

  /** The path leads nowhere: its last file is kept open as long as it has a name, else for the grace only. */
  async #endGone(): Promise<void> {
    if (this.#log === undefined) return;
    this.#goneSince ??= performance.now();
    if (performance.now() - this.#goneSince < ROTATED_GRACE_MS) return;
    const names = await this.#log.look().then(
      (stats) => stats.names,
      () => 0,
    );
    if (names === 0) await this.#leave();
  }

  async #leave(): Promise<void> {
    const log = this.#log;
    if (log === undefined) return;
    this.#remember(log);
    this.#log = undefined;
    await closeQuietly(log);
  }

  #remember(log: OpenLog): void {
    const inode = inodeText(log);
    this.#remembered.delete(inode);
    this.#remembered.set(inode, log.identity);
    const oldest = this.#remembered.keys().next();
    if (this.#remembered.size > MAX_REMEMBERED && oldest.done !== true) this.#remembered.delete(oldest.value);
  }

  #idle(): "idle" {
    if (this.#log !== undefined && this.#messages.present === undefined) this.#inOperation = true;
    if (this.#owesIdle) {
      this.#owesIdle = false;
      this.#options.sink.idle(this.path);
    }
    return "idle";
  }
}

async function closeQuietly(log: OpenLog): Promise<void> {
  // a failed close of a file that was only read loses nothing
  await log.close().catch(() => undefined);
}
