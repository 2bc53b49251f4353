import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { prepareDirectory, verifySocket } from "../../../src/control/socket-path.ts";

const isRoot = process.getuid?.() === 0;
const asRoot = test.skipIf(!isRoot);
const skipped = isRoot ? "" : " (skipped: not root)";
const SOMEBODY = 4242;

let directory = "";
const at = (...parts: readonly string[]): string => join(directory, ...parts);
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gaoler-socket-path-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Several levels, each with its own mode. */
function levels(modes: Readonly<Record<string, number>>): void {
  for (const [path, mode] of Object.entries(modes)) {
    mkdirSync(at(path));
    chmodSync(at(path), mode);
  }
}

test("the last level is made for the owner alone", async () => {
  await prepareDirectory(at("run", "s"));
  expect(statSync(at("run")).mode & 0o777).toBe(0o700);
  await expect(prepareDirectory(at("no", "such", "s"))).rejects.toThrow("ENOENT");
});

test.each([
  ["the directory itself", { a: 0o755, "a/b": 0o777 }, "a/b"],
  ["for the group", { a: 0o755, "a/b": 0o775 }, "a/b"],
  ["a level above", { a: 0o777, "a/b": 0o700 }, "a"],
])("a path that others can write to is refused: %s", async (_what, modes, guilty) => {
  levels(modes);
  await expect(prepareDirectory(at("a/b/s"))).rejects.toThrow(
    `Directory '${at(guilty)}' of the socket can be written by others`,
  );
});

test("where nobody can remove what is ours, others may write", async () => {
  levels({ a: 0o1777, "a/b": 0o755 });
  await expect(prepareDirectory(at("a/b/s"))).resolves.toBeUndefined();
});

test("behind a link, the directory that it leads to counts, and those above it", async () => {
  levels({ open: 0o777, "open/b": 0o700, shut: 0o755 });
  symlinkSync(at("open/b"), at("shut/link"));
  await expect(prepareDirectory(at("shut/link/s"))).rejects.toThrow(`'${at("open")}'`);
  symlinkSync(at("shut"), at("shut/own"));
  await expect(prepareDirectory(at("shut/own/s"))).resolves.toBeUndefined();
});

asRoot(`what belongs to somebody else is refused: a directory, a level above, a link${skipped}`, async () => {
  levels({ a: 0o755, "a/b": 0o755 });
  chownSync(at("a/b"), SOMEBODY, SOMEBODY);
  await expect(prepareDirectory(at("a/b/s"))).rejects.toThrow(
    `'${at("a/b")}' of the socket belongs to another`,
  );
  chownSync(at("a/b"), 0, 0);
  chownSync(at("a"), SOMEBODY, SOMEBODY);
  await expect(prepareDirectory(at("a/b/s"))).rejects.toThrow(
    `'${at("a")}' of the socket belongs to another`,
  );
  chownSync(at("a"), 0, 0);
  symlinkSync(at("a/b"), at("link"));
  await expect(prepareDirectory(at("link/s"))).resolves.toBeUndefined();
  lchownSync(at("link"), SOMEBODY, SOMEBODY);
  await expect(prepareDirectory(at("link/s"))).rejects.toThrow(
    `'${at("link")}' of the socket belongs to another`,
  );
});

/** A socket made by hand, with a mode. */
async function withSocket(mode: number, work: () => Promise<void>): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(at("s"), resolve));
  chmodSync(at("s"), mode);
  try {
    await work();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

test("a socket with another mode than the owner's alone is not taken for ours", async () => {
  await withSocket(0o777, async () => {
    await expect(verifySocket(at("s"))).rejects.toThrow("has mode 777 instead of 700");
  });
  await withSocket(0o700, async () => {
    await expect(verifySocket(at("s"))).resolves.toBeUndefined();
  });
});

asRoot(`a socket of somebody else is not taken for ours${skipped}`, async () => {
  await withSocket(0o700, async () => {
    chownSync(at("s"), SOMEBODY, SOMEBODY);
    await expect(verifySocket(at("s"))).rejects.toThrow("somebody replaced it");
  });
});

test("what is no socket, or gone, is not taken for ours", async () => {
  await expect(verifySocket(at("s"))).rejects.toThrow("somebody replaced it");
  mkdirSync(at("s"));
  await expect(verifySocket(at("s"))).rejects.toThrow("somebody replaced it");
});
