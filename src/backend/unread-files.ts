/**
 * Finds beside a log the files that hold lines of it that were never read: the copy that rotation made before it cut the log
 * (copytruncate), a file that took the log's place and was rotated away before anybody looked, what happened while nobody watched.
 * @module
 */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { closeQuietly } from "./left-files.ts";
import type { Newlines } from "./newline.ts";
import { type OpenFile, OpenLog, type ReadSoFar } from "./open-log.ts";
import { inodeText } from "./path-target.ts";

/** Youngest files beside the log that are opened. */
const MAX_CANDIDATES = 16;
/** Names read in the log's directory; with more nothing is looked for. */
const MAX_NAMES = 10_000;
/** The clock that stamps files is behind that of programs by up to a tick of the kernel; milliseconds. */
const STAMP_LAG_MS = 10;
const COMPRESSED = /\.(?:gz|bz2|xz|zst|lz4|Z|zip)$/;
/** What rotation puts after a name, or before its extension: a number or a date. */
const ROTATION_MARK = /^[.\-_][\d.\-_:T]+$/;

export interface UnreadQuery {
  readonly path: string;
  readonly newlines: Newlines;
  readonly openFile: OpenFile | undefined;
  /** what was read of the files that the path has led to; the same file may be there more than once */
  readonly reads: readonly ReadSoFar[];
  /**
   * When the path was last seen to lead to that file, epoch milliseconds: what is no copy of it and older belongs to the past.
   * `undefined`: nobody watched, only what is younger than the copy is unread
   */
  readonly since: number | undefined;
  /** the file is open here already, or monitored for itself */
  isTaken(inode: string, path: string): boolean;
}

/** A file with unread lines, at its first one. */
export interface UnreadFile {
  readonly log: OpenLog;
  /** it holds what was read, too: surely it is of this log */
  readonly isCopy: boolean;
}

interface Candidate {
  readonly path: string;
  readonly inode: string;
  /** named as rotation names files, not only like the log with something added */
  readonly isRotation: boolean;
  readonly size: number;
  readonly bornNs: bigint;
  readonly changedNs: bigint;
}

/** Files with unread lines in the order in which they came into being. Never throws. */
export async function findUnread(query: UnreadQuery): Promise<UnreadFile[]> {
  const found: (UnreadFile & Candidate)[] = [];
  let copiedNs: bigint | undefined;
  for (const candidate of await candidatesOf(query)) {
    const opened = await openUnread(candidate, query);
    if (opened === undefined) continue;
    const { log, isCopy } = opened;
    if (isCopy && candidate.changedNs > (copiedNs ?? 0n)) copiedNs = candidate.changedNs;
    if (log !== undefined) found.push({ ...candidate, log, isCopy });
  }
  // where nobody watched only what was written after what was read then is of interest
  const isUnread = ({ isCopy, bornNs, changedNs }: Candidate & { readonly isCopy: boolean }): boolean => {
    if (isCopy) return true;
    if (query.since === undefined) return copiedNs !== undefined && changedNs > copiedNs;
    return bornNs > BigInt(query.since - STAMP_LAG_MS) * 1_000_000n;
  };
  for (const { log } of found.filter((one) => !isUnread(one))) await closeQuietly(log);
  return found.filter(isUnread).sort((left, right) => (left.bornNs < right.bornNs ? -1 : 1));
}

/** Opens a candidate at its first unread line; without `log` nothing in it is unread. `undefined`: it is none of ours. */
async function openUnread(
  candidate: Candidate,
  { newlines, openFile, reads }: UnreadQuery,
): Promise<{ readonly log: OpenLog | undefined; readonly isCopy: boolean } | undefined> {
  let isCopy = false;
  let log: OpenLog | undefined;
  try {
    log = await OpenLog.open(candidate.path, newlines, openFile);
    const { hash } = log;
    const alike = reads.filter((read) => read.hash !== "" && read.hash === hash);
    let copied: ReadSoFar | undefined;
    for (const read of alike) {
      const isFurther = copied === undefined || read.position > copied.position;
      if (isFurther && (await log.isCopyOf(read))) copied = read;
    }
    if (copied !== undefined) {
      isCopy = true;
      if (candidate.size > copied.position && (await log.seek(copied.position))) return { log, isCopy };
    } else if (candidate.isRotation && !alike.some(({ position }) => candidate.size < position)) {
      // shorter than what began with the same line, it may be an older copy of that
      return { log, isCopy };
    }
  } catch {
    // a candidate that cannot be read is none
  }
  if (log !== undefined) await closeQuietly(log);
  return isCopy ? { log: undefined, isCopy } : undefined;
}

/** Files whose name continues the log's, the youngest first. */
async function candidatesOf({ path, isTaken }: UnreadQuery): Promise<Candidate[]> {
  const directory = dirname(path);
  const markOf = markReader(basename(path));
  let names: string[];
  try {
    names = await readdir(directory);
  } catch {
    return [];
  }
  if (names.length > MAX_NAMES) return [];
  const found: Candidate[] = [];
  for (const name of names) {
    const mark = markOf(name);
    if (mark === undefined || COMPRESSED.test(name)) continue;
    const candidate = join(directory, name);
    const stats = await stat(candidate, { bigint: true }).catch(() => undefined);
    if (stats?.isFile() !== true || stats.size === 0n) continue;
    const inode = inodeText(stats);
    if (isTaken(inode, candidate)) continue;
    const changedNs = stats.mtimeNs;
    found.push({
      path: candidate,
      inode,
      isRotation: ROTATION_MARK.test(mark),
      size: Number(stats.size),
      // not every file system knows when a file came into being
      bornNs: stats.birthtimeNs > 0n ? stats.birthtimeNs : changedNs,
      changedNs,
    });
  }
  found.sort((left, right) => (left.changedNs > right.changedNs ? -1 : 1));
  return found.slice(0, MAX_CANDIDATES);
}

/** Reads the mark of rotation in a name: `app.log.1`, `app.log-20261123`, `app-20261123.log`. */
function markReader(own: string): (name: string) => string | undefined {
  const dot = own.lastIndexOf(".");
  const stem = dot > 0 ? own.slice(0, dot) : own;
  const extension = dot > 0 ? own.slice(dot) : "";
  return (name) => {
    if (name.startsWith(own)) {
      const mark = name.slice(own.length);
      return /^[.\-_]/.test(mark) ? mark : undefined;
    }
    if (extension === "" || !name.startsWith(stem) || !name.endsWith(extension)) return undefined;
    const mark = name.slice(stem.length, name.length - extension.length);
    return ROTATION_MARK.test(mark) ? mark : undefined;
  };
}
