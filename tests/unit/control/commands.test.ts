import { expect, test } from "vitest";
import type { GaolerEvent } from "../../../src/base/event.ts";
import { CommandError } from "../../../src/control/command-error.ts";
import { runCommand } from "../../../src/control/commands.ts";
import {
  BanId,
  PyException,
  PyFloat,
  SharedText,
  Tuple,
  tuple,
  type WireValue,
} from "../../../src/control/wire-value.ts";
import { BANNED_AT, FakeDaemon, UTC_ZONE } from "./fake-daemon.ts";

function setUp() {
  const daemon = new FakeDaemon();
  const events: GaolerEvent[] = [];
  const observe = (event: GaolerEvent): void => {
    events.push(event);
  };
  const raw = async (value: WireValue): Promise<Tuple> => {
    const reply = await runCommand(value, { daemon, zone: UTC_ZONE, observe });
    if (!(reply instanceof Tuple)) throw new Error("no reply pair");
    return reply;
  };
  return {
    daemon,
    events,
    run: (...words: WireValue[]) => raw(words),
    raw,
  };
}

const shared = (text: string, value: WireValue) => tuple(new SharedText(text), value);

const answers: readonly (readonly [command: string, value: WireValue])[] = [
  ["ping", "pong"],
  ["ping 100", "pong"],
  ["version", "1.1.0"],
  ["echo a b", ["a", "b"]],
  ["server-status", "Server ready"],
  ["status", [shared("Number of jail", 2), shared("Jail list", "alpha, beta")]],
  [
    "status alpha",
    [
      shared("Filter", [
        shared("Currently failed", 0),
        shared("Total failed", 0),
        shared("File list", ["/var/log/alpha.log"]),
      ]),
      shared("Actions", [
        shared("Currently banned", 2),
        shared("Total banned", 2),
        shared("Banned IP list", [new BanId("192.0.2.2"), new BanId("2001:db8::1")]),
      ]),
    ],
  ],
  ["status beta stats", [new SharedText("polling"), tuple(0, 0), tuple(0, 0)]],
  [
    "banned",
    [new Map([["beta", []]]), new Map([["alpha", [new BanId("192.0.2.2"), new BanId("2001:db8::1")]]])],
  ],
  ["banned 192.0.2.2 192.0.2.99", [["alpha"], []]],
  ["unban 192.0.2.2 192.0.2.99", 1],
  ["unban --all", 2],
  ["flushlogs", "rolled over"],
  ["add gamma polling", "gamma"],
  ["start alpha", null],
  ["stop alpha", null],
  ["get loglevel", "INFO"],
  ["set loglevel DEBUG", "DEBUG"],
  ["get dbfile", null],
  ["set allowipv6 no", "no"],
  ["get alpha bantime", 600],
  ["get alpha bantime.increment", null],
  ["get alpha bantime.factor", null],
  ["get alpha datepattern", tuple(null, "Epoch")],
  ["get alpha ignoreip", [new BanId("127.0.0.0/8"), new BanId("::1")]],
  ["get alpha logpath", ["/var/log/alpha.log"]],
  ["get alpha banned", [new BanId("192.0.2.2"), new BanId("2001:db8::1")]],
  ["get alpha banned 2001:DB8::1", 1],
  ["get alpha banned 192.0.2.99 192.0.2.2", [0, 1]],
  ["get alpha banip", [new BanId("192.0.2.2"), new BanId("2001:db8::1")]],
  [
    "get alpha banip --with-time",
    [
      "192.0.2.2 \t2026-11-22 11:18:36 + 600 = 2026-11-22 11:28:36",
      "2001:db8::1 \t2026-11-22 11:18:36 + 600 = 2026-11-22 11:28:36",
    ],
  ],
  ["get alpha actions", ["rec"]],
  ["get alpha action rec actionban", "echo <ip>"],
  ["set alpha maxretry 7 8", 7],
  ["set alpha banip", 0],
  ["set alpha banip 192.0.2.2 192.0.2.3", 1],
  ["set alpha unbanip 192.0.2.2 192.0.2.99", 1],
  ["set alpha unbanip --report-absent 192.0.2.2", 1],
  ["set alpha attempt 192.0.2.5 one two", 1],
  ["set alpha idle on", true],
  ["set alpha addfailregex ^x", ["^x"]],
  ["set alpha addignoreip", [new BanId("127.0.0.0/8"), new BanId("::1")]],
  ["set alpha addaction other", "other"],
  ["set alpha delaction rec", null],
  ["set alpha action rec actionban x", "echo <ip>"],
  ["set alpha action rec flush", ["rec", "flush", null]],
];
for (const [command, value] of answers) {
  test(`"${command}" is answered as B§2 says`, async () => {
    expect(await setUp().run(...command.split(" "))).toEqual(tuple(0, value));
  });
}

const plain = "builtins.Exception";
const value = "builtins.ValueError";
const refusals: readonly (readonly [command: string, className: string, argument: WireValue])[] = [
  ["frob", plain, "Invalid command"],
  ["help", plain, "Invalid command"],
  ["unban", plain, "Invalid command"],
  ["get", "builtins.IndexError", "list index out of range"],
  ["get allowipv6", "builtins.IndexError", "list index out of range"],
  ["get nosuch", "builtins.IndexError", "list index out of range"],
  ["set alpha bantime", "builtins.IndexError", "list index out of range"],
  ["status nosuch", "fail2ban.exceptions.UnknownJailException", "nosuch"],
  ["set nosuch bantime 5", "fail2ban.exceptions.UnknownJailException", "nosuch"],
  ["status alpha basic x", plain, "Invalid command (no status)"],
  ["add alpha", "fail2ban.exceptions.DuplicateJailException", "alpha"],
  ["add --all", value, "Reserved name '--all'"],
  [
    "add x bogus",
    value,
    "Unknown backend bogus. Must be among ['pyinotify', 'polling', 'systemd'] or 'auto'",
  ],
  ["get alpha idle", plain, "Invalid command (no get action or not yet implemented)"],
  ["get alpha constructor", plain, "Invalid command (no get action or not yet implemented)"],
  ["set alpha frob 1", plain, "Invalid command 'frob' (no set action or not yet implemented)"],
  ["set alpha idle maybe", plain, "Invalid idle option, must be 'on' or 'off'"],
  ["set alpha maxretry x", value, "invalid literal for int() with base 10: 'x'"],
  ["set alpha unbanip --report-absent a 192.0.2.2 b", value, "not banned: ['a', 'b']"],
  ["set alpha addlogpath /f middle", value, "File option must be 'head' or 'tail'"],
  ["set alpha addlogpath /f head /g", value, "Only one file can be added at a time"],
  ["set alpha addaction rec", value, "Action rec already exists"],
  ["set alpha delaction no", "builtins.KeyError", "Invalid Action name: no"],
  ["get alpha action rec no", "builtins.AttributeError", "'CommandAction' object has no attribute 'no'"],
  [
    "set alpha action rec bantime 5",
    "builtins.AttributeError",
    "'CommandAction' object has no attribute 'bantime'",
  ],
];
for (const [command, className, argument] of refusals) {
  test(`"${command}" is refused as B§2 says`, async () => {
    const { run, events } = setUp();
    expect(await run(...command.split(" "))).toEqual(tuple(1, new PyException(className, [argument])));
    expect(events).toHaveLength(1);
  });
}

test("a refusal is logged with the command and the exception", async () => {
  const { run, events } = setUp();
  await run("status", "nosuch");
  expect(events).toEqual([
    {
      type: "message",
      level: "ERROR",
      logger: "transmitter",
      text: "Command ['status', 'nosuch'] has failed. Received UnknownJailException('nosuch')",
    },
  ]);
});

test("an error of the daemon's own becomes a refusal with its text", async () => {
  const { run, daemon } = setUp();
  daemon.flushLogs = () => {
    throw new TypeError("no such thing");
  };
  expect(await run("flushlogs")).toEqual(
    tuple(1, new PyException("builtins.RuntimeError", ["no such thing"])),
  );
});

test("an unknown flavor is warned of and shown as basic", async () => {
  const { run, events } = setUp();
  expect(await run("status", "beta", "odd")).toEqual(await run("status", "beta"));
  expect(events).toMatchObject([{ level: "WARNING" }]);
});

test("status --all carries every jail, sorted by name, and nothing where there is none", async () => {
  const { run, daemon } = setUp();
  const { items } = await run("status", "--all", "short");
  const [, list] = items;
  expect(Array.isArray(list) && list[2] instanceof Map && [...list[2].keys()]).toEqual(["alpha", "beta"]);
  daemon.fakes.length = 0;
  expect(await run("status", "--all")).toEqual(await run("status"));
});

test("reload hands over jail, options and stream as plain words", async () => {
  const { run, daemon } = setUp();
  const stream = [["set", "thread", new Map([["stacksize", 32]])], tuple("start", "alpha")];
  expect(await run("reload", "alpha", ["--restart", "--if-exists"], stream)).toEqual(tuple(0, "OK"));
  expect(daemon.reloads).toEqual([
    {
      jail: "alpha",
      restart: true,
      unban: false,
      ifExists: true,
      stream: [
        ["set", "thread", { stacksize: 32 }],
        ["start", "alpha"],
      ],
    },
  ]);
  await run("reload", "--all", [], []);
  expect(daemon.reloads[1]?.jail).toBeUndefined();
});

test("multi-set applies its values one by one", async () => {
  const { run, daemon } = setUp();
  expect(await run("multi-set", "alpha", "addfailregex", ["^a", "^b"])).toEqual(tuple(0, true));
  expect(await run("multi-set", "alpha", "action", "rec", [["file", "/tmp/o"]])).toEqual(tuple(0, true));
  expect(daemon.jail("alpha")?.applied).toEqual([
    ["addfailregex", "^a"],
    ["addfailregex", "^b"],
    ["action", "rec", "file", "/tmp/o"],
  ]);
});

test("numbers may come as numbers, and a tuple does for a list", async () => {
  const { raw } = setUp();
  expect(await raw(tuple("set", "alpha", "maxretry", 7))).toEqual(tuple(0, 7));
});

test.each([
  ["a bare text", "ping"],
  ["bytes", [Buffer.from("ping")]],
])("%s is no command", async (_name, request) => {
  expect(await setUp().raw(request)).toEqual(tuple(1, new PyException(plain, ["Invalid command"])));
});

test.each([[null], [5], [new Map()]])("%s is no list of words", async (request) => {
  expect((await setUp().raw(request)).items[1]).toMatchObject({ className: "builtins.TypeError" });
});

test("a server on its way down answers everything with a bare list", async () => {
  const daemon = new FakeDaemon();
  daemon.isStopping = true;
  const reply = await runCommand(["ping"], { daemon, zone: UTC_ZONE, observe: () => undefined });
  expect(reply).toEqual(["SHUTDOWN"]);
});

test("a time that was written with a fraction is answered as a float, and what was never set as such", async () => {
  const { run, daemon } = setUp();
  const [, alpha] = daemon.fakes;
  if (alpha === undefined) throw new Error("no jail");
  expect(await run("get", "alpha", "ignorecommand")).toEqual(tuple(0, false));
  expect(await run("get", "alpha", "bantime.overalljails")).toEqual(tuple(0, null));
  const { settings } = alpha;
  alpha.settings = {
    ...settings,
    findtime: 9000,
    increment: { ...settings.increment, maxtime: 2_629_800, rndtime: 90, overalljails: true },
    spelled: {
      findtime: "2.5h",
      "bantime.maxtime": "1mo",
      "bantime.rndtime": "90",
      "bantime.overalljails": "yes",
      "bantime.increment": "no",
      ignorecommand: "",
    },
  };
  const value = async (option: string): Promise<WireValue | undefined> =>
    (await run("get", "alpha", option)).items[1];
  expect(await value("findtime")).toEqual(new PyFloat(9000));
  expect(await value("bantime.maxtime")).toEqual(new PyFloat(2_629_800));
  expect(await value("bantime.rndtime")).toBe(90);
  expect(await value("bantime.overalljails")).toBe("yes");
  expect(await value("bantime.increment")).toBe(false);
  expect(await value("ignorecommand")).toBe("");
});

test("objections tells for each ID at most what speaks against its ban, as a dictionary", async () => {
  const { run, raw } = setUp();
  expect(
    (await run("objections", "beta", ["192.0.2.7", "127.0.0.1", "203.0.113.9"], ["203.0.113.9"])).items,
  ).toEqual([
    0,
    [
      new Map([
        ["id", "127.0.0.1"],
        ["rule", "ignoreip"],
        ["text", "ignoreip has 127.0.0.0/8"],
      ]),
      new Map([
        ["id", "203.0.113.9"],
        ["rule", "own session"],
        ["text", "your session"],
      ]),
    ],
  ]);
  for (const words of [
    ["objections"],
    ["objections", "beta"],
    ["objections", "beta", "192.0.2.7", []],
    ["objections", "beta", Array<string>(501).fill("a"), []],
  ]) {
    expect((await raw(words)).items[0]).toBe(1);
  }
});

const dictionary = (values: Readonly<Record<string, WireValue>>) => new Map(Object.entries(values));

const ALPHA = dictionary({
  name: "alpha",
  state: "running",
  failures: dictionary({ now: 0, total: 0 }),
  bans: dictionary({ now: 2, total: 2 }),
  backend: "polling",
  maxretry: 5,
  findtime: 600,
  bantime: 600,
  files: ["/var/log/alpha.log"],
});

test("jails tells of each jail by name, all or those that are asked for", async () => {
  const { run, daemon } = setUp();
  expect((await run("jails", "alpha")).items).toEqual([0, [ALPHA]]);
  const beta = daemon.jail("beta");
  await beta?.setIdle(true);
  const [, all] = (await run("jails")).items;
  expect(Array.isArray(all) && all[1]).toEqual(ALPHA);
  expect(Array.isArray(all) && all[0] instanceof Map && all[0].get("state")).toBe("idle");
  expect((await run("jails", "nosuch")).items[0]).toBe(1);
});

test("jails says what is wrong with a jail that cannot run, and goes on", async () => {
  const { run, daemon } = setUp();
  const beta = daemon.jail("beta");
  if (beta === undefined) throw new Error("no jail");
  beta.view = () => {
    throw new CommandError("builtins.Exception", ["no failregex"]);
  };
  expect((await run("jails")).items[1]).toMatchObject([
    dictionary({
      name: "beta",
      state: "running",
      failures: dictionary({ now: 0, total: 0 }),
      bans: dictionary({ now: 0, total: 0 }),
      problem: "no failregex",
    }),
    ALPHA,
  ]);
});

test("bans tells of each ban when it began and when it ends, permanent ones without an end", async () => {
  const { run } = setUp();
  await run("set", "beta", "banip", "192.0.2.9");
  const at = BANNED_AT;
  expect((await run("bans")).items).toEqual([
    0,
    [
      dictionary({ id: "192.0.2.9", jail: "beta", at, bantime: null, until: null }),
      dictionary({ id: "192.0.2.2", jail: "alpha", at, bantime: 600, until: at + 600 }),
      dictionary({ id: "2001:db8::1", jail: "alpha", at, bantime: 600, until: at + 600 }),
    ],
  ]);
  expect((await run("bans", "beta")).items[1]).toHaveLength(1);
  expect((await run("bans", "nosuch")).items[0]).toBe(1);
});
