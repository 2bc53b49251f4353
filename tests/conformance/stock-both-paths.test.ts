/**
 * The fast path and the reference path agree on every filter of the stock, on lines made from its regexes: V8's engine, the routes
 * between engines and whatever else makes a search fast, beside the exact matcher alone.
 * @module
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readNamedSource } from "../../src/cli/regex-source.ts";
import { nodeConfigFiles } from "../../src/exec/config-files.ts";
import { Dice } from "../dice.ts";
import { LineMaker } from "../parity/lines/line-maker.ts";
import { textOf } from "../parity/lines/sides.ts";
import { expectAgreement } from "../unit/filter/exact-and-fast.ts";
import { STOCK } from "../unit/stock/stock-jails.ts";

const LINES = 100;
/** So often lines are made anew where none of them matches. */
const MAX_ROUNDS = 40;

const names = readdirSync(join(STOCK, "filter.d"))
  .filter((file) => file.endsWith(".conf"))
  .map((file) => file.slice(0, -".conf".length));

const cases = names.flatMap((name) =>
  ["", '[mode="aggressive"]'].flatMap((options) => {
    const context = {
      files: nodeConfigFiles,
      directory: STOCK,
      stockDirectory: undefined,
      readsJournal: false,
    };
    const source = readNamedSource(`${STOCK}/filter.d/${name}.conf${options}`, context)?.source;
    // it has no such mode
    if (source?.failregex.some((line) => line.includes("<_mode-")) === true) return [];
    return source === undefined ? [] : [{ name: `${name}${options}`, source }];
  }),
);

test.each(cases)("$name comes to the same on either path, whatever the lines", ({ source }) => {
  let isMatched = false;
  for (let seed = 7; !isMatched && seed < 7 + MAX_ROUNDS; seed++) {
    const lines = new LineMaker(source, new Dice(seed), 2026).lines(LINES).map(textOf);
    const outcomes = expectAgreement(source, lines);
    isMatched = JSON.stringify(outcomes).includes('"verdict":"matched"');
  }
  expect(isMatched).toBe(true);
});
