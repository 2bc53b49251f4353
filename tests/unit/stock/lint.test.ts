import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../../..");

// as a program of its own: three times as fast as within the test runner
test("nothing worse than a notice is found in any stock filter", { timeout: 120_000 }, () => {
  const words = [join(ROOT, "bin/gaoler"), "lint", join(ROOT, "stock")];
  const { status, stdout } = spawnSync("sh", words, { encoding: "utf8" });
  expect(stdout).toMatch(/^\d{2,} filters: /);
  expect(status).toBe(0);
});
