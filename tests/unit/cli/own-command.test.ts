import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ownCommandOf } from "../../../src/cli/own-command.ts";
import { ownVersion } from "../../../src/cli/own-version.ts";
import { CommandError } from "../../../src/control/command-error.ts";
import { runCommand } from "../../../src/control/commands.ts";
import type { Answer } from "../../../src/control/protocol.ts";
import { SocketServer } from "../../../src/control/socket-server.ts";
import { BANNED_AT, FakeDaemon, UTC_ZONE } from "../control/fake-daemon.ts";
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
    sessions: () => ["203.0.113.9"],
    hasColour: false,
    columns: undefined,
    zone: UTC_ZONE,
    now: () => BANNED_AT + 90,
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
  [
    "192.0.2.300",
    "192.0.2.300 is not to be banned in beta: it looks like an address and is none (no address)",
  ],
  ["192.0.2", "192.0.2 is not to be banned in beta: it looks like an address and is none (no address)"],
  [
    "2001:db8::1::2",
    "2001:db8::1::2 is not to be banned in beta: it looks like an address and is none (no address)",
  ],
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

test("IDs that are no addresses and do not look like one are banned, as are networks", async () => {
  await serve();
  const ids = ["root", "12345", "evil.example.org", "abc.de", "192.0.2.0/24", "2001:db8::/32"];
  expect((await gaoler("ban", "beta", ...ids)).out).toBe("6 banned in beta\n");
});

test("a server that speaks another language gets no ban, and is named", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const heard: Buffer[] = [];
  const mute = createServer((socket) => socket.on("data", (chunk) => heard.push(chunk)));
  await new Promise<void>((resolve) => mute.listen(places.socket, resolve));
  const banning = gaoler("ban", "beta", "192.0.2.7", "--force");
  while (heard.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await banning).toEqual({
    code: 1,
    out: "",
    err: `gaoler: no answer at ${places.socket} in 10 seconds; if fail2ban runs there, use gaoler client\n`,
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
    err: "Usage: gaoler ban [--force] JAIL IP... [--json]\n",
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

/** What a command prints, as lines. */
const linesOf = async (...argv: string[]): Promise<string[]> => (await gaoler(...argv)).out.split("\n");
const jsonOf = async (...argv: string[]): Promise<unknown> => JSON.parse((await gaoler(...argv)).out);

const ALPHA = {
  name: "alpha",
  state: "running",
  failures: { now: 0, total: 0 },
  bans: { now: 2, total: 2 },
  backend: "polling",
  maxretry: 5,
  findtime: 600,
  bantime: 600,
  files: ["/var/log/alpha.log"],
};
const BANS = ["192.0.2.2", "2001:db8::1"].map((id) => ({
  id,
  jail: "alpha",
  at: BANNED_AT,
  bantime: 600,
  until: BANNED_AT + 600,
}));

test("status shows the jails in a table, by name", async () => {
  await serve();
  daemon.jail("beta")?.setIdle(true);
  expect(await linesOf("status")).toEqual([
    "JAIL   STATE    BANNED  IN ALL  FAILING  IN ALL  READS",
    "alpha  running       2       2        0       0  /var/log/alpha.log",
    "beta   idle          0       0        0       0  /var/log/beta.log",
    "",
  ]);
  expect(await linesOf("stats")).toEqual(await linesOf("status"));
});

test("status of one jail shows its terms and its latest bans", async () => {
  await serve();
  expect(await linesOf("status", "alpha")).toEqual([
    "alpha  running",
    "  failures  0 counted now, 0 in all",
    "  bans      2 now, 2 in all",
    "  terms     5 failures in 10m ban for 10m",
    "  reads     /var/log/alpha.log",
    "  by        polling",
    "",
    "BANNED       SINCE                LEFT",
    "192.0.2.2    2026-11-22 11:18:36  8m 30s",
    "2001:db8::1  2026-11-22 11:18:36  8m 30s",
    "",
  ]);
  await gaoler("ban", "alpha", ...Array.from({ length: 25 }, (_, at) => `198.51.100.${at}`));
  expect((await linesOf("status", "alpha")).slice(-2)).toEqual(["and 7 before: gaoler banned shows all", ""]);
});

test("a jail that cannot run says why, and one without logs that it reads nothing", async () => {
  await serve();
  const [beta, alpha] = daemon.fakes;
  if (beta === undefined || alpha === undefined) throw new Error("no jails");
  beta.view = () => {
    throw new CommandError("builtins.Exception", ["no\u001b[2Jfailregex"]);
  };
  alpha.paths = [];
  expect(await linesOf("status")).toEqual([
    expect.any(String),
    "alpha  running       2       2        0       0  nothing",
    "beta   broken        0       0        0       0  no\u241b[2Jfailregex",
    "",
  ]);
  expect(await linesOf("status", "beta")).toEqual(["beta  broken", "  no\u241b[2Jfailregex", ""]);
});

test("banned shows all bans, or in which jails somebody is banned", async () => {
  await serve();
  await gaoler("ban", "beta", "192.0.2.2");
  expect(await linesOf("banned")).toEqual([
    "BANNED       JAIL   SINCE                LEFT",
    "192.0.2.2    beta   2026-11-22 11:18:36  for ever",
    "192.0.2.2    alpha  2026-11-22 11:18:36  8m 30s",
    "2001:db8::1  alpha  2026-11-22 11:18:36  8m 30s",
    "",
  ]);
  expect(await linesOf("banned", "192.0.2.2", "192.0.2.99")).toEqual([
    "ASKED       BANNED IN",
    "192.0.2.2   beta, alpha",
    "192.0.2.99  no jail",
    "",
  ]);
  expect((await gaoler("unban", "192.0.2.2")).out).toBe("2 bans lifted\n");
  expect((await gaoler("unban", "--all")).out).toBe("1 ban lifted\n");
  expect((await gaoler("banned")).out).toBe("nobody is banned\n");
  daemon.stopJail(undefined);
  expect((await gaoler("status")).out).toBe("no jail; gaoler doctor says how to enable one\n");
});

test.each<[string, object]>([
  ["status --json", { jails: [expect.objectContaining({ name: "beta" }), ALPHA] }],
  ["status alpha --json", { jail: ALPHA, bans: BANS }],
  ["banned --json", { bans: BANS }],
  [
    "banned 192.0.2.2 x --json",
    {
      asked: [
        { id: "192.0.2.2", jails: ["alpha"] },
        { id: "x", jails: [] },
      ],
    },
  ],
  ["ban --json alpha 192.0.2.2 192.0.2.3", { jail: "alpha", banned: 1, already: 1 }],
  [
    "ban --json alpha 127.0.0.1",
    {
      jail: "alpha",
      banned: 0,
      already: 0,
      refused: [{ id: "127.0.0.1", rule: "ignoreip", text: "ignoreip has 127.0.0.0/8" }],
    },
  ],
  ["unban --json 192.0.2.2", { lifted: 1 }],
  ["ping --json", { answers: true }],
  ["version --json", { version: ownVersion(), compatVersion: "1.1.0" }],
  ["status nosuch --json", { error: "Sorry but the jail 'nosuch' does not exist" }],
])("gaoler %s prints its documented object on one line", async (line, object) => {
  await serve();
  expect(await jsonOf(...line.split(" "))).toEqual(object);
  const { code, err } = await gaoler(...line.split(" "));
  const isRefused = "error" in object || "refused" in object;
  expect([code, err !== ""]).toEqual(isRefused ? [1, true] : [0, false]);
});

test("ping and version answer people", async () => {
  await serve();
  expect((await gaoler("ping")).out).toBe("the daemon answers\n");
  expect((await gaoler("version")).out).toBe(
    `gaoler ${ownVersion()}; the daemon reports fail2ban 1.1.0 to its clients\n`,
  );
});

test.each([
  ["status a b"],
  ["status --all"],
  ["banned -x"],
  ["unban"],
  ["unban --all x"],
  ["unban --al"],
  ["ban beta --frce 127.0.0.1"],
  ["ban -x 192.0.2.7 192.0.2.8"],
  ["ping 5"],
  ["version x"],
])("gaoler %s has the wrong words", async (line) => {
  const words = line.split(" ");
  const usage = expect.stringMatching(`^Usage: gaoler ${words[0]} .+\\n$`);
  expect(await gaoler(...words)).toEqual({ code: 2, out: "", err: usage });
  expect(await jsonOf(...words, "--json")).toEqual({ error: expect.stringMatching(/^Usage: /) });
});

test("very many are asked about in several questions, and none is forgotten", async () => {
  await serve();
  const many = Array.from({ length: 1100 }, (_, at) => `198.51.${at >> 8}.${at & 255}`);
  const refused = await gaoler("ban", "beta", ...many, "127.0.0.1");
  expect([refused.code, refused.err.split("\n")[0]]).toEqual([
    1,
    "gaoler: 127.0.0.1 is not to be banned in beta: ignoreip has 127.0.0.0/8 (ignoreip)",
  ]);
  expect((await gaoler("ban", "beta", ...many)).out).toBe("1100 banned in beta\n");
});
