import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { GaolerEvent } from "../../../src/base/event.ts";
import { ControlConnection } from "../../../src/control/client.ts";
import { runCommand } from "../../../src/control/commands.ts";
import { ControlTimeoutError } from "../../../src/control/exchange.ts";
import { JsonConnection } from "../../../src/control/json-client.ts";
import { MAX_LINE_BYTES, MAX_REQUESTS } from "../../../src/control/json-protocol.ts";
import type { Answer } from "../../../src/control/protocol.ts";
import { SocketServer } from "../../../src/control/socket-server.ts";
import { tuple } from "../../../src/control/wire-value.ts";
import { FakeDaemon, UTC_ZONE } from "./fake-daemon.ts";

let directory = "";
let path = "";
let events: GaolerEvent[] = [];
let server: SocketServer | undefined;
const daemon = new FakeDaemon();

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gaoler-json-"));
  path = join(directory, "s.sock");
  events = [];
});
afterEach(async () => {
  vi.useRealTimers();
  await server?.close();
  server = undefined;
  rmSync(directory, { recursive: true, force: true });
});

const observe = (event: GaolerEvent): void => {
  events.push(event);
};

async function serve(
  answer: Answer = (request) => runCommand(request, { daemon, zone: UTC_ZONE, observe: () => {} }),
): Promise<void> {
  server = new SocketServer({ path, answer, observe });
  await server.listen();
}

/** Sends on a raw connection and gives the lines that come back until the peer closes. */
async function exchange(send: (socket: Socket) => void): Promise<unknown[]> {
  const socket = connect(path);
  let text = "";
  await new Promise<void>((resolve) => {
    socket.on("connect", () => send(socket));
    socket.on("data", (chunk) => {
      text += chunk.toString("utf8");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve());
  });
  expect(text === "" || text.endsWith("\n")).toBe(true);
  return text
    .split("\n")
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line));
}

const closed = (message: string) => ({ ok: false, error: { kind: "Closed", message } });

test("lines are answered in order, good ones and bad ones", async () => {
  await serve();
  const lines = [
    '["ping"]',
    '{"id":7,"command":["get","alpha","bantime"]}',
    "nonsense",
    "",
    '["status","no"]\r',
  ];
  expect(await exchange((socket) => socket.end(`${lines.join("\n")}\n["unfinished"]`))).toEqual([
    { ok: true, value: "pong" },
    { ok: true, value: 600, id: 7 },
    { ok: false, error: { kind: "BadRequest", message: "the line is no JSON" } },
    { ok: false, error: { kind: "BadRequest", message: "the line is no JSON" } },
    {
      ok: false,
      error: { kind: "UnknownJailException", message: "Sorry but the jail 'no' does not exist" },
    },
  ]);
});

test("a request may come byte by byte", async () => {
  await serve();
  const replies = await exchange((socket) => {
    const bytes = [...Buffer.from('{"command":["echo","ä"]}\n')];
    const next = (): void => {
      const byte = bytes.shift();
      if (byte === undefined) socket.end();
      else socket.write(Buffer.from([byte]), () => setImmediate(next));
    };
    next();
  });
  expect(replies).toEqual([{ ok: true, value: ["ä"] }]);
});

test("both languages are spoken at the same socket at the same time", async () => {
  await serve();
  const [json, pickle] = [await JsonConnection.open(path), await ControlConnection.open(path)];
  const [one, other] = await Promise.all([json.ask(["version"]), pickle.send(["version"])]);
  expect([one, other]).toEqual([
    { ok: true, value: "1.1.0" },
    { ok: true, value: "1.1.0" },
  ]);
  expect(await json.ask(["status", "no"])).toEqual({
    ok: false,
    kind: "UnknownJailException",
    message: "Sorry but the jail 'no' does not exist",
  });
  json.close();
  pickle.close();
});

test("a line without end is answered with a closed door", async () => {
  await serve();
  const line = Buffer.alloc(MAX_LINE_BYTES + 100, "[");
  expect(await exchange((socket) => socket.write(line))).toEqual([
    closed(`message of more than ${MAX_LINE_BYTES} bytes`),
  ]);
  expect(events).toMatchObject([{ level: "ERROR", logger: "asyncserver" }]);
});

test("more requests than a connection may have end it", async () => {
  await serve();
  const replies = await exchange((socket) => socket.write('["ping"]\n'.repeat(MAX_REQUESTS + 5)));
  expect(replies).toHaveLength(MAX_REQUESTS + 1);
  expect(replies.at(-1)).toEqual(closed(`more than ${MAX_REQUESTS} requests`));
});

test("a peer that trickles or says nothing more is left, one that waits for a slow command is not", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  let release = (): void => {};
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  await serve(async (request) => {
    if (Array.isArray(request) && request[0] === "slow") await slow;
    return tuple(0, null);
  });
  const waiting = exchange((socket) => socket.end('["slow"]\n'));
  const idle = exchange((socket) =>
    socket.write('["ping"]\n[', () => setImmediate(() => socket.write('"p'))),
  );
  await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0), { interval: 5 });
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await idle).toEqual([{ ok: true, value: null }, closed("no request for 60 seconds")]);
  release();
  expect(await waiting).toEqual([{ ok: true, value: null }]);
});

test("a peer that takes no replies is left", async () => {
  await serve(() => Promise.resolve(tuple(0, "x".repeat(8_000_000))));
  const socket = connect(path);
  socket.on("error", () => {});
  socket.pause();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await new Promise<void>((resolve) => socket.write('["ping"]\n', () => resolve()));
  while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  await vi.advanceTimersByTimeAsync(60_000);
  socket.resume();
  await ended;
});

test("whatever comes, each line gets one reply that is JSON, and the server goes on", async () => {
  await serve();
  const line = fc.oneof(
    fc.json(),
    fc.string({ unit: "binary", maxLength: 40 }),
    fc
      .array(fc.constantFrom("[", "]", "{", "}", '"', ",", "command", ":", "1e999"), { maxLength: 30 })
      .map((parts) => parts.join("")),
    fc
      .array(fc.constantFrom("ping", "get", "set", "alpha", "banip", "unban", "--all", "bantime", "", "\0"), {
        maxLength: 5,
      })
      .map((words) => JSON.stringify({ command: words })),
  );
  const oneLine = line.map((text) => text.replaceAll("\n", " "));
  await fc.assert(
    fc.asyncProperty(fc.array(oneLine, { minLength: 1, maxLength: 20 }), async (lines) => {
      const sent = ['["ping"]', ...lines].join("\n");
      const replies = await exchange((socket) => socket.end(`${sent}\n`));
      expect(replies).toHaveLength(lines.length + 1);
      for (const reply of replies) expect(reply).toHaveProperty("ok");
    }),
    { numRuns: 60 },
  );
});

test("a reply that cannot be written is told as such", async () => {
  await serve(() => Promise.reject(new Error("no")));
  expect(await exchange((socket) => socket.end('{"command":[],"id":1}\n'))).toEqual([
    { ok: false, error: { kind: "ReplyFailed", message: "no" }, id: 1 },
  ]);
});

test("the client names what is no reply, and gives up at its deadline", async () => {
  const answers = ["nonsense\n", "{}\n", ""];
  const strange = createServer((socket) => socket.once("data", () => socket.write(answers.shift() ?? "")));
  await new Promise<void>((resolve) => strange.listen(path, resolve));
  for (const wanted of ["the server's answer is no reply", "the server's answer is no reply", "timed out"]) {
    const connection = await JsonConnection.open(path);
    await expect(connection.ask(["ping"], 100)).rejects.toThrow(wanted);
    connection.close();
  }
  expect(new ControlTimeoutError().message).toBe("timed out");
  await new Promise((resolve) => strange.close(resolve));
});
