/**
 * The names that an action's scripts use in the firewall: tables, chains and sets among other words. What somebody removes there may
 * be what holds its bans.
 * @module
 */
import type { ActionDefinition, Operation } from "../action/action-definition.ts";

export interface ActionTraces {
  /** words of all its scripts */
  readonly words: ReadonlySet<string>;
  /** words of the script that bans */
  readonly banWords: ReadonlySet<string>;
  /** chains that it makes for itself */
  readonly ownChains: ReadonlySet<string>;
  /** the kernel's tools that it calls */
  readonly tools: ReadonlySet<FirewallTool>;
}

export type FirewallTool = "nft" | "iptables" | "ipset";

/** Between words: what the shell and the tools set names off with. */
const BETWEEN_WORDS = /[\s"'{}();,|&<>\\$`=@]+/;
const NEW_CHAIN = /\s(?:-N|--new-chain)\s+["']?([^\s"';|&]+)/g;
const known = new WeakMap<ActionDefinition, ActionTraces>();

function textsOf(definition: ActionDefinition, only?: Operation): string {
  const texts: string[] = [];
  for (const scripts of definition.scripts.values()) {
    for (const [operation, script] of scripts) {
      if ((only === undefined || only === operation) && "text" in script) texts.push(script.text);
    }
  }
  return texts.join("\n");
}

const wordsOf = (text: string): Set<string> => new Set(text.split(BETWEEN_WORDS));

/** What the scripts of an action name. */
export function tracesOf(definition: ActionDefinition): ActionTraces {
  const before = known.get(definition);
  if (before !== undefined) return before;
  const all = textsOf(definition);
  const words = wordsOf(all);
  const tools = new Set<FirewallTool>();
  if (/\bnft\b/.test(all)) tools.add("nft");
  if (/\bip6?tables\b/.test(all)) tools.add("iptables");
  if (/\bipset\b/.test(all)) tools.add("ipset");
  const ownChains = new Set([...all.matchAll(NEW_CHAIN)].map(([, name = ""]) => name));
  const traces = { words, banWords: wordsOf(textsOf(definition, "ban")), ownChains, tools };
  known.set(definition, traces);
  return traces;
}
