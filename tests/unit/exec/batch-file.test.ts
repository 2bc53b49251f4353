import { fstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BatchFile } from "../../../src/exec/batch-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gaoler-batch-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a child reads that inherits the file. */
const held = (file: BatchFile): string => readFileSync(`/proc/self/fd/${file.descriptor}`, "latin1");

test("it holds what was written last and nothing of what was longer before; nobody else finds it", () => {
  const file = BatchFile.open([folder]);
  if (file === undefined) throw new Error("no file");
  expect(readdirSync(folder)).toEqual([]);
  expect(fstatSync(file.descriptor).mode & 0o777).toBe(0o600);
  for (const text of ["add element t s { 192.0.2.1, 192.0.2.2 }\n", "add x\n", "", "\xe4"]) {
    expect(file.write(text)).toBe(true);
    expect(held(file)).toBe(text);
  }
  file.close();
  // a number that is somebody else's by now is left alone
  file.close();
  expect(file.write("more")).toBe(false);
});

test("folders where none can be made are passed over", () => {
  writeFileSync(join(folder, "file"), "");
  mkdirSync(join(folder, "good"));
  const file = BatchFile.open([join(folder, "absent"), join(folder, "file"), join(folder, "good")]);
  expect(file?.write("x")).toBe(true);
  file?.close();
  expect(BatchFile.open([join(folder, "absent")])).toBeUndefined();
});
