/**
 * What `nft monitor` says of the kernel's ruleset, as data. iptables in its nftables variant is seen here too.
 * @module
 */

export type RulesetChange =
  | {
      readonly kind: "removed";
      readonly what: "table" | "chain" | "set" | "rule";
      /** `ip`, `ip6`, `inet`, … */
      readonly family: string;
      readonly table: string;
      /** of the chain or the set; for a rule, of its chain; empty for a table */
      readonly name: string;
    }
  | {
      readonly kind: "element-added" | "element-removed";
      readonly table: string;
      /** of the set */
      readonly name: string;
      /** an address, a network or a range */
      readonly element: string;
    }
  /** a lot of changes is complete */
  | { readonly kind: "applied"; readonly program: string }
  /** changes were not seen: anything may have happened */
  | { readonly kind: "unseen" };

const REMOVED = /^delete (table|chain|set|map|rule) (\S+) (\S+)(?: (\S+))?/;
const ELEMENT = /^(add|delete) element \S+ (\S+) (\S+) \{ (\S+)/;
const APPLIED = /^# new generation \d+ by process \d+ \(([^)]*)\)/;
const LOST = /\blost\b.*\bevents?\b/i;

const unquoted = (name: string): string => name.replaceAll('"', "");

/** One line of `nft monitor`; `undefined`: it removes nothing and is of no interest. */
export function parseRulesetChange(line: string): RulesetChange | undefined {
  if (line.startsWith("#")) {
    const applied = APPLIED.exec(line);
    if (applied !== null) return { kind: "applied", program: applied[1] ?? "" };
    return LOST.test(line) ? { kind: "unseen" } : undefined;
  }
  const element = ELEMENT.exec(line);
  if (element !== null) {
    const [, verb, table = "", name = "", text = ""] = element;
    const kind = verb === "add" ? "element-added" : "element-removed";
    return { kind, table: unquoted(table), name: unquoted(name), element: text };
  }
  const removed = REMOVED.exec(line);
  if (removed === null) return undefined;
  const [, thing, family = "", table = "", name = ""] = removed;
  const what = thing === "table" || thing === "chain" || thing === "rule" ? thing : "set";
  return {
    kind: "removed",
    what,
    family,
    table: unquoted(table),
    name: what === "table" ? "" : unquoted(name),
  };
}
