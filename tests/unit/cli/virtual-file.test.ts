import { expect, test } from "vitest";
import { withFile } from "../../../src/cli/virtual-file.ts";
import { memoryFiles } from "../config/memory-files.ts";

const real = memoryFiles({ "/c/jail.d/a.local": "real", "/c/jail.conf": "conf" });
const path = "/c/jail.d/z.local";
const files = withFile(real, path, "virtual");

test("the file is there beside the real ones", () => {
  expect(files.readText(path)).toEqual({ text: "virtual" });
  expect(files.kind(path)).toBe("file");
  expect(files.readText("/c/jail.conf")).toEqual({ text: "conf" });
  expect(files.kind("/c/jail.d")).toBe("directory");
  expect(files.readText("/c/none")).toBeUndefined();
  expect(files.resolve("/c/./x")).toBe("/c/x");
});

test("it is the last of the overrides of its directory, and of no other", () => {
  expect(files.glob("/c/jail.d/*.local")).toEqual(["/c/jail.d/a.local", path]);
  expect(files.glob("/c/jail.d/*.conf")).toEqual([]);
  expect(files.glob("/c/other.d/*.local")).toEqual([]);
});

test("the files below do not know of it", () => {
  expect(real.kind(path)).toBeUndefined();
});
