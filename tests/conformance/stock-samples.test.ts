import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filterNameOf, readSamples } from "../../src/filter/sample-log.ts";
import { BYSTANDER, trySamples } from "../../src/filter/sample-trial.ts";
import { namesIn, stockFilter } from "../unit/stock/stock-jails.ts";

const SAMPLES = join(import.meta.dirname, "../../stock/samples");
const FILES = readdirSync(SAMPLES).filter((name) => name.endsWith(".log"));
const read = (file: string) => readSamples(readFileSync(join(SAMPLES, file), "utf8"));

for (const file of FILES) {
  test(`every line of ${file} is what stands above it`, () => {
    const { logs, mistakes } = read(file);
    expect(mistakes).toEqual([]);
    const wrong = logs
      .flatMap((log) => trySamples(log, stockFilter(log.item)))
      .filter(({ isRight }) => !isRight)
      .map(
        ({ sample, seen }) => `${file}:${sample.line}: ${seen} instead of ${sample.expected}: ${sample.text}`,
      );
    expect(wrong).toEqual([]);
    expect(logs.flatMap(({ samples }) => samples).length).toBeGreaterThan(0);
  });
}

test("every stock filter has samples: lines that it counts, lines that it does not, and what strangers may write in them", () => {
  const logs = FILES.flatMap((file) => read(file).logs);
  const lacking = namesIn("filter.d").filter((name) => {
    const samples = logs.filter(({ item }) => filterNameOf(item) === name).flatMap((log) => log.samples);
    const isHostile = samples.some(({ text }) => text.includes(BYSTANDER));
    return !isHostile || new Set(samples.map(({ kind }) => kind === "match")).size < 2;
  });
  expect(lacking).toEqual([]);
});
