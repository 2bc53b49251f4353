import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type CharSet,
  charSet,
  complementOf,
  hasCodePoint,
  intersectionOf,
  MAX_CODE_POINT,
  overlap,
  unionOf,
  upTo,
} from "../../../src/regex/char-set.ts";

const sets: fc.Arbitrary<CharSet> = fc
  .array(fc.tuple(fc.nat(40), fc.nat(5)).map(([low, size]) => [low, low + size] as const))
  .map(charSet);

const PROBES = [...Array(50).keys(), MAX_CODE_POINT];

function isSorted(set: CharSet): boolean {
  return set.every(
    (bound, i) => i === 0 || (i % 2 === 1 ? bound >= (set[i - 1] ?? 0) : bound > (set[i - 1] ?? 0) + 1),
  );
}

test("sets behave as sets and stay sorted, disjoint and apart", () => {
  fc.assert(
    fc.property(sets, sets, (a, b) => {
      const results = [a, unionOf(a, b), complementOf(a), intersectionOf(a, b), upTo(20, a)];
      for (const set of results) expect(isSorted(set)).toBe(true);
      const [, union = [], outside = [], common = [], low = []] = results;
      for (const c of PROBES) {
        const inA = hasCodePoint(a, c);
        const inB = hasCodePoint(b, c);
        expect([c, hasCodePoint(union, c), hasCodePoint(outside, c)]).toEqual([c, inA || inB, !inA]);
        expect([c, hasCodePoint(common, c), hasCodePoint(low, c)]).toEqual([c, inA && inB, inA && c <= 20]);
      }
      expect(overlap(a, b)).toBe(common.length > 0);
    }),
  );
});
