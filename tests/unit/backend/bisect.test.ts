/**
 * Searching a log by time.
 * @module
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { findTime, type LineAt } from "../../../src/backend/bisect.ts";

/** A log in memory; a line is `TIME text` or has no time. */
function search(text: string, since: number, from = 0) {
  let reads = 0;
  const readLineAt = async (offset: number): Promise<LineAt | undefined> => {
    reads++;
    const start = offset <= 0 ? 0 : text.indexOf("\n", offset - 1) + 1;
    const next = text.indexOf("\n", start) + 1;
    if ((offset > 0 && start === 0) || next === 0) return undefined;
    return { start, next, bytes: Buffer.from(text.slice(start, next)) };
  };
  const timeOfLine = (bytes: Uint8Array): number | undefined => {
    const time = Number.parseInt(Buffer.from(bytes).toString(), 10);
    return Number.isNaN(time) ? undefined : time;
  };
  return findTime({ from, size: text.length, since, readLineAt, timeOfLine }).then((offset) => ({
    offset,
    reads,
  }));
}

test("a long log is searched in few steps and little that is old is read", async () => {
  const line = (time: number): string => `${time} ${"x".repeat(90)}\n`;
  const text = Array.from({ length: 20_000 }, (_, time) => line(time)).join("");
  const wanted = text.indexOf("\n15000 ") + 1;
  const { offset, reads } = await search(text, 15_000);
  expect(offset).toBeLessThanOrEqual(wanted);
  expect(wanted - offset).toBeLessThan(5000);
  expect(reads).toBeLessThan(30);
});

test("a log without dates is read from where it stands", async () => {
  expect((await search("no date here\n".repeat(5000), 5, 13)).offset).toBe(13);
});

test("no line that is young enough is ever left out, and a line begins at the answer", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ step: fc.nat(3), length: fc.nat(2000), dated: fc.boolean() }), { maxLength: 60 }),
      fc.nat(100),
      async (lines, since) => {
        let time = 0;
        let text = "";
        let first: number | undefined;
        for (const { step, length, dated } of lines) {
          time += step;
          if (dated && time >= since) first ??= text.length;
          text += `${dated ? time : "-"} ${"y".repeat(length)}\n`;
        }
        const { offset } = await search(text, since);
        expect(offset).toBeLessThanOrEqual(first ?? text.length);
        expect(offset === 0 || text[offset - 1] === "\n").toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});
