/**
 * Lines by slot against plain lists.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteText } from "../../../src/ban/byte-text.ts";
import { KeptLines } from "../../../src/ban/kept-lines.ts";
import type { MatchLine } from "../../../src/filter/failure.ts";

const SLOTS = 4;

test("each slot has the last of the lines that it was given, however many come at once", () => {
  const text = fc
    .tuple(fc.constantFrom("a", "ü", "€"), fc.nat({ max: 150 }))
    .map(([character, length]) => character.repeat(length));
  const line: fc.Arbitrary<MatchLine> = fc.oneof(text, fc.tuple(fc.constant(""), text, text));
  const step = fc.record({
    slot: fc.nat({ max: SLOTS - 1 }),
    lines: fc.array(line, { maxLength: 7 }),
    maxLines: fc.constantFrom(1, 2, 5, Infinity),
    isDropped: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const kept = new KeptLines(new ByteText());
      kept.resize(SLOTS);
      const plain: MatchLine[][] = Array.from({ length: SLOTS }, () => []);
      for (const { slot, lines, maxLines, isDropped } of steps) {
        if (isDropped) {
          kept.drop(slot);
          plain[slot] = [];
        }
        kept.add(slot, lines, maxLines);
        plain[slot] = [...(plain[slot] ?? []), ...lines].slice(-maxLines);
        expect(kept.count(slot)).toBe(plain[slot]?.length);
      }
      expect(plain.map((_, slot) => kept.of(slot))).toEqual(plain);
    }),
  );
});
