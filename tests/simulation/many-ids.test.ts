/**
 * More attackers than a jail counts at once: its memory stays bounded, and those who go on are banned all the same.
 * @module
 */
import { expect, test } from "vitest";
import { JailCore } from "../../src/ban/jail-core.ts";

const VISITORS = 300_000;
const ATTACKERS = 100;
const MAXRETRY = 5;
/** Visitors between two failures of one attacker. */
const BETWEEN = 40_000;

test("three hundred thousand visitors hide no attacker and fill no memory", () => {
  const core = new JailCore({
    jail: "flooded",
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
    history: () => undefined,
    random: () => 0,
  });
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
    now += 0.0003;
    fail(`2001:db8::${visitor.toString(16)}`);
    most = Math.max(most, core.failures.current);
    if (visitor % (BETWEEN / ATTACKERS) !== 0) continue;
    const who = (visitor / (BETWEEN / ATTACKERS)) % ATTACKERS;
    if (banned.has(who)) continue;
    tries.set(who, (tries.get(who) ?? 0) + 1);
    if (fail(`192.0.2.${who}`)) banned.set(who, tries.get(who) ?? 0);
  }
  expect(most).toBe(100_000);
  expect(core.failures.evicted).toBeGreaterThan(VISITORS - 100_000 - ATTACKERS * MAXRETRY);
  expect([...banned.values()]).toEqual(Array(ATTACKERS).fill(MAXRETRY));
  core.tick(now + 700);
  expect([core.failures.current, core.bans.size]).toEqual([0, 0]);
}, 60_000);
