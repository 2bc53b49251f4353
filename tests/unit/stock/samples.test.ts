import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSamples } from "../../../src/filter/sample-log.ts";
import { trySamples } from "../../../src/filter/sample-trial.ts";
import { stockFilter } from "./stock-jails.ts";

const SAMPLES = join(import.meta.dirname, "../../samples");

for (const file of readdirSync(SAMPLES).filter((name) => name.endsWith(".log"))) {
  test(`every line of ${file} is what stands above it`, () => {
    const { logs, mistakes } = readSamples(readFileSync(join(SAMPLES, file), "utf8"));
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
