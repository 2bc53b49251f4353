/**
 * The stock holds to what gaoler says of others' filters.
 * @module
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

test("nothing worse than a notice is found in any stock filter", () => {
  const words = [join(ROOT, "bin/gaoler"), "lint", join(ROOT, "stock")];
  const { status, stdout } = spawnSync("sh", words, { encoding: "utf8" });
  expect(stdout).toMatch(/^\d{2,} filters: /);
  expect(status).toBe(0);
});
