import { expect, test } from "vitest";
import { sampleBan } from "../action/sample.ts";
import { failing, ScriptedJail } from "./scripted.ts";

const v4 = sampleBan("192.0.2.1");
const other4 = sampleBan("192.0.2.2");
const v6 = sampleBan("2001:db8::1");

const IPTABLES = {
  actionstart: "<iptables> -N f2b-x",
  actionstop: "<iptables> -X f2b-x",
  actionban: "<iptables> -I f2b-x 1 -s <ip> -j REJECT",
  actionunban: "<iptables> -D f2b-x -s <ip> -j REJECT",
  actioncheck: "<iptables> -C INPUT -j f2b-x",
  iptables: "iptables",
  "iptables?family=inet6": "ip6tables",
};
const IPSET = {
  ...IPTABLES,
  actionban: "ipset -exist add <set> <ip>",
  set: "f2b-x",
  "set?family=inet6": "f2b-x6",
};

const ALL = { checks: true, counts: true, lost: new Set<string>() };
const COUNTS = { ...ALL, checks: false };
const isCount = (script: string): boolean => script.includes("grep -c") || script.includes("-t list");

test("without bans there is nothing to look at", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner(IPTABLES);
  expect(await runner.look(ALL)).toBe("fine");
  await runner.ban(v4);
  await runner.unban(v4);
  jail.takeRan();
  expect(await runner.look(ALL)).toBe("fine");
  expect(jail.takeRan()).toEqual([]);
});

test("a look that finds all in order changes nothing and tells nothing", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner(IPTABLES);
  jail.enter(v4, v6);
  await runner.ban(v4);
  await runner.ban(v6);
  jail.takeRan();
  jail.answer = (script) => (isCount(script) ? { stdout: "1\n" } : undefined);
  expect(await runner.look(ALL)).toBe("fine");
  const ran = jail.takeRan();
  expect(ran.filter((script) => !isCount(script))).toEqual([
    "iptables -C INPUT -j f2b-x",
    "ip6tables -C INPUT -j f2b-x",
  ]);
  expect(ran.filter(isCount)).toHaveLength(2);
  expect(jail.told()).toEqual([]);
});

test("a check that fails: the family is set up anew with all its bans, and the log says so", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner(IPTABLES);
  jail.enter(v4, other4, v6);
  for (const ban of [v4, other4, v6]) await runner.ban(ban);
  jail.takeRan();
  let isGone = true;
  jail.answer = (script) => {
    if (script === "iptables -N f2b-x") isGone = false;
    return script === "iptables -C INPUT -j f2b-x" && isGone ? { code: 1 } : undefined;
  };
  expect(await runner.look(ALL)).toBe("repaired");
  expect(jail.takeRan().filter((script) => !script.includes("-C"))).toEqual([
    "iptables -X f2b-x",
    "iptables -N f2b-x",
    "iptables -I f2b-x 1 -s 192.0.2.1 -j REJECT",
    "iptables -I f2b-x 1 -s 192.0.2.2 -j REJECT",
  ]);
  expect(jail.told().at(-1)).toBe(
    "WARNING actions [j1] Somebody removed what it had set up from the firewall: action 'a1' is restored, with 3 bans in force",
  );
});

test("a check that fails even after the repair is told as such, and claims no restoration", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner(IPTABLES);
  jail.enter(v4);
  await runner.ban(v4);
  jail.answer = failing("iptables -C");
  expect(await runner.look(ALL)).toBe("failed");
  expect(jail.told().at(-1)).toBe("CRITICAL CommandAction Unable to restore environment");
  expect(runner.holds).toBe(1);
});

for (const [text, properties] of [
  ["chain", IPTABLES],
  ["set", IPSET],
] as const) {
  test(`a ${text} with fewer entries than bans: all bans of that family are made again`, async () => {
    const jail = new ScriptedJail();
    const runner = jail.runner(properties);
    jail.enter(v4, other4, v6);
    for (const ban of [v4, other4, v6]) await runner.ban(ban);
    let entries = 1;
    jail.answer = (script) => {
      if (/^(?:iptables -I|ipset -exist add f2b-x ).*192\.0\.2/.test(script)) entries += 1;
      if (script.startsWith("iptables -X")) entries = 0;
      return isCount(script) ? { stdout: `${entries}\n` } : undefined;
    };
    jail.takeRan();
    expect(await runner.look(COUNTS)).toBe("repaired");
    expect(jail.told().filter((line) => line.startsWith("REBAN"))).toEqual([
      "REBAN 192.0.2.1 a1",
      "REBAN 192.0.2.2 a1",
    ]);
    expect(jail.takeRan().join()).not.toContain("Invariant");
    expect(await runner.look(COUNTS)).toBe("fine");
  });
}

test("where even all bans anew are too few, nothing is counted any more", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner(IPTABLES);
  jail.enter(v4, other4);
  for (const ban of [v4, other4]) await runner.ban(ban);
  jail.answer = (script) => (isCount(script) ? { stdout: "1\n" } : undefined);
  expect(await runner.look(COUNTS)).toBe("repaired");
  jail.takeRan();
  expect(await runner.look(COUNTS)).toBe("fine");
  expect(jail.takeRan()).toEqual([]);
});

test.each<readonly [string, object]>([
  ["no such chain", { code: 3 }],
  ["something else", { stdout: "many\n" }],
  ["nothing", { stdout: "" }],
])("a count that says %s is no count", async (_text, answer) => {
  const jail = new ScriptedJail();
  const runner = jail.runner(IPTABLES);
  jail.enter(v4);
  await runner.ban(v4);
  jail.answer = (script) => (isCount(script) ? answer : undefined);
  expect(await runner.look(COUNTS)).toBe("fine");
  expect(jail.told()).toEqual([]);
});

test("single addresses that somebody took out come back; those let go meanwhile or banned elsewhere do not", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner(IPTABLES);
  jail.enter(v4, other4);
  for (const ban of [v4, other4]) await runner.ban(ban);
  jail.takeRan();
  jail.bans.delete(other4.id);
  const lost = new Set(["192.0.2.1", "192.0.2.2", "192.0.2.99"]);
  expect(await runner.look({ checks: false, counts: false, lost })).toBe("repaired");
  expect(jail.takeRan()).toEqual(["iptables -I f2b-x 1 -s 192.0.2.1 -j REJECT"]);
  expect(jail.told()).toEqual([
    "REBAN 192.0.2.1 a1",
    "WARNING actions [j1] Somebody removed 1 of its bans from the firewall: action 'a1' is restored, with 2 bans in force",
  ]);
});
