/**
 * docs/parity.md names tests that exist and mirrors the list of known differences row for row.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mistakeOfHolder, nameOf, readKnown } from "../../parity/known.ts";
import { withLedgerTable } from "../../parity/ledger.ts";
import type { KnownDifference } from "../../parity/part.ts";

const ROOT = join(import.meta.dirname, "../../..");
const ledger = readFileSync(join(ROOT, "docs/parity.md"), "utf8");

test("the ledger mirrors the list of known differences; `npm run parity -- --write-ledger` brings it up to date", () => {
  expect(ledger).toBe(withLedgerTable(ledger, readKnown()));
});

test("a table is put in the place of the present one, and nothing else changes", () => {
  const page =
    "# A\n| Part | x |\n|---|---|\n\n## Differences that the run knows\n\nText.\n\n| Part | old |\n|---|---|\n| a | b |\n\n## B\n| c | d |\n";
  const entry: KnownDifference = {
    part: "lines",
    pattern: "a|b`c",
    reason: "x|y",
    rule: "A§6",
    example: "x",
    heldBy: "tests/unit/x.test.ts: y",
  };
  expect(withLedgerTable(page, [entry])).toBe(
    "# A\n| Part | x |\n|---|---|\n\n## Differences that the run knows\n\nText.\n\n| Part | Differences | | Reason | Held by |\n|---|---|---|---|---|\n" +
      "| lines | `` /a\\|b`c/ `` | *A* | x\\|y | `unit/x.test.ts` |\n\n## B\n| c | d |\n",
  );
  expect(() => withLedgerTable("# A\n", [entry])).toThrow("no table");
});

test.each(readKnown().map((entry) => [`${entry.part}: ${nameOf(entry)}`, entry] as const))(
  "the known difference %s is held by a test",
  (_, entry) => {
    expect(mistakeOfHolder(entry)).toBeUndefined();
  },
);

const named = [
  ...new Set(
    [...ledger.matchAll(/`((?:unit|parity|conformance|simulation|e2e|samples|fuzz)\/[\w./-]+)`/g)].map(
      ([, path = ""]) => path,
    ),
  ),
];

test("the ledger names tests", () => {
  expect(named.length).toBeGreaterThan(50);
});

test.each(named)("the ledger names %s, which exists", (path) => {
  // sample logs ship with the filters
  expect(existsSync(join(ROOT, path.startsWith("samples/") ? "stock" : "tests", path))).toBe(true);
});
