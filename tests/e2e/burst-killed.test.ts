/**
 * A daemon that is killed in the midst of a burst, while what it has decided is neither told nor stored yet: the next one bans whom it has
 * banned, and nobody is missing or there twice.
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { failure, LOG } from "./bench.ts";
import { describeOnBench } from "./describe-on-bench.ts";
import { until } from "./world.ts";

const DATABASE = "/var/lib/fail2ban/fail2ban.sqlite3";
const MANY = 4000;
const SOON = 60_000;

describeOnBench("killed in a burst", (bench) => {
  const addresses = Array.from({ length: MANY }, (_, n) => `198.18.${n >> 7}.${(n & 127) * 2 + 1}`);

  const inKernel = (): string[] =>
    bench.world
      .shSync("nft list set inet f2b-table addr-set-load 2>/dev/null || true")
      .match(/\b198\.18\.\d+\.\d+/g) ?? [];

  async function inDatabase(table: string): Promise<string[]> {
    const script =
      "import sqlite3, sys\nfor row in sqlite3.connect(sys.argv[1]).execute(f'SELECT ip FROM {sys.argv[2]}'): print(row[0])";
    const { stdout } = await bench.world.run("python3", ["-c", script, DATABASE, table]);
    return stdout.split("\n").filter((line) => line !== "");
  }

  for (const afterMs of [0, 30, 150])
    test(`${afterMs} ms after the first bans have reached the firewall: the next start bans all, each once`, {
      timeout: 4 * SOON,
    }, async () => {
      bench.jails("[load]\nenabled = true\nmaxretry = 1\nfindtime = 1h\nbantime = 1h\n");
      const guard = await bench.run();
      bench.attack("198.51.100.1", { times: 1 });
      await bench.untilRule("198.51.100.1");
      bench.world.append(LOG, addresses.map((id) => `${failure(id)}\n`).join(""));
      const end = Date.now() + SOON;
      while (inKernel().length === 0) expect(Date.now()).toBeLessThan(end);
      await sleep(afterMs);
      await guard.end("KILL");
      const stored = await inDatabase("bips");
      expect(stored).toEqual([...new Set(stored)]);
      await bench.run();
      await until("all are in the firewall", () => inKernel().length === MANY, SOON);
      expect(inKernel().sort()).toEqual(addresses.toSorted());
      await until(
        "all are in the database",
        async () => (await inDatabase("bips")).length === MANY + 1,
        SOON,
      );
      for (const table of ["bips", "bans"]) {
        expect((await inDatabase(table)).sort(), table).toEqual([...addresses, "198.51.100.1"].sort());
      }
    });
});
