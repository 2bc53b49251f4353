/**
 * What is remembered holds: killed at any moment under load, gaoler bans after the next start whom it banned before, nobody twice,
 * nobody for lines that were counted already, and nobody whom an administrator let go.
 * @module
 */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { LOG } from "./bench.ts";
import { describeOnBench } from "./describe-on-bench.ts";
import { until } from "./world.ts";

const DATABASE = "/var/lib/fail2ban/fail2ban.sqlite3";
const ROUNDS = Number(process.env["GAOLER_KILLS"] ?? 5);
const SEED = Number(process.env["GAOLER_KILL_SEED"] ?? Date.now() % 1_000_000);

const LONG_MS = 240_000 + ROUNDS * 10_000;
/** Attackers that begin between two lines of one of them. */
const APART = 25;

/** Numbers from 0 to 1 that a seed gives again. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

describeOnBench("what is remembered", (bench) => {
  /** What a script in the world finds in the database. */
  async function rows(sql: string): Promise<string[]> {
    const script =
      "import sqlite3, sys\nfor row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print(row[0])";
    const { stdout, stderr } = await bench.world.run("python3", ["-c", script, DATABASE, sql]);
    expect(stderr).toBe("");
    return stdout.split("\n").filter((line) => line !== "");
  }

  /** Addresses of the load in the firewall, as often as they are there. */
  const inKernel = (): string[] => (bench.rules().match(/\b198\.1[89]\.\d+\.\d+/g) ?? []).sort();
  const inDatabase = (): Promise<string[]> => rows("SELECT ip FROM bips WHERE jail = 'load' ORDER BY ip");
  const listed = async (): Promise<string[]> =>
    (await bench.client("get", "load", "banip")).stdout.split(/\s+/).filter((word) => word !== "");

  test(`killed ${ROUNDS} times under load, it loses no ban, has none twice and counts no line twice (seed ${SEED})`, {
    timeout: LONG_MS,
  }, async () => {
    bench.jails("[load]\nenabled = true\nfindtime = 1h\nbantime = 1h\n");
    const random = numbersFrom(SEED);
    const idOf = (kind: 18 | 19, number: number): string => `198.${kind}.${number >> 8}.${number & 255}`;
    let count = 0;
    // three failures ban; those with two would be banned as well if their lines counted twice. They are written some time apart, so
    // that every kill parts those of many
    const attack = (): void => {
      count += 1;
      for (const before of [0, APART, 2 * APART]) {
        if (count <= before) continue;
        bench.attack(idOf(18, count - before), { times: 1 });
        if (before > 0) bench.attack(idOf(19, count - before), { times: 1 });
      }
    };
    const load = setInterval(attack, 20);
    const announced = new Set<string>();
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const guard = await bench.run();
        await sleep(random() * 2000);
        for (const ip of await inDatabase()) announced.add(ip);
        await guard.end("KILL");
        await sleep(random() * 300);
      }
    } finally {
      clearInterval(load);
    }
    const guard = await bench.run();
    const guilty = Array.from({ length: count }, (_, n) => idOf(18, n + 1));
    for (const id of announced) expect(guilty).toContain(id);
    for (let n = 0; n < 2 * APART; n += 1) attack();
    await until("the last one is banned", async () => (await listed()).includes(guilty.at(-1) ?? ""), 30_000);
    // a busy machine takes its time for so many commands
    const patience = 30_000 + guilty.length * 150;
    await until("the firewall has them all", () => inKernel().length >= guilty.length, patience);
    const expected = [...guilty].sort();
    expect((await listed()).sort()).toEqual(expected);
    expect(inKernel()).toEqual(expected);
    // what a burst begins with is stored a second later at most
    await until(
      "the database has them all",
      async () => (await inDatabase()).length >= guilty.length,
      10_000,
    );
    expect((await inDatabase()).sort()).toEqual(expected);
    expect(await rows("SELECT ip FROM bans GROUP BY ip HAVING count(*) > 1")).toEqual([]);
    expect(announced.size).toBeGreaterThan(0);
    expect((await guard.end("INT")).code).toBe(0);
    expect(inKernel()).toEqual([]);
  });

  test("whom an administrator let go is not banned again by a kill and a start, whatever he did while he was banned", async () => {
    bench.jails("[load]\nenabled = true\nfindtime = 1h\nbantime = 1h\n");
    for (let round = 1; round <= 3; round++) {
      const guard = await bench.run();
      const id = `198.18.0.${round}`;
      bench.attack(id);
      await bench.untilBanned("load", id);
      // their place in the log is stored a moment later only
      bench.attack(id, { times: 5 });
      await guard.untilSaid(`${id} is banned already`);
      expect((await bench.client("set", "load", "unbanip", id)).stdout).toBe("1\n");
      await guard.end("KILL");
      const next = await bench.run();
      bench.attack(`198.18.1.${round}`);
      await bench.untilBanned("load", `198.18.1.${round}`);
      expect(await listed()).not.toContain(id);
      expect(inKernel()).not.toContain(id);
      expect(next.said).not.toContain(` ${id} `);
      await next.end("KILL");
    }
  }, 120_000);

  test("what a script deletes from the database is not restored", async () => {
    bench.jails("[load]\nenabled = true\nfindtime = 1h\nbantime = 1h\n");
    const guard = await bench.run();
    for (const id of ["198.18.0.1", "198.18.0.2"]) {
      bench.attack(id);
      await bench.untilBanned("load", id);
    }
    const script = `import sqlite3; db = sqlite3.connect("${DATABASE}"); db.execute("DELETE FROM bips WHERE ip = '198.18.0.1'"); db.commit()`;
    expect((await bench.world.run("python3", ["-c", script])).code).toBe(0);
    expect((await listed()).sort()).toEqual(["198.18.0.1", "198.18.0.2"]);
    await guard.end("KILL");
    await bench.run();
    await until("the other is back", async () => (await listed()).includes("198.18.0.2"));
    expect(await listed()).toEqual(["198.18.0.2"]);
    await until("it is in the firewall", () => inKernel().length > 0);
    expect(inKernel()).toEqual(["198.18.0.2"]);
  });

  test("a database that is locked through the start gives its bans back once it is let go", async () => {
    bench.jails("[load]\nenabled = true\nfindtime = 1h\nbantime = 1h\n");
    const before = await bench.run();
    bench.attack("198.18.0.1");
    await bench.untilBanned("load", "198.18.0.1");
    await before.end("KILL");
    // where the log was left is in the database as well: what is still in it would count again
    bench.world.write(LOG, "");
    const script =
      'import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1], isolation_level=None)\ndb.execute("BEGIN EXCLUSIVE")\nprint("locked", flush=True)\nsys.stdin.readline()';
    const lock = bench.world.start("python3", ["-c", script, DATABASE], {}, "pipe");
    await once(lock.stdout ?? expect.fail("no output"), "data");
    try {
      const guard = await bench.run();
      expect(guard.said).toContain("is locked by another program, waiting up to");
      expect(await listed()).toEqual([]);
      bench.attack("198.18.0.2");
      await bench.untilBanned("load", "198.18.0.2");
      await bench.untilRule("198.18.0.2");
    } finally {
      lock.stdin?.end("\n");
    }
    await until("both are banned", async () => (await listed()).length === 2, 20_000);
    await until("both are in the firewall", () => inKernel().length === 2);
    await until("both are in the database", async () => (await inDatabase()).length === 2, 20_000);
  });
});
