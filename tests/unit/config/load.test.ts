import { expect, test } from "vitest";
import { loadConfiguration } from "../../../src/config/load.ts";
import { streamOf } from "../../../src/config/stream.ts";
import { loadFiles, memoryFiles, wordsOf } from "./memory-files.ts";

const FILTER = { "filter.d/f.conf": "[Definition]\nfailregex = ^f <HOST>\n" };
const ACTION = { "action.d/n.conf": "[Definition]\nactionban = b\n" };
const LOG = { "/log": "" };
const JAIL = "enabled = true\nlogpath = /log\naction = n\nfilter = f\n";

const loadJail = (lines: string, files: Readonly<Record<string, string>> = {}) =>
  loadFiles({ ...FILTER, ...ACTION, ...LOG, "jail.conf": `[j]\n${JAIL}${lines}`, ...files });

/** A filter's failregexes as a jail gets them. */
const regexes = (filter: string, item = "f", lines = ""): readonly unknown[] =>
  wordsOf(
    loadFiles({
      ...ACTION,
      ...LOG,
      "jail.conf": `[j]\nenabled = true\nlogpath = /log\naction = n\nfilter = ${item}\n${lines}`,
      "filter.d/f.conf": filter,
    }),
    "j",
    "addfailregex",
  );

test("later layers win option by option, names beginning with a dot are none", () => {
  const value = wordsOf(
    loadJail("ignorecommand = %(a)s%(b)s%(c)s%(d)s\n[DEFAULT]\na=1\nb=1\nc=1\nd=1", {
      "jail.d/b.conf": "[DEFAULT]\nb=2\nc=2\nd=2",
      "jail.d/B.conf": "[DEFAULT]\nb=9",
      "jail.d/.x.conf": "[DEFAULT]\na=9",
      "jail.local": "[DEFAULT]\nc=3\nd=3",
      "jail.d/a.local": "[DEFAULT]\nd=4",
    }),
    "j",
    "ignorecommand",
  );
  expect(value).toEqual(["1234"]);
});

test("includes are merged before and after, each with its local, a loop is skipped, a missing one is nothing", () => {
  const loaded = loadJail(
    "ignorecommand = %(x)s %(y)s %(l)s\n[INCLUDES]\nbefore = b.conf\n  nothere.conf\nafter = sub/a.conf\n[DEFAULT]\nx=jail\ny=jail",
    {
      "b.conf": "[INCLUDES]\nbefore = jail.conf\n[DEFAULT]\nx=b\nl=b",
      "b.local": "[DEFAULT]\nl=blocal",
      "sub/a.conf": "[DEFAULT]\ny=a",
    },
  );
  expect(wordsOf(loaded, "j", "ignorecommand")).toEqual(["jail a blocal"]);
  expect(loaded.diagnostics).toEqual([
    expect.objectContaining({
      severity: "warning",
      message: "/c/jail.conf is included by what it includes",
      origin: expect.objectContaining({ file: "/c/b.conf", line: 2, column: 10 }),
    }),
  ]);
});

test("a file that includes itself a thousandfold ends with a mistake", () => {
  const files: Record<string, string> = {};
  for (let at = 0; at < 40; at += 1) {
    files[`i${at}.conf`] = `[INCLUDES]\nbefore = i${at + 1}.conf\n  i${at + 1}.conf\n  i${at + 1}.conf`;
  }
  const loaded = loadJail("[INCLUDES]\nbefore = i0.conf", files);
  expect(loaded.fatal).toContain("too many or too deep includes");
});

test.each([
  [
    "7",
    "[Definition]\nfailregex = ^%(v)s <v> <known/v> <HOST>\nv = def\n[Init]\nv = init",
    "f[v=param]",
    ["^param param init <HOST>"],
  ],
  ["8", "[Definition]\nfailregex = ^%(v)s <v> <HOST>\nv = def\n[Init]\nv = init", "f", ["^init init <HOST>"]],
  [
    "9",
    "[DEFAULT]\nx = dx\n[Definition]\nfailregex = ^<sec/opt> <default/x> <Definition/y> <HOST>\ny = yy\n[sec]\nopt = so",
    "f",
    ["^so dx yy <HOST>"],
  ],
  [
    "10",
    "[Definition]\nfailregex = <cmn-<mode>>\ncmn-normal = ^n <HOST>\ncmn-ext = <cmn-normal>\n  ^e <HOST>",
    "f[mode=ext]",
    [["^n <HOST>", "^e <HOST>"]],
  ],
  ["16", `[Definition]\nfailregex = ${"<a>".repeat(30)}\na = 1`, "f", ["1".repeat(30)]],
  ["the trap of tags", "[Definition]\nhost = collide\nfailregex = ^<HOST>", "f", ["^collide"]],
] as const)("the filter of vector %s gives its regexes", (_, filter, item, expected) => {
  expect(regexes(filter, item)).toEqual(expected);
});

test("an option of the jail shadows that of the filter (vector 13)", () => {
  const filter = "[Definition]\nfailregex = ^x %(maxretry)s <HOST>\nmaxretry = def";
  expect(regexes(filter, "f", "maxretry = 7")).toEqual(["^x 7 <HOST>"]);
});

test.each([
  ["and after", { "filter.d/aft.conf": "[DEFAULT]\ndv=aft" }, "after = aft.conf\n", "aft"],
  [
    "and locals",
    { "filter.d/base.local": "[DEFAULT]\ndv=baselocal", "filter.d/f.local": "[DEFAULT]\ndv=flocal" },
    "",
    "flocal",
  ],
])("a filter grows by before %s (vectors 11, 12)", (_, files, after, dv) => {
  const loaded = loadJail("", {
    "filter.d/base.conf": "[DEFAULT]\ndv=base\n[Definition]\nfailregex = ^base <HOST> %(dv)s",
    "filter.d/f.conf": `[INCLUDES]\nbefore = base.conf\n${after}[DEFAULT]\ndv=f\n[Definition]\nfailregex = %(known/failregex)s\n  ^f <HOST>`,
    ...files,
  });
  expect(wordsOf(loaded, "j", "addfailregex")).toEqual([[`^base <HOST> ${dv}`, "^f <HOST>"]]);
});

test.each([
  ["an argument wins over conditional Init (vector 14)", "n[blocktype=DROP]", "DROP", "DROP"],
  [
    "unless the condition is given (vector 15)",
    'n[blocktype=DROP, blocktype?family=inet6="D6"]',
    "DROP",
    "D6",
  ],
])("%s", (_, action, plain, conditional) => {
  const loaded = loadJail("", {
    "jail.local": `[j]\naction = ${action}`,
    "action.d/n.conf":
      "[Definition]\nactionban = <blocktype>\n[Init]\nblocktype = REJECT\n[Init?family=inet6]\nblocktype = R6",
  });
  const command = streamOf(loaded).find(({ words }) => words[2] === "action");
  const given = command?.words[4];
  const pairs = Array.isArray(given) ? given : [];
  const properties = new Map(pairs.map(([name, value]) => [name, value]));
  expect(properties.get("blocktype")).toBe(plain);
  expect(properties.get("blocktype?family=inet6")).toBe(conditional);
  expect(properties.get("actionban")).toBe("<blocktype>");
});

test("the third regex points at its own line, a regex from elsewhere at that place", () => {
  const filter = "[Definition]\nfailregex = one\n    two\n    <third>\nthird = x\n    three\n";
  const loaded = loadJail("", { "filter.d/f.conf": filter });
  const command = streamOf(loaded).find(({ words }) => words[2] === "addfailregex");
  expect(command?.words[3]).toEqual(["one", "two", "x", "three"]);
  expect(command?.itemOrigins?.map((origin) => [origin?.line, origin?.column])).toEqual([
    [2, 13],
    [3, 5],
    [5, 9],
    [6, 5],
  ]);
});

test("one bad jail never stops the others, and all mistakes of all jails are told", () => {
  const loaded = loadFiles({
    ...FILTER,
    ...ACTION,
    ...LOG,
    "jail.conf": `[DEFAULT]\n${JAIL}[a]\nfilter = no\naction = no2\n[b]\nlogpath = %(no)s\nmaxretry = many\nusedns = 5%\n[c]\n[d]\nfilter = f[x=1, y]`,
  });
  expect(loaded.jails.map(({ name, error }) => [name, error === undefined])).toEqual([
    ["a", false],
    ["b", false],
    ["c", true],
    ["d", false],
  ]);
  expect(loaded.fatal).toContain("interpolation key 'no'");
  const told = loaded.diagnostics.map(({ jail, message, origin }) => [
    jail,
    origin?.line,
    message.slice(0, 34),
  ]);
  expect(told).toEqual([
    ["a", 7, "Unable to read the filter 'no'"],
    ["a", 8, "Unable to read action 'no2'"],
    ["b", 11, "'maxretry' needs a whole number, f"],
    ["b", 10, "Bad value substitution: option 'lo"],
    ["b", 12, "'%' must be followed by '%' or '('"],
    ["d", 15, "Invalid filter definition 'f[x=1, "],
  ]);
  expect(streamOf(loaded).at(-1)?.words).toEqual(["start", "c"]);
});

test("a filter that the directory lacks comes from stock, with a warning where it is named", () => {
  const files = {
    ...ACTION,
    ...LOG,
    "jail.conf": `[j]\n${JAIL}`,
    "/stock/filter.d/f.conf": "[Definition]\nfailregex = stock <HOST>",
  };
  expect(loadFiles(files).jails[0]?.error).toBe("Unable to read the filter 'f'");
  const loaded = loadFiles(files, { stockDir: "/stock" });
  expect(wordsOf(loaded, "j", "addfailregex")).toEqual(["stock <HOST>"]);
  expect(loaded.diagnostics).toMatchObject([
    { severity: "warning", jail: "j", origin: { file: "/c/jail.conf", line: 5, column: 10 } },
  ]);
});

test("missing logs are a notice, a pattern to wait for and fail2ban's text", () => {
  const loaded = loadJail("", { "jail.local": "[j]\nlogpath = /var/log/a*.log tail\n  /no\n" });
  expect(loaded.jails[0]).toMatchObject({
    missingLogs: "Have not found any log file for 'j' jail.",
    logPatterns: [
      { pattern: "/var/log/a*.log", tail: true },
      { pattern: "/no", tail: false, origin: { line: 3, column: 3 } },
    ],
  });
  expect(loaded.diagnostics.map(({ severity }) => severity)).toEqual(["notice", "notice"]);
  expect(wordsOf(loaded, "j", "addlogpath")).toEqual([]);
});

test("a path with a blank is taken whole where head or tail is missing", () => {
  const loaded = loadJail("", { "jail.local": "[j]\nlogpath = /my log/x" });
  expect(loaded.jails[0]?.logPatterns).toMatchObject([{ pattern: "/my log/x", tail: false }]);
  expect(loaded.diagnostics[0]).toMatchObject({ severity: "warning", origin: { line: 2, column: 11 } });
});

test.each([
  ["to the journal with backend auto and journalmatch", "journalmatch = A=b\nbackend = auto", "systemd"],
  ["not where that is forbidden", "journalmatch = A=b\nsystemd_if_nologs = no", "auto"],
  ["not without journalmatch", "", "auto"],
  ["not with another backend", "journalmatch = A=b\nbackend = polling", "polling"],
])("a jail without logs turns %s", (_, lines, backend) => {
  const loaded = loadJail(`${lines}\n`, { "jail.local": "[j]\nlogpath = /no" });
  expect(streamOf(loaded).find(({ words }) => words[0] === "add")?.words[2]).toBe(backend);
});

test("skip_if_nologs leaves the jail out of the stream with a word", () => {
  const loaded = loadJail("skip_if_nologs = yes", { "jail.local": "[j]\nlogpath = /no" });
  const words = streamOf(loaded).map((command) => command.words);
  expect(words.at(-1)).toEqual(["config-error", "Jail 'j' skipped, because of missing log files."]);
});

test("one jail alone can be read, and one that is not there is a mistake", () => {
  const files = { ...FILTER, ...ACTION, ...LOG, "jail.conf": `[DEFAULT]\n${JAIL}[a]\n[b]` };
  expect(loadFiles(files, { jail: "b" }).jails.map(({ name }) => name)).toEqual(["b"]);
  expect(loadFiles(files, { jail: "x" }).fatal).toBe("No section: 'x'");
});

test("the same mistake seen by several jails is told once with their names", () => {
  const loaded = loadFiles({
    ...FILTER,
    ...ACTION,
    ...LOG,
    "jail.conf": `[DEFAULT]\n${JAIL}maxretry = x\n[a]\n[b]`,
  });
  expect(loaded.diagnostics.map(({ jail }) => jail)).toEqual(["a, b"]);
});

test.each([
  ["yes please", "write true or false"],
  ["ture", "write true or false"],
  ["true  # for now", "a comment needs a line of its own"],
])("a switch that is neither on nor off is off as in fail2ban, and told: %s", (text, remedy) => {
  const loaded = loadJail("", { "jail.local": `[j]\nenabled = ${text}` });
  expect(loaded.jails.map(({ enabled }) => enabled)).toEqual([false]);
  expect(loaded.diagnostics).toMatchObject([
    {
      severity: "warning",
      message: `'enabled' needs true or false, found '${text}'`,
      consequence: "it counts as false, as in fail2ban",
      remedy,
      jail: "j",
      origin: { file: "/c/jail.local", line: 2, column: 11 },
    },
  ]);
});

test.each([["True"], ["1"], ["ON"], ["yes"], ["False"], ["0"], ["OFF"], ["no"], ["none"], [""]])(
  "a switch may be %j",
  (text) => {
    expect(loadJail("", { "jail.local": `[j]\nenabled = ${text}` }).diagnostics).toEqual([]);
  },
);

test("the command line wins over fail2ban.conf", () => {
  const loaded = loadFiles({ "jail.conf": "[j]" }, { overrides: { loglevel: "DEBUG", socket: "/s" } });
  expect(loaded.early).toMatchObject({ loglevel: "DEBUG", socket: "/s" });
  expect(loaded.server.find(({ words }) => words[1] === "loglevel")?.words).toEqual([
    "set",
    "loglevel",
    "DEBUG",
  ]);
});

test("a jail whose action cannot be expanded is not said to have none as well", () => {
  const loaded = loadConfiguration({
    files: memoryFiles({
      "/c/fail2ban.conf": "[Definition]\n",
      "/c/jail.conf": "[j]\nenabled = true\nbackend = systemd\nfailregex = ^x <HOST>$\naction = %(nosuch)s\n",
    }),
    baseDir: "/c",
  });
  const messages = loaded.diagnostics.map(({ message }) => message);
  expect(messages.some((message) => message.includes("'nosuch'"))).toBe(true);
  expect(messages).not.toContain("no action is set");
});

const journalCases = [
  { name: "the journal is there", hasJournal: true, jail: "", backend: "systemd" },
  { name: "there is no journal", hasJournal: false, jail: "", backend: "auto" },
  {
    name: "the jail does not want it",
    hasJournal: true,
    jail: "systemd_if_nologs = false\n",
    backend: "auto",
  },
  { name: "a backend is named", hasJournal: true, jail: "backend = polling\n", backend: "polling" },
  { name: "the log is there", hasJournal: true, jail: "logpath = /log/there.log\n", backend: "auto" },
] as const;
for (const { name, hasJournal, jail, backend } of journalCases) {
  test(`a jail without its log, whose filter knows the journal, gets '${backend}' where ${name}`, () => {
    const log = jail.startsWith("logpath") ? "" : "logpath = /log/missing.log\n";
    const loaded = loadFiles(
      {
        "jail.conf": `[j]\nenabled = true\nfilter = f\n${log}${jail}`,
        "filter.d/f.conf": "[Definition]\nfailregex = ^x <HOST>$\njournalmatch = _COMM=x\n",
        "/log/there.log": "",
      },
      { hasJournal },
    );
    const words = loaded.jails.flatMap(({ commands }) => commands.map((command) => command.words));
    expect(words[0]).toEqual(["add", "j", backend]);
    const notices = loaded.diagnostics.map(({ message }) => message);
    expect(notices.includes("no log file is there")).toBe(backend === "systemd");
  });
}

test("entries of ignoreip are parted by any blank", () => {
  const loaded = loadJail("ignoreip = 192.0.2.1, 192.0.2.2\t192.0.2.3\n  host.example  fine");
  expect(wordsOf(loaded, "j", "addignoreip").flat()).toEqual([
    "192.0.2.1",
    "192.0.2.2",
    "192.0.2.3",
    "host.example",
    "fine",
  ]);
});

test("what a filter without Definition has in Init is no setting of the jail", () => {
  const loaded = loadJail("", { "filter.d/f.conf": "[Init]\na = 1\n" });
  expect(streamOf(loaded).map(({ words }) => words)).not.toContainEqual(["set", "j", "a", "1"]);
});

test("a jail takes the known maxlines and datepattern of its filter", () => {
  const loaded = loadJail("maxlines = %(known/maxlines)s\ndatepattern = %(known/datepattern)s", {
    "filter.d/f.conf": "[Definition]\nfailregex = ^f <HOST>\nmaxlines = 4\ndatepattern = %%Y-%%m-%%d\n",
  });
  expect(wordsOf(loaded, "j", "maxlines")).toEqual([4]);
  expect(wordsOf(loaded, "j", "datepattern")).toEqual(["%Y-%m-%d"]);
});

test("the known value of a filter may hold percent signs", () => {
  const loaded = loadJail("failregex = %(known/failregex)s\n  ^b <HOST>", {
    "filter.d/f.conf": "[Definition]\nfailregex = ^5%% <HOST>\n",
  });
  expect(wordsOf(loaded, "j", "addfailregex")).toEqual([["^5% <HOST>", "^b <HOST>"]]);
});

test("the version that configurations see is that of 1.1, unless the caller knows another", () => {
  const files = {
    "jail.conf": `[j]\n${JAIL}ignorecommand = %(fail2ban_version)s`,
    ...FILTER,
    ...ACTION,
    ...LOG,
  };
  expect(wordsOf(loadFiles(files), "j", "ignorecommand")).toEqual([expect.stringMatching(/^1\.1\./)]);
  expect(wordsOf(loadFiles(files, { version: "1.0.2" }), "j", "ignorecommand")).toEqual(["1.0.2"]);
});

test("an argument reaches the options that only the filter knows", () => {
  const filter = "[Definition]\nown = %(arg)s %(logtype)s\nfailregex = ^<own> <HOST>";
  expect(regexes(filter, "f[arg=1]")).toEqual(["^1 file <HOST>"]);
});

test("what is wrong with a file is fatal for the first jail that comes to need it, though one that is left out named it before", () => {
  const jail = (name: string, action: string): string =>
    `[${name}]\nenabled = true\nlogpath = /log\nfilter = f\naction = ${action}\n`;
  const loaded = loadFiles({
    ...FILTER,
    ...LOG,
    "jail.conf": jail("j", "none\n  n") + jail("k", "n"),
    "action.d/n.conf": "[Definition]\n[Definition]\nactionban = b\n",
  });
  expect(loaded.fatal).toBe(
    "Error in action definition 'n': While reading from '/c/action.d/n.conf' [line  2]: section 'Definition' already exists",
  );
});

test("what a filter has in Init alone is used, and known to its jail", () => {
  const loaded = loadJail("", {
    "jail.conf":
      "[j]\nenabled = true\nlogpath = /log\naction = n\nfilter = f[g=7]\nignorecommand = %(known/i)s\n",
    "filter.d/f.conf": "[Init]\ni = <v> <g>\nv = init\nfailregex = ^x <HOST> <v>\nmaxlines = 4\n",
  });
  expect(wordsOf(loaded, "j", "addfailregex")).toEqual(["^x <HOST> init"]);
  expect(wordsOf(loaded, "j", "maxlines")).toEqual([4]);
  expect(wordsOf(loaded, "j", "ignorecommand")).toEqual(["init 7"]);
});
