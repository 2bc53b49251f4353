/**
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { badIpFactor, checkIncrement, nextBanTime, usableIncrement } from "../../../src/ban/ban-time.ts";
import type { BantimeIncrement } from "../../../src/config/settings.ts";

const PLAIN: BantimeIncrement = {
  enabled: true,
  factor: undefined,
  formula: undefined,
  multipliers: undefined,
  maxtime: undefined,
  rndtime: undefined,
  overalljails: false,
};
const EXPONENTIAL = "ban.Time * math.exp(float(ban.Count+1)*banFactor)/math.exp(1*banFactor)";

const cases: readonly {
  name: string;
  increment: Partial<BantimeIncrement>;
  count: number;
  bantime?: number;
  random?: number;
  seconds: number;
}[] = [
  { name: "doubles with each ban", increment: {}, count: 1, seconds: 8 },
  { name: "doubles again", increment: {}, count: 2, seconds: 16 },
  { name: "stops doubling at twenty", increment: {}, count: 25, seconds: 4 * 2 ** 20 },
  { name: "stays the jail's at the first ban", increment: {}, count: 0, seconds: 4 },
  { name: "stays the jail's without increment", increment: { enabled: false }, count: 3, seconds: 4 },
  { name: "stays permanent", increment: {}, count: 3, bantime: -1, seconds: -1 },
  { name: "is cut to maxtime", increment: { maxtime: 20 }, count: 5, seconds: 20 },
  {
    name: "may exceed maxtime by its dice",
    increment: { maxtime: 20, rndtime: 10 },
    count: 5,
    random: 0.5,
    seconds: 25,
  },
  { name: "takes the factor in", increment: { factor: "2**2/2" }, count: 1, seconds: 16 },
  {
    name: "is never less than the jail's by formula",
    increment: { formula: "ban.Time / 10" },
    count: 1,
    seconds: 4,
  },
  { name: "follows the multipliers", increment: { multipliers: "1 5 30" }, count: 1, seconds: 20 },
  { name: "stays at the last multiplier", increment: { multipliers: "1 5 30" }, count: 9, seconds: 120 },
  {
    name: "may shrink by multipliers",
    increment: { multipliers: "1 2", factor: "0.25" },
    count: 1,
    seconds: 2,
  },
  {
    name: "is the jail's where the formula has no value for this number of bans",
    increment: { formula: "60 / (ban.Count - 2)" },
    count: 2,
    seconds: 4,
  },
  {
    name: "follows such a formula for other numbers",
    increment: { formula: "60 / (ban.Count - 2)" },
    count: 3,
    seconds: 60,
  },
  { name: "follows a formula with exp", increment: { formula: EXPONENTIAL }, count: 1, seconds: 4 * Math.E },
  {
    name: "falls back to the cap where the formula overflows",
    increment: { formula: EXPONENTIAL, maxtime: 99 },
    count: 5000,
    seconds: 99,
  },
  {
    name: "falls back to the jail's where there is no cap",
    increment: { formula: EXPONENTIAL },
    count: 5000,
    seconds: 4,
  },
];
for (const { name, increment, count, bantime = 4, random = 0, seconds } of cases) {
  test(`the next ban time ${name}`, () => {
    const history = { count, lastAt: 0, bantime: 4 };
    expect(nextBanTime({ bantime, increment: { ...PLAIN, ...increment }, history, random })).toBeCloseTo(
      seconds,
      6,
    );
  });
}

test("an unknown ID gets the jail's time", () => {
  expect(nextBanTime({ bantime: 4, increment: PLAIN, history: undefined, random: 1 })).toBe(4);
});

test("by default it never shrinks and never passes the cap", () => {
  const nat = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(
    fc.property(nat, nat, fc.nat({ max: 5000 }), (bantime, maxtime, count) => {
      const input = {
        bantime,
        increment: { ...PLAIN, maxtime },
        history: { count, lastAt: 0, bantime },
        random: 0,
      };
      const seconds = nextBanTime(input);
      return count === 0 ? seconds === bantime : seconds <= maxtime && seconds >= Math.min(bantime, maxtime);
    }),
  );
});

const SYNTAX = "invalid syntax (<string>, line 1)";
test.each<[Partial<BantimeIncrement>, readonly string[]]>([
  [{}, []],
  [{ formula: EXPONENTIAL }, []],
  [{ multipliers: "1 2 4" }, []],
  [{ formula: "60 / (ban.Count - 2)" }, []],
  [{ multipliers: "" }, []],
  [
    { formula: "ban.Time *" },
    [`bantime.formula cannot be computed: ${SYNTAX}; ban times are doubled with each ban`],
  ],
  [
    { formula: "open('x')" },
    [`bantime.formula cannot be computed: ${SYNTAX}; ban times are doubled with each ban`],
  ],
  [{ factor: "abc" }, ["bantime.factor cannot be computed: name 'abc' is not defined; the factor is 1"]],
  [
    { multipliers: "1 x" },
    [
      "bantime.multipliers cannot be computed: whole numbers separated by blanks are needed, not '1 x'; the formula holds",
    ],
  ],
  [
    { factor: "1 +", formula: "1 / 0" },
    [
      `bantime.factor cannot be computed: ${SYNTAX}; the factor is 1`,
      "bantime.formula cannot be computed: division by zero; ban times are doubled with each ban",
    ],
  ],
])("an increment of %j is found to be %j", (increment, messages) => {
  const found = checkIncrement({ ...PLAIN, ...increment }, "sshd");
  expect(found.map(({ message, consequence }) => `${message}; ${consequence}`)).toEqual(messages);
});

test("what cannot be computed is told at its place", () => {
  const origin = { file: "/etc/fail2ban/jail.local", line: 7, column: 19, text: "bantime.factor = x" };
  const increment = { ...PLAIN, factor: "x", origins: { factor: origin } };
  expect(checkIncrement(increment, "sshd").map((found) => found.origin)).toEqual([origin]);
});

test("without what cannot be computed the defaults hold", () => {
  expect(usableIncrement({ ...PLAIN, factor: "x", formula: "1 +", multipliers: "a" })).toEqual(PLAIN);
  const good = { ...PLAIN, factor: "2", formula: EXPONENTIAL, multipliers: "1 2" };
  expect(usableIncrement(good)).toBe(good);
});

test.each([
  [0, 5, undefined],
  [1, 5, { factor: 2, isCut: false }],
  [2, 5, { factor: 3, isCut: false }],
  [3, 5, { factor: 5, isCut: false }],
  [4, 5, { factor: 5, isCut: true }],
  [1000, 1e9, { factor: 2 ** 19 + 1, isCut: false }],
  [3, 1, undefined],
  [3, 0, undefined],
])("after %s bans a failure of maxretry %s counts as %j", (bancount, maxretry, expected) => {
  expect(badIpFactor(bancount, maxretry)).toEqual(expected);
});
