/**
 * What gaoler's own short commands need of the world, and what they come to.
 * @module
 */
import type { LocalZone } from "../base/local-time.ts";
import type { EpochSeconds } from "../base/units.ts";
import type { OwnSession } from "./own-session.ts";
import type { TableScreen } from "./table.ts";

/** Exit codes of the short commands: done, refused or nobody there, wrong words. */
export const [DONE, REFUSED, USAGE_ERROR] = [0, 1, 2] as const;

export interface OwnIo extends TableScreen {
  /** Writes to stdout as it stands. */
  out(text: string): void;
  /** Writes to stderr as it stands. */
  err(text: string): void;
  readonly zone: LocalZone;
  now(): EpochSeconds;
  /** addresses that the administrator's SSH sessions come from */
  sessions(): readonly string[];
}

/** What a command comes to. */
export interface Outcome {
  /** for `--json`; the shapes are promised in docs/protocol.md */
  readonly value: object;
  /** for people */
  readonly lines: readonly string[];
  /** why it was not done, for people */
  readonly complaints?: readonly string[];
}

/** Wrong words: the command's usage is shown. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * A short command.
 *
 * @param words those after its name, `--json` left out
 * @throws {OwnSessionError}
 * @throws {UsageError}
 */
export type OwnRun = (
  words: readonly string[],
  session: Pick<OwnSession, "ask">,
  io: OwnIo,
) => Promise<Outcome>;
