/**
 * Random lives of a jail whose name server and ignorecommand answer late, wrongly or never: lines of addresses are never held up,
 * and every other line gets its answer or is given up within a stated time. `GAOLER_SIMULATION_RUNS` and
 * `GAOLER_SIMULATION_SEED` as for the core.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { JailSettings } from "../../src/config/settings.ts";
import { type NameService, Resolver } from "../../src/dns/resolver.ts";
import { Jail } from "../../src/jail/jail.ts";
import { buildParts } from "../../src/jail/jail-parts.ts";
import type { JailPorts } from "../../src/jail/jail-ports.ts";
import { JailStage, settingsOf } from "../unit/jail/stage.ts";

const RUNS = Math.ceil(Number(process.env["GAOLER_SIMULATION_RUNS"] ?? 400) / 8);
const SEED = process.env["GAOLER_SIMULATION_SEED"];
/** No answer is waited for longer. */
const LONGEST_WAIT = 60;
const NEVER = Infinity;

type Step =
  | { readonly kind: "address" | "name"; readonly who: number }
  | { readonly kind: "pass"; readonly seconds: number };

/** What a name server or a command does when it is asked: after how long, and whether it knows. */
interface Fault {
  readonly seconds: number;
  readonly fails: boolean;
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("name" as const), who: fc.nat({ max: 6 }) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("address" as const), who: fc.nat({ max: 3 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), seconds: fc.constantFrom(0.1, 1, 7, 31) }),
  },
);
const fault: fc.Arbitrary<Fault> = fc.record({
  seconds: fc.constantFrom(0, 0, 0.2, 3, 20, NEVER),
  fails: fc.boolean(),
});

const addressOf = (who: number): string => `192.0.2.${who + 1}`;
const nameOf = (who: number): string => `host-${who}.example`;
/** Of a name; others than those that stand in the log as they are. */
const addressOfName = (who: number): string => `198.51.100.${who + 1}`;

function cycle<T>(values: readonly T[], otherwise: T): () => T {
  let at = 0;
  return () => values[at++ % values.length] ?? otherwise;
}

async function after(seconds: number): Promise<void> {
  await new Promise<void>((resolve) => {
    if (seconds < NEVER) setTimeout(resolve, seconds * 1000);
  });
}

interface World {
  readonly stage: JailStage;
  readonly jail: Jail;
}

function worldOf(faults: readonly Fault[], changes: Partial<JailSettings>): World {
  const stage = new JailStage();
  const next = cycle(faults, { seconds: 0, fails: false });
  const names: NameService = {
    addressesOf: async (name) => {
      const { seconds, fails } = next();
      await after(seconds);
      const who = /^host-(\d+)/.exec(name)?.[1];
      if (fails || who === undefined) throw Object.assign(new Error("no"), { code: "ENOTFOUND" });
      return [addressOfName(Number(who))];
    },
    nameOf: () => Promise.reject(new Error("not asked")),
  };
  const { clock, observe } = stage;
  const resolver = new Resolver({ observe, clock, names });
  const ports: JailPorts = {
    ...stage.ports,
    addressesOf: (name, asker) => resolver.addresses(name, asker),
    lastAddressesOf: (name, asker) => resolver.lastAddresses(name, asker),
    run: async (plan) => {
      if (!plan.script.includes("ask")) return await stage.ports.run(plan);
      const { seconds, fails } = next();
      // a command that never ends is ended
      await after(Math.min(seconds, 60));
      return { code: fails ? 7 : 1, stdout: "", stderr: "", timedOut: seconds === NEVER };
    },
  };
  const { parts } = buildParts(settingsOf({ maxretry: 1e9, usedns: "yes", ...changes }), ports);
  if (parts === undefined) throw new Error("no parts");
  return { stage, jail: new Jail(parts, ports) };
}

const foundIn = (stage: JailStage): string[] =>
  stage.events.flatMap((event) => (event.type === "failure-found" ? [event.id] : []));

async function live(steps: readonly Step[], faults: readonly Fault[]): Promise<void> {
  const { stage, jail } = worldOf(faults, {});
  await jail.start();
  let addresses = 0;
  const named = new Map<string, number>();
  for (const one of steps) {
    switch (one.kind) {
      case "address":
        stage.fail(addressOf(one.who));
        addresses += 1;
        // at once, whoever is being asked for
        expect(foundIn(stage).filter((id) => id.startsWith("192.0.2."))).toHaveLength(addresses);
        break;
      case "name": {
        stage.fail(nameOf(one.who));
        const id = addressOfName(one.who);
        named.set(id, (named.get(id) ?? 0) + 1);
        break;
      }
      case "pass":
        await stage.pass(one.seconds);
        break;
      default:
        one satisfies never;
    }
  }
  await stage.pass(LONGEST_WAIT);
  for (const [id, lines] of named) {
    expect(foundIn(stage).filter((found) => found === id).length).toBeLessThanOrEqual(lines);
  }
  // nothing waits any more, so a stop needs no patience
  const stopped = jail.stop();
  await stage.settled();
  await stopped;
  expect(stage.messages("WARNING").filter((text) => text.includes("still wait"))).toEqual([]);
}

test(`in ${RUNS} random lives with a sick name server no line of an address waits, and none of a name for ever`, async () => {
  const lives = fc.asyncProperty(
    fc.array(step, { minLength: 1, maxLength: 40, size: "max" }),
    fc.array(fault, { minLength: 1, maxLength: 12 }),
    live,
  );
  await fc.assert(lives, { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) });
}, 600_000);

test(`in ${RUNS} random lives with a sick ignorecommand every failure counts within a minute, in the order of its ID's lines`, async () => {
  const lives = fc.asyncProperty(
    fc.array(step, { minLength: 1, maxLength: 40, size: "max" }),
    fc.array(fault, { minLength: 1, maxLength: 12 }),
    async (steps, faults) => {
      const { stage, jail } = worldOf(faults, { ignorecommand: "ask <ip>", usedns: "no" });
      await jail.start();
      const written: { readonly id: string; readonly at: number }[] = [];
      for (const one of steps) {
        if (one.kind === "pass") await stage.pass(one.seconds);
        else {
          stage.fail(addressOf(one.who));
          written.push({ id: addressOf(one.who), at: stage.clock.now() });
        }
        const due = written.filter(({ at }) => at + LONGEST_WAIT < stage.clock.now()).length;
        expect(foundIn(stage).length).toBeGreaterThanOrEqual(due);
      }
      await stage.pass(LONGEST_WAIT);
      expect(foundIn(stage)).toEqual(written.map(({ id }) => id));
      void jail.stop();
      await stage.pass(1);
    },
  );
  await fc.assert(lives, { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) });
}, 600_000);

test("names that get no answer in one jail delay the names of another for a deadline at most", async () => {
  const stage = new JailStage();
  const names: NameService = {
    addressesOf: async (name) => {
      await after(name.startsWith("slow") ? NEVER : 0.01);
      return [addressOfName(1)];
    },
    nameOf: () => Promise.reject(new Error("not asked")),
  };
  const resolver = new Resolver({ observe: stage.observe, clock: stage.clock, names });
  const ports: JailPorts = {
    ...stage.ports,
    addressesOf: (name, asker) => resolver.addresses(name, asker),
  };
  const jailOf = async (name: string, log: string): Promise<Jail> => {
    const settings = { ...settingsOf({ logpaths: [{ pattern: log, tail: false }] }), name };
    const { parts } = buildParts(settings, ports);
    if (parts === undefined) throw new Error("no parts");
    const jail = new Jail(parts, ports);
    await jail.start();
    return jail;
  };
  const jails = [await jailOf("attacked", "/var/log/a.log"), await jailOf("other", "/var/log/b.log")];
  for (let n = 0; n < 500; n += 1) stage.fail(`slow-${n}.example`, 1, "/var/log/a.log");
  await stage.pass(1);
  stage.fail("good.example", 1, "/var/log/b.log");
  await stage.pass(0.1);
  expect(foundIn(stage)).toEqual([addressOfName(1)]);
  // all that hung are given up within a minute, told in a line for the first and one for the sum
  await stage.pass(LONGEST_WAIT);
  const told = stage.messages("ERROR").filter((text) => text.includes("failure"));
  expect(told).toEqual([
    "[attacked] a failure has waited for 60 seconds for the addresses of a name; the failures of such names are dropped",
    expect.stringMatching(/^\[attacked\] \d+ failures without an answer in all/),
  ]);
  for (const jail of jails) void jail.stop();
  await stage.pass(1);
}, 60_000);
