/**
 * What bad input gets: a message that says where and what happens now, while the other jails run and nothing is lost.
 * @module
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Bench, failure, LOG } from "./bench.ts";
import { missingTools, until } from "./world.ts";

const missing = missingTools();
const skipped = missing.length === 0 ? "" : ` (skipped: no ${missing.join(", ")})`;
const JAILS = "/etc/fail2ban/jail.local";

describe.skipIf(missing.length > 0)(`bad input${skipped}`, () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.create();
  });
  beforeEach(() => bench.clean());
  afterEach(() => bench.stopAll());
  afterAll(() => bench?.close());

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
});
