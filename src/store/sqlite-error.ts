/**
 * What an error of SQLite means for the store: a broken file, a wrong row, or a file that does not work just now.
 * @module
 */

/** Primary result codes of SQLite. */
const BUSY = 5;
const LOCKED = 6;
const READ_ONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CONSTRAINT = 19;
const MISMATCH = 20;
const NOT_A_DATABASE = 26;

export type SqliteTrouble = "damaged" | "refused" | "unavailable";

/** The primary code of an error of SQLite; the low byte, the rest are details. */
function codeOf(error: unknown): number | undefined {
  const isCoded = error instanceof Error && "errcode" in error && typeof error.errcode === "number";
  return isCoded ? Number(error.errcode) & 0xff : undefined;
}

/** Another program has the file for itself just now: it will let go soon. */
export function isLocked(error: unknown): boolean {
  const code = codeOf(error);
  return code === BUSY || code === LOCKED;
}

/** There is no space, or the disk does not work. */
export function isOutOfSpace(error: unknown): boolean {
  const code = codeOf(error);
  return code === FULL || code === IO_ERROR;
}

/** The connection can only read, and will never do more: the file was read-only when it was opened, or is not where it was. */
export function isReadOnly(error: unknown): boolean {
  return codeOf(error) === READ_ONLY;
}

/** `damaged`: repair it; `refused`: this row cannot be stored, others can; `unavailable`: locked, full, read-only, gone. */
export function troubleOf(error: unknown): SqliteTrouble {
  const code = codeOf(error);
  if (code === CORRUPT || code === NOT_A_DATABASE) return "damaged";
  return code === CONSTRAINT || code === MISMATCH ? "refused" : "unavailable";
}
