import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { CommandPlan } from "../../../src/action/command-plan.ts";
import { createDryRun } from "../../../src/enforce/dry-run.ts";
import { Enforcer } from "../../../src/enforce/enforcer.ts";
import { createRunner } from "../../../src/exec/run-command.ts";
import { sampleBan } from "../action/sample.ts";
import { ScriptedJail } from "./scripted.ts";

const folder = mkdtempSync(join(tmpdir(), "enforce-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A firewall made of files: a set is a folder, an element a file in it. */
const FIREWALL = {
  actionstart: "mkdir <table>/<set>",
  actionstop: "rm -r <table>/<set>",
  actioncheck: "test -d <table>/<set>",
  actionflush: "rm -f <table>/<set>/*",
  actionban: ': > "<table>/<set>/<ip>"',
  actionunban: 'rm "<table>/<set>/<ip>"',
  set: "s4",
  "set?family=inet6": "s6",
};

function fileJail(name: string): { table: string; jail: ScriptedJail; elements: (set: string) => string[] } {
  const table = join(folder, name);
  mkdirSync(table);
  return { table, jail: new ScriptedJail(), elements: (set) => readdirSync(join(table, set)).sort() };
}

test("after somebody wiped the firewall, the next ban brings all others back", async () => {
  const { table, jail, elements } = fileJail("wiped");
  const run = createRunner();
  const action = jail.runner({ ...FIREWALL, table }, { run });
  const enforcer = new Enforcer({ jail: "j1", actions: [action], observe: jail.observe, clock: jail.clock });
  const bans = ["192.0.2.1", "192.0.2.2", "2001:db8::1"].map((id) => sampleBan(id));
  jail.enter(...bans);
  for (const ban of bans) await enforcer.ban(ban);
  expect([elements("s4"), elements("s6")]).toEqual([["192.0.2.1", "192.0.2.2"], ["2001:db8::1"]]);

  rmSync(join(table, "s4"), { recursive: true });
  const fourth = sampleBan("192.0.2.4");
  jail.enter(fourth);
  expect(await enforcer.ban(fourth)).toEqual({ applied: ["a1"], failed: [] });
  expect([elements("s4"), elements("s6")]).toEqual([
    ["192.0.2.1", "192.0.2.2", "192.0.2.4"],
    ["2001:db8::1"],
  ]);

  await enforcer.stop([...bans, fourth]);
  expect(readdirSync(table)).toEqual([]);
});

test("what was not repaired is not claimed", async () => {
  const { table, jail } = fileJail("broken");
  const action = jail.runner({ ...FIREWALL, table }, { run: createRunner() });
  const enforcer = new Enforcer({ jail: "j1", actions: [action], observe: jail.observe, clock: jail.clock });
  rmSync(table, { recursive: true });
  writeFileSync(table, "no folder");
  expect(await enforcer.ban(sampleBan("192.0.2.1"))).toEqual({ applied: [], failed: ["a1"] });
  expect(jail.told().at(-1)).toMatch(/^ERROR actions Failed to execute ban .*: Error starting action/);
});

test("the firewall does not wait for a mail", async () => {
  const { table, jail } = fileJail("waiting");
  const run = createRunner();
  const firewall = jail.runner({ ...FIREWALL, table }, { run, name: "fw" });
  // the first is sent when both are banned, and never would be if the second ban waited for it
  const actionban = "until [ -e <table>/s4/192.0.2.2 ]; do sleep 0.02; done";
  const mail = jail.runner({ actionban, table, timeout: 20 }, { run, name: "mail" });
  const enforcer = new Enforcer({
    jail: "j1",
    actions: [firewall, mail],
    observe: jail.observe,
    clock: jail.clock,
  });
  const bans = ["192.0.2.1", "192.0.2.2"].map((id) => enforcer.ban(sampleBan(id)));
  for (const done of await Promise.all(bans)) expect(done).toEqual({ applied: ["fw", "mail"], failed: [] });
});

test("a mail that hangs runs into its deadline twice", async () => {
  const { jail } = fileJail("mail");
  const mail = jail.runner({ actionban: "sleep 30", timeout: 0.3 }, { run: createRunner(), name: "mail" });
  const enforcer = new Enforcer({ jail: "j1", actions: [mail], observe: jail.observe, clock: jail.clock });
  expect(await enforcer.ban(sampleBan("192.0.2.1"))).toEqual({ applied: [], failed: ["mail"] });
  const texts = jail.events.map((event) => (event.type === "message" ? event.text : ""));
  expect(texts.filter((text) => /timed out after 0\.3 seconds\.$/.test(text))).toHaveLength(2);
});

test("a dry run tells every command and touches nothing", async () => {
  const { table, jail } = fileJail("dry");
  const plans: CommandPlan[] = [];
  const action = jail.runner({ ...FIREWALL, table: "T" }, { run: createDryRun((plan) => plans.push(plan)) });
  const enforcer = new Enforcer({ jail: "j1", actions: [action], observe: jail.observe, clock: jail.clock });
  const ban = sampleBan("192.0.2.1");
  expect(await enforcer.ban(ban)).toEqual({ applied: ["a1"], failed: [] });
  await enforcer.stop([ban]);
  expect(plans.map(({ script }) => script)).toEqual([
    "mkdir T/s4",
    ': > "T/s4/192.0.2.1"',
    "rm -f T/s4/*",
    "rm -r T/s4",
  ]);
  expect(readdirSync(table)).toEqual([]);
});
