/**
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { evaluateArithmetic, evaluateExact } from "../../../src/base/arithmetic.ts";
import { ArithmeticError } from "../../../src/base/arithmetic-syntax.ts";

const names = new Map([
  ["ban.Time", 600],
  ["ban.Count", 3],
  ["banFactor", 1],
]);

test.each([
  ["1+2*3", 7],
  ["(1+2)*3", 9],
  ["2**3**2", 512],
  ["-2**2", -4],
  ["2**-1", 0.5],
  ["--5", 5],
  ["7//2", 3],
  ["-7//2", -4],
  ["7.5//2", 3],
  ["-7%3", 2],
  ["7%-3", -2],
  ["1_000", 1000],
  [".5", 0.5],
  ["1.", 1],
  ["00", 0],
  ["00.5", 0.5],
  ["1e3", 1000],
  ["1<<10", 1024],
  ["-5>>1", -3],
  ["1 if 0 else 2", 2],
  ["1/0 if 0 else 2", 2],
  ["1 if 0 else 2 if 0 else 3", 3],
  ["1 < 2 < 3", 1],
  ["3 > 2 > 2", 0],
  ["not 0", 1],
  ["0 or 5", 5],
  ["0 and 1/0", 0],
  ["min(3, 1, 2) + max(1, 2)", 3],
  ["int(2.9) + int(-2.9)", 0],
  ["float(3)", 3],
  ["abs(-3)", 3],
  ["pow(2, 3)", 8],
  ["math.floor(-1.5)", -2],
  ["math.log(8, 2)", 3],
  ["True + True", 2],
  ["ban.Time * (1<<(ban.Count if ban.Count<20 else 20)) * banFactor", 4800],
  ["ban.Time * math.exp(float(ban.Count+1)*banFactor)/math.exp(1*banFactor)", 600 * Math.exp(3)],
])("%s is %s", (source, value) => {
  expect(evaluateArithmetic(source, names)).toBeCloseTo(value, 6);
});

test.each([
  ["", "invalid syntax (<string>, line 0)"],
  ["1*3600;", "invalid syntax (<string>, line 1)"],
  ["1e 3", "invalid decimal literal (<string>, line 1)"],
  ["1mn", "invalid decimal literal (<string>, line 1)"],
  ["0x 10", "invalid hexadecimal literal (<string>, line 1)"],
  [
    "010",
    "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers (<string>, line 1)",
  ],
  ["1 2", "invalid syntax (<string>, line 1)"],
  ["(1", "'(' was never closed (<string>, line 1)"],
  ["1)", "unmatched ')' (<string>, line 1)"],
  ["1**", "invalid syntax (<string>, line 1)"],
  ["1 if 2", "expected 'else' after 'if' expression (<string>, line 1)"],
  ["0.5.5", "invalid syntax (<string>, line 1)"],
  ["1,2", "invalid syntax (<string>, line 1)"],
  ["'x'", "invalid syntax (<string>, line 1)"],
  ["abc", "name 'abc' is not defined"],
  ["a.b", "name 'a' is not defined"],
  ["math.foo", "module 'math' has no attribute 'foo'"],
  ["open(1)", "name 'open' is not defined"],
  ["min()", "min expected at least 1 argument, got 0"],
  ["1/0", "division by zero"],
  ["1.0/0", "float division by zero"],
  ["1//0", "integer division or modulo by zero"],
  ["1%0", "integer modulo by zero"],
  ["0**-1", "0.0 cannot be raised to a negative power"],
  ["1<<-1", "negative shift count"],
  ["1<<1e9", "unsupported operand type(s) for <<: 'int' and 'float'"],
  ["1<<1000000000", "too many digits in integer"],
  ["10**400", "(34, 'Numerical result out of range')"],
  ["math.log(0)", "math domain error"],
  ["math.exp(1000)", "math range error"],
  ["__import__", "name '__import__' is not defined"],
])("%s is refused as Python words it", (source, message) => {
  expect(() => evaluateArithmetic(source)).toThrow(new ArithmeticError(message));
});

test.each([
  ["600", false],
  ["600.0", true],
  ["4/2", true],
  ["4//2", false],
  ["2**-1", true],
  ["int(1.5)", false],
  ["2*2629800.0", true],
])("%s is a float: %s", (source, isFloat) => {
  expect(evaluateExact(source).isFloat).toBe(isFloat);
});

test.each(["-0", "0*-1", "0//-1", "-3%3", "int(-0.5)"])("%s is a zero without a sign", (source) => {
  expect(evaluateArithmetic(source)).toBe(0);
});

test("deep nesting and long texts are refused, not followed", () => {
  for (const source of ["(".repeat(1500), "-".repeat(1500), "2**".repeat(600), "1+".repeat(5000)]) {
    expect(() => evaluateArithmetic(source)).toThrow(ArithmeticError);
  }
});

test("any text gives a finite number or an ArithmeticError", () => {
  const word = fc.constantFrom(
    ..."0 1 7 . _ + - * / // % ** << >> ( ) < == if else not and or min , math.exp ban.Time e x".split(" "),
    " ",
  );
  const text = fc.oneof(
    fc.array(word, { maxLength: 20 }).map((words) => words.join("")),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (source) => {
      try {
        return Number.isFinite(evaluateArithmetic(source, names));
      } catch (error) {
        return error instanceof ArithmeticError;
      }
    }),
    { numRuns: 1000 },
  );
});

test("sums and products agree with JavaScript's", () => {
  const whole = fc.integer({ min: -1000, max: 1000 });
  fc.assert(
    fc.property(whole, whole, whole, (a, b, c) => {
      expect(evaluateArithmetic(`(${a}) * ${b} - (${c} + ${a})`)).toBe(a * b - (c + a) + 0);
    }),
  );
});
