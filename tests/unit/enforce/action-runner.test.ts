import { expect, test } from "vitest";
import { sampleBan } from "../action/sample.ts";
import { failing, ScriptedJail } from "./scripted.ts";

const v4 = sampleBan("192.0.2.1");
const other4 = sampleBan("192.0.2.2");
const third4 = sampleBan("192.0.2.3");
const v6 = sampleBan("2001:db8::1");
const text = sampleBan("some text");

/** A firewall as the stock ones are: conditional, with everything. */
const FIREWALL = {
  actionstart: "start <set>",
  actionstop: "stop <set>",
  actionban: "ban <set> <ip>",
  actionunban: "unban <set> <ip>",
  actionflush: "flush <set>",
  actioncheck: "check <set>",
  actionreload: "reload <set>",
  set: "s4",
  "set?family=inet6": "s6",
};
const PLAIN = { actionstart: "start", actionban: "ban <ip>", actionunban: "unban <ip>", actionstop: "stop" };
/** One that needs no start. */
const BARE = { actionban: "ban <ip>", actionunban: "unban <ip>" };

test("a conditional action starts each family with its first ban and stops what it started", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner(FIREWALL);
  expect(await runner.start()).toEqual({ kind: "skipped" });
  expect(jail.takeRan()).toEqual([]);
  await runner.ban(v4);
  await runner.ban(other4);
  await runner.ban(v6);
  expect(jail.takeRan()).toEqual([
    "start s4",
    "ban s4 192.0.2.1",
    "ban s4 192.0.2.2",
    "start s6",
    "ban s6 2001:db8::1",
  ]);
  await runner.reload();
  await runner.flush();
  expect(runner.state).toEqual(
    new Map([
      ["inet4", "started"],
      ["inet6", "started"],
    ]),
  );
  await runner.stop();
  expect(jail.takeRan()).toEqual(["reload s4", "reload s6", "flush s4", "flush s6", "stop s4", "stop s6"]);
  expect(runner.state.size).toBe(0);
});

test("a family without items is neither flushed nor unbanned from", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner(FIREWALL);
  expect(await runner.unban(v4)).toEqual({ kind: "skipped" });
  expect(await runner.flush()).toEqual({ kind: "skipped" });
  await runner.ban(v6);
  jail.takeRan();
  expect(await runner.unban(v4)).toEqual({ kind: "skipped" });
  expect(jail.takeRan()).toEqual([]);
  expect(await runner.unban(v6)).toEqual({ kind: "done" });
  expect(jail.takeRan()).toEqual(["unban s6 2001:db8::1"]);
});

test("an ID that is no address starts both families and leaves their items alone", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner(FIREWALL);
  await runner.ban(v4);
  await runner.ban(text);
  expect(jail.takeRan()).toEqual([
    "start s4",
    "ban s4 192.0.2.1",
    "start s6",
    "f2bV_ip=$0 \nban s4 $f2bV_ip",
  ]);
  await runner.unban(v4);
  expect(jail.takeRan()).toEqual(["unban s4 192.0.2.1"]);
  await runner.flush();
  expect(jail.takeRan()).toEqual(["flush s4", "flush s6"]);
  expect(await runner.flush()).toEqual({ kind: "skipped" });
});

test("without IPv6 only the one family is started for an ID that is no address", async () => {
  const jail = new ScriptedJail();
  await jail.runner(FIREWALL, { allowIpv6: false }).ban(text);
  expect(jail.takeRan()[0]).toBe("start s4");
  expect(jail.takeRan()).toEqual([]);
});

test("a plain action starts with the jail, once for all families", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner(PLAIN);
  await runner.start();
  await runner.ban(v4);
  await runner.ban(v6);
  await runner.stop();
  expect(jail.takeRan()).toEqual(["start", "ban 192.0.2.1", "ban 2001:db8::1", "stop"]);
});

test("a plain action that is to start on demand starts with the first ban, once", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner({ ...PLAIN, actionstart_on_demand: true });
  await runner.start();
  await runner.ban(v4);
  await runner.ban(v6);
  expect(jail.takeRan()).toEqual(["start", "ban 192.0.2.1", "ban 2001:db8::1"]);
});

test("a conditional action that is not to start on demand starts all families at once", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner({ ...FIREWALL, actionstart_on_demand: false });
  await runner.start();
  await runner.ban(v4);
  expect(jail.takeRan()).toEqual(["start s4", "start s6", "ban s4 192.0.2.1"]);
});

test("families whose command reads the same run it once", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner({ ...FIREWALL, actionstart: "start", actionstart_on_demand: false });
  await runner.start();
  expect(jail.takeRan()).toEqual(["start"]);
  expect([...runner.state.keys()]).toEqual(["inet4", "inet6"]);
});

test("after a failed start at the jail's start, bans are tried all the same", async () => {
  const jail = new ScriptedJail();
  jail.answer = failing("start");
  const runner = jail.runner(PLAIN);
  expect(await runner.start()).toEqual({
    kind: "failed",
    error: "Error starting action Jail('j1')/a1: 'Script error'",
  });
  expect(await runner.ban(v4)).toEqual({ kind: "done" });
  expect(jail.takeRan()).toEqual(["start", "ban 192.0.2.1"]);
});

test("a start on demand that fails keeps the ban from running, and is tried again with the next", async () => {
  const jail = new ScriptedJail();
  jail.answer = failing("start");
  const runner = jail.runner(FIREWALL);
  const outcome = await runner.ban(v4);
  expect(outcome).toMatchObject({
    kind: "failed",
    error: "Error starting action Jail('j1')/a1: 'Script error'",
  });
  expect(runner.lacks(v4.id)).toBe(true);
  jail.answer = () => undefined;
  await runner.ban(other4);
  expect(jail.takeRan()).toEqual(["start s4", "start s4", "ban s4 192.0.2.2"]);
});

test("a failing command runs exactly once more", async () => {
  const jail = new ScriptedJail();
  jail.answer = failing("ban");
  const runner = jail.runner(BARE);
  const outcome = await runner.ban(v4);
  expect(outcome).toMatchObject({ kind: "failed", error: "Error banning 192.0.2.1" });
  expect(jail.takeRan()).toEqual(["ban 192.0.2.1", "ban 192.0.2.1"]);
  expect(await runner.unban(v4)).toEqual({ kind: "skipped" });
});

test("a command that runs out of time has failed, whatever its exit code", async () => {
  const jail = new ScriptedJail();
  jail.answer = () => ({ code: 0, timedOut: true });
  expect(await jail.runner(BARE).ban(v4)).toMatchObject({ kind: "failed" });
  expect(jail.takeRan()).toEqual(["ban 192.0.2.1", "ban 192.0.2.1"]);
});

/** A runner with one ban in force whose environment is broken from outside until a script mends it. */
async function broken(
  properties: Record<string, string | boolean>,
  mendedBy: string,
): Promise<[ScriptedJail, ReturnType<ScriptedJail["runner"]>]> {
  const jail = new ScriptedJail();
  const runner = jail.runner({ ...FIREWALL, ...properties });
  jail.enter(v4);
  await runner.ban(v4);
  jail.takeRan();
  let isBroken = true;
  jail.answer = (script) => {
    if (script.startsWith(mendedBy)) isBroken = false;
    return isBroken ? { code: 1 } : undefined;
  };
  return [jail, runner];
}

test("a failed ban whose check is fine is only repeated", async () => {
  const jail = new ScriptedJail();
  jail.answer = failing("ban");
  await jail.runner(FIREWALL).ban(v4);
  expect(jail.takeRan()).toEqual(["start s4", "ban s4 192.0.2.1", "check s4", "ban s4 192.0.2.1"]);
});

test("a failed check leads to stop, start, check, the ban again, and all other bans again", async () => {
  const [jail, runner] = await broken({}, "start");
  jail.enter(other4, third4);
  await runner.ban(other4);
  expect(jail.takeRan()).toEqual([
    "ban s4 192.0.2.2",
    "check s4",
    "stop s4",
    "start s4",
    "check s4",
    "ban s4 192.0.2.2",
    "ban s4 192.0.2.1",
  ]);
  expect(jail.told()).toEqual([
    "ERROR CommandAction Invariant check failed. Trying to restore a sane environment",
    "REBAN 192.0.2.1 a1",
  ]);
  expect([runner.banEpoch, runner.lacks(v4.id), runner.lacks(other4.id)]).toEqual([1, false, false]);
});

test("a repaired family makes no ban again that was lifted meanwhile, nor those of the other family", async () => {
  const [jail, runner] = await broken({}, "start");
  jail.bans.clear();
  jail.answer = () => undefined;
  jail.enter(v6);
  await runner.ban(v6);
  jail.takeRan();
  let isBroken = true;
  jail.answer = (script) => {
    if (script === "start s4") isBroken = false;
    return isBroken ? { code: 1 } : undefined;
  };
  await runner.ban(other4);
  expect(jail.takeRan().slice(-2)).toEqual(["check s4", "ban s4 192.0.2.2"]);
  expect([runner.banEpoch, runner.lacks(v6.id)]).toEqual([1, false]);
});

test("actionrepair stands in for stop and start, and what it may have left is flushed", async () => {
  const [jail, runner] = await broken({ actionrepair: "repair <family>" }, "repair");
  await runner.ban(other4);
  expect(jail.takeRan()).toEqual([
    "ban s4 192.0.2.2",
    "check s4",
    "repair inet4",
    "check s4",
    "flush s4",
    "ban s4 192.0.2.2",
    "ban s4 192.0.2.1",
  ]);
});

test("actionreban, where there is one, makes lost bans again", async () => {
  const [jail, runner] = await broken({ actionreban: "reban <ip>" }, "start");
  await runner.ban(other4);
  expect(jail.takeRan().slice(-2)).toEqual(["ban s4 192.0.2.2", "reban 192.0.2.1"]);
});

test("a repair that does not help is given up", async () => {
  const [jail, runner] = await broken({}, "never");
  expect(await runner.ban(other4)).toMatchObject({ kind: "failed", error: "Error banning 192.0.2.2" });
  expect(jail.takeRan()).toEqual(["ban s4 192.0.2.2", "check s4", "stop s4", "start s4", "check s4"]);
  expect(jail.told().at(-1)).toBe("CRITICAL CommandAction Unable to restore environment");
  // the epoch has moved on: what was banned before counts as lost
  expect([runner.lacks(v4.id), runner.lacks(other4.id)]).toEqual([true, true]);
});

test("a failed unban does not repair", async () => {
  const [jail, runner] = await broken({}, "start");
  expect(await runner.unban(v4)).toMatchObject({ kind: "failed", error: "Error unbanning 192.0.2.1" });
  expect(jail.takeRan()).toEqual(["unban s4 192.0.2.1", "check s4"]);
  expect(jail.told()).toEqual(["ERROR CommandAction Invariant check failed. Unban is impossible."]);
});

test("a failed unban repairs with actionrepair_on_unban", async () => {
  const [jail, runner] = await broken({ actionrepair_on_unban: true }, "start");
  jail.bans.clear();
  expect(await runner.unban(v4)).toEqual({ kind: "done" });
  expect(jail.takeRan()).toEqual([
    "unban s4 192.0.2.1",
    "check s4",
    "stop s4",
    "start s4",
    "check s4",
    "unban s4 192.0.2.1",
  ]);
});

test("a check by itself repairs and makes all bans again", async () => {
  const [jail, runner] = await broken({}, "start");
  expect(await runner.check()).toEqual({ kind: "done" });
  expect(jail.takeRan()).toEqual(["check s4", "stop s4", "start s4", "check s4", "ban s4 192.0.2.1"]);
});

test("a check after a flush at the jail's stop repairs nothing", async () => {
  const [jail, runner] = await broken({}, "start");
  expect(await runner.check({ mayRepair: false })).toMatchObject({ kind: "failed" });
  expect(jail.takeRan()).toEqual(["check s4"]);
  expect(jail.told()).toEqual(["ERROR CommandAction Invariant check failed. Flush is impossible."]);
});

test("a repaired action that goes on refusing bans is left alone, and knows what it lacks", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner(FIREWALL);
  const bans = Array.from({ length: 6 }, (_, index) => sampleBan(`198.51.100.${index}`));
  jail.enter(...bans);
  for (const ban of bans) await runner.ban(ban);
  jail.takeRan();
  let checks = 0;
  jail.answer = (script) => {
    if (script.startsWith("check")) return { code: checks++ === 0 ? 1 : 0 };
    return script.startsWith("ban") ? { code: 1 } : undefined;
  };
  await runner.ban(v4);
  expect(jail.takeRan().filter((script) => script.startsWith("ban s4 198"))).toHaveLength(3);
  expect(jail.told().at(-1)).toBe(
    "ERROR actions [j1] action 'a1' refuses bans after its repair; 6 of 6 are not in force",
  );
  expect(bans.map((ban) => runner.lacks(ban.id))).toEqual([true, true, true, true, true, true]);
});

test("bans that failed before come into force with the next repair", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner(FIREWALL);
  jail.enter(v4, other4);
  jail.answer = failing("ban s4 192.0.2.1");
  await runner.ban(v4);
  let isBroken = true;
  jail.answer = (script) => {
    if (script.startsWith("start")) isBroken = false;
    return isBroken ? { code: 1 } : undefined;
  };
  jail.takeRan();
  await runner.ban(other4);
  expect(jail.takeRan().at(-1)).toBe("ban s4 192.0.2.1");
  expect(runner.lacks(v4.id)).toBe(false);
});

test("a flush forgets bans that never came about", async () => {
  const jail = new ScriptedJail();
  jail.answer = failing("ban");
  const runner = jail.runner(FIREWALL);
  await runner.ban(v4);
  expect(runner.lacks(v4.id)).toBe(true);
  await runner.flush();
  expect(runner.lacks(v4.id)).toBe(false);
});

test("norestored keeps bans from the database away, and their unban runs only beside others", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner({ ...BARE, norestored: 1 });
  expect(await runner.ban(sampleBan("192.0.2.9", { restored: true }))).toEqual({ kind: "skipped" });
  expect(await runner.ban(v4)).toEqual({ kind: "done" });
  expect(jail.takeRan()).toEqual(["ban 192.0.2.1"]);
});

test("prolong runs where there is a command and the family has items", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner({ ...BARE, actionprolong: "prolong <ip> <bantime>" });
  expect(await runner.prolong(v4)).toEqual({ kind: "skipped" });
  await runner.ban(v4);
  await runner.prolong({ ...v4, bantime: 1200 });
  expect(jail.takeRan()).toEqual(["ban 192.0.2.1", "prolong 192.0.2.1 1200"]);
  expect(await jail.runner(BARE).prolong(v4)).toEqual({ kind: "skipped" });
});

test("a prolonging that fails is checked and tried once more, as a ban is", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner({ ...BARE, actionprolong: "prolong <ip>", actioncheck: "check" });
  await runner.ban(v4);
  jail.answer = failing("prolong");
  expect(await runner.prolong(v4)).toMatchObject({ kind: "failed", error: "Error prolonging 192.0.2.1" });
  expect(jail.takeRan()).toEqual(["ban 192.0.2.1", "prolong 192.0.2.1", "check", "prolong 192.0.2.1"]);
});

test("a ban that is not in place is not prolonged, nor is one that the action was not asked for", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner({ ...BARE, actionprolong: "prolong <ip>", norestored: 1 });
  await runner.ban(sampleBan("192.0.2.9"));
  jail.answer = failing("ban");
  await runner.ban(v4);
  jail.takeRan();
  expect(await runner.prolong(v4)).toEqual({ kind: "skipped" });
  expect(await runner.prolong(sampleBan("192.0.2.9", { restored: true }))).toEqual({ kind: "skipped" });
  expect(jail.takeRan()).toEqual([]);
});

test("values are looked up only for scripts that use them", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner({ ...BARE, actionban: "ban <ipfailures>" });
  await runner.ban(v4);
  await runner.unban(v4);
  expect(jail.takeRan()).toEqual(["ban 17", "unban 192.0.2.1"]);
  expect(jail.prepared).toEqual([["192.0.2.1", ["ipfailures"]]]);
});

test("a stop that fails for one family goes on with the others and tells once", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner(FIREWALL);
  await runner.ban(v4);
  await runner.ban(v6);
  jail.takeRan();
  jail.answer = failing("stop s4");
  expect(await runner.stop()).toEqual({
    kind: "failed",
    error: "Error stopping action Jail('j1')/a1: 'Script error'",
  });
  expect(jail.takeRan()).toEqual(["stop s4", "stop s6"]);
  expect(runner.state.size).toBe(0);
});

test("properties that refer to themselves fail each operation with fail2ban's words", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner({ ...BARE, a: "<a>" });
  const reason =
    "properties contain self referencing definitions and cannot be resolved, fail tag: a, found: a in {}, value: <a>";
  expect(await runner.start()).toEqual({
    kind: "failed",
    error: `Error starting action Jail('j1')/a1: ValueError('${reason}')`,
  });
  expect(await runner.ban(v4)).toMatchObject({ kind: "failed", error: reason });
});

test("new settings apply from the next command on, and what is banned stays banned", async () => {
  const jail = new ScriptedJail();
  const runner = jail.runner(BARE);
  await runner.ban(v4);
  runner.redefine(jail.runner({ ...BARE, actionunban: "unban2 <ip>" }).definition);
  await runner.unban(v4);
  expect(jail.takeRan()).toEqual(["ban 192.0.2.1", "unban2 192.0.2.1"]);
});
