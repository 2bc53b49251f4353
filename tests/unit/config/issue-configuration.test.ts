import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { formatDiagnostic } from "../../../src/base/diagnostic.ts";
import type { ConfigFiles } from "../../../src/config/config-files.ts";
import { foldConfiguration } from "../../../src/config/fold.ts";
import { loadConfiguration } from "../../../src/config/load.ts";
import { nodeConfigFiles } from "../../../src/exec/config-files.ts";

const DIRECTORY = join(import.meta.dirname, "../../conformance/config/issue-configuration");
const LOCAL = join(DIRECTORY, "jail.local");

/** The configuration with another choice of action. */
function load(choice: string) {
  const text = readFileSync(LOCAL, "utf8").replace("action = %(action_mwl)s", `action = %(${choice})s`);
  const files: ConfigFiles = {
    ...nodeConfigFiles,
    readText: (path) => (path === LOCAL ? { text } : nodeConfigFiles.readText(path)),
  };
  return loadConfiguration({ files, baseDir: DIRECTORY });
}

test.each([
  ["action_", 9, ["iptables-multiport"]],
  ["action_mw", 10, ["iptables-multiport", "sendmail-whois"]],
  ["action_mwl", 12, ["iptables-multiport", "sendmail-whois-lines"]],
])("with %s every jail has its actions, and no quote reaches the firewall", (choice, line, actions) => {
  const loaded = load(choice);
  const { jails, diagnostics } = foldConfiguration(loaded);
  expect(loaded.fatal).toBeUndefined();
  expect(jails.map(({ name }) => name)).toEqual([
    "ssh",
    "ssh-ddos",
    "apache",
    "apache-noscript",
    "apache-noscript-tdd",
    "pureftpd",
  ]);
  for (const jail of jails) {
    expect(jail.actions.map(({ name }) => name)).toEqual(actions);
    const properties = jail.actions[0]?.properties;
    expect(properties?.get("protocol")).toBe("tcp");
    expect(properties?.get("name")).toBe(jail.name);
    expect(properties?.get("actionstart")).toContain("-p tcp -m multiport");
    if (actions.length > 1) expect(jail.actions[1]?.properties.get("dest")).toBe("domingo");
  }
  const quotes = diagnostics.filter(({ severity }) => severity === "warning");
  expect(quotes[0]).toMatchObject({ origin: { file: LOCAL, line } });
  const column = quotes[0]?.origin?.column ?? 0;
  expect(quotes[0]?.origin?.text?.slice(column - 1)).toBe('"%(protocol)s]');
});

test("the settings are those of the file", () => {
  const { jails } = foldConfiguration(load("action_mwl"));
  expect(jails[0]).toMatchObject({
    backend: "polling",
    maxretry: 4,
    bantime: 600,
    findtime: 600,
    ignoreip: [],
  });
  expect(jails[0]?.logpaths).toMatchObject([{ pattern: "/var/log/auth.log", tail: false }]);
  expect(jails[4]?.failregex.map(({ value }) => value)).toEqual([
    "[[]client <HOST>[]] (File does not exist|script not found or unable to stat):",
  ]);
  expect(jails[4]?.ignoreregex.map(({ value }) => value)).toEqual([".*(robots.txt|favicon.ico)"]);
});

test("the warning shows the line and the caret below the quote", () => {
  const [first = ""] = load("action_")
    .diagnostics.filter(({ severity }) => severity === "warning")
    .map(formatDiagnostic);
  const [, source = "", caret = ""] = first.split("\n");
  expect(source.charAt(caret.indexOf("^"))).toBe('"');
});
