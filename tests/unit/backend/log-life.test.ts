/**
 * Random lives of a log file: whatever happens to it, each line arrives exactly once and in order.
 * @module
 */
import {
  appendFileSync,
  copyFileSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { FollowedLog, until } from "./followed-log.ts";

/**
 * What may happen. Where bytes that nobody may have read yet would be destroyed (delete, truncation without a copy), and where
 * a second rotation would hide the first, the life waits until all that was written was read.
 */
type LifeEvent =
  | { readonly kind: "append"; readonly lines: number; readonly length: number }
  | { readonly kind: "half" }
  | { readonly kind: "rename+create" }
  | { readonly kind: "copytruncate" }
  | { readonly kind: "truncate" }
  | { readonly kind: "delete+create" }
  | { readonly kind: "delete" };

const lifeEvent: fc.Arbitrary<LifeEvent> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("append" as const),
      lines: fc.integer({ min: 1, max: 30 }),
      length: fc.constantFrom(0, 10, 200, 20_000),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: "half" as const }) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom("rename+create", "copytruncate", "truncate", "delete+create", "delete")
      .map((kind) => ({
        kind,
      })),
  },
);

/** Lives a life; gives what was written and what was delivered. */
async function live(mode: "polling" | "pyinotify", life: readonly LifeEvent[]) {
  const log = new FollowedLog();
  const written: string[] = [];
  let half = "";
  let rotations = 0;
  const settled = () => until(() => log.lines().length >= written.length);
  /** a half line ends before anything happens that would tear it */
  const endHalf = (): void => {
    if (half === "") return;
    appendFileSync(log.path, "|end\n");
    written.push(`${half}|end`);
    half = "";
  };
  const append = (text: string): void => {
    appendFileSync(log.path, half === "" ? `${text}\n` : `|${text}\n`);
    written.push(half === "" ? text : `${half}|${text}`);
    half = "";
  };
  try {
    // a copy is recognised by its first line: one must have been read
    writeFileSync(log.path, "");
    await log.follow({ mode });
    append("first");
    await settled();
    for (const event of life) {
      switch (event.kind) {
        case "append":
          for (let line = 0; line < event.lines; line++)
            append(`${written.length} ${"x".repeat(event.length)}`);
          break;
        case "half":
          if (half !== "") break;
          half = `${written.length} half`;
          appendFileSync(log.path, half);
          break;
        case "rename+create":
          endHalf();
          renameSync(log.path, `${log.path}.${++rotations}`);
          writeFileSync(log.path, "");
          append(`${written.length} after rename`);
          await settled();
          break;
        case "copytruncate":
          endHalf();
          copyFileSync(log.path, `${log.path}.${++rotations}`);
          truncateSync(log.path, 0);
          append(`${written.length} after copytruncate`);
          await settled();
          break;
        case "truncate":
          endHalf();
          await settled();
          truncateSync(log.path, 0);
          append(`${written.length} after truncation`);
          await settled();
          break;
        case "delete+create":
          endHalf();
          unlinkSync(log.path);
          writeFileSync(log.path, "");
          append(`${written.length} after deletion`);
          await settled();
          break;
        case "delete":
          endHalf();
          rmSync(log.path);
          await until(() => log.texts().some((text) => text.startsWith("Log absence")));
          append(`${written.length} back again`);
          await settled();
          break;
      }
    }
    endHalf();
    await settled();
    return { written, delivered: log.lines() };
  } finally {
    await log.end();
  }
}

for (const [mode, numRuns, maxLength] of [
  ["pyinotify", 25, 25],
  ["polling", 3, 8],
] as const) {
  test.concurrent(`every line of a random life arrives exactly once, by ${mode}`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(lifeEvent, { maxLength }), async (life) => {
        const { written, delivered } = await live(mode, life);
        expect(delivered).toEqual(written);
      }),
      { numRuns },
    );
  }, 60_000);
}
