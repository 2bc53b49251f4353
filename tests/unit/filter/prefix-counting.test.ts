/**
 * Lines that nothing can come of but that the prefregex matches them: they are counted without going through the filter, also where the
 * scanner says too often that it does.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Dice } from "../../dice.ts";
import { compareWays } from "./fast-and-plain.ts";

/** The way of `gaoler regex`, which tells how often the prefregex matched. */
const COUNTING = { mode: "first", inOperation: false, checkFindTime: false, encoding: "UTF-8" } as const;

/** A scanner does not look ahead in loops, so it cannot tell of which lines this is true. */
const LOOKING = "^ h (?:(?!b)\\w)+: <F-CONTENT>.+</F-CONTENT>$";
const FAILREGEX = ["^fail from <HOST>$"];

const logOf = (lines: readonly string[]): Buffer =>
  Buffer.from(lines.map((line) => `Nov 22 11:59:50${line}\n`).join(""));

test("the filter is given none of them", () => {
  const others = Array.from(
    { length: 400 },
    (_, index) => ` h ${index % 3 === 0 ? "b" : "a"}: fine ${index}`,
  );
  const lines = [" h a: fail from 192.0.2.1", ...others, " h a: fail from 192.0.2.2", ...others];
  // dice that do not end a chunk in the midst of it
  const whole = new (class extends Dice {
    override once(): boolean {
      return false;
    }
  })(1);
  const agreement = compareWays({ prefregex: LOOKING, failregex: FAILREGEX }, logOf(lines), COUNTING, whole);
  expect(agreement?.difference).toBeUndefined();
  expect(agreement?.matched).toBe(2);
  // a chunk begins with a line of which the stamp is not known yet, at most
  expect(agreement?.captured).toBeLessThanOrEqual(2);
  expect(agreement?.skipped).toBeGreaterThan(700);
});

test("whatever stands between them, it comes to the same", () => {
  const line = fc.constantFrom(
    ...[" h a: fail from 192.0.2.1", " h b: fail from 192.0.2.1", " h a: fine", " h b: fine", " h b: ", " x"],
    ...[
      " h a: caf\u00e9",
      " h b: caf\u00e9",
      " h a: fail from h.example",
      " h a: 2026-11-22 11:59:52 fine",
      "",
    ],
  );
  const odd = fc.constantFrom("2026-11-22 11:59:51 h a: fine\n", "no stamp\n", "Nov 31 11:59:50 h a: fine\n");
  const log = fc.array(
    fc.oneof({ arbitrary: line.map((text) => logOf([text])), weight: 9 }, odd.map(Buffer.from)),
    {
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(log, fc.integer(), (lines, seed) => {
      const terms = { prefregex: LOOKING, failregex: FAILREGEX };
      expect(compareWays(terms, Buffer.concat(lines), COUNTING, new Dice(seed))?.difference).toBeUndefined();
    }),
  );
});
