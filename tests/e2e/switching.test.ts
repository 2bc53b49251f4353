/**
 * A day on which a running fail2ban is swapped for gaoler and back: Debian's real program on its own configuration, bans in the kernel
 * and in its database; no file is edited and no ban is lost. What was typed is what `docs/switching.md` shows; set
 * `GAOLER_TRANSCRIPT` to a file to have the whole screen written there.
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { debianTree } from "./machine-under-attack.ts";
import { missingTools, until, World } from "./world.ts";

const ROOT = join(import.meta.dirname, "../..");
const DOCUMENT = join(ROOT, "docs/switching.md");
const AUTH_LOG = "/var/log/auth.log";
const FTP_LOG = "/var/log/pure-ftpd/pure-ftpd.log";
const SERVER = "10.99.0.1";
const SERVER6 = "2001:db8:99::1";
const [REJECTED, PASSES] = ["ECONNREFUSED", "open"];
/** What the times of the screen are told as, so that the document does not depend on the day. */
const FIRST_MOMENT = Date.UTC(2027, 0, 4, 10, 0, 0);

const JAIL_LOCAL = `[DEFAULT]
bantime = 1h
maxretry = 3

[sshd]
enabled = true
logpath = ${AUTH_LOG}
backend = auto

[pure-ftpd]
enabled = true
logpath = ${FTP_LOG}
backend = auto
banaction = nftables-multiport
`;

const package_ = process.env["GAOLER_ORACLE"] ?? "";
const lacking = [...missingTools(), ...(debianTree() === undefined ? ["fail2ban's package"] : [])];
const skipped = lacking.length === 0 ? "" : ` (skipped: no ${lacking.join(", ")})`;

describe.skipIf(lacking.length > 0)(`from fail2ban to gaoler and back${skipped}`, () => {
  let world: World;
  let transcript = "";
  let sshdPid = 1000;
  const typed: string[] = [];

  beforeAll(async () => {
    world = await World.create([22, 21]);
    world.copy(debianTree() ?? "", "/etc/fail2ban");
    world.write("/etc/fail2ban/jail.local", JAIL_LOCAL);
    world.write(AUTH_LOG, "");
    world.write(FTP_LOG, "");
    const python = join(package_, "usr/lib/python3/dist-packages");
    const program = join(package_, "usr/bin/fail2ban-client");
    world.write(
      "/usr/bin/fail2ban-client",
      `#!/bin/sh\nPYTHONPATH='${python}' exec /usr/bin/python3 '${program}' "$@"\n`,
    );
    world.write("/usr/bin/gaoler", `#!/bin/sh\nexec '${join(ROOT, "bin/gaoler")}' "$@"\n`);
    world.shSync("chmod 755 /usr/bin/fail2ban-client /usr/bin/gaoler; mkdir -p /var/lib/fail2ban");
  });
  afterAll(async () => {
    await world?.close();
  });

  /** Types a command; what it says on the screen goes into the transcript. */
  async function type(command: string): Promise<string> {
    const said = await world.run("sh", ["-c", `${command} 2>&1`], { LC_ALL: "C.UTF-8", TZ: "UTC" });
    typed.push(command);
    transcript += `# ${command}\n${said.stdout}`;
    return said.stdout.trimEnd();
  }

  function remark(text: string): void {
    transcript += `\n${text}\n\n`;
  }

  /** Everybody in this world has the same clock, whatever the zone of the host. */
  function syslogTime(): string {
    const [, day, month = "", time = ""] = /(\d+) (\w+) \d+ ([\d:]+)/.exec(new Date().toUTCString()) ?? [];
    return `${month} ${String(Number(day)).padStart(2)} ${time}`;
  }

  /** Three wrong passwords, each in a connection of its own. */
  function attackSsh(from: string): void {
    for (let n = 0; n < 3; n += 1) {
      sshdPid += 1;
      const text = `Failed password for root from ${from} port 40022 ssh2`;
      world.append(AUTH_LOG, `${syslogTime()} host sshd[${sshdPid}]: ${text}\n`);
    }
  }

  function attackFtp(from: string): void {
    const line = `${syslogTime()} host pure-ftpd: (?@${from}) [WARNING] Authentication failed for user [alice]\n`;
    world.append(FTP_LOG, line.repeat(3));
  }

  const meets = (from: string, port = 22): Promise<string> =>
    world.connect(from, from.includes(":") ? SERVER6 : SERVER, port);

  const untilMeets = (from: string, what: string, port = 22): Promise<unknown> =>
    until(
      `${from} meets ${what} at port ${port}\n${world.read("/var/log/fail2ban.log")}`,
      async () => (await meets(from, port)) === what,
      20_000,
    );

  /** The bans of the database that are in force: jail, address, and when they end. */
  function stored(): string[] {
    // not from outside: SQLite would follow the link into the world and end up at the host's file
    const query = [
      "import sqlite3",
      "file = sqlite3.connect('/var/lib/fail2ban/fail2ban.sqlite3')",
      "for row in file.execute('select jail, ip, timeofban + bantime from bips order by jail, ip'): print(*row)",
    ].join("\n");
    return world.shSync(`/usr/bin/python3 -c "${query}"`).trim().split("\n");
  }

  const traces = (): string =>
    world
      .shSync("nft list ruleset; iptables-save; ip6tables-save")
      .match(/.*f2b.*/g)
      ?.join("\n") ?? "";
  const configuration = (): string =>
    world.shSync("cd /etc/fail2ban && find . -type f | sort | xargs sha256sum");

  /** The client shows each ban of the database with the end that the database has for it. */
  function expectEnds(bans: readonly string[]): void {
    const screen = world.shSync(
      "for jail in sshd pure-ftpd; do TZ=UTC gaoler get $jail banip --with-time; done",
    );
    for (const ban of bans) {
      const [, id = "", ends = ""] = ban.split(" ");
      const time = new Date(Number(ends) * 1000).toISOString().slice(0, 19).replace("T", " ");
      expect(screen.split("\n")).toContainEqual(expect.stringMatching(`^${id} \\t.* = ${time}$`));
    }
  }

  /** Nobody guards: no rule of either program is left, and everybody passes. */
  async function expectOpenGate(): Promise<void> {
    expect(traces()).toBe("");
    for (const n of [11, 13, 15, 16, 17]) expect(await meets(`198.51.100.${n}`)).toBe(PASSES);
    if (world.hasIpv6) expect(await meets("2001:db8:99::11")).toBe(PASSES);
    expect(await meets("198.51.100.12", 21)).toBe(PASSES);
  }

  test("no file is edited, no ban is lost, none comes back that was lifted, no line is overlooked", async () => {
    const before = configuration();

    remark(
      "fail2ban runs, and three addresses are banned: by the log of sshd, by that of the FTP server, by hand.",
    );
    expect(await type("fail2ban-client start")).toContain("Server ready");
    attackSsh("198.51.100.11");
    attackFtp("198.51.100.12");
    if (world.hasIpv6) attackSsh("2001:db8:99::11");
    await untilMeets("198.51.100.11", REJECTED);
    await untilMeets("198.51.100.12", REJECTED, 21);
    if (world.hasIpv6) await untilMeets("2001:db8:99::11", REJECTED);
    expect(await type("fail2ban-client set sshd banip 198.51.100.13")).toBe("1");
    await untilMeets("198.51.100.13", REJECTED);
    await type("fail2ban-client status sshd");
    await type("fail2ban-client get sshd banip --with-time");
    await type("fail2ban-client status pure-ftpd");
    const bans = stored();
    expect(bans).toHaveLength(world.hasIpv6 ? 4 : 3);

    remark(
      "fail2ban is stopped. No rule is left; the database keeps the bans. Somebody attacks while nobody watches.",
    );
    expect(await type("fail2ban-client stop")).toContain("Shutdown successful");
    await until("fail2ban is gone", () => world.shSync("ls /run/fail2ban") === "");
    await expectOpenGate();
    expect(stored()).toEqual(bans);
    attackSsh("198.51.100.15");

    remark(
      "gaoler takes the same configuration, the same database, the same socket, and goes on at the same line.",
    );
    expect(await type("gaoler -t")).toContain("OK: configuration test is successful");
    expect(await type("gaoler start")).toBe("Server ready");
    for (const id of ["198.51.100.11", "198.51.100.13", "198.51.100.15"]) await untilMeets(id, REJECTED);
    await untilMeets("198.51.100.12", REJECTED, 21);
    if (world.hasIpv6) await untilMeets("2001:db8:99::11", REJECTED);
    expect(stored()).toEqual(expect.arrayContaining(bans));
    expectEnds(bans);
    expect(await type("gaoler get sshd banip --with-time")).toContain("198.51.100.15");
    expect(await type("iptables -S f2b-sshd")).toContain("198.51.100.11/32");

    remark(
      "It bans on. Debian's own client and whatever else speaks to fail2ban's socket find what they expect.",
    );
    attackSsh("198.51.100.16");
    await untilMeets("198.51.100.16", REJECTED);
    expect(await type("fail2ban-client status sshd")).toContain("198.51.100.16");
    expect(await type("fail2ban-client set sshd unbanip 198.51.100.13")).toBe("1");
    await untilMeets("198.51.100.13", PASSES);
    expect(await type("fail2ban-client banned 198.51.100.12")).toContain("pure-ftpd");
    expect(await type("gaoler reload")).toBe("OK");
    const bansOfGaoler = stored();

    remark("And back. Again somebody uses the minute without a guard.");
    expect(await type("gaoler stop")).toBe("Shutdown successful");
    await until("gaoler is gone", () => world.shSync("ls /run/fail2ban") === "");
    await expectOpenGate();
    expect(stored()).toEqual(bansOfGaoler);
    attackSsh("198.51.100.17");
    expect(await type("fail2ban-client start")).toContain("Server ready");
    for (const id of ["198.51.100.11", "198.51.100.15", "198.51.100.16", "198.51.100.17"]) {
      await untilMeets(id, REJECTED);
    }
    await untilMeets("198.51.100.12", REJECTED, 21);
    if (world.hasIpv6) await untilMeets("2001:db8:99::11", REJECTED);
    expect(await meets("198.51.100.13")).toBe(PASSES);
    expectEnds(bansOfGaoler);
    await type("fail2ban-client get sshd banip --with-time");
    await type("fail2ban-client status pure-ftpd");
    const log = world.read("/var/log/fail2ban.log");
    for (const id of ["198.51.100.11", "198.51.100.15", "198.51.100.16", "198.51.100.17"]) {
      expect([id, log.match(new RegExp(`Found ${id.replaceAll(".", "\\.")} `, "g"))?.length]).toEqual([
        id,
        3,
      ]);
      expect([id, log.match(new RegExp(`\\] Ban ${id.replaceAll(".", "\\.")}$`, "gm"))?.length]).toEqual([
        id,
        1,
      ]);
    }
    expect(await type("fail2ban-client stop")).toContain("Shutdown successful");
    await until("fail2ban is gone", () => world.shSync("ls /run/fail2ban") === "");
    await expectOpenGate();
    expect(configuration()).toBe(before);
  });

  test("docs/switching.md shows what was typed", () => {
    const path = process.env["GAOLER_TRANSCRIPT"];
    if (path !== undefined) writeFileSync(path, told(transcript));
    const blocks = existsSync(DOCUMENT)
      ? (readFileSync(DOCUMENT, "utf8").match(/```console\n[\s\S]*?```/g) ?? [])
      : [];
    const shown = blocks.flatMap((block) => block.match(/^# .*$/gm) ?? []).map((line) => line.slice(2));
    expect(shown).toEqual(typed);
  });

  /** The transcript with its times counted from a fixed moment. */
  function told(text: string): string {
    let first: number | undefined;
    return text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, (time) => {
      const at = Date.parse(`${time.replace(" ", "T")}Z`);
      first ??= at;
      return new Date(FIRST_MOMENT + at - first).toISOString().slice(0, 19).replace("T", " ");
    });
  }
});
