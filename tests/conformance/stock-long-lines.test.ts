import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleFilters } from "../../src/cli/sample-filters.ts";
import { nodeConfigFiles } from "../../src/exec/config-files.ts";
import { readSamples } from "../../src/filter/sample-log.ts";
import { SAMPLE_NOW } from "../../src/filter/sample-trial.ts";
import { STOCK } from "../unit/stock/stock-jails.ts";

const SAMPLES = join(import.meta.dirname, "../../stock/samples");
const LINE_CHARS = 65_536;
/** Milliseconds of the processor for one such line; a regex that is not linear takes seconds. */
const BOUND_MS = 400;
/** Of each log; more show the same. */
const LINES = 1;
const FILLINGS = ["a", "1.2.3.4 ", "\"' from 1.2.3.4 "];
/** Where in the line, of its length: what a stranger writes is seldom at its beginning. */
const PLACES = [0.75, 1];

for (const file of readdirSync(SAMPLES).filter((name) => name.endsWith(".log"))) {
  test(`lines of ${file} take no time, though a stranger fills them up to 64 KiB`, () => {
    const { logs } = readSamples(readFileSync(join(SAMPLES, file), "utf8"));
    const items = logs.map(({ item }) => item);
    const filterOf = sampleFilters(items, STOCK, nodeConfigFiles, STOCK);
    const slow: string[] = [];
    for (const item of new Set(items)) {
      const filter = filterOf(item);
      if (typeof filter === "string") throw new Error(`${item}: ${filter}`);
      const at = item.includes("logtype=journal") ? { at: SAMPLE_NOW } : {};
      const matches = logs
        .filter((log) => log.item === item)
        .flatMap(({ samples }) => samples.filter(({ kind }) => kind === "match"));
      for (const { text, line } of matches.slice(0, LINES)) {
        for (const place of PLACES) {
          const spot = Math.floor(text.length * place);
          for (const filling of FILLINGS) {
            const long = text.slice(0, spot) + filling.repeat(LINE_CHARS / filling.length) + text.slice(spot);
            const start = process.threadCpuUsage();
            const { warnings } = filter.process(long, { now: SAMPLE_NOW, inOperation: false, ...at });
            const { user, system } = process.threadCpuUsage(start);
            const isSlow =
              (user + system) / 1000 > BOUND_MS || warnings.some(({ kind }) => kind === "budget");
            if (isSlow) slow.push(`${file}:${line} filled with ${filling} at ${spot}`);
          }
        }
      }
    }
    expect(slow).toEqual([]);
  });
}
