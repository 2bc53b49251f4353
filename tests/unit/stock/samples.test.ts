import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Failure } from "../../../src/filter/failure.ts";
import type { LineFilter, LineOutcome } from "../../../src/filter/line-filter.ts";
import { stockFilter } from "./stock-jails.ts";

const SAMPLES = join(import.meta.dirname, "../../samples");
/** 22 November 2026, 12:00 UTC. */
const NOW = Date.UTC(2026, 10, 22, 12) / 1000;
/** Stands in hostile lines wherever an attacker can write. */
const BYSTANDER = "203.0.113.66";

const WORD = /([\w-]+)=("(?:[^"\\]|\\.)*"|\S*)/g;

/** What a line is expected to be, as text: `match host=… …`, `ignore` or `miss`. */
function seen(outcome: LineOutcome, expected: string): string {
  const [failure] = outcome.failures;
  if (outcome.failures.length > 1) return `${outcome.failures.length} failures`;
  if (failure === undefined) return outcome.verdict === "no-fail" ? "ignore" : "miss";
  const words = [...expected.matchAll(WORD)].map(([, key = "", value = ""]) => {
    const text = dataOf(failure, key);
    return `${key}=${value.startsWith('"') ? JSON.stringify(text) : text}`;
  });
  return words.length === 0 ? `match host=${dataOf(failure, "host")}` : `match ${words.join(" ")}`;
}

function dataOf(failure: Failure, key: string): string {
  switch (key) {
    case "host":
      return failure.id ?? failure.host ?? "";
    case "lines":
      return String(failure.matches.length);
    case "time":
      return new Date(failure.at * 1000).toISOString().slice(0, 19);
    default:
      return String(failure.data.get(key) ?? "");
  }
}

for (const file of readdirSync(SAMPLES).filter((name) => name.endsWith(".log"))) {
  test(`every line of ${file} is what stands above it`, () => {
    let filter: LineFilter | undefined;
    let isJournal = false;
    let expected: string | undefined;
    const wrong: string[] = [];
    for (const [index, line] of readFileSync(join(SAMPLES, file), "utf8").split("\n").entries()) {
      const [, word, rest = ""] = /^#! (\w+) ?(.*)$/.exec(line) ?? [];
      if (word === "filter") {
        filter = stockFilter(rest);
        isJournal = rest.includes("logtype=journal");
      } else if (word !== undefined) expected = `${word} ${rest}`.trim();
      else if (line !== "" && !line.startsWith("#")) {
        if (filter === undefined || expected === undefined)
          throw new Error(`${file}:${index + 1}: no expectation`);
        const at = isJournal ? { at: NOW } : {};
        const outcome = filter.process(line, { now: NOW, inOperation: false, ...at });
        const said = seen(outcome, expected);
        if (said !== expected) wrong.push(`${file}:${index + 1}: ${said} instead of ${expected}: ${line}`);
        if (outcome.failures.some(({ id, host }) => id === BYSTANDER || host === BYSTANDER)) {
          wrong.push(`${file}:${index + 1}: bans the bystander: ${line}`);
        }
        expected = undefined;
      }
    }
    expect(filter).toBeDefined();
    expect(wrong).toEqual([]);
  });
}
