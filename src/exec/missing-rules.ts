/**
 * Finds out which rules of iptables are not in their chains yet. Knows how iptables prints a rule, and adds none.
 * @module
 */

import type { ToolChange, ToolCommand } from "../action/tool-command.ts";
import { parseAddress } from "../address/address.ts";

/** A chain, and what a rule in it matches: `-s` or `-d`. */
interface RulePlace {
  readonly chain: string;
  readonly match: string;
}

/** `-I f2b-sshd 1 -s` */
const PLACE = /^-[IA] (?<chain>\S+) (?:1 )?(?<match>-[sd])$/;

function placeOf({ head }: ToolChange): RulePlace | undefined {
  const { chain, match } = PLACE.exec(head)?.groups ?? {};
  return chain === undefined || match === undefined ? undefined : { chain, match };
}

/** An address as iptables prints it: with its length. */
function printedAddress(text: string): string | undefined {
  const address = parseAddress(text);
  if (address === undefined || text.includes("/")) return address?.text;
  return `${address.text}/${address.prefix}`;
}

/**
 * Leaves out what is there.
 *
 * @param list prints the rules of a chain; `undefined` if it cannot
 * @returns `undefined` if that is not certain: there is no chain, or another rule for the same address, which may mean the same
 */
export async function missingRules(
  commands: readonly ToolCommand[],
  list: (chain: string) => Promise<string | undefined>,
): Promise<readonly ToolCommand[] | undefined> {
  const chains = new Map<string, Map<string, string> | undefined>();
  const missing: ToolCommand[] = [];
  for (const command of commands) {
    const left: ToolChange[] = [];
    for (const change of command.changes) {
      const place = change.isOnce === true ? placeOf(change) : undefined;
      const address = printedAddress(change.element);
      if (change.isOnce !== true) left.push(change);
      else if (place === undefined || address === undefined) return undefined;
      else {
        const { chain, match } = place;
        if (!chains.has(chain)) chains.set(chain, rulesIn(await list(chain), chain));
        const rules = chains.get(chain);
        if (rules === undefined) return undefined;
        const key = `${match} ${address}`;
        const tail = rules.get(key);
        if (tail === undefined) {
          left.push(change);
          // for two IDs of one address there is one rule
          rules.set(key, change.tail ?? "");
        } else if (tail !== change.tail) return undefined;
      }
    }
    if (left.length > 0) missing.push({ ...command, changes: left });
  }
  return missing;
}

/** What rules for one address do, by match and address; of several for the same the first. */
function rulesIn(text: string | undefined, chain: string): Map<string, string> | undefined {
  if (text === undefined) return undefined;
  const rules = new Map<string, string>();
  const begin = `-A ${chain} `;
  for (const line of text.split("\n")) {
    if (!line.startsWith(begin)) continue;
    const [match = "", address = "", ...tail] = line.slice(begin.length).split(" ");
    const key = `${match} ${address}`;
    if ((match === "-s" || match === "-d") && !rules.has(key)) rules.set(key, tail.join(" "));
  }
  return rules;
}
