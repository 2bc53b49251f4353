/**
 * What an error of SQLite means for the store: a broken file, a wrong row, or a file that does not work just now.
 * @module
 */

/** Primary result codes of SQLite. */
const CORRUPT = 11;
const CONSTRAINT = 19;
const MISMATCH = 20;
const NOT_A_DATABASE = 26;

export type SqliteTrouble = "damaged" | "refused" | "unavailable";

/** The reason in SQLite's own words. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `damaged`: repair it; `refused`: this row cannot be stored, others can; `unavailable`: locked, full, read-only, gone. */
export function troubleOf(error: unknown): SqliteTrouble {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") {
    return "unavailable";
  }
  // the low byte is the primary code, the rest details
  const code = error.errcode & 0xff;
  if (code === CORRUPT || code === NOT_A_DATABASE) return "damaged";
  return code === CONSTRAINT || code === MISMATCH ? "refused" : "unavailable";
}
