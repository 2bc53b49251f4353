import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { GaolerEvent } from "../../../src/base/event.ts";
import { ControlConnection } from "../../../src/control/client.ts";
import { ControlTimeoutError } from "../../../src/control/exchange.ts";
import { CLOSE_COMMAND, END_COMMAND, FrameReader, frameOf } from "../../../src/control/frames.ts";
import { MAX_REQUEST_BYTES } from "../../../src/control/pickle-protocol.ts";
import { readPickle } from "../../../src/control/pickle-read.ts";
import { writePickle } from "../../../src/control/pickle-write.ts";
import { SocketServer } from "../../../src/control/socket-server.ts";
import { itemsOf, tuple, type WireValue } from "../../../src/control/wire-value.ts";

let directory = "";
let path = "";
let events: GaolerEvent[] = [];
/** commands that wait */
let waiting = 0;
const servers: SocketServer[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gaoler-socket-"));
  path = join(directory, "run", "s.sock");
  events = [];
  waiting = 0;
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(servers.splice(0).map((server) => server.close()));
  rmSync(directory, { recursive: true, force: true });
});

/** Answers with the words; `wait` waits until told. */
function serve(at = path, waits: Promise<void> = Promise.resolve()): SocketServer {
  const answer = async (request: WireValue): Promise<WireValue> => {
    if (itemsOf(request)?.[0] === "wait") {
      waiting++;
      await waits;
    }
    return tuple(0, request);
  };
  const server = new SocketServer({ path: at, answer, observe: (event) => events.push(event) });
  servers.push(server);
  return server;
}

/** Waits until a command has come that waits itself. */
const untilItWaits = (): Promise<void> =>
  vi.waitFor(() => expect(waiting).toBe(1), { interval: 5, timeout: 20_000 });

const request = (...words: string[]): Buffer => frameOf(writePickle(words));

/** Sends bytes on a raw connection and gives what comes back until the peer closes. */
async function exchange(send: (socket: Socket) => void): Promise<WireValue[]> {
  const socket = connect(path);
  const frames = new FrameReader(1 << 20);
  const replies: WireValue[] = [];
  await new Promise<void>((resolve) => {
    socket.on("connect", () => send(socket));
    socket.on("data", (chunk) => {
      replies.push(...frames.push(chunk).map((bytes) => readPickle(bytes)));
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve());
  });
  return replies;
}

test("the socket and its directory are for the owner alone, and go away at close", async () => {
  const server = serve();
  await server.listen();
  expect(lstatSync(path).mode & 0o777).toBe(0o700);
  expect(lstatSync(join(directory, "run")).mode & 0o777).toBe(0o700);
  await server.close();
  expect(existsSync(path)).toBe(false);
});

test("requests that come in one piece are answered in order", async () => {
  await serve().listen();
  const replies = await exchange((socket) =>
    socket.end(Buffer.concat([request("wait", "a"), request("b"), request("c")])),
  );
  expect(replies).toEqual([tuple(0, ["wait", "a"]), tuple(0, ["b"]), tuple(0, ["c"])]);
});

test("a request that comes byte by byte is answered", async () => {
  await serve().listen();
  const replies = await exchange((socket) => {
    socket.setNoDelay(true);
    for (const byte of request("slow")) socket.write(Buffer.from([byte]));
    socket.end();
  });
  expect(replies).toEqual([tuple(0, ["slow"])]);
});

test("CLOSE ends the connection without a reply, whatever follows", async () => {
  await serve().listen();
  const close = frameOf(Buffer.from(CLOSE_COMMAND));
  const replies = await exchange((socket) =>
    socket.write(Buffer.concat([request("a"), close, request("b")])),
  );
  expect(replies).toEqual([tuple(0, ["a"])]);
});

test("a slow command does not delay another connection", async () => {
  let release = (): void => {};
  const waits = new Promise<void>((resolve) => {
    release = resolve;
  });
  await serve(path, waits).listen();
  const slow = await ControlConnection.open(path);
  const reply = slow.send(["wait"]);
  const fast = await ControlConnection.open(path);
  expect(await fast.send(["ping"])).toEqual({ ok: true, value: ["ping"] });
  release();
  expect(await reply).toEqual({ ok: true, value: ["wait"] });
  slow.close();
  fast.close();
});

test("garbage is answered with a bare text, and the connection goes on", async () => {
  await serve().listen();
  const replies = await exchange((socket) =>
    socket.end(Buffer.concat([Buffer.from(`he${END_COMMAND}cos\nsystem\n.${END_COMMAND}`), request("a")])),
  );
  expect(replies).toEqual([
    "ERROR: Memo value not found at index 101",
    "ERROR: class os.system is refused",
    tuple(0, ["a"]),
  ]);
  expect(events).toMatchObject([
    { level: "ERROR", text: "PROTO-error: load message failed: Memo value not found at index 101" },
    { level: "ERROR" },
  ]);
});

test("a message without end is cut off, and the server goes on", async () => {
  await serve().listen();
  await exchange((socket) => socket.write(Buffer.alloc(MAX_REQUEST_BYTES + 100, "x")));
  expect(events).toMatchObject([{ level: "ERROR" }]);
  const connection = await ControlConnection.open(path);
  expect(await connection.send(["ping"])).toEqual({ ok: true, value: ["ping"] });
  connection.close();
});

test("a peer that leaves in the middle of its reply is no news", async () => {
  await serve().listen();
  await exchange((socket) => {
    socket.write(request("a".repeat(1_000_000)));
    socket.once("data", () => socket.destroy());
  });
  expect(events).toEqual([]);
});

test("close lets the reply under way go out", async () => {
  let release = (): void => {};
  const waits = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = serve(path, waits);
  await server.listen();
  const connection = await ControlConnection.open(path);
  const reply = connection.send(["wait"]);
  await untilItWaits();
  const closed = server.close();
  release();
  expect(await reply).toEqual({ ok: true, value: ["wait"] });
  await closed;
});

test("close does not wait for a peer that has its reply, nor for one that asks nothing", async () => {
  let release = (): void => {};
  const waits = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = serve(path, waits);
  await server.listen();
  const idle = await ControlConnection.open(path);
  const asking = await ControlConnection.open(path);
  const reply = asking.send(["wait"]).finally(() => asking.close());
  await untilItWaits();
  // its grace never ends
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const closed = server.close();
  release();
  await Promise.all([reply, closed]);
  expect(vi.getTimerCount()).toBe(0);
  idle.close();
});

test("close leaves alone the socket that a successor makes meanwhile", async () => {
  let release = (): void => {};
  const waits = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = serve(path, waits);
  await server.listen();
  const connection = await ControlConnection.open(path);
  const reply = connection.send(["wait"]);
  await untilItWaits();
  const closed = server.close();
  await serve().listen();
  release();
  await Promise.all([reply, closed]);
  const next = await ControlConnection.open(path);
  expect(await next.send(["ping"])).toMatchObject({ ok: true });
  next.close();
});

test("a socket that nobody listens at is replaced, with a warning", async () => {
  mkdirSync(join(directory, "run"), { mode: 0o700 });
  const aside = join(directory, "aside");
  const dead = createServer();
  await new Promise<void>((resolve) => dead.listen(path, resolve));
  // Node removes its file at close; a crash does not.
  renameSync(path, aside);
  await new Promise((resolve) => dead.close(resolve));
  renameSync(aside, path);
  await serve().listen();
  expect(events).toMatchObject([{ level: "WARNING" }]);
});

test("a socket that somebody listens at is left alone", async () => {
  await serve().listen();
  await expect(serve().listen()).rejects.toThrow("Fail2ban seems to be already running");
  const connection = await ControlConnection.open(path);
  expect(await connection.send(["ping"])).toMatchObject({ ok: true });
  connection.close();
});

test("a file that is no socket is left alone", async () => {
  mkdirSync(join(directory, "run"), { mode: 0o700 });
  writeFileSync(path, "precious");
  await expect(serve().listen()).rejects.toThrow("is no socket");
  expect(existsSync(path)).toBe(true);
});

test.each([
  ["the group", 0o770],
  ["everybody", 0o707],
])("a directory that %s can write to is refused", async (_who, mode) => {
  mkdirSync(join(directory, "run"));
  chmodSync(join(directory, "run"), mode);
  await expect(serve().listen()).rejects.toThrow("can be written by others");
});

test("the client gives up at its deadline", async () => {
  let release = (): void => {};
  const waits = new Promise<void>((resolve) => {
    release = resolve;
  });
  await serve(path, waits).listen();
  const connection = await ControlConnection.open(path);
  await expect(connection.send(["wait"], 50)).rejects.toThrow(ControlTimeoutError);
  release();
});

test("the client names the system's reason for no connection", async () => {
  await expect(ControlConnection.open(path)).rejects.toMatchObject({ code: "ENOENT" });
});
