import fc from "fast-check";
import { expect, test } from "vitest";
import { TracedText } from "../../../src/config/traced-text.ts";

const at = (line: number, column: number) => ({ file: "F", line, column });

test("each character of a joined text knows where it stands", () => {
  const text = TracedText.joinLines([TracedText.of("ab", at(1, 5)), TracedText.of("cd", at(2, 3))]);
  expect(text.text).toBe("ab\ncd");
  expect([0, 1, 3, 4].map((index) => text.originAt(index))).toEqual([at(1, 5), at(1, 6), at(2, 3), at(2, 4)]);
});

test("a cut keeps the columns", () => {
  const text = TracedText.of("  quoted  ", at(1, 1));
  expect(text.strip().originAt()).toEqual(at(1, 3));
  expect(text.slice(4, 6)).toMatchObject({ text: "ot" });
  expect(text.slice(4, 6).originAt(1)).toEqual(at(1, 6));
});

test("a replacement brings its own place, what follows keeps its own", () => {
  const text = TracedText.of("a <t> b <t>", at(1, 1)).replaceAll("<t>", TracedText.of("xy", at(9, 9)));
  expect(text.text).toBe("a xy b xy");
  expect(text.originAt(2)).toEqual(at(9, 9));
  expect(text.originAt(5)).toEqual(at(1, 7));
  expect(text.originAt(8)).toEqual(at(9, 10));
});

test("a text of the program's own has the place of its neighbour", () => {
  const text = TracedText.concat([TracedText.of("own"), TracedText.of("x", at(3, 3))]);
  expect(text.originAt(1)).toEqual(at(3, 3));
  expect(TracedText.of("own").originAt()).toBeUndefined();
});

test("cutting anywhere gives the same characters and places as the whole", () => {
  const part = fc.tuple(fc.string({ maxLength: 5 }), fc.integer({ min: 1, max: 9 }));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), fc.nat(20), fc.nat(20), (parts, from, to) => {
      const whole = TracedText.concat(parts.map(([text, line]) => TracedText.of(text, at(line, 1))));
      const cut = whole.slice(from, to);
      expect(cut.text).toBe(whole.text.slice(from, Math.max(from, to)));
      for (let index = 0; index < cut.text.length; index += 1) {
        expect(cut.originAt(index)).toEqual(whole.originAt(from + index));
      }
    }),
  );
});
