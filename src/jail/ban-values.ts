/**
 * Values of a ban that have to be looked up: in the database, or by asking for a name (B§4.5).
 * @module
 */
import type { NeededValue, PreparedValues } from "../action/ticket-info.ts";
import { lineText } from "../action/ticket-text.ts";
import type { Ban } from "../ban/ticket.ts";
import type { JailPorts } from "./jail-ports.ts";

/** Looks up what a script needs; what cannot be found is left out. Never rejects. */
export async function prepareValues(
  jail: string,
  ban: Ban,
  needed: ReadonlySet<NeededValue>,
  ports: Pick<JailPorts, "store" | "nameOf">,
): Promise<PreparedValues> {
  const values = new Map<NeededValue, string>();
  const store = ports.store();
  if (needed.has("ip-host")) values.set("ip-host", (await ports.nameOf(ban.ip)) ?? "None");
  for (const [matches, failures, where] of [
    ["ipmatches", "ipfailures", undefined],
    ["ipjailmatches", "ipjailfailures", jail],
  ] as const) {
    if (store === undefined || !(needed.has(matches) || needed.has(failures))) continue;
    const stored = store.matchesOf(ban.ip, where);
    values.set(matches, stored.matches.map(lineText).join("\n"));
    values.set(failures, String(stored.failures));
  }
  return values;
}
