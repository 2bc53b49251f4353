/**
 * The main job, whole: from a line in a log to packets that are rejected, a mail that arrives, and back; on a configuration as people
 * have it, typing slips included.
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { debianTree, Machine, type MachineOptions } from "./machine-under-attack.ts";
import { missingTools, until } from "./world.ts";

const REJECTED = "ECONNREFUSED";
const missing = missingTools();

const variants: readonly MachineOptions[] = [
  { tree: "stock", banaction: "iptables-multiport", action: "action_mwl" },
  { tree: "stock", banaction: "nftables-multiport", action: "action_mw" },
  { tree: "stock", banaction: "nftables-allports", action: "action_" },
  { tree: "debian", banaction: "iptables-multiport", action: "action_mwl" },
  { tree: "debian", banaction: "nftables-multiport", action: "action_" },
];

for (const variant of variants) {
  const { tree, banaction, action } = variant;
  const lacking = [
    ...missing,
    ...(tree === "debian" && debianTree() === undefined ? ["fail2ban's package"] : []),
  ];
  const name = `${tree} tree, ${banaction}, ${action}`;
  const skipped = lacking.length === 0 ? "" : ` (skipped: no ${lacking.join(", ")})`;
  describe.skipIf(lacking.length > 0)(`${name}${skipped}`, () => {
    let machine: Machine;
    const isAllPorts = banaction.endsWith("allports");
    const otherPort = isAllPorts ? REJECTED : "open";

    beforeAll(async () => {
      machine = await Machine.create(variant);
      await machine.start();
    });
    afterAll(async () => {
      await machine?.close();
    });

    test("the open quote is dropped with a warning at its place", async () => {
      const said = `${machine.output}${machine.log}`;
      expect(said).toMatch(/jail\.local:(?:9|10|12):\d+: .*quote/);
      const rules = machine.rules();
      expect(rules).not.toContain('"tcp');
    });

    test("three failed log-ins do not ban, the fourth does, on the jail's ports", async () => {
      for (let n = 0; n < 3; n += 1) machine.wrongPassword("198.51.100.11");
      await until(
        "three failures are found",
        () => (machine.log.match(/Found 198\.51\.100\.11 /g)?.length ?? 0) === 3,
      );
      expect(await machine.meets("198.51.100.11", 22)).toEqual(["open"]);
      machine.wrongPassword("198.51.100.11");
      await machine.untilRejected("198.51.100.11", 22);
      expect(await machine.meets("198.51.100.11", 22, 8081)).toEqual([REJECTED, otherPort]);
      expect(await machine.isBanned("ssh", "198.51.100.11")).toBe(true);
    });

    test("IPv6 is banned as well", async (context) => {
      if (!machine.world.hasIpv6) context.skip("no IPv6 on this machine");
      for (let n = 0; n < 4; n += 1) machine.wrongPassword("2001:db8:99::11");
      await machine.untilRejected("2001:db8:99::11", 22);
      expect(await machine.meets("2001:db8:99::11", 22, 8081)).toEqual([REJECTED, otherPort]);
      expect(await machine.meets("2001:db8:99::12", 22)).toEqual(["open"]);
    });

    test("connections that never log in are banned by ssh-ddos", async () => {
      for (let n = 0; n < 3; n += 1) {
        machine.ssh("Did not receive identification string from 198.51.100.12 port 40022");
      }
      await machine.untilRejected("198.51.100.12", 22);
      expect(await machine.isBanned("ssh-ddos", "198.51.100.12")).toBe(true);
    });

    test("three probes of the web server ban, robots.txt and favicon.ico do not count", async () => {
      for (const path of ["/var/www/robots.txt", "/var/www/favicon.ico"]) {
        for (let n = 0; n < 4; n += 1) machine.missingFile("198.51.100.14", path);
      }
      for (const path of ["/var/www/x", "/var/www/y", "/var/www/z"])
        machine.missingFile("198.51.100.13", path);
      await machine.untilRejected("198.51.100.13", 80);
      expect(await machine.meets("198.51.100.13", 80, 22)).toEqual([REJECTED, otherPort]);
      expect(await machine.isBanned("apache-noscript-tdd", "198.51.100.13")).toBe(true);
      expect(await machine.isBanned("apache-noscript-tdd", "198.51.100.14")).toBe(false);
      expect(machine.log).not.toContain("198.51.100.14");
      expect(await machine.meets("198.51.100.14", 80)).toEqual(["open"]);
    });

    test("FTP is banned, and let go when the time is up", async () => {
      for (let n = 0; n < 3; n += 1) machine.wrongFtpPassword("198.51.100.15");
      await machine.untilRejected("198.51.100.15", 21);
      expect(await machine.meets("198.51.100.15", 21, 22)).toEqual([REJECTED, otherPort]);
      await machine.untilOpen("198.51.100.15", 21, 15_000);
      expect(machine.log).toContain("[pureftpd] Unban 198.51.100.15");
    });

    test("a user name full of shell changes nothing but the report", async () => {
      const users = ["`touch /pwned`", "$(touch /pwned)", "x'; touch /pwned; '", '"; touch /pwned; "'];
      for (const user of users) machine.wrongPassword("198.51.100.16", user);
      await machine.untilRejected("198.51.100.16", 22);
      expect(machine.world.shSync("ls /pwned 2>&1 || true")).toContain("No such file");
    });

    const testOfMail = action === "action_" ? () => undefined : test;
    testOfMail("the mail arrives with whois and, where asked for, the lines", async () => {
      const about = (id: string) => machine.world.mails().find((mail) => mail.includes(`banned ${id}`));
      const mail = await until("the mail about the ban", () => about("198.51.100.11"));
      expect(mail).toMatch(/^ARGS .*domingo/);
      expect(mail).toMatch(/^Subject: .*ssh: banned 198\.51\.100\.11/m);
      expect(mail).toContain("whois stand-in answers for");
      expect(mail).toContain("abuse-mailbox: abuse@example.net");
      const hasLines = mail.includes("Failed password for invalid user root from 198.51.100.11");
      expect(hasLines).toBe(action === "action_mwl");
      const hostile = await until("the mail about the hostile names", () => about("198.51.100.16"));
      expect(hostile.includes("$(touch /pwned)")).toBe(action === "action_mwl");
    });

    test("unbanip lets the address pass again at once", async () => {
      const said = await machine.client("set", "ssh", "unbanip", "198.51.100.11");
      expect([said.stdout.trim(), said.code]).toEqual(["1", 0]);
      await machine.untilOpen("198.51.100.11", 22);
    });

    test("banip bans by hand and status shows it", async () => {
      const said = await machine.client("set", "ssh", "banip", "198.51.100.20");
      expect([said.stdout.trim(), said.code]).toEqual(["1", 0]);
      expect(await machine.meets("198.51.100.20", 22)).toEqual([REJECTED]);
      const status = await machine.client("status", "ssh");
      expect(status.stdout).toMatch(/Banned IP list:\t.*198\.51\.100\.20/);
      const all = await machine.client("banned", "198.51.100.20");
      expect(all.stdout.trim()).toBe("[['ssh']]");
    });

    test("kill -9 and a start: the bans are back, no line counts twice, an unban stays", async () => {
      const before = machine.log.length;
      await machine.end("SIGKILL");
      await machine.start();
      await machine.untilRejected("198.51.100.20", 22);
      await machine.untilRejected("198.51.100.13", 80);
      expect(await machine.meets("198.51.100.11", 22)).toEqual(["open"]);
      const since = machine.log.slice(before);
      expect(since).toContain("[ssh] Restore Ban 198.51.100.20");
      expect(since).not.toMatch(/Found 198/);
      await machine.client("set", "ssh", "unbanip", "198.51.100.20");
      await machine.untilOpen("198.51.100.20", 22);
    });

    test("stop leaves no rule behind, and a start restores the bans", async () => {
      expect(await machine.end("SIGINT")).toBe(0);
      expect(machine.rules()).not.toMatch(/f2b|198\.51\.100/);
      expect(await machine.meets("198.51.100.13", 80)).toEqual(["open"]);
      await machine.start();
      await machine.untilRejected("198.51.100.13", 80);
      expect(await machine.end("SIGINT")).toBe(0);
      expect(machine.rules()).not.toMatch(/f2b|198\.51\.100/);
    });
  });
}
