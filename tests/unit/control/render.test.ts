/**
 * The screens of B§2.7 and B§2.8, as documented.
 * @module
 */
import { expect, test } from "vitest";
import { renderError, renderReply } from "../../../src/control/render.ts";
import { tuple, type WireValue } from "../../../src/control/wire-value.ts";

const screen = (command: string, value: WireValue, unicode = true): string =>
  renderReply(command.split(" "), value, { unicode }).text;

/** In the expectations `→` stands for a tab. */
const lines = (...text: string[]): string => text.join("\n").replaceAll("→", "\t");

const jail = (paths: WireValue, total: number, ids: WireValue): WireValue => [
  tuple("Filter", [tuple("Currently failed", 0), tuple("Total failed", 0), tuple("File list", paths)]),
  tuple("Actions", [
    tuple("Currently banned", 0),
    tuple("Total banned", total),
    tuple("Banned IP list", ids),
  ]),
];

test("status", () => {
  const value = [tuple("Number of jail", 2), tuple("Jail list", "alpha, beta")];
  expect(screen("status", value)).toBe(lines("Status", "|- Number of jail:→2", "`- Jail list:→alpha, beta"));
});

test("status of a jail, with an empty list and one of journal matches", () => {
  expect(screen("status alpha", jail(["/a", "/b"], 3, []))).toBe(
    lines(
      "Status for the jail: alpha",
      "|- Filter",
      "|  |- Currently failed:→0",
      "|  |- Total failed:→0",
      "|  `- File list:→/a /b",
      "`- Actions",
      "   |- Currently banned:→0",
      "   |- Total banned:→3",
      "   `- Banned IP list:→",
    ),
  );
});

test("status of all jails", () => {
  const value = [
    tuple("Number of jail", 2),
    tuple("Jail list", "alpha, beta"),
    new Map([
      ["alpha", jail(["/var/log/alpha.log"], 5, [])],
      ["beta", jail(["/var/log/alpha.log", "/var/log/beta.log"], 0, [])],
    ]),
  ];
  expect(screen("status --all", value)).toBe(
    lines(
      "Status",
      "|- Number of jail:→2",
      "|- Jail list:→alpha, beta",
      "`- Status for the jails:",
      "   |- Jail: alpha",
      "   |  |- Filter",
      "   |  |  |- Currently failed:→0",
      "   |  |  |- Total failed:→0",
      "   |  |  `- File list:→/var/log/alpha.log",
      "   |  `- Actions",
      "   |     |- Currently banned:→0",
      "   |     |- Total banned:→5",
      "   |     `- Banned IP list:→",
      "   `- Jail: beta",
      "      |- Filter",
      "      |  |- Currently failed:→0",
      "      |  |- Total failed:→0",
      "      |  `- File list:→/var/log/alpha.log /var/log/beta.log",
      "      `- Actions",
      "         |- Currently banned:→0",
      "         |- Total banned:→0",
      "         `- Banned IP list:→",
    ),
  );
});

const figures = new Map([["alpha", ["polling", tuple(0, 0), tuple(0, 0)]]]);

test("stats with box characters", () => {
  expect(screen("stats", figures)).toBe(
    lines(
      "          ║          ║ Filter    ║ Actions  ",
      " Jail     ║ Backend  ╟───────────╫───────────",
      "          ║          ║ cur │ tot ║ cur │ tot",
      "══════════╬══════════╬═══════════╬═══════════",
      " alpha    ║ polling  ║   0 │   0 ║   0 │   0",
      "══════════╩══════════╩═══════════╩═══════════",
    ),
  );
});

test("stats without box characters", () => {
  expect(screen("statistics", figures, false)).toBe(
    lines(
      "          |          | Filter    | Actions  ",
      " Jail     | Backend  |-----------x-----------",
      "          |          | cur | tot | cur | tot",
      "----------x----------x-----------x-----------",
      " alpha    | polling  |   0 |   0 |   0 |   0",
      "---------------------------------------------",
    ),
  );
});

test("stats grows with its longest name and number, sorts by name, and says when there is nothing", () => {
  const value = new Map([
    ["zeta", ["systemd", tuple(0, 0), tuple(0, 0)]],
    ["a-very-long-jail", ["pyinotify", tuple(1, 12345), tuple(2, 3)]],
  ]);
  const table = screen("stats", value).split("\n");
  expect(table[4]).toBe(" a-very-long-jail ║ pyinotify ║   1 │ 12345 ║   2 │   3");
  expect(table[5]).toBe(" zeta             ║ systemd   ║   0 │     0 ║   0 │   0");
  expect(table[1]?.length).toBe(table[3]?.length);
  expect(screen("stats", new Map())).toBe("No jails found.");
});

const screens: readonly (readonly [command: string, value: WireValue, text: string])[] = [
  ["ping", "pong", "Server replied: pong"],
  ["echo a b c", ["a", "b", "c"], "a b c"],
  ["version", "1.1.0", "1.1.0"],
  ["server-status", "Server ready", "Server ready"],
  ["start alpha", null, "Jail started"],
  ["stop", null, "Shutdown successful"],
  ["stop alpha", null, "Jail stopped"],
  ["reload --all", "OK", "OK"],
  ["add alpha", "alpha", "Added jail alpha"],
  ["flushlogs", "rolled over", "logs: rolled over"],
  ["get loglevel", "INFO", "Current logging level is 'INFO'"],
  ["set loglevel DEBUG", "DEBUG", "Current logging level is 'DEBUG'"],
  ["get logtarget", "/x", "Current logging target is:\n`- /x"],
  ["get syslogsocket", "auto", "Current syslog socket is:\n`- auto"],
  ["get dbfile", "/x.sqlite3", "Current database file is:\n`- /x.sqlite3"],
  ["get dbfile", null, "Database currently disabled"],
  ["set dbpurgeage 1d", 86400, "Current database purge age is:\n`- 86400seconds"],
  ["get dbpurgeage", null, "Database currently disabled"],
  ["get dbmaxmatches", 10, "10"],
  ["get thread", new Map([["stacksize", 0]]), "{'stacksize': 0}"],
  ["statistic", figures, "{'alpha': ['polling', (0, 0), (0, 0)]}"],
  [
    "banned",
    [new Map([["alpha", ["192.0.2.1"]]]), new Map([["beta", []]])],
    "[{'alpha': ['192.0.2.1']}, {'beta': []}]",
  ],
  ["get alpha bantime", 600, "600"],
  ["get alpha ignoreself", true, "True"],
  ["get alpha logpath", ["/a", "/b"], "Current monitored log file(s):\n|- /a\n`- /b"],
  ["set alpha dellogpath /a", [], "No file is currently monitored"],
  ["get alpha ignoreip", ["::1"], "These IP addresses/networks are ignored:\n`- ::1"],
  ["get alpha ignoreip", [], "No IP address/network is ignored"],
  ["get alpha failregex", ["a", "b"], "The following regular expression are defined:\n|- [0]: a\n`- [1]: b"],
  ["set alpha delignoreregex 0", [], "No regular expression is defined"],
  ["set alpha logencoding auto", "UTF-8", "Current log encoding is set to:\nUTF-8"],
  ["get alpha journalmatch", [["A=1", "B=2"], ["C=3"]], "Current match filter:\nA=1 B=2 + C=3"],
  ["get alpha journalmatch", [], "No journal match filter set"],
  ["get alpha datepattern", null, "Current date pattern set to: Not set/required"],
  ["get alpha datepattern", tuple(null, "Epoch"), "Current date pattern set to: Epoch"],
  [
    "set alpha datepattern %Y-%m-%d",
    tuple("%Y-%m-%d", "Year-Month-Day"),
    "Current date pattern set to: %Y-%m-%d (Year-Month-Day)",
  ],
  ["get alpha actions", ["a", "b"], "The jail alpha has the following actions:\na, b"],
  ["get alpha actions", [], "No actions for jail alpha"],
  ["get alpha actionmethods a", ["ban"], "The jail alpha action a has the following methods:\nban"],
  ["get alpha actionproperties a", [], "No properties for jail alpha action a"],
  ["get alpha banip", ["192.0.2.1", "::1"], "192.0.2.1 ::1"],
  ["get alpha banip ,", ["192.0.2.1", "::1"], "192.0.2.1,::1"],
  ["get alpha banip --with-time", ["a", "b"], "a\nb"],
  ["get alpha banip", [], ""],
  ["get alpha banned", ["192.0.2.1"], "['192.0.2.1']"],
];
for (const [command, value, text] of screens) {
  test(`"${command}" shows ${JSON.stringify(text)}`, () => {
    expect(screen(command, value)).toBe(text);
  });
}

test("a reply that does not fit its command is shown as it is, and said to be broken", () => {
  const stats = ["polling", tuple(0, 0), tuple(0, 0)];
  expect(renderReply(["status", "alpha", "stats"], stats, { unicode: true })).toEqual({
    text: "['Status for the jail: alpha', '|- p']['polling', (0, 0), (0, 0)]",
    isBroken: true,
  });
  expect(renderReply(["get", "syslogsocket"], null, { unicode: true })).toEqual({
    text: "'Current syslog socket is:\\n'None",
    isBroken: true,
  });
});

const refusals: readonly (readonly [className: string, args: readonly WireValue[], text: string])[] = [
  ["fail2ban.exceptions.UnknownJailException", ["x"], "Sorry but the jail 'x' does not exist"],
  ["fail2ban.exceptions.DuplicateJailException", ["x"], "The jail 'x' already exists"],
  ["builtins.IndexError", ["list index out of range"], "Sorry but the command is invalid"],
  ["builtins.Exception", ["Invalid command"], "Invalid command"],
  ["builtins.KeyError", ["BAD"], "'BAD'"],
  [
    "builtins.FileNotFoundError",
    [2, "No such file or directory", "/f"],
    "[Errno 2] No such file or directory: '/f'",
  ],
  ["builtins.OSError", [5, "Input/output error"], "[Errno 5] Input/output error"],
  ["builtins.ValueError", ["a", "b"], "('a', 'b')"],
  ["builtins.ValueError", [], ""],
];
for (const [className, args, text] of refusals) {
  test(`${className} of ${args.length} arguments shows ${JSON.stringify(text)}`, () => {
    expect(renderError({ className, args })).toBe(text);
  });
}
