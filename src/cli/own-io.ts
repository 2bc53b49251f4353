/**
 * What gaoler's own short commands need of the world, and how they end.
 * @module
 */

/** Exit codes of the short commands: done, refused or nobody there, wrong words. */
export const [DONE, REFUSED, USAGE_ERROR] = [0, 1, 2] as const;

export interface OwnIo {
  /** Writes to stdout as it stands. */
  out(text: string): void;
  /** Writes to stderr as it stands. */
  err(text: string): void;
  /** addresses that the administrator's SSH sessions come from */
  readonly sessions: readonly string[];
}

/** Says why a command was not carried out. @returns the exit code */
export function complain({ err }: Pick<OwnIo, "err">, text: string, code: number = REFUSED): number {
  err(`gaoler: ${text}\n`);
  return code;
}
