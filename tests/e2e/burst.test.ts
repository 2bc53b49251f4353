/**
 * Bans by the thousand: what waits goes to the firewall's tools many at a time and without a shell, and still each ban is in the kernel, or
 * named as one that is not.
 * @module
 */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/exec/system-clock.ts";
import { openStore } from "../../src/store/sqlite-store.ts";
import { failure, type Guard, LOG } from "./bench.ts";
import { describeOnBench } from "./describe-on-bench.ts";
import { until } from "./world.ts";

const MANY = 2000;
const SOON = 60_000;
const RESTORED = 50_000;
const DATABASE = "/var/lib/fail2ban/fail2ban.sqlite3";
/** Prints how many transactions the kernel has seen: the generation of its ruleset. */
const GENERATION = `
import socket, struct
kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
kernel.bind((0, 0))
kernel.send(struct.pack("=IHHII", 20, (10 << 8) | 16, 1, 1, 0) + bytes(4))
print(struct.unpack_from("!I", kernel.recv(65536), 24)[0])
`;

const addresses = (count: number, net = 18): string[] =>
  Array.from({ length: count }, (_, n) => `198.${net}.${n >> 7}.${(n & 127) * 2 + 1}`);

/** A database as a server leaves it behind. */
function writeBans(path: string, ids: readonly string[]): void {
  const store = openStore(path, { observe: () => undefined, clock: systemClock });
  const at = Math.floor(systemClock.now()) - 60;
  store.addJail("load");
  store.transaction(() => {
    for (const id of ids) {
      const ticket = { id, ip: id, at, attempts: 1, matches: [], data: new Map(), bancount: 1 };
      store.saveBan("load", { ...ticket, bantime: undefined, restored: false }, 3600);
    }
  });
  store.disableJail("load");
  store.close();
}

describeOnBench("bans by the thousand", (bench) => {
  let guard: Guard;

  function jail(banaction: string): void {
    bench.jails(`[load]\nenabled = true\nmaxretry = 1\nbantime = 1h\nbanaction = ${banaction}\n`);
  }

  const inNft = (): Set<string> =>
    new Set(
      bench.world
        .shSync("nft list set inet f2b-table addr-set-load 2>/dev/null || true")
        .match(/\d+(?:\.\d+){3}(?:\/\d+)?/g),
    );
  const inIpset = (): Set<string> =>
    new Set(bench.world.shSync("ipset list f2b-load 2>/dev/null || true").match(/^\d+(?:\.\d+){3}/gm));
  const inChain = (): Set<string> =>
    new Set(
      bench.world
        .shSync("iptables -w -S f2b-load 2>/dev/null || true")
        .match(/(?<=^-A f2b-load -s )[\d.]+(?=\/32 -j )/gm),
    );
  const told = (pattern: RegExp): string[] => bench.log.match(pattern) ?? [];
  const listed = async (): Promise<string[]> =>
    (await bench.client("get", "load", "banip")).stdout.split(/\s+/).filter((word) => word !== "");

  /** Other worlds may have tools of their own; ours has our mounts. */
  const keptTools = (): string[] =>
    bench.world
      .shSync(
        "for pid in $(pgrep -x nft); do [ /proc/$pid/ns/mnt -ef /proc/self/ns/mnt ] && tr '\\0' ' ' </proc/$pid/cmdline | grep -q -e ' -i ' && echo $pid; done || true",
      )
      .split("\n")
      .filter((pid) => pid !== "");

  function failures(ids: readonly string[]): void {
    bench.world.append(LOG, ids.map((id) => `${failure(id)}\n`).join(""));
  }

  beforeEach(() => {
    bench.world.shSync("ipset destroy 2>/dev/null || true");
  });

  for (const [banaction, inKernel] of [
    ["nftables", inNft],
    ["iptables-ipset", inIpset],
    ["iptables-multiport", inChain],
  ] as const) {
    test(`${banaction}: ${MANY} attackers at once are all in the kernel and in the log, are lifted at the stop and are back after it`, async () => {
      jail(banaction);
      guard = await bench.run();
      const ids = addresses(MANY);
      failures(ids);
      await until("all are in the kernel", () => inKernel().size === MANY, SOON);
      expect([...inKernel()].toSorted()).toEqual(ids.toSorted());
      expect(new Set(await listed())).toEqual(new Set(ids));
      // at the begin of a burst the kernel comes first
      await until("all are in the log", () => told(/\[load\] Ban 198/g).length >= MANY, SOON);
      expect(told(/\[load\] Ban 198/g)).toHaveLength(MANY);
      expect(told(/ERROR.*/g)).toEqual([]);
      const stop = await guard.end("TERM");
      expect(stop.code).toBe(0);
      expect(inKernel().size).toBe(0);

      guard = await bench.run();
      await until("all are in the kernel again", () => inKernel().size === MANY, SOON);
      expect(told(/\[load\] Restore Ban 198/g)).toHaveLength(MANY);
      const [first = "", ...others] = ids;
      const lifted = await bench.client("set", "load", "unbanip", ...others);
      expect(lifted.stdout.trim()).toBe(String(MANY - 1));
      await until("one is left", () => inKernel().size === 1, SOON);
      expect([...inKernel()]).toEqual([first]);
      expect(told(/ERROR.*/g)).toEqual([]);
      await guard.end("TERM");
    }, 240_000);
  }

  test("one that the kernel refuses among a thousand fails by itself, is named, and is in force once the kernel takes it", async () => {
    jail("nftables");
    guard = await bench.run();
    failures(["198.51.100.1"]);
    await until("the set is there", () => inNft().size === 1);
    // somebody else's network, which no address may be put into
    bench.world.shSync("nft add element inet f2b-table addr-set-load '{ 198.19.3.0/30 }'");
    const ids = addresses(1000, 19);
    const bad = ["198.19.3.1", "198.19.3.3"];
    failures(ids);
    await until("the others are in the kernel", () => inNft().size === ids.length, SOON);
    await until("the bad ones are named", () => told(/ERROR.*Error banning/g).length === 2, SOON);
    for (const id of bad)
      expect(bench.log).toMatch(new RegExp(`ERROR.*Error banning ${id.replaceAll(".", "\\.")}`));
    expect([...inNft()].filter((id) => !id.includes("/")).toSorted()).toEqual(
      ["198.51.100.1", ...ids.filter((id) => !bad.includes(id))].toSorted(),
    );
    bench.world.shSync("nft delete element inet f2b-table addr-set-load '{ 198.19.3.0/30 }'");
    await until("they are made after all", () => bad.every((id) => inNft().has(id)), 30_000);
    await guard.end("TERM");
  }, 240_000);

  test(`a start with ${RESTORED} bans takes some dozen transactions, and all are in the kernel`, async () => {
    jail("nftables");
    guard = await bench.run();
    await guard.end("TERM");
    const ids = Array.from(
      { length: RESTORED },
      (_, n) => `10.${n >> 14}.${(n >> 7) & 127}.${(n & 127) * 2 + 1}`,
    );
    // SQLite would leave the world by a path that leads into it
    const folder = mkdtempSync(join(tmpdir(), "gaoler-bans-"));
    writeBans(join(folder, "bans.sqlite3"), ids);
    copyFileSync(join(folder, "bans.sqlite3"), bench.world.path(DATABASE));
    rmSync(folder, { recursive: true });
    const generation = async (): Promise<number> =>
      Number((await bench.world.run("python3", ["-c", GENERATION])).stdout);
    const before = await generation();
    guard = await bench.run();
    await until("all are in the kernel", () => inNft().size === RESTORED, SOON);
    expect((await generation()) - before).toBeLessThan(40);
    expect(inNft()).toEqual(new Set(ids));
    expect(told(/ERROR.*/g)).toEqual([]);
    const stop = await guard.end("TERM");
    expect(stop.code).toBe(0);
    expect(inNft().size).toBe(0);
  }, 240_000);

  test("a kept nft that is killed costs no ban", async () => {
    jail("nftables");
    guard = await bench.run();
    const ids = addresses(30);
    for (const [n, id] of ids.entries()) {
      failures([id]);
      await until(`${id} is in the kernel`, () => inNft().has(id));
      if (n % 10 === 5) {
        expect(keptTools()).toHaveLength(1);
        for (const pid of keptTools()) bench.world.shSync(`kill -KILL ${pid}`);
      }
    }
    expect(inNft().size).toBe(ids.length);
    expect(told(/ERROR.*/g)).toEqual([]);
    await guard.end("TERM");
    expect(keptTools()).toEqual([]);
  }, 120_000);

  test("an nft that is killed again and again in the midst of a burst costs no ban, and none is claimed that is not there", async () => {
    jail("nftables");
    guard = await bench.run();
    failures(["198.51.100.1"]);
    await until("the set is there", () => inNft().size === 1);
    const ids = addresses(MANY);
    let deaths = 0;
    for (let at = 0; at < ids.length; at += 200) {
      failures(ids.slice(at, at + 200));
      await new Promise((resolve) => setTimeout(resolve, 10));
      for (const pid of keptTools()) {
        bench.world.shSync(`kill -KILL ${pid} 2>/dev/null || true`);
        deaths += 1;
      }
    }
    await until("all are in the kernel", () => inNft().size === MANY + 1, SOON);
    expect(new Set(await listed())).toEqual(inNft());
    expect(deaths).toBeGreaterThan(0);
    expect(told(/ERROR.*/g)).toEqual([]);
    await guard.end("TERM");
  }, 120_000);

  test("bans and unbans of the same address keep their order among others", async () => {
    jail("nftables");
    guard = await bench.run();
    const ids = addresses(200);
    const [first = "", second = "", ...others] = ids;
    const words: [string, ...string[]][] = [
      ["banip", ...ids],
      ["unbanip", first],
      ["banip", first],
      ["unbanip", second],
      ["banip", second],
      ["unbanip", second],
    ];
    for (const each of words) await bench.client("set", "load", ...each);
    await until("all is done", () => inNft().size === others.length + 1, SOON);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(inNft().has(first)).toBe(true);
    expect(inNft().has(second)).toBe(false);
    expect(new Set(await listed())).toEqual(inNft());
    expect(told(/ERROR.*/g)).toEqual([]);
    await guard.end("TERM");
  }, 120_000);
});
