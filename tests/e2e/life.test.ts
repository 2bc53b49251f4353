/**
 * The daemon's life in the background: signals at bad moments, sockets of the dead, a second instance, and a long day of reloads and
 * bans after which everything is where it was.
 * @module
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { failure, LOG } from "./bench.ts";
import { describeOnBench } from "./describe-on-bench.ts";
import { until } from "./world.ts";

const LAUNCHER = join(import.meta.dirname, "../../bin/gaoler");
const GOOD = "[good]\nenabled = true\n";
/** Bans, and as many unbans, of the long day. */
const BANS = Number(process.env["GAOLER_LIFE_BANS"] ?? 1000);
const RELOADS = 100;
/** As many at once as a client may well name. */
const BATCH = 100;
const LONG_MS = 120_000 + BANS * 100;

describeOnBench("the life of a daemon", (bench) => {
  afterEach(async () => {
    const pid = daemonPid();
    if (pid !== undefined) await end("KILL");
  });

  function daemonPid(): number | undefined {
    const text = bench.world.read("/run/fail2ban/fail2ban.pid").trim();
    return text === "" || !isAlive(Number(text)) ? undefined : Number(text);
  }

  function isAlive(pid: number): boolean {
    try {
      return /^State:\s+[^Z]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
      return false;
    }
  }

  async function start(...options: string[]): Promise<number> {
    const said = await bench.client(...options, "start");
    expect(said).toMatchObject({ code: 0, stdout: "Server ready\n" });
    return daemonPid() ?? expect.fail("no daemon");
  }

  async function end(signal: NodeJS.Signals | "KILL" | "TERM"): Promise<void> {
    const pid = daemonPid() ?? expect.fail("no daemon");
    process.kill(pid, `SIG${signal}` as NodeJS.Signals);
    await until("the daemon ends", () => !isAlive(pid), 20_000);
  }

  /** The addresses that the database holds for a jail. */
  function stored(): string[] {
    const query =
      "import sqlite3; print(*[r[0] for r in sqlite3.connect('/var/lib/fail2ban/fail2ban.sqlite3').execute('select ip from bips order by ip')], sep='\\n')";
    return bench.world
      .shSync(`python3 -c "${query}"`)
      .trim()
      .split("\n")
      .filter((line) => line !== "");
  }

  function inFirewall(): string[] {
    return (bench.rules().match(/192\.0\.2\.\d+/g) ?? []).sort();
  }

  test("SIGTERM in the middle of a burst: no rule stays, the database has the bans, a start brings them back", async () => {
    const attackers = Array.from({ length: 60 }, (_, n) => `192.0.2.${n + 1}`);
    bench.jails(GOOD);
    await start();
    const line = (id: string): string => `${failure(id)}\n`;
    bench.world.append(LOG, attackers.map((id) => line(id).repeat(3)).join(""));
    await until("the burst begins", () => inFirewall().length > 3);
    await end("TERM");
    expect(bench.rules()).toBe("");
    expect(bench.world.shSync("ls /run/fail2ban")).toBe("");
    const banned = new Set(Array.from(bench.log.matchAll(/\[good\] Ban (\S+)/g), ([, id]) => id ?? ""));
    expect(banned.size).toBeGreaterThan(3);
    const kept = stored();
    expect(kept).toEqual(expect.arrayContaining([...banned]));
    expect(bench.log.trimEnd()).toMatch(/Exiting Fail2ban$/);

    await start();
    await until("all are banned", () => inFirewall().length === attackers.length, 30_000);
    expect(inFirewall()).toEqual(attackers.toSorted());
    for (const id of kept) expect(bench.log).toContain(`[good] Restore Ban ${id}\n`);
    // each line counted once, whichever of the two daemons read it
    for (const id of attackers) {
      expect([id, bench.log.split(`[good] Found ${id} `).length - 1]).toEqual([id, 3]);
      expect([id, bench.log.split(`[good] Ban ${id}\n`).length - 1]).toEqual([id, 1]);
    }
    await end("TERM");
    expect(bench.rules()).toBe("");
  });

  test("SIGHUP is nothing to it; SIGUSR1 opens the log anew, as a rotation needs", async () => {
    bench.jails(GOOD);
    const pid = await start();
    process.kill(pid, "SIGHUP");
    bench.world.shSync("mv /var/log/fail2ban.log /var/log/fail2ban.log.1");
    process.kill(pid, "SIGUSR1");
    await until("the new log is there", () =>
      bench.log.includes("rollover performed on /var/log/fail2ban.log"),
    );
    bench.attack("192.0.2.7");
    await bench.untilRule("192.0.2.7");
    expect(bench.log).toContain("[good] Ban 192.0.2.7");
    expect(bench.world.read("/var/log/fail2ban.log.1")).not.toContain("192.0.2.7");
    bench.world.shSync("mv /var/log/fail2ban.log /var/log/fail2ban.log.1");
    expect((await bench.client("flushlogs")).stdout).toBe("logs: rolled over\n");
    expect(bench.log).toContain("rollover performed on");
    expect(daemonPid()).toBe(pid);
  });

  test("the socket of a daemon that was killed is in the way of a start, not of start -x", async () => {
    bench.jails(GOOD);
    await start();
    bench.attack("192.0.2.7");
    await bench.untilRule("192.0.2.7");
    await end("KILL");
    const refused = await bench.client("start");
    expect(refused.code).toBe(255);
    expect(refused.stderr).toContain(
      "Fail2ban seems to be in unexpected state (not running but the socket exists)",
    );
    await start("-x");
    await until("the ban is there, once", () => inFirewall().join() === "192.0.2.7");
    expect((await bench.client("stop")).code).toBe(0);
  });

  test("a second instance is refused in every way, and the first goes on", async () => {
    bench.jails(GOOD);
    const pid = await start();
    for (const words of [
      ["client", "start"],
      ["server", "start"],
      ["server", "-x", "start"],
      ["server", "-xf", "start"],
    ]) {
      const said = await bench.world.gaoler(words);
      expect([words, said.code, said.stderr]).toEqual([
        words,
        255,
        expect.stringContaining("Server already running"),
      ]);
    }
    expect(daemonPid()).toBe(pid);
    bench.attack("192.0.2.7");
    await bench.untilBanned("good", "192.0.2.7");
  });

  test("in the foreground SIGHUP ends it in order, as a terminal that closes does", async () => {
    bench.jails(GOOD);
    const guard = bench.start("server", "-f", "start");
    const pid = await until(
      "it answers",
      async () => (await bench.client("ping")).code === 0 && daemonPid(),
      20_000,
    );
    bench.attack("192.0.2.7");
    await bench.untilRule("192.0.2.7");
    process.kill(Number(pid), "SIGHUP");
    expect((await guard.end()).code).toBe(0);
    expect(bench.rules()).toBe("");
  });

  test("a user of its own with two capabilities bans by nftables, as the drop-in for native actions has it", async () => {
    bench.jails(`${GOOD}`);
    bench.world.shSync(
      `chmod 600 ${LOG}; mkdir -p /var/lib/fail2ban; chown 65534:65534 /run/fail2ban /var/lib/fail2ban`,
    );
    const caps = "+net_admin,+dac_read_search";
    const guard = bench.startAs(
      "setpriv",
      ...["--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"],
      ...[`--inh-caps=-all,${caps}`, `--ambient-caps=-all,${caps}`, `--bounding-set=-all,${caps}`],
      ...[LAUNCHER, "server", "--logtarget", "SYSOUT", "-xf", "start"],
    );
    await until("it answers", async () => (await bench.client("ping")).code === 0, 20_000).catch(
      (error: unknown) => {
        throw new Error(
          `${String(error)}\n${guard.said}${bench.world.shSync("ls -la /run/fail2ban /var/lib/fail2ban")}`,
        );
      },
    );
    bench.attack("192.0.2.7");
    await bench.untilRule("192.0.2.7");
    expect((await bench.client("set", "good", "unbanip", "192.0.2.7")).stdout).toBe("1\n");
    await until("it is let go", () => inFirewall().length === 0);
    expect((await bench.client("stop")).code).toBe(0);
    expect((await guard.end()).code).toBe(0);
    expect(guard.said).toContain("[good] Ban 192.0.2.7");
    expect(guard.said).not.toMatch(/ERROR|CRITICAL/);
    expect(bench.rules()).toBe("");
  });

  /** What a daemon holds: descriptors by kind, child processes, lines of the ruleset. */
  function holdings(pid: number): { descriptors: Record<string, number>; children: number; rules: string } {
    const descriptors: Record<string, number> = {};
    for (const number of readdirSync(`/proc/${pid}/fd`)) {
      try {
        // numbers and random parts of names are not the same each time
        const kind = readlinkSync(`/proc/${pid}/fd/${number}`).replace(
          /\[\d+\]|\d+$|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g,
          "",
        );
        descriptors[kind] = (descriptors[kind] ?? 0) + 1;
      } catch {
        // closed meanwhile
      }
    }
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      .split(" ")
      .filter((one) => one !== "");
    return { descriptors, children: children.length, rules: bench.rules() };
  }

  function residentMib(pid: number): number {
    const [, kib = "0"] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Math.round(Number(kib) / 1024);
  }

  /** Gives the client many commands at once, as somebody with a script does. @returns its answers, one a line */
  async function converse(commands: readonly string[], answer: string): Promise<void> {
    bench.world.write("/run/commands", `${commands.join("\n")}\nquit\n`);
    const script = `'${LAUNCHER}' client -i </run/commands | sed 's/^\\(fail2ban> \\)*//'`;
    const client = bench.world.start("sh", ["-c", script]);
    let said = "";
    client.stdout?.on("data", (data: Buffer) => {
      said += data.toString();
    });
    await until("the client is done", () => client.exitCode !== null, LONG_MS);
    expect(said.split("\n").filter((line) => line === answer)).toHaveLength(commands.length);
  }

  test(`after ${RELOADS} reloads and ${BANS} bans and unbans it holds what it held before`, {
    timeout: LONG_MS,
  }, async () => {
    bench.jails(GOOD);
    const pid = await start();
    const batches = Array.from({ length: Math.ceil(BANS / BATCH) }, (_, batch) =>
      Array.from(
        { length: Math.min(BATCH, BANS - batch * BATCH) },
        (_, n) => `10.${batch >> 8}.${batch & 255}.${n + 1}`,
      ),
    );
    // the first of everything may open what stays open
    await converse(["set good banip 192.0.2.1", "set good unbanip 192.0.2.1"], "1");
    await converse(["reload"], "OK");
    const before = holdings(pid);
    const memory = [residentMib(pid)];
    await converse(Array<string>(RELOADS).fill("reload"), "OK");
    memory.push(residentMib(pid));
    for (const ids of batches) {
      const words = ids.join(" ");
      await converse([`set good banip ${words}`, `set good unbanip ${words}`], String(ids.length));
    }
    memory.push(residentMib(pid));
    await until("all commands have ended", () => holdings(pid).children === before.children);
    expect(holdings(pid)).toEqual(before);
    expect(bench.log.match(/\[good\] Ban /g)).toHaveLength(BANS + 1);
    expect(bench.log.match(/\[good\] Unban /g)).toHaveLength(BANS + 1);
    expect(bench.log).not.toMatch(/ (?:ERROR|CRITICAL) /);
    process.stdout.write(`resident MiB before, after the reloads, after the bans: ${memory.join(", ")}\n`);
    // a leak of a kilobyte a ban or of a megabyte a reload would be seen; what the collector leaves lying about is not
    expect(Math.max(...memory)).toBeLessThan((memory[0] ?? 0) + 100 + BANS / 200);
    expect((await bench.client("stop")).code).toBe(0);
    expect(bench.rules()).toBe("");
  });
});
