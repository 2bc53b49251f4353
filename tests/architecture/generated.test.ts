/**
 * Holds generated sources against what they are generated from.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { walkModuleText } from "../../scripts/walk-source.ts";

test("the byte walk's module is that of its source; else run `npm run build:scan`", async () => {
  const written = readFileSync(join(import.meta.dirname, "../../src/scan/walk-module.ts"), "utf8");
  expect(written).toBe(await walkModuleText());
}, 60_000);
