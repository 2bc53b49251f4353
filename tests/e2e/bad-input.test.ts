/**
 * What bad input gets: a message that says where and what happens now, while the other jails run and nothing is lost.
 * @module
 */
import { expect, test } from "vitest";
import { failure, LOG } from "./bench.ts";
import { describeOnBench } from "./describe-on-bench.ts";
import { until } from "./world.ts";

const JAILS = "/etc/fail2ban/jail.local";

describeOnBench("bad input", (bench) => {
  test("mistakes in many jails at once: each is told with its place, and the good ones run", async () => {
    const filter = (name: string, text: string): void =>
      bench.world.write(`/etc/fail2ban/filter.d/${name}.conf`, text);
    filter("half-bad", "[Definition]\nfailregex = broken (from <HOST>\n            fail from <HOST>$\n");
    filter("bad-prefix", "[Definition]\nprefregex = ^(<F-CONTENT>.+</F-CONTENT>$\nfailregex = from <HOST>\n");
    filter("loop", "[INCLUDES]\nbefore = loop-2.conf\n[Definition]\nfailregex = fail from <HOST>$\n");
    filter("loop-2", "[INCLUDES]\nbefore = loop.conf\n");
    bench.world.shSync("mkdir /var/log/directory.log; mkfifo /var/log/fifo.log");
    bench.jails(
      [
        "[good]\nenabled = true",
        "[late]\nenabled = true\nlogpath = /var/log/late.log",
        "[directory]\nenabled = true\nlogpath = /var/log/directory.log",
        "[fifo]\nenabled = true\nlogpath = /var/log/fifo.log",
        "[no-filter]\nenabled = true\nfilter = there-is-none",
        "[no-action]\nenabled = true\naction = there-is-none",
        "[half-bad]\nenabled = true\nfilter = half-bad",
        "[bad-prefix]\nenabled = true\nfilter = bad-prefix",
        "[bad-times]\nenabled = true\nbantime = ten minutes\nfindtime = 1x",
        "[bad-count]\nenabled = true\nmaxretry = many",
        "[bad-backend]\nenabled = true\nbackend = carrier-pigeon",
        "[bad-ignore]\nenabled = true\nignoreip = 192.0.2.0/99 300.1.1.1/24 192.0.2.1/255.0.255.0 192.0.2.99",
        "[loop]\nenabled = true\nfilter = loop",
        "",
      ].join("\n"),
    );
    const guard = await bench.run();
    const said = guard.said;
    const told = (line: string, ...texts: string[]): void => {
      const at = bench.world.read(JAILS).split("\n").indexOf(line) + 1;
      const place = new RegExp(`^${JAILS}:${at}:\\d+: (?:error|warning|notice): (.*\\n(?: .*\\n)*)`, "m");
      const message = place.exec(said)?.[1] ?? "";
      for (const text of texts) expect(message, `${line}\n${said}`).toContain(text);
    };
    told("logpath = /var/log/late.log", "[late]", "there is no log file", "now: the daemon waits for it");
    told("filter = there-is-none", "[no-filter]", "Unable to read the filter", "now: the jail is left out");
    told("action = there-is-none", "[no-action]", "Unable to read action", "now: the jail is left out");
    told("bantime = ten minutes", "[bad-times]", "'bantime' cannot be taken", "now: the default 600 holds");
    told("findtime = 1x", "[bad-times]", "'findtime' cannot be taken", "now: the default 600 holds");
    told("maxretry = many", "[bad-count]", "needs a whole number", "now: the default");
    told("backend = carrier-pigeon", "[bad-backend]", "Unknown backend", "now: the jail is left out");
    told(
      "ignoreip = 192.0.2.0/99 300.1.1.1/24 192.0.2.1/255.0.255.0 192.0.2.99",
      "[bad-ignore]",
      "'192.0.2.0/99' has a prefix longer than 32",
      "now: only 192.0.2.0 is ignored",
    );
    expect(said).toContain("'300.1.1.1/24' is no network");
    expect(said).toContain("invalid mask '255.0.255.0'");
    expect(said).toMatch(/half-bad\.conf:2:13: error: \[half-bad\] .*position 7/);
    expect(said).toMatch(/bad-prefix\.conf:2:13: error: \[bad-prefix\] /);
    expect(said).toMatch(/loop-2\.conf:2:10: warning: .*loop\.conf is included by what it includes/);
    expect(said).toContain("'/var/log/directory.log': it is a directory");
    expect(said).toContain("'/var/log/fifo.log': it is not a regular file");
    expect(said).toMatch(/^not running: no-filter, no-action, bad-prefix, bad-backend$/m);
    expect(said).toContain("9 of 13 jails run");

    bench.attack("192.0.2.7");
    for (const jail of ["good", "half-bad", "bad-times", "bad-count", "bad-ignore", "loop"]) {
      await guard.untilSaid(new RegExp(`${jail} +done +192\\.0\\.2\\.7 banned by nftables`));
    }
    bench.attack("192.0.2.8", { log: "/var/log/late.log" });
    await guard.untilSaid(/late +BAN +192\.0\.2\.8/);
    bench.attack("192.0.2.99");
    await guard.untilSaid(/bad-ignore +ignored +192\.0\.2\.99 by ip/);

    // what was a directory or a pipe becomes a log
    bench.world.shSync("rmdir /var/log/directory.log; rm /var/log/fifo.log");
    bench.attack("192.0.2.9", { log: "/var/log/directory.log" });
    bench.attack("192.0.2.10", { log: "/var/log/fifo.log" });
    await guard.untilSaid(/directory +BAN +192\.0\.2\.9/);
    await guard.untilSaid(/fifo +BAN +192\.0\.2\.10/);

    expect((await guard.end("INT")).code).toBe(0);
    expect(guard.said).not.toContain("Failed to");
    expect(bench.rules()).not.toContain("f2b");
  });

  test("a file with a syntax error: nothing is started, and the place is told", async () => {
    bench.jails("[good]\nenabled = true\n");
    bench.world.write("/etc/fail2ban/jail.d/slip.conf", "[DEFAULT]\nbantime 600\n");
    const guard = bench.start("run");
    expect((await guard.end()).code).toBe(1);
    expect(guard.said).toContain("/etc/fail2ban/jail.d/slip.conf:2:1: error: neither a section nor");
    expect(guard.said).toContain("nothing was started");
    const said = await bench.client("start");
    expect(said.code).toBe(255);
    expect(said.stderr).toContain("Failed during configuration: Source contains parsing errors");
    expect((await bench.client("-t")).code).toBe(255);
    expect(bench.world.shSync("ls /run/fail2ban /var/lib/fail2ban 2>/dev/null || true")).not.toMatch(
      /sock|pid|sqlite/,
    );
  });

  test.each([
    [
      "is garbage",
      "mkdir -p /var/lib/fail2ban; head -c 20000 /dev/urandom >/var/lib/fail2ban/fail2ban.sqlite3",
    ],
    ["is a directory", "mkdir -p /var/lib/fail2ban/fail2ban.sqlite3"],
    [
      "is on a read-only file system",
      "mkdir -p /var/lib/fail2ban; mount -t tmpfs -o ro tmpfs /var/lib/fail2ban",
    ],
    ["would be below a file", "echo >/var/lib/fail2ban"],
  ])("the database %s: it is told, and bans are real", async (_, prepare) => {
    bench.jails("[good]\nenabled = true\n");
    bench.world.shSync(prepare);
    const guard = await bench.run();
    expect(guard.said).toMatch(/(?:error|warning) .*\/var\/lib\/fail2ban/);
    bench.attack("192.0.2.7");
    await bench.untilRule("192.0.2.7");
    expect((await guard.end("INT")).code).toBe(0);
    expect(bench.rules()).not.toContain("f2b");
    bench.world.shSync("umount /var/lib/fail2ban 2>/dev/null || true");
  });

  test("a firewall tool that fails: it is told what failed, and the ban is made once the tool works", async () => {
    bench.jails("[good]\nenabled = true\n");
    bench.standIn("/usr/sbin/nft", 'echo "nft stand-in: no kernel today" >&2; exit 1');
    const guard = await bench.run();
    bench.attack("192.0.2.7");
    await guard.untilSaid(/error +.*nft stand-in: no kernel today/);
    await guard.untilSaid("Failed to execute ban jail 'good' action 'nftables'");
    expect(guard.said).not.toContain("banned by nftables");
    bench.restore();
    // nobody fails again: the ban is made good all the same
    await guard.untilSaid(/done +192\.0\.2\.7 banned by nftables/, 40_000);
    expect(bench.rules()).toContain("192.0.2.7");
    expect((await guard.end("INT")).code).toBe(0);
    expect(bench.rules()).not.toContain("f2b");
  });

  test("a firewall tool that hangs: reading goes on, other tools ban, and the stop takes seconds", async () => {
    bench.jails(
      "[good]\nenabled = true\n[other]\nenabled = true\nbanaction = iptables-multiport\nlogpath = /var/log/other.log\n",
    );
    bench.standIn("/usr/sbin/nft", "exec sleep 1000");
    const guard = await bench.run();
    bench.attack("192.0.2.7");
    await guard.untilSaid(/good +BAN +192\.0\.2\.7/);
    bench.attack("192.0.2.8", { log: "/var/log/other.log" });
    await guard.untilSaid(/other +done +192\.0\.2\.8 banned by iptables-multiport/);
    const { code, tookMs } = await guard.end("INT");
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(20_000);
    expect(bench.world.shSync("iptables-save")).not.toContain("f2b");
    expect(bench.world.shSync("pgrep -f '[s]leep 1000' || true")).toBe("");
  });

  test("no firewall tool at all: a dry run that says so", async () => {
    bench.jails("[good]\nenabled = true\n");
    bench.take("/usr/sbin/nft");
    const guard = await bench.run();
    expect(guard.said).toMatch(/dry run, nothing is banned: nft .*not installed/);
    bench.attack("192.0.2.7");
    await guard.untilSaid(/good +BAN +192\.0\.2\.7 would be banned/);
    expect((await guard.end("INT")).code).toBe(0);
  });

  const mailing =
    "[mailing]\nenabled = true\naction = nftables[port=22]\n         sendmail-whois[dest=root]\n";

  test("a mail command that hangs holds up no ban, and the stop no longer than seconds", async () => {
    bench.jails(mailing);
    bench.standIn("/usr/sbin/sendmail", "exec sleep 1001");
    const guard = await bench.run();
    bench.attack("192.0.2.7");
    await bench.untilRule("192.0.2.7");
    for (let host = 10; host < 20; host += 1) bench.attack(`192.0.2.${host}`);
    await bench.untilRule("192.0.2.19", 5000);
    const { code, tookMs } = await guard.end("INT");
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(25_000);
    expect(guard.said).toMatch(/sendmail-whois.*dropped at stop|sendmail-whois.*timed out/s);
    expect(bench.rules()).not.toContain("f2b");
    expect(bench.world.shSync("pgrep -f '[s]leep 1001' || true")).toBe("");
  });

  test("a whois that answers 50 MB and an action that floods its output: bans and memory stay as they are", async () => {
    bench.world.write(
      "/etc/fail2ban/action.d/flood.conf",
      "[Definition]\nactionban = head -c 50000000 /dev/zero | tr '\\0' x; echo <ip> >>/var/log/flooded\nactionunban =\n",
    );
    bench.jails(`${mailing}         flood\n`);
    bench.standIn("/usr/bin/whois", "head -c 50000000 /dev/zero | tr '\\0' 'y'");
    bench.standIn(
      "/usr/sbin/sendmail",
      "if [ $(grep -c 'banned 192.0.2.7') -gt 0 ]; then echo sent >>/var/log/sent; fi",
    );
    const guard = await bench.run();
    bench.attack("192.0.2.7");
    await bench.untilRule("192.0.2.7");
    await until("the mail went out", () => bench.world.read("/var/log/sent") === "sent\n", 20_000);
    await until("the flood is over", () => bench.world.read("/var/log/flooded") === "192.0.2.7\n", 20_000);
    const pid = bench.world.read("/run/fail2ban/fail2ban.pid").trim();
    const peak = /VmHWM:\s+(\d+) kB/.exec(bench.world.read(`/proc/${pid}/status`))?.[1];
    expect(Number(peak)).toBeLessThan(250_000);
    expect((await guard.end("INT")).code).toBe(0);
    expect(guard.said.length).toBeLessThan(100_000);
  });

  test("a full disk under the log file: bans go on", async () => {
    bench.jails("[good]\nenabled = true\n");
    bench.world.shSync("mkdir /var/log/full; mount -t tmpfs -o size=4k tmpfs /var/log/full");
    bench.world.write("/etc/fail2ban/fail2ban.local", "[Definition]\nlogtarget = /var/log/full/f2b.log\n");
    const guard = await bench.run();
    for (let host = 1; host < 60; host += 1) bench.attack(`192.0.2.${host}`);
    await bench.untilRule("192.0.2.59");
    expect(bench.world.read("/var/log/full/f2b.log").length).toBeLessThanOrEqual(4096);
    expect((await guard.end("INT")).code).toBe(0);
    bench.world.shSync("umount /var/log/full");
  });

  test("a line of a megabyte and binary garbage: the lines around them count", async () => {
    bench.jails("[good]\nenabled = true\n");
    const guard = await bench.run();
    bench.attack("192.0.2.7", { times: 1 });
    bench.world.append(LOG, `${failure("192.0.2.66", "x".repeat(1 << 20))}\n`);
    bench.attack("192.0.2.7", { times: 1 });
    bench.world.shSync(
      `head -c 300000 /dev/urandom >>${LOG}; echo >>${LOG}; printf '\\000\\377\\376\n' >>${LOG}`,
    );
    bench.attack("192.0.2.7", { times: 1 });
    await bench.untilRule("192.0.2.7");
    expect((await guard.end("INT")).code).toBe(0);
    expect(guard.said).not.toMatch(/\u0000|\u001b/);
  });

  test("a user name full of shell changes nothing but the report", async () => {
    bench.world.write(
      "/etc/fail2ban/filter.d/named.conf",
      "[Definition]\nfailregex = user <F-USER>.*</F-USER> fail from <HOST>$\n",
    );
    bench.world.write(
      "/etc/fail2ban/action.d/report.conf",
      '[Definition]\nactionban = printf \'%%s\\n\' "<F-USER>" "<matches>" >>/var/log/report\nactionunban =\n',
    );
    bench.jails(`${mailing}         report\nfilter = named\nmaxretry = 1\n`);
    const guard = await bench.run();
    const names = [
      "`touch /pwned`",
      "$(touch /pwned)",
      "'; touch /pwned; '",
      '"; touch /pwned; "',
      "\\n\\'\\\"",
      "a\u0085b\u2028c\u001b[31m",
    ];
    for (const [n, name] of names.entries()) {
      bench.world.append(LOG, `${failure(`192.0.2.${n + 1}`, `user ${name} fail`)}\n`);
    }
    for (const n of names.keys()) await bench.untilRule(`192.0.2.${n + 1}`);
    await until(
      "all reports are written",
      () => bench.world.read("/var/log/report").split("\n").length > 2 * names.length,
      10_000,
    );
    await until(
      "all mails are sent",
      () => bench.world.mails().filter((mail) => mail.includes("banned 192.0.2.")).length === names.length,
    );
    expect(bench.world.read("/var/log/report")).toContain("$(touch /pwned)");
    expect(bench.world.shSync("ls /pwned 2>&1 || true")).toContain("No such file");
    expect((await guard.end("INT")).code).toBe(0);
    expect(guard.said).not.toContain("\u001b");
    expect(bench.log).not.toContain("\u001b");
  });
});
