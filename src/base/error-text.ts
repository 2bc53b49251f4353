/**
 * The words of whatever was thrown. Knows no kinds of errors.
 * @module
 */

/** An error's message; of anything else thrown, its text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
