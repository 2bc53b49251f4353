/**
 * What an action's start says of a set of nftables that it makes. Nft reads all of a set with intervals before it puts an element in by
 * `add element`, with each transaction anew and slower the more there is; told once more how the set was made, with the elements in it, it
 * leaves the comparison to the kernel, which knows. The words are those of the start, so they change nothing about the set.
 * @module
 */
import type { Family } from "../address/address.ts";

const TYPES: Readonly<Record<Family, string>> = { inet4: "type ipv4_addr", inet6: "type ipv6_addr" };
const INTERVALS = "flags interval";

/** As nft sees it: without what is there for the shell. */
const wordsOf = (script: string): string =>
  script
    .replace(/\\([{};])/g, "$1")
    .replace(/["']/g, "")
    .replace(/\s+/g, " ");

/**
 * How a script makes a set, as far as that is certain.
 *
 * @param script the action's start
 * @param set the words that name it: `inet f2b-table addr-set-sshd`
 * @returns what stands between its braces; `undefined` if it is made in more than one way, not at all, or is more than a plain set of single
 * addresses and networks: timeouts and the like would be set anew
 */
export function declarationOf(script: string, set: string, family: Family): string | undefined {
  const [, ...made] = wordsOf(script).split(`add set ${set} {`);
  const isPlain = (text: string): boolean => {
    const end = text.indexOf("}");
    if (end < 0) return false;
    const statements = text
      .slice(0, end)
      .split(";")
      .map((statement) => statement.trim());
    const said = statements.filter((statement) => statement !== "").toSorted();
    return said.length === 2 && said[0] === INTERVALS && said[1] === TYPES[family];
  };
  return made.length > 0 && made.every(isPlain) ? `${TYPES[family]}; ${INTERVALS}` : undefined;
}
