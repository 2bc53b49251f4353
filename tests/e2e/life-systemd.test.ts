/**
 * gaoler under a service manager: the socket that it is handed and the messages that it sends, with a stand-in for systemd and the real
 * `systemd-notify`. Needs no root.
 * @module
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { until } from "./world.ts";

const LAUNCHER = join(import.meta.dirname, "../../bin/gaoler");
const STAND_IN = join(import.meta.dirname, "fixtures/service-manager.py");
const missing = ["python3", "systemd-notify"].filter(
  (tool) => !(process.env["PATH"] ?? "").split(":").some((directory) => existsSync(join(directory, tool))),
);
const skipped = missing.length === 0 ? "" : ` (skipped: no ${missing.join(", ")})`;
const run = promisify(execFile);

describe.skipIf(missing.length > 0)(`gaoler under a service manager${skipped}`, () => {
  let folder: string;
  let manager: ChildProcess | undefined;
  let said: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "gaoler-service-"));
    mkdirSync(join(folder, "conf/filter.d"), { recursive: true });
    const log = join(folder, "test.log");
    write("conf/filter.d/simple.conf", "[Definition]\nfailregex = fail from <HOST>$\n");
    write("test.log", "");
    // the action keeps the environment that it was given and the descriptors that it inherited
    mkdirSync(join(folder, "conf/action.d"));
    write(
      "conf/action.d/keep.conf",
      `[Definition]\nactionstart = env >${folder}/env; ls -l /proc/self/fd >${folder}/fds\nactionstart_on_demand = false\n`,
    );
    write(
      "conf/jail.conf",
      `[j1]\nenabled = true\nfilter = simple\nbackend = polling\nlogpath = ${log}\naction = keep\n`,
    );
    write(
      "conf/fail2ban.conf",
      `[Definition]\nlogtarget = ${folder}/gaoler.log\nsocket = ${folder}/gaoler.sock\npidfile = ${folder}/gaoler.pid\ndbfile = None\n`,
    );
    said = "";
  });
  afterEach(async () => {
    if (manager?.exitCode === null) {
      const ended = once(manager, "exit");
      manager.kill("SIGTERM");
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  function write(path: string, text: string): void {
    writeFileSync(join(folder, path), text);
  }

  function start(...options: string[]): void {
    const server = [LAUNCHER, "server", ...options, "-f", "-c", join(folder, "conf"), "start"];
    manager = spawn("python3", [STAND_IN, folder, ...server], { stdio: ["ignore", "pipe", "pipe"] });
    const keep = (data: Buffer): void => {
      said += data.toString();
    };
    manager.stdout?.on("data", keep);
    manager.stderr?.on("data", keep);
  }

  const untilSaid = (text: string, deadlineMs = 20_000) =>
    until(`the service manager hears ${text}`, () => said.includes(text), deadlineMs).catch(
      (error: unknown) => {
        throw new Error(`${String(error)}\n${said}`);
      },
    );
  const client = (...words: string[]) => run(LAUNCHER, ["client", "-c", join(folder, "conf"), ...words]);

  test("it serves on the socket that it was handed, says when it is ready, and leaves the socket there", async () => {
    start("-x");
    await untilSaid("READY=1 STATUS=1 jail runs");
    expect((await client("ping")).stdout).toBe("Server replied: pong\n");
    expect((await client("status")).stdout).toContain("j1");
    expect((await client("reload")).stdout).toBe("OK\n");
    await until("the reload is told", () => said.match(/READY=1/g)?.length === 2);
    expect((await client("stop")).stdout).toBe("Shutdown successful\n");
    await untilSaid("exit 0");
    const heads = said
      .trim()
      .split("\n")
      .map((line) => line.split(" ")[0]);
    expect(heads).toEqual(["READY=1", "RELOADING=1", "READY=1", "STOPPING=1", "exit"]);
    expect(existsSync(join(folder, "gaoler.sock"))).toBe(true);
    const log = readFileSync(join(folder, "gaoler.log"), "utf8");
    expect(log).toContain(`fail2ban.server         [`);
    expect(log).toContain(`INFO    Using socket activation, inherited socket '${folder}/gaoler.sock'`);
    expect(readFileSync(join(folder, "env"), "utf8")).not.toMatch(/^(?:LISTEN_|NOTIFY_SOCKET)/m);
    expect(readFileSync(join(folder, "fds"), "utf8")).not.toMatch(/ 3 -> socket:/);
  });

  test("SIGTERM ends it with 0 and is told as a stop", async () => {
    start("-x");
    await untilSaid("READY=1");
    manager?.kill("SIGTERM");
    await untilSaid("exit 0");
    expect(said).toContain("STOPPING=1");
    expect(readdirSync(folder)).not.toContain("gaoler.pid");
  });

  test("without -x the socket that is there is in the way, as with fail2ban", async () => {
    start();
    await untilSaid("exit 255");
    expect(said).toContain("not running but the socket exists");
    expect(said).not.toContain("READY");
  });
});
