/**
 * `gaoler regex` from its words to its text and exit code (A§4, appendix A.6), on files of its own.
 * @module
 */
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { regexWorld } from "./regex-trial.ts";

const { directory, file, run, runWith } = regexWorld();

const REGEX = "fail from <ADDR> user=<F-USER>\\S+</F-USER>";
const LOG = [
  "Nov 20 10:00:01 h app[1]: fail from 1.2.3.4 user=bob",
  "Nov 20 10:00:02 h app[1]: fail from 1.2.3.5 user=al",
  "# comment",
  "",
  "Nov 20 10:00:03 h app[1]: ok from 1.2.3.4",
  "Nov 20 10:00:04 h app[1]: fail from 10.0.0.1 user=ign",
  "Nov 20 10:00:05 h app[1]: again fail from 2001:db8::1 user=z",
];

test("the report of a small file", async () => {
  const log = file("a.log", ...LOG);
  const { code, out } = await run(log, REGEX, "user=ign");
  expect(code).toBe(0);
  expect(out).toBe(`
Running tests
=============

Use   failregex line : fail from <ADDR> user=<F-USER>\\S+</F-USER>
Use ignoreregex line : user=ign
Use         log file : ${log}
Use         encoding : UTF-8


Results
=======

Failregex: 3 total
|-  #) [# of hits] regular expression
|   1) [3] fail from <ADDR> user=<F-USER>\\S+</F-USER>
\`-

Ignoreregex: 1 total
|-  #) [# of hits] regular expression
|   1) [1] user=ign
\`-

Date template hits:
|- [# of hits] date format
|  [5] {^LN-BEG}(?:DAY )?MON Day %k:Minute:Second(?:\\.Microseconds)?(?: ExYear)?
\`-

Lines: 5 lines, 1 ignored, 3 matched, 1 missed
[processed in 0.00 sec]

|- Ignored line(s):
|  Nov 20 10:00:04 h app[1]: fail from 10.0.0.1 user=ign
\`-
|- Missed line(s):
|  Nov 20 10:00:03 h app[1]: ok from 1.2.3.4
\`-
`);
});

const formats = [
  { format: "ip4", lines: ["1.2.3.4", "1.2.3.5", "None"] },
  { format: "id", lines: ["1.2.3.4", "1.2.3.5", "2001:db8::1"] },
  { format: "user", lines: ["bob", "al", "z"] },
  { format: "nosuch", lines: ["None", "None", "None"] },
  { format: "matches", lines: ["[('', 'Nov 20 10:00:01', ' h app[1]: fail from 1.2.3.4 user=bob')]"] },
  {
    format: "<ip> <F-USER> <time> <failures> <matches>",
    lines: ["1.2.3.4 bob 1795168801.0 0 Nov 20 10:00:01 h app[1]: fail from 1.2.3.4 user=bob"],
  },
  { format: "<fid>|<ip-rev>|<family>", lines: ["1.2.3.4|4.3.2.1.|inet4"] },
  { format: "<ip-host> <unknown> <F-NONE>.", lines: ["host.example <unknown> ."] },
  { format: "<ip>:<msg>", lines: ["1.2.3.4:Nov 20 10:00:01 h app[1]: fail from 1.2.3.4 user=bob"] },
  { format: "row", lines: ["['1.2.3.4',\t1795168801.0,\t{'ip4': '1.2.3.4', 'ip6': None, 'user': 'bob'}],"] },
] as const;

for (const { format, lines } of formats) {
  test(`-o '${format}'`, async () => {
    const { code, out } = await run("-o", format, file("a.log", ...LOG), REGEX, "user=ign");
    expect(code).toBe(0);
    expect(out.split("\n").slice(0, lines.length)).toEqual(lines);
  });
}

test("-i prints the other lines, ignored ones too", async () => {
  const { out } = await run("-i", "-o", "<time> <msg>", file("a.log", ...LOG), REGEX, "user=ign");
  expect(out.trimEnd().split("\n")).toEqual([
    "1795168803.0 Nov 20 10:00:03 h app[1]: ok from 1.2.3.4",
    "1795168804.0 Nov 20 10:00:04 h app[1]: fail from 10.0.0.1 user=ign",
  ]);
});

test("-i rows are empty IDs", async () => {
  const { out } = await run("-i", "-o", "row", "Nov 20 10:00:03 x", REGEX);
  expect(out).toBe("['',\t1795168803.0,\t{'fid': ''}],\n");
});

test("a last line without its newline is not processed in a file", async () => {
  const path = join(directory, "half.log");
  writeFileSync(path, "Nov 20 10:00:01 x 1.1.1.1\nNov 20 10:00:02 x 1.1.1.2");
  expect((await run("-o", "id", path, "x <ADDR>")).out).toBe("1.1.1.1\n");
});

test("a line longer than any block is cut, what follows is read", async () => {
  const path = file("long.log", "y".repeat(700_000), "Nov 20 10:00:01 x 1.1.1.1");
  expect((await run("-o", "id", path, "x <ADDR>")).out).toBe("1.1.1.1\n");
});

test("a line without a date has no time; a template shows the moment of the run", async () => {
  expect((await run("-o", "row", "x 1.2.3.4", "^x <ADDR>")).out).toContain("['1.2.3.4',\tNone,\t");
  expect((await run("-o", "<time> <ip>", "x 1.2.3.4", "^x <HOST>")).out).toBe("1795348800.0 1.2.3.4\n");
});

test("a time with a zone is an integer", async () => {
  expect((await run("-o", "<time>", "2026-11-20 10:00:00 +0200 x 1.2.3.4", "x <HOST>")).out).toBe(
    "1795161600\n",
  );
});

test("every address of a name is a failure", async () => {
  expect((await run("-o", "id", "x two.example", "^x <HOST>")).out).toBe("192.0.2.1\n2001:db8::1\n");
});

test("a name without addresses is a missed line", async () => {
  expect((await run("x one.example", "^x <HOST>")).out).toContain("0 matched, 1 missed");
});

test("with -r the name is the ID", async () => {
  expect((await run("-r", "-o", "id", "x one.example", "^x <HOST>")).out).toBe("one.example\n");
});

test("all regexes are tried and counted, unless told otherwise", async () => {
  file(
    "filter.d/three.conf",
    "[Definition]",
    "failregex = a <ADDR>",
    "            ^a <ADDR>",
    "            <ADDR>$",
  );
  const all = await run("-v", "a 1.1.1.1", "three");
  expect(all.out).toContain("Failregex: 3 total");
  expect(all.out.match(/multiple regex matched/g)?.length).toBe(1);
  expect((await run("--no-check-all", "a 1.1.1.1", "three")).out).toContain("Failregex: 1 total");
});

test("-v tells engine, reason and cost of each regex", async () => {
  file(
    "filter.d/engines.conf",
    "[Definition]",
    "prefregex = ^<F-CONTENT>.+</F-CONTENT>$",
    "failregex = ^a <ADDR>$",
  );
  const { out } = await run("-v", "a 1.1.1.1", "engines", "^(?:x*)*b");
  expect(out.match(/^\| {6}# engine: {2}(?:native|exact), .+ \(.+\)$/gm)).toHaveLength(3);
  expect((await run("a 1.1.1.1", "engines")).out).not.toContain("# engine");
});

test("nofail is counted as ignored", async () => {
  const { out } = await run("x 1.1.1.1", "^<F-NOFAIL>x</F-NOFAIL> <ADDR>");
  expect(out).toContain("Failregex: 1 total");
  expect(out).toContain("1 ignored, 0 matched, 0 missed");
});

test("lines of a match over several lines are matched, not missed", async () => {
  file(
    "filter.d/two.conf",
    "[Definition]",
    "failregex = ^start <ADDR>$<SKIPLINES>^end$",
    "maxlines = 3",
    "[Init]",
  );
  const { out } = await run("start 1.1.1.1\nnoise\nend\nend", "two", "--print-all-matched");
  expect(out).toContain("Use         maxlines : 3\n");
  expect(out).toContain("Lines: 4 lines, 0 ignored, 2 matched, 2 missed");
  expect(out).toContain("|- Matched line(s):\n|  start 1.1.1.1\n|  end\n`-\n");
});

test("a list of twenty lines is only counted", async () => {
  const lines = (count: number) => Array.from({ length: count }, (_, index) => `y${index}`).join("\n");
  expect((await run(lines(19), "^x <HOST>")).out).toContain("|  y18\n");
  expect((await run(lines(20), "^x <HOST>")).out).toContain(
    "Missed line(s): too many to print.  Use --print-all-missed to print all 20 lines",
  );
  expect((await run("-L", "2", lines(2), "^x <HOST>")).out).toContain("too many to print");
  expect((await run("--print-all-missed", lines(25), "^x <HOST>")).out).toContain("|  y24\n");
  expect((await run("--print-no-missed", lines(2), "^x <HOST>")).out).not.toContain("Missed");
});

test("a line that a later match claims is listed as it stands in the log, with no stamp of another one", async () => {
  const filter = file(
    "claimed.conf",
    "[Definition]",
    "failregex = ^ ?first \\d$<SKIPLINES>^ second <ADDR>$",
    "maxlines = 3",
    "datepattern = %%Y-%%m-%%d %%H:%%M:%%S",
  );
  const now = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const log = file("claimed.log", `${now} 10:00:00 other`, "first 1", `${now} 10:00:02 second 1.1.1.1`);
  const { out } = await run("--print-all-matched", log, filter);
  expect(out).toContain(`|- Matched line(s):\n|  first 1\n|  ${now} 10:00:02 second 1.1.1.1\n`);
});

test("a text of several lines is announced", async () => {
  const { out } = await run(`a\nb\nc\nd\ne\n${"f".repeat(60)}`, "^x <HOST>");
  expect(out).toContain(
    "Use      multi line : 6 line(s)\n|  1: a\n|  2: b\n|  3: c\n|  4: d\n|  5: e\n| ...\n`-\n",
  );
});

// what REGEX may be

test("a filter by name, by file, with arguments", async () => {
  file("filter.d/arg.conf", "[Definition]", "failregex = ^<word> <ADDR>", "word = x");
  const byName = await run("x 1.1.1.1", "arg");
  expect(byName.out).toContain(`Use      filter file : arg, basedir: ${directory}\n`);
  const withArguments = await run("-vv", "y 1.1.1.1", 'arg[word="y"]');
  expect(withArguments.out).toContain("Use   filter options : {'word': 'y'}\n");
  expect(withArguments.out).toContain("Real  filter options : {'logtype': 'file', 'word': 'y'}\n");
  expect(withArguments.out).toContain("1 matched");
  for (const name of ["arg.conf", "filter.d/arg.conf", join(directory, "filter.d/arg.conf")]) {
    expect((await run("x 1.1.1.1", name)).out).toContain("1 matched");
  }
});

test("the folder of filters stands for its configuration", async () => {
  file("filter.d/in.conf", "[Definition]", "failregex = ^x <ADDR>");
  expect((await run("-c", join(directory, "filter.d"), "x 1.1.1.1", "in")).out).toContain(
    `Use      filter file : in, basedir: ${directory}\n`,
  );
});

test("a filter file from elsewhere, alone", async () => {
  file("alone.local", "[Definition]", "failregex = ^never <ADDR>");
  const path = file("alone.conf", "[Definition]", "failregex = ^x <ADDR>");
  expect((await run("x 1.1.1.1", path)).out).toContain(`Use      filter file : ${path}\n`);
});

test("a filter that cannot be expanded ends as fail2ban-regex does: named, then exit 1", async () => {
  file("filter.d/open.conf", "[Definition]", "failregex = %(nosuch)s <ADDR>");
  const { code, out, err } = await run("x", "open");
  expect(code).toBe(1);
  expect(out).toMatch(/Use {6}filter file : open, basedir: .*\n$/);
  expect(err).toMatch(/^ERROR: Bad value substitution: option 'failregex'/);
});

test("a filter of ignoreregexes alone is one", async () => {
  file("filter.d/ignoring.conf", "[Definition]", "failregex =", "ignoreregex = x");
  expect((await run("y", "ignoring")).out).toContain("Use      filter file : ignoring");
});

test("-vv shows the options of [Init], too", async () => {
  file("filter.d/init.conf", "[Definition]", "failregex = ^x <ADDR>", "[Init]", "a = 1", "b = 2");
  expect((await run("-vv", "x", "init[b=3]")).out).toContain(
    "Real  filter options : {'logtype': 'file', 'b': '3', 'known/a': '1', 'a': '1', 'known/b': '2'}\n",
  );
});

test("--VD shows weight, pattern and regex of templates", async () => {
  expect((await run("--VD", "-d", "%Y-%m-%d", "2026-11-20 x\n2026-11-20 x", "^x <ADDR>")).out).toContain(
    "|  [2] Year-Month-Day\n|      # weight: 2.000 (1.000), pattern: %Y-%m-%d\n|      # regex:   (?=^|",
  );
});

test("a jail goes before a filter of its name; its arguments reach both", async () => {
  file("filter.d/door.conf", "[Definition]", "failregex = ^<word> <ADDR>", "word = x");
  file("jail.conf", "[door]", "word = z", 'filter = door[word="%(word)s"]', "action =", "ignoreregex = 9$");
  const plain = await run("z 1.1.1.1\nz 1.1.1.9", "door");
  expect(plain.out).toContain("Use             jail : door\n");
  expect(plain.out).toContain("1 ignored, 1 matched, 0 missed");
  const given = await run("y 1.1.1.1", "door[word=y]");
  expect(given.out).toContain("Use jail/flt options : {'word': 'y'}\n");
  expect(given.out).toContain("1 matched");
});

test("what a jail does is not looked at: its action may be missing", async () => {
  file("filter.d/door.conf", "[Definition]", "ignoreregex = 9$");
  file("jail.conf", "[door]", "filter = door", "action = nosuch");
  const { out } = await run("z 1.1.1.1\nz 1.1.1.9", "door");
  expect(out).toContain("Use             jail : door\n");
  expect(out).toContain("0 ignored, 0 matched, 2 missed");
});

const refusals = [
  { argv: ["x", ""], text: "Use   failregex line : \nERROR: Cannot add empty regex\n" },
  { argv: ["x", "nosuch"], text: "ERROR: No failure-id group in 'nosuch'\n" },
  {
    argv: ["x", "x(<IP4>"],
    text: "ERROR: Unable to compile regular expression 'x((?:::f{4,6}:)?(?P<ip4>(?:\\d{1,3}\\.){3}\\d{1,3})':\nmissing ), unterminated subpattern at position 1\n",
  },
  {
    argv: ["x", "arg[x y]"],
    text: "ERROR: Wrong filter name or options: expected option, wrong syntax at 0: x y\n       while parsing: arg[x y]\n",
  },
  { argv: ["--TZ", "foo", "x", "<HOST>"], text: "ERROR: Unknown or unsupported time zone: 'foo'\n" },
  { argv: ["-d", "(", "x", "<HOST>"], text: "ERROR: Failed to set datepattern '('" },
  { argv: ["-L", "-1", "x", "<HOST>"], text: "ERROR: maxlines must be integer greater than zero\n" },
  { argv: ["-m", "_COMM='x", "x", "<HOST>"], text: "ERROR: No closing quotation\n" },
  { argv: ["-d", "%Q", "x", "<HOST>"], text: "ERROR: Failed to set datepattern '%Q'" },
] as const;

for (const { argv, text } of refusals) {
  test(`${argv.join(" ")} is refused`, async () => {
    const { code, out } = await run(...argv);
    expect(code).toBe(255);
    expect(out).toContain(text);
  });
}

const codes = [
  { argv: ["--version"], code: 0, out: "fail2ban-regex 1.1.2.dev1\n", err: "" },
  { argv: ["-V"], code: 0, out: "1.1.2.1\n", err: "" },
  { argv: ["-h"], code: 0, out: "Usage: gaoler regex [OPTIONS] <LOG> <REGEX> [IGNOREREGEX]", err: "" },
  { argv: ["x"], code: 255, out: "Usage: ", err: "ERROR: provide both <LOG> and <REGEX>." },
  { argv: ["a", "b", "c", "d"], code: 255, out: "Usage: ", err: "ERROR: provide both <LOG> and <REGEX>." },
  { argv: ["--x"], code: 2, out: "", err: "gaoler regex: error: no such option: --x" },
  { argv: ["-e", "foo", "/dev/null", "<HOST>"], code: 0, out: "single line : /dev/null", err: "" },
  {
    argv: ["-l", "foo", "x", "<HOST>"],
    code: 1,
    out: "Running tests",
    err: "ERROR: Invalid log level 'foo'",
  },
] as const;

for (const { argv, code, out, err } of codes) {
  test(`${argv.join(" ")} ends with ${code}`, async () => {
    const ended = await run(...argv);
    expect(ended.code).toBe(code);
    expect(ended.out).toContain(out);
    expect(ended.err).toContain(err);
  });
}

test("an encoding that there is not fails where a file is to be read", async () => {
  const ended = await run("-e", "foo", file("a.log", ...LOG), REGEX);
  expect(ended).toMatchObject({ code: 1, err: "ERROR: unknown encoding: foo\n" });
  expect(ended.out).toContain("Use   failregex line");
  expect(ended.out).not.toContain("Use         log file");
});

test("messages of the asked level go to stderr", async () => {
  expect((await run("-l", "error", "x", "^x(?: <ADDR>)?$")).err).toContain("ERROR   No group found in 'x\n'");
  expect((await run("x", "^x(?: <ADDR>)?$")).err).toBe("");
});

test("-D gives an address for each line and regex", async () => {
  const { out } = await run("-D", "a b", "^x <F-ID/>");
  expect(out).toContain(
    "|  a b | ^x <F-ID/> |  https://www.debuggex.com/?re=%5Ex+%28%3FP%3Cfid%3E%5CS%2B%29&str=a+b&flavor=python\n",
  );
});

test.each([
  ["/nowhere/auth.log", "there is no file /nowhere/auth.log"],
  ["./x", "there is no file ./x"],
  ["auth.log", "there is no file auth.log"],
  ["/tmp", "/tmp is a directory"],
])("who mistypes the path %s learns on a terminal that it was tried as a line", async (log, said) => {
  let hint = "";
  const { code, err } = await runWith({ hint: (text) => (hint += text) }, log, "^x <ADDR>");
  expect([code, err]).toEqual([0, ""]);
  expect(hint).toMatch(/^gaoler regex: .+; so these very words were tried as a line of a log\n$/);
  expect(hint).toContain(said);
});

test.each(["x 192.0.2.1", "GET /a.log HTTP/1.1", "a/b"])("%s is no path", async (line) => {
  const hint = (text: string): void => expect.fail(text);
  expect((await runWith({ hint }, line, "^x <ADDR>")).code).toBe(0);
});

test.skipIf(process.getuid?.() === 0)(
  "a log that may not be read is said to be (skipped: root)",
  async () => {
    const log = file("secret.log", "x 192.0.2.1");
    chmodSync(log, 0);
    const { code, out } = await run(log, "^x <ADDR>");
    expect([code, out.split("\n").at(-2)]).toEqual([255, `[Errno 13] Permission denied: '${log}'`]);
    expect(out).not.toContain("log file");
  },
);

test.skipIf(!existsSync("/proc/self/mem"))("what cannot be read on is said, not thrown", async () => {
  const { code, out, err } = await run("/proc/self/mem", "^x <ADDR>");
  expect([code, err]).toEqual([255, ""]);
  expect(out).toContain("\n[Errno 5] ");
});
