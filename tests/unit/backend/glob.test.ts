/**
 * Globs of log paths on real directories.
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expandGlob } from "../../../src/backend/glob.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "gaoler-glob-"));
  for (const site of ["a", "b", ".hidden"]) {
    mkdirSync(join(root, site, "logs"), { recursive: true });
    writeFileSync(join(root, site, "logs", "access.log"), "");
  }
  writeFileSync(join(root, "a", "logs", ".access.log"), "");
  writeFileSync(join(root, "a", "logs", "access[1].log"), "");
  symlinkSync("/nonexistent/target", join(root, "b", "logs", "access.lnk"));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const cases = [
  ["*/logs/access.log", ["a/logs/access.log", "b/logs/access.log"]],
  ["*/logs/access.???", ["a/logs/access.log", "b/logs/access.lnk", "b/logs/access.log"]],
  ["**/access.log", []],
  [".*/logs/access.log", [".hidden/logs/access.log"]],
  ["a/logs/.*", ["a/logs/.access.log"]],
  ["[!b]/logs/access[[]*", ["a/logs/access[1].log"]],
  ["none/*.log", []],
  ["none/no.log", ["none/no.log"]],
] as const;
for (const [pattern, paths] of cases) {
  test(`${pattern} gives ${paths.length} paths`, async () => {
    const { paths: found } = await expandGlob(join(root, pattern));
    expect(found).toEqual(paths.map((path) => join(root, path)));
  });
}

test("the directories where new matches appear are told", async () => {
  expect((await expandGlob(join(root, "*/logs/*.log"))).directories).toEqual([
    root,
    join(root, "a/logs"),
    join(root, "b/logs"),
  ]);
  expect((await expandGlob(join(root, "*/logs/error.log"))).directories).toEqual([
    root,
    join(root, "a/logs"),
    join(root, "b/logs"),
  ]);
});
