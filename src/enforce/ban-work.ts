/**
 * What an action is to do about one ban. Bans, and unbans, may be done together with their like.
 * @module
 */
import type { Ban } from "../ban/ticket.ts";
import type { Outcome } from "./outcome.ts";

export type BanOperation = "ban" | "reban" | "unban";

/** What becomes of bans that are dealt with together. */
export interface BanSink {
  /** whether this one is not even to be tried any more; it has to be settled all the same */
  drops(ban: Ban): boolean;
  /** Told once for each, as soon as it is known. */
  settle(ban: Ban, outcome: Outcome): void;
}

export interface BanWork {
  readonly operation: BanOperation;
  readonly ban: Ban;
  /** called when its turn has come at an action */
  readonly begin?: (action: { readonly name: string }) => void;
}
