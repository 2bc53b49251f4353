import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { GaolerEvent } from "../../../src/base/event.ts";
import { ServiceManager, takeHandover } from "../../../src/daemon/service-manager.ts";
import { temporaryFolder } from "../store/store-fixture.ts";

const LISTEN = { LISTEN_FDS: "1", LISTEN_PID: "42" };

test.each([
  ["one socket for this process", LISTEN, 3],
  ["none at all", {}, undefined],
  ["a socket for another process, left over in the environment", { ...LISTEN, LISTEN_PID: "41" }, undefined],
  ["a count that is none", { ...LISTEN, LISTEN_FDS: "one" }, undefined],
  ["no socket", { ...LISTEN, LISTEN_FDS: "0" }, undefined],
  ["the name decides", { ...LISTEN, LISTEN_FDS: "3", LISTEN_FDNAMES: "http:fail2ban:x" }, 4],
  ["no such name", { ...LISTEN, LISTEN_FDS: "2", LISTEN_FDNAMES: "http:x" }, 3],
  ["a name beyond the count", { ...LISTEN, LISTEN_FDNAMES: "http:fail2ban" }, 3],
])("the socket that was handed over: %s", (_, listen, descriptor) => {
  const environment: Record<string, string> = { ...listen, NOTIFY_SOCKET: "/run/notify", PATH: "/bin" };
  expect(takeHandover(environment, 42)).toEqual({ socket: descriptor, notifySocket: "/run/notify" });
  expect(environment).toEqual({ PATH: "/bin" });
});

/** A stand-in for systemd-notify that keeps what it is told, and a manager that uses it. */
function setUp(script: string) {
  const folder = temporaryFolder();
  const tool = join(folder, "systemd-notify");
  const kept = join(folder, "kept");
  writeFileSync(tool, `#!/bin/sh\n${script.replaceAll("KEPT", kept)}\n`);
  chmodSync(tool, 0o755);
  const events: GaolerEvent[] = [];
  const observe = (event: GaolerEvent): number => events.push(event);
  const told = (): string[] => readFileSync(kept, "utf8").trimEnd().split("\n");
  return { tool, observe, events, told };
}

test("messages arrive in order, however slow the first is", async () => {
  const { tool, observe, told } = setUp(
    'case $* in READY*) sleep 0.2 ;; esac; echo "$NOTIFY_SOCKET $*" >>KEPT',
  );
  const manager = new ServiceManager({ notifySocket: "/run/notify", tool, observe });
  manager.ready("2 jails run");
  manager.reloading();
  manager.stopping();
  await manager.told;
  expect(told()).toEqual([
    "/run/notify READY=1 STATUS=2 jails run",
    expect.stringMatching(/^\/run\/notify RELOADING=1 MONOTONIC_USEC=\d+ STATUS=\w/),
    expect.stringMatching(/^\/run\/notify STOPPING=1 STATUS=\w/),
  ]);
});

test("a tool that fails is told at debug level and stops nothing", async () => {
  const { tool, observe, events } = setUp("echo no way >&2; exit 1");
  const manager = new ServiceManager({ notifySocket: "/run/notify", tool, observe });
  manager.ready("1 jail runs");
  await manager.told;
  expect(events).toEqual([
    { type: "message", level: "DEBUG", logger: "server", text: "systemd-notify failed: no way" },
  ]);
});

test("without the tool it is said once, at debug level; without a service manager nothing is said", async () => {
  const { tool, observe, events } = setUp("exit 1");
  new ServiceManager({ notifySocket: undefined, tool, observe }).ready("1 jail runs");
  const manager = new ServiceManager({ notifySocket: "/run/notify", tool: undefined, observe });
  manager.ready("1 jail runs");
  await manager.told;
  expect(events).toEqual([
    expect.objectContaining({ level: "DEBUG", text: expect.stringContaining("is not here") }),
  ]);
});
