/**
 * Whose turn it is among the logs of one jail, and which buffers they are read into.
 * @module
 */
import { expect, test } from "vitest";
import { ReadQueue } from "../../../src/backend/read-queue.ts";

/** A file with so many turns' lines, and the buffers that it was given. */
function fileOf(turns: number) {
  const given: Uint8Array[] = [];
  const advance = async (buffer: Uint8Array): Promise<"idle" | "more"> => {
    given.push(buffer);
    await Promise.resolve();
    return given.length < turns ? "more" : "idle";
  };
  return { given, advance };
}

test("a file that goes on is read into the same buffer, and once all is read none is held", async () => {
  const queue = new ReadQueue<ReturnType<typeof fileOf>>(() => true);
  const file = fileOf(5);
  queue.wake(file);
  while (file.given.length < 5) await Promise.resolve();
  await queue.clear();
  const before = file.given[0];
  expect(new Set(file.given).size).toBe(1);
  const later = fileOf(1);
  queue.wake(later);
  await queue.clear();
  expect(later.given[0]).not.toBe(before);
});

test("two are read at once, each into a buffer of its own, the third after one of them", async () => {
  const queue = new ReadQueue<ReturnType<typeof fileOf>>(() => true);
  const files = [fileOf(1), fileOf(1), fileOf(1)];
  for (const file of files) queue.wake(file);
  expect(files.map((file) => queue.isReading(file))).toEqual([true, true, false]);
  for (const file of files) while (file.given.length === 0) await Promise.resolve();
  await queue.clear();
  const buffers = new Set(files.flatMap(({ given }) => given));
  expect(buffers.size).toBe(2);
});
