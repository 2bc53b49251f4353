/**
 * Random lives of a jail whose database is read-only, full or locked for a while, with kills at any moment. Beside it a core that
 * never ends and never forgets takes the same lines: who is banned, and until when, is the same in both at any time.
 * `GAOLER_SIMULATION_RUNS` and `GAOLER_SIMULATION_SEED` as for the core.
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { expect, test } from "vitest";
import { JailCore } from "../../src/ban/jail-core.ts";
import type { Ban } from "../../src/ban/ticket.ts";
import { Jail } from "../../src/jail/jail.ts";
import { buildParts } from "../../src/jail/jail-parts.ts";
import type { JailPorts } from "../../src/jail/jail-ports.ts";
import { openStore } from "../../src/store/sqlite-store.ts";
import type { BanStore } from "../../src/store/store.ts";
import { action, JailStage, settingsOf } from "../unit/jail/stage.ts";

const RUNS = Math.ceil(Number(process.env["GAOLER_SIMULATION_RUNS"] ?? 400) / 8);
const SEED = process.env["GAOLER_SIMULATION_SEED"];
const STEPS = 50;
const BANTIME = 30;
/** A locked file is tried again after so long at most, one that is full or read-only is within five minutes. */
const TO_HEAL = 320;
const LONG_WAIT = 40;
/** No line grows too old: the lives are shorter. */
const FINDTIME = 1_000_000;

type Fault = "read-only" | "full" | "locked";
type Step =
  | { readonly kind: "fail" | "ban" | "unban"; readonly who: number }
  | { readonly kind: "pass"; readonly seconds: number }
  | { readonly kind: "kill" | "stop" | "heal" }
  | { readonly kind: "fault"; readonly fault: Fault };

const who = fc.integer({ min: 1, max: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("fail" as const), who }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), seconds: fc.constantFrom(1, 2, 9) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("ban" as const, "unban" as const), who }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("kill" as const, "stop" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("heal" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("fault" as const),
      fault: fc.constantFrom<Fault[]>("read-only", "full", "locked"),
    }),
  },
);

const idOf = (person: number): string => `192.0.2.${person}`;

class Life {
  readonly #stage = new JailStage({ database: undefined });
  readonly #settings = settingsOf({
    failregex: [{ value: "^\\s*fail from <HOST>$" }],
    datepattern: { value: "^{EPOCH}" },
    maxretry: 3,
    findtime: FINDTIME,
    bantime: BANTIME,
    actions: [action("fw", { actionflush: "fw flush" })],
  });
  readonly #path: string;
  /** what never ends and never forgets */
  readonly #ideal = new JailCore({
    ...this.#settings,
    jail: "ideal",
    history: () => undefined,
    random: () => 0,
  });
  readonly #scripts: string[] = [];
  /** of these nobody can know what was done by hand, as no database could be written or read */
  readonly #unknown = new Set<string>();
  /** banned or let go by hand since the database last had it all */
  readonly #unsure = new Set<string>();
  /** banned or let go by hand at any time */
  readonly #touched = new Set<string>();
  #connections: DatabaseSync[] = [];
  #lock: DatabaseSync | undefined;
  #fault: Fault | undefined;
  #isBlind = false;
  #wasBlind = false;
  #isDead = { now: false };
  #store: BanStore;
  #jail: Jail;

  constructor(folder: string) {
    this.#path = join(folder, "bans.sqlite3");
    this.#store = this.#openStore();
    this.#jail = this.#newJail();
  }

  async begin(): Promise<void> {
    void this.#jail.start();
    await this.#settle();
  }

  async take(one: Step): Promise<void> {
    switch (one.kind) {
      case "fail":
        this.#fail(idOf(one.who));
        break;
      case "pass":
        await this.#pass(one.seconds);
        break;
      case "ban":
        this.#byHand(idOf(one.who), (id) => {
          // that a ban is made longer is not stored, as in fail2ban
          if (this.#ideal.bans.get(id) !== undefined) return;
          void this.#jail.ban([id]);
          this.#ideal.ban(id, this.#now);
        });
        break;
      case "unban":
        this.#byHand(idOf(one.who), (id) => {
          void this.#jail.unban([id]);
          this.#ideal.unban(id);
        });
        break;
      case "kill":
        await this.#kill();
        break;
      case "stop":
        await this.#stop();
        break;
      case "fault":
        this.#heal();
        this.#fall(one.fault);
        break;
      case "heal":
        this.#heal();
        break;
      default:
        one satisfies never;
    }
    await this.#settle();
    this.#check();
  }

  /** The database works again, in the end all bans do end, and nothing is left behind. */
  async end(): Promise<void> {
    this.#heal();
    for (let waited = 0; waited < TO_HEAL; waited += LONG_WAIT) {
      await this.#stage.pass(LONG_WAIT - 1);
      await this.#pass(1);
    }
    expect(this.#store.pendingWrites).toBe(0);
    this.#check();
    const rows = new DatabaseSync(this.#path, { readOnly: true });
    const twice = "SELECT ip FROM bans GROUP BY ip, timeofban HAVING count(*) > 1";
    if (!this.#wasBlind) expect(rows.prepare(twice).all()).toEqual([]);
    rows.close();
    expect(this.#jail.bans.size).toBe(0);
    await this.#jail.stop();
    expect(this.#firewall()).toEqual([]);
  }

  close(): void {
    this.#lock?.close();
    this.#isDead.now = true;
    this.#store.close();
  }

  get #now(): number {
    return this.#stage.clock.now();
  }

  #fail(id: string): void {
    // whoever is kept out writes nothing
    if (this.#unknown.has(id) || this.#ideal.bans.get(id) !== undefined) return;
    const at = this.#now;
    this.#stage.write([`${at} fail from ${id}`]);
    this.#ideal.fail({ id, ip: undefined, at, matches: [], data: new Map() }, at);
  }

  #byHand(id: string, act: (id: string) => void): void {
    if (this.#unknown.has(id) || this.#isBlind) return;
    act(id);
    this.#touched.add(id);
    if (this.#store.pendingWrites > 0) this.#unsure.add(id);
  }

  async #pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      await this.#stage.pass(1);
      this.#store.tend();
      if (this.#store.isReadable) this.#isBlind = false;
      if (this.#store.pendingWrites === 0) this.#unsure.clear();
      this.#ideal.tick(this.#now);
      await this.#settle();
      this.#check();
    }
  }

  async #settle(): Promise<void> {
    await this.#stage.settled();
  }

  #fall(fault: Fault): void {
    this.#fault = fault;
    if (fault === "locked") {
      this.#lock = new DatabaseSync(this.#path, { timeout: 0 });
      this.#lock.exec("BEGIN EXCLUSIVE");
    } else for (const database of this.#connections) this.#impair(database);
  }

  #impair(database: DatabaseSync): void {
    if (!database.isOpen) return;
    if (this.#fault === "read-only") database.exec("PRAGMA query_only=ON");
    else if (this.#fault === "full") database.exec("PRAGMA max_page_count=1");
  }

  #heal(): void {
    this.#fault = undefined;
    this.#lock?.close();
    this.#lock = undefined;
    for (const database of this.#connections) {
      if (database.isOpen) database.exec("PRAGMA query_only=OFF; PRAGMA max_page_count=1000000");
    }
  }

  #openStore(): BanStore {
    const { clock, observe } = this.#stage;
    this.#connections = this.#connections.filter(({ isOpen }) => isOpen);
    const connect = (path: string): DatabaseSync => {
      const database = new DatabaseSync(path, { timeout: 0 });
      if (path === this.#path) this.#connections.push(database);
      if (path === this.#path) this.#impair(database);
      return database;
    };
    const store = openStore(this.#path, { clock, observe, connect });
    if (!store.isReadable) {
      this.#isBlind = true;
      this.#wasBlind = true;
      for (const id of this.#touched) this.#unknown.add(id);
    }
    store.onReadable(() => this.#jail.restoreLate());
    store.allJailsDisabled();
    return store;
  }

  #newJail(): Jail {
    const { ports, observe } = this.#stage;
    const isDead = { now: false };
    this.#isDead = isDead;
    const never = new Promise<never>(() => undefined);
    const own: JailPorts = {
      ...ports,
      run: async (plan) => (isDead.now ? await never : await ports.run(plan)),
      store: () => (isDead.now ? undefined : this.#store),
      observe: (event) => {
        if (!isDead.now) observe(event);
      },
    };
    const { parts } = buildParts(this.#settings, own);
    if (parts === undefined) throw new Error("no parts");
    return new Jail(parts, own);
  }

  async #kill(): Promise<void> {
    // what waits in the dead one's memory is gone
    for (const id of this.#unsure) this.#unknown.add(id);
    this.#unsure.clear();
    this.#isDead.now = true;
    for (const source of this.#stage.sources) source.state = "stopped";
    for (const database of this.#connections) if (database.isOpen) database.close();
    void this.#jail.stop();
    this.#stage.killed.add("j1");
    await this.#begin();
  }

  async #stop(): Promise<void> {
    await this.#jail.stop();
    expect(this.#firewall()).toEqual([]);
    this.#store.close();
    if (this.#fault !== undefined) for (const id of this.#unsure) this.#unknown.add(id);
    this.#unsure.clear();
    await this.#begin();
  }

  async #begin(): Promise<void> {
    this.#store = this.#openStore();
    this.#jail = this.#newJail();
    void this.#jail.start();
    await this.#settle();
  }

  #firewall(): string[] {
    this.#scripts.push(...this.#stage.takeRan());
    return this.#stage.firewall(this.#scripts).map((rule) => rule.split(" ")[1] ?? "");
  }

  /** The ledger, the firewall and the ideal agree. */
  #check(): void {
    this.#ideal.tick(this.#now);
    // one that ends this very second may be over or not
    const isMeant = ({ id, at }: Ban): boolean => !this.#unknown.has(id) && at + BANTIME > this.#now;
    const told = ({ id, at }: Ban): string => `${id} until ${at + BANTIME}`;
    const bansOf = (bans: Iterable<Ban>): string[] => [...bans].filter(isMeant).map(told).toSorted();
    const [shall, is] = [bansOf(this.#ideal.bans.bans()), bansOf(this.#jail.bans.bans())];
    expect(is).toEqual(shall);
    const inForce = [...this.#jail.bans.bans()].map(({ id }) => id);
    expect(this.#firewall().toSorted()).toEqual(inForce.toSorted());
    for (const { at } of this.#jail.bans.bans()) expect(at + BANTIME).toBeGreaterThanOrEqual(this.#now - 1);
  }
}

test(`in ${RUNS} random lives with a sick database no ban is lost, doubled or too long, and no failure forgotten`, async () => {
  const lives = fc.asyncProperty(
    fc.array(step, { minLength: 1, maxLength: STEPS, size: "max" }),
    async (steps) => {
      const folder = mkdtempSync(join(tmpdir(), "gaoler-simulation-"));
      const life = new Life(folder);
      try {
        await life.begin();
        for (const one of steps) await life.take(one);
        await life.end();
      } finally {
        life.close();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
  await fc.assert(lives, { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) });
}, 600_000);
