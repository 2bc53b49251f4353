import { expect, test } from "vitest";
import { fitStock } from "../../../src/cli/this-machine.ts";
import { foldConfiguration } from "../../../src/config/fold.ts";
import { loadConfiguration } from "../../../src/config/load.ts";
import { memoryFiles } from "../config/memory-files.ts";

const FILTER = "[Definition]\nfailregex = ^x <HOST>$\n";
const jail = (name: string, log: string): string => `[${name}]\nfilter = f\nlogpath = ${log}\n`;
const STOCK = {
  "/stock/fail2ban.conf": "[Definition]\nloglevel = INFO\n",
  "/stock/filter.d/f.conf": FILTER,
  "/stock/jail.conf": [
    "[DEFAULT]\nenabled = false\nbackend = polling\n",
    jail("sshd", "/logs/auth.log"),
    jail("sshd-ddos", "/logs/auth.log"),
    jail("apache-auth", "/logs/error.log"),
    jail("odd", "/logs/odd.log"),
    jail("one-of-many", "/logs/everybodys.log"),
    jail("another", "/logs/everybodys.log"),
    jail("pass2allow-ftp", "/logs/access.log"),
    jail("recidive", "/logs/fail2ban.log"),
  ].join("\n"),
};

/** The jails that run with the choice, and the choice in words. */
function choose(logs: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const files = memoryFiles({ ...STOCK, ...Object.fromEntries(logs.map((log) => [log, "line\n"])), ...more });
  const fitted = fitStock(files, "/stock");
  const loaded = loadConfiguration({ files: fitted.files, baseDir: "/stock", stockDir: "/stock" });
  const running = foldConfiguration(loaded).jails.map(({ name }) => name);
  return { running, choices: fitted.choices };
}

test("jails whose logs are here are enabled, with the reason", () => {
  const { running, choices } = choose(["/logs/auth.log", "/logs/odd.log"]);
  expect(running).toEqual(expect.arrayContaining(["sshd", "odd"]));
  expect(choices).toContain("odd: its log is here");
  expect(choices).toContain("sshd: its log is here");
});

test("sshd-ddos is left to the operator: sshd covers it", () => {
  expect(choose(["/logs/auth.log"]).running).not.toContain("sshd-ddos");
});

test("a machine on which nothing is found still watches sshd", () => {
  const { running, choices } = choose(["/logs/fail2ban.log"]);
  expect(running).toContain("sshd");
  expect(choices.some((choice) => choice.startsWith("sshd: "))).toBe(true);
});

test("a jail without its log and without its program stays off", () => {
  expect(choose(["/logs/auth.log"]).running).not.toContain("odd");
});

test("a log that several services write to shows none of them", () => {
  const { running } = choose(["/logs/everybodys.log", "/logs/odd.log"]);
  expect(running).toContain("odd");
  expect(running).not.toContain("one-of-many");
  expect(running).not.toContain("another");
});

test("a jail that shuts a port for everybody is left to the operator, though its log is here", () => {
  expect(choose(["/logs/access.log"]).running).not.toContain("pass2allow-ftp");
});

test("logs are looked for where the distribution has them, and a journal shows no service", () => {
  const { running, choices } = choose(["/fedora/odd.log"], {
    "/etc/os-release": 'NAME="Fedora Linux"\nID=fedora\n',
    "/stock/jail.conf": `${STOCK["/stock/jail.conf"]}[moved]\nfilter = f\nlogpath = %(odd_log)s\n[noted]\nfilter = f\nbackend = %(noted_backend)s\nlogpath = /logs/noted.log\n`,
    "/stock/paths-fedora.conf": "[DEFAULT]\nodd_log = /fedora/odd.log\nnoted_backend = systemd\n",
  });
  expect(running).toContain("moved");
  expect(running).not.toContain("noted");
  expect(choices).toContain("logs: where Fedora Linux has them");
});
