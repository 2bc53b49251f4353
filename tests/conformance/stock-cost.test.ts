import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stockFilter } from "../unit/stock/stock-jails.ts";

const SAMPLES = join(import.meta.dirname, "../../stock/samples");

/** Every filter of a sample file with the options that its samples use; the forms of the prefix are common.conf's business. */
function itemsOf(file: string): readonly string[] {
  const text = readFileSync(join(SAMPLES, file), "utf8");
  const items = [...text.matchAll(/^#! filter (.*)$/gm)].map(([, item = ""]) => item);
  return [...new Set(items)].filter((item) => !item.includes("logtype="));
}

test("no regex of a stock filter needs the exact matcher, and none costs more than the square of a line's length", () => {
  const costly: string[] = [];
  let count = 0;
  for (const file of readdirSync(SAMPLES).filter((name) => name.endsWith(".log"))) {
    for (const item of itemsOf(file)) {
      const { parts } = stockFilter(item);
      const patterns = [...parts.failures, ...parts.ignores];
      for (const { engine, cost, source } of parts.prefix ? [parts.prefix, ...patterns] : patterns) {
        count += 1;
        if (engine !== "native" || !/^(?:linear|quadratic)/.test(cost))
          costly.push(`${item}: ${cost}: ${source}`);
      }
    }
  }
  expect(costly).toEqual([]);
  expect(count).toBeGreaterThan(200);
});
