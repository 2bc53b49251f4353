/**
 * Each way of watching logs, end to end: it bans, in time, and a rotation in the middle of an attack neither loses nor repeats a line.
 * @module
 */
import { closeSync, copyFileSync, existsSync, openSync, renameSync, truncateSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Bench, failure, type Guard, LOG } from "./bench.ts";
import { describeOnBench } from "./describe-on-bench.ts";
import { until } from "./world.ts";

const JOURNAL_WRITER = [
  "/usr/lib/systemd/systemd-journal-remote",
  "/lib/systemd/systemd-journal-remote",
].find((path) => existsSync(path));
const lacksJournal = [
  ...(JOURNAL_WRITER === undefined ? ["systemd-journal-remote"] : []),
  ...(existsSync("/usr/bin/journalctl") ? [] : ["journalctl"]),
];
const withoutJournal = lacksJournal.length === 0 ? "" : ` (skipped: no ${lacksJournal.join(", ")})`;

/** Milliseconds from writing a line to the word of it on the screen. */
async function latency(bench: Bench, guard: Guard, from: string): Promise<number> {
  const begun = performance.now();
  bench.attack(from, { times: 1 });
  while (!guard.said.includes(from)) {
    if (performance.now() - begun > 10_000) throw new Error(`${from} is not seen\n${guard.said}`);
    await sleep(5);
  }
  return performance.now() - begun;
}

/** An entry in the journal's export format. */
function entry(message: string, fields: readonly string[] = []): string {
  const now = BigInt(Date.now()) * 1000n;
  const lines = [
    `__REALTIME_TIMESTAMP=${now}`,
    `__MONOTONIC_TIMESTAMP=${now % 1_000_000_000n}`,
    "_BOOT_ID=0123456789abcdef0123456789abcdef",
    "_MACHINE_ID=0123456789abcdef0123456789abcdef",
    "_HOSTNAME=host",
    "SYSLOG_IDENTIFIER=guarded",
    "_PID=77",
    ...fields,
    `MESSAGE=${message}`,
  ];
  return `${lines.join("\n")}\n\n`;
}

describeOnBench("backends", (bench) => {
  test.each([
    ["auto", 1000],
    ["pyinotify", 1000],
    ["gamin", 1000],
    ["polling", 1500],
  ])("%s: a line in the log is a rule in the kernel within %i ms", async (backend, limitMs) => {
    bench.jails(`[good]\nenabled = true\nbackend = ${backend}\n`);
    const guard = await bench.run();
    expect(guard.said.includes("'gamin' is no longer supported; log files are watched")).toBe(
      backend === "gamin",
    );
    const begun = performance.now();
    bench.attack("192.0.2.7");
    await guard.untilSaid(/done +192\.0\.2\.7 banned by nftables/);
    expect(performance.now() - begun).toBeLessThan(limitMs);
    expect(bench.rules()).toContain("192.0.2.7");
    expect((await guard.end("INT")).code).toBe(0);
  });

  test("polling looks at least twice a second, and inotify tells at once", async () => {
    for (const [backend, worst, median] of [
      ["polling", 700, 500],
      ["pyinotify", 400, 100],
    ] as const) {
      bench.jails(`[good]\nenabled = true\nbackend = ${backend}\n`);
      const guard = await bench.run();
      const times: number[] = [];
      for (let host = 0; host < 9; host += 1) {
        times.push(await latency(bench, guard, `192.0.2.${100 + host}`));
        await sleep(37 * host);
      }
      times.sort((a, b) => a - b);
      expect(times.at(-1), backend).toBeLessThan(worst);
      expect(times[4], backend).toBeLessThan(median);
      await guard.end("INT");
    }
  });

  test.each([
    ["pyinotify", "rename"],
    ["polling", "rename"],
    ["pyinotify", "copytruncate"],
    ["polling", "copytruncate"],
  ] as const)("%s: rotations by %s during an attack lose and repeat nothing", async (backend, kind) => {
    bench.jails(`[good]\nenabled = true\nbackend = ${backend}\nmaxretry = 100000\naction =\n`);
    const guard = await bench.run();
    const path = bench.world.path(LOG);
    const count = 400;
    const id = (n: number): string => `10.1.${n >> 8}.${n & 255}`;
    let file = openSync(path, "a");
    for (let n = 0; n < count; n += 1) {
      const line = `${failure(id(n))}\n`;
      // half lines too: the rest comes a moment later
      const cut = n % 7 === 0 ? 25 : line.length;
      writeSync(file, line.slice(0, cut));
      if (cut < line.length) {
        await sleep(3);
        writeSync(file, line.slice(cut));
      }
      // slow enough for polling to see each file while it grows: what comes and goes between two looks is not there
      await sleep(6);
      if (n % 100 !== 99) continue;
      if (kind === "rename") {
        renameSync(path, `${path}.1`);
        // the service has not noticed yet
        writeSync(file, `${failure(`10.2.0.${(n + 1) / 100}`)}\n`);
        await sleep(20);
        closeSync(file);
        file = openSync(path, "a");
      } else {
        copyFileSync(path, `${path}.1`);
        truncateSync(path);
      }
      // a service that reopens its log goes on a moment later
      await sleep(300);
    }
    closeSync(file);
    await until(`the last line is found\n${guard.said.slice(-500)}`, () =>
      bench.log.includes(`Found ${id(count - 1)} `),
    );
    const found = [...bench.log.matchAll(/Found (10\.1\.\S+) /g)].map(([, ip]) => ip);
    const expected = Array.from({ length: count }, (_, n) => id(n));
    expect(found.length).toBe(new Set(found).size);
    expect([...found].sort()).toEqual(expected.sort());
    if (kind === "rename") expect(bench.log.match(/Found 10\.2\.0/g)).toHaveLength(count / 100);
    await guard.end("INT");
  });

  test.skipIf(lacksJournal.length > 0)(
    `systemd: what arrives in the journal bans, what does not match does not${withoutJournal}`,
    async () => {
      bench.world.shSync("mkdir -p /var/log/journal-test");
      const writer = bench.world.start(
        "sh",
        ["-c", `exec ${JOURNAL_WRITER} -o /var/log/journal-test/test.journal -`],
        {},
        "pipe",
      );
      const journal = writer.stdin;
      if (journal === null) throw new Error("the journal cannot be written");
      journal.write(entry("an ordinary line"));
      await until("the journal is there", () =>
        bench.world.shSync("ls /var/log/journal-test").includes("test.journal"),
      );
      bench.jails(
        "[good]\nenabled = true\nbackend = systemd[journalpath=/var/log/journal-test]\njournalmatch = SYSLOG_IDENTIFIER=guarded\n",
      );
      const guard = await bench.run();
      expect(guard.said).toContain("the journal: SYSLOG_IDENTIFIER=guarded");
      for (let n = 0; n < 3; n += 1) {
        journal.write(entry("fail from 192.0.2.7"));
        journal.write(entry("fail from 192.0.2.8").replace("IDENTIFIER=guarded", "IDENTIFIER=other"));
      }
      await guard.untilSaid(/good +done +192\.0\.2\.7 banned by nftables/);
      expect(guard.said).not.toContain("192.0.2.8");
      expect((await guard.end("INT")).code).toBe(0);
      expect(bench.rules()).toBe("");
      writer.kill("SIGTERM");
    },
  );

  test("systemd without journalctl: it is told, and the other jails run", async () => {
    bench.jails("[journal]\nenabled = true\nbackend = systemd\n[good]\nenabled = true\n");
    if (existsSync("/usr/bin/journalctl")) bench.take("/usr/bin/journalctl");
    const guard = await bench.run();
    bench.restore();
    expect(guard.said).toContain("[journal] Failed to initialize any backend for Jail 'journal'");
    expect(guard.said).toMatch(/^not running: journal$/m);
    bench.attack("192.0.2.7");
    await guard.untilSaid(/good +done +192\.0\.2\.7 banned by nftables/);
    expect((await guard.end("INT")).code).toBe(0);
  });
});
