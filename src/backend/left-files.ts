/**
 * The files that a log's path no longer leads to. Each is read on for a while, since its writer may not have noticed yet; let go,
 * it is remembered how far it was read, should it be met again. Knows nothing of reading.
 * @module
 */
import type { LogMessages } from "./log-messages.ts";
import type { OpenLog, ReadSoFar } from "./open-log.ts";
import { inodeText } from "./path-target.ts";

/** How long a file that was left is still read; milliseconds. */
export const GRACE_MS = 60_000;
/** Files left and still open at once, for one path. */
const MAX_OPEN = 20;
/** Files let go, or cut, whose read position is remembered, for one path. */
const MAX_REMEMBERED = 32;

/** A file that the path no longer leads to. */
export interface LeftFile {
  readonly log: OpenLog;
  /** it is not certain that its lines were written just now */
  readonly isOld: boolean;
  /** monotonic milliseconds */
  readonly until: number;
  /** it was read to its end once */
  isDrained: boolean;
  /** it was told that it cannot be read */
  isTold: boolean;
}

export class LeftFiles {
  #open: LeftFile[] = [];
  #remembered: { readonly inode: string; readonly read: ReadSoFar }[] = [];
  readonly #messages: LogMessages;

  constructor(messages: LogMessages) {
    this.#messages = messages;
  }

  /** Those that are open, in the order in which they are to be read. */
  get open(): readonly LeftFile[] {
    return this.#open;
  }

  /** Keeps a file for a while. */
  async keep(log: OpenLog, isOld = false): Promise<void> {
    this.#open.push({ log, isOld, until: performance.now() + GRACE_MS, isDrained: false, isTold: false });
    const oldest = this.#open.find(({ isDrained }) => isDrained) ?? this.#open[0];
    if (this.#open.length > MAX_OPEN && oldest !== undefined) await this.drop(oldest);
  }

  /** The first that was not read to its end yet: before that the path's own file is not read. */
  get undrained(): OpenLog | undefined {
    return this.#open.find(({ isDrained }) => !isDrained)?.log;
  }

  /** Gives a file back that the path leads to again. */
  takeBack(inode: string): OpenLog | undefined {
    const at = this.#open.findIndex(({ log }) => inodeText(log) === inode);
    return at < 0 ? undefined : this.#open.splice(at, 1)[0]?.log;
  }

  /** Reads a file no longer; half a line at its end will not be completed any more. */
  async drop(left: LeftFile): Promise<void> {
    this.#open = this.#open.filter((one) => one !== left);
    const { log } = left;
    this.remember(log);
    const size = await log.look().then(
      (stats) => stats.size,
      () => 0,
    );
    const rest = size - log.position;
    if (rest > 0) this.#messages.incomplete(rest);
    await closeQuietly(log);
  }

  /** Remembers how far a file was read. */
  remember(log: OpenLog): void {
    this.#remembered.push({ inode: inodeText(log), read: log.identity });
    if (this.#remembered.length > MAX_REMEMBERED) this.#remembered.shift();
  }

  /** What was read of files let go, and of those that are open. */
  get reads(): ReadSoFar[] {
    return [...this.#remembered.map(({ read }) => read), ...this.#open.map(({ log }) => log.identity)];
  }

  /** How far a file was read. Another one may have its number by now: to be compared with the content. */
  readOf(inode: string): ReadSoFar | undefined {
    return this.#remembered.findLast((one) => one.inode === inode)?.read;
  }

  isOpen(inode: string): boolean {
    return this.#open.some(({ log }) => inodeText(log) === inode);
  }

  async close(): Promise<void> {
    for (const { log } of this.#open.splice(0)) await closeQuietly(log);
  }
}

/** Closes a file; a failed close of a file that was only read loses nothing. */
export async function closeQuietly(log: OpenLog): Promise<void> {
  await log.close().catch(() => undefined);
}
