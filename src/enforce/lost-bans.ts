/**
 * Makes bans again that a repair has lost: the ledger is what shall be.
 * @module
 */
import type { Ban } from "../ban/ticket.ts";
import type { Observe } from "../base/event.ts";
import type { JailFacts } from "./jail-facts.ts";

/** Bans in a row that a repaired action refuses before it is left alone; the others stay marked as lacking. */
export const MAX_REFUSED_REBANS = 3;

export interface LostBansPorts {
  readonly jail: JailFacts;
  /** the action's name */
  readonly action: string;
  readonly observe: Observe;
  /** all that were lost, those made again already included */
  readonly total: number;
  /** @returns whether the action took the ban */
  again(ban: Ban): Promise<boolean>;
}

/** Makes bans again in the order given, and gives up where the action refuses them. */
export async function makeBansAgain(ids: readonly string[], ports: LostBansPorts): Promise<void> {
  const { jail, action, observe, total } = ports;
  let refused = 0;
  for (const [index, id] of ids.entries()) {
    const ban = jail.banOf(id);
    // lifted meanwhile; its unban waits in the queue
    if (ban === undefined) continue;
    refused = (await ports.again(ban)) ? 0 : refused + 1;
    if (refused < MAX_REFUSED_REBANS) continue;
    const left = ids.length - index - 1 + refused;
    const text = `[${jail.name}] action '${action}' refuses bans after its repair; ${left} of ${total} are not in force`;
    observe({ type: "message", level: "ERROR", logger: "actions", text });
    return;
  }
}
