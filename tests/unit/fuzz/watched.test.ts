import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fuzzWatched } from "../../fuzz/watched.ts";
import { temporaryFolder } from "../store/store-fixture.ts";

const TRIED = JSON.stringify(join(import.meta.dirname, "../../fuzz/tried-input.ts"));

/** A program in place of the one that fuzzes. */
function childThat(does: string): string {
  const path = join(temporaryFolder(), "child.mjs");
  const head = `import { TriedInputWriter } from ${TRIED};\nconst tried = new TriedInputWriter(process.argv[5]);\n`;
  writeFileSync(path, head + does);
  return path;
}

test("an input that is never done with is named, though nothing can interrupt it", async () => {
  // compiled by V8 in two to the power of 60 steps
  const child = childThat(
    `tried.put(Buffer.from("a longer one")); tried.put(Buffer.from("it")); new RegExp("^" + "(?:|)".repeat(60) + "b").exec("a");`,
  );
  const { inputs, failure } = await fuzzWatched("x", 1, 100, { child, maxHeldMs: 1500 });
  expect(inputs).toBe(2);
  expect(failure?.what).toContain("holds the process");
  expect(Buffer.from(failure?.input ?? []).toString()).toBe("it");
});

test("an outcome is handed on as it is", async () => {
  const { inputs, kinds, failure } = await fuzzWatched("address", 1, 100);
  expect(failure).toBeUndefined();
  expect(inputs).toBeGreaterThan(kinds);
  expect(kinds).toBeGreaterThan(1);
});

test("a process that ends without an outcome is an error", async () => {
  const ended = fuzzWatched("x", 1, 100, { child: childThat("process.exit(3);") });
  await expect(ended).rejects.toThrow("x ended with 3");
});
