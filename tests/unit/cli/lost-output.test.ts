/**
 * What becomes of a command whose output cannot be written.
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const LAUNCHER = join(import.meta.dirname, "../../../bin/gaoler");
const FULL = "/dev/full";

test.skipIf(!existsSync(FULL))(
  "output that found no room is told and no success (skipped: no /dev/full)",
  () => {
    const { status, stderr } = spawnSync(LAUNCHER, ["--help"], {
      stdio: ["ignore", openSync(FULL, "w"), "pipe"],
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^gaoler: not all was written: ENOSPC: .*\n$/),
    ]);
  },
);
