import { expect, test } from "vitest";
import { valueRepr, valueText } from "../../../src/control/value-text.ts";
import { BanId, PyException, PyFloat, tuple, type WireValue } from "../../../src/control/wire-value.ts";

const cases: readonly (readonly [value: WireValue, repr: string])[] = [
  [null, "None"],
  [true, "True"],
  [600, "600"],
  [2 ** 60, "1152921504606846976"],
  [-5n, "-5"],
  [new PyFloat(600), "600.0"],
  [new PyFloat(1e16), "1e+16"],
  [new PyFloat(1.5e-7), "1.5e-07"],
  [new PyFloat(0.0001), "0.0001"],
  [new PyFloat(-0), "-0.0"],
  [new PyFloat(123456789012345), "123456789012345.0"],
  [0.25, "0.25"],
  ["it's", `"it's"`],
  [`it's "so"`, `'it\\'s "so"'`],
  ["a\n\t\x1b\u200bü😀", "'a\\n\\t\\x1b\\u200bü😀'"],
  [["a", 1, null], "['a', 1, None]"],
  [[], "[]"],
  [tuple(), "()"],
  [tuple("a"), "('a',)"],
  [tuple("a", tuple(1, 2)), "('a', (1, 2))"],
  [
    new Map<WireValue, WireValue>([
      ["stacksize", 0],
      [1, []],
    ]),
    "{'stacksize': 0, 1: []}",
  ],
  [new Set<WireValue>(), "set()"],
  [new Set([1]), "{1}"],
  [new BanId("192.0.2.1"), "'192.0.2.1'"],
  [Buffer.from([0x61, 0xff, 0]), "b'a\\xff\\x00'"],
  [new PyException("builtins.ValueError", ["x"]), "ValueError('x')"],
];
for (const [value, repr] of cases) {
  test(`valueRepr gives ${repr} as Python does`, () => {
    expect(valueRepr(value)).toBe(repr);
  });
}

test("valueText shows texts bare and what they stand in with quotes", () => {
  expect(valueText("it's")).toBe("it's");
  expect(valueText(new BanId("::1"))).toBe("::1");
  expect(valueText([new BanId("::1")])).toBe("['::1']");
});
