/**
 * What an action is to do about one ban. Bans, and unbans, may be done together with their like.
 * @module
 */
import type { Ban } from "../ban/ticket.ts";
import type { Outcome } from "./outcome.ts";

export type BanOperation = "ban" | "reban" | "unban";

/** One ban of those that are dealt with together. */
export interface BanTask {
  readonly ban: Ban;
  /** whether this one is not even to be tried any more; it has to be settled all the same */
  drops(): boolean;
  /** Told once, as soon as it is known what becomes of it. */
  settle(outcome: Outcome): void;
}

export interface BanWork {
  readonly operation: BanOperation;
  readonly ban: Ban;
  /** called when its turn has come at an action */
  readonly begin?: ((action: { readonly name: string }) => void) | undefined;
  /** called once, when the last action is done, with whether one has failed */
  readonly ended?: ((ban: Ban, hasFailed: boolean) => void) | undefined;
}
