import { expect, test } from "vitest";
import { applyCommand, newJailSettings } from "../../../src/config/apply-command.ts";
import { foldConfiguration, foldStream } from "../../../src/config/fold.ts";
import type { StreamWord } from "../../../src/config/settings.ts";
import { loadFiles } from "./memory-files.ts";

const early = { socket: "/s", pidfile: "/p", loglevel: "INFO", logtarget: "STDERR", syslogsocket: "auto" };
const fold = (...commands: readonly (readonly StreamWord[])[]) =>
  foldStream(
    commands.map((words) => ({ words })),
    { early },
  );
const foldJail = (...commands: readonly (readonly StreamWord[])[]) =>
  fold(["add", "j", "polling"], ...commands.map((words) => ["set", "j", ...words]), ["start", "j"]);

test("a jail without settings has the server's defaults", () => {
  expect(foldJail().jails).toEqual([newJailSettings("j", "polling")]);
});

test("all settings of a jail are taken", () => {
  const { jails, diagnostics } = foldJail(
    ["usedns", "raw"],
    ["prefregex", "p"],
    ["maxlines", 3],
    ["addfailregex", "a"],
    ["addignoreregex", "i"],
    ["datepattern", "%Y"],
    ["addjournalmatch", "A=1", "+", "B=2"],
    ["maxretry", 4],
    ["maxmatches", "7"],
    ["findtime", "1h"],
    ["bantime", "1.5"],
    ["bantime.increment", true],
    ["bantime.factor", "2"],
    ["bantime.multipliers", "1 2 4"],
    ["bantime.maxtime", "1w"],
    ["bantime.rndtime", ""],
    ["bantime.overalljails", true],
    ["ignorecommand", "c"],
    ["ignoreself", false],
    ["addignoreip", "192.0.2.1", "192.0.2.1", "x"],
    ["ignorecache", ""],
    ["logtimezone", "UTC+1"],
    ["logencoding", "utf-8"],
    ["addlogpath", "/l", "tail"],
    ["addaction", "n"],
    [
      "action",
      "n",
      [
        ["actionban", "b"],
        ["norestored", true],
        ["actionstop", null],
      ],
    ],
    ["addaction", "py", "/x.py", '{"a": "1"}'],
  );
  expect(diagnostics).toEqual([]);
  expect(jails).toEqual([
    {
      ...newJailSettings("j", "polling"),
      usedns: "raw",
      prefregex: { value: "p" },
      maxlines: 3,
      failregex: [{ value: "a" }],
      ignoreregex: [{ value: "i" }],
      datepattern: { value: "%Y" },
      journalmatch: [["A=1", "+", "B=2"]],
      maxretry: 4,
      maxmatches: 7,
      findtime: 3600,
      bantime: 1,
      increment: {
        enabled: true,
        factor: "2",
        formula: undefined,
        multipliers: "1 2 4",
        maxtime: 604_800,
        rndtime: undefined,
        overalljails: true,
      },
      spelled: {
        "bantime.increment": "True",
        "bantime.maxtime": "1w",
        "bantime.overalljails": "True",
        "bantime.rndtime": "",
        findtime: "1h",
        ignorecommand: "c",
      },
      ignorecommand: "c",
      ignoreself: false,
      ignoreip: ["192.0.2.1", "x"],
      ignorecache: undefined,
      logtimezone: "UTC+1",
      logencoding: "utf-8",
      logpaths: [{ pattern: "/l", tail: true }],
      actions: [
        {
          name: "n",
          properties: new Map<string, unknown>([
            ["actionban", "b"],
            ["norestored", true],
          ]),
        },
        { name: "py", properties: new Map(), python: { file: "/x.py", options: '{"a": "1"}' } },
      ],
    },
  ]);
});

test.each([
  [["findtime", "1mn"], "findtime"],
  [["bantime", ""], "bantime"],
  [["maxlines", 0], "maxlines must be integer greater than zero"],
  [["maxretry", "x"], "invalid literal for int() with base 10: 'x'"],
  [["bantime.multipliers", "1 x"], "invalid literal for int() with base 10: 'x'"],
  [["addlogpath", "/l", "foo"], "File option must be 'head' or 'tail'"],
  [["usedns", "foo"], "Incorrect value 'foo' specified for usedns. Using safe 'no'"],
  [["nonsense", "1"], "Invalid command 'nonsense'"],
] as const)("%j is told and the other settings hold", (words, message) => {
  const { jails, diagnostics } = foldJail(words, ["maxmatches", 9]);
  expect(diagnostics).toMatchObject([{ severity: "error", jail: "j" }]);
  expect(diagnostics[0]?.message).toContain(message);
  expect(jails).toMatchObject([{ maxmatches: 9, maxretry: 3, findtime: 600, bantime: 600 }]);
});

test("a second action of one name is left out, the first keeps its properties", () => {
  const { jails, diagnostics } = foldJail(
    ["addaction", "n"],
    ["action", "n", [["x", "1"]]],
    ["addaction", "n"],
    ["action", "n", [["x", "2"]]],
    ["addaction", "m"],
    ["action", "m", [["x", "3"]]],
  );
  expect(diagnostics).toMatchObject([{ message: expect.stringContaining("Action n already exists") }]);
  expect(jails[0]?.actions.map(({ name, properties }) => [name, properties.get("x")])).toEqual([
    ["n", "1"],
    ["m", "3"],
  ]);
});

test("jails that are not started are left out, jails named like server options are jails", () => {
  const { jails, server } = fold(
    ["set", "loglevel", "DEBUG"],
    ["set", "dbfile", "None"],
    ["set", "dbpurgeage", "2d"],
    ["add", "loglevel", "auto"],
    ["add", "off", "auto"],
    ["set", "loglevel", "maxretry", 9],
    ["start", "loglevel"],
  );
  expect(jails).toMatchObject([{ name: "loglevel", maxretry: 9 }]);
  expect(server).toMatchObject({ loglevel: "DEBUG", dbfile: undefined, dbpurgeage: 172_800, socket: "/s" });
});

test("a mistake has the place of the value, log paths stay patterns", () => {
  const loaded = loadFiles({ "jail.conf": "[j]\nenabled = true\nbantime = 1mn\nlogpath = /a*\n  /b tail\n" });
  const { jails, diagnostics } = foldConfiguration(loaded);
  expect(diagnostics.find(({ message }) => message.startsWith("'bantime'"))).toMatchObject({
    jail: "j",
    origin: { file: "/c/jail.conf", line: 3, column: 11, text: "bantime = 1mn" },
    consequence: "the default 600 holds",
  });
  expect(jails[0]?.logpaths).toMatchObject([
    { pattern: "/a*", tail: false },
    { pattern: "/b", tail: true },
  ]);
});

test("a later set changes the settings, a wrong one says why", () => {
  const settings = newJailSettings("j", "auto");
  expect(applyCommand(settings, { words: ["set", "j", "bantime", "-1"] })).toMatchObject({ bantime: -1 });
  expect(applyCommand(settings, { words: ["set", "j", "findtime", "abc"] })).toMatchObject({
    message: "name 'abc' is not defined",
  });
});

test.each([
  ["compatversion = 1.0.2", "1.0.2", undefined],
  ["compatversion = 2", "2", undefined],
  ["", "1.1.0", undefined],
  ["compatversion =", "1.1.0", "found ''"],
  ["compatversion = 1.1.0.dev1", "1.1.0", "found '1.1.0.dev1'"],
  ["compatversion = 1..0", "1.1.0", "found '1..0'"],
  [`compatversion = 1.${"0".repeat(31)}`, "1.1.0", `found '1.${"0".repeat(31)}'`],
  ["compatversion = %(nothing)s", "1.1.0", "nothing"],
])("with '%s' the version %s is reported", (line, version, mistake) => {
  const loaded = loadFiles({
    "fail2ban.local": `[Definition]\n${line}\n`,
    "jail.conf": "[j]\nignorecommand = %(fail2ban_version)s\n",
  });
  expect(foldConfiguration(loaded).server.compatVersion).toBe(version);
  const [found] = loaded.diagnostics.filter(({ message }) => message.includes("compatversion"));
  expect(found?.message.includes(mistake ?? "")).toBe(mistake === undefined ? undefined : true);
  if (mistake === undefined) return;
  expect(found).toMatchObject({ severity: "warning", consequence: "the default 1.1.0 is reported" });
  expect(found?.origin).toMatchObject({ file: "/c/fail2ban.local", line: 2 });
});

test("a stream may say which version is reported, but nothing that is none", () => {
  expect(fold(["set", "compatversion", "1.0.2"]).server.compatVersion).toBe("1.0.2");
  expect(fold(["set", "compatversion", "a\nb"]).server.compatVersion).toBeUndefined();
  expect(fold().server.compatVersion).toBeUndefined();
});
