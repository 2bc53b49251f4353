/**
 * What readers of one file share, and what they do not.
 * @module
 */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import type { LogHandle, OpenFile } from "../../../src/backend/open-log.ts";
import { SharedReads } from "../../../src/backend/shared-reads.ts";

const BLOCK = 64 * 1024;

const directory = mkdtempSync(join(tmpdir(), "gaoler-reads-"));
const path = join(directory, "app.log");

const opened: LogHandle[] = [];

afterEach(async () => {
  for (const file of opened.splice(0)) await file.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Two readers of a file of four blocks, and what the system was asked to read. */
async function twoReaders(filled = 4) {
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, "a".repeat(filled * BLOCK));
  const asked: number[] = [];
  let breaks = false;
  const counting: OpenFile = async (name, flags) => {
    const file = await open(name, flags);
    return {
      read: async (buffer, offset, length, position) => {
        asked.push(position);
        await sleep(1);
        if (breaks) throw new Error("it is broken");
        return await file.read(buffer, offset, length, position);
      },
      stat: file.stat.bind(file),
      close: () => file.close(),
    };
  };
  const reads = new SharedReads(counting);
  const [one, other] = [await reads.open(path, 0), await reads.open(path, 0)];
  opened.push(one, other);
  const setBroken = (is: boolean): void => {
    breaks = is;
  };
  return { reads, one, other, asked, setBroken };
}

/** Reads a block; gives its first letter and how many bytes came. */
async function readBlock(file: LogHandle, position: number, length = BLOCK): Promise<string> {
  const buffer = new Uint8Array(length + 8).fill(0x2d);
  const { bytesRead } = await file.read(buffer, 4, length, position);
  expect(Buffer.from(buffer.subarray(0, 4)).toString()).toBe("----");
  return `${String.fromCharCode(buffer[4] ?? 0)}${bytesRead}`;
}

test("who asks for the same block gets a copy of what the first one got, unless it has looked at the file since", async () => {
  const { one, other, asked } = await twoReaders();
  expect(await readBlock(one, BLOCK)).toBe(`a${BLOCK}`);
  writeFileSync(path, "b".repeat(4 * BLOCK));
  expect(await readBlock(other, BLOCK)).toBe(`a${BLOCK}`);
  expect(asked).toEqual([BLOCK]);
  // a look at any place shows a later state: nothing from before may follow
  expect(await readBlock(one, 2 * BLOCK)).toBe(`b${BLOCK}`);
  expect(await readBlock(other, 0, 10)).toBe("b10");
  expect(await readBlock(other, 2 * BLOCK)).toBe(`b${BLOCK}`);
  expect(asked).toEqual([BLOCK, 2 * BLOCK, 0, 2 * BLOCK]);
});

test("who can look at others' bytes gets them where they are, with a copy of what the first one read", async () => {
  const { reads, one, other, asked } = await twoReaders();
  const [own, unused] = [new Uint8Array(BLOCK).fill(0x2d), new Uint8Array(BLOCK).fill(0x2d)];
  const first = await one.lend?.(own, BLOCK, BLOCK);
  const second = await other.lend?.(unused, BLOCK, BLOCK);
  expect(second?.bytesRead).toBe(BLOCK);
  expect(second?.bytes).toBe(first?.bytes);
  expect(reads.hasLent(second?.bytes ?? own)).toBe(true);
  // the first one's buffer is used again
  own.fill(0x2d);
  expect(Buffer.from(second?.bytes ?? own).toString()).toBe("a".repeat(BLOCK));
  expect(unused.every((byte) => byte === 0x2d)).toBe(true);
  expect(asked).toEqual([BLOCK]);
});

test("what is not shared lies in the reader's own buffer", async () => {
  const { reads, one } = await twoReaders(2);
  const own = new Uint8Array(2 * BLOCK);
  expect(await one.lend?.(own, 100, BLOCK)).toEqual({ bytesRead: 100, bytes: own });
  expect(await one.lend?.(own, 2 * BLOCK, BLOCK)).toEqual({ bytesRead: BLOCK, bytes: own });
  expect(reads.hasLent(own)).toBe(false);
});

test("a stat is a look", async () => {
  const { one, other, asked } = await twoReaders();
  await readBlock(one, BLOCK);
  await other.stat();
  await readBlock(other, BLOCK);
  expect(asked).toEqual([BLOCK, BLOCK]);
});

test("after a copy nothing older than the copy is shared", async () => {
  const { reads, one, other, asked } = await twoReaders();
  const third = await reads.open(path, 0);
  opened.push(third);
  await readBlock(one, 2 * BLOCK);
  await readBlock(one, BLOCK);
  await readBlock(third, BLOCK);
  await readBlock(third, 2 * BLOCK);
  await readBlock(other, BLOCK);
  expect(asked).toEqual([2 * BLOCK, BLOCK, 2 * BLOCK]);
});

test("who asks while the block is being read waits for it", async () => {
  const { one, other, asked } = await twoReaders();
  const both = await Promise.all([readBlock(one, BLOCK), readBlock(other, BLOCK)]);
  expect(both).toEqual([`a${BLOCK}`, `a${BLOCK}`]);
  expect(asked).toEqual([BLOCK]);
});

test("a read of one's own block is done again", async () => {
  const { one, asked } = await twoReaders();
  await readBlock(one, BLOCK);
  await readBlock(one, BLOCK);
  expect(asked).toEqual([BLOCK, BLOCK]);
});

test("the end of the file, its begin and small reads are not shared", async () => {
  const { reads, one, other, asked } = await twoReaders(2);
  expect(await readBlock(one, BLOCK + 1)).toBe(`a${BLOCK - 1}`);
  appendFileSync(path, "z");
  expect(await readBlock(other, BLOCK + 1)).toBe(`a${BLOCK}`);
  for (const [position, length] of [
    [0, BLOCK],
    [10, 100],
  ] as const) {
    await readBlock(one, position, length);
    await readBlock(other, position, length);
  }
  expect(asked).toEqual([BLOCK + 1, BLOCK + 1, 0, 0, 10, 10]);
  expect(reads.kept).toBe(1);
});

test("the end of the file is read by everybody for himself, also by who asked meanwhile", async () => {
  const { one, other, asked } = await twoReaders(2);
  await Promise.all([readBlock(one, BLOCK + 1), readBlock(other, BLOCK + 1)]);
  expect(asked).toHaveLength(2);
});

test("who waited for a read that failed reads for himself", async () => {
  const { reads, one, other, asked, setBroken } = await twoReaders();
  setBroken(true);
  const failing = readBlock(one, BLOCK);
  const waiting = readBlock(other, BLOCK);
  await expect(failing).rejects.toThrow("it is broken");
  setBroken(false);
  expect(await waiting).toBe(`a${BLOCK}`);
  expect(asked).toEqual([BLOCK, BLOCK]);
  expect(reads.kept).toBe(1);
});

test("a single reader has nothing kept, nor have those that are left alone", async () => {
  const { reads, one } = await twoReaders();
  await readBlock(one, BLOCK);
  expect(reads.kept).toBe(1);
  await opened.pop()?.close();
  expect(reads.kept).toBe(0);
  await readBlock(one, 2 * BLOCK);
  expect(reads.kept).toBe(0);
});

test("few blocks are kept, and all for a moment only", async () => {
  const { reads, one, other, asked } = await twoReaders(20);
  for (let block = 1; block < 20; block++) await readBlock(one, block * BLOCK);
  expect(reads.kept).toBe(8);
  await readBlock(other, 11 * BLOCK);
  expect(asked).toHaveLength(20);
  await readBlock(other, 19 * BLOCK);
  expect(asked).toHaveLength(21);
  await sleep(600);
  expect(reads.kept).toBe(0);
});

test("a file that cannot be opened is the system's error", async () => {
  const { reads } = await twoReaders();
  await expect(reads.open(join(directory, "none"), 0)).rejects.toThrow("ENOENT");
});
