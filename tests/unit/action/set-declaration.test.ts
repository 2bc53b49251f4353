import { expect, test } from "vitest";
import { declarationOf } from "../../../src/action/set-declaration.ts";

const SET = "inet f2b-table addr-set-sshd";
const PLAIN = "type ipv4_addr; flags interval";

test.each([
  ["as one word", `nft "add table t; add set ${SET} { type ipv4_addr; flags interval; }$rules"`],
  ["with escapes", `nft add set ${SET} \\{ type ipv4_addr\\; flags interval\\; \\}`],
  ["in quotes, the other way round", `nft add set ${SET} '{ flags interval; type ipv4_addr }'`],
  ["twice the same way", `nft add set ${SET} "{ ${PLAIN}; }" || { nft add set ${SET} "{ ${PLAIN}; }"; }`],
  ["over lines", `nft -f - <<END\nadd set ${SET} {\n  type ipv4_addr\n; flags interval; }\nEND`],
])("a plain set with intervals is declared as its start made it: %s", (_, script) => {
  expect(declarationOf(script, SET, "inet4")).toBe(PLAIN);
});

test.each([
  ["not made here", `nft add set inet f2b-table addr-set-apache "{ ${PLAIN}; }"`],
  ["of another family", `nft add set ${SET} "{ type ipv6_addr; flags interval; }"`],
  ["with timeouts, which would be set anew", `nft add set ${SET} "{ ${PLAIN}, timeout; }"`],
  ["with a timeout for all", `nft add set ${SET} "{ ${PLAIN}; timeout 1h; }"`],
  ["with a size", `nft add set ${SET} "{ ${PLAIN}; size 1000; }"`],
  ["that merges", `nft add set ${SET} "{ ${PLAIN}; auto-merge; }"`],
  ["without intervals, which nft does not read anyway", `nft add set ${SET} "{ type ipv4_addr; }"`],
  ["by a variable", `nft add set ${SET} "{ $type; flags interval; }"`],
  ["in two ways", `nft add set ${SET} "{ ${PLAIN}; }" || nft add set ${SET} "{ type ipv4_addr; }"`],
  ["without an end", `nft add set ${SET} "{ ${PLAIN};`],
  ["nothing at all", ""],
])("any other set is none to be declared: %s", (_, script) => {
  expect(declarationOf(script, SET, "inet4")).toBeUndefined();
});
