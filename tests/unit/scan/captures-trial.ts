/**
 * Searches by rows beside the exact matcher, for their tests.
 * @module
 */
import fc from "fast-check";
import { expect } from "vitest";
import type { RegexSearch } from "../../../src/regex/compiled-regex.ts";
import { parsePattern } from "../../../src/regex/parse.ts";
import { resolveCharacters } from "../../../src/regex/transforms/characters.ts";
import { type CaptureSource, LineCaptures } from "../../../src/scan/line-captures.ts";

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

/** Searches of a regex until it has learnt from texts. */
const SEARCHES_TO_LEARN = 10_500;
/** Captures that have learnt from texts. */
export function learnt(sources: readonly string[], texts: readonly string[]): LineCaptures {
  const captures = new LineCaptures(sources.map(sourceOf));
  learn(captures, sources, texts, SEARCHES_TO_LEARN);
  return captures;
}

/** Searches texts so often, by each of the regexes. */
export function learn(
  captures: LineCaptures,
  sources: readonly string[],
  texts: readonly string[],
  times: number,
): void {
  const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(""), "latin1");
  captures.load(bytes, 0, bytes.length);
  for (const index of sources.keys()) {
    for (let searches = 0; searches < times; ) {
      for (let start = 0; start < bytes.length; searches++) {
        const end = bytes.indexOf(10, start);
        captures.take(start, start, start, end);
        captures.run(index, 0, end - start);
        start = end + 1;
      }
    }
  }
}
