/**
 * Long random lives of a jail. `GAOLER_SIMULATION_RUNS` sets how many, `GAOLER_SIMULATION_SEED` repeats those of a failure.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { JailTerms } from "../../src/ban/jail-core.ts";
import { SimulatedJail, type Step } from "./simulated-jail.ts";

const RUNS = Number(process.env["GAOLER_SIMULATION_RUNS"] ?? 400);
const SEED = process.env["GAOLER_SIMULATION_SEED"];
const STEPS = 120;
const PEOPLE = 12;

const who = fc.integer({ min: 120, max: 120 + PEOPLE });
const bantime = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(-1));

const terms: fc.Arbitrary<JailTerms> = fc.record({
  maxretry: fc.integer({ min: 1, max: 4 }),
  findtime: fc.integer({ min: 1, max: 120 }),
  maxmatches: fc.integer({ min: 0, max: 3 }),
  bantime,
  increment: fc.record({
    enabled: fc.boolean(),
    factor: fc.constantFrom(undefined, "2"),
    formula: fc.constant(undefined),
    multipliers: fc.constantFrom(undefined, "1 2 4"),
    maxtime: fc.option(fc.integer({ min: 100, max: 1000 }), { nil: undefined }),
    rndtime: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
    overalljails: fc.constant(false),
  }),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("fail"),
      who,
      late: fc.oneof(fc.constant(0), fc.integer({ min: -50, max: 400 })),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("wait"), seconds: fc.double({ min: 0, max: 90, noNaN: true }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("set-clock"), by: fc.integer({ min: -4000, max: 4000 }) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("tick"), limit: fc.constantFrom(1, 2, 500) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("ban"), who }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("attempt"), who, texts: fc.integer({ min: 0, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("unban"), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("unban-network") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("unban-all") }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("configure"),
      terms: fc.record({ bantime, maxretry: fc.integer({ min: 1, max: 4 }) }, { requiredKeys: [] }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("crash"), downtime: fc.integer({ min: 0, max: 200 }) }),
  },
);

test(`in ${RUNS} random lives no ban is lost, doubled, or outlives its end`, () => {
  const lives = fc.property(
    terms,
    fc.array(step, { minLength: 1, maxLength: STEPS, size: "max" }),
    fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
    (jailTerms, steps, dice) => {
      const jail = new SimulatedJail(jailTerms, () => dice.next().value ?? 0);
      for (const one of steps) jail.take(one);
      jail.finish();
    },
  );
  fc.assert(lives, {
    numRuns: RUNS,
    ...(SEED === undefined ? {} : { seed: Number(SEED) }),
  });
}, 600_000);

test("the same seed leads to the same lives", () => {
  const sample = () =>
    JSON.stringify(fc.sample(fc.array(step, { maxLength: STEPS }), { seed: 7, numRuns: 20 }));
  expect(sample()).toBe(sample());
});

test.each<[string, (jail: SimulatedJail) => void]>([
  ["forgets a rule", (jail) => jail.sabotage("192.0.2.121", "forget")],
  ["keeps a rule", (jail) => jail.sabotage("192.0.2.122", "keep")],
])("a firewall that %s is found out", (_, sabotage) => {
  const increment = { enabled: false, factor: undefined, formula: undefined, multipliers: undefined };
  const jail = new SimulatedJail(
    {
      maxretry: 1,
      findtime: 60,
      maxmatches: 0,
      bantime: 60,
      increment: { ...increment, maxtime: undefined, rndtime: undefined, overalljails: false },
    },
    () => 0,
  );
  jail.take({ kind: "ban", who: 121 });
  sabotage(jail);
  expect(() => jail.take({ kind: "wait", seconds: 1 })).toThrow("does not hold");
});
