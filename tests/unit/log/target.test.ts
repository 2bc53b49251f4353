/**
 * Log targets, levels and line formats.
 * @module
 */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { GaolerEvent, Level } from "../../../src/base/event.ts";
import { parseLevel, shownLevel, syslogSeverity } from "../../../src/log/levels.ts";
import { programOutlet } from "../../../src/log/outlets.ts";
import { Log } from "../../../src/log/target.ts";
import { utc } from "../date/fixed-zones.ts";

/** Waits of ten milliseconds for a program, on a machine that is busy with much else. */
const PATIENCE = 2000;

let directory = "";
let out = "";
let now = 0;
let err = "";
let log: Log;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gaoler-target-"));
  out = "";
  now = 1_795_346_730.0625;
  err = "";
  log = new Log({
    clock: { now: () => now },
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
  expect([log.hears("NOTICE"), log.hears("WARNING")]).toEqual([false, true]);
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
  for (let wait = 0; reasons.length < 1 && wait < PATIENCE; wait++) await sleep(10);
  outlet.write("c", { logger: "jail", severity: 6 });
  for (let wait = 0; reasons.length < 2 && wait < PATIENCE; wait++) await sleep(10);
  expect(readFileSync(path, "utf8")).toBe("<5>a b\n<6>c\n");
  expect(reasons).toEqual(["/bin/sh ended with 3", "/bin/sh ended with 3"]);
  outlet.close();
});

test("a log program is out of the reach of a terminal's Ctrl-C: what is told of the end is logged", async () => {
  const path = join(directory, "out");
  let isOver = false;
  const script = 'read -r line; read -r _ _ _ _ group _ </proc/$$/stat; echo "$$ $group" >"$0"';
  const outlet = programOutlet(
    () => ({ command: "/bin/sh", args: ["-c", script, path] }),
    () => "",
    () => {
      isOver = true;
    },
  );
  outlet.write("a", { logger: "jail", severity: 5 });
  for (let wait = 0; !isOver && wait < PATIENCE; wait++) await sleep(10);
  expect(readFileSync(path, "utf8")).toMatch(/^(\d+) \1\n$/);
  outlet.close();
});

test("a file that was removed is made anew with the next line", () => {
  const path = join(directory, "gaoler.log");
  log.setTarget(path);
  say("hello");
  rmSync(path);
  say("again");
  const [first = "", second = "", ...rest] = readFileSync(path, "utf8").split("\n");
  expect(first).toContain(`INFO    Log file '${path}' was removed, made anew`);
  expect([second.includes("again"), rest]).toEqual([true, [""]]);
});

test("a file whose directory is away loses lines, and says how many once it is back", () => {
  const folder = join(directory, "logs");
  mkdirSync(folder);
  const path = join(folder, "gaoler.log");
  log.setTarget(path);
  rmSync(folder, { recursive: true });
  for (let line = 0; line < 5; line++) say("lost");
  expect(log.flush()).toBe("rolled over");
  mkdirSync(folder);
  say("back");
  const text = readFileSync(path, "utf8");
  // the five, and two about the failed flush
  expect(text).toMatch(/ERROR {3}7 log lines could not be written: ENOENT/);
  expect(text.match(/back\n/g)).toHaveLength(1);
});

const isRoot = process.getuid?.() === 0;
const mayMount = isRoot && spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;
const fullDisk = `on a full disk lines are lost whole, and counted${mayMount ? "" : " (skipped: may not mount)"}`;
test.skipIf(!mayMount).each([[""], [", together as well"]])(`${fullDisk}%s`, (how) => {
  const { log: batched, endTick } = together();
  if (how !== "") log = batched;
  const disk = join(directory, "disk");
  mkdirSync(disk);
  spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
  const path = join(disk, "gaoler.log");
  log.setTarget(path);
  const filler = join(disk, "filler");
  writeFileSync(filler, Buffer.alloc(40_000));
  for (let line = 0; line < 100; line++) say(`${line} ${"x".repeat(1000)}`);
  endTick();
  rmSync(filler);
  say("space again");
  endTick();
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  log.setTarget("STDERR");
  spawnSync("umount", ["-l", disk]);
  const whole = lines.filter((line) => / \d+ x{1000}$/.test(line)).length;
  const told = lines.find((line) => line.includes("log lines could not be written"));
  expect(told).toContain(`ERROR   ${100 - whole} log lines could not be written: ENOSPC`);
  expect(whole).toBeGreaterThan(5);
  expect(lines.at(-1)).toMatch(/NOTICE {2}space again$/);
  // nothing but the torn one stands between whole lines
  expect(lines.length - whole).toBeLessThanOrEqual(3);
});

test("a pipe that nobody reads does not hold the daemon up", () => {
  const path = join(directory, "pipe");
  spawnSync("mkfifo", [path]);
  expect(log.setTarget(path)).toBe(false);
  expect(err).toContain(`Unable to log to '${path}': ENXIO`);
});

/** A log that writes lines of a file together, at the end of a tick that a test ends. */
function together(): {
  readonly log: Log;
  readonly path: string;
  readonly read: () => string;
  endTick(): void;
} {
  const ticks: (() => void)[] = [];
  const soon = (work: () => void): void => void ticks.push(work);
  const deps = { clock: { now: () => now }, zone: utc, pid: 4711, stdout: process.stdout };
  const batched = new Log({ ...deps, stderr: { write: (text: string) => (err += text) }, soon });
  const path = join(directory, "together.log");
  batched.setTarget(path);
  const endTick = (): void => {
    for (const work of ticks.splice(0)) work();
  };
  return { log: batched, path, read: () => readFileSync(path, "utf8"), endTick };
}

/** The texts of lines in a file. */
const textsIn = (content: string): string[] =>
  content.split("\n").flatMap((line) => line.split(/: [A-Z]+ +/)[1] ?? []);
const info = (text: string): GaolerEvent => ({ type: "message", level: "INFO", logger: "jail", text });
const grave = (text: string): GaolerEvent => ({ type: "message", level: "ERROR", logger: "jail", text });

test("lines of a tick are written together at its end, in order; a grave one at once with those before it", () => {
  const { log: batched, read, endTick } = together();
  for (const text of ["a", "b"]) batched.write(info(text));
  expect(read()).toBe("");
  endTick();
  expect(textsIn(read())).toEqual(["a", "b"]);
  batched.write(info("c"));
  batched.write(grave("d"));
  expect(textsIn(read())).toEqual(["a", "b", "c", "d"]);
  batched.write(info("e"));
  batched.writeWaiting();
  endTick();
  expect(textsIn(read())).toEqual(["a", "b", "c", "d", "e"]);
});

test("more lines than may wait do not wait for the end of the tick", () => {
  const { log: batched, read } = together();
  for (let line = 0; line < 2001; line += 1) batched.write(info(`n${line}`));
  expect(textsIn(read()).slice(-1)).toEqual(["n1999"]);
  batched.write(info("x".repeat(300_000)));
  expect(textsIn(read())).toHaveLength(2002);
});

test("what waits goes to the file that it was meant for: before a rotation, a change of target, and the end", () => {
  const { log: batched, path, read } = together();
  batched.write(info("before"));
  renameSync(path, `${path}.1`);
  batched.flush();
  batched.write(info("after"));
  expect(batched.setTarget(join(directory, "next.log"))).toBe(true);
  batched.write(info("last"));
  batched.close();
  expect(textsIn(readFileSync(`${path}.1`, "utf8"))).toEqual(["before"]);
  expect(textsIn(read())).toEqual([`rollover performed on ${path}`, "after"]);
  expect(textsIn(readFileSync(join(directory, "next.log"), "utf8"))).toEqual(["last"]);
});

test("a file that was removed meanwhile is made anew, which is told before the lines", () => {
  const { log: batched, path, read, endTick } = together();
  rmSync(path);
  for (const text of ["a", "b"]) batched.write(info(text));
  endTick();
  expect(textsIn(read())).toEqual([`Log file '${path}' was removed, made anew`, "a", "b"]);
});

test("each of the lines that could not be written together is counted", () => {
  const folder = join(directory, "logs");
  mkdirSync(folder);
  const { log: batched, endTick } = together();
  const path = join(folder, "gaoler.log");
  batched.setTarget(path);
  rmSync(folder, { recursive: true });
  for (let line = 0; line < 5; line += 1) batched.write(info("lost"));
  endTick();
  mkdirSync(folder);
  batched.write(info("back"));
  endTick();
  const told = textsIn(readFileSync(path, "utf8"));
  expect(told.at(-1)).toBe("back");
  expect(told.filter((text) => text.startsWith("5 log lines could not be written: ENOENT"))).toHaveLength(1);
});

test("as JSON each line is an object with what the event knows, and nothing in it can break out", () => {
  const path = join(directory, "gaoler.json");
  expect(log.setTarget(`${path}[format=json]`)).toBe(true);
  expect(log.target).toBe(path);
  log.setLevel("DEBUG");
  log.write({
    type: "banned",
    jail: "ssh\n\u001b[2J",
    id: "192.0.2.1",
    restored: false,
    bantime: 600,
    until: 1_795_347_330,
  });
  log.write({
    type: "failure-found",
    jail: "ssh",
    id: "\u202ex\u0085\ud800",
    at: 1,
    attempts: 2,
    maxretry: 5,
  });
  say("two\nlines\u2028 \u0000");
  log.write({
    type: "diagnosed",
    diagnostic: { severity: "warning", message: "odd", jail: "j", consequence: "none" },
  });
  const text = readFileSync(path, "utf8");
  // a newline after each line, and no other control character
  expect(text.match(/[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]/)).toBeNull();
  const lines = text.trimEnd().split("\n");
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    {
      time: "2026-11-22T11:25:30.062Z",
      level: "NOTICE",
      logger: "fail2ban.actions",
      pid: 4711,
      text: "[ssh\\n\\x1b[2J] Ban 192.0.2.1",
      event: "banned",
      jail: "ssh\n\u001b[2J",
      id: "192.0.2.1",
      restored: false,
      bantime: 600,
      until: 1_795_347_330,
    },
    expect.objectContaining({ event: "failure-found", id: "\u202ex\u0085\ud800", attempts: 2, maxretry: 5 }),
    expect.objectContaining({ level: "NOTICE", text: "two\nlines\\u2028 \\x00" }),
    expect.objectContaining({ level: "WARNING", event: "diagnosed", jail: "j", message: "odd" }),
  ]);
});

test("JSON goes to any target, and its name is still no file's", () => {
  expect(log.setTarget("stdout[format=JSON, datetime=off]")).toBe(true);
  say("hello");
  expect(JSON.parse(out)).toMatchObject({ text: "hello", level: "NOTICE", time: "2026-11-22T11:25:30.062Z" });
});

/** A program in front of the usual ones; what it reads is in the file `got`. */
function standIn(name: string, script: string): string {
  const bin = join(directory, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv("PATH", `${bin}:${process.env["PATH"]}`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return join(directory, "got");
}

async function contents(path: string, holds: string): Promise<string> {
  const read = () => (existsSync(path) ? readFileSync(path, "utf8") : "");
  for (let wait = 0; !read().includes(holds) && wait < PATIENCE; wait++) await sleep(10);
  return read();
}

test("SYSLOG gets no time and no padding, with facility and priority; as JSON the whole object", async () => {
  const got = standIn(
    "logger",
    `echo "ARGS $*" >>${join(directory, "got")}; exec cat >>${join(directory, "got")}`,
  );
  const socket = join(directory, "log");
  const server = createServer().listen(socket);
  onTestFinished(() => {
    server.close();
  });
  await once(server, "listening");
  log.setSyslogSocket(socket);
  expect(log.setTarget("SYSLOG[facility=auth]")).toBe(true);
  say("hello");
  expect(await contents(got, "hello")).toBe(
    `ARGS --socket ${socket} --tag=fail2ban.actions --id=4711 --prio-prefix\n<37>NOTICE hello\n`,
  );
  expect([log.target, log.targetText, log.syslogSocket]).toEqual(["SYSLOG", `SYSLOG (${socket})`, socket]);
  log.setTarget("SYSLOG[format=json]");
  say("world");
  expect(await contents(got, "world")).toMatch(
    /<29>\{"time":"2026-11-22T11:25:30\.062Z","level":"NOTICE",.*"text":"world"\}\n$/,
  );
});

test("SYSTEMD-JOURNAL gets the message alone with its priority", async () => {
  const got = standIn(
    "systemd-cat",
    `echo "ARGS $*" >>${join(directory, "got")}; exec cat >>${join(directory, "got")}`,
  );
  expect(log.setTarget("systemd-journal")).toBe(true);
  say("hello", "WARNING");
  expect(await contents(got, "hello")).toBe("ARGS --identifier=fail2ban --level-prefix=true\n<4>hello\n");
});

test("a log program that fails leaves the log on standard error until it works again", async () => {
  const path = join(directory, "got");
  const bad = join(directory, "bad");
  writeFileSync(bad, "");
  standIn("systemd-cat", `[ -e ${bad} ] && exit 3; exec cat >>${path}`);
  log.setTarget("SYSTEMD-JOURNAL");
  say("one");
  for (let wait = 0; log.target !== "STDERR" && wait < PATIENCE; wait++) await sleep(10);
  expect(err).toContain("ERROR   Unable to log to 'SYSTEMD-JOURNAL': ");
  say("two");
  expect(err).toContain("two\n");
  rmSync(bad);
  now += 2;
  say("three");
  expect(log.target).toBe("SYSTEMD-JOURNAL");
  expect(await contents(path, "three")).toBe(
    "<6>Logging to 'SYSTEMD-JOURNAL' again; 3 line(s) went to 'STDERR' meanwhile\n<5>three\n",
  );
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
