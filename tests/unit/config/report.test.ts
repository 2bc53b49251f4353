import { expect, test } from "vitest";
import { loadConfiguration } from "../../../src/config/load.ts";
import { type ConfigurationReport, dumpReport, testReport } from "../../../src/config/report.ts";
import { loadFiles, memoryFiles } from "./memory-files.ts";

const GOOD = "enabled = true\nlogpath = /log\n";
const LOG = { "/log": "" };

/** Standard output and the log lines that show at the client's level. */
const shown = ({ lines, exitCode }: ConfigurationReport) => [
  ...lines.flatMap((line) => {
    if (line.stream === "stdout") return [line.text];
    return ["DEBUG", "NOTICE"].includes(line.level) ? [] : [`${line.level} ${line.text}`];
  }),
  exitCode,
];

test("a good configuration passes the test", () => {
  const loaded = loadFiles({ ...LOG, "jail.conf": `[j]\n${GOOD}` });
  expect(shown(testReport(loaded))).toEqual([
    "WARNING No filter set for jail j",
    "WARNING No actions were defined for j",
    "OK: configuration test is successful",
    0,
  ]);
});

test("a dump is the stream as Python prints it", () => {
  const loaded = loadFiles({ ...LOG, "jail.conf": `[j]\n${GOOD}ignorecommand = it's\n` });
  expect(shown(dumpReport(loaded)).slice(-6)).toEqual([
    "['set', 'dbpurgeage', '1d']",
    "['add', 'j', 'auto']",
    "['set', 'j', 'ignorecommand', \"it's\"]",
    "['set', 'j', 'addlogpath', '/log', 'head']",
    "['start', 'j']",
    0,
  ]);
});

test("no enabled jail is fine", () => {
  const loaded = loadFiles({ "jail.conf": "[j]\n" });
  expect(testReport(loaded).exitCode).toBe(0);
  expect(dumpReport(loaded).exitCode).toBe(0);
});

test("a value that cannot be expanded ends both", () => {
  const loaded = loadFiles({ ...LOG, "jail.conf": `[j]\n${GOOD}ignorecommand = 5%\n[k]\n${GOOD}` });
  const failure = "ERROR Failed during configuration: '%' must be followed by '%' or '(', found: '%'";
  expect(shown(testReport(loaded)).slice(-3)).toEqual([failure, "ERROR: test configuration failed", 255]);
  expect(shown(dumpReport(loaded)).slice(-4)).toEqual([
    failure,
    "ERROR Init of command line failed",
    "ERROR: The configuration stream failed because of the invalid syntax.",
    255,
  ]);
});

test.each([
  ["alone ends a dump with a failure", "", 255],
  ["beside a good one is left out of it", `[k]\n${GOOD}`, 0],
])("a bad jail %s", (_, more, exitCode) => {
  const loaded = loadFiles({ ...LOG, "jail.conf": `[j]\n${GOOD}filter = no\n${more}` });
  const dump = shown(dumpReport(loaded));
  expect(dump).toContain("ERROR Errors in jail 'j'. Skipping...");
  expect(dump).toContain(
    "['config-error', \"Jail 'j' skipped, because of wrong configuration: Unable to read the filter 'no'\"]",
  );
  expect(dump.at(-1)).toBe(exitCode);
  const answer = shown(testReport(loaded));
  expect(answer).toContain("ERROR Errors in jail 'j'.");
  expect(answer.at(-1)).toBe(255);
});

test("missing logs fail the test and are warned of in the dump", () => {
  const loaded = loadFiles({ "jail.conf": "[j]\nenabled = true\nlogpath = /no\n" });
  const text = "Have not found any log file for 'j' jail.";
  expect(shown(dumpReport(loaded))).toContain(`WARNING ${text}`);
  expect(dumpReport(loaded).exitCode).toBe(0);
  expect(shown(testReport(loaded)).slice(-3)).toEqual([
    `ERROR Failed during configuration: ${text}`,
    "ERROR: test configuration failed",
    255,
  ]);
});

test("missing logs of a jail that is then left out are warned of only", () => {
  const loaded = loadFiles({ "jail.conf": "[j]\nenabled = true\nlogpath = /no\nskip_if_nologs = 1\n" });
  expect(shown(testReport(loaded)).slice(-3)).toEqual([
    "WARNING Jail 'j' skipped, because of missing log files.",
    "OK: configuration test is successful",
    0,
  ]);
});

test.each([
  [
    "a parsing error",
    { "fail2ban.conf": "[Definition]\nx" },
    "ERROR: Source contains parsing errors: '/c/fail2ban.conf'\n\t[line  2]: 'x\\n'",
  ],
  ["a wrong log level", { "fail2ban.conf": "[Definition]\nloglevel=FOO" }, "ERROR: Invalid log level 'FOO'"],
])("%s in fail2ban.conf is told at once", (_, files, text) => {
  const loaded = loadFiles({ "jail.conf": "[j]", ...files });
  expect(shown(testReport(loaded))).toEqual([text, "ERROR Init of command line failed", 255]);
  expect(shown(dumpReport(loaded))).toEqual([text, "ERROR Init of command line failed", 255]);
});

test("a filter that only stock has is warned of, one that nobody has is an error", () => {
  const files = {
    "jail.conf":
      "[j]\nenabled = true\nfilter = f\nlogpath = /log\n[k]\nenabled = true\nfilter = g\nlogpath = /log\n",
    "/stock/filter.d/f.conf": "[Definition]\nfailregex = stock <HOST>",
    "/log": "",
  };
  const loaded = loadFiles(files, { stockDir: "/stock" });
  const said = shown(testReport(loaded)).map(String);
  expect(said.filter((text) => text.includes("Found no accessible"))).toEqual([
    "ERROR Found no accessible config files for 'filter.d/g' under /c",
  ]);
  expect(loaded.diagnostics.map(({ message }) => message)).toContain("filter 'f' is not in /c/filter.d");
});

test("a directory without jail.conf is a mistake", () => {
  expect(shown(testReport(loadFiles({})))).toEqual([
    "ERROR Found no accessible config files for 'jail' under /c",
    "ERROR Failed during configuration: Read jails configuration failed.",
    "ERROR: test configuration failed",
    255,
  ]);
});

test("a directory that is not there is told first", () => {
  expect(shown(dumpReport(loadFiles({}, { baseDir: "/none" })))).toEqual([
    "ERROR: Base configuration directory /none does not exist ",
    "ERROR Init of command line failed",
    255,
  ]);
});

/** The configuration with one file of it that is no UTF-8. */
function loadBroken(files: Readonly<Record<string, string>>, broken: string) {
  const all = memoryFiles({ "/log": "", "/c/fail2ban.conf": "[Definition]\n", ...files, [broken]: "" });
  const readText: typeof all.readText = (path) =>
    path === broken ? { error: "it is not UTF-8", undecodable: true } : all.readText(path);
  return loadConfiguration({ files: { ...all, readText }, baseDir: "/c" });
}

test("a jail.local that cannot be read fails both", () => {
  const loaded = loadBroken({ "/c/jail.conf": `[j]\n${GOOD}` }, "/c/jail.local");
  const failure = "ERROR Failed during configuration: Read jails configuration failed.";
  expect(shown(testReport(loaded))).toContain(failure);
  expect(testReport(loaded).exitCode).toBe(255);
  expect(shown(dumpReport(loaded))).toContain(failure);
  expect(dumpReport(loaded).exitCode).toBe(255);
});

test("a filter that cannot be read leaves its jail out", () => {
  const files = {
    "/c/jail.conf": `[j]\n${GOOD}filter = f\n[k]\n${GOOD}`,
    "/c/filter.d/f.conf": "[Definition]\nfailregex = ^f <HOST>\n",
  };
  const dump = shown(dumpReport(loadBroken(files, "/c/filter.d/f.local")));
  expect(dump).toContain("ERROR Unable to read the filter 'f'");
  expect(dump).not.toContain("['start', 'j']");
  expect(dump).toContain("['start', 'k']");
});

test("an action that cannot be read leaves its jail out, whichever jail names it first", () => {
  const files = {
    "/c/jail.conf": `[j]\n${GOOD}action = none\n  n\n[k]\n${GOOD}action = n\n`,
    "/c/action.d/n.conf": "[Definition]\nactionban = b\n",
  };
  const dump = shown(dumpReport(loadBroken(files, "/c/action.d/n.local")));
  expect(dump.filter((line) => String(line).includes("n.local"))).toEqual([
    "ERROR Error decoding config file '/c/action.d/n.local': it is not UTF-8",
    "ERROR Could not read config files: /c/action.d/n.local",
  ]);
  expect(dump).toContain(
    "['config-error', \"Jail 'k' skipped, because of wrong configuration: Unable to read action 'n'\"]",
  );
});
