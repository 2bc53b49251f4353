import { expect, test } from "vitest";
import { action, gate, JailStage } from "./stage.ts";

const A = "192.0.2.1";
const B = "192.0.2.2";

test("failures of an address are counted, enough of them ban it, and the ban ends", async () => {
  const stage = new JailStage();
  const jail = await stage.running();
  stage.fail(A);
  expect(stage.takeTold()).toEqual([`found ${A} 1/2`]);
  expect(jail.bans.size).toBe(0);
  stage.fail(A);
  await stage.settled();
  expect(stage.takeTold()).toEqual([`found ${A} 2/2`, `banned ${A}`]);
  expect(stage.takeRan()).toEqual([`fw ban ${A}`]);
  await stage.pass(599);
  expect(stage.takeRan()).toEqual([]);
  await stage.pass(2);
  expect(stage.takeTold()).toEqual([`unbanned ${A}: expired`]);
  expect(stage.takeRan()).toEqual([`fw unban ${A}`]);
});

test("a jail starts its actions, says what it is, and reads", async () => {
  const stage = new JailStage();
  const jail = stage.jail();
  await jail.start();
  expect(stage.takeRan()).toEqual(["fw start"]);
  expect(stage.messages("INFO").filter((text) => !text.includes("database"))).toEqual([
    "Creating new jail 'j1'",
    "Jail 'j1' uses poller {}",
    "Initiated 'polling' backend",
    "  maxRetry: 2",
    "  findtime: 600",
    "  banTime: 600",
    "  encoding: UTF-8",
    "Jail 'j1' started",
  ]);
  expect(jail.paths()).toEqual(["/var/log/auth.log"]);
});

test("a stop lifts the bans, stops the actions, and leaves the bans in the database", async () => {
  const stage = new JailStage();
  const jail = await stage.running();
  stage.fail(A, 2);
  await jail.stop();
  expect(stage.takeRan()).toEqual([`fw ban ${A}`, `fw unban ${A}`, "fw stop"]);
  expect(stage.takeTold().at(-1)).toBe(`unbanned ${A}: stop`);
  expect(stage.store?.currentBans("j1", stage.clock.now()).map(({ id }) => id)).toEqual([A]);
  expect(stage.store?.runningJails()).toEqual([]);

  const again = await stage.running();
  expect([...again.bans.bans()].map(({ id, restored }) => [id, restored])).toEqual([[A, true]]);
});

test("a restart neither loses nor repeats lines", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ maxretry: 10 });
  stage.fail(A, 3);
  await jail.stop();
  stage.fail(A, 2);
  await stage.jail({ maxretry: 10 }).start();
  expect(stage.takeTold().filter((told) => told.startsWith("found"))).toHaveLength(3 + 2);
});

test("a stop in the middle of the start leaves nothing in force", async () => {
  const stage = new JailStage();
  const before = await stage.running();
  stage.fail(A, 2);
  await before.stop();
  stage.takeRan();

  const started = gate();
  stage.answer = async (script) => {
    if (script === "fw start") await started.passed;
    return undefined;
  };
  const jail = stage.jail();
  const start = jail.start();
  await stage.settled();
  const stop = jail.stop();
  started.open();
  await Promise.all([start, stop]);
  await stage.settled();
  const ran = stage.takeRan();
  expect(ran.at(-1)).toBe("fw stop");
  expect(stage.firewall(ran)).toEqual([]);
  expect(stage.sources.filter(({ state }) => state === "running")).toEqual([]);
  expect(jail.state).toBe("stopped");
});

test("a ban that comes while the jail stops leaves nothing behind", async () => {
  const stage = new JailStage();
  const jail = await stage.running();
  stage.fail(A, 2);
  await stage.settled();
  const unbanned = gate();
  stage.answer = async (script) => {
    if (script.startsWith("fw unban")) await unbanned.passed;
    return undefined;
  };
  const stop = jail.stop();
  await stage.settled();
  expect(await jail.ban([B])).toBe(0);
  expect(await jail.attempt(B, ["x", "y"])).toBe(false);
  unbanned.open();
  await stop;
  await stage.settled();
  expect(stage.takeRan()).toEqual([`fw ban ${A}`, `fw unban ${A}`, "fw stop"]);
});

test("all who stop a jail wait for its end", async () => {
  const stage = new JailStage();
  const jail = await stage.running();
  const stopped = gate();
  stage.answer = async (script) => {
    if (script === "fw stop") await stopped.passed;
    return undefined;
  };
  const first = jail.stop();
  let isDone = false;
  const second = jail.stop().then(() => {
    isDone = true;
  });
  await stage.settled();
  expect(isDone).toBe(false);
  stopped.open();
  await Promise.all([first, second]);
});

test("a ban by hand waits for its own actions only", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ actions: [action("fw"), action("post")] });
  const mailed = gate();
  stage.answer = async (script) => {
    if (script === `post ban ${A}`) await mailed.passed;
    return undefined;
  };
  stage.fail(A, 2);
  await stage.settled();
  let count: number | undefined;
  void jail.unban(["203.0.113.9"]).then(({ lifted }) => {
    count = lifted;
  });
  await stage.settled();
  expect(count).toBe(0);
  mailed.open();
  expect(await jail.ban([B, B, A])).toBe(1);
});

test("an unban while the ban is being carried out comes after it", async () => {
  const stage = new JailStage();
  const jail = await stage.running();
  const banned = gate();
  stage.answer = async (script) => {
    if (script === `fw ban ${A}`) await banned.passed;
    return undefined;
  };
  stage.fail(A, 2);
  const unban = jail.unban([A]);
  await stage.settled();
  expect(stage.takeRan()).toEqual([`fw ban ${A}`]);
  banned.open();
  expect(await unban).toEqual({ lifted: 1, absent: [] });
  expect(stage.takeRan()).toEqual([`fw unban ${A}`]);
  expect(stage.store?.currentBans("j1", stage.clock.now())).toEqual([]);
});

test("an address that fails again while all bans are lifted is banned afterwards", async () => {
  const stage = new JailStage();
  const jail = await stage.running();
  stage.fail(A, 2);
  stage.fail(B, 2);
  await stage.settled();
  const lifted = gate();
  stage.answer = async (script) => {
    if (script === `fw unban ${A}`) await lifted.passed;
    return undefined;
  };
  const all = jail.unbanAll();
  await stage.settled();
  stage.fail(B, 2);
  await stage.settled();
  lifted.open();
  expect(await all).toBe(2);
  await stage.settled();
  expect(stage.firewall(stage.takeRan())).toEqual([`fw ${B}`]);
  expect([...jail.bans.bans()].map(({ id }) => id)).toEqual([B]);
});

test("unban of all forgets the bans in the database, too, and tells each", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ actions: [action("fw", { actionflush: "fw flush" })] });
  stage.fail(A, 2);
  stage.fail(B, 2);
  await stage.settled();
  stage.takeTold();
  expect(await jail.unbanAll()).toBe(2);
  expect(stage.takeTold()).toEqual([`unbanned ${A}: command`, `unbanned ${B}: command`]);
  expect(stage.takeRan().at(-1)).toBe("fw flush");
  expect(stage.store?.currentBans("j1", stage.clock.now())).toEqual([]);
});

test("unban takes networks and names as well as addresses, and reports what hits nothing", async () => {
  const stage = new JailStage();
  stage.names.set("evil.example", [B, "2001:db8::9"]);
  const jail = await stage.running();
  await jail.ban([A, B, "198.51.100.7"]);
  expect(await jail.unban(["evil.example", "198.51.100.0/24", "203.0.113.1", "unknown.example"])).toEqual({
    lifted: 2,
    absent: ["203.0.113.1", "unknown.example"],
  });
  expect([...jail.bans.bans()].map(({ id }) => id)).toEqual([A]);
});

test("an idle jail reads nothing, and misses nothing when it goes on", async () => {
  const stage = new JailStage();
  const jail = await stage.running();
  jail.setIdle(true);
  stage.fail(A, 2);
  expect(stage.takeTold()).toEqual([]);
  jail.setIdle(false);
  expect(stage.takeTold().at(-1)).toBe(`banned ${A}`);
});

test("a jail that is made idle while it starts stays idle", async () => {
  const stage = new JailStage();
  const started = gate();
  stage.answer = async (script) => {
    if (script === "fw start") await started.passed;
    return undefined;
  };
  const jail = stage.jail();
  const start = jail.start();
  await stage.settled();
  jail.setIdle(true);
  started.open();
  await start;
  stage.fail(A, 2);
  expect(stage.takeTold()).toEqual([]);
});

test("failures are forgotten after findtime though nobody is banned", async () => {
  const stage = new JailStage();
  const jail = await stage.running();
  stage.fail(A);
  expect(jail.failures.current).toBe(1);
  await stage.pass(800);
  expect(jail.failures.current).toBe(0);
});

test("a clock that is set forward ends bans within a minute, one that is set back ends none early", async () => {
  const stage = new JailStage();
  await stage.running();
  stage.fail(A, 2);
  await stage.settled();
  stage.takeRan();
  stage.clockShift = -3600;
  await stage.pass(700);
  expect(stage.takeRan()).toEqual([]);
  stage.clockShift = 0;
  await stage.pass(61);
  expect(stage.takeRan()).toEqual([`fw unban ${A}`]);
});

test("attempts by hand count, ban, and are ignored where the ID is", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ ignoreip: [B] });
  expect(await jail.attempt(B, ["x", "y", "z"])).toBe(false);
  expect(await jail.attempt(A, ["x", "y"])).toBe(true);
  expect(stage.takeTold()).toEqual([`ignored ${B} by ip`, `banned ${A}`]);
});

test("ignored addresses count no failure and do not come back from the database", async () => {
  const stage = new JailStage();
  const jail = await stage.running();
  await jail.ban([A, B]);
  await jail.stop();
  stage.takeTold();
  const again = stage.jail({ ignoreip: [A] });
  await again.start();
  stage.fail(A);
  expect(stage.takeTold()).toEqual([`ignored ${A} by ip`, `restored ${B}`, `ignored ${A} by ip`]);
});

test("what a killed daemon left is cleared away once, before the actions start", async () => {
  const stage = new JailStage();
  stage.killed.add("j1");
  const actions = [action("fw", { actionflush: "fw flush" }), action("post")];
  const jail = stage.jail({ actions });
  await jail.start();
  expect(stage.takeRan()).toEqual(["fw stop", "fw start", "post start"]);
  await jail.stop();
  stage.takeRan();
  await stage.jail({ actions }).start();
  expect(stage.takeRan()).toEqual(["fw start", "post start"]);
});

test("a jail without a database works, and remembers nothing", async () => {
  const stage = new JailStage({ database: undefined });
  const jail = await stage.running();
  stage.fail(A, 2);
  await jail.unban([A]);
  await jail.stop();
  expect(stage.takeRan()).toEqual([`fw ban ${A}`, `fw unban ${A}`, "fw stop"]);
});

test("the values that an action needs are looked up", async () => {
  const stage = new JailStage();
  const mail = action("mail", { actionban: "post <ip> <ipjailfailures> <ipfailures> <ip-host>" });
  const jail = await stage.running({ actions: [mail] });
  stage.fail(A, 2);
  await stage.settled();
  await jail.unban(["none"]);
  expect(stage.takeRan()).toEqual([`post ${A} 2 2 None`]);
});

test("a multi-line filter joins lines of different chunks", async () => {
  const stage = new JailStage();
  await stage.running({
    maxlines: 3,
    maxretry: 1,
    failregex: [{ value: "^session of <HOST>$<SKIPLINES>^it failed$" }],
  });
  stage.write([`session of ${A}`]);
  stage.write(["something else"]);
  stage.write(["it failed"]);
  expect(stage.takeTold()).toEqual([`found ${A} 1/1`, `banned ${A}`]);
});

const GROWTH = {
  enabled: true,
  factor: undefined,
  formula: undefined,
  multipliers: undefined,
  maxtime: undefined,
  rndtime: undefined,
  overalljails: false,
};

test("ban times that shall grow without a database are warned of, at the start and where it is set later", async () => {
  const text = "ban time increment is not available as long jail database is not set";
  const stage = new JailStage({});
  await stage.jail({ increment: GROWTH }).start();
  expect(stage.messages("WARNING")).toEqual([text]);
  const later = new JailStage({});
  const jail = await later.running();
  for (const bantime of [600, 700]) await jail.reconfigure(later.parts({ increment: GROWTH, bantime }));
  expect(later.messages("WARNING")).toEqual([text]);
  const remembering = new JailStage();
  await remembering.jail({ increment: GROWTH }).start();
  expect(remembering.messages("WARNING")).not.toContain(text);
});

test("a ban grows with the bans that the database remembers, and failures weigh more", async () => {
  const stage = new JailStage();
  await stage.running({ increment: GROWTH, maxretry: 3, bantime: 60 });
  stage.fail(A, 3);
  await stage.settled();
  await stage.pass(61);
  stage.takeTold();
  stage.fail(A);
  await stage.settled();
  expect(stage.takeTold()).toEqual([`found ${A} 1/3`, `failure-weighed ${A}`]);
  stage.fail(A);
  await stage.settled();
  expect(stage.takeTold()).toEqual([
    `found ${A} 3/3`,
    `failure-weighed ${A}`,
    `banned ${A}`,
    `ban-grown ${A}`,
    `ban-increased ${A}`,
  ]);
  expect(stage.store?.history(A, "j1")).toMatchObject({ count: 2, bantime: 120 });
});

test("bans from before that wait for an ignorecommand hold up neither the reading nor each other's return for long", async () => {
  const stage = new JailStage();
  const before = await stage.running();
  for (const id of [A, B]) await before.ban([id]);
  await before.stop();
  stage.takeTold();
  stage.takeRan();
  const never = gate();
  stage.answer = async (script) => {
    if (script.startsWith("ask")) await never.passed;
    return undefined;
  };
  const jail = stage.jail({ ignorecommand: "ask <ip>", ignoreip: ["192.0.2.9"] });
  await jail.start();
  stage.fail("192.0.2.9");
  expect(stage.takeTold()).toEqual(["ignored 192.0.2.9 by ip"]);
  expect(jail.bans.size).toBe(0);
  await stage.pass(60);
  expect(stage.takeTold()).toEqual([`restored ${A}`, `restored ${B}`]);
});

test("a restored ban's own data reach the ignorecommand", async () => {
  const stage = new JailStage();
  const filter = { failregex: [{ value: "^fail from <HOST> as <F-USER>\\S+</F-USER>$" }], maxretry: 1 };
  const before = await stage.running(filter);
  stage.write([`fail from ${A} as bob`]);
  await stage.settled();
  await before.stop();
  stage.takeTold();
  stage.takeRan();
  stage.answer = (script) => (script.startsWith("ask") ? { code: 0 } : undefined);
  await stage.jail({ ...filter, ignorecommand: "ask <ip> <F-USER>" }).start();
  await stage.settled();
  expect(stage.takeRan()).toContain(`ask ${A} bob`);
  expect(stage.takeTold()).toEqual([`ignored ${A} by command`]);
});

test("bans of a database that could be read only after the start come back, those in force already only once", async () => {
  const stage = new JailStage();
  const jail = await stage.running({});
  await jail.ban([A]);
  const store = stage.store;
  for (const id of [A, B]) {
    const ban = { id, ip: id, at: stage.clock.now(), attempts: 1, matches: [], data: new Map() };
    store?.saveBan("j1", { ...ban, bantime: 600, bancount: 1, restored: false }, 600);
  }
  stage.takeTold();
  jail.restoreLate();
  await stage.settled();
  expect(stage.takeTold()).toEqual([`restored ${B}`]);
  expect([...jail.bans.bans()].map(({ id }) => id)).toEqual([A, B]);
  await jail.stop();
  jail.restoreLate();
  await stage.settled();
  expect(jail.bans.size).toBe(2);
});

/** Enters bans of 10.0.0.0/16 into the database, as a jail before would have. */
function banBefore({ store, clock }: JailStage, count: number): void {
  store?.transaction(() => {
    store.addJail("j1");
    for (let n = 0; n < count; n += 1) {
      const id = `10.0.${n >> 8}.${n & 255}`;
      const ban = { id, ip: id, at: clock.now(), attempts: 1, matches: [], data: new Map() };
      store.saveBan("j1", { ...ban, bantime: 600, bancount: 1, restored: false }, 600);
    }
  });
}

test("more bans from before than may wait come back all the same, each checked", async () => {
  const stage = new JailStage();
  const BANS = 12_000;
  banBefore(stage, BANS);
  stage.names.set("home.example", ["10.0.40.7"]);
  const answered = gate();
  stage.lookUp = () => answered.passed;
  const jail = stage.jail({ ignoreip: ["home.example"], actions: [] });
  await jail.start();
  expect(jail.bans.size).toBe(0);
  answered.open();
  for (let look = 0; look < 50 && jail.bans.size < BANS - 1; look += 1) await stage.settled();
  expect(jail.bans.size).toBe(BANS - 1);
  expect(jail.bans.get("10.0.40.7")).toBeUndefined();
  expect(stage.messages("ERROR")).toEqual([]);
});

test("many bans from before are back before the log is read, and others get their turns meanwhile", async () => {
  const stage = new JailStage();
  const BANS = 5000;
  banBefore(stage, BANS);
  stage.fail("10.0.19.1");
  const jail = stage.jail({ actions: [] });
  const seen: number[] = [];
  const look = (): void => {
    seen.push(jail.bans.size);
    if (jail.bans.size < BANS) setImmediate(look);
  };
  setImmediate(look);
  await jail.start();
  await stage.settled();
  expect(seen.filter((size) => size > 0 && size < BANS).length).toBeGreaterThan(3);
  const told = stage.takeTold();
  expect(told.findIndex((text) => text.startsWith("found"))).toBe(BANS);
  expect(new Set(told.slice(0, BANS)).size).toBe(BANS);
});

test("a stop while bans from before come back is not held up by them", async () => {
  const stage = new JailStage();
  banBefore(stage, 5000);
  const jail = stage.jail({ actions: [] });
  void jail.start();
  await new Promise((resolve) => setImmediate(resolve));
  await jail.stop();
  expect(jail.bans.size).toBeGreaterThan(0);
  expect(jail.bans.size).toBeLessThan(5000);
});

test("a stop while bans from before wait for their check comes to its end", async () => {
  const stage = new JailStage();
  const before = await stage.running();
  await before.ban([A]);
  await before.stop();
  const never = gate();
  stage.lookUp = () => never.passed;
  const jail = stage.jail({ ignoreip: ["home.example"] });
  await jail.start();
  let isStopped = false;
  void jail.stop().then(() => {
    isStopped = true;
  });
  await stage.pass(9);
  expect(isStopped).toBe(false);
  await stage.pass(1);
  expect(isStopped).toBe(true);
});
