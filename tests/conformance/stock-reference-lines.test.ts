/**
 * The example lines of the compatibility reference (B§6.5), which fail2ban's own filters find: ours find them, too.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SAMPLE_NOW } from "../../src/filter/sample-trial.ts";
import { STOCK, stockFilter } from "../unit/stock/stock-jails.ts";

const REFERENCE = join(STOCK, "../docs/compat/b-server-and-actions.md");
/** Filters of which a line only begins what the next one ends. */
const IN_TWO_LINES = new Set(["guacamole", "mongodb-auth", "slapd"]);
/** Filters whose second line has no time and takes that of the first, while it is less than a minute old: how long ago that was. */
const AGO: Readonly<Record<string, number>> = { guacamole: 85 * 60 - 10 };

/** Lines by `filter[parameters]`, in their order. */
function exampleLines(): ReadonlyMap<string, readonly string[]> {
  const [, section = ""] = readFileSync(REFERENCE, "utf8").split(/^## 6\.5 /m);
  const [, block = ""] = section.split("```");
  const lines = new Map<string, string[]>();
  for (const [item = "", line] of block.split("\n").map((row) => row.split("\t", 2))) {
    if (line !== undefined) lines.set(item, [...(lines.get(item) ?? []), line]);
  }
  return lines;
}

const examples = exampleLines();

test("the reference has lines for a hundred filters", () => {
  expect(new Set([...examples.keys()].map((item) => item.split("[", 1)[0])).size).toBeGreaterThan(90);
});

for (const [item, lines] of examples) {
  test(`${item} finds the reference's lines`, () => {
    const filter = stockFilter(item);
    const now = SAMPLE_NOW - (AGO[item] ?? 0);
    const found = lines.map((line) => filter.process(line, { now, inOperation: true }).failures.length);
    const expected = lines.map((_, index) => (IN_TWO_LINES.has(item) && index === 0 ? 0 : 1));
    expect(found).toEqual(expected);
  });
}
