import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeConfigFiles } from "../../../src/exec/config-files.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "gaoler-files-"));
  mkdirSync(join(root, "sub"));
  for (const name of ["a.conf", "b.conf", ".h.conf", "sub/c.conf", "n.local"])
    writeFileSync(join(root, name), name);
  writeFileSync(join(root, "bom"), "\ufeffx");
  writeFileSync(join(root, "binary"), Buffer.from([0xff, 0xfe]));
  symlinkSync(join(root, "nothing"), join(root, "dangling"));
  chmodSync(root, 0o755);
});
afterAll(() => rmSync(root, { recursive: true }));

test("a file is its text, a byte order mark included", () => {
  expect(nodeConfigFiles.readText(join(root, "a.conf"))).toEqual({ text: "a.conf" });
  expect(nodeConfigFiles.readText(join(root, "bom"))).toEqual({ text: "\ufeffx" });
});

test("what cannot be read says why, what is not there is nothing", () => {
  expect(nodeConfigFiles.readText(join(root, "binary"))).toMatchObject({ undecodable: true });
  expect(nodeConfigFiles.readText(join(root, "sub"))).toEqual({ error: "it is a directory" });
  expect(nodeConfigFiles.readText(join(root, "no"))).toBeUndefined();
  expect(nodeConfigFiles.readText(join(root, "a.conf/x"))).toBeUndefined();
});

test("kinds of paths", () => {
  const kinds = ["a.conf", "sub", "dangling", "no"].map((name) => nodeConfigFiles.kind(join(root, name)));
  expect(kinds).toEqual(["file", "directory", "dangling", undefined]);
});

test.each([
  ["*.conf", ["a.conf", "b.conf"]],
  [".*.conf", [".h.conf"]],
  ["s*/?.conf", ["sub/c.conf"]],
  ["**/c.conf", ["sub/c.conf"]],
  ["[!a].conf", ["b.conf"]],
  ["dang*", ["dangling"]],
  ["a.conf", ["a.conf"]],
  ["no", []],
  ["no/*", []],
])("the glob %s", (pattern, expected) => {
  const found = nodeConfigFiles.glob(join(root, pattern)).map((path) => path.slice(root.length + 1));
  expect(found.toSorted()).toEqual(expected);
});
