/**
 * Log targets, levels and line formats.
 * @module
 */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Level } from "../../../src/base/event.ts";
import { parseLevel, shownLevel, syslogSeverity } from "../../../src/log/levels.ts";
import { programOutlet } from "../../../src/log/outlets.ts";
import { Log } from "../../../src/log/target.ts";

let directory = "";
let out = "";
let err = "";
let log: Log;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gaoler-target-"));
  out = "";
  err = "";
  log = new Log({
    clock: { now: () => 1_795_346_730.0625 },
    zone: {
      epochOf: () => 0,
      civilAt: () => ({ year: 2026, month: 11, day: 22, hour: 12, minute: 45, second: 30 }),
    },
    pid: 4711,
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
  });
});
afterEach(() => {
  log.close();
  rmSync(directory, { recursive: true, force: true });
});

function say(text: string, level: Level = "NOTICE"): void {
  log.write({ type: "message", level, logger: "actions", text });
}

const PADDED = "2026-11-22 12:45:30,062 fail2ban.actions        [4711]: NOTICE  hello\n";
const styles = [
  ["STDOUT", PADDED],
  ["stdout[datetime=off]", "fail2ban.actions        [4711]: NOTICE  hello\n"],
  ["SYSOUT", "fail2ban.actions        [4711]: NOTICE  hello\n"],
  ["STDOUT[datetime=off, padding=off]", "fail2ban.actions[4711]: NOTICE hello\n"],
  [
    'STDOUT[format="%(name)-18s|%(levelname)8s|%(process)d %% %(what)s %(message)s"]',
    "fail2ban.actions  |  NOTICE|4711 % %(what)s hello\n",
  ],
] as const;
for (const [target, line] of styles) {
  test(`${target} looks as it should`, () => {
    expect(log.setTarget(target)).toBe(true);
    say("hello");
    expect(out).toBe(line);
  });
}

test("the target's name is told without its options", () => {
  log.setTarget("stdout[padding=off]");
  expect(log.target).toBe("STDOUT");
});

test("a file is appended to, private, and opened anew after a rotation", () => {
  const path = join(directory, "gaoler.log");
  expect(log.setTarget(path)).toBe(true);
  say("hello");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  renameSync(path, `${path}.1`);
  say("still the old file");
  expect(log.flush()).toBe("rolled over");
  expect(readFileSync(`${path}.1`, "utf8")).toBe(PADDED + PADDED.replace("hello", "still the old file"));
  expect(readFileSync(path, "utf8")).toContain(`INFO    rollover performed on ${path}\n`);
});

test("a target that cannot be opened leaves the old one in place", () => {
  log.setTarget("STDOUT");
  const path = join(directory, "none", "gaoler.log");
  expect(log.setTarget(path)).toBe(false);
  expect(log.target).toBe("STDOUT");
  expect(out).toContain(`ERROR   Unable to log to '${path}'`);
  expect(out).toContain("INFO    Logging to previous target 'STDOUT'\n");
  mkdirSync(path, { recursive: true });
  expect(log.setTarget(path)).toBe(false);
});

test("SYSLOG needs its socket", () => {
  log.setTarget("STDOUT");
  log.setSyslogSocket(join(directory, "none"));
  expect(log.setTarget("SYSLOG")).toBe(false);
  expect(out).toContain(`Syslog socket file: ${join(directory, "none")} does not exists or is not a socket`);
});

test("other targets are flushed", () => {
  expect(log.flush()).toBe("flushed");
  expect(err).toContain("flush performed on STDERR");
});

test("what is less grave than the level is left out", () => {
  log.setTarget("STDOUT");
  expect(log.setLevel("warning")).toBe(true);
  say("hello", "NOTICE");
  expect(out).toBe("");
  say("hello", "WARNING");
  expect(out).not.toBe("");
  expect(log.setLevel("FOO")).toBe(false);
  expect(log.level).toBe("WARNING");
});

test("lines that could not be written are counted and told", () => {
  let isFull = true;
  const broken = new Log({
    clock: { now: () => 0 },
    zone: {
      epochOf: () => 0,
      civilAt: () => ({ year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0 }),
    },
    pid: 1,
    stdout: { write: () => 0 },
    stderr: {
      write: (text) => {
        if (isFull) throw new Error("ENOSPC");
        err += text;
      },
    },
  });
  for (let line = 0; line < 3; line++)
    broken.write({ type: "message", level: "INFO", logger: "jail", text: "x" });
  isFull = false;
  broken.write({ type: "message", level: "INFO", logger: "jail", text: "again" });
  expect(err).toContain("3 log lines could not be written: ENOSPC\n");
  expect(err).toContain("again\n");
});

test("a log program gets each line with its priority and is started anew after its end", async () => {
  const path = join(directory, "out");
  const reasons: string[] = [];
  const outlet = programOutlet(
    () => ({ command: "/bin/sh", args: ["-c", 'read -r line; echo "$line" >>"$0"; exit 3', path] }),
    (severity) => `<${severity}>`,
    (reason) => reasons.push(reason),
  );
  outlet.write("a\nb", { logger: "jail", severity: 5 });
  for (let wait = 0; reasons.length < 1 && wait < 200; wait++) await sleep(10);
  outlet.write("c", { logger: "jail", severity: 6 });
  for (let wait = 0; reasons.length < 2 && wait < 200; wait++) await sleep(10);
  expect(readFileSync(path, "utf8")).toBe("<5>a b\n<6>c\n");
  expect(reasons).toEqual(["/bin/sh ended with 3", "/bin/sh ended with 3"]);
  outlet.close();
});

test("levels have fail2ban's numbers, names and priorities", () => {
  expect(["critical", " MSG ", "9", "heavydebug", "loud", "-1"].map(parseLevel)).toEqual([
    50,
    18,
    9,
    5,
    undefined,
    undefined,
  ]);
  expect([shownLevel("TRACEDEBUG"), shownLevel("HEAVYDEBUG"), shownLevel("MSG")]).toEqual([
    "TRACE",
    "HEAVY",
    "MSG",
  ]);
  expect(
    (["CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO", "MSG", "DEBUG"] as const).map(syslogSeverity),
  ).toEqual([2, 3, 4, 5, 6, 6, 7]);
});
