/**
 * Counts what an action's chain or set holds in the kernel: fewer than its bans, and somebody took some out. For chains of iptables and
 * sets of ipset that the action fills itself; others are not counted.
 * @module
 */
import type { ActionDefinition, ActionFamily } from "../action/action-definition.ts";
import type { CommandPlan, CommandResult } from "../action/command-plan.ts";
import type { Seconds } from "../base/units.ts";
import { tracesOf } from "./action-traces.ts";

/** A count takes no longer; seconds. */
const COUNT_TIMEOUT: Seconds = 20;
/** The rule that all other packets meet is no ban. */
const COUNT_RULES = `rules=$("$0" -w -S "$1") || exit 3; printf '%s\\n' "$rules" | grep -v -e ' -j RETURN$' | grep -c -e '^-A'; :`;
const COUNT_ENTRIES = `entries=$(ipset -t list "$0") || exit 3; printf '%s\\n' "$entries" | sed -n 's/^Number of entries: //p'`;
const TOOL = /\bip6?tables(?:-legacy|-nft)?\b/;
const ADD_TO_SET = /\bipset\s+(?:-\S+\s+)*add\s+(?:-\S+\s+)*["']?([^\s"';|&]+)/;

/**
 * The command that counts the bans of a family.
 *
 * @returns `undefined` if the action keeps them nowhere that could be counted
 */
export function planCount(definition: ActionDefinition, family: ActionFamily): CommandPlan | undefined {
  // without families of its own an action may keep them anywhere
  if (!definition.isConditional || family === "") return undefined;
  const ban = definition.scripts.get(family)?.get("ban");
  if (ban === undefined || !("text" in ban)) return undefined;
  const set = ADD_TO_SET.exec(ban.text)?.[1];
  if (set !== undefined) return { script: COUNT_ENTRIES, args: [set], timeout: COUNT_TIMEOUT };
  const { ownChains, banWords } = tracesOf(definition);
  const chain = [...ownChains].find((name) => banWords.has(name));
  const tool = TOOL.exec(ban.text)?.[0];
  if (chain === undefined || tool === undefined) return undefined;
  return { script: COUNT_RULES, args: [tool, chain], timeout: COUNT_TIMEOUT };
}

/** What a count has come to; `undefined` where it could not be made. */
export function countOf({ code, stdout }: CommandResult): number | undefined {
  return code === 0 && /^\d+\s*$/.test(stdout) ? Number(stdout) : undefined;
}
