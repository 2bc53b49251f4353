/**
 * The original client against our socket: its screen shows what is documented, and our own client shows the same.
 * @module
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCompatClient } from "../../src/cli/compat-client.ts";
import { runCommand } from "../../src/control/commands.ts";
import { SocketServer } from "../../src/control/socket-server.ts";
import { FakeIo } from "../unit/cli/compat-fake-io.ts";
import { FakeDaemon, UTC_ZONE } from "../unit/control/fake-daemon.ts";

const PYTHON = "/usr/bin/python3";
const oracle = process.env["GAOLER_ORACLE"] ?? "";
const client = join(oracle, "usr/bin/fail2ban-client");
const hasOracle = oracle !== "" && existsSync(client) && existsSync(PYTHON);
const withOracle = test.skipIf(!hasOracle);
const skipped = hasOracle ? "" : " (skipped: no fail2ban package)";

let directory = "";
const servers: SocketServer[] = [];
let originalServer: ChildProcess | undefined;

/** A fresh daemon behind a socket of its own. */
async function serve(name: string): Promise<string> {
  const daemon = new FakeDaemon();
  const path = join(directory, name);
  const observe = (): void => {};
  const server = new SocketServer({
    path,
    observe,
    answer: (request) => runCommand(request, { daemon, zone: UTC_ZONE, observe }),
  });
  await server.listen();
  servers.push(server);
  return path;
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "gaoler-control-"));
});
afterAll(async () => {
  originalServer?.kill("SIGKILL");
  await Promise.all(servers.map((server) => server.close()));
  rmSync(directory, { recursive: true, force: true });
});

interface Screen {
  readonly code: number;
  readonly stdout: string;
  /** without time and process number */
  readonly stderr: string;
}

const placesOf = (socket: string): string[] => [
  ...["-s", socket, "-p", `${socket}.pid`],
  ...["--loglevel", "INFO", "--logtarget", "STDOUT", "--syslogsocket", "auto"],
];

const timeless = (text: string): string => text.replace(/^\S+ \S+ (.{24})\[\d+\]/gm, "$1");

const env = {
  PATH: process.env["PATH"] ?? "",
  LANG: "C.UTF-8",
  PYTHONPATH: join(oracle, "usr/lib/python3/dist-packages"),
};

/** Runs the original client. */
function original(socket: string, words: readonly string[]): Promise<Screen> {
  return new Promise((resolve) => {
    execFile(PYTHON, [client, ...placesOf(socket), ...words], { env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, stdout, stderr: timeless(stderr) });
    });
  });
}

/** Runs our client. */
async function ours(socket: string, words: readonly string[]): Promise<Screen> {
  const io = new FakeIo(socket);
  const code = await runCompatClient([...placesOf(socket), ...words], io);
  return { code, stdout: io.stdout, stderr: timeless(io.stderr) };
}

const logged = (text: string): string => `fail2ban                : ERROR   ${text}\n`;

/** Documented screens (B§1.19, B§2.1, B§2.5, B§2.7); `→` stands for a tab. */
const documented: readonly (readonly [command: string, stdout: string, error?: string])[] = [
  ["ping", "Server replied: pong\n"],
  ["status", "Status\n|- Number of jail:→2\n`- Jail list:→alpha, beta\n"],
  [
    "status alpha",
    [
      "Status for the jail: alpha",
      "|- Filter",
      "|  |- Currently failed:→0",
      "|  |- Total failed:→0",
      "|  `- File list:→/var/log/alpha.log",
      "`- Actions",
      "   |- Currently banned:→2",
      "   |- Total banned:→2",
      "   `- Banned IP list:→192.0.2.2 2001:db8::1",
      "",
    ].join("\n"),
  ],
  ["banned", "[{'beta': []}, {'alpha': ['192.0.2.2', '2001:db8::1']}]\n"],
  [
    "get alpha banip --with-time",
    "192.0.2.2 →2026-11-22 11:18:36 + 600 = 2026-11-22 11:28:36\n2001:db8::1 →2026-11-22 11:18:36 + 600 = 2026-11-22 11:28:36\n",
  ],
  ["status nosuch", "Sorry but the jail 'nosuch' does not exist\n", "NOK: ('nosuch',)"],
];

for (const [command, stdout, error] of documented) {
  withOracle(`the original client shows "${command}" as documented${skipped}`, async () => {
    const socket = await serve(`documented-${documented.findIndex(([name]) => name === command)}`);
    expect(await original(socket, command.split(" "))).toEqual({
      code: error === undefined ? 0 : 255,
      stdout: stdout.replaceAll("→", "\t"),
      stderr: error === undefined ? "" : logged(error),
    });
  });
}

/** One after the other on one daemon; each changes what the next one sees. */
const conversation: readonly string[] = [
  "ping",
  "ping 1.5",
  "ping abc",
  "version",
  "echo a b it's",
  "server-status",
  "status",
  "status alpha",
  "status alpha short",
  "status beta",
  "status nosuch",
  "status alpha basic more",
  "banned",
  "banned 192.0.2.2 192.0.2.99",
  "get",
  "get alpha",
  "get nosuch bantime",
  "frob",
  "unban",
  "get alpha idle",
  "get alpha banip",
  "get alpha banip ,",
  "get alpha banip --with-time",
  "get beta banip",
  "get beta banned",
  "get alpha banned",
  "get alpha banned 192.0.2.2",
  "get alpha banned 192.0.2.2 192.0.2.3",
  "set alpha banip 192.0.2.2 192.0.2.3 198.51.100.0/24",
  "get alpha banip --with-time",
  "set alpha unbanip --report-absent 192.0.2.3 192.0.2.98",
  "set alpha unbanip 192.0.2.3",
  "set alpha maxretry x",
  "set alpha maxretry 7 8",
  "get alpha maxretry",
  "get alpha bantime",
  "get alpha findtime",
  "get alpha usedns",
  "get alpha ignoreself",
  "get alpha ignorecommand",
  "get alpha ignorecache",
  "get alpha prefregex",
  "get alpha logtimezone",
  "get alpha ignoreip",
  "set alpha addignoreip 192.0.2.0/24",
  "get alpha logpath",
  "set alpha addlogpath /x middle",
  "get alpha failregex",
  "set alpha addfailregex ^a<HOST>",
  "set alpha addfailregex ^b<HOST>",
  "get alpha ignoreregex",
  "get alpha datepattern",
  "get alpha journalmatch",
  "get alpha logencoding",
  "get alpha actions",
  "get alpha actionproperties rec",
  "get alpha actionmethods rec",
  "get alpha action rec actionban",
  "get alpha action rec nope",
  "get alpha action nope actionban",
  "set alpha action rec actionban x",
  "set alpha action rec flush",
  "set alpha addaction rec",
  "set alpha addaction new",
  "set alpha delaction rec",
  "set alpha idle on",
  "set alpha idle maybe",
  "set alpha attempt 192.0.2.7 one",
  "set alpha bantime.increment true",
  "get alpha bantime.increment",
  "get loglevel",
  "set loglevel DEBUG",
  "get logtarget",
  "get syslogsocket",
  "set syslogsocket auto",
  "get syslogsocket",
  "get dbfile",
  "set dbfile /tmp/x",
  "get dbfile",
  "get dbpurgeage",
  "get dbmaxmatches",
  "set allowipv6 no",
  "get allowipv6",
  "flushlogs",
  "add gamma polling",
  "add gamma",
  "add --all",
  "add delta bogus",
  "start gamma",
  "start nosuch",
  "stop gamma",
  "unban 192.0.2.2 192.0.2.99",
  "unban --all",
  "reload x y",
  "stop --all",
  "status",
  "stop",
];

withOracle(`our client shows what the original shows, word for word${skipped}`, async () => {
  const [theirs, own] = [await serve("theirs"), await serve("own")];
  for (const command of conversation) {
    const words = command.split(" ");
    const expected = await original(theirs, words);
    expect({ command, ...(await ours(own, words)) }).toEqual({ command, ...expected });
  }
});

withOracle(`a stream and its end marker survive the way from the original client${skipped}`, async () => {
  const socket = await serve("long");
  const long = "x".repeat(100_000);
  expect(await original(socket, ["echo", long, "ü€😀", "a\tb\\n"])).toMatchObject({
    code: 0,
    stdout: `${long} ü€😀 a\tb\\n\n`,
  });
});

/** Commands to the original server that change nothing, so that both clients see the same. */
const questions: readonly string[] = [
  "ping",
  "version",
  "status",
  "status alpha",
  "status alpha short",
  "banned",
  "banned 192.0.2.1 192.0.2.99",
  "get alpha banip",
  "get alpha banip --with-time",
  "get alpha banned",
  "get alpha banned 192.0.2.1",
  "get alpha ignoreip",
  "get alpha failregex",
  "get alpha ignoreregex",
  "get alpha datepattern",
  "get alpha journalmatch",
  "get alpha logpath",
  "get alpha logencoding",
  "get alpha actions",
  "get alpha findtime",
  "get alpha bantime",
  "get alpha ignorecache",
  "get alpha bantime.maxtime",
  "get loglevel",
  "get logtarget",
  "get dbfile",
  "get dbpurgeage",
  "get thread",
  "get nosuch bantime",
  "get alpha nosuch",
  "get",
  "frob",
  "set alpha addlogpath /nosuch/file",
  "set alpha addfailregex zz",
  "set alpha maxretry x",
  "set alpha logtimezone BAD",
  "set alpha unbanip --report-absent 203.0.113.1 203.0.113.2",
];

withOracle(`our client reads the original server as the original client does${skipped}`, async () => {
  const conf = join(directory, "conf");
  mkdirSync(join(conf, "filter.d"), { recursive: true });
  writeFileSync(join(directory, "a.log"), "");
  writeFileSync(join(conf, "fail2ban.conf"), "[Definition]\nallowipv6 = auto\ndbfile = None\n");
  writeFileSync(
    join(conf, "jail.conf"),
    `[alpha]
enabled = true
backend = polling
filter =
failregex = ^fail from <HOST>
            ^bad <HOST>
ignoreip = 127.0.0.0/8 ::1 192.0.2.200
bantime = 1h
bantime.maxtime = 1mo
findtime = 2.5h
logpath = ${join(directory, "a.log")}
action =
`,
  );
  const socket = join(directory, "original.sock");
  const places = ["-c", conf, ...placesOf(socket)];
  const program = join(oracle, "usr/bin/fail2ban-server");
  originalServer = spawn(PYTHON, [program, ...places, "-f", "start"], { env, stdio: "ignore" });
  const deadline = Date.now() + 20_000;
  while ((await ours(socket, ["status", "alpha"])).code !== 0) {
    expect(Date.now()).toBeLessThan(deadline);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(await ours(socket, ["set", "alpha", "banip", "192.0.2.1", "2001:db8::5", "10.0.0.0/8"])).toEqual({
    code: 0,
    stdout: "3\n",
    stderr: "",
  });
  for (const command of questions) {
    const words = command.split(" ");
    const expected = await original(socket, words);
    expect({ command, ...(await ours(socket, words)) }).toEqual({ command, ...expected });
  }
  expect((await ours(socket, ["stop"])).stdout).toBe("Shutdown successful\n");
});
