/**
 * gaoler in the foreground (what `npm start` runs) and in the background: the first screen, what it refuses, how it ends, and how it
 * takes a changed configuration.
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LOG } from "./bench.ts";
import { describeOnBench } from "./describe-on-bench.ts";
import { until } from "./world.ts";

const oracle = process.env["GAOLER_ORACLE"];
const hasOracle = oracle !== undefined && existsSync(join(oracle, "usr/bin/fail2ban-server"));
const LAUNCHER = join(import.meta.dirname, "../../bin/gaoler");
const NOBODY = ["--reuid=65534", "--regid=65534", "--clear-groups"];
const GOOD = "[good]\nenabled = true\n";

describeOnBench("gaoler on a machine", (bench) => {
  test("the first screen tells what was found and what a ban will do, then each thing as it happens", async () => {
    bench.jails(`${GOOD}bantime = 2\n[late]\nenabled = true\nlogpath = /var/log/late.log\n`);
    bench.world.shSync(`echo old >${LOG}; touch -d '3 hours ago' ${LOG}`);
    const guard = await bench.run();
    expect(guard.said).toMatch(/configuration +\/etc\/fail2ban\n/);
    expect(guard.said).toMatch(/firewall +nft; bans are real\n/);
    expect(guard.said).toContain("good: 3 failures in 10m → ban for 2s by nftables");
    expect(guard.said).toMatch(/test\.log: last written 3h/);
    expect(guard.said).toContain("/var/log/late.log: not there yet, waited for");
    expect(guard.said).toContain("2 of 2 jails run. Ctrl-C ends.");
    bench.attack("192.0.2.7");
    await guard.untilSaid(/good +failure +192\.0\.2\.7 \(2 of 3\)/);
    await guard.untilSaid(/good +BAN +192\.0\.2\.7 for 2s/);
    await guard.untilSaid(/good +done +192\.0\.2\.7 banned by nftables/);
    await guard.untilSaid(/good +UNBAN +192\.0\.2\.7 \(its time is over\)/);
    await guard.untilSaid(/good +done +192\.0\.2\.7 let go by nftables/);
    expect((await guard.end("INT")).code).toBe(0);
    expect(bench.rules()).toBe("");
  });

  test.each(["INT", "TERM"] as const)("SIG%s ends it with exit code 0 and leaves no rule", async (signal) => {
    bench.jails(GOOD);
    const guard = await bench.run();
    bench.attack("192.0.2.7");
    await bench.untilRule("192.0.2.7");
    expect((await guard.end(signal)).code).toBe(0);
    expect(bench.rules()).toBe("");
    expect(bench.world.shSync("ls /run/fail2ban")).toBe("");
  });

  test("an ordinary user gets a dry run that says so and writes nothing", async () => {
    bench.jails(GOOD);
    const before = bench.world.shSync(
      "find /etc/fail2ban /var /run /tmp -newermt '1 hour ago' -user 65534 2>/dev/null || true",
    );
    const guard = bench.startAs("setpriv", ...NOBODY, LAUNCHER, "run");
    await guard.untilSaid("Ctrl-C ends");
    expect(guard.said).toContain("dry run, nothing is banned: not root");
    expect(guard.said).toContain("good: 3 failures in 10m → would ban for 10m by nftables");
    bench.attack("192.0.2.7");
    await guard.untilSaid(/good +BAN +192\.0\.2\.7 would be banned for 10m/);
    expect((await guard.end("INT")).code).toBe(0);
    expect(bench.rules()).toBe("");
    const after = bench.world.shSync(
      "find /etc/fail2ban /var /run /tmp -newermt '1 hour ago' -user 65534 2>/dev/null || true",
    );
    expect(after).toBe(before);
  });

  test("without /etc/fail2ban it takes its own configuration with the jails whose services are there", async () => {
    bench.world.shSync("rm -rf /etc/fail2ban; mkdir -p /var/log/pure-ftpd; touch /var/log/auth.log");
    const guard = await bench.run();
    expect(guard.said).toContain("(ships with gaoler)");
    expect(guard.said).toContain("sshd: its log is here");
    expect(guard.said).not.toContain("apache-noscript:");
    expect((await guard.end("INT")).code).toBe(0);
  });

  test("a second gaoler is refused, in the foreground and in the background", async () => {
    bench.jails(GOOD);
    const first = await bench.run();
    const second = bench.start("run");
    expect((await second.end()).code).toBe(1);
    expect(second.said).toMatch(/a server answers on .*fail2ban\.sock already/);
    const third = await bench.world.gaoler(["start"]);
    expect([third.code, third.stderr]).toEqual([255, expect.stringContaining("Server already running")]);
    expect((await bench.client("ping")).stdout).toBe("Server replied: pong\n");
    expect((await first.end("INT")).code).toBe(0);
  });

  test.skipIf(!hasOracle)(
    `it refuses to start beside a fail2ban that answers${hasOracle ? "" : " (skipped: no fail2ban package)"}`,
    async () => {
      bench.jails(GOOD);
      const own = "[Definition]\nlogtarget = /var/log/real.log\ndbfile = None\n";
      bench.world.copy(join(oracle ?? "", "etc/fail2ban/fail2ban.conf"), "/etc/other/fail2ban.conf");
      bench.world.write("/etc/other/fail2ban.local", own);
      bench.world.write("/etc/other/jail.conf", "[DEFAULT]\nenabled = false\n");
      const real = bench.world.start(
        "/usr/bin/python3",
        [join(oracle ?? "", "usr/bin/fail2ban-server"), "-c", "/etc/other", "-f", "start"],
        { PYTHONPATH: join(oracle ?? "", "usr/lib/python3/dist-packages") },
      );
      await until("fail2ban answers", async () => (await bench.client("ping")).code === 0, 20_000);
      const guard = bench.start("run");
      expect((await guard.end()).code).toBe(1);
      expect(guard.said).toMatch(/a server answers on .*two would undo each other's bans/);
      real.kill("SIGTERM");
      await until("fail2ban is gone", async () => (await bench.client("ping")).code !== 0);
    },
  );

  test("a socket that a dead server left: start says so, start -x and run take it over", async () => {
    bench.jails(GOOD);
    const leave = `python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("${bench.socket}")'`;
    bench.world.shSync(leave);
    const refused = await bench.client("start");
    expect(refused.code).toBe(255);
    expect(refused.stderr).toContain("not running but the socket exists");
    const guard = await bench.run();
    expect(guard.said).toMatch(/warning +Removed the socket file/);
    expect(guard.said.match(/Removed the socket file/g)).toHaveLength(1);
    expect((await guard.end("INT")).code).toBe(0);
    bench.world.shSync(leave);
    expect((await bench.client("-x", "start")).code).toBe(0);
    expect((await bench.client("stop")).code).toBe(0);
  });

  test("in the background: start, status, reload, stop", async () => {
    bench.jails(`${GOOD}[going]\nenabled = true\n[steady]\nenabled = true\n`);
    expect(await bench.world.gaoler(["start"])).toMatchObject({ code: 0, stdout: "Server ready\n" });
    const jails = async (): Promise<unknown> => {
      const said: { jails: { name: string }[] } = JSON.parse(
        (await bench.world.gaoler(["status", "--json"])).stdout,
      );
      return said.jails.map(({ name }) => name).sort();
    };
    expect(await jails()).toEqual(["going", "good", "steady"]);
    expect((await bench.world.gaoler(["status"])).stdout).toMatch(
      /^JAIL .*\ngoing +running .*\ngood +running .*\nsteady +running .*\n$/,
    );
    const own = await bench.world.gaoler(["ban", "good", "192.0.2.99", "127.0.0.1"]);
    expect([own.code, own.stdout, own.stderr]).toEqual([1, "", expect.stringContaining("own address")]);
    expect((await bench.world.gaoler(["banned"])).stdout).toBe("nobody is banned\n");
    bench.attack("192.0.2.7");
    await bench.untilBanned("good", "192.0.2.7");
    await bench.untilBanned("going", "192.0.2.7");

    bench.jails(`${GOOD}bantime = 77\n[coming]\nenabled = true\n[steady]\nenabled = true\n`);
    expect(await bench.world.gaoler(["reload"])).toMatchObject({ code: 0, stdout: "OK\n" });
    expect(await jails()).toEqual(["coming", "good", "steady"]);
    expect((await bench.world.gaoler(["get", "good", "bantime"])).stdout).toBe("77\n");
    expect((await bench.client("get", "good", "banned", "192.0.2.7")).stdout).toBe("1\n");
    await until("the rules of the jail that went are gone", () => !bench.rules().includes("addr-set-going"));
    expect(bench.rules()).toContain("addr-set-good");

    bench.world.write(
      "/etc/fail2ban/filter.d/broken.conf",
      "[Definition]\nfailregex = broken (from <HOST>\n",
    );
    bench.jails(
      `${GOOD}bantime = 88\nfilter = broken\n[coming]\nenabled = true\nbantime = 99\n[steady]\nenabled = true\nbantime = soon\n`,
    );
    const half = await bench.world.gaoler(["reload"]);
    expect(half.code).toBe(255);
    expect(half.stdout + half.stderr).toContain("still running as before: good, steady");
    expect((await bench.client("get", "good", "bantime")).stdout).toBe("77\n");
    expect((await bench.client("get", "steady", "bantime")).stdout).toBe("600\n");
    expect((await bench.client("get", "coming", "bantime")).stdout).toBe("99\n");
    expect(bench.log).toMatch(/\[good\] .*broken.*now: the jail runs on as it was before the reload/);
    bench.attack("192.0.2.8");
    await bench.untilBanned("good", "192.0.2.8");

    expect(await bench.world.gaoler(["stop"])).toMatchObject({ code: 0, stdout: "Shutdown successful\n" });
    await until("the pid file is gone", () => bench.world.shSync("ls /run/fail2ban") === "");
    expect(bench.rules()).toBe("");
    expect((await bench.world.gaoler(["ping"])).code).toBe(1);
  });

  test("-t and -d say what is configured and start nothing", async () => {
    bench.jails(GOOD);
    expect(await bench.client("-t")).toMatchObject({
      code: 0,
      stdout: "OK: configuration test is successful\n",
    });
    const dump = await bench.client("-d");
    expect(dump.code).toBe(0);
    expect(dump.stdout).toContain("['add', 'good', 'auto']");
    expect(dump.stdout).toContain(`['set', 'good', 'addlogpath', '${LOG}', 'head']`);
    expect(dump.stdout.trimEnd().endsWith("['start', 'good']")).toBe(true);
    bench.jails(`${GOOD}filter = there-is-none\n`);
    const bad = await bench.client("-t");
    expect(bad.code).toBe(255);
    expect(bad.stdout + bad.stderr).toContain("there-is-none");
  });

  test.each([
    ["root", []],
    ["an ordinary user", ["setpriv", ...NOBODY]],
  ])(
    "the demonstration for %s shows a ban and its end, and leaves the machine as it was",
    async (_, prefix) => {
      const [command = LAUNCHER, ...args] = [...prefix, LAUNCHER, "demo"];
      const before = bench.rules();
      const said = await bench.world.run(command, args, { NO_COLOR: "1" });
      expect([said.code, said.stderr]).toEqual([0, ""]);
      expect(said.stdout).toMatch(/failure +192\.0\.2\.77 \(4 of 4\)/);
      expect(said.stdout).toMatch(/BAN +192\.0\.2\.77/);
      expect(said.stdout).toMatch(/UNBAN +192\.0\.2\.77 \(its time is over\)/);
      expect(bench.rules()).toBe(before);
    },
  );
});
