/**
 * Odd surroundings: more jails and files than a kernel has inotify instances for, logs that are no files or not there, and actions
 * that do what no action should. Whatever it is, the other jails ban, and the stop is prompt and whole.
 * @module
 */
import { readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { failure, type Guard, LOG } from "./bench.ts";
import { describeOnBench } from "./describe-on-bench.ts";
import { until } from "./world.ts";

const LAUNCHER = join(import.meta.dirname, "../../bin/gaoler");
/** More than the 128 inotify instances that a user has as a rule. */
const JAILS = 150;
const FILES = 300;

describeOnBench("odd worlds", (bench) => {
  const logOf = (jail: string): string => `/var/log/${jail}.log`;

  /** Watches by inotify that the daemon has, each of which is an instance of the kernel's. */
  function instances(): number {
    const pid = bench.world.read("/run/fail2ban/fail2ban.pid").trim();
    return readdirSync(`/proc/${pid}/fd`).filter((number) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${number}`).includes("inotify");
      } catch {
        return false;
      }
    }).length;
  }

  async function untilInRules(jail: string, id: string): Promise<void> {
    await until(`${jail} bans ${id}`, () => bench.rules().includes(id), 30_000);
  }

  async function endsInOrder(guard: Guard, limitMs = 30_000): Promise<void> {
    const { code, tookMs } = await guard.end("INT");
    expect([code, bench.rules()]).toEqual([0, ""]);
    expect(tookMs).toBeLessThan(limitMs);
  }

  test(`${JAILS} jails with a log each and one with ${FILES} files: a few instances of inotify, and each jail bans`, async () => {
    const jails = Array.from({ length: JAILS }, (_, n) => `jail${n}`);
    const own = jails.map(
      (jail) => `[${jail}]\nenabled = true\nbackend = pyinotify\nlogpath = ${logOf(jail)}\n`,
    );
    bench.jails(
      `${own.join("")}[many]\nenabled = true\nbackend = pyinotify\nlogpath = /var/log/many/*.log\n`,
    );
    for (const jail of jails) bench.world.write(logOf(jail), "");
    for (let n = 0; n < FILES; n += 1) bench.world.write(`/var/log/many/${n}.log`, "");
    const guard = bench.start("run");
    await guard.untilSaid("Ctrl-C ends", 120_000);
    expect(instances()).toBeLessThan(10);
    for (const n of [0, 77, JAILS - 1]) {
      bench.attack(`192.0.2.${n + 1}`, { log: logOf(`jail${n}`) });
      await untilInRules(`jail${n}`, `192.0.2.${n + 1}`);
    }
    for (const [n, file] of [0, 128, FILES - 1].entries()) {
      bench.attack(`198.51.100.${n + 1}`, { log: `/var/log/many/${file}.log` });
      await untilInRules("many", `198.51.100.${n + 1}`);
    }
    bench.attack("198.51.100.9", { log: "/var/log/many/new.log" });
    await untilInRules("many", "198.51.100.9");
    expect(guard.said).not.toMatch(/EMFILE|ENOSPC|polled instead/);
    await endsInOrder(guard, 60_000);
  }, 300_000);

  test.each<[what: string, prepare: string, told: RegExp, repair: string]>([
    ["a directory", "mkdir PATH", /Unable to read log file 'PATH': .*directory/, "rmdir PATH; touch PATH"],
    ["a FIFO", "mkfifo PATH", /Unable to read log file 'PATH': /, "rm PATH; touch PATH"],
    ["a device", "mknod PATH c 1 5", /Unable to read log file 'PATH': /, "rm PATH; touch PATH"],
    [
      "a dangling link",
      "ln -s elsewhere.log PATH",
      /Log file 'PATH' does not exist yet/,
      "touch /var/log/elsewhere.log",
    ],
    ["missing", "true", /Log file 'PATH' does not exist yet/, "touch PATH"],
    [
      "in a directory that is missing",
      "rm -rf /var/log/app",
      /'PATH' does not exist yet/,
      "mkdir /var/log/app",
    ],
    [
      "unreadable, as its link leads into itself,",
      "ln -s PATH PATH",
      /Unable to read log file 'PATH': /,
      "rm PATH; touch PATH",
    ],
  ])(
    "a log that is %s is told and read once it is a file, and holds up no other jail",
    async (what, prepare, told, repair) => {
      const path = what.startsWith("in a directory") ? "/var/log/app/odd.log" : "/var/log/odd.log";
      const filled = (text: string): string => text.replaceAll("PATH", path);
      for (const backend of ["polling", "pyinotify"]) {
        bench.clean();
        bench.jails(
          `[good]\nenabled = true\n[odd]\nenabled = true\nbackend = ${backend}\nlogpath = ${path}\n`,
        );
        bench.world.shSync(filled(prepare));
        const guard = await bench.run();
        const pattern = new RegExp(filled(told.source).replaceAll("\\/", "/"));
        await until(`it says ${pattern}`, () => pattern.test(guard.said + bench.log));
        bench.attack("192.0.2.7");
        await bench.untilRule("192.0.2.7");
        bench.world.shSync(filled(repair));
        bench.attack("192.0.2.8", { log: path });
        await untilInRules("odd", "192.0.2.8");
        await endsInOrder(guard);
      }
    },
    120_000,
  );

  test("a log that may not be read for a while is told, and read where it was left once it may", async () => {
    bench.jails("[good]\nenabled = true\nbackend = polling\n");
    bench.world.shSync(
      `chmod 600 ${LOG}; mkdir -p /var/lib/fail2ban; chown 65534:65534 /run/fail2ban /var/lib/fail2ban`,
    );
    const guard = bench.startAs(
      "setpriv",
      ...["--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"],
      ...["--inh-caps=-all,+net_admin", "--ambient-caps=-all,+net_admin", "--bounding-set=-all,+net_admin"],
      ...[LAUNCHER, "server", "--logtarget", "SYSOUT", "-xf", "start"],
    );
    await guard.untilSaid(`Unable to read log file '${LOG}': `, 20_000);
    bench.attack("192.0.2.7");
    bench.world.shSync(`chmod 644 ${LOG}`);
    await bench.untilRule("192.0.2.7");
    bench.attack("192.0.2.8", { times: 2 });
    await guard.untilSaid("Found 192.0.2.8");
    bench.world.shSync(`mv ${LOG} ${LOG}.1; (umask 077; echo "${failure("192.0.2.8")}" >${LOG})`);
    await guard.untilSaid(new RegExp(`Unable to read log file '${LOG}'[^]*Unable to read log file '${LOG}'`));
    bench.world.shSync(`chmod 644 ${LOG}`);
    await bench.untilRule("192.0.2.8");
    expect((await bench.client("stop")).code).toBe(0);
    expect((await guard.end()).code).toBe(0);
    expect(guard.said.match(/Found 192\.0\.2\.8/g)).toHaveLength(3);
  }, 60_000);

  test("actions that fork a daemon, ignore TERM, flood, or fail each time: others ban, and a stop leaves nothing but the daemon", async () => {
    const oddities: Readonly<Record<string, string>> = {
      forking: "sleep 1003 & echo <ip> >>/var/log/forked",
      flooding: "head -c 5000000 /dev/zero | tr '\\0' x; echo <ip> >>/var/log/flooded",
      failing: "echo it never works >&2; exit 3",
      deaf: "trap '' TERM; echo <ip> >>/var/log/deaf; while :; do sleep 1004; done",
    };
    const names = Object.keys(oddities);
    for (const [name, command] of Object.entries(oddities)) {
      bench.world.write(
        `/etc/fail2ban/action.d/${name}.conf`,
        `[Definition]\nactionban = ${command}\nactionunban =\n[Init]\ntimeout = ${name === "deaf" ? 3 : 60}\n`,
      );
    }
    const odd = names.map((name) => `         ${name}\n`).join("");
    bench.jails(`[odd]\nenabled = true\naction = nftables[port=22]\n${odd}`);
    const guard = await bench.run();
    for (const id of ["192.0.2.7", "192.0.2.8"]) {
      bench.attack(id);
      await bench.untilRule(id);
    }
    for (const log of ["forked", "flooded", "deaf"]) {
      await until(`both are ${log}`, () => bench.world.read(`/var/log/${log}`).includes("192.0.2.8"), 40_000);
    }
    await guard.untilSaid("Failed to execute ban jail 'odd' action 'failing'");
    await guard.untilSaid(/deaf.*[Tt]imed? ?out/s, 20_000);
    const left = (what: string): string => bench.world.shSync(`pgrep -f '[s]leep ${what}' || true`);
    expect(left("1003").trim().split("\n")).toHaveLength(2);
    await endsInOrder(guard);
    expect(left("1004")).toBe("");
    expect(guard.said.length).toBeLessThan(100_000);
  }, 120_000);
});
