/**
 * The socket under everything that encoders and attackers may write: pickles of all protocols made by Python, garbage, cut and lying
 * ones, bombs. Each message gets an answer or a closed door; nothing runs, nothing breaks, and the next client is served.
 * @module
 */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../src/control/commands.ts";
import { END_COMMAND, FrameReader } from "../../src/control/frames.ts";
import { MAX_REQUEST_BYTES } from "../../src/control/pickle-protocol.ts";
import { readPickle } from "../../src/control/pickle-read.ts";
import { SocketServer } from "../../src/control/socket-server.ts";
import { Tuple, tuple, type WireValue } from "../../src/control/wire-value.ts";
import { FakeDaemon, UTC_ZONE } from "../unit/control/fake-daemon.ts";

const PYTHON = "/usr/bin/python3";
const hasPython = existsSync(PYTHON);
const withPython = test.skipIf(!hasPython);
const skipped = hasPython ? "" : " (skipped: no python3)";

/** No message may keep the server longer. */
const PATIENCE_MS = 10_000;
const END = Buffer.from(END_COMMAND, "latin1");

let directory = "";
let path = "";
let server: SocketServer | undefined;
const said: string[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "gaoler-pickles-"));
  path = join(directory, "s");
  const daemon = new FakeDaemon();
  const observe = (event: unknown): void => {
    said.push(JSON.stringify(event));
  };
  server = new SocketServer({
    path,
    observe,
    answer: (request) => runCommand(request, { daemon, zone: UTC_ZONE, observe }),
  });
  await server.listen();
});
afterAll(async () => {
  await server?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** How the server took some bytes: its replies as they came, or the end of the connection. */
type Outcome = readonly (WireValue | "closed" | "silence")[];

/** Sends bytes on a connection of their own and waits for so many replies. */
function send(bytes: Uint8Array, count = 1): Promise<Outcome> {
  return new Promise((resolve) => {
    const frames = new FrameReader(MAX_REQUEST_BYTES);
    const replies: (WireValue | "closed" | "silence")[] = [];
    const socket = connect(path);
    const finish = (last?: "closed" | "silence"): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(last === undefined ? replies : [...replies, last]);
    };
    const timer = setTimeout(() => finish("silence"), PATIENCE_MS);
    socket.on("error", () => finish("closed"));
    socket.on("close", () => finish("closed"));
    socket.on("data", (chunk) => {
      for (const frame of frames.push(chunk)) replies.push(readPickle(frame, { exceptions: "inert" }));
      if (replies.length >= count) finish();
    });
    socket.write(bytes);
  });
}

const message = (pickle: Uint8Array): Buffer => Buffer.concat([pickle, END]);
const PING = Buffer.from("80025d71005804000000" + "70696e67" + "7101612e", "hex");
const PONG = tuple(0, "pong");

/** An answer or a closed door; and the next client is served. */
async function expectTaken(bytes: Uint8Array, name: string): Promise<void> {
  const [outcome] = await send(bytes);
  const isRefusal = typeof outcome === "string" && (outcome === "closed" || outcome.startsWith("ERROR: "));
  const kind = isRefusal || outcome instanceof Tuple ? "taken" : outcome;
  expect({ name, kind }).toEqual({ name, kind: "taken" });
  expect({ name, next: await send(message(PING)) }).toEqual({ name, next: [PONG] });
}

interface Corpus {
  /** what is asked, in every protocol */
  readonly plain: Readonly<Record<string, readonly string[]>>;
  readonly hostile: Readonly<Record<string, readonly string[]>>;
}

/** Written by Python at test time; `@BOMB@` is a file that a bomb would make. */
const WRITE = `
import json, os, pickle, struct, sys
sys.setrecursionlimit(20000)
bomb_file = sys.argv[1]
class Runs:
    def __reduce__(self): return (os.system, ('touch ' + bomb_file,))
class Evals:
    def __reduce__(self): return (eval, ("open(%r, 'w')" % bomb_file,))
class Built:
    pass
built = Built(); built.x = 1
def every(value):
    out = []
    for protocol in range(6):
        try: out.append(pickle.dumps(value, protocol).hex())
        except Exception: pass
    return out
def raw(*pieces): return [b''.join(pieces).hex()]
def text(t):
    b = t.encode(); return b'X' + struct.pack('<I', len(b)) + b
circle = []; circle.append(circle)
ring = {}; ring['ring'] = ring
knot = []; knot.append((knot,))
laughs = 'x' * 100
for _ in range(12): laughs = [laughs] * 10
wide = ['y' * 1000000]
deep = []
for _ in range(500): deep = [deep]
plain = {
  'ping': every(['ping']), 'tuple': every(('ping',)), 'set': every(['set', 'alpha', 'maxretry', 7]),
  'banned': every(['banned']), 'echo': every(['echo', 'ü€😀', 1.5, None, True, -2**40, ['a', ('b',)], {'k': 'v'}]),
}
hostile = {
  'a call of os.system': every([Runs()]), 'the call alone': every(Runs()), 'a call of eval': every(['echo', Evals()]),
  'an object with a state': every(['echo', built]), 'a function': every(['echo', os.system]),
  'a class': every(['echo', dict]), 'an exception': every(['echo', ValueError('x')]),
  'a bytearray': every(['echo', bytearray(b'x')]), 'a frozen set': every(['echo', frozenset('ab')]),
  'a complex number': every(['echo', 1j]), 'a range': every(['echo', range(3)]),
  'instances of old': raw(b"(S'touch " + bomb_file.encode() + b"'\\nios\\nsystem\\n."),
  'objects of old': raw(b'(cos\\nsystem\\n' + text('touch ' + bomb_file) + b'o.'),
  'a persistent name': raw(b'Pbomb\\n.') + raw(text('bomb') + b'Q.'),
  'extensions': raw(b'\\x82\\x01.') + raw(b'\\x83\\x01\\x00.') + raw(b'\\x84\\x01\\x00\\x00\\x00.'),
  'a list in itself': every(circle), 'a dictionary in itself': every(ring), 'a knot': every(knot),
  'a billion laughs': every(laughs), 'the same long text': every(['echo'] + wide * 2000), 'deep': every(deep),
  'tuples without end': raw(b')' + b'\\x85' * 200000 + b'.'), 'marks without end': raw(b'(' * 900000 + b't.'),
  'values without end': raw(b'(' + b'N' * 3000000 + b'l.'), 'copies without end': raw(b']' + b'2' * 3000000 + b'.'),
  'a memo that grows': raw(b']' + b'\\x94' * 3000000 + b'.'),
  'a text longer than the message': raw(b'X\\xff\\xff\\xff\\xffabc.') + raw(b'\\x8d' + b'\\xff' * 8 + b'abc.'),
  'bytes longer than the message': raw(b'B\\xff\\xff\\xff\\x7fabc.') + raw(b'\\x8e' + b'\\xff' * 7 + b'\\x7fabc.'),
  'a frame longer than the message': raw(b'\\x80\\x05\\x95' + b'\\xff' * 8 + b'].'),
  'a number longer than the message': raw(b'\\x8b\\xff\\xff\\xff\\x7f\\x00.') + raw(b'\\x8b\\xff\\xff\\xff\\xff\\x00.'),
  'a number of a million digits': every(['frob', 2 ** 3400000])[2:] + raw(b'L' + b'9' * 1000000 + b'L\\n.') + raw(b'I' + b'9' * 1000000 + b'\\n.'),
  'numbers that are none': raw(b'Ix\\n.') + raw(b'Fx\\n.') + raw(b'LxL\\n.') + raw(b'gx\\n.') + raw(b'p-1\\n.'),
  'texts that are none': raw(b"S'a\\n.") + raw(b"S'\\\\x4'\\n.") + raw(b'V\\\\ud800\\n.') + raw(b'X\\x01\\x00\\x00\\x00\\xff.'),
  'a protocol of the future': raw(b'\\x80\\x06].') + raw(b'\\x80\\xff].'),
  'unhashable keys': raw(b'}](Ks.') + raw(b'}]Ns.') + raw(b'}(]Nu.'),
  'nothing': raw(b'') + raw(b'.') + raw(b'(.') + raw(b'0.') + raw(b'2.') + raw(b'a.') + raw(b'u.'),
  'no pickle': raw(b'GET / HTTP/1.0\\r\\n\\r\\n') + raw(b'\\x00' * 64) + raw(b'\\xff' * 64) + raw(b'status'),
  'odd requests': every('ping') + every(5) + every(None) + every({}) + every([]) + every([[]]) + every([None]) + every([b'ping']) + every([['ping']]) + every({'ping'}),
}
json.dump({'plain': plain, 'hostile': hostile}, sys.stdout)
`;

function corpusOf(bomb: string): Corpus {
  const out = execFileSync(PYTHON, ["-c", WRITE, bomb], { encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
  return JSON.parse(out) as Corpus;
}

const bytesOf = (hex: string): Buffer => message(Buffer.from(hex, "hex"));

withPython(`requests of every protocol are answered, whoever wrote them${skipped}`, async () => {
  const { plain } = corpusOf(join(directory, "bomb"));
  for (const hex of [...(plain["ping"] ?? []), ...(plain["tuple"] ?? [])]) {
    expect(await send(bytesOf(hex))).toEqual([PONG]);
  }
  for (const hex of plain["set"] ?? []) expect(await send(bytesOf(hex))).toEqual([tuple(0, 7)]);
  const [first, ...others] = await Promise.all((plain["echo"] ?? []).map((hex) => send(bytesOf(hex))));
  expect(first?.[0]).toBeInstanceOf(Tuple);
  for (const other of others) expect(other).toEqual(first);
  expect(plain["ping"]).toHaveLength(6);
  // encoders of other languages (B§3.2): no header, LIST, texts of eight bits
  for (const text of [
    "(Vping\nl.",
    "]q\x00X\x04\x00\x00\x00pingq\x01a.",
    "](U\x04pinge.",
    "\x80\x02](U\x04pinge.",
  ]) {
    expect(await send(message(Buffer.from(text, "latin1")))).toEqual([PONG]);
  }
});

withPython(
  `whatever is sent gets an answer or a closed door, and runs nothing${skipped}`,
  async () => {
    const bomb = join(directory, "bomb");
    const { hostile } = corpusOf(bomb);
    for (const [name, pickles] of Object.entries(hostile)) {
      expect({ name, count: pickles.length }).not.toEqual({ name, count: 0 });
      for (const hex of pickles) await expectTaken(bytesOf(hex), name);
    }
    expect(existsSync(bomb)).toBe(false);
    expect(Object.keys(hostile).length).toBeGreaterThan(30);
  },
  300_000,
);

withPython(`a bomb is named in the log, by its class${skipped}`, async () => {
  const { hostile } = corpusOf(join(directory, "bomb"));
  said.length = 0;
  for (const hex of hostile["a call of os.system"] ?? []) {
    const [reply] = await send(bytesOf(hex));
    expect(reply).toMatch(/^ERROR: class posix\.system is refused$/);
  }
  expect(said.filter((line) => line.includes("PROTO-error: load message failed"))).toHaveLength(6);
});

withPython(
  `every beginning of a request gets an answer${skipped}`,
  async () => {
    const { plain } = corpusOf(join(directory, "bomb"));
    for (const hex of plain["set"] ?? []) {
      const whole = Buffer.from(hex, "hex");
      const cuts = Array.from({ length: whole.length }, (_, end) => whole.subarray(0, end));
      const replies = await Promise.all(cuts.map((cut) => send(message(cut))));
      for (const [reply] of replies) expect(reply).toMatch(/^ERROR: /);
    }
    expect(await send(message(PING))).toEqual([PONG]);
  },
  60_000,
);

test("more than a message may have closes the door, and only that one", async () => {
  const endless = Buffer.alloc(MAX_REQUEST_BYTES + 1024, 0x41);
  expect(await send(endless)).toEqual(["closed"]);
  expect(await send(message(PING))).toEqual([PONG]);
});

test("several requests on one connection are answered in order, in whatever pieces they come", async () => {
  const five = Buffer.concat([1, 2, 3, 4, 5].map(() => message(PING)));
  expect(await send(five, 5)).toEqual([PONG, PONG, PONG, PONG, PONG]);
  const [, second] = await send(Buffer.concat([message(Buffer.from("junk")), message(PING)]), 2);
  expect(second).toEqual(PONG);
});

test("an end marker inside a text cuts the message, and both halves are answered", async () => {
  const text = `echo${END_COMMAND}`;
  const pickle = Buffer.concat([
    Buffer.from(`](U${String.fromCharCode(text.length)}`, "latin1"),
    Buffer.from(`${text}e.`),
  ]);
  const replies = await send(message(pickle), 2);
  expect(replies).toHaveLength(2);
  for (const reply of replies) expect(reply).toMatch(/^ERROR: /);
});

test("clients that go away without a word leave nothing behind", async () => {
  await Promise.all(
    Array.from({ length: 50 }, async (_, at) => {
      const socket = connect(path);
      await new Promise((resolve) => socket.once("connect", resolve));
      socket.on("error", () => undefined);
      socket.write(at % 2 === 0 ? PING : message(PING));
      if (at % 3 === 0) socket.end();
      else socket.destroy();
    }),
  );
  expect(await send(message(PING))).toEqual([PONG]);
});

/** A client as third parties write them: one connection kept, many commands, any protocol, no goodbye. */
const CLIENT = `
import json, pickle, socket, sys
END = b'<F2B_END_COMMAND>'
def ask(s, words, protocol):
    s.sendall(pickle.dumps(words, protocol) + END)
    data = b''
    while not data.endswith(END): data += s.recv(4096)
    return pickle.loads(data[:-len(END)])
out = []
for protocol in range(6):
    s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
    out.append([ask(s, words, protocol) for words in
        (['ping', '100'], ['status'], ['get', 'alpha', 'bantime'], ['banned'], ['version'], ['get', 'alpha', 'banip', '--with-time'])])
    s.close()
json.dump(out, sys.stdout)
`;

withPython(`Python reads every reply, whichever protocol it asked in${skipped}`, async () => {
  const { stdout } = await promisify(execFile)(PYTHON, ["-c", CLIENT, path]);
  const replies = JSON.parse(stdout) as unknown[];
  expect(replies).toHaveLength(6);
  for (const reply of replies) {
    expect(reply).toEqual([
      [0, "pong"],
      [
        0,
        [
          ["Number of jail", 2],
          ["Jail list", "alpha, beta"],
        ],
      ],
      [0, 600],
      [0, [{ beta: [] }, { alpha: ["192.0.2.2", "2001:db8::1"] }]],
      [0, "1.1.0"],
      [0, [expect.stringContaining("192.0.2.2 \t"), expect.stringContaining("2001:db8::1 \t")]],
    ]);
  }
});
