import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Judge } from "../../parity/known.ts";
import {
  type Ended,
  type KnownDifference,
  NotHere,
  type ParityPart,
  type ParityResult,
} from "../../parity/part.ts";
import { Progress } from "../../parity/progress.ts";
import { runParts } from "../../parity/run-parts.ts";
import { countsOf, renderReport } from "../../parity/summary.ts";

const root = mkdtempSync(join(tmpdir(), "gaoler-unit-parity-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const ENTRY: KnownDifference = {
  part: "p",
  key: "k",
  reason: "better",
  rule: "A§6",
  example: "x",
  heldBy: "tests/unit/parity/run-parts.test.ts: what is listed passes",
};

const nothing = async (): Promise<Ended> => ({ code: 0, stdout: "", stderr: "", isHung: false });
const difference = { key: "k", input: "x", theirs: "1", ours: "2\u001b[2J" };
const result = (part: Partial<ParityResult> = {}): ParityResult => ({
  part: "p",
  name: "n",
  cases: 3,
  differences: [],
  ...part,
});

async function outcomesOf(part: ParityPart, entries: readonly KnownDifference[] = [], version = "1.0.2") {
  const scratch = mkdtempSync(join(root, "run-"));
  return await runParts([["p", part]], {
    entries,
    judge: new Judge(entries),
    progress: new Progress({ write: () => true }),
    scratch,
    version,
    base: {
      oracle: { directory: "", configuration: "", packages: "", run: nothing },
      python: nothing,
      isLong: false,
      isPlain: false,
      seed: 1,
    },
  });
}

const partOf = (...results: readonly ParityResult[]): ParityPart =>
  async function* () {
    yield* results;
  };

test("what is the same passes", async () => {
  const outcomes = await outcomesOf(partOf(result(), result({ hangs: ["h"] })));
  expect(outcomes).toMatchObject([{ comparisons: 6, passed: 2, failed: 0, hangs: ["h"], mistakes: [] }]);
  expect(countsOf(outcomes)).toMatchObject({ passed: 2, failed: 0 });
});

test("what is listed passes", async () => {
  const outcomes = await outcomesOf(partOf(result({ differences: [difference] })), [ENTRY]);
  expect(outcomes).toMatchObject([{ known: 1, unlisted: 0, mistakes: [] }]);
  expect(countsOf(outcomes)).toMatchObject({ passed: 2, failed: 0 });
});

test("an unlisted difference fails and is shown, harmless for the terminal", async () => {
  const outcomes = await outcomesOf(partOf(result({ differences: [difference] })));
  expect(countsOf(outcomes)).toMatchObject({ passed: 0, failed: 1 });
  expect(renderReport(outcomes)).toContain("DIFFERENCE p: n\n  key     k\n  input   x\n  theirs  1\n");
  expect(renderReport(outcomes)).toContain("ours    2\\x1b[2J");
});

test("many unlisted differences are counted, and shown as far as a screen goes", async () => {
  const many = Array.from({ length: 1000 }, () => difference);
  const outcomes = await outcomesOf(partOf(result({ differences: many })));
  expect(outcomes[0]?.unlisted).toBe(1000);
  expect(renderReport(outcomes)).toMatch(/p: \d+ more unlisted differences are not shown/);
});

test("a stale entry fails", async () => {
  const outcomes = await outcomesOf(partOf(result()), [ENTRY]);
  expect(outcomes[0]?.mistakes).toEqual([expect.stringContaining("k: no longer occurs")]);
  expect(countsOf(outcomes)).toMatchObject({ passed: 1, failed: 1 });
});

test("what a later version has as well need not differ from it", async () => {
  expect(countsOf(await outcomesOf(partOf(result()), [ENTRY], "1.1.0"))).toMatchObject({
    passed: 2,
    failed: 0,
  });
  const better = [{ ...ENTRY, rule: "improvement" as const }];
  expect(countsOf(await outcomesOf(partOf(result()), better, "1.1.0"))).toMatchObject({
    passed: 1,
    failed: 1,
  });
});

test("an entry that no test holds fails", async () => {
  const entry = { ...ENTRY, heldBy: "tests/unit/parity/none.test.ts: x" };
  const outcomes = await outcomesOf(partOf(result({ differences: [difference] })), [entry]);
  expect(countsOf(outcomes)).toMatchObject({ passed: 1, failed: 1 });
});

test("a part that breaks or compares nothing fails, and the others run", async () => {
  const broken: ParityPart = async function* () {
    yield result();
    throw new Error("no more");
  };
  const outcomes = await outcomesOf(broken);
  expect(outcomes).toMatchObject([{ comparisons: 3, mistakes: [expect.stringContaining("no more")] }]);
  expect(countsOf(await outcomesOf(partOf()))).toMatchObject({ passed: 0, failed: 1 });
});

test("an example belongs to its part: the context names those of the part alone", async () => {
  const seen: unknown[] = [];
  const part: ParityPart = async function* (context) {
    seen.push(...context.known);
    yield result();
  };
  await outcomesOf(part, [ENTRY, { ...ENTRY, part: "other" }]);
  expect(seen).toEqual([ENTRY]);
});

test("a part that cannot run here is skipped by name, its entries with it", async () => {
  const findPython = (): string => {
    throw new NotHere("no Python 3.11");
  };
  const part: ParityPart = async function* () {
    yield result({ name: findPython() });
  };
  const outcomes = await outcomesOf(part, [ENTRY]);
  expect(countsOf(outcomes)).toEqual({ passed: 1, failed: 0, skipped: 1 });
  expect(renderReport(outcomes)).toContain("skipped: p (no Python 3.11)");
});

test("a part that has compared something cannot be skipped any more", async () => {
  const part: ParityPart = async function* () {
    yield result();
    throw new NotHere("lost");
  };
  expect(countsOf(await outcomesOf(part))).toMatchObject({ failed: 1, skipped: 0 });
});
