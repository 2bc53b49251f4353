/**
 * Long patterns, and those that grow when they are compiled: each must be compiled, or refused in Python's words, within a bounded time.
 * @module
 */
import { compileRegex } from "../../../src/regex/compile.ts";
import { RegexSyntaxError } from "../../../src/regex/errors.ts";
import type { Dice } from "../../dice.ts";
import type { Difference, ParityResult } from "../part.ts";
import { shown } from "./compare.ts";
import { arbitraryPattern } from "./patterns.ts";

/** Longest pattern, code points. */
const MAX_LENGTH = 2000;

/** The longest that one pattern may take to compile, milliseconds of the processor. */
const MAX_MS = 2000;

/** @param count how many patterns */
export function timeToCompile(part: string, dice: Dice, count: number): ParityResult {
  const differences: Difference[] = [];
  for (let i = 0; i < count; i++) {
    const pattern = longPattern(dice);
    const start = process.cpuUsage();
    let outcome = "compiles";
    for (const options of [{}, { chosen: true }, { exact: true }]) {
      try {
        compileRegex(pattern, options).search("ab 10");
      } catch (error) {
        if (!(error instanceof RegexSyntaxError) && !String(error).startsWith("RegexBudgetError"))
          outcome = String(error);
      }
    }
    const { user, system } = process.cpuUsage(start);
    const ms = Math.round((user + system) / 1000);
    if (outcome === "compiles" && ms < MAX_MS) continue;
    const input = shown(pattern, 0);
    differences.push({ key: `long: ${input}`, input, theirs: "compiles", ours: `${outcome}, ${ms} ms` });
  }
  return { part, name: "time to compile", cases: count, differences };
}

function longPattern(dice: Dice): string {
  const length = 200 + dice.below(MAX_LENGTH - 200);
  const seam = dice.pick(["", "|", "(?:)", "*", "{2}", ")?("]);
  let text = "";
  for (;;) {
    const piece = dice.once(10) ? grown(dice, length) : arbitraryPattern(dice);
    const next =
      text +
      (text === "" ? "" : seam) +
      (dice.once(3) ? `(?:${piece})${dice.pick(["*", "+", "{3,9}", "?", "{20}"])}` : piece);
    if (next.length > length) return text === "" ? next.slice(0, length) : text;
    text = next;
  }
}

/** What is short to write and may be large to compile. */
function grown(dice: Dice, length: number): string {
  const times = 1 + dice.below(Math.min(60, length >> 3));
  const atom = dice.pick(["a", "[a-c]", "\\w", "(a|b)", "(?:ab|c)", "(?i:k)", "."]);
  switch (dice.below(5)) {
    case 0:
      return `${"(?:".repeat(times)}${atom}${`)${dice.pick(["{2}", "{0,3}", "*", "?", "{1,9}?"])}`.repeat(times)}`;
    case 1:
      return `(?:${atom}{${dice.below(300)},${300 + dice.below(3000)}}){${1 + dice.below(40)}}`;
    case 2:
      return `(?:${Array.from({ length: times }, (_, i) => `${atom}${i}`).join("|")})+`;
    case 3:
      return `(?i:${"[^\\W\\d\u0100-\uffff]".repeat(times)})`;
    default:
      return `(x)?${`(?(1)a|${atom})`.repeat(times)}`;
  }
}
