/**
 * The stock actions have the names, the parameters and the defaults that people's configurations expect (compat B§4.13, B§4.14).
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type ActionDefinition, compileAction } from "../../../src/action/action-definition.ts";
import type { ActionSettings } from "../../../src/config/settings.ts";
import { actionParameters } from "./action-parameters.ts";
import { namesIn, STOCK, stockJails, textOf } from "./stock-jails.ts";

function settingsOf(item: string, options = ""): readonly ActionSettings[] {
  const local = `[j1]\nenabled = true\nfilter = sshd\nlogpath = /dev/null\n${options}\naction = ${item}\n`;
  const { jails, diagnostics } = stockJails(local);
  expect(diagnostics.map(textOf)).toEqual([]);
  return jails.get("j1")?.actions ?? [];
}

function definitionOf(item: string): ActionDefinition {
  const [settings] = settingsOf(item);
  if (settings === undefined) throw new Error(`no action: ${item}`);
  return compileAction(settings, "j1");
}

describe.each(Object.entries(actionParameters))("%s", (name, expected) => {
  test("has the parameters and defaults that the reference lists", () => {
    const [settings] = settingsOf(name);
    const found = Object.fromEntries(
      Object.keys(expected).map((key) => [key, settings?.properties.get(key)]),
    );
    expect(found).toEqual(expected);
  });

  test("takes each of them from the jail", () => {
    const names = Object.keys(expected).filter((key) => !key.includes("?") && key !== "actiontype");
    // a choice among several has to be one of them
    const choices = ["type", "kill-mode", "protocol"];
    const passed = names.filter((key) => !choices.includes(key));
    const [settings] = settingsOf(`${name}[${passed.map((key) => `${key}="x-${key}"`).join(", ")}]`);
    expect(passed.map((key) => [key, settings?.properties.get(key)])).toEqual(
      passed.map((key) => [key, `x-${key}`]),
    );
  });
});

test("every action in stock is one of the reference's or of our own, and none of them is missing", () => {
  const own = ["dry-run"];
  expect(namesIn("action.d")).toEqual([...Object.keys(actionParameters), ...own].sort());
  for (const part of ["helpers-common", "sendmail-common", "mail-whois-common", "firewallcmd-common"]) {
    expect(existsSync(join(STOCK, "action.d", `${part}.conf`)), part).toBe(true);
  }
});

/** Those that the reference marks with R. */
const NOT_RESTORED =
  /^(?:abuseipdb|blocklist_de|ipthreat|dshield|complain|xarf-login-attack|(?:send)?mail(?:-.*)?)$/;

test("reports and mails leave restored bans aside, a firewall does not", () => {
  for (const name of namesIn("action.d")) {
    expect([name, definitionOf(name).norestored]).toEqual([name, NOT_RESTORED.test(name)]);
  }
});

/** Those whose bans can be lifted at once (B§4.12). */
const FLUSHED =
  /^(?:iptables.*|nftables.*|shorewall-ipset-proto6|firewallcmd-ipset|pf|nginx-block-map|dummy|mikrotik)$/;

test("bans are lifted at once where the tool can do so", () => {
  for (const name of namesIn("action.d")) {
    expect([name, definitionOf(name).operations.has("flush")]).toEqual([name, FLUSHED.test(name)]);
  }
});

const SHORTCUTS: Readonly<Record<string, readonly string[]>> = {
  action_: ["nftables"],
  action_mw: ["nftables", "sendmail-whois"],
  action_mwl: ["nftables", "sendmail-whois-lines"],
  action_xarf: ["nftables", "xarf-login-attack"],
  action_cf_mwl: ["cloudflare", "sendmail-whois-lines"],
  action_blocklist_de: ["blocklist_de"],
  action_abuseipdb: ["abuseipdb"],
};

for (const [shortcut, names] of Object.entries(SHORTCUTS)) {
  for (const mta of ["sendmail", "mail"]) {
    test(`%(${shortcut})s finds its files with mta = ${mta}`, () => {
      const options = `mta = ${mta}\nbanaction = nftables\ncfemail = ops@example.org\ncfapikey = K\nblocklist_de_apikey = B`;
      const found = settingsOf(`%(${shortcut})s`, options);
      expect(found.map(({ name }) => name)).toEqual(names.map((name) => name.replace(/^sendmail/, mta)));
      for (const settings of found) expect(compileAction(settings, "j1").diagnostics).toEqual([]);
    });
  }
}
