/**
 * `gaoler regex --json`: one document that any JSON reader takes, whatever the lines and however many.
 * @module
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { regexWorld } from "./regex-trial.ts";

const { directory, file, run, runWith } = regexWorld();

const REGEX = "fail from <ADDR> user=<F-USER>\\S+</F-USER>";
const LOG = [
  "Nov 20 10:00:01 h app[1]: fail from 1.2.3.4 user=bob",
  "# comment",
  "",
  "Nov 20 10:00:03 h app[1]: ok from 1.2.3.4",
  "Nov 20 10:00:04 h app[1]: fail from 10.0.0.1 user=ign",
  "fail from 2001:DB8::1 user=z",
];

test("a log as one document", async () => {
  const log = file("a.log", ...LOG);
  const { code, out, err } = await run("--json", log, REGEX, "user=ign");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const regex = (text: string, hits: number) => ({
    regex: text,
    hits,
    engine: "native",
    reason: expect.any(String),
    cost: expect.any(String),
  });
  expect(JSON.parse(out)).toEqual({
    log,
    filter: REGEX,
    failures: [
      {
        line: 1,
        id: "1.2.3.4",
        ip: "1.2.3.4",
        at: 1795168801,
        regex: 1,
        matches: [LOG[0]],
        data: { ip4: "1.2.3.4", user: "bob" },
      },
      {
        line: 6,
        id: "2001:db8::1",
        ip: "2001:db8::1",
        at: null,
        regex: 1,
        matches: [LOG[5]],
        data: { ip6: "2001:DB8::1", user: "z" },
      },
    ],
    ignored: [{ line: 5, text: LOG[4], by: { ignoreregex: 1 } }],
    missed: [{ line: 4, text: LOG[3] }],
    lines: { total: 4, matched: 2, ignored: 1, missed: 1 },
    prefregex: null,
    failregex: [regex(REGEX, 2)],
    ignoreregex: [regex("user=ign", 1)],
    dateTemplates: [{ name: expect.stringContaining("MON Day"), hits: 3 }],
    warnings: [expect.objectContaining({ line: 6, level: "WARNING" }), expect.anything(), expect.anything()],
  });
});

test("with --all-lines empty lines and comments are judged, too", async () => {
  const log = file("all.log", "", "# x 1.1.1.1", "x 1.1.1.2");
  const { out } = await run("--json", "--all-lines", log, "x <ADDR>");
  expect(JSON.parse(out)).toMatchObject({
    failures: [
      { line: 2, id: "1.1.1.1" },
      { line: 3, id: "1.1.1.2" },
    ],
    missed: [{ line: 1, text: "" }],
    lines: { total: 3, matched: 2, missed: 1 },
  });
  expect((await run("--all-lines", log, "x <ADDR>")).out).toContain("Lines: 3 lines, 0 ignored, 2 matched");
});

test("only the first regex that matches makes a failure, as in the server", async () => {
  file("filter.d/two.conf", "[Definition]", "failregex = a <ADDR>", "            ^a <ADDR>");
  const { out } = await run("--json", "a 1.1.1.1", "two");
  expect(JSON.parse(out)).toMatchObject({
    filter: "two",
    failures: [{ regex: 1 }],
    failregex: [{ hits: 1 }, { hits: 0 }],
  });
});

test("a session: harmless and waiting lines are ignored, the failure has the lines and users of its session", async () => {
  file(
    "filter.d/session.conf",
    "[Definition]",
    "prefregex = ^<F-MLFID>\\d+</F-MLFID>: <F-CONTENT>.+</F-CONTENT>$",
    "failregex = ^<F-NOFAIL>conn</F-NOFAIL> <ADDR>$",
    "            ^failed for <F-USER>\\S+</F-USER>$",
  );
  const { out } = await run("--json", "2: failed for a\n1: conn 1.1.1.1\n1: failed for b", "session");
  expect(JSON.parse(out)).toMatchObject({
    failures: [
      { line: 3, id: "1.1.1.1", matches: ["1: conn 1.1.1.1", "1: failed for b"], data: { user: "b" } },
    ],
    ignored: [
      { line: 1, by: { failregex: 2, why: "waits" } },
      { line: 2, by: { failregex: 1, why: "nofail" } },
    ],
    missed: [],
    prefregex: { hits: 3 },
    lines: { total: 3, matched: 1, ignored: 2, missed: 0 },
  });
});

test("lines of a match over several lines are not missed", async () => {
  const argv = ["--json", "-L", "3", "start 1.1.1.1\nnoise\nend", "^start <ADDR>$<SKIPLINES>^end$"];
  expect(JSON.parse((await run(...argv)).out)).toMatchObject({
    failures: [{ line: 3, matches: ["start 1.1.1.1", "end"] }],
    missed: [{ line: 2, text: "noise" }],
    lines: { total: 3, matched: 2, missed: 1 },
  });
});

test("a name, an id beside an address, an id that is no address", async () => {
  const failuresOf = async (...argv: readonly string[]): Promise<unknown> =>
    JSON.parse((await run("--json", ...argv)).out).failures;
  expect(await failuresOf("x two.example", "^x <HOST>")).toMatchObject([
    { id: "192.0.2.1", ip: "192.0.2.1" },
    { id: "2001:db8::1", ip: "2001:db8::1" },
  ]);
  expect(await failuresOf("x u@1.1.1.1", "^x <F-ID>\\S+@<ADDR></F-ID>")).toMatchObject([
    { id: "u@1.1.1.1", ip: "1.1.1.1" },
  ]);
  expect(await failuresOf("x bob", "^x <F-ID/>")).toMatchObject([{ id: "bob", ip: null }]);
});

test("warnings stand in the document, with their line", async () => {
  const { out, err } = await run("--json", "a\n2026-11-31 10:00:00 x", "^y <ADDR>");
  expect(err).toBe("");
  const text = "findFailure failed to parse timeText: 2026-11-31 10:00:00";
  expect(JSON.parse(out)).toMatchObject({ warnings: [{ line: 2, level: "ERROR", text }] });
});

test("bytes that are no text, control characters and half characters make valid JSON", async () => {
  const path = join(directory, "bytes.log");
  writeFileSync(path, Buffer.from([0xff, 0x00, 0x1b, 0x22, 0x5c, 0x0a, 0xed, 0xa0, 0x80, 0x0a]));
  const { out } = await run("--json", path, "^x <ADDR>");
  const { missed, warnings } = JSON.parse(out);
  expect(missed).toEqual([
    { line: 1, text: '\ufffd\0\u001b"\\' },
    { line: 2, text: "\ufffd\ufffd\ufffd" },
  ]);
  expect(warnings[0]).toMatchObject({
    level: "WARNING",
    text: expect.stringContaining("Error decoding line"),
  });
});

test("a line that is read in pieces has one number", async () => {
  const path = file("long.log", "y".repeat(700_000), "x 1.1.1.1");
  const { failures, missed } = JSON.parse((await run("--json", path, "^x <ADDR>")).out);
  expect(failures).toMatchObject([{ line: 2 }]);
  expect(new Set(missed.map(({ line }: { line: number }) => line))).toEqual(new Set([1]));
});

test("lists longer than memory holds come whole and in order", async () => {
  const count = 40_000;
  const lines = Array.from({ length: count }, (_, index) => `${"ä".repeat(50)} ${index}`);
  const { out } = await run("--json", file("many.log", ...lines), "^x <ADDR>");
  const { missed } = JSON.parse(out);
  expect(missed).toHaveLength(count);
  expect(missed[12_345]).toEqual({ line: 12_346, text: lines[12_345] });
});

test("a mistake is told on stderr, stdout stays empty", async () => {
  expect(await run("--json", "x", "x(<ADDR>")).toMatchObject({
    code: 255,
    out: "",
    err: expect.stringContaining("ERROR: Unable to compile regular expression"),
  });
  expect(await run("--json", "-e", "foo", file("e.log"), "<ADDR>")).toMatchObject({ code: 1, out: "" });
});

test("the journal, through the program that reads it", async () => {
  const entry =
    "__CURSOR=a\n__REALTIME_TIMESTAMP=1795168801000000\n_HOSTNAME=h\nSYSLOG_IDENTIFIER=app\n_PID=1";
  const program = join(directory, "journal");
  writeFileSync(
    program,
    `#!/bin/sh\nfor word; do :; done\nprintf '${entry.replaceAll("\n", "\\n")}\\nMESSAGE=%s 1.1.1.1\\n\\n' "$word" x\n`,
    { mode: 0o755 },
  );
  const argv = ["-m", "_COMM=app + _UID=0", "systemd-journal", "x <ADDR>"];
  const { out } = await runWith({ journalCommand: program }, "--json", ...argv);
  expect(JSON.parse(out)).toMatchObject({
    failures: [
      { line: 2, id: "1.1.1.1", at: 1795168801, matches: [expect.stringContaining("h app[1]: x 1.1.1.1")] },
    ],
    missed: [{ line: 1, text: "h app[1]: _UID=0 1.1.1.1" }],
    dateTemplates: [],
  });
  const report = await runWith({ journalCommand: program }, "--explain", ...argv);
  expect(report.out).toContain(
    "Use         systemd journal\nUse         encoding : UTF-8\nUse    journal match : _COMM=app + _UID=0\n",
  );
  expect(report.out).not.toContain("Date template hits");
  expect(report.out).toContain("date       the journal's\n");
});

test("a journal that fails leaves a whole document with the reason", async () => {
  const { code, out, err } = await runWith(
    { journalCommand: join(directory, "no-such-program") },
    "--json",
    "systemd-journal",
    "<ADDR>",
  );
  expect(code).toBe(255);
  expect(err).toContain("ERROR: ");
  expect(JSON.parse(out)).toMatchObject({ failures: [], error: expect.stringContaining("ENOENT") });
});

test("--json and -o exclude one another", async () => {
  const { code, err } = await run("--json", "-o", "id", "x", "<ADDR>");
  expect(code).toBe(255);
  expect(err).toBe("ERROR: --json and --out are mutually exclusive.\n");
});

test("nothing more is done once nobody reads the output", async () => {
  let written = "";
  const path = file("pipe.log", ...Array.from({ length: 50_000 }, (_, index) => `x 1.1.1.1 ${index}`));
  const { code } = await runWith(
    {
      stdout: (text) => {
        written += text;
      },
      isReaderGone: () => written !== "",
    },
    "-o",
    "msg",
    path,
    "^x <ADDR>",
  );
  expect(code).toBe(141);
  expect(written.length).toBeLessThan(500_000);
});
