/**
 * What an action is to do about one ban. Bans, and unbans, may be done together with their like.
 * @module
 */
import type { Ban } from "../ban/ticket.ts";

export type BanOperation = "ban" | "reban" | "unban";

export interface BanWork {
  readonly operation: BanOperation;
  readonly ban: Ban;
  /** called when its turn has come at an action */
  readonly begin?: (action: { readonly name: string }) => void;
}
