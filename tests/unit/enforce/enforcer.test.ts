import { expect, test } from "vitest";
import type { CommandResult } from "../../../src/action/command-plan.ts";
import type { Ban } from "../../../src/ban/ticket.ts";
import { Enforcer } from "../../../src/enforce/enforcer.ts";
import { sampleBan } from "../action/sample.ts";
import { failing, ScriptedJail } from "./scripted.ts";

const a = sampleBan("192.0.2.1");
const b = sampleBan("192.0.2.2");

const FIREWALL = {
  actionstart: "fw start",
  actionstop: "fw stop",
  actionban: "fw ban <ip>",
  actionunban: "fw unban <ip>",
  actionflush: "fw flush",
  actioncheck: "fw check",
};
const MAIL = {
  actionstart: "post start",
  actionstop: "post stop",
  actionban: "post ban <ip>",
  actionunban: "post unban <ip>",
};

/** A jail with a firewall, then a mail action. */
function enforcerOf(jail: ScriptedJail, maxQueued?: number): Enforcer {
  return new Enforcer({
    jail: "j1",
    actions: [jail.runner(FIREWALL, { name: "fw" }), jail.runner(MAIL, { name: "mail" })],
    observe: jail.observe,
    clock: jail.clock,
    ...(maxQueued === undefined ? {} : { maxQueued }),
  });
}

/** Lets scripts that begin with a word hang until they are released. */
function hanging(jail: ScriptedJail, word: string): () => void {
  const release: (() => void)[] = [];
  jail.answer = (script) =>
    script.startsWith(word)
      ? new Promise<Partial<CommandResult>>((resolve) => release.push(() => resolve({})))
      : undefined;
  return () => {
    jail.answer = () => undefined;
    for (const one of release.splice(0)) one();
  };
}

/** Lets everything happen that does not wait for the world. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
}

test("Enforcer bans and unbans by the actions in order, and stops them in reverse order", async () => {
  const jail = new ScriptedJail();
  const enforcer = enforcerOf(jail);
  await enforcer.start();
  expect(await enforcer.ban(a)).toEqual({ applied: ["fw", "mail"], failed: [] });
  await enforcer.unban(a);
  await enforcer.ban(b);
  const told: Ban[] = [];
  await enforcer.stop([b], (ban) => told.push(ban));
  expect(jail.takeRan()).toEqual([
    "fw start",
    "post start",
    "fw ban 192.0.2.1",
    "post ban 192.0.2.1",
    "fw unban 192.0.2.1",
    "post unban 192.0.2.1",
    "fw ban 192.0.2.2",
    "post ban 192.0.2.2",
    "fw flush",
    "post unban 192.0.2.2",
    "post stop",
    "fw stop",
  ]);
  expect(jail.told()).toEqual(["NOTICE actions [j1] Flush ticket(s) with fw"]);
  expect(told).toEqual([b]);
});

test("Enforcer claims no ban that an action did not confirm, and goes on with the next action", async () => {
  const jail = new ScriptedJail();
  const enforcer = enforcerOf(jail);
  await enforcer.start();
  jail.answer = failing("fw ban", "fw unban");
  expect(await enforcer.ban(a)).toEqual({ applied: ["mail"], failed: ["fw"] });
  expect(jail.told()).toEqual([
    "ERROR actions Failed to execute ban jail 'j1' action 'fw' info 'ActionInfo({'ip': '192.0.2.1', 'family': 'inet4', " +
      "'fid': '192.0.2.1', 'failures': 2, 'time': 1795346762.0, 'bantime': 600, 'bancount': 1, 'restored': 0, " +
      "'F-*': {'matches': ['line one', 'line two'], 'failures': 2}, 'jail.banned': 1, 'jail.found': 3})': " +
      "Error banning 192.0.2.1",
  ]);
});

test("Enforcer tells which actions could not be started", async () => {
  const jail = new ScriptedJail();
  jail.answer = failing("fw start");
  await enforcerOf(jail).start();
  expect(jail.takeRan()).toEqual(["fw start", "post start"]);
  expect(jail.told()).toEqual([
    "ERROR actions Failed to start jail 'j1' action 'fw': Error starting action Jail('j1')/fw: 'Script error'",
  ]);
});

test("a mail that hangs holds up neither the next ban's firewall nor an unban there", async () => {
  const jail = new ScriptedJail();
  const enforcer = enforcerOf(jail);
  await enforcer.start();
  const release = hanging(jail, "post");
  jail.takeRan();
  const work = [enforcer.ban(a), enforcer.ban(b), enforcer.unban(a)];
  await settled();
  expect(jail.takeRan()).toEqual([
    "fw ban 192.0.2.1",
    "post ban 192.0.2.1",
    "fw ban 192.0.2.2",
    "fw unban 192.0.2.1",
  ]);
  expect(enforcer.queued).toEqual(
    new Map([
      ["fw", 0],
      ["mail", 3],
    ]),
  );
  release();
  await Promise.all(work);
  expect(jail.takeRan()).toEqual(["post ban 192.0.2.2", "post unban 192.0.2.1"]);
});

test("each action sees decisions in their order, even where one has nothing to do", async () => {
  const jail = new ScriptedJail();
  const enforcer = new Enforcer({
    jail: "j1",
    actions: [
      jail.runner({ actionban: "fw ban <ip>", norestored: true }, { name: "fw" }),
      jail.runner({ actionban: "post ban <ip>", actionunban: "post unban <ip>" }, { name: "mail" }),
    ],
    observe: jail.observe,
    clock: jail.clock,
  });
  const release = hanging(jail, "fw");
  const work = [enforcer.ban(a), enforcer.ban({ ...b, restored: true }), enforcer.unban(b)];
  await settled();
  release();
  await Promise.all(work);
  expect(jail.takeRan()).toEqual([
    "fw ban 192.0.2.1",
    "post ban 192.0.2.1",
    "post ban 192.0.2.2",
    "post unban 192.0.2.2",
  ]);
});

test("a flush that fails leads to a check, and to no unban by the same action", async () => {
  const jail = new ScriptedJail();
  const enforcer = enforcerOf(jail);
  await enforcer.start();
  await enforcer.ban(a);
  jail.takeRan();
  jail.answer = failing("fw flush", "fw check");
  await enforcer.stop([a]);
  expect(jail.takeRan()).toEqual(["fw flush", "fw check", "post unban 192.0.2.1", "post stop", "fw stop"]);
  expect(jail.told()).toEqual([
    "NOTICE actions [j1] Flush ticket(s) with fw",
    "ERROR actions Failed to flush bans in jail 'j1' action 'fw': Error flushing action Jail('j1')/fw: 'Script error'",
    "INFO actions No flush occurred, do consistency check",
    "ERROR CommandAction Invariant check failed. Flush is impossible.",
  ]);
});

test("where all actions flush, a stop takes the bans one after the other: they may be very many", async () => {
  const jail = new ScriptedJail();
  const actions = [jail.runner(FIREWALL, { name: "fw" })];
  const enforcer = new Enforcer({ jail: "j1", actions, observe: jail.observe, clock: jail.clock });
  await enforcer.start();
  await enforcer.ban(a);
  await enforcer.ban(b);
  jail.takeRan();
  const seen: string[] = [];
  function* bans(): Generator<Ban> {
    for (const ban of [a, b]) {
      seen.push(`take ${ban.id} after ${jail.takeRan().join()}`);
      yield ban;
    }
  }
  await enforcer.stop(bans(), ({ id }) => seen.push(`tell ${id}`));
  expect(seen).toEqual([
    "take 192.0.2.1 after fw flush",
    "tell 192.0.2.1",
    "take 192.0.2.2 after ",
    "tell 192.0.2.2",
  ]);
  expect(jail.takeRan()).toEqual(["fw stop"]);
});

test("flush lifts the bans and leaves the actions started", async () => {
  const jail = new ScriptedJail();
  const enforcer = enforcerOf(jail);
  await enforcer.start();
  await enforcer.ban(a);
  await enforcer.flush([a]);
  await enforcer.ban(b);
  expect(jail.takeRan().slice(4)).toEqual([
    "fw flush",
    "post unban 192.0.2.1",
    "fw ban 192.0.2.2",
    "post ban 192.0.2.2",
  ]);
});

test("a stop gives waiting bans a while, then drops and tells them", async () => {
  const jail = new ScriptedJail();
  const enforcer = enforcerOf(jail);
  await enforcer.start();
  const release = hanging(jail, "post ban");
  const bans = Promise.all([enforcer.ban(a), enforcer.ban(b)]);
  const stop = enforcer.stop([]);
  await settled();
  jail.now += 11;
  release();
  await stop;
  expect((await bans).map(({ applied }) => applied)).toEqual([["fw", "mail"], ["fw"]]);
  expect(jail.takeRan()).toContain("post stop");
  expect(jail.told().at(-1)).toBe("WARNING actions [j1] action 'mail': 1 operation(s) dropped at stop");
});

test("a full queue refuses bans and says so, and never refuses unbans", async () => {
  const jail = new ScriptedJail();
  const enforcer = enforcerOf(jail, 2);
  await enforcer.start();
  const release = hanging(jail, "post");
  const first = [enforcer.ban(a), enforcer.ban(b)];
  await settled();
  const refused = enforcer.ban(sampleBan("192.0.2.3"));
  expect(await refused).toEqual({ applied: ["fw"], failed: ["mail"] });
  expect(jail.told().at(-1)).toMatch(/action 'mail' info '': too many operations wait for action 'mail'$/);
  const unban = enforcer.unban(a);
  release();
  await Promise.all([...first, unban]);
  expect(jail.takeRan()).toContain("post unban 192.0.2.1");
});

test("a repeated failure of a banned ID makes the ban again where an action lacks it", async () => {
  const jail = new ScriptedJail();
  const enforcer = enforcerOf(jail);
  await enforcer.start();
  jail.answer = failing("fw ban");
  await enforcer.ban(a);
  jail.answer = () => undefined;
  jail.takeRan();
  expect(enforcer.mayLack(a.id, 1)).toBe(true);
  await enforcer.repeated(a, 1);
  expect(enforcer.mayLack(a.id, 1)).toBe(false);
  expect(jail.takeRan()).toEqual(["fw ban 192.0.2.1"]);
  expect(jail.told().at(-1)).toBe("REBAN 192.0.2.1 fw");
  await enforcer.repeated(a, 1);
  expect(jail.takeRan()).toEqual([]);
});

test("a repeated failure leads to a check: not for a fresh ban, and not more often than every three seconds", async () => {
  const jail = new ScriptedJail();
  const enforcer = enforcerOf(jail);
  await enforcer.start();
  await enforcer.ban(a);
  jail.enter(a);
  jail.takeRan();
  expect(enforcer.mayLack(a.id, 2)).toBe(false);
  await enforcer.repeated(a, 2);
  expect(jail.takeRan()).toEqual([]);
  expect(enforcer.mayLack(a.id, 4)).toBe(true);
  await enforcer.repeated(a, 4);
  expect(enforcer.mayLack(a.id, 5)).toBe(false);
  await enforcer.repeated(a, 5);
  expect(jail.takeRan()).toEqual(["fw check"]);
  jail.now += 4;
  let isBroken = true;
  jail.answer = (script) => {
    if (script === "fw start") isBroken = false;
    return isBroken ? { code: 1 } : undefined;
  };
  await enforcer.repeated(a, 8);
  expect(jail.takeRan()).toEqual(["fw check", "fw stop", "fw start", "fw check", "fw ban 192.0.2.1"]);
  expect(jail.told().at(-1)).toBe("REBAN 192.0.2.1 fw");
});

test("an action that is added takes over the bans in force; one that is removed gives them up", async () => {
  const jail = new ScriptedJail();
  const enforcer = enforcerOf(jail);
  await enforcer.start();
  await enforcer.ban(a);
  jail.takeRan();
  await enforcer.add(jail.runner({ actionstart: "log start", actionban: "log <ip>" }, { name: "log" }), [a]);
  expect(jail.takeRan()).toEqual(["log start", "log 192.0.2.1"]);
  expect(await enforcer.remove("mail", [a])).toBe(true);
  expect(jail.takeRan()).toEqual(["post unban 192.0.2.1", "post stop"]);
  expect(await enforcer.remove("mail", [a])).toBe(false);
  expect(enforcer.actions.map(({ name }) => name)).toEqual(["fw", "log"]);
});

test("an action that throws is reported like one that fails", async () => {
  const jail = new ScriptedJail();
  const enforcer = enforcerOf(jail);
  await enforcer.start();
  jail.answer = (script) => {
    if (script.startsWith("fw ban")) throw new Error("socket gone");
    return undefined;
  };
  expect(await enforcer.ban(a)).toEqual({ applied: ["mail"], failed: ["fw"] });
  expect(jail.told().at(-1)).toMatch(/action 'fw' info '': socket gone$/);
});

test("a longer ban is told to the actions that want to know, in order; a failure as the original tells it", async () => {
  const jail = new ScriptedJail();
  expect(enforcerOf(jail).canProlong).toBe(false);
  const names = ["one", "none", "two"];
  const actions = names.map((name) => {
    const prolong = name === "none" ? {} : { actionprolong: `${name} prolong <ip> <bantime>` };
    return jail.runner({ actionban: `${name} ban`, ...prolong }, { name });
  });
  const enforcer = new Enforcer({ jail: "j1", actions, observe: jail.observe, clock: jail.clock });
  expect(enforcer.canProlong).toBe(true);
  await enforcer.ban(a);
  jail.takeRan();
  jail.answer = failing("one");
  await enforcer.prolong({ ...a, bantime: 1200 });
  const again = "one prolong 192.0.2.1 1200";
  expect(jail.takeRan()).toEqual([again, again, "two prolong 192.0.2.1 1200"]);
  const head = "ERROR actions Failed to execute ban jail 'j1' action 'one' info '";
  const told = jail.told().filter((text) => text.startsWith(head));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/': Error prolonging 192\.0\.2\.1$/);
});

test("an action can be called by name when its turn comes", async () => {
  const jail = new ScriptedJail();
  const enforcer = enforcerOf(jail);
  expect(await enforcer.call("fw", (action) => action.start())).toEqual({ kind: "done" });
  expect(enforcer.call("none", (action) => action.start())).toBeUndefined();
  await enforcer.reload();
  await enforcer.prolong(a);
  expect(jail.takeRan()).toEqual(["fw start"]);
});

test("who does not wait is told once how a ban has ended, whatever became of it", async () => {
  const jail = new ScriptedJail();
  const enforcer = enforcerOf(jail, 1);
  const told: [string, boolean][] = [];
  const ended = ({ id }: Ban, hasFailed: boolean): void => void told.push([id, hasFailed]);
  enforcer.impose(a, ended);
  // no queue has room for another one
  enforcer.impose(b, ended);
  expect(told).toEqual([[b.id, true]]);
  await settled();
  jail.answer = (script) => (script.startsWith("post ban") ? { code: 1 } : undefined);
  enforcer.impose(b, ended);
  await settled();
  expect(told).toEqual([
    [b.id, true],
    [a.id, false],
    [b.id, true],
  ]);
  const { observe, clock } = jail;
  new Enforcer({ jail: "j1", actions: [], observe, clock }).impose(a, ended);
  expect(told.at(-1)).toEqual([a.id, false]);
});
