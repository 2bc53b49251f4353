/**
 * Faults of the machine around a daemon at work: a full disk, a database that is damaged or cut off, a name server that never
 * answers. Bans go on, nothing is lost, and the log names the trouble. Kills are in `state.test.ts`, odd logs and actions in
 * `odd-worlds.test.ts`, tools that hang in `bad-input.test.ts`.
 * @module
 */
import { closeSync, openSync, statSync, truncateSync, writeSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { failure, LOG } from "./bench.ts";
import { describeOnBench } from "./describe-on-bench.ts";
import { until } from "./world.ts";

const STATE = "/var/lib/fail2ban";
const DATABASE = `${STATE}/fail2ban.sqlite3`;
const JAIL = "[load]\nenabled = true\nfindtime = 1h\nbantime = 1h\n";

describeOnBench("faults of the machine", (bench) => {
  afterEach(async () => {
    // what it holds must be let go of first
    await bench.stopAll();
    bench.world.shSync(`umount -l ${STATE} /etc/resolv.conf 2>/dev/null || true`);
  });

  async function inDatabase(): Promise<string[]> {
    const script =
      "import sqlite3, sys\nfor row in sqlite3.connect(sys.argv[1]).execute('SELECT ip FROM bips ORDER BY ip'): print(row[0])";
    const { stdout } = await bench.world.run("python3", ["-c", script, DATABASE]);
    return stdout.split("\n").filter((line) => line !== "");
  }

  const listed = async (): Promise<string[]> =>
    (await bench.client("get", "load", "banip")).stdout.split(/\s+/).filter((word) => word !== "");

  const ids = (net: number, count: number): string[] =>
    Array.from({ length: count }, (_, n) => `198.18.${net}.${n + 1}`);

  async function banAll(wanted: readonly string[]): Promise<void> {
    for (const id of wanted) bench.attack(id);
    await until(
      "all are in the firewall",
      () => wanted.every((id) => bench.rules().includes(`${id} `) || bench.rules().includes(`${id},`)),
      30_000,
    );
  }

  test("a disk that runs full under the database: bans go on, the log says so, and nothing is lost once there is space", async () => {
    bench.jails(JAIL);
    bench.world.shSync(`mkdir -p ${STATE}; mount -t tmpfs -o size=600k tmpfs ${STATE}`);
    const guard = await bench.run();
    const [before, during, after] = [ids(1, 5), ids(2, 60), ids(3, 5)];
    await banAll(before);
    bench.world.shSync(`cat /dev/zero >${STATE}/filler 2>/dev/null || true`);
    await banAll(during);
    expect(bench.log).toMatch(/ERROR .*(?:disk is full|disk I\/O error); bans are kept in memory meanwhile/);
    bench.world.shSync(`rm ${STATE}/filler`);
    await banAll(after);
    const all = [...before, ...during, ...after].toSorted();
    await until("the database has them all", async () => (await inDatabase()).length === all.length, 60_000);
    expect(bench.log).toMatch(/NOTICE .*can be written again/);
    await guard.end("KILL");
    await bench.run();
    await until("all are back", async () => (await listed()).length === all.length, 30_000);
    expect((await listed()).toSorted()).toEqual(all);
  }, 180_000);

  test.each<[what: string, damage: (path: string) => void]>([
    ["has one bad page", (path) => overwrite(path, 4096 * Math.floor(statSync(path).size / 8192), 4096)],
    ["is overwritten from its begin on", (path) => overwrite(path, 0, 8192)],
    ["is cut off in the middle", (path) => truncateSync(path, Math.floor(statSync(path).size / 2))],
  ])(
    "a database that %s while the daemon runs: bans go on, and after a kill and a start as well",
    async (_, damage) => {
      bench.jails(JAIL);
      const guard = await bench.run();
      const [before, during, after] = [ids(1, 40), ids(2, 5), ids(3, 5)];
      await banAll(before);
      damage(bench.world.path(DATABASE));
      await banAll(during);
      expect((await listed()).toSorted()).toEqual([...before, ...during].toSorted());
      await guard.end("KILL");
      damage(bench.world.path(DATABASE));
      await bench.run();
      expect(bench.log).toMatch(/ERROR .*database|INFO .*repair database/);
      await banAll(after);
      await until("they are stored", async () => {
        const stored = await inDatabase();
        return after.every((id) => stored.includes(id));
      });
    },
    120_000,
  );

  test("a name server that never answers: addresses are banned at once, in a minute where ignoreip has names, and the log says why", async () => {
    bench.world.write("/run/resolv.conf", "nameserver 10.99.0.9\noptions timeout:30 attempts:5\n");
    bench.world.shSync("touch /etc/resolv.conf; mount --bind /run/resolv.conf /etc/resolv.conf");
    const careful = "/var/log/careful.log";
    bench.world.write(careful, "");
    bench.jails(
      `${JAIL}usedns = warn\n[careful]\nenabled = true\nlogpath = ${careful}\nignoreip = trusted.example.org 192.0.2.99\n`,
    );
    const guard = await bench.run();
    for (let n = 0; n < 20; n += 1) bench.world.append(LOG, `${failure(`host${n}.example.org`)}\n`);
    bench.attack("192.0.2.7");
    await bench.untilRule("192.0.2.7", 10_000);
    for (const id of ["192.0.2.99", "192.0.2.8"]) bench.attack(id, { log: careful });
    await bench.untilRule("192.0.2.8", 65_000);
    expect(bench.rules()).not.toContain("192.0.2.99");
    expect(bench.log).toMatch(/WARNING .*example\.org/);
    const { code, tookMs } = await guard.end("INT");
    expect([code, bench.rules()]).toEqual([0, ""]);
    expect(tookMs).toBeLessThan(30_000);
  }, 180_000);
});

function overwrite(path: string, from: number, length: number): void {
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(length, 0xff), 0, length, from);
  closeSync(file);
}
