/**
 * What `nft list` prints, as far as sets of bans are concerned.
 * @module
 */

/** `inet f2b-table addr-set-sshd`, as nft's commands name it. */
export type SetName = string;

/** A line of a ruleset with the set that it is about. */
function* linesOfSets(ruleset: string): Generator<{ readonly set: SetName; readonly line: string }> {
  let [table, set] = ["", ""];
  for (const line of ruleset.split("\n").map((text) => text.trim())) {
    const [kind, ...names] = line.split(" ");
    if (kind === "table") table = names.slice(0, 2).join(" ");
    else if (kind === "set") set = names[0] ?? "";
    yield { set: `${table} ${set}`, line };
  }
}

/** The set that has an address among its elements. */
export function setHolding(ruleset: string, address: string): SetName | undefined {
  for (const { set, line } of linesOfSets(ruleset)) if (line.split(/[\s,{}]+/).includes(address)) return set;
  return undefined;
}

/** The first set of IPv4 addresses. */
export function firstSetOf(ruleset: string): SetName | undefined {
  for (const { set, line } of linesOfSets(ruleset)) if (line === "type ipv4_addr") return set;
  return undefined;
}

/** How many addresses a set of IPv4 has; neighbours are shown as a range or a network. */
export function addressesIn(listed: string): number {
  const elements = /elements = \{([^}]*)\}/.exec(listed)?.[1]?.trim() ?? "";
  return elements === "" ? 0 : elements.split(",").reduce((sum, element) => sum + sizeOf(element.trim()), 0);
}

/** Of `10.0.0.1`, `10.0.0.1 timeout 10m`, `10.0.0.1-10.0.0.3`, `10.0.0.0/30`. */
function sizeOf(element: string): number {
  const [first = "", last] = (element.split(" ")[0] ?? "").split("-");
  if (last !== undefined) return numberOf(last) - numberOf(first) + 1;
  const prefix = first.split("/")[1];
  return prefix === undefined ? 1 : 2 ** (32 - Number(prefix));
}

const numberOf = (address: string): number =>
  address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
