/**
 * Inputs that broke something once, each tried again; and a taste of every fuzzing target, so that none of them rots.
 * @module
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Dice } from "../../dice.ts";
import { failureOf } from "../../fuzz/fuzz.ts";
import { must } from "../../fuzz/fuzz-target.ts";
import { minimised, mutated } from "../../fuzz/mutator.ts";
import { TARGETS } from "../../fuzz/targets.ts";

const FOLDER = join(import.meta.dirname, "../../fuzz/cases");

for (const target of TARGETS) {
  const folder = join(FOLDER, target.name);
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    test(`${target.name}: the case ${name} breaks nothing any more`, () => {
      expect(failureOf(target, readFileSync(join(folder, name)))).toBeUndefined();
    });
  }
  test(`${target.name}: what holds of its seeds holds of changed ones`, { timeout: 20_000 }, () => {
    const dice = new Dice(7);
    const seeds = target.seeds.map((text) => Buffer.from(text, "latin1"));
    for (const seed of seeds) expect(failureOf(target, seed)).toBeUndefined();
    for (let index = 0; index < 60; index++) {
      const input = mutated(dice, dice.pick(seeds), target.words, dice.pick(seeds));
      expect({
        input: input.toString("latin1").slice(0, 200),
        failure: failureOf(target, input),
      }).toMatchObject({ failure: undefined });
    }
  });
}

test("a broken invariant is found and made small", () => {
  const target = {
    name: "x",
    seeds: ["a"],
    words: [],
    run: (input: Buffer) => {
      must(!input.includes("needle"), "a needle");
      return "";
    },
  };
  const input = Buffer.from(`${"hay ".repeat(200)}needle${" hay".repeat(200)}`);
  expect(failureOf(target, input)).toBe("Error: a needle");
  expect(minimised(input, (shorter) => failureOf(target, shorter) !== undefined).toString()).toBe("needle");
});
