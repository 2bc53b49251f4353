/**
 * The fast path comes to what the filter comes to line by line, for every filter of the stock, on its samples and on lines made from
 * its regexes.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readNamedSource } from "../../src/cli/regex-source.ts";
import { nodeConfigFiles } from "../../src/exec/config-files.ts";
import { Dice } from "../dice.ts";
import { LineMaker } from "../parity/lines/line-maker.ts";
import { compareWays, WAYS } from "../unit/filter/fast-and-plain.ts";
import { STOCK } from "../unit/stock/stock-jails.ts";

const names = readdirSync(join(STOCK, "filter.d"))
  .filter((file) => file.endsWith(".conf"))
  .map((file) => file.slice(0, -".conf".length));

const context = { files: nodeConfigFiles, directory: STOCK, stockDirectory: undefined, readsJournal: false };

const cases = names.flatMap((name) => {
  const source = readNamedSource(`${STOCK}/filter.d/${name}.conf`, context)?.source;
  // over several lines, each line goes through the filter
  return source === undefined || (source.maxlines ?? 1) > 1 ? [] : [{ name, source }];
});

/** The sample lines of a filter, some of them more than once. */
function sampleLines(name: string): readonly string[] {
  try {
    const text = readFileSync(join(STOCK, "samples", `${name}.log`), "latin1");
    return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  } catch {
    return [];
  }
}

const HARMLESS = ["h cron[7]: (root) CMD (true)", "h kernel: usb 1-1: new device", "nothing", "é 😀", ""];

/** A log of lines that follow one another in time mostly, a few of them spoiled. */
function logOf(lines: readonly string[], dice: Dice): Buffer {
  const log: string[] = [];
  for (let index = 0; index < 150; index++) {
    const stamp = `Nov 22 11:${String(10 + (index >> 4)).padStart(2, "0")}:${String(index % 60).padStart(2, "0")}`;
    const line = lines.length === 0 || dice.once(3) ? `${stamp} ${dice.pick(HARMLESS)}` : dice.pick(lines);
    const at = dice.below(line.length + 1);
    const isSpoiled = dice.once(12);
    log.push(
      isSpoiled
        ? line.slice(0, at) + dice.pick(["\xff", " ", "9", "\r", "\xc3\xa9", ":"]) + line.slice(at + 1)
        : line,
    );
    if (dice.once(9)) log.push(stamp + dice.pick(HARMLESS), dice.pick(HARMLESS));
  }
  return Buffer.from(log.map((line) => line + dice.pick(["\n", "\n", "\n", "\r\n"])).join(""), "latin1");
}

test.each(cases)("$name comes to the same on the fast path", ({ name, source }) => {
  let matched = 0;
  for (const [seed, way] of WAYS.entries()) {
    const dice = new Dice(seed + 1);
    const made = new LineMaker(source, dice, 2026).lines(150);
    const sides = [logOf(sampleLines(name), dice), Buffer.from(`${made.join("\n")}\n`, "latin1")];
    // either is the first that some filter sees
    const log = Buffer.concat(seed % 2 === 0 ? sides : sides.toReversed());
    const agreement = compareWays(source, log, way, dice);
    expect(agreement?.difference).toBeUndefined();
    matched += agreement?.matched ?? 0;
  }
  expect(matched).toBeGreaterThan(0);
});
