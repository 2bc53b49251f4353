/**
 * `gaoler regex … | head`: a real process whose reader goes away ends at once and quietly; one that is slow gets all.
 * @module
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { regexWorld } from "./regex-trial.ts";

const LAUNCHER = join(import.meta.dirname, "../../../bin/gaoler");
const { file } = regexWorld();

test("a process whose reader goes ends quietly", async () => {
  const log = file("pipe.log", ...Array.from({ length: 100_000 }, (_, index) => `x 1.1.1.1 ${index}`));
  const argv = ["regex", "-d", "{NONE}", "-o", "msg", log, "^x <ADDR>"];
  const child = spawn(LAUNCHER, argv, { stdio: ["ignore", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (bytes) => {
    complaint += String(bytes);
  });
  const ended = once(child, "close");
  await once(child.stdout, "data");
  child.stdout.destroy();
  expect((await ended)[0]).toBe(141);
  expect(complaint).toBe("");
}, 30_000);

test("a reader that is slow gets all", () => {
  const lines = 40_000;
  const log = file("slow.log", ...Array.from({ length: lines }, (_, index) => `x 1.1.1.1 ${index}`));
  const argv = ["regex", "-d", "{NONE}", "-o", "msg", log, "^x <ADDR>"];
  const pipe = '"$0" "$@" | { sleep 1; wc -l; }';
  const { stdout } = spawnSync("sh", ["-c", pipe, LAUNCHER, ...argv], { encoding: "utf8" });
  expect(Number(stdout)).toBe(lines);
}, 30_000);
