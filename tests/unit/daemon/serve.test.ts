import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { foldStream } from "../../../src/config/fold.ts";
import { ControlConnection } from "../../../src/control/client.ts";
import { type ServeOptions, serve } from "../../../src/daemon/serve.ts";
import { utc } from "../date/fixed-zones.ts";
import { gate } from "../jail/stage.ts";
import { temporaryFolder } from "../store/store-fixture.ts";
import { EARLY, jailStream, type Stream, World } from "./world.ts";

function setUp(jails: Stream = jailStream("j1"), changes: Partial<ServeOptions> = {}) {
  const world = new World();
  const folder = temporaryFolder();
  const [socket, pidfile] = [join(folder, "s.sock"), join(folder, "s.pid")];
  const begin = foldStream(
    world.stream(jails).map((words) => ({ words })),
    { early: EARLY },
  );
  const ready = Promise.withResolvers<readonly (readonly string[])[]>();
  const options: ServeOptions = {
    daemon: world.daemon,
    observe: world.stage.observe,
    zone: utc,
    socket,
    pidfile,
    isDaemon: false,
    begin,
    ready: (...names) => ready.resolve(names),
    ...changes,
  };
  return { world, socket, pidfile, options, ready: ready.promise };
}

/** Asks over the socket. */
async function ask(socket: string, ...words: string[]): Promise<unknown> {
  const connection = await ControlConnection.open(socket);
  try {
    return await connection.send(words);
  } finally {
    connection.close();
  }
}

test("the socket answers, the pid file is there, and a stop takes both away", async () => {
  const { options, socket, pidfile, ready, world } = setUp();
  const end = serve(options);
  expect(await ready).toEqual([["j1"], []]);
  expect(readFileSync(pidfile, "utf8")).toBe(`${process.pid}\n`);
  expect(statSync(pidfile).mode & 0o777).toBe(0o600);
  expect(await ask(socket, "ping")).toMatchObject({ value: "pong" });
  await ask(socket, "stop");
  expect(await end).toBe(0);
  expect([existsSync(socket), existsSync(pidfile)]).toEqual([false, false]);
  expect(world.stage.messages("INFO").at(-1)).toBe("Exiting Fail2ban");
  expect(world.stage.takeRan()).toEqual(["fw-j1 start", "fw-j1 stop"]);
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s ends a daemon in the foreground in order",
  async (signal) => {
    const { options, ready } = setUp();
    const before = process.listenerCount(signal);
    const end = serve(options);
    await ready;
    process.kill(process.pid, signal);
    expect(await end).toBe(0);
    expect(process.listenerCount(signal)).toBe(before);
  },
);

test("HUP is ignored without a terminal, USR1 opens the log anew", async () => {
  const { options, ready, world } = setUp(jailStream("j1"), { isDaemon: true });
  let flushed = 0;
  world.daemon.flushLogs = () => {
    flushed += 1;
    return "flushed";
  };
  const end = serve(options);
  await ready;
  const usr1 = new Promise((resolve) => process.once("SIGUSR1", resolve));
  const hup = new Promise((resolve) => process.once("SIGHUP", resolve));
  process.kill(process.pid, "SIGHUP");
  process.kill(process.pid, "SIGUSR1");
  await Promise.all([usr1, hup]);
  expect(flushed).toBe(1);
  expect(world.daemon.isStopping).toBe(false);
  await world.daemon.shutdown();
  expect(await end).toBe(0);
});

test("a signal while the jails start ends the daemon in order", async () => {
  const { options, world } = setUp();
  const started = gate();
  world.stage.answer = async (script) => {
    if (script.endsWith(" start")) await started.passed;
    return undefined;
  };
  const end = serve(options);
  await world.stage.settled();
  while (world.names().length === 0) await world.stage.settled();
  const shutdown = world.daemon.shutdown();
  started.open();
  await shutdown;
  expect(await end).toBe(0);
  expect(world.stage.messages("ERROR")).toEqual([]);
});

test("without a single jail that can run the daemon ends with 255", async () => {
  const reasons: string[] = [];
  const { options, ready } = setUp(jailStream("bad", { backend: "systemd" }), {
    refused: (reason) => reasons.push(reason),
  });
  const end = serve(options);
  expect(await ready).toEqual([[], ["bad"]]);
  expect(await end).toBe(255);
  expect(reasons).toEqual(["No jail could be started"]);
});

test("a socket that cannot be had is told, and the pid file goes", async () => {
  const { options, pidfile, world } = setUp();
  const socket = join(temporaryFolder(), "no", "such", "place.sock");
  const reasons: string[] = [];
  expect(await serve({ ...options, socket, refused: (reason) => reasons.push(reason) })).toBe(255);
  expect(reasons[0]).toContain("Could not start server: ");
  expect(world.stage.messages("ERROR")).toEqual(reasons);
  expect(existsSync(pidfile)).toBe(false);
});

test("a second server that gets no socket leaves the pid file of the first as it was", async () => {
  const { options, pidfile, socket, ready } = setUp();
  const end = serve(options);
  await ready;
  // the other server's number
  writeFileSync(pidfile, "4242\n");
  const second = setUp(jailStream("j1"), { socket, pidfile });
  expect(await serve(second.options)).toBe(255);
  expect(second.world.stage.messages("ERROR")).toEqual([
    "Could not start server: Fail2ban seems to be already running",
  ]);
  expect(readFileSync(pidfile, "utf8")).toBe("4242\n");
  await ask(socket, "stop");
  await end;
});

test("a pid file that cannot be written is told, and the daemon runs; another one's stays", async () => {
  const { options, ready, world } = setUp();
  const folder = temporaryFolder();
  writeFileSync(join(folder, "file"), "");
  const end = serve({ ...options, pidfile: join(folder, "file", "x.pid") });
  await ready;
  expect(world.stage.messages("ERROR")[0]).toContain("Unable to create PID file: ");
  await world.daemon.shutdown();
  await end;

  const other = setUp();
  const otherEnd = serve(other.options);
  await other.ready;
  writeFileSync(other.pidfile, "1\n");
  await other.world.daemon.shutdown();
  await otherEnd;
  expect(readFileSync(other.pidfile, "utf8")).toBe("1\n");
});

test("without anything to begin with the daemon waits for a client's stream", async () => {
  const { options, socket, ready, world } = setUp(jailStream("j1"), { begin: undefined });
  const end = serve(options);
  expect(await ready).toEqual([[], []]);
  expect(await ask(socket, "status")).toMatchObject({ value: expect.anything() });
  await world.daemon.executeStream(world.stream(jailStream("j1")));
  expect(world.names()).toEqual(["j1"]);
  await ask(socket, "stop");
  expect(await end).toBe(0);
});

test("the service manager hears of the start, of reloads and of the end, in this order", async () => {
  const { options, ready, world } = setUp();
  const told: string[] = [];
  const serviceManager = {
    ready: (status: string) => told.push(`ready: ${status}`),
    reloading: () => told.push("reloading"),
    stopping: () => told.push("stopping"),
    told: Promise.resolve(),
  };
  const end = serve({ ...options, serviceManager });
  await ready;
  await world.reload(world.stream(jailStream("j1"), jailStream("j2")));
  const refused = world.reload([["add", "bad", "no-such-backend"]], { jail: "j9", ifExists: true });
  await refused.catch(() => undefined);
  await Promise.all([world.daemon.shutdown(), world.daemon.shutdown()]);
  await end;
  expect(told).toEqual([
    "ready: 1 jail runs",
    "reloading",
    "ready: 2 jails run",
    "reloading",
    "ready: 2 jails run",
    "stopping",
  ]);
});
