import { expect, test } from "vitest";
import { action, gate, JailStage, LOG } from "./stage.ts";

const A = "192.0.2.1";
const B = "192.0.2.2";
const OTHER = "/var/log/other.log";

test("new terms hold for what is counted and banned already", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ maxretry: 5, bantime: 600 });
  stage.fail(A, 2);
  await jail.ban([B]);
  stage.takeTold();
  await jail.reconfigure(stage.parts({ maxretry: 3, bantime: 60 }));
  stage.fail(A);
  expect(stage.takeTold()).toEqual([`found ${A} 3/3`, `banned ${A}`]);
  await stage.settled();
  stage.takeRan();
  await stage.pass(61);
  expect(stage.takeRan()).toEqual([`fw unban ${B}`, `fw unban ${A}`]);
});

test("nothing is started or stopped where the actions are the same; actionreload is run", async () => {
  const stage = new JailStage();
  const actions = [action("fw", { actionreload: "fw reload" })];
  const jail = await stage.running({ actions });
  await jail.ban([A]);
  stage.takeRan();
  await jail.reconfigure(stage.parts({ actions, maxretry: 9 }));
  expect(stage.takeRan()).toEqual(["fw reload"]);
  expect(stage.sources).toHaveLength(1);
});

test("a changed action is stopped and started with its bans, a gone one is stopped, a new one takes the bans over", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ actions: [action("a"), action("b"), action("c")] });
  await jail.ban([A]);
  stage.takeRan();
  const changed = action("b", { actionban: "b BAN <ip>" });
  await jail.reconfigure(stage.parts({ actions: [action("a"), changed, action("d")] }));
  expect(stage.takeRan()).toEqual([
    `b unban ${A}`,
    "b stop",
    `c unban ${A}`,
    "c stop",
    "b start",
    `b BAN ${A}`,
    "d start",
    `d ban ${A}`,
  ]);
});

test("a new action that is about new bans only is not told of those in force", async () => {
  const stage = new JailStage();
  const jail = await stage.running();
  await jail.ban([A]);
  stage.takeRan();
  const mail = {
    name: "mail",
    properties: new Map<string, string | boolean>([
      ["actionban", "post <ip>"],
      ["norestored", true],
    ]),
  };
  const block = action("block", { actionban: "block <ip> <restored>" });
  await jail.reconfigure(stage.parts({ actions: [action(), mail, block] }));
  await jail.ban([B]);
  expect(stage.takeRan()).toEqual([
    "block start",
    `block ${A} 1`,
    `fw ban ${B}`,
    `post ${B}`,
    `block ${B} 0`,
  ]);
});

test("bans and unbans that come while actions are exchanged reach the right actions", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ actions: [action("a"), action("b")] });
  await jail.ban([A, B]);
  const before = stage.takeRan();
  const [removed, added] = [gate(), gate()];
  stage.answer = async (script) => {
    if (script === "a stop") await removed.passed;
    if (script === `c ban ${A}`) await added.passed;
    return undefined;
  };
  const change = jail.reconfigure(stage.parts({ actions: [action("c"), action("d")] }));
  await stage.settled();
  // `b` is still in use
  void jail.ban(["192.0.2.3"]);
  removed.open();
  await stage.settled();
  void jail.unban([B]);
  void jail.ban(["192.0.2.4"]);
  await stage.settled();
  added.open();
  await change;
  await stage.settled();
  const wanted = [...jail.bans.bans()].map(({ id }) => id);
  expect(wanted).toEqual([A, "192.0.2.3", "192.0.2.4"]);
  const rules = stage.firewall([...before, ...stage.takeRan()]);
  expect(rules.toSorted()).toEqual(["c", "d"].flatMap((name) => wanted.map((id) => `${name} ${id}`)));
});

test("a changed log path is read from where it was left, with and without a database", async () => {
  for (const database of [":memory:", undefined]) {
    const stage = new JailStage({ database });
    const jail = await stage.running({ maxretry: 100 });
    stage.fail(A, 3);
    stage.write([`fail from ${B}`], OTHER);
    const logpaths = [LOG, OTHER].map((pattern) => ({ pattern, tail: false }));
    await jail.reconfigure(stage.parts({ maxretry: 100, logpaths }));
    stage.fail(A);
    const found = stage.takeTold().map((told) => told.split(" ").slice(0, 2).join(" "));
    expect(found).toEqual([...Array(3).fill(`found ${A}`), `found ${B}`, `found ${A}`]);
    await jail.stop();
  }
});

test("a changed log path repeats no line though a name is still being looked up", async () => {
  const stage = new JailStage();
  stage.names.set("slow.example", [B]);
  const answered = gate();
  stage.lookUp = () => answered.passed;
  const jail = await stage.running({ maxretry: 100 });
  stage.fail("slow.example");
  stage.fail(A, 3);
  const logpaths = [LOG, OTHER].map((pattern) => ({ pattern, tail: false }));
  await jail.reconfigure(stage.parts({ maxretry: 100, logpaths }));
  answered.open();
  await stage.settled();
  expect(stage.takeTold()).toEqual([
    `found ${A} 1/100`,
    `found ${A} 2/100`,
    `found ${A} 3/100`,
    `found ${B} 1/100`,
  ]);
});

test("a log that is read from its end on is not left out while the source is made anew", async () => {
  const stage = new JailStage();
  stage.fail(B, 5);
  const tail = { pattern: LOG, tail: true };
  const jail = await stage.running({ maxretry: 100, logpaths: [tail] });
  stage.fail(A);
  const stopped = gate();
  stage.answer = async (script) => {
    if (script === "fw stop") await stopped.passed;
    return undefined;
  };
  const logpaths = [tail, { pattern: OTHER, tail: true }];
  const change = jail.reconfigure(stage.parts({ maxretry: 100, logpaths, actions: [] }));
  await stage.settled();
  stage.fail(A);
  stopped.open();
  await change;
  expect(stage.takeTold()).toEqual([`found ${A} 1/100`, `found ${A} 2/100`]);
});

test("two changes at once leave one source reading and the later settings", async () => {
  const stage = new JailStage();
  const jail = await stage.running({ maxretry: 100 });
  const second = [LOG, OTHER].map((pattern) => ({ pattern, tail: false }));
  await Promise.all([
    jail.reconfigure(stage.parts({ maxretry: 50, logpaths: second })),
    jail.reconfigure(stage.parts({ maxretry: 60, logpaths: [{ pattern: OTHER, tail: false }] })),
  ]);
  expect(stage.sources.filter(({ state }) => state === "running")).toHaveLength(1);
  expect(jail.settings.maxretry).toBe(60);
  expect(jail.paths()).toEqual([OTHER]);
});

test("a stop while a change is under way leaves nothing in force", async () => {
  const stage = new JailStage();
  const jail = await stage.running();
  await jail.ban([A]);
  const stopped = gate();
  stage.answer = async (script) => {
    if (script === "fw stop") await stopped.passed;
    return undefined;
  };
  const logpaths = [{ pattern: OTHER, tail: false }];
  const change = jail.reconfigure(stage.parts({ logpaths, actions: [action("new")] }));
  await stage.settled();
  const stop = jail.stop();
  stopped.open();
  await Promise.all([change, stop]);
  await stage.settled();
  const ran = stage.takeRan();
  expect(stage.firewall(ran)).toEqual([]);
  const starts = ran.filter((script) => script.endsWith(" start")).length;
  expect(ran.filter((script) => script === "new stop")).toHaveLength(starts);
  expect(stage.sources.filter(({ state }) => state === "running")).toEqual([]);
});

test("a session of lines goes on over a change that does not concern the filter", async () => {
  const stage = new JailStage();
  const filter = { maxlines: 3, failregex: [{ value: "^session of <HOST>$<SKIPLINES>^it failed$" }] };
  const jail = await stage.running({ ...filter, maxretry: 5 });
  stage.write([`session of ${A}`]);
  await jail.reconfigure(stage.parts({ ...filter, maxretry: 1, findtime: 900 }));
  stage.write(["it failed"]);
  expect(stage.takeTold()).toEqual([`found ${A} 1/1`, `banned ${A}`]);
});

test("a changed filter is used from the next line on", async () => {
  const stage = new JailStage();
  const jail = await stage.running();
  await jail.reconfigure(stage.parts({ failregex: [{ value: "^bad <HOST>$" }] }));
  stage.write([`fail from ${A}`, `bad ${B}`]);
  expect(stage.takeTold()).toEqual([`found ${B} 1/2`]);
});

test("an idle jail stays idle over a change of its logs", async () => {
  const stage = new JailStage();
  const jail = await stage.running();
  jail.setIdle(true);
  await jail.reconfigure(
    stage.parts({ logpaths: [LOG, OTHER].map((pattern) => ({ pattern, tail: false })) }),
  );
  stage.fail(A);
  expect(stage.takeTold()).toEqual([]);
  jail.setIdle(false);
  expect(stage.takeTold()).toEqual([`found ${A} 1/2`]);
});
