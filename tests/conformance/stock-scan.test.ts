/**
 * The regexes of the stock's filters on their sample lines: no line that one of them matches is left out by the scanner, and what is
 * captured by rows is what the regex captures.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleFilters } from "../../src/cli/sample-filters.ts";
import { nodeConfigFiles } from "../../src/exec/config-files.ts";
import type { LineFilter } from "../../src/filter/line-filter.ts";
import { readSamples } from "../../src/filter/sample-log.ts";
import { SAMPLE_NOW } from "../../src/filter/sample-trial.ts";
import { compileRegex } from "../../src/regex/compile.ts";
import { LineCaptures } from "../../src/scan/line-captures.ts";
import { expectAlike, sourceOf } from "../unit/scan/captures-trial.ts";
import { scannerOf, withoutEnd } from "../unit/scan/scan-trial.ts";
import { expectSound } from "../unit/scan/soundness.ts";
import { STOCK } from "../unit/stock/stock-jails.ts";

/** Of each log: the rest would say little more. */
const SAMPLES_OF_A_LOG = 6;
/** Captures take longer. */
const CAPTURED_OF_A_LOG = 4;

const logs = readdirSync(join(STOCK, "samples"))
  .filter((name) => name.endsWith(".log"))
  .flatMap((name) => readSamples(readFileSync(join(STOCK, "samples", name), "utf8")).logs);
const filters = sampleFilters(
  logs.map(({ item }) => item),
  STOCK,
  nodeConfigFiles,
  STOCK,
);

function partsOf(item: string): LineFilter["parts"] {
  const filter = filters(item);
  if (typeof filter === "string") throw new Error(filter);
  return filter.parts;
}

test("no sample line that a regex matches is left out by the scanner", () => {
  let checked = 0;
  for (const { item, samples } of logs) {
    const { detector, prefix, failures, ignores } = partsOf(item);
    const regexes = [...failures, ...ignores, ...(prefix === undefined ? [] : [prefix])];
    const shown = samples.slice(0, SAMPLES_OF_A_LOG).flatMap(({ text }) => {
      const date = detector.find(text, SAMPLE_NOW);
      const rest = date === undefined ? text : text.slice(0, date.start) + text.slice(date.end);
      const content = prefix?.search(`${rest}\n`)?.group("content") ?? "";
      return [rest, content, rest.slice(0, -2)].map(withoutEnd);
    });
    expectSound(
      scannerOf(regexes.map(({ expanded }) => expanded)),
      regexes,
      shown.map((line) => Buffer.from(line)),
      (bytes) => Buffer.from(bytes).toString("utf8"),
    );
    checked += shown.length;
  }
  expect(checked).toBeGreaterThan(600);
});

test("captures by rows are those of the regexes on all sample lines", () => {
  let known = 0;
  let unknown = 0;
  for (const { item, samples } of logs) {
    const { detector, prefix, failures, ignores } = partsOf(item);
    const sources = [prefix, ...failures, ...ignores].flatMap((pattern) =>
      pattern === undefined ? [] : [pattern.expanded],
    );
    const captures = new LineCaptures(sources.map(sourceOf));
    const engines = sources.map((source) => compileRegex(source, { spans: true }));
    for (const { text } of samples.slice(0, CAPTURED_OF_A_LOG)) {
      const date = detector.find(text, SAMPLE_NOW);
      const [start, end] = date === undefined ? [0, 0] : [date.start, date.end];
      const rest = text.slice(0, start) + text.slice(end);
      const bytes = Buffer.from(`${text}\n`);
      const isAscii = bytes.length === text.length + 1;
      captures.load(bytes, 0, bytes.length);
      expect(captures.take(0, start, end, bytes.length - 1)).toBe(isAscii);
      if (!isAscii) continue;
      const content = prefix?.search(`${rest}\n`)?.span("content") ?? [0, rest.length];
      for (const [index, engine] of engines.entries()) {
        const parts = [[0, rest.length], content, [0, Math.max(0, rest.length - 2)]] as const;
        for (const [from, to] of parts) {
          if (expectAlike(captures, index, engine, engine.groupCount, rest, from, to)) known++;
          else unknown++;
        }
      }
    }
  }
  expect(known).toBeGreaterThan(5000);
  expect(unknown).toBeLessThan(known / 20);
});
