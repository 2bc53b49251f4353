/**
 * Holds the code against the plan of the house: ranks, purity, module comments.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { PURE, RANKS } from "./rooms.ts";

const SRC = join(import.meta.dirname, "../../src");
const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));

const roomOf = (path: string): string => path.split("/")[0] ?? "";
const rankOf = (room: string): number => RANKS.findIndex((rooms) => rooms.includes(room));
const importsOf = (text: string): string[] =>
  [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g)].map(([, target = ""]) => target);

/** What a pure room must not say, with the reason shown when it does. */
const IMPURE: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/\bDate\.now\b|\bnew Date\b|\bperformance\.now\b/, "reads the clock"],
  [/\bprocess\.|\bglobalThis\b/, "reads the process"],
  [/\bset(?:Timeout|Interval|Immediate)\b/, "starts a timer"],
  [/\bMath\.random\b/, "throws dice"],
];

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");

test("there are files to look at", () => {
  expect(files.length).toBeGreaterThan(10);
});

test.each(files)("%s keeps to the plan", (path) => {
  const text = readFileSync(join(SRC, path), "utf8");
  const room = roomOf(path);
  expect(rankOf(room), `the folder ${room} has no rank`).toBeGreaterThanOrEqual(0);
  expect(text.startsWith("/**"), "begins with a module comment").toBe(true);
  expect(text, "module comment carries @module").toMatch(/^\/\*\*[\s\S]*?@module[\s\S]*?\*\//);
  for (const target of importsOf(text)) {
    if (!target.startsWith(".")) {
      expect(PURE.has(room) && target.startsWith("node:"), `pure room imports ${target}`).toBe(false);
      continue;
    }
    const other = roomOf(normalize(join(dirname(path), target)));
    if (other === room) continue;
    expect(rankOf(other), `${path} may not import ${target}`).toBeLessThan(rankOf(room));
    expect(rankOf(other), `${target} lies outside src`).toBeGreaterThanOrEqual(0);
  }
  if (!PURE.has(room)) return;
  for (const [pattern, reason] of IMPURE) {
    expect(pattern.test(withoutComments(text)), `pure room ${reason}`).toBe(false);
  }
});
