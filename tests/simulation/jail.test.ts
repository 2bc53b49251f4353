/**
 * Random lives of a whole jail: lines, commands that take their time, changes, stops and kills, on a clock of their own.
 * `GAOLER_SIMULATION_RUNS` and `GAOLER_SIMULATION_SEED` as for the core.
 * @module
 */
import fc from "fast-check";
import { test } from "vitest";
import type { JailSettings } from "../../src/config/settings.ts";
import { Jail } from "../../src/jail/jail.ts";
import { buildParts } from "../../src/jail/jail-parts.ts";
import type { JailPorts } from "../../src/jail/jail-ports.ts";
import { action, JailStage, LOG, settingsOf } from "../unit/jail/stage.ts";

const RUNS = Math.ceil(Number(process.env["GAOLER_SIMULATION_RUNS"] ?? 400) / 8);
const SEED = process.env["GAOLER_SIMULATION_SEED"];
const STEPS = 40;
const BANTIME = 60;
/** Longer than any command takes, all those that may wait included. */
const LONG_ENOUGH = 50;
/** Longer than clearing away and starting two actions takes. */
const TO_START = 10;
const OTHER = "/var/log/other.log";

const SETTINGS: readonly Partial<JailSettings>[] = [
  { maxretry: 1 },
  { maxretry: 3, logpaths: [LOG, OTHER].map((pattern) => ({ pattern, tail: false })) },
  { actions: [flushing("fw"), flushing("more")] },
  { actions: [flushing("more")], failregex: [{ value: "^fail from <HOST>$" }, { value: "^x <HOST>$" }] },
];

type Step =
  | { readonly kind: "fail"; readonly who: number; readonly path: string }
  | { readonly kind: "pass"; readonly seconds: number }
  | { readonly kind: "ban" | "unban" | "attempt"; readonly who: number }
  | { readonly kind: "unban-all" | "stop" | "kill" }
  | { readonly kind: "idle"; readonly isIdle: boolean }
  | { readonly kind: "change"; readonly to: number };

const who = fc.integer({ min: 1, max: 5 });
const path = fc.constantFrom(LOG, LOG, OTHER);
const kindOf = <K extends string>(...kinds: readonly K[]) => fc.constantFrom(...kinds);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: kindOf("fail"), who, path }) },
  { weight: 5, arbitrary: fc.record({ kind: kindOf("pass"), seconds: fc.constantFrom(0.1, 1, 10, 30) }) },
  { weight: 4, arbitrary: fc.record({ kind: kindOf("ban", "unban", "attempt"), who }) },
  { weight: 2, arbitrary: fc.record({ kind: kindOf("unban-all", "stop", "kill") }) },
  { weight: 1, arbitrary: fc.record({ kind: kindOf("idle"), isIdle: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: kindOf("change"), to: fc.nat({ max: SETTINGS.length - 1 }) }) },
);

function flushing(name: string) {
  return action(name, { actionflush: `${name} flush` });
}

const idOf = (person: number): string => `192.0.2.${person}`;

/** One jail after the other on one stage: what a daemon does in the course of time. */
class Life {
  readonly stage = new JailStage();
  readonly #delays: Iterator<number>;
  readonly #scripts: string[] = [];
  #settings: Partial<JailSettings> = { bantime: BANTIME, actions: [flushing("fw")] };
  #jail: Jail;
  #isDead = { now: false };
  #kills = 0;
  /** under way */
  #changes = 0;
  #readers = new Set([LOG]);
  readonly #written = new Map<string, number>();

  constructor(delays: Iterator<number>) {
    this.#delays = delays;
    this.stage.answer = async () => {
      const delay: number = this.#delays.next().value ?? 0;
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay * 1000));
      return undefined;
    };
    this.#jail = this.#newJail();
  }

  async begin(): Promise<void> {
    void this.#jail.start();
    await this.stage.settled();
  }

  async take(one: Step): Promise<void> {
    const { stage } = this;
    switch (one.kind) {
      case "fail":
        this.#written.set(one.path, (this.#written.get(one.path) ?? 0) + 1);
        stage.fail(idOf(one.who), 1, one.path);
        break;
      case "pass":
        await stage.pass(one.seconds);
        break;
      case "ban":
        void this.#jail.ban([idOf(one.who)]);
        break;
      case "unban":
        void this.#jail.unban([idOf(one.who)]);
        break;
      case "attempt":
        void this.#jail.attempt(idOf(one.who), ["text"]);
        break;
      case "unban-all":
        void this.#jail.unbanAll();
        break;
      case "idle":
        this.#jail.setIdle(one.isIdle);
        break;
      case "change":
        this.#settings = { ...this.#settings, ...SETTINGS[one.to] };
        for (const { pattern } of settingsOf(this.#settings).logpaths) this.#readers.add(pattern);
        this.#changes += 1;
        void this.#jail.reconfigure(stage.parts(this.#settings)).then(() => {
          this.#changes -= 1;
        });
        break;
      case "stop":
        await this.#stop();
        await this.#startAnew();
        break;
      case "kill":
        await this.#kill();
        break;
      default:
        one satisfies never;
    }
    await stage.settled();
  }

  /** Everything comes to rest: firewall and ledger agree, every line was counted; then nothing is left behind. */
  async end(): Promise<void> {
    const { stage } = this;
    this.#jail.setIdle(false);
    await stage.pass(LONG_ENOUGH);
    await this.#checkAgreement();
    const found = stage.events.filter(({ type }) => type === "failure-found").length;
    const written = [...this.#written].reduce(
      (sum, [log, lines]) => sum + (this.#readers.has(log) ? lines : 0),
      0,
    );
    const isRight = this.#kills > 0 ? found >= written : found === written;
    check(isRight, `${found} failures found in ${written} lines`);
    await stage.pass(BANTIME * 20);
    check(this.#jail.bans.size === 0, "all bans have ended");
    await this.#checkAgreement();
    await this.#stop();
    check(this.#firewall().length === 0, "nothing is left behind");
  }

  #newJail(): Jail {
    const { stage } = this;
    const isDead = { now: false };
    this.#isDead = isDead;
    const never = new Promise<never>(() => undefined);
    const ports: JailPorts = {
      ...stage.ports,
      // a killed process runs, stores and says nothing any more
      run: async (plan) => (isDead.now ? await never : await stage.ports.run(plan)),
      store: () => (isDead.now ? undefined : stage.store),
      observe: (event) => {
        if (!isDead.now) stage.observe(event);
      },
    };
    const { parts } = buildParts(settingsOf(this.#settings), ports);
    if (parts === undefined) throw new Error("no parts");
    return new Jail(parts, ports);
  }

  async #startAnew(): Promise<void> {
    this.#jail = this.#newJail();
    void this.#jail.start();
    await this.stage.pass(TO_START);
  }

  async #stop(): Promise<void> {
    const stop = this.#jail.stop();
    await this.stage.pass(LONG_ENOUGH);
    await stop;
    check(this.#firewall().length === 0, "a stop leaves nothing");
  }

  async #kill(): Promise<void> {
    const { stage } = this;
    this.#kills += 1;
    // what an action leaves that is taken out of the configuration just before a kill, nobody knows of any more
    while (this.#changes > 0) await stage.pass(1);
    const old = this.#jail;
    const soon = stage.clock.now() + TO_START;
    const saved = [...old.bans.bans()].filter(({ at }) => at + BANTIME > soon + 1).map(({ id }) => id);
    this.#isDead.now = true;
    for (const source of stage.sources) await source.stop();
    void old.stop();
    stage.killed.add("j1");
    await this.#startAnew();
    for (const id of saved) check(this.#jail.bans.get(id) !== undefined, `${id} is back after a kill`);
  }

  #firewall(): string[] {
    this.#scripts.push(...this.stage.takeRan());
    return this.stage.firewall(this.#scripts);
  }

  /** Commands that bans and their ends have just led to may still be under way; they come to rest soon. */
  async #checkAgreement(): Promise<void> {
    const names = settingsOf(this.#settings).actions.map(({ name }) => name);
    let [is, shall] = ["", "-"];
    for (let look = 0; look < 10 && is !== shall; look += 1) {
      await this.stage.pass(2);
      const wanted = [...this.#jail.bans.bans()].flatMap(({ id }) => names.map((name) => `${name} ${id}`));
      [is, shall] = [this.#firewall().toSorted().join(), wanted.toSorted().join()];
    }
    check(is === shall, `the firewall has ${is}, the ledger ${shall}`);
  }
}

function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`does not hold: ${what}`);
}

test(`in ${RUNS} random lives of a jail firewall and ledger agree, and no line is lost or repeated`, async () => {
  const delays = fc.array(fc.constantFrom(0, 0, 0.05, 0.5, 2), { minLength: 1, maxLength: 20 });
  const steps = fc.array(step, { minLength: 1, maxLength: STEPS, size: "max" });
  const lives = fc.asyncProperty(delays, steps, async (times, all) => {
    const turns = (function* () {
      for (;;) yield* times;
    })();
    const life = new Life(turns);
    await life.begin();
    for (const one of all) await life.take(one);
    await life.end();
  });
  await fc.assert(lives, { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) });
}, 600_000);
