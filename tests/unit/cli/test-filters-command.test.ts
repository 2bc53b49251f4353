import { expect, test } from "vitest";
import { runTestFilters } from "../../../src/cli/test-filters-command.ts";
import { filtersTrial } from "./filters-trial.ts";

const filter = (word: string): string =>
  `[INCLUDES]\nbefore = common.conf\n[Definition]\nfailregex = ^\\s*${word} from <ADDR>$\n`;
const SERVER = "[Definition]\nloglevel = INFO\n";
const log = (name: string, word: string): string =>
  `#! filter ${name}\n#! match host=192.0.2.1\n2026-11-22T10:00:00Z ${word} from 192.0.2.1\n#! miss\nx\n`;
const FILES = {
  "/stock/fail2ban.conf": SERVER,
  "/stock/filter.d/common.conf": "[DEFAULT]\n",
  "/stock/filter.d/one.conf": filter("bad"),
  "/stock/filter.d/two.conf": filter("evil"),
  "/stock/filter.d/untested.conf": filter("x"),
  "/stock/samples/one.log": log("one", "bad"),
  "/stock/samples/two.log": log("two[mode=x]", "evil"),
  "/mine/jail.local": "[DEFAULT]\nthis = %(is)s not looked at\n[broken\n",
  "/mine/filter.d/one.local": filter("wicked"),
};

const run = filtersTrial(runTestFilters, FILES);

test("all stock filters are run on their samples, and a table says what came out", () => {
  expect(run([])).toEqual({
    code: 0,
    err: "",
    out: [
      "filter  samples  matched  missed  ignored  failed",
      "one           2        1       1        0       0",
      "two           2        1       1        0       0",
      "total         4        2       2        0       0",
      "",
      "without samples: untested",
      "",
    ].join("\n"),
  });
});

test("named filters alone", () => {
  const { code, out } = run(["two"]);
  expect(code).toBe(0);
  expect(out).toBe(
    "filter  samples  matched  missed  ignored  failed\ntwo           2        1       1        0       0\n",
  );
});

test("a line that comes out otherwise is shown with its place, and the exit code is 1", () => {
  const { code, out } = run(["one"], {
    "/stock/samples/one.log": "#! filter one\n\n#! miss\n2026-11-22T10:00:00Z bad from 192.0.2.1\n",
  });
  expect(code).toBe(1);
  expect(out).toContain("one           1        0       0        0       1\n");
  expect(out).toContain(
    "/stock/samples/one.log:4: expected miss\n    seen match host=192.0.2.1\n    2026-11-22T10:00:00Z bad from 192.0.2.1\n",
  );
});

test("control characters of a log line do not reach the terminal", () => {
  const { out } = run(["one"], { "/stock/samples/one.log": "#! filter one\n#! ignore\n\u001b[2Jx\n" });
  expect(out).toContain("␛[2Jx");
  expect(out).not.toContain("\u001b");
});

test("--json says the same to programs", () => {
  const { code, out } = run(["--json"], { "/stock/samples/one.log": "#! filter one\n#! ignore\nx\n" });
  expect(code).toBe(1);
  expect(JSON.parse(out)).toEqual({
    ok: false,
    total: { filter: "total", samples: 3, matched: 1, missed: 1, ignored: 0, failed: 1 },
    filters: [
      { filter: "one", samples: 1, matched: 0, missed: 0, ignored: 0, failed: 1 },
      { filter: "two", samples: 2, matched: 1, missed: 1, ignored: 0, failed: 0 },
    ],
    failures: [
      { filter: "one", file: "/stock/samples/one.log", line: 3, expected: "ignore", seen: "miss", text: "x" },
    ],
    withoutSamples: ["untested"],
  });
});

test("a sample log with a mistake fails, by its line", () => {
  const { code, out } = run([], { "/stock/samples/three.log": "#! filter one\nx\n" });
  expect(code).toBe(1);
  expect(out).toContain(
    "/stock/samples/three.log:2: expected a sample log\n    seen a log line with no expectation above it\n",
  );
});

test("a filter that is not there, or cannot be made, fails with all its lines", () => {
  const { code, out } = run([], { "/stock/samples/three.log": log("three", "x") });
  expect(code).toBe(1);
  expect(out).toContain("three         2        0       0        0       2\n");
  expect(out).toContain("seen Unable to read the filter 'three'\n");
  const broken = run(["two"], { "/stock/filter.d/two.conf": "[Definition]\nfailregex = (<ADDR>\n" });
  expect(broken.code).toBe(1);
  expect(broken.out).toContain("/stock/samples/two.log:1: expected the filter two[mode=x]\n");
  expect(broken.out).toContain("(/stock/filter.d/two.conf:2:13)");
});

test("a directory of one's own has filters and samples; its jails are not looked at, what it lacks is gaoler's", () => {
  const { code, out } = run(["/mine"], {
    "/mine/samples/a.log": log("one", "wicked"),
    "/mine/samples/b.log": log("two", "evil"),
  });
  expect(out).toContain("one           2        1       1        0       0\n");
  expect(out).toContain("two           2        1       1        0       0\n");
  expect(code).toBe(0);
});

const NOTHING: readonly (readonly [words: readonly string[], said: string])[] = [
  [["/mine"], "there are no sample logs in /mine/samples"],
  [["/nowhere"], "/nowhere is no directory"],
  [["/mine", "/stock"], "one directory at a time"],
  [["three"], "no sample log in /stock/samples is about a filter 'three'"],
  [["--jsno"], "there is no option '--jsno'"],
];

test.each(NOTHING)("%j: nothing to test is no success", (words, said) => {
  const { code, out, err } = run(words);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain(said);
});

test("--help says what the words mean", () => {
  const { code, out } = run(["--help"]);
  expect(code).toBe(0);
  expect(out).toContain("Usage: gaoler test-filters");
});
