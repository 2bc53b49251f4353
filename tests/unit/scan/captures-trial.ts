/**
 * Searches by rows beside the exact matcher, for their tests.
 * @module
 */
import fc from "fast-check";
import { expect } from "vitest";
import type { RegexSearch } from "../../../src/regex/compiled-regex.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import { resolveCharacters } from "../../../src/regex/transforms/characters.ts";
import type { CaptureSource, LineCaptures } from "../../../src/scan/line-captures.ts";

type Spans = readonly (readonly [number, number] | undefined)[];

function spansBy(engine: RegexSearch, text: string, groupCount: number): Spans | undefined {
  const match = engine.search(`${text}\n`);
  return match && Array.from({ length: groupCount + 1 }, (_, group) => match.span(group));
}

/** A regex as captures take it. */
export const sourceOf = (pattern: string): CaptureSource => {
  const { root, groupCount } = parsePattern(pattern, {});
  return { root: resolveCharacters(root), groupCount };
};

/** Makes a text the present one, with other lines around it. */
export function take(captures: LineCaptures, text: string): boolean {
  const bytes = Buffer.from(`before\n${text}\nbehind\n`, "latin1");
  expect(captures.load(bytes, 0, bytes.length)).toBe(true);
  return captures.take(7, 7, 7, 7 + text.length);
}

function spansOf({ places }: LineCaptures, groupCount: number): Spans {
  return Array.from({ length: groupCount + 1 }, (_, group) => {
    const [start = -1, end = -1] = places.subarray(2 * group);
    return start < 0 || end < start ? undefined : [start, end];
  });
}

/** Holds a search against the exact matcher. @returns whether it knew */
export function expectAlike(
  captures: LineCaptures,
  index: number,
  engine: RegexSearch,
  groupCount: number,
  text: string,
  from: number,
  to: number,
): boolean {
  const outcome = captures.run(index, from, to);
  if (outcome === 2) return false;
  const expected = spansBy(engine, text.slice(from, to), groupCount);
  expect(outcome === 1 ? spansOf(captures, groupCount) : undefined).toEqual(expected);
  return true;
}

/** Short texts. */
export const asciiTexts: fc.Arbitrary<string> = fc
  .oneof(
    fc.array(fc.constantFrom(...'aaabbbccckKsx001__-- :AB."\n\r\x1c'), { maxLength: 14 }),
    fc.array(fc.constantFrom("a", "b", "ab", "aab", "\n"), { maxLength: 40 }),
  )
  .map((all) => all.join(""));
