import { expect, test } from "vitest";
import { runLint } from "../../../src/cli/lint-command.ts";
import { filtersTrial } from "./filters-trial.ts";

const SERVER = "[Definition]\nloglevel = INFO\n";
const filter = (regex: string, more = ""): string => `[Definition]\nfailregex = ${regex}\n${more}`;
const FILES = {
  "/stock/fail2ban.conf": SERVER,
  "/stock/jail.conf": "[DEFAULT]\n",
  "/stock/filter.d/good.conf": filter("^bad from <ADDR>$"),
  "/stock/filter.d/some-common.conf": "[DEFAULT]\n__unused = 1\n",
  "/mine/jail.local": "[DEFAULT]\nthis = %(is)s not looked at\n[broken\n",
  "/mine/filter.d/good.conf": filter("^bad from <ADDR>$"),
  "/mine/filter.d/open.conf": filter("^login of .*? from <ADDR> failed: .*$", "lost = 1\n"),
  "/mine/filter.d/modes.conf": filter(
    "<mdre-<mode>>",
    "mdre-a = ^bad from <ADDR>$\nmdre-b = ^bad from <ADDR>$ x\nmode = a\n",
  ),
  "/alone/mine.conf": filter("^.*a.*b from <ADDR>$"),
};

const run = filtersTrial(runLint, FILES);

test("a clean directory: one line, exit code 0; fragments are no filters", () => {
  expect(run(["/stock"])).toEqual({ code: 0, out: "1 filter: nothing found\n", err: "" });
});

test("a finding has its place, the line with a caret, the proof and what to do; the exit code is 1", () => {
  const { code, out } = run(["-c", "/mine", "open"]);
  expect(code).toBe(1);
  expect(out).toBe(
    [
      "/mine/filter.d/open.conf:2:13: error: open: a stranger's words can be taken for the host (forged-host)",
      "    failregex = ^login of .*? from <ADDR> failed: .*$",
      "                ^",
      "    proof: login of  from 203.0.113.66 failed:  from 198.51.100.7 failed: user",
      "           takes 203.0.113.66, though it was 198.51.100.7",
      "    try: let that part of the regex hold nothing that the host follows: not '.', '\\S' or '[^…]' with room for it",
      "",
      "/mine/filter.d/open.conf:3:8: warning: open: nothing asks for 'lost' (unused-parameter)",
      "    lost = 1",
      "           ^",
      "    try: take it out, or is it spelled otherwise where it is asked for?",
      "",
      "1 filter: 1 error, 1 warning",
      "",
    ].join("\n"),
  );
});

test("each mode of a filter is looked at", () => {
  const { code, out } = run(["/mine/filter.d/modes.conf"]);
  expect(code).toBe(1);
  expect(out).toContain("/mine/filter.d/modes.conf:4:27: error: modes: the regex can match nothing");
});

test("a directory: all its filters, its jails are not looked at", () => {
  for (const directory of ["/mine", "/mine/filter.d"]) {
    const { code, out } = run([directory]);
    expect(code).toBe(1);
    expect(out).toContain("3 filters: 2 errors, 1 warning");
    expect(out).not.toContain("jail.local");
  }
});

test("a file by itself; notices alone leave the exit code at 0 and are shown with --all", () => {
  expect(run(["/alone/mine.conf"])).toMatchObject({
    code: 0,
    out: "1 filter: 1 notice (--all shows notices)\n",
  });
  expect(run(["--all", "/alone/mine.conf"]).out).toContain("/alone/mine.conf:2:13: notice: ");
});

test("--json says all to programs", () => {
  const { code, out } = run(["--json", "-c", "/mine", "open"]);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    filters: 1,
    findings: [
      {
        check: "forged-host",
        filter: "open",
        origin: { file: "/mine/filter.d/open.conf", line: 2, column: 13 },
        proof: { line: "login of  from 203.0.113.66 failed:  from 198.51.100.7 failed: user" },
      },
      { check: "unused-parameter" },
    ],
  });
});

test("a filter that cannot be made is a finding", () => {
  const { code, out } = run(["-c", "/mine", "torn"], { "/mine/filter.d/torn.conf": filter("(<ADDR>") });
  expect(code).toBe(1);
  expect(out).toContain("/mine/filter.d/torn.conf:2:13: error: torn: ");
});

test("nothing to look at, or wrong words: exit code 2", () => {
  expect(run(["-c", "/mine", "absent"])).toMatchObject({ code: 2, out: "" });
  expect(run(["-c", "/nowhere"])).toMatchObject({ code: 2, err: "gaoler lint: /nowhere is no directory\n" });
  expect(run(["--loud"]).err).toContain("there is no option '--loud'");
  expect(run(["--help"])).toMatchObject({ code: 0 });
});
