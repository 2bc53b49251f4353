/**
 * Finds the copy of a log that was read so far and is gone from its path: rotation may have copied it before cutting it
 * (copytruncate), or happened while nobody watched. The rest of such a copy would otherwise never be read.
 * @module
 */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Newlines } from "./newline.ts";
import { OpenLog } from "./open-log.ts";

/** Youngest files beside the log that are looked at. */
const MAX_CANDIDATES = 8;
/** Names read in the log's directory; with more the copy is not looked for. */
const MAX_NAMES = 10_000;
const COMPRESSED = /\.(?:gz|bz2|xz|zst|lz4|Z|zip)$/;

/** What was read: the first line's hash, up to where, and the last bytes before that. */
export interface ReadSoFar {
  readonly hash: string;
  readonly position: number;
  readonly witness: Uint8Array;
}

/**
 * Opens the copy at the place where reading stopped. `undefined`: there is none, or nothing is left to read in it.
 * Only names that continue the log's own with `.` or `-` are looked at. Never throws.
 */
export async function findRotatedCopy(
  path: string,
  read: ReadSoFar,
  newlines: Newlines,
): Promise<OpenLog | undefined> {
  if (read.hash === "") return undefined;
  for (const candidate of await candidatesOf(path, read.position)) {
    let log: OpenLog | undefined;
    try {
      log = await OpenLog.open(candidate, newlines);
      if ((await log.isCopyOf(read)) && (await log.seek(read.position))) return log;
    } catch {
      // a candidate that cannot be read is none
    }
    await log?.close();
  }
  return undefined;
}

async function candidatesOf(path: string, minSize: number): Promise<string[]> {
  const directory = dirname(path);
  const own = basename(path);
  try {
    const names = await readdir(directory);
    if (names.length > MAX_NAMES) return [];
    const found: { readonly path: string; readonly mtime: number }[] = [];
    for (const name of names) {
      const mark = name.startsWith(own) ? name.charAt(own.length) : "";
      if ((mark !== "." && mark !== "-") || COMPRESSED.test(name)) continue;
      const candidate = join(directory, name);
      const stats = await stat(candidate).catch(() => undefined);
      if (stats?.isFile() === true && stats.size > minSize)
        found.push({ path: candidate, mtime: stats.mtimeMs });
    }
    found.sort((left, right) => right.mtime - left.mtime);
    return found.slice(0, MAX_CANDIDATES).map((one) => one.path);
  } catch {
    return [];
  }
}
