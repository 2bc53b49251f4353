/**
 * Holds generated sources against what they are generated from.
 * @module
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { SCAN_MODULES, scanModulePath, scanModuleText } from "../../scripts/scan-modules.ts";

test.each(SCAN_MODULES)(
  "the module of $name is that of its source; else run `npm run build:scan`",
  async (module) => {
    expect(readFileSync(scanModulePath(module), "utf8")).toBe(await scanModuleText(module));
  },
  60_000,
);
