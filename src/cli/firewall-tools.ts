/**
 * Which firewall tools the actions of a configuration call, and whether this machine has them and lets us use them.
 * @module
 */
import type { JailSettings } from "../config/settings.ts";
import { findProgram } from "../daemon/machine.ts";

/** Programs that change a firewall, by the names that actions call them by. */
const TOOLS = ["nft", "iptables", "ip6tables", "ipset", "firewall-cmd", "ufw", "shorewall", "pfctl", "ipfw"];
const TOOL = new RegExp(`(?:^|[^\\w./-])(${TOOLS.join("|")})(?![\\w.-])`, "g");

export interface FirewallTools {
  /** called by some action */
  readonly wanted: readonly string[];
  readonly missing: readonly string[];
}

/** Looks through the scripts of all actions. */
export function firewallTools(jails: readonly JailSettings[]): FirewallTools {
  const wanted = new Set<string>();
  for (const { actions } of jails) {
    for (const { properties } of actions) {
      for (const [name, value] of properties) {
        if (!/^action|^iptables|^nftables/.test(name)) continue;
        for (const [, tool = ""] of String(value).matchAll(TOOL)) wanted.add(tool);
      }
    }
  }
  const all = [...wanted];
  return { wanted: all, missing: all.filter((tool) => findProgram(tool) === undefined) };
}
