import { execFileSync } from "node:child_process";
import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readIfChanged } from "../../../src/exec/changed-file.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "changed-file-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function stampOf(path: string): Promise<string> {
  const reading = await readIfChanged(path, undefined, 100);
  if (reading.kind !== "text") throw new Error(reading.kind);
  return reading.stamp;
}

test("a file is read once, and again when its text, its time or its inode has changed", async () => {
  const path = join(folder(), "friends");
  writeFileSync(path, "192.0.2.1\n");
  expect(await readIfChanged(path, undefined, 100)).toMatchObject({ kind: "text", text: "192.0.2.1\n" });
  const stamp = await stampOf(path);
  expect(await readIfChanged(path, stamp, 100)).toEqual({ kind: "unchanged" });
  utimesSync(path, 5, 5);
  expect(await readIfChanged(path, stamp, 100)).toMatchObject({ kind: "text" });
  const touched = await stampOf(path);
  writeFileSync(`${path}.new`, "192.0.2.2\n");
  utimesSync(`${path}.new`, 5, 5);
  renameSync(`${path}.new`, path);
  expect(await readIfChanged(path, touched, 100)).toMatchObject({ kind: "text", text: "192.0.2.2\n" });
});

test("of a file that is too long the whole lines that fit are taken, and that is told", async () => {
  const path = join(folder(), "friends");
  writeFileSync(path, "192.0.2.1\n192.0.2.22\n");
  expect(await readIfChanged(path, undefined, 19)).toMatchObject({ text: "192.0.2.1\n", isCut: true });
  expect(await readIfChanged(path, undefined, 21)).toMatchObject({ isCut: false });
});

test("what is no file, or not there, is told, and a pipe holds nobody up", async () => {
  const path = folder();
  expect(await readIfChanged(path, undefined, 10)).toEqual({ kind: "unreadable", reason: "it is no file" });
  expect(await readIfChanged(join(path, "no"), undefined, 10)).toMatchObject({ kind: "unreadable" });
  const pipe = join(path, "pipe");
  execFileSync("mkfifo", [pipe]);
  expect(await readIfChanged(pipe, undefined, 10)).toMatchObject({ kind: "unreadable" });
});
