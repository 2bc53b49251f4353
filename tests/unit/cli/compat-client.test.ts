import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCompatClient } from "../../../src/cli/compat-client.ts";
import { runCompatServer } from "../../../src/cli/compat-server.ts";
import { runCommand } from "../../../src/control/commands.ts";
import { SocketServer } from "../../../src/control/socket-server.ts";
import { FakeDaemon, UTC_ZONE } from "../control/fake-daemon.ts";
import { FakeIo } from "./compat-fake-io.ts";

let directory = "";
let io: FakeIo;
let daemon: FakeDaemon;
let server: SocketServer | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gaoler-compat-"));
  io = new FakeIo(join(directory, "s.sock"));
  daemon = new FakeDaemon();
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(directory, { recursive: true, force: true });
});

async function serve(): Promise<void> {
  const observe = (): void => {};
  const answer = (request: Parameters<typeof runCommand>[0]) =>
    runCommand(request, { daemon, zone: UTC_ZONE, observe });
  server = new SocketServer({ path: io.socket, answer, observe });
  await server.listen();
}

/** The prefix of the client's own log lines. */
const logged = (level: string, text: string): string =>
  `2026-11-22 11:18:18,099 fail2ban                [12992]: ${level.padEnd(7)} ${text}\n`;

const client = (...argv: string[]): Promise<number> => runCompatClient(argv, io);

test.each([
  [["ping"], "Server replied: pong\n"],
  [["ping", "1.5"], "Server replied: pong\n"],
  [["echo", "a", "b"], "a b\n"],
  [["status"], "Status\n|- Number of jail:\t2\n`- Jail list:\talpha, beta\n"],
  [["set", "alpha", "maxretry", "3", "4"], "3\n"],
])("%j prints its answer and succeeds", async (argv, stdout) => {
  await serve();
  expect(await client(...argv)).toBe(0);
  expect([io.stdout, io.stderr]).toEqual([stdout, ""]);
});

test("a refusal is printed, logged and fails", async () => {
  await serve();
  expect(await client("status", "nosuch")).toBe(255);
  expect(io.stdout).toBe("Sorry but the jail 'nosuch' does not exist\n");
  expect(io.stderr).toBe(logged("ERROR", "NOK: ('nosuch',)"));
});

test("a rendering that fails is complained of and succeeds", async () => {
  await serve();
  expect(await client("get", "syslogsocket")).toBe(0);
  expect(io.stdout).toBe("'Current syslog socket is:\\n'None\n");
  expect(io.stderr).toContain(
    "fail2ban.beautifier     [12992]: WARNING Beautifier error. Please report the error\n",
  );
  expect(io.stderr).toContain("ERROR   Beautify None with ['get', 'syslogsocket'] failed\n");
});

test("a server that is not there is named", async () => {
  expect(await client("ping")).toBe(255);
  const text = `Failed to access socket path: ${io.socket}. Is fail2ban running?`;
  expect([io.stdout, io.stderr]).toEqual(["", logged("ERROR", text)]);
});

test.each([
  ["abc", "could not convert string to float: 'abc'"],
  ["0", "[Errno 11] Resource temporarily unavailable"],
])("ping %s fails with the original's words", async (time, text) => {
  await serve();
  expect(await client("ping", time)).toBe(255);
  expect(io.stderr).toBe(logged("ERROR", text));
});

test("ping gives up at its own time", async () => {
  let release = (): void => {};
  const answer = () =>
    new Promise<null>((resolve) => {
      release = () => resolve(null);
    });
  server = new SocketServer({ path: io.socket, answer, observe: () => {} });
  await server.listen();
  expect(await client("ping", "0.05")).toBe(255);
  expect(io.stderr).toBe(logged("ERROR", "timed out"));
  release();
});

test.each([
  [["--str2sec", "1d 2h"], "93600\n"],
  [["--str2sec", "1mo"], "2629800.0\n"],
  [["-V"], "1.1.0\n"],
  [["--version"], "Fail2Ban v1.1.0\n"],
  [["-s", "x", "--vers", "-h"], "Fail2Ban v1.1.0\n"],
])("%j prints and succeeds", async (argv, stdout) => {
  expect(await client(...argv)).toBe(0);
  expect(io.stdout).toBe(stdout);
});

test("no command shows the usage and fails", async () => {
  expect(await client()).toBe(255);
  expect(io.stdout).toMatch(/^Usage: fail2ban-client \[OPTIONS\] <COMMAND>\n/);
  expect(io.stderr).toBe("");
});

test("an unknown option shows the usage and fails, with a bare line for the client alone", async () => {
  expect(await client("--nope")).toBe(255);
  expect(io.stderr).toBe("Init of command line failed\n");
  io.stderr = "";
  expect(await runCompatServer(["--nope"], io)).toBe(255);
  expect(io.stderr).toBe("");
});

test.each([
  [["--str2sec", "bad"], "ERROR: name 'bad' is not defined\n", "Init of command line failed\n"],
  [["--timeout", "bad", "ping"], "ERROR: name 'bad' is not defined\n", "Init of command line failed\n"],
  [
    ["--loglevel", "FOO", "ping"],
    "ERROR: Invalid log level 'FOO'\n",
    logged("ERROR", "Init of command line failed"),
  ],
])("%j is refused", async (argv, stdout, stderr) => {
  expect(await client(...argv)).toBe(255);
  expect([io.stdout, io.stderr]).toEqual([stdout, stderr]);
});

test("a missing configuration directory is refused, unless nothing of it is needed", async () => {
  io.hasDirectory = false;
  await serve();
  expect(await client("-c", "/no", "ping")).toBe(255);
  expect(io.stdout).toBe("ERROR: Base configuration directory /no does not exist \n");
  const all = [
    "-s",
    io.socket,
    "-p",
    "/p",
    "--loglevel",
    "INFO",
    "--logtarget",
    "STDOUT",
    "--syslogsocket",
    "auto",
  ];
  expect(await client("-c", "/no", ...all, "ping")).toBe(0);
});

test.each([
  [["reload"], "--all", [], undefined],
  [["reload", "alpha"], "alpha", [], "alpha"],
  [["reload", "--restart", "--unban", "alpha"], "alpha", ["--restart", "--unban"], "alpha"],
  [["restart", "--if-exists", "alpha"], "alpha", ["--restart", "--if-exists"], "alpha"],
])("%j sends the stream of what it reads", async (argv, _target, options: readonly string[], jail) => {
  await serve();
  expect(await client(...argv)).toBe(0);
  expect(io.stdout).toBe("OK\n");
  expect(io.readings).toEqual([{ directory: "/etc/test", mode: "start", ...(jail && { jail }) }]);
  expect(daemon.reloads).toEqual([
    {
      jail,
      restart: options.includes("--restart"),
      unban: options.includes("--unban"),
      ifExists: options.includes("--if-exists"),
      stream: [
        ["set", "loglevel", "INFO"],
        ["start", "alpha"],
      ],
    },
  ]);
});

test.each([
  [["reload", "x", "y"], "Unexpected argument(s) for reload: ['x', 'y']"],
  [["reload", "--all", "alpha"], "Unexpected argument(s) for reload: ['--all', 'alpha']"],
  [["reload"], "Could not find server"],
])("%j without a server fails", async (argv, text) => {
  expect(await client(...argv)).toBe(255);
  expect(io.stderr).toBe(logged("ERROR", text));
});

test("a reload of a bad configuration sends nothing", async () => {
  await serve();
  const text = "Failed during configuration: No section: 'x'";
  const line = { stream: "stderr", level: "ERROR", logger: "", text } as const;
  io.configured = { stream: [], lines: [line], isUsable: false };
  expect(await client("reload", "x")).toBe(255);
  expect(io.stderr).toBe(logged("ERROR", text));
  expect(daemon.reloads).toEqual([]);
});

test("start spawns a server, waits for it and hands it the stream", async () => {
  io.spawn = async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    await serve();
    return new Promise(() => {});
  };
  expect(await client("-x", "-v", "--loglevel", "DEBUG", "start")).toBe(0);
  expect(io.stdout).toBe("Server ready\n");
  expect(io.spawned).toEqual([
    [
      ...["--async", "-b", "-s", io.socket, "-p", "/run/test.pid", "-x", "-v", "--loglevel", "DEBUG"],
      ...["--logtarget", "/var/log/test.log", "--syslogsocket", "auto"],
    ],
  ]);
  expect(io.readings).toMatchObject([{ mode: "start", overrides: { loglevel: "DEBUG" } }]);
  expect(daemon.streams).toHaveLength(1);
});

test("start of a server whose stream fails prints Server ready all the same, and fails", async () => {
  io.spawn = async () => {
    await serve();
    return new Promise(() => {});
  };
  daemon.executeStream = () => Promise.reject(new Error("bad regex"));
  expect(await client("start")).toBe(255);
  expect(io.stdout).toBe("bad regex\nServer ready\n");
  expect(io.stderr).toContain("ERROR   NOK: ('bad regex',)\n");
});

test("start next to a running server is refused", async () => {
  await serve();
  expect(await client("start")).toBe(255);
  expect(io.stderr).toBe(logged("ERROR", "Server already running"));
});

test("start next to a socket file of nobody is refused without -x", async () => {
  writeFileSync(io.socket, "");
  expect(await client("start")).toBe(255);
  const text = "Fail2ban seems to be in unexpected state (not running but the socket exists)";
  expect(io.stderr).toBe(logged("ERROR", text));
  io.stderr = "";
  io.program = "gaoler";
  expect(await client("start")).toBe(255);
  expect(io.stderr).toBe(
    `gaoler: ${text}\ngaoler: a server that was killed leaves its socket behind: gaoler -x start takes ${io.socket} away and starts\n`,
  );
});

test.each([
  ["ends at once", () => Promise.resolve(255)],
  ["never answers", () => new Promise<number>(() => {})],
])("start of a server that %s fails", async (_name, spawn) => {
  io.spawn = spawn;
  expect(await client("--timeout", "0.1", "start")).toBe(255);
  expect(io.stderr).toContain("Failed to start server\n");
  expect(io.stderr).not.toContain("gaoler");
});

test.each<[string, (io: FakeIo) => void, string, string]>([
  [
    "start",
    () => {},
    "gaoler: Failed to start server\n",
    "gaoler: why is in /var/log/test.log; gaoler -f start shows it here\n",
  ],
  ["reload", () => {}, "gaoler: no daemon answers at S; gaoler start starts it\n", ""],
  ["stop", () => {}, "gaoler: no daemon answers at S; gaoler start starts it\n", ""],
  ["--loud", () => {}, "gaoler: option --loud not recognized; gaoler --help says more\n", ""],
  ["--str2sec=x", () => {}, "gaoler: name 'x' is not defined; gaoler --help says more\n", ""],
  [
    "stop",
    (world) => (world.hasDirectory = false),
    "gaoler: Base configuration directory /etc/test does not exist\n",
    "",
  ],
])("gaoler %s says in its own words, on stderr alone, why it is not done", async (word, change, ...lines) => {
  io.program = "gaoler";
  io.spawn = () => Promise.resolve(255);
  change(io);
  expect(await client(word)).toBe(255);
  expect([io.stdout, io.stderr.replaceAll(io.socket, "S")]).toEqual(["", lines.join("")]);
});

test("gaoler tells a refusal once, and what it finds in the configuration as it is worded", async () => {
  await serve();
  io.program = "gaoler";
  io.configured = {
    stream: [],
    lines: [{ stream: "stderr", level: "WARNING", logger: "jailreader", text: "x" }],
    isUsable: true,
  };
  expect(await client("get", "nosuch", "bantime")).toBe(255);
  await client("-t");
  expect(io.stderr).toBe("gaoler: Sorry but the jail 'nosuch' does not exist\ngaoler: x\n");
});

test("restart stops, waits and starts", async () => {
  await serve();
  daemon.shutdown = () => {
    setTimeout(() => void server?.close(), 5);
    return Promise.resolve();
  };
  io.spawn = async () => {
    await serve();
    return new Promise(() => {});
  };
  expect(await client("restart")).toBe(0);
  expect(io.stdout).toBe("Shutdown successful\nServer ready\n");
});

test("-f runs the server program on this terminal", async () => {
  expect(await client("-f", "-c", "/x", "start")).toBe(0);
  expect(io.foreground[0]?.slice(0, 3)).toEqual(["-f", "-c", "/x"]);
});

test("-d and -t say what the reading says, and -d runs nothing", async () => {
  io.configured = { stream: [], lines: [{ stream: "stdout", text: "['start', 'alpha']" }], isUsable: true };
  expect(await client("-d", "start")).toBe(0);
  expect(await client("--dp")).toBe(0);
  expect(await client("-t")).toBe(0);
  expect(io.stdout).toBe("['start', 'alpha']\n".repeat(3));
  expect(io.readings.map(({ mode }) => mode)).toEqual(["dump", "pretty", "test"]);
  expect(io.spawned).toEqual([]);
});

test("-t of a bad configuration fails without running the command", async () => {
  io.configured = { stream: [], lines: [], isUsable: false };
  expect(await client("-t", "start")).toBe(255);
  expect(await client("-d")).toBe(255);
  expect(io.spawned).toEqual([]);
});

test("interactive mode runs commands until quit", async () => {
  await serve();
  io.input = ["ping", "", 'echo "a  b" c\\ d', 'echo "x', "reload", "status nosuch", "quit", "never"];
  expect(await client("-i", "version")).toBe(0);
  expect(io.stdout).toBe(
    [
      "1.1.0",
      "Fail2Ban v1.1.0 reads log file that contains password failure report",
      "and bans the corresponding IP addresses using firewall rules.",
      "",
      "fail2ban> Server replied: pong",
      "fail2ban> fail2ban> a  b c d",
      "fail2ban> fail2ban>   ## reload ... ",
      "OK",
      "fail2ban> Sorry but the jail 'nosuch' does not exist",
      "fail2ban> ",
    ].join("\n"),
  );
  expect(io.stderr).toContain("ERROR   No closing quotation\n");
});

test("interactive mode fails at the end of input", async () => {
  await serve();
  expect(await client("-i")).toBe(255);
  expect(io.stdout.endsWith("fail2ban> \n")).toBe(true);
  expect(io.stderr).toBe(logged("ERROR", "EOF when reading a line"));
});

test("a signal ends the client", async () => {
  io.signalled = Promise.resolve(15);
  io.ask = () => new Promise(() => {});
  expect(await client("-i")).toBe(255);
  expect(io.stderr).toBe(logged("WARNING", "Caught signal 15. Exiting"));
});

test.each([
  [["-q", "-q"], ["ERROR"]],
  [[], ["ERROR", "WARNING"]],
  [["-v"], ["ERROR", "WARNING", "NOTICE", "INFO"]],
  [["-vv"], ["ERROR", "WARNING", "NOTICE", "INFO", "DEBUG"]],
] as const)("with %j the client logs %j", async (options, levels) => {
  const all = ["ERROR", "WARNING", "NOTICE", "INFO", "DEBUG"] as const;
  io.configured = {
    stream: [],
    lines: all.map((level) => ({ stream: "stderr", level, logger: "jailreader", text: "x" })),
    isUsable: true,
  };
  await client(...options, "-t");
  expect(io.stderr.match(/(?<=\]: )\w+/g)).toEqual(levels);
});

test("the server program runs the daemon in the foreground with its stream", async () => {
  expect(await runCompatServer(["-xf", "start"], io)).toBe(0);
  expect(io.runs).toEqual([
    {
      socket: io.socket,
      pidfile: "/run/test.pid",
      loglevel: "INFO",
      logtarget: "/var/log/test.log",
      syslogsocket: "auto",
      version: "1.1.0",
      pname: undefined,
      force: true,
      isDaemon: false,
      verbosity: 1,
      complain: expect.any(Function),
      stream: io.configured.stream,
    },
  ]);
});

test.each([
  ["in the foreground", ["-f"], logged("ERROR", "Could not start")],
  ["in the background, where nobody is", ["--async", "-b"], ""],
])("why a server %s does not start is told on stderr", async (_, options, said) => {
  await runCompatServer([...options, "start"], io);
  io.runs[0]?.complain?.("Could not start");
  expect(io.stderr).toBe(said);
});

test("the server program that a client spawned reads no configuration", async () => {
  expect(await runCompatServer(["--async", "-b", "-s", io.socket], io)).toBe(0);
  expect(io.runs).toMatchObject([{ isDaemon: true, stream: undefined }]);
  expect(io.readings).toEqual([]);
});

test("the server program starts in the background without further options", async () => {
  io.spawn = async () => {
    await serve();
    return new Promise(() => {});
  };
  expect(await runCompatServer([], io)).toBe(0);
  expect(io.stdout).toBe("Server ready\n");
});

test("the server program with any other command is the client", async () => {
  await serve();
  expect(await runCompatServer(["ping"], io)).toBe(0);
  expect(io.stdout).toBe("Server replied: pong\n");
  expect(await runCompatServer(["-f"], io)).toBe(255);
  expect(io.stderr).toBe(logged("ERROR", "Server already running"));
});

test("the version that is configured is the one that every face shows", async () => {
  io.version = "1.0.2";
  io.input = ["help", "quit"];
  expect(await client("-V")).toBe(0);
  expect(await client("--version")).toBe(0);
  expect(await client("-i")).toBe(0);
  expect(await client("-h")).toBe(0);
  const versions = [...io.stdout.matchAll(/^(?:Fail2Ban v)?(\d\S+)/gm)].map(([text]) => text);
  expect(versions).toEqual(["1.0.2", ...Array<string>(4).fill("Fail2Ban v1.0.2")]);
  expect(await runCompatServer(["-f", "start"], io)).toBe(0);
  expect(await runCompatServer(["-s", "/other.sock", "-f", "start"], io)).toBe(0);
  expect(io.runs).toMatchObject([{ version: "1.0.2" }, { version: "1.1.0" }]);
});

test("without a configuration the usual version is shown", async () => {
  io.hasDirectory = false;
  expect(await client("-V")).toBe(0);
  expect([io.stdout, io.stderr]).toEqual(["1.1.0\n", ""]);
});
