/**
 * The journal: its export format in pieces of any size, entries as lines, and `journalctl` kept running.
 * @module
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { JournalExportParser, MAX_VALUE_BYTES } from "../../../src/backend/journal-export.ts";
import { type JournalLine, journalLine } from "../../../src/backend/journal-line.ts";
import { queryArguments } from "../../../src/backend/journal-reader.ts";
import { JournalSource, type JournalSourceOptions } from "../../../src/backend/journal-source.ts";
import type { LogStand } from "../../../src/backend/log-source.ts";
import { utc as zone } from "../date/fixed-zones.ts";
import { TEST_MS, until } from "./followed-log.ts";

const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

/** An entry in the export format; values with newlines are written as binary. */
function exported(fields: readonly (readonly [name: string, value: string | Uint8Array])[]): Buffer {
  const parts = fields.map(([name, value]) => {
    const bytes = Buffer.from(value);
    if (!bytes.includes(10)) return Buffer.concat([Buffer.from(`${name}=`), bytes, Buffer.from("\n")]);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(bytes.length));
    return Buffer.concat([Buffer.from(`${name}\n`), length, bytes, Buffer.from("\n")]);
  });
  return Buffer.concat([...parts, Buffer.from("\n")]);
}

function parsed(bytes: Uint8Array, cuts: readonly number[] = []): (readonly [string, string[]])[][] {
  const parser = new JournalExportParser(new Set(["MESSAGE", "A"]));
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort(
    (left, right) => left - right,
  );
  let from = 0;
  const entries = ends.flatMap((end) => {
    const piece = bytes.slice(from, end);
    from = end;
    return parser.push(piece);
  });
  return entries.map((fields) => [...fields].map(([name, values]) => [name, values.map(utf8)] as const));
}

test("entries come out field by field, unwanted fields do not", () => {
  const bytes = Buffer.concat([
    exported([
      ["MESSAGE", "one"],
      ["B", "x\ny"],
      ["MESSAGE", "two\n\nA=3"],
      ["A", "=="],
    ]),
    exported([["B", "x"]]),
    exported([["A", ""]]),
  ]);
  expect(parsed(bytes)).toEqual([
    [
      ["MESSAGE", ["one", "two\n\nA=3"]],
      ["A", ["=="]],
    ],
    [["A", [""]]],
  ]);
});

test("however the bytes are cut into pieces, the entries are the same", async () => {
  const value = fc.string({ maxLength: 20 }).map((text) => text.replaceAll("\ufffd", ""));
  await fc.assert(
    fc.property(
      fc.array(fc.array(fc.tuple(fc.constantFrom("MESSAGE", "A", "B"), value), { maxLength: 4 }), {
        maxLength: 4,
      }),
      fc.array(fc.nat()),
      (entries, cuts) => {
        const bytes = Buffer.concat(entries.map(exported));
        const values = (wanted: ReturnType<typeof parsed>) => wanted.flat().flatMap(([, texts]) => texts);
        expect(parsed(bytes, cuts)).toEqual(parsed(bytes));
        const kept = entries.flat().filter(([name]) => name !== "B");
        expect(values(parsed(bytes, cuts)).sort()).toEqual(kept.map(([, text]) => text).sort());
      },
    ),
    { numRuns: 200 },
  );
});

test("a value of any size is cut to the bound and the next field is whole", () => {
  for (const filling of ["x", "\n"]) {
    const bytes = exported([
      ["MESSAGE", filling.repeat(300_000)],
      ["A", "b"],
    ]);
    const [entry] = parsed(bytes, [1000, 100_000, 250_000]);
    expect(entry?.map(([name, [text]]) => [name, text?.length])).toEqual([
      ["MESSAGE", MAX_VALUE_BYTES],
      ["A", 1],
    ]);
  }
});

const time = ["__REALTIME_TIMESTAMP", "1700000000123456"] as const;
const lines = [
  [
    "a daemon's",
    [
      ["_HOSTNAME", "box"],
      ["SYSLOG_IDENTIFIER", "sshd"],
      ["_PID", "7"],
      ["MESSAGE", "hi"],
    ],
    "box sshd[7]: hi",
  ],
  [
    "the syslog PID first",
    [
      ["_COMM", "cron"],
      ["SYSLOG_PID", "8"],
      ["_PID", "7"],
      ["MESSAGE", "hi"],
    ],
    "cron[8]: hi",
  ],
  [
    "without a PID",
    [
      ["_HOSTNAME", "box"],
      ["_COMM", "cron"],
      ["MESSAGE", "hi"],
    ],
    "box cron: hi",
  ],
  [
    "the kernel's",
    [
      ["_HOSTNAME", "box"],
      ["SYSLOG_IDENTIFIER", "kernel"],
      ["_SOURCE_MONOTONIC_TIMESTAMP", "12345678"],
      ["MESSAGE", "hi"],
    ],
    "box kernel: [   12.345678] hi",
  ],
  [
    "more than one message",
    [
      ["MESSAGE", "a"],
      ["MESSAGE", "b\nc"],
    ],
    "a b\\nc",
  ],
] as const;
for (const [name, fields, text] of lines) {
  test(`a journal line: ${name}`, () => {
    const map = new Map<string, Uint8Array[]>();
    for (const [field, value] of [time, ...fields])
      map.set(field, [...(map.get(field) ?? []), Buffer.from(value)]);
    expect(journalLine(map, utf8, zone)).toMatchObject({
      text,
      at: 1_700_000_000.123456,
      atText: "2023-11-14T22:13:20.123456 ",
    });
  });
}

test("the sender's time counts, an entry without a time is none", () => {
  const fields = new Map([
    ["__REALTIME_TIMESTAMP", [Buffer.from("1700000009000000")]],
    ["_SOURCE_REALTIME_TIMESTAMP", [Buffer.from("1700000000000000")]],
  ]);
  expect(journalLine(fields, utf8, zone)).toMatchObject({
    at: 1_700_000_000,
    receivedAt: 1_700_000_009,
    atText: "2023-11-14T22:13:20 ",
  });
  expect(journalLine(new Map(), utf8, zone)).toBeUndefined();
});

test("backend arguments and matches become journalctl's", () => {
  const options = new Map([
    ["journalpath", "/a b"],
    ["journalflags", "6"],
    ["namespace", "x"],
  ]);
  expect(queryArguments({ options, matches: [["A=1", "+", "B=2"], [], ["C=3", "D=4"]] })).toEqual({
    where: ["--directory=/a b", "--namespace=x", "--system"],
    what: ["A=1", "+", "B=2", "+", "C=3", "D=4"],
  });
});

/** A journal source and what it gave. */
function journal(options: Partial<JournalSourceOptions>, slice = Infinity) {
  const given: (JournalLine & { readonly inOperation: boolean })[] = [];
  const texts: string[] = [];
  const source = new JournalSource({
    jail: "sshd",
    findtime: 600,
    options: new Map(),
    matches: [["A=1"]],
    clock: { now: () => 1_700_000_100 },
    zone,
    decode: utf8,
    resume: () => undefined,
    sink: {
      timed: ({ lines, inOperation }) => {
        const taken = lines.slice(0, slice);
        given.push(...taken.map((line) => ({ ...line, inOperation })));
        return taken.length;
      },
      turn: async () => void (await sleep(slice === Infinity ? 0 : 1)),
      idle: () => undefined,
      observe: (event) => event.type === "message" && texts.push(`${event.level} ${event.text}`),
    },
    ...options,
  });
  return {
    source,
    given,
    texts,
    messages: () => given.map(({ text, inOperation }) => `${text} ${inOperation}`),
  };
}

/** Runs with a directory of its own. */
async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "gaoler-journal-"));
  try {
    await run(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const entry = (second: number, message: string, more: readonly (readonly [string, string])[] = []): Buffer =>
  exported([
    ["__CURSOR", `c${second}`],
    ["__REALTIME_TIMESTAMP", `${1_700_000_000 + second}000000`],
    ...more,
    ["MESSAGE", message],
  ]);

test("journalctl is started again after its end and goes on after the last entry", async () => {
  await inDirectory(async (directory) => {
    const command = join(directory, "journalctl");
    writeFileSync(join(directory, "first"), Buffer.concat([entry(1, "one"), entry(2, "two")]));
    writeFileSync(join(directory, "last"), entry(2, "two"));
    writeFileSync(join(directory, "then"), Buffer.concat([entry(2, "two"), entry(3, "three")]));
    writeFileSync(
      command,
      `#!/bin/sh
echo "$*" >>${directory}/calls
read -r _ _ _ _ group _ </proc/$$/stat
echo "$$ $group" >>${directory}/groups
case "$*" in
*--lines=1*) cat ${directory}/last ;;
*--since*) cat ${directory}/first; echo "no more" >&2; exit 1 ;;
*) cat ${directory}/then; exec sleep 60 ;;
esac
`,
      { mode: 0o755 },
    );
    const { source, messages, texts } = journal({ command });
    await source.start();
    await until(() => messages().length >= 3);
    const positions = source.positions();
    await source.stop();
    expect(messages()).toEqual(["one false", "two false", "three true"]);
    expect(positions).toEqual([
      { path: "systemd-journal", hash: "2023-11-14T22:13:23 ", position: 1_700_000_003 },
      { path: "systemd-journal:cursor", hash: "c3", position: 1_700_000_003 },
    ]);
    expect(texts).toEqual([
      "INFO [sshd] Jail is in operation now (process new journal entries)",
      "ERROR Reading the journal ended: no more; it is started again in 1 s",
    ]);
    const calls = readFileSync(join(directory, "calls"), "utf8").split("\n");
    expect(calls[1]).toMatch(/ --since=@1699999500\.000000 --no-tail --follow -- A=1$/);
    expect(calls[2]).toMatch(/ --cursor=c2 --no-tail --follow -- A=1$/);
    // out of the reach of a terminal's Ctrl-C
    expect(readFileSync(join(directory, "groups"), "utf8")).toMatch(/^(?:(\d+) \1\n){3}$/);
  });
});

test("entries are brought at the pace at which they are taken; a stop in between leaves the place", async () => {
  await inDirectory(async (directory) => {
    const command = join(directory, "journalctl");
    const all = Array.from({ length: 400 }, (_, n) => entry(n + 1, `line ${n + 1}`));
    writeFileSync(join(directory, "all"), Buffer.concat(all));
    writeFileSync(join(directory, "last"), entry(400, "line 400"));
    const script = `#!/bin/sh
case "$*" in
*--lines=1*) cat ${directory}/last ;;
*) cat ${directory}/all; exec sleep 60 ;;
esac
`;
    writeFileSync(command, script, { mode: 0o755 });
    const { source, given } = journal({ command }, 1);
    await source.start();
    await until(() => given.length >= 20);
    await source.stop();
    const [stand] = source.positions();
    expect(given.length).toBeLessThan(400);
    expect(stand?.position).toBe(given.at(-1)?.receivedAt);
    const again = journal({ command, resume: () => stand }, 7);
    await again.source.start();
    await until(() => again.given.length + given.length >= 400);
    await again.source.stop();
    const texts = [...given, ...again.given].map(({ text }) => text);
    expect(texts).toEqual(Array.from({ length: 400 }, (_, n) => `line ${n + 1}`));
  });
});

test("a missing journalctl is told and tried again, not thrown", async () => {
  const { source, texts } = journal({ command: "/nonexistent/journalctl", matches: [] });
  await source.start();
  await until(() => texts.some((text) => text.startsWith("ERROR")));
  source.setIdle(true);
  source.setIdle(false);
  await source.stop();
  expect(texts[0]).toMatch(/^NOTICE \[sshd\] Jail started without 'journalmatch' set\./);
  expect(texts.at(-1)).toContain("ENOENT");
});

const WRITER = ["/usr/lib/systemd/systemd-journal-remote", "/lib/systemd/systemd-journal-remote"].find(
  (path) => existsSync(path),
);

/** A real journal in a directory; entries are written to a file of it by name. */
class RealJournal {
  readonly directory: string;
  #second = 0;

  constructor(directory: string) {
    this.directory = join(directory, "journal");
    mkdirSync(this.directory);
  }

  /** Writes entries of a unit, each a second after the one before, or all of them at once. */
  write(file: string, messages: readonly string[], { unit = "a", at = -1 } = {}): void {
    const entries = messages.map((message) => {
      this.#second += 1;
      const second = at >= 0 ? at : this.#second;
      return exported([
        ["__REALTIME_TIMESTAMP", `${1_700_000_000 + second}000001`],
        ["__MONOTONIC_TIMESTAMP", `${second}000000`],
        ["_BOOT_ID", "0".repeat(31).concat("1")],
        ["UNIT", unit],
        ["SYSLOG_IDENTIFIER", "sshd"],
        ["MESSAGE", message],
      ]);
    });
    const path = join(this.directory, "..", "new.export");
    writeFileSync(path, Buffer.concat(entries));
    execFileSync(WRITER ?? "", ["-o", join(this.directory, `${file}.journal`), path], { stdio: "ignore" });
  }

  /** A source that reads it, from where another one stopped. */
  follow(stands: readonly LogStand[] = [], options: Partial<JournalSourceOptions> = {}) {
    return journal({
      options: new Map([["journalpath", this.directory]]),
      matches: [["UNIT=a"], ["UNIT=c"]],
      resume: (path) => stands.find((stand) => stand.path === path),
      ...options,
    });
  }
}

function withJournal(name: string, run: (real: RealJournal) => Promise<void>): void {
  const scene = WRITER === undefined ? test.skip : test.concurrent;
  scene(
    WRITER === undefined ? `${name} (skipped: no systemd-journal-remote)` : name,
    () => inDirectory(async (directory) => await run(new RealJournal(directory))),
    TEST_MS,
  );
}

/** Messages without the sender's name. */
const said = (given: readonly JournalLine[]): string[] => given.map(({ text }) => text.replace("sshd: ", ""));

withJournal(
  "a real journal is read from the stored time, followed, and filtered by matches",
  async (real) => {
    real.write("x", ["old", "stored", "new\nline"]);
    real.write("x", ["other"], { unit: "b" });
    real.write("x", ["c"], { unit: "c" });
    const { source, given, messages } = real.follow([
      { path: "systemd-journal", hash: "", position: 1_700_000_002.000001 },
    ]);
    await source.start();
    await until(() => given.length >= 2);
    expect(messages()).toEqual(["sshd: new\\nline false", "sshd: c false"]);
    real.write("x", ["followed"]);
    await until(() => given.length >= 3);
    source.setIdle(true);
    real.write("x", ["while idle"], { unit: "c" });
    source.setIdle(false);
    await until(() => given.length >= 4);
    await source.stop();
    expect(messages().slice(2)).toEqual(["sshd: followed true", "sshd: while idle true"]);
  },
);

withJournal(
  "entries of the same moment are neither lost nor repeated by a restart between them",
  async (real) => {
    real.write("x", ["one", "two", "three", "four", "five"], { at: 7 });
    const texts: string[] = [];
    let stands: readonly LogStand[] = [];
    for (let start = 0; start < 3; start += 1) {
      const { source, given } = real.follow(stands, {});
      await source.start();
      await until(() => given.length >= (start === 0 ? 5 : 1));
      await source.stop();
      texts.push(...said(given));
      stands = source.positions();
      real.write("x", [`late ${start}`], { at: 7 });
    }
    expect(texts).toEqual(["one", "two", "three", "four", "five", "late 0", "late 1"]);
  },
);

withJournal("what fail2ban read of the same database meanwhile is not read again", async (real) => {
  real.write("x", ["one", "two", "three"]);
  const first = real.follow();
  await first.source.start();
  await until(() => first.given.length >= 3);
  await first.source.stop();
  real.write("x", ["theirs", "ours"]);
  // fail2ban stores the time and knows nothing of the cursor
  const stands = first.source
    .positions()
    .map((stand) =>
      stand.path === "systemd-journal" ? { ...stand, position: 1_700_000_004.000001 } : stand,
    );
  const again = real.follow(stands);
  await again.source.start();
  await until(() => again.given.length >= 1);
  await again.source.stop();
  expect(said(again.given)).toEqual(["ours"]);
});

withJournal(
  "a cursor whose entry is gone with the vacuum is told, and reading goes on by time",
  async (real) => {
    real.write("x", ["one", "two"]);
    const first = real.follow();
    await first.source.start();
    await until(() => first.given.length >= 2);
    await first.source.stop();
    rmSync(join(real.directory, "x.journal"));
    real.write("y", ["three", "four"]);
    for (const cursor of ["", "nonsense"]) {
      const stands = first.source
        .positions()
        .map((stand) =>
          cursor !== "" && stand.path.endsWith(":cursor") ? { ...stand, hash: cursor } : stand,
        );
      const again = real.follow(stands);
      await again.source.start();
      await until(() => again.given.length >= 2);
      await again.source.stop();
      expect(said(again.given)).toEqual(["three", "four"]);
      expect(again.texts.filter((text) => text.includes("no longer has"))).toEqual([
        "NOTICE [sshd] The journal no longer has the entry that was read last; reading goes on by its time",
      ]);
    }
  },
);

withJournal("a journal that is rotated while it is followed loses and repeats nothing", async (real) => {
  real.write("x", ["one"]);
  const { source, given } = real.follow();
  await source.start();
  await until(() => given.length >= 1);
  for (let round = 0; round < 3; round += 1) {
    real.write("x", [`before ${round}`]);
    renameSync(join(real.directory, "x.journal"), join(real.directory, `x@000${round}.journal`));
    real.write("x", [`after ${round}`]);
    await until(() => given.length >= 3 + 2 * round);
    // the vacuum takes what is old
    if (round > 0) rmSync(join(real.directory, `x@000${round - 1}.journal`));
  }
  await source.stop();
  const rounds = [0, 1, 2].flatMap((round) => [`before ${round}`, `after ${round}`]);
  expect(said(given)).toEqual(["one", ...rounds]);
});

withJournal("journalctl that is killed is started again and nothing is lost or repeated", async (real) => {
  const pids = join(real.directory, "..", "pids");
  const command = join(real.directory, "..", "journalctl");
  writeFileSync(command, `#!/bin/sh\necho $$ >>${pids}\nexec journalctl "$@"\n`, { mode: 0o755 });
  real.write("x", ["one", "two"], { at: 3 });
  const { source, given } = real.follow([], { command });
  await source.start();
  await until(() => given.length >= 2);
  for (const [round, message] of ["three", "four"].entries()) {
    const pid = Number(readFileSync(pids, "utf8").trim().split("\n").at(-1));
    process.kill(pid, "SIGKILL");
    real.write("x", [message], { at: 3 });
    await until(() => given.length >= 3 + round);
  }
  await source.stop();
  expect(said(given)).toEqual(["one", "two", "three", "four"]);
});

withJournal(
  "single files are read again and again, a glob finds new ones, and nothing is repeated",
  async (real) => {
    real.write("x", ["one", "two"]);
    const options = new Map([["journalfiles", join(real.directory, "*.journal")]]);
    const { source, given } = real.follow([], { options });
    await source.start();
    await until(() => given.length >= 2);
    real.write("y", ["three"]);
    await until(() => given.length >= 3);
    real.write("x", ["four"]);
    await until(() => given.length >= 4);
    await source.stop();
    expect(said(given)).toEqual(["one", "two", "three", "four"]);
  },
);
