/**
 * Steps from one set of open states to the next: classes of bytes that are said to be alike are, and pieces that patterns share are as exact
 * for the second pattern as for the first.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Node } from "../../../src/regex/tree.ts";
import { byteAutomatonOf } from "../../../src/scan/byte-automaton.ts";
import { isSameSet, StateSets } from "../../../src/scan/state-sets.ts";
import { patternOf } from "./scan-trial.ts";

const SOURCES = [
  "^a[ab]*$",
  "\\bab?\\b",
  "(?<=a)\\w",
  "(?<!b)\\W\\B",
  "b(?!a|\\s)",
  "a.*b$",
  "[^a]+\\Z",
  "\\d \\S",
];

test("what comes behind bytes that are alike is the same", () => {
  let together = 0;
  fc.assert(
    fc.property(
      fc.shuffledSubarray(SOURCES, { minLength: 1, maxLength: 4 }),
      fc.array(fc.constantFrom(..."aab1 .\u00e9"), { maxLength: 8 }),
      (sources, text) => {
        const automaton = byteAutomatonOf(sources.map((source) => patternOf(source).root));
        const { classes } = automaton;
        const sets = new StateSets(automaton, sources.length);
        let set = sets.first();
        for (const byte of Buffer.from(text.join(""), "latin1")) {
          for (let one = 0; one < classes.count; one++) {
            const alike = sets.alike(set, one);
            expect(alike).toContain(one);
            const next = sets.after(set, one);
            for (const other of alike) expect(isSameSet(sets.after(set, other), next)).toBe(true);
            together += alike.length - 1;
          }
          set = sets.after(set, classes.ofByte[byte] ?? 0);
          if (set.isFinal) break;
        }
      },
    ),
  );
  expect(together).toBeGreaterThan(100);
});

test("a piece that two patterns share keeps both from being exact", () => {
  const shared = patternOf("a(?=b+)").root;
  const roots: readonly Node[] = [shared, ...["c", "d"].map((end) => patternOf(end).root)];
  const [piece, ...ends] = roots;
  if (piece === undefined) throw new Error("no pattern");
  const patterns = ends.map((end): Node => ({ kind: "sequence", items: [piece, end] }));
  expect(byteAutomatonOf([...patterns, ...ends]).isExact).toEqual([false, false, true, true]);
});
