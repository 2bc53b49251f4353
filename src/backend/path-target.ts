/**
 * What a log's path leads to at this moment. Opens nothing, so that a FIFO or a device in the log's place does no harm.
 * @module
 */
import { lstat, stat } from "node:fs/promises";
import { NotALogError } from "./open-log.ts";

/** Where the path leads; `key` differs when anything worth a closer look has changed. */
export type PathTarget =
  | { readonly kind: "file"; readonly inode: string; readonly size: number; readonly key: string }
  | { readonly kind: "absent" | "refused"; readonly reason: string; readonly key: string };

/** Looks at the path; `isLink`: the path itself is a symbolic link. Rejects only for our own bugs. */
export async function lookAtPath(
  path: string,
): Promise<{ readonly target: PathTarget; readonly isLink: boolean }> {
  let isLink = false;
  try {
    const own = await lstat(path, { bigint: true });
    isLink = own.isSymbolicLink();
    const stats = isLink ? await stat(path, { bigint: true }) : own;
    const inode = inodeText(stats);
    if (!stats.isFile()) {
      const reason = stats.isDirectory() ? "it is a directory" : "it is not a regular file";
      return { target: { kind: "refused", reason, key: `${reason} ${inode}` }, isLink };
    }
    const key = `${inode} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}`;
    return { target: { kind: "file", inode, size: Number(stats.size), key }, isLink };
  } catch (error) {
    const reason = systemReason(error);
    const isAbsent = reason.startsWith("ENOENT") || reason.startsWith("ENOTDIR");
    return { target: { kind: isAbsent ? "absent" : "refused", reason, key: reason }, isLink };
  }
}

/** One text for an inode, of a stat or of an open log. */
export function inodeText(inode: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${inode.dev}:${inode.ino}`;
}

/** The system's words without the path: `ENOENT: no such file or directory`. Throws on what is no error of the system. */
export function systemReason(error: unknown): string {
  if (error instanceof NotALogError) return error.message;
  if (error instanceof Error && "syscall" in error) return error.message.replace(/, \w+(?: '.*)?$/s, "");
  throw error;
}
