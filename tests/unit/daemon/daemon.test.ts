import { expect, test } from "vitest";
import { gate } from "../jail/stage.ts";
import { jailStream, World } from "./world.ts";

const A = "192.0.2.1";
const B = "192.0.2.2";
const BAD = { failregex: "^fail from" };

test("one jail that cannot run is told and left out, the others start", async () => {
  const world = new World();
  await world.start(jailStream("j1"), jailStream("bad", { backend: "systemd" }), jailStream("j3"));
  expect(world.names()).toEqual(["j1", "j3"]);
  expect(world.daemon.jail("j3")?.isRunning).toBe(true);
});

test("jails start once own names are known; until then who asks is answered", async () => {
  const known = gate();
  const world = new World(known.passed);
  const names = ["j1", "j2", "j3"];
  const started = world.start(...names.map((name) => jailStream(name)));
  for (let turn = 0; turn < 2 * names.length; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect([world.daemon.version, world.names()]).toEqual(["1.1.0", []]);
  expect(world.stage.takeRan()).toEqual([]);
  known.open();
  await started;
  expect(world.names()).toEqual(names);
});

test("a start where no jail can run is refused", async () => {
  const world = new World();
  const start = world.daemon.executeStream(world.stream(jailStream("bad", { backend: "systemd" })));
  await expect(start).rejects.toThrow("no jail could be started: bad");
});

test("a reload swaps the settings of jails, starts new ones and removes those that are gone", async () => {
  const world = new World();
  await world.start(jailStream("keep"), jailStream("gone"));
  await world.daemon.jail("keep")?.ban([A]);
  await world.daemon.jail("gone")?.ban([B]);
  await world.forget();
  const keep = jailStream("keep", { options: [["maxretry", 7]] });
  await world.reload(world.stream(keep, jailStream("new")));
  expect(world.names()).toEqual(["keep", "new"]);
  expect(world.banned("keep")).toEqual([A]);
  expect(world.daemon.jail("keep")?.settings.maxretry).toBe(7);
  expect(world.stage.takeRan()).toEqual(["fw-new start", `fw-gone unban ${B}`, "fw-gone stop"]);
  expect(world.forgotten).toBe(1);
  expect(world.stage.messages("INFO")).toEqual(
    expect.arrayContaining([
      "Reload all jails",
      "Reload jail 'keep'",
      "Jail 'keep' reloaded",
      "Reload finished.",
    ]),
  );
});

test("a jail whose new settings cannot run keeps the old ones, and the reload says so", async () => {
  const world = new World();
  await world.start(jailStream("j1"), jailStream("j2"));
  await world.daemon.jail("j1")?.ban([A]);
  await world.forget();
  const broken = jailStream("j1", { backend: "systemd", options: [["maxretry", 9]] });
  const other = jailStream("j2", { options: [["maxretry", 9]] });
  const reload = world.reload(world.stream(broken, other));
  await expect(reload).rejects.toThrow("not reloaded, still running as before: j1; the log says why");
  expect(world.daemon.jail("j1")?.settings.maxretry).toBe(2);
  expect(world.daemon.jail("j2")?.settings.maxretry).toBe(9);
  expect(world.banned("j1")).toEqual([A]);
  expect(world.stage.takeRan()).toEqual([]);
});

test.each<[string, [string, string | number][]]>([
  ["a time that is none", [["bantime", "soon"]]],
  ["a regex that is none", [["addfailregex", "( from <HOST>"]]],
])(
  "a reload that brings %s leaves its jail as it was; once it is there it is in nobody's way",
  async (_, bad) => {
    const world = new World();
    await world.start(jailStream("j1"));
    const worse = (maxretry: number) =>
      world.stream(jailStream("j1", { options: [...bad, ["maxretry", maxretry]] }));
    await expect(world.reload(worse(9))).rejects.toThrow("not reloaded, still running as before: j1");
    expect(world.daemon.jail("j1")?.settings.maxretry).toBe(2);

    const old = new World();
    await old.start(jailStream("j1", { options: bad }));
    await old.reload(old.stream(jailStream("j1", { options: [...bad, ["maxretry", 9]] })));
    expect(old.daemon.jail("j1")?.settings.maxretry).toBe(9);
  },
);

test("a jail that the client could not read is told of and keeps running", async () => {
  const world = new World();
  await world.start(jailStream("j1"), jailStream("j2"));
  const stream = world.stream([["config-error", "Jail 'j1' skipped, because of wrong configuration: x"]]);
  await expect(world.reload(stream)).rejects.toThrow("still running as before: j1");
  expect(world.names()).toEqual(["j1"]);
  expect(world.stage.messages("ERROR")[0]).toContain("Jail 'j1' skipped");
});

test("a reload of one jail touches no other", async () => {
  const world = new World();
  await world.start(jailStream("j1"), jailStream("j2"));
  await world.reload(jailStream("j1", { options: [["maxretry", 5]] }), { jail: "j1" });
  expect(world.names()).toEqual(["j1", "j2"]);
  expect(world.daemon.jail("j1")?.settings.maxretry).toBe(5);
  expect(world.forgotten).toBe(0);
  await world.reload([], { jail: "j1" });
  expect(world.names()).toEqual(["j2"]);
  await expect(world.reload([], { jail: "j1" })).rejects.toThrow("j1");
  await world.reload([], { jail: "j1", ifExists: true });
});

test("a reload with --unban lifts the bans and forgets them", async () => {
  const world = new World();
  await world.start(jailStream("j1"));
  await world.daemon.jail("j1")?.ban([A]);
  await world.reload(world.stream(jailStream("j1")), { unban: true });
  expect(world.banned()).toEqual([]);
  expect(world.database.store?.currentBans("j1", world.stage.clock.now())).toEqual([]);
});

test("a restart stops the old actions with the old commands, starts the new ones, and brings the bans back", async () => {
  const world = new World();
  await world.start(jailStream("j1", { actions: ["old"] }));
  await world.daemon.jail("j1")?.ban([A]);
  await world.forget();
  await world.reload(jailStream("j1", { actions: ["new"] }), { jail: "j1", restart: true });
  await world.stage.settled();
  expect(world.stage.takeRan()).toEqual([
    `old-j1 unban ${A}`,
    "old-j1 stop",
    "new-j1 start",
    `new-j1 ban ${A}`,
  ]);
  expect(world.banned()).toEqual([A]);
  expect(world.stage.sources.filter(({ state }) => state === "running")).toHaveLength(1);
});

test("a restart without a database loses no ban either", async () => {
  const world = new World();
  await world.daemon.executeStream([["set", "dbfile", "None"], ...jailStream("j1")]);
  await world.daemon.jail("j1")?.ban([A]);
  await world.stage.pass(100);
  await world.reload([["set", "dbfile", "None"], ...jailStream("j1")], { restart: true });
  expect(world.banned()).toEqual([A]);
  await world.stage.pass(501);
  expect(world.banned()).toEqual([]);
});

test("a restart without a database repeats no line: who was let go stays free", async () => {
  const world = new World();
  const stream = [["set", "dbfile", "None"], ...jailStream("j1")];
  await world.daemon.executeStream(stream);
  world.stage.fail(A, 2);
  await world.daemon.unban([A]);
  await world.reload(stream, { restart: true });
  expect(world.banned()).toEqual([]);
});

test("a restart whose new settings cannot run leaves the old jail as it was", async () => {
  const world = new World();
  await world.start(jailStream("j1"));
  await world.daemon.jail("j1")?.ban([A]);
  await world.forget();
  const reload = world.reload(jailStream("j1", { backend: "systemd" }), { jail: "j1", restart: true });
  await expect(reload).rejects.toThrow("still running as before: j1");
  expect(world.stage.takeRan()).toEqual([]);
  expect(world.banned()).toEqual([A]);
});

test("a reload makes an idle jail go on", async () => {
  const world = new World();
  await world.start(jailStream("j1"));
  world.daemon.jail("j1")?.setIdle(true);
  world.stage.fail(A);
  await world.reload(world.stream(jailStream("j1")));
  expect(world.daemon.jail("j1")?.status().totalFailed).toBe(1);
});

test("reloads at the same time happen one after the other", async () => {
  const world = new World();
  await world.start(jailStream("j1"));
  await Promise.all([
    world.reload(world.stream(jailStream("j1", { options: [["maxretry", 4]] }), jailStream("j2"))),
    world.reload(world.stream(jailStream("j1", { options: [["maxretry", 5]] }), jailStream("j2"))),
  ]);
  expect(world.names()).toEqual(["j1", "j2"]);
  expect(world.daemon.jail("j1")?.settings.maxretry).toBe(5);
  expect(world.stage.takeRan()).toEqual(["fw-j2 start"]);
});

test("a shutdown while a reload is under way ends it, and nothing runs or stays afterwards", async () => {
  const world = new World();
  await world.start(jailStream("j1"));
  const started = gate();
  world.stage.answer = async (script) => {
    if (script === "fw-j2 start") await started.passed;
    return undefined;
  };
  const reload = world
    .reload(world.stream(jailStream("j1"), jailStream("j2"), jailStream("j3")))
    .catch(String);
  await world.stage.settled();
  const shutdown = world.daemon.shutdown();
  started.open();
  await Promise.all([reload, shutdown]);
  const ran = world.stage.takeRan();
  expect(ran).not.toContain("fw-j3 start");
  expect(ran.filter((script) => script.endsWith("stop")).toSorted()).toEqual(["fw-j1 stop", "fw-j2 stop"]);
  expect(world.names()).toEqual([]);
  expect(world.stage.sources.filter(({ state }) => state === "running")).toEqual([]);
});

test("nothing is started after a shutdown", async () => {
  const world = new World();
  await world.start(jailStream("j1"));
  await world.daemon.shutdown();
  await expect(world.reload(world.stream(jailStream("j1")))).rejects.toThrow("shutting down");
  await expect(world.daemon.executeStream(world.stream(jailStream("j1")))).rejects.toThrow("shutting down");
  expect(() => world.daemon.addJail("j9", "auto")).toThrow("shutting down");
  expect(world.names()).toEqual([]);
});

test("a shutdown stops the jails beside each other, once, and closes the database last", async () => {
  const world = new World();
  await world.start(jailStream("j1"), jailStream("j2"));
  const stopped = gate();
  world.stage.answer = async (script) => {
    if (script === "fw-j1 stop") await stopped.passed;
    return undefined;
  };
  const first = world.daemon.shutdown();
  expect(world.daemon.shutdown()).toBe(first);
  await world.stage.settled();
  expect(world.stage.takeRan()).toContain("fw-j2 stop");
  expect(world.database.store).toBeDefined();
  stopped.open();
  await first;
  await world.daemon.stopped;
  expect(world.database.store).toBeUndefined();
  expect(world.stage.messages("INFO")).toEqual([
    "Shutdown in progress...",
    "Stopping all jails",
    "Jail 'j2' stopped",
    "Jail 'j1' stopped",
    "Connection to database closed.",
  ]);
});

test("a jail that is stopped remembers its bans for a later start", async () => {
  const world = new World();
  await world.start(jailStream("j1"), jailStream("j2"));
  await world.daemon.jail("j1")?.ban([A]);
  await world.daemon.stopJail("j1");
  expect(world.names()).toEqual(["j2"]);
  await expect(world.daemon.stopJail("j1")).rejects.toThrow("j1");
  await world.reload(world.stream(jailStream("j1"), jailStream("j2")));
  expect(world.banned("j1")).toEqual([A]);
  await world.daemon.stopJail(undefined);
  expect(world.names()).toEqual([]);
});

test("jails can be named, set up by commands, and started", async () => {
  const world = new World();
  await world.start(jailStream("j1"));
  world.daemon.addJail("j2", "polling");
  expect(() => world.daemon.addJail("j2", "polling")).toThrow("j2");
  expect(() => world.daemon.addJail("--all", "polling")).toThrow("Reserved name '--all'");
  expect(() => world.daemon.addJail("j3", "systemd")).toThrow();
  expect(world.names()).toEqual(["j1", "j2"]);
  await world.daemon.startJail("j2");
  expect(world.daemon.jail("j2")?.isRunning).toBe(true);
  await expect(world.daemon.startJail("none")).rejects.toThrow("none");
});

test("unban over all jails counts what was lifted, in the database, too", async () => {
  const world = new World();
  await world.start(jailStream("j1"), jailStream("j2"));
  await world.daemon.jail("j1")?.ban([A, B]);
  await world.daemon.jail("j2")?.ban([A]);
  expect(await world.daemon.unban([A, "203.0.113.1"])).toBe(2);
  expect(await world.daemon.unban(undefined)).toBe(1);
  expect(world.database.store?.currentBans("j1", world.stage.clock.now())).toEqual([]);
});

test("server options are told and set; the database only while no jail runs", async () => {
  const world = new World();
  const { daemon } = world;
  expect(daemon.option("dbfile")).toBeNull();
  expect(daemon.option("dbpurgeage")).toBeNull();
  daemon.setOption("dbfile", ":memory:");
  daemon.setOption("dbpurgeage", "2d");
  daemon.setOption("dbmaxmatches", 3);
  daemon.setOption("allowipv6", "no");
  daemon.setOption("syslogsocket", "/dev/log");
  daemon.setOption("thread", { stacksize: 512 });
  expect(daemon.option("dbfile")).toBe(":memory:");
  expect(daemon.option("dbpurgeage")).toBe(172_800);
  expect(daemon.option("dbmaxmatches")).toBe(3);
  expect(daemon.option("allowipv6")).toBe("no");
  expect(daemon.option("syslogsocket")).toBe("/dev/log");
  expect(daemon.option("thread")).toEqual(new Map([["stacksize", 512]]));
  expect(world.ipv6.at(-1)).toBe("no");
  expect(daemon.option("loglevel")).toBe("INFO");
  expect(daemon.option("logtarget")).toBe("STDOUT");
  expect(daemon.flushLogs()).toBe("flushed");
  expect(() => daemon.setOption("dbpurgeage", "soon")).toThrow();
  expect(() => daemon.setOption("dbmaxmatches", "many")).toThrow(
    "invalid literal for int() with base 10: 'many'",
  );
  expect(daemon.option("dbmaxmatches")).toBe(3);

  await daemon.executeStream(world.stream(jailStream("j1")));
  daemon.setOption("dbfile", ":memory:");
  expect(() => daemon.setOption("dbfile", "/other")).toThrow(
    "Cannot change database when there are jails present",
  );
  expect(() => daemon.setOption("dbfile", "None")).toThrow("Cannot change database");
  await daemon.stopJail(undefined);
  daemon.setOption("dbfile", "none");
  expect(daemon.option("dbfile")).toBeNull();
});

test("a reload cannot change the database, and says so", async () => {
  const world = new World();
  await world.start(jailStream("j1"));
  await world.reload([["set", "dbfile", "/other/place"], ...jailStream("j1")]);
  expect(world.daemon.option("dbfile")).toBe(":memory:");
  expect(world.stage.messages("ERROR")).toContain(
    "Cannot change database when there are jails present; the old one stays in use",
  );
});

test("two jails read the same log, each from where it was", async () => {
  const world = new World();
  await world.start(jailStream("j1"), jailStream("j2", { options: [["maxretry", 3]] }));
  world.stage.fail(A, 2);
  expect([world.banned("j1"), world.banned("j2")]).toEqual([[A], []]);
  await world.daemon.stopJail("j2");
  world.stage.fail(B, 3);
  await world.stage.settled();
  await world.reload(world.stream(jailStream("j1"), jailStream("j2", { options: [["maxretry", 3]] })));
  expect([world.banned("j1"), world.banned("j2")]).toEqual([[A, B], [B]]);
});

test("a regex that cannot be compiled is told with its jail, which runs with the others it has", async () => {
  const world = new World();
  await world.start(jailStream("j1", { options: [["addfailregex", BAD.failregex]] }));
  expect(world.names()).toEqual(["j1"]);
  world.stage.fail(A, 2);
  expect(world.banned()).toEqual([A]);
});

test("the version is the one of the stream; a stream that names none leaves that of the start", async () => {
  const world = new World();
  expect(world.daemon.version).toBe("1.1.0");
  await world.start([["set", "compatversion", "1.0.2"]]);
  expect(world.daemon.version).toBe("1.0.2");
  await world.reload([["set", "compatversion", "1.0.1"]], { jail: "j1" });
  expect(world.daemon.version).toBe("1.0.2");
  await world.reload([["set", "compatversion", "0.11.2"]]);
  expect(world.daemon.version).toBe("0.11.2");
  await world.reload([]);
  expect(world.daemon.version).toBe("1.1.0");
});
