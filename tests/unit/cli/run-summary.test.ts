import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type RunFacts, writeSummary } from "../../../src/cli/run-summary.ts";
import { newJailSettings } from "../../../src/config/apply-command.ts";
import type { JailSettings } from "../../../src/config/settings.ts";
import { memoryFiles } from "../config/memory-files.ts";
import { temporaryFolder } from "../store/store-fixture.ts";

const NOW = 1_795_348_800;

function summary(jails: readonly Partial<JailSettings>[], changes: Partial<RunFacts> = {}): string {
  let text = "";
  const screen = {
    hasColour: false,
    write: (more: string) => {
      text += more;
    },
  };
  const facts: RunFacts = {
    version: "9.9",
    place: { directory: "/etc/gaoler", isStock: false },
    choices: [],
    database: "/var/lib/x",
    control: "/run/x.sock",
    firewall: "nft",
    dryRunReason: undefined,
    leftOut: [],
    jails: jails.map((jail) => ({ ...newJailSettings("sshd", "auto"), ...jail })),
    now: NOW,
    ...changes,
  };
  const globs = (jails[0]?.logpaths ?? []).map(({ pattern }) => [pattern, ""]);
  writeSummary(screen, memoryFiles(Object.fromEntries(globs)), facts);
  return text;
}

const action = { name: "nftables", properties: new Map() };

test("the summary says what is found and that bans are real", () => {
  const text = summary([{ actions: [action], maxretry: 5, findtime: 600, bantime: 3600 }], {
    choices: ["sshd: its log is here"],
  });
  expect(text).toContain("gaoler 9.9 watches this machine");
  expect(text).toContain("  configuration   /etc/gaoler\n                  sshd: its log is here\n");
  expect(text).toContain("  firewall        nft; bans are real\n");
  expect(text).toContain("  sshd: 5 failures in 10m → ban for 1h by nftables\n");
});

test("a dry run is said to be one, with its reason", () => {
  const text = summary([{ actions: [action], bantime: -1 }], { dryRunReason: "no root" });
  expect(text).toContain("dry run, nothing is banned: no root");
  expect(text).toContain("→ would ban for ever by nftables");
});

test("a jail without actions does nothing", () => {
  expect(summary([{}])).toContain("→ nothing (no action)");
});

test.each([
  [false, "/etc/gaoler/jail.local"],
  [true, "/etc/gaoler/jail.local"],
])("where no jail is enabled, the lines to type are shown, and where (stock: %s)", (isStock, path) => {
  const directory = isStock ? "/opt/gaoler/stock" : "/etc/gaoler";
  const text = summary([], { place: { directory, isStock } });
  expect(text).toContain(`  No jail is enabled, so nothing is watched.`);
  expect(text).toContain(` to ${path}\n  and start gaoler again:\n\n      [sshd]\n      enabled = true\n\n`);
});

test("a jail that is left out is no reason to say that none is enabled", () => {
  const text = summary([], { leftOut: ["web"] });
  expect(text).toContain("  web: left out, it has an error; see below\n");
  expect(text).not.toContain("No jail is enabled");
});

test("what ships with gaoler is said to", () => {
  const text = summary([{}], { place: { directory: "/opt/gaoler/stock", isStock: true } });
  expect(text).toContain("  configuration   /opt/gaoler/stock (ships with gaoler)\n");
});

test("logs are shown with their age, the many are cut", () => {
  const folder = temporaryFolder();
  const names = ["a", "b", "c", "d", "e", "f"].map((name) => join(folder, name));
  for (const name of names) writeFileSync(name, name === names[1] ? "" : "line\n");
  utimesSync(names[0] ?? "", NOW - 30, NOW - 30);
  utimesSync(names[2] ?? "", NOW - 7200, NOW - 7200);
  const text = summary([{ logpaths: names.map((pattern) => ({ pattern, tail: false })) }]);
  expect(text).toContain(`${names[0]}: last written 30s ago\n`);
  expect(text).toContain(`${names[1]}: empty\n`);
  expect(text).toContain(`${names[2]}: last written 2h ago\n`);
  expect(text).toContain("and 2 more\n");
});

test("a log that is not there yet is waited for", () => {
  const text = summary([{}, { logpaths: [{ pattern: "/none/x.log", tail: false }] }]);
  expect(text).toContain("/none/x.log: not there yet, waited for\n");
});

test("a jail on the journal shows its matches", () => {
  const text = summary([{ backend: "systemd", journalmatch: [["_COMM=sshd", "+", "_X=y"], ["A=b"]] }]);
  expect(text).toContain("    the journal: _COMM=sshd + _X=y or A=b\n");
  expect(summary([{ backend: "systemd[journalflags=1]" }])).toContain("    the journal\n");
});
