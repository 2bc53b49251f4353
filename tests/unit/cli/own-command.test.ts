import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ownCommandOf } from "../../../src/cli/own-command.ts";
import { runCommand } from "../../../src/control/commands.ts";
import type { Answer } from "../../../src/control/protocol.ts";
import { SocketServer } from "../../../src/control/socket-server.ts";
import { FakeDaemon, UTC_ZONE } from "../control/fake-daemon.ts";
import { FakeIo } from "./compat-fake-io.ts";

let directory = "";
let daemon: FakeDaemon;
let server: SocketServer | undefined;
let places: FakeIo;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gaoler-own-"));
  places = new FakeIo(join(directory, "s.sock"));
  daemon = new FakeDaemon();
});
afterEach(async () => {
  vi.useRealTimers();
  await server?.close();
  server = undefined;
  rmSync(directory, { recursive: true, force: true });
});

async function serve(): Promise<void> {
  const observe = (): void => {};
  const answer: Answer = (request) => runCommand(request, { daemon, zone: UTC_ZONE, observe });
  server = new SocketServer({ path: places.socket, answer, observe });
  await server.listen();
}

/** What a command line prints, and how it ends. */
async function gaoler(...argv: string[]): Promise<{ code: number | undefined; out: string; err: string }> {
  const screen = { out: "", err: "" };
  const code = await ownCommandOf(argv)?.run(places, {
    out: (text) => {
      screen.out += text;
    },
    err: (text) => {
      screen.err += text;
    },
    sessions: ["203.0.113.9"],
  });
  return { code, ...screen };
}

const bans = (): readonly string[] => daemon.jail("beta")?.bannedIds() ?? [];

test("addresses are banned by hand", async () => {
  await serve();
  expect(await gaoler("ban", "beta", "192.0.2.7", "192.0.2.8")).toEqual({
    code: 0,
    out: "2 banned in beta\n",
    err: "",
  });
  expect((await gaoler("ban", "beta", "192.0.2.8", "192.0.2.9")).out).toBe("1 banned in beta, 1 already\n");
  expect(bans()).toEqual(["192.0.2.7", "192.0.2.8", "192.0.2.9"]);
});

test.each([
  ["127.0.0.1", "127.0.0.1 is not to be banned in beta: ignoreip has 127.0.0.0/8 (ignoreip)"],
  ["203.0.113.9", "203.0.113.9 is not to be banned in beta: your session (own session)"],
])("%s is refused with its rule, and nobody is banned", async (id, reason) => {
  await serve();
  expect(await gaoler("ban", "beta", "192.0.2.7", id)).toEqual({
    code: 1,
    out: "",
    err: `gaoler: ${reason}\ngaoler: nobody was banned; --force bans all the same\n`,
  });
  expect(bans()).toEqual([]);
  expect(await gaoler("ban", "--force", "beta", id)).toMatchObject({ code: 0, out: "1 banned in beta\n" });
  expect(bans()).toEqual([id]);
});

test("a server that speaks another language gets no ban, and is named", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const heard: Buffer[] = [];
  const mute = createServer((socket) => socket.on("data", (chunk) => heard.push(chunk)));
  await new Promise<void>((resolve) => mute.listen(places.socket, resolve));
  const banning = gaoler("ban", "beta", "192.0.2.7", "--force");
  while (heard.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await vi.advanceTimersByTimeAsync(5000);
  expect(await banning).toEqual({
    code: 1,
    out: "",
    err: `gaoler: no answer at ${places.socket} in 5 seconds; if fail2ban runs there, use gaoler client\n`,
  });
  expect(Buffer.concat(heard).toString()).toBe('{"command":["ping"]}\n');
  await new Promise((resolve) => mute.close(resolve));
});

test("a jail that is not there is named", async () => {
  await serve();
  expect(await gaoler("ban", "nosuch", "192.0.2.7")).toEqual({
    code: 1,
    out: "",
    err: "gaoler: Sorry but the jail 'nosuch' does not exist\n",
  });
});

test("no daemon, no configuration, and wrong words are told apart", async () => {
  expect(await gaoler("ban", "beta", "192.0.2.7")).toMatchObject({
    code: 1,
    err: `gaoler: no daemon answers at ${places.socket}; gaoler start starts it\n`,
  });
  expect((await gaoler("-s", "/nowhere/x.sock", "ban", "beta", "192.0.2.7")).err).toContain(
    "/nowhere/x.sock",
  );
  expect(await gaoler("ban", "beta")).toMatchObject({
    code: 2,
    err: "gaoler: gaoler ban [--force] JAIL IP...\n",
  });
  places.hasDirectory = false;
  expect(await gaoler("ban", "beta", "192.0.2.7")).toMatchObject({
    code: 1,
    err: "gaoler: Base configuration directory /etc/test does not exist\n",
  });
});

test.each([[["get", "beta", "banip"]], [["-V"]], [["-i", "ban"]], [["-t"]], [["--nonsense", "ban"]], [[]]])(
  "%j is left to fail2ban's client",
  (argv) => {
    expect(ownCommandOf(argv)).toBeUndefined();
  },
);
