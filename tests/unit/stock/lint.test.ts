import { join } from "node:path";
import { expect, test } from "vitest";
import { runLint } from "../../../src/cli/lint-command.ts";
import { nodeConfigFiles } from "../../../src/exec/config-files.ts";

const STOCK = join(import.meta.dirname, "../../../stock");

test("nothing worse than a notice is found in any stock filter", { timeout: 120_000 }, () => {
  let out = "";
  const code = runLint([`${STOCK}/filter.d`], {
    files: nodeConfigFiles,
    stockDirectory: STOCK,
    hasColour: false,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      out += text;
    },
  });
  expect(out).toMatch(/^\d{2,} filters: /);
  expect(code).toBe(0);
});
