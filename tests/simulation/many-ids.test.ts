/**
 * More attackers than a jail counts at once: its memory stays bounded, and those who go on are banned all the same.
 * @module
 */
import { expect, test } from "vitest";
import { JailCore } from "../../src/ban/jail-core.ts";

const VISITORS = 700_000;
/** IDs that a jail counts at once. */
const COUNTED = 500_000;
const ATTACKERS = 100;
const MAXRETRY = 5;
/** Visitors between two failures of one attacker. */
const BETWEEN = 100_000;

const TERMS = {
  maxretry: MAXRETRY,
  findtime: 600,
  maxmatches: 5,
  bantime: 600,
  increment: {
    enabled: false,
    factor: undefined,
    formula: undefined,
    multipliers: undefined,
    maxtime: undefined,
    rndtime: undefined,
    overalljails: false,
  },
};

test("seven hundred thousand visitors hide no attacker and fill no memory", () => {
  const core = new JailCore({ ...TERMS, jail: "flooded", history: () => undefined, random: () => 0 });
  let now = 1_000_000;
  const fail = (id: string): boolean => {
    const failure = { id, ip: undefined, at: now, matches: [`fail from ${id}`], data: new Map() };
    return core.fail(failure, now).some(({ type }) => type === "ban");
  };
  const banned = new Map<number, number>();
  const tries = new Map<number, number>();
  let most = 0;
  for (let visitor = 0; visitor < VISITORS; visitor += 1) {
    // a minute and a half for all of them
    now += 0.000_12;
    fail(`2001:db8::${visitor.toString(16)}`);
    most = Math.max(most, core.failures.current);
    if (visitor % (BETWEEN / ATTACKERS) !== 0) continue;
    const who = (visitor / (BETWEEN / ATTACKERS)) % ATTACKERS;
    if (banned.has(who)) continue;
    tries.set(who, (tries.get(who) ?? 0) + 1);
    if (fail(`192.0.2.${who}`)) banned.set(who, tries.get(who) ?? 0);
  }
  expect(most).toBe(COUNTED);
  expect(core.failures.evicted).toBeGreaterThan(VISITORS - COUNTED - ATTACKERS * MAXRETRY);
  expect([...banned.values()]).toEqual(Array(ATTACKERS).fill(MAXRETRY));
  core.tick(now + 700);
  expect([core.failures.current, core.bans.size]).toEqual([0, 0]);
}, 60_000);

test("of three hundred thousand attackers who all go on none is forgotten", () => {
  const core = new JailCore({ ...TERMS, jail: "flooded", history: () => undefined, random: () => 0 });
  const count = 300_000;
  let now = 1_000_000;
  for (let round = 1; round <= MAXRETRY; round += 1) {
    for (let who = 0; who < count; who += 1) {
      now += 0.000_3;
      const id = `10.${who >> 16}.${(who >> 8) & 255}.${who & 255}`;
      core.fail({ id, ip: undefined, at: now, matches: [`fail from ${id}`], data: new Map() }, now);
    }
    expect([core.failures.evicted, core.bans.size]).toEqual([0, round < MAXRETRY ? 0 : count]);
  }
}, 60_000);
