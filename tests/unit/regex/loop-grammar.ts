/**
 * Random patterns made of little but loops, where backtracking costs most.
 * @module
 */
import fc from "fast-check";

/** Loops of few characters in each other and one after the other: where runs meet their own tracks again. */
export const loops: fc.Arbitrary<string> = fc.letrec<{ pattern: string; piece: string }>((tie) => ({
  pattern: fc.array(tie("piece"), { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join("")),
  piece: fc.oneof(
    { maxDepth: 3, depthIdentifier: "loops" },
    fc.constantFrom(
      "a",
      "b",
      "[ab]*",
      "[ab]*?",
      "a+",
      "a+?",
      ".{0,3}",
      "b{1,2}?",
      "a{2,}",
      "[ab]+",
      "(a*)(b?)",
      "$",
    ),
    fc
      .tuple(
        fc.constantFrom("(?:", "(", "(?>", "(?=", "(?!"),
        tie("pattern"),
        tie("pattern"),
        fc.constantFrom(")", ")*", ")+", ")*?", ")??", "){2,3}", "){1,4}?", "){3,}"),
      )
      .map(([opening, one, other, end]) => `${opening}${one}|${other}${end}`),
  ),
})).pattern;
