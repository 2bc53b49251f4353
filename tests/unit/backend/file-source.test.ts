/**
 * What a log file lives through, and that no line of it is lost or read twice: for both ways of watching.
 * @module
 */
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  watch,
  writeFileSync,
  writeSync,
} from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import type { OpenFile } from "../../../src/backend/open-log.ts";
import { FollowedLog, TEST_MS, until } from "./followed-log.ts";

/** A test with a directory of its own, beside others. */
function scene(name: string, run: (log: FollowedLog) => Promise<void>): void {
  test.concurrent(name, () => inOwnDirectory(run), TEST_MS);
}

/** A test that gives the machine much to do: not beside others. */
function aloneScene(name: string, run: (log: FollowedLog) => Promise<void>): void {
  test(name, () => inOwnDirectory(run), TEST_MS);
}

async function inOwnDirectory(run: (log: FollowedLog) => Promise<void>): Promise<void> {
  const log = new FollowedLog();
  try {
    await run(log);
  } finally {
    await log.end();
  }
}

for (const mode of ["polling", "pyinotify"] as const) {
  scene(`${mode} reads what is there and what is appended`, async (log) => {
    writeFileSync(log.path, "one\ntwo\n");
    await log.follow({ mode });
    await log.untilLines(2);
    appendFileSync(log.path, "three\n");
    expect(await log.untilLines(3)).toEqual(["one", "two", "three"]);
  });

  scene(`${mode} delivers a half line once it is complete`, async (log) => {
    writeFileSync(log.path, "one\nha");
    await log.follow({ mode });
    await log.untilLines(1);
    appendFileSync(log.path, "lf");
    await sleep(50);
    expect(log.lines()).toEqual(["one"]);
    appendFileSync(log.path, "\nend\n");
    expect(await log.untilLines(3)).toEqual(["one", "half", "end"]);
  });

  scene(`${mode} reads the rest of a renamed file before the new one`, async (log) => {
    writeFileSync(log.path, "one\n");
    await log.follow({ mode });
    await log.untilLines(1);
    appendFileSync(log.path, "two\n");
    renameSync(log.path, `${log.path}.1`);
    writeFileSync(log.path, "three\n");
    expect(await log.untilLines(3)).toEqual(["one", "two", "three"]);
    expect(log.texts().join("\n")).toMatch(
      /^Log rotation detected for .*app\.log, reason: \(6, 8, \d+, \d+, '/m,
    );
  });

  scene(`${mode} reads what a writer still adds to the renamed file`, async (log) => {
    writeFileSync(log.path, "one\n");
    const writer = openSync(log.path, "a");
    await log.follow({ mode });
    renameSync(log.path, `${log.path}.1`);
    writeFileSync(log.path, "new\n");
    await log.untilLines(2);
    writeSync(writer, "late\n");
    closeSync(writer);
    expect(await log.untilLines(3)).toEqual(["one", "new", "late"]);
    expect(log.chunks.at(-1)?.position).toBe(4);
    expect(log.chunks.at(-1)?.firstLineHash).toBe(log.chunks.at(-2)?.firstLineHash);
  });

  scene(`${mode} begins again after a truncation`, async (log) => {
    writeFileSync(log.path, "one\ntwo\n");
    await log.follow({ mode });
    await log.untilLines(2);
    truncateSync(log.path, 0);
    await log.untilText("Log rotation detected");
    appendFileSync(log.path, "three\n");
    expect(await log.untilLines(3)).toEqual(["one", "two", "three"]);
  });

  scene(
    `${mode} notices a file that was truncated and grew beyond the old position in between`,
    async (log) => {
      writeFileSync(log.path, "one\ntwo\n");
      await log.follow({ mode });
      await log.untilLines(2);
      writeFileSync(log.path, "three\nfour\nfive\n");
      expect(await log.untilLines(5)).toEqual(["one", "two", "three", "four", "five"]);
    },
  );

  scene(`${mode} notices the same size with other content`, async (log) => {
    writeFileSync(log.path, "header\none\n");
    await log.follow({ mode });
    await log.untilLines(2);
    writeFileSync(log.path, "header\ntwo\n");
    expect(await log.untilLines(4)).toEqual(["header", "one", "header", "two"]);
  });

  scene(`${mode} finds in the copy what was written just before a copytruncate`, async (log) => {
    writeFileSync(log.path, "one\n");
    await log.follow({ mode });
    await log.untilLines(1);
    appendFileSync(log.path, "two\n");
    copyFileSync(log.path, `${log.path}.1`);
    truncateSync(log.path, 0);
    appendFileSync(log.path, "three\n");
    expect(await log.untilLines(3)).toEqual(["one", "two", "three"]);
  });

  scene(`${mode} waits for a missing file`, async (log) => {
    await log.follow({ mode });
    await log.untilText("does not exist yet");
    writeFileSync(log.path, "one\n");
    expect(await log.untilLines(1)).toEqual(["one"]);
    expect(log.texts().at(-1)).toMatch(/^Added logfile: '.*app\.log' \(pos = 0, hash = [0-9a-f]{40}\)$/);
  });

  scene(`${mode} waits for a missing directory`, async (log) => {
    const path = join(log.directory, "a", "b", "app.log");
    await log.follow({ mode, patterns: [{ pattern: path, tail: false }] });
    mkdirSync(join(log.directory, "a", "b"), { recursive: true });
    writeFileSync(path, "one\n");
    expect(await log.untilLines(1)).toEqual(["one"]);
    rmSync(join(log.directory, "a"), { recursive: true });
    await log.untilText("Log absence detected");
    mkdirSync(join(log.directory, "a", "b"), { recursive: true });
    writeFileSync(path, "two\n");
    expect(await log.untilLines(2)).toEqual(["one", "two"]);
  });

  scene(`${mode} reads from the beginning what was deleted and made again`, async (log) => {
    writeFileSync(log.path, "one\n");
    await log.follow({ mode });
    await log.untilLines(1);
    appendFileSync(log.path, "two\n");
    unlinkSync(log.path);
    await log.untilText("Log absence detected (possibly rotation)");
    writeFileSync(log.path, "one\n");
    expect(await log.untilLines(3)).toEqual(["one", "two", "one"]);
  });

  scene(`${mode} picks up new files of a glob without a reload`, async (log) => {
    writeFileSync(join(log.directory, "a.log"), "a\n");
    const source = await log.follow({
      mode,
      patterns: [{ pattern: join(log.directory, "*.log"), tail: true }],
    });
    writeFileSync(join(log.directory, "b.log"), "b\n");
    writeFileSync(join(log.directory, "c.txt"), "c\n");
    expect(await log.untilLines(1)).toEqual(["b"]);
    expect(source.paths()).toEqual([join(log.directory, "a.log"), join(log.directory, "b.log")]);
  });

  scene(`${mode} follows a link to its new target and to changes of the target`, async (log) => {
    const first = join(log.directory, "first");
    const second = join(log.directory, "second");
    writeFileSync(first, "one\n");
    writeFileSync(second, "three\n");
    symlinkSync(first, log.path);
    await log.follow({ mode });
    await log.untilLines(1);
    appendFileSync(first, "two\n");
    symlinkSync(second, `${log.path}.new`);
    renameSync(`${log.path}.new`, log.path);
    expect(await log.untilLines(3)).toEqual(["one", "two", "three"]);
    appendFileSync(second, "four\n");
    await log.untilLines(4);
    symlinkSync(first, `${log.path}.new`);
    renameSync(`${log.path}.new`, log.path);
    appendFileSync(first, "five\n");
    expect(await log.untilLines(5)).toEqual(["one", "two", "three", "four", "five"]);
  });

  scene(`${mode} refuses a directory with a message and reads the file that takes its place`, async (log) => {
    mkdirSync(log.path);
    await log.follow({ mode });
    await log.untilText("it is a directory");
    rmSync(log.path, { recursive: true });
    writeFileSync(log.path, "one\n");
    expect(await log.untilLines(1)).toEqual(["one"]);
  });
}

// not beside others: it changes the user of the whole process
test("a permission problem is told once and goes away", () =>
  inOwnDirectory(async (log) => {
    const isRoot = process.geteuid?.() === 0;
    writeFileSync(log.path, "one\n");
    chmodSync(log.path, 0o000);
    chmodSync(log.directory, 0o755);
    if (isRoot) process.seteuid?.(65534);
    try {
      await log.follow({ mode: "polling" });
      await sleep(700);
      expect(log.texts().filter((text) => text.includes("EACCES"))).toHaveLength(1);
      expect(log.lines()).toEqual([]);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
    chmodSync(log.path, 0o644);
    expect(await log.untilLines(1)).toEqual(["one"]);
    await log.untilText("Log presence detected for file");
  }));

scene("with tail what is there is not read, a half line at the end is", async (log) => {
  writeFileSync(log.path, "old\nha");
  await log.follow({ mode: "pyinotify", patterns: [{ pattern: log.path, tail: true }] });
  appendFileSync(log.path, "lf\n");
  expect(await log.untilLines(1)).toEqual(["half"]);
  expect(log.chunks[0]?.inOperation).toBe(true);
});

scene("chunks carry the position after them and the SHA-1 of the first line", async (log) => {
  writeFileSync(log.path, "one\ntwo\nthr");
  await log.follow({ mode: "pyinotify" });
  await log.untilLines(2);
  expect(log.chunks[0]).toMatchObject({
    position: 8,
    // printf 'one\n' | sha1sum
    firstLineHash: "c7059bb19433cc3cabaa6236c83d56668a843dd2",
    inOperation: false,
  });
  await until(() => log.idles > 0);
  appendFileSync(log.path, "ee\n");
  await log.untilLines(3);
  expect(log.chunks.at(-1)).toMatchObject({ position: 14, inOperation: true });
});

scene("a stored position with the file's hash is taken up, another hash is not", async (log) => {
  writeFileSync(log.path, "one\ntwo\n");
  const source = await log.follow({ mode: "pyinotify" });
  await log.untilLines(2);
  const [stored] = source.positions();
  await source.stop();
  log.chunks.length = 0;
  appendFileSync(log.path, "three\n");
  await log.follow({ mode: "pyinotify", resume: () => stored });
  expect(await log.untilLines(1)).toEqual(["three"]);
  await log.source?.stop();
  log.chunks.length = 0;
  await log.follow({ mode: "pyinotify", resume: () => ({ hash: "0".repeat(40), position: 8 }) });
  expect(await log.untilLines(3)).toEqual(["one", "two", "three"]);
});

scene("what was written before a rotation while nobody watched is read first", async (log) => {
  writeFileSync(log.path, "one\ntwo\n");
  const source = await log.follow({ mode: "pyinotify" });
  await log.untilLines(2);
  const [stored] = source.positions();
  await source.stop();
  log.chunks.length = 0;
  appendFileSync(log.path, "three\n");
  renameSync(log.path, `${log.path}.1`);
  writeFileSync(log.path, "four\n");
  await log.follow({ mode: "pyinotify", resume: () => stored });
  expect(await log.untilLines(2)).toEqual(["three", "four"]);
});

scene("a line that is too long is cut, said once, and the next one is whole", async (log) => {
  const long = "x".repeat(70_000);
  writeFileSync(log.path, `one\n${long}\ntwo\n${"y".repeat(300_000)}`);
  await log.follow({ mode: "pyinotify" });
  await log.untilLines(3);
  appendFileSync(log.path, "\nend\n");
  const lines = await log.untilLines(5);
  expect(lines.map((line) => line.length)).toEqual([3, 65_535, 3, 65_535, 3]);
  expect(lines[4]).toBe("end");
  expect(log.texts().filter((text) => text.includes("are cut"))).toHaveLength(1);
  expect(log.chunks.at(-1)?.position).toBe(4 + 70_001 + 4 + 300_001 + 4);
});

scene("a big log comes in bounded chunks while timers keep running", async (log) => {
  const line = `${"z".repeat(99)}\n`;
  writeFileSync(log.path, line.repeat(100_000));
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await log.follow({ mode: "pyinotify" });
  await until(() => log.chunks.at(-1)?.position === 10_000_000);
  clearInterval(timer);
  expect(log.lines().length).toBe(100_000);
  expect(Math.max(...log.chunks.map((chunk) => chunk.text.length))).toBeLessThanOrEqual(256 * 1024);
  expect(ticks).toBeGreaterThan(3);
});

scene("UTF-16 lines end at whole newline characters only", async (log) => {
  // U+0A00 and U+000A side by side
  writeFileSync(log.path, Buffer.from("a\u0a00b\nc\u0a0a\n", "utf16le"));
  await log.follow({ mode: "pyinotify", encoding: "UTF-16LE" });
  await until(() => log.chunks.length > 0);
  const text = Buffer.from(log.chunks.map((chunk) => chunk.text).join(""), "latin1").toString("utf16le");
  expect(text).toBe("a\u0a00b\nc\u0a0a\n");
});

scene("paths are added and removed at run time", async (log) => {
  const other = join(log.directory, "other.log");
  writeFileSync(log.path, "one\n");
  writeFileSync(other, "two\n");
  const source = await log.follow({ mode: "pyinotify" });
  await log.untilLines(1);
  expect(await source.add({ pattern: other, tail: false })).toBe(true);
  expect(await source.add({ pattern: other, tail: false })).toBe(false);
  await log.untilLines(2);
  expect(await source.remove(log.path)).toBe(true);
  expect(await source.remove(log.path)).toBe(false);
  appendFileSync(log.path, "unseen\n");
  appendFileSync(other, "three\n");
  expect(await log.untilLines(3)).toEqual(["one", "two", "three"]);
  expect(source.paths()).toEqual([other]);
});

scene("the first read begins where the search by time says", async (log) => {
  writeFileSync(log.path, "one\ntwo\nthree\n");
  await log.follow({
    mode: "pyinotify",
    firstRelevantOffset: async (_path, size, readLineAt) => {
      expect(size).toBe(14);
      return (await readLineAt(2))?.next ?? 0;
    },
  });
  expect(await log.untilLines(1)).toEqual(["three"]);
});

aloneScene("without inotify the files are polled, which is said once", async (log) => {
  writeFileSync(log.path, "one\n");
  const timers = vi.spyOn(globalThis, "setTimeout");
  await log.follow({
    mode: "pyinotify",
    watchPath: () => {
      throw new Error("ENOSPC: System limit for number of file watchers reached");
    },
  });
  await log.untilLines(1);
  appendFileSync(log.path, "two\n");
  await log.untilLines(2);
  appendFileSync(log.path, "three\n");
  await log.untilLines(3);
  const waits = timers.mock.calls.map(([, waitMs]) => waitMs ?? 0);
  timers.mockRestore();
  // not the rare looks beside inotify
  expect(Math.max(...waits)).toBeGreaterThan(0);
  expect(Math.max(...waits)).toBeLessThanOrEqual(500);
  expect(log.texts().filter((text) => text.includes("polled instead"))).toEqual([
    `Unable to watch '${log.directory}' by inotify (ENOSPC: System limit for number of file watchers reached); its files are polled instead`,
  ]);
});

aloneScene(
  "looks at watched files grow rarer while inotify tells of everything, and are frequent where it does not",
  async (log) => {
    writeFileSync(log.path, "one\n");
    const elsewhere = join(log.directory, "elsewhere");
    mkdirSync(elsewhere);
    const timers = vi.spyOn(globalThis, "setTimeout");
    /** the times between looks, milliseconds */
    const looks = (): number[] => timers.mock.calls.flatMap(([, ms = 0]) => (ms >= 1500 ? [ms] : []));
    try {
      await log.follow({
        mode: "pyinotify",
        watchPath: (_, changed) => watch(elsewhere, { persistent: false }, changed),
      });
      await log.untilLines(1);
      // nothing was found
      await until(() => looks().length >= 2);
      appendFileSync(log.path, "two\n");
      await log.untilLines(2);
      await until(() => looks().lastIndexOf(1500) > 0);
      expect(log.lines()).toEqual(["one", "two"]);
      const all = looks();
      const found = all.indexOf(1500, 1);
      expect(found).toBeGreaterThan(1);
      expect(all.slice(0, found)).toEqual(Array.from({ length: found }, (_, look) => 1500 * 2 ** look));
    } finally {
      timers.mockRestore();
    }
  },
);

aloneScene("many files are all read", async (log) => {
  const count = 400;
  for (let file = 0; file < count; file++) writeFileSync(join(log.directory, `${file}.log`), `${file}\n`);
  await log.follow({
    mode: "pyinotify",
    patterns: [{ pattern: join(log.directory, "[0-9]*.log"), tail: false }],
  });
  await log.untilLines(count);
  for (let file = 0; file < count; file++)
    appendFileSync(join(log.directory, `${file}.log`), `again ${file}\n`);
  const lines = await log.untilLines(2 * count);
  expect(new Set(lines).size).toBe(2 * count);
  expect(lines).toHaveLength(2 * count);
});

scene("while idle nothing is read, afterwards all of it", async (log) => {
  writeFileSync(log.path, "one\n");
  const source = await log.follow({ mode: "pyinotify" });
  await log.untilLines(1);
  source.setIdle(true);
  appendFileSync(log.path, "two\n");
  await sleep(100);
  expect(log.lines()).toEqual(["one"]);
  source.setIdle(false);
  expect(await log.untilLines(2)).toEqual(["one", "two"]);
});

scene("a FIFO is refused and does not hang the source", async (log) => {
  execFileSync("mkfifo", [log.path]);
  await log.follow({ mode: "pyinotify" });
  await log.untilText("it is not a regular file");
  unlinkSync(log.path);
  writeFileSync(log.path, "one\n");
  expect(await log.untilLines(1)).toEqual(["one"]);
});

scene(
  "what is read and not taken is brought again, and the position is that of what was taken",
  async (log) => {
    const lines = Array.from({ length: 3000 }, (_, n) => `line ${n} ${"x".repeat(n % 200)}`);
    writeFileSync(log.path, `${lines.join("\n")}\n`);
    // three lines in one go
    log.sliceOf = (bytes) => {
      let end = 0;
      for (let line = 0; line < 3 && end < bytes.length; line++) end = bytes.indexOf(10, end) + 1;
      return bytes.subarray(0, end);
    };
    const source = await log.follow({ mode: "pyinotify" });
    await until(() => log.chunks.length >= 30);
    const before = source.positions();
    expect(before[0]?.position).toBe(log.chunks.reduce((sum, { text }) => sum + text.length, 0));
    const stopped = source.stop();
    const [stand] = source.positions();
    await stopped;
    // a backlog is not waited for
    expect(log.lines().length).toBeLessThan(3000);
    expect(stand?.position).toBe(log.chunks.reduce((sum, { text }) => sum + text.length, 0));
    await log.follow({ mode: "pyinotify", resume: () => stand });
    expect(await log.untilLines(3000)).toEqual(lines);
  },
);

scene("idle in the middle of a backlog pauses it at a line, and it goes on there", async (log) => {
  const lines = Array.from({ length: 500 }, (_, n) => `line ${n}`);
  writeFileSync(log.path, `${lines.join("\n")}\n`);
  log.sliceOf = (bytes) => bytes.subarray(0, bytes.indexOf(10) + 1);
  const source = await log.follow({ mode: "pyinotify" });
  await until(() => log.chunks.length >= 50);
  source.setIdle(true);
  await sleep(50);
  const paused = log.chunks.length;
  await sleep(50);
  expect(log.chunks.length).toBe(paused);
  expect(paused).toBeLessThan(500);
  source.setIdle(false);
  expect(await log.untilLines(500)).toEqual(lines);
});

/** Opens files that fail as a network's do: each read of a handle that has broken, and the stat of it. */
function breakableFiles() {
  let broken: { readonly code: string; readonly until: "reopened" | "mended" } | undefined;
  const handles = new Set<object>();
  const fail = (handle: object): void => {
    if (broken === undefined || (broken.until === "reopened" && !handles.has(handle))) return;
    throw Object.assign(new Error(`${broken.code}: it is broken, read`), {
      code: broken.code,
      syscall: "read",
    });
  };
  const openFile: OpenFile = async (path, flags) => {
    const file = await open(path, flags);
    const read: FileHandle["read"] = (async (...args: Parameters<FileHandle["read"]>) => {
      fail(file);
      const result = await file.read(...args);
      // one that was under way when it broke must not see what came behind
      fail(file);
      return result;
    }) as FileHandle["read"];
    if (broken === undefined) handles.add(file);
    return Object.assign(Object.create(file) as typeof file, {
      read,
      stat: file.stat.bind(file),
      close: file.close.bind(file),
    });
  };
  return {
    openFile,
    breakWith: (code: string, until: "reopened" | "mended") => {
      broken = { code, until };
    },
    mend: () => {
      broken = undefined;
    },
  };
}

for (const mode of ["polling", "pyinotify"] as const) {
  scene(`${mode} opens a file anew whose handle went stale and goes on at its place`, async (log) => {
    const files = breakableFiles();
    writeFileSync(log.path, "one\ntwo\n");
    const source = await log.follow({ mode, openFile: files.openFile });
    await log.untilLines(2);
    files.breakWith("ESTALE", "reopened");
    appendFileSync(log.path, "three\n");
    expect(await log.untilLines(3)).toEqual(["one", "two", "three"]);
    expect(log.texts().filter((text) => text.includes("ESTALE"))).toHaveLength(1);
    expect(source.positions()[0]?.position).toBe(14);
  });

  scene(
    `${mode} tells of a disk that does not read once, keeps the place, and tries until it does`,
    async (log) => {
      const files = breakableFiles();
      writeFileSync(log.path, "one\ntwo\n");
      const source = await log.follow({ mode, openFile: files.openFile });
      await log.untilLines(2);
      files.breakWith("EIO", "mended");
      appendFileSync(log.path, "three\n");
      await log.untilText("EIO");
      await sleep(700);
      expect(log.lines()).toEqual(["one", "two"]);
      // a stop now does not forget how far it was read
      expect(source.positions()[0]?.position).toBe(8);
      files.mend();
      expect(await log.untilLines(3)).toEqual(["one", "two", "three"]);
      expect(log.texts().filter((text) => text.includes("EIO"))).toHaveLength(1);
      await log.untilText("Log presence detected");
    },
  );
}

scene(
  "a log that is written anew under another number with what it had and more goes on at its place",
  async (log) => {
    const content = Array.from({ length: 20 }, (_, n) => `line ${n} of the log\n`).join("");
    writeFileSync(log.path, content);
    await log.follow({ mode: "pyinotify" });
    await log.untilLines(20);
    // as a copying program does that fetches logs from elsewhere
    writeFileSync(`${log.path}.tmp`, `${content}line 20 of the log\n`);
    renameSync(`${log.path}.tmp`, log.path);
    await log.untilLines(21);
    await sleep(100);
    expect(log.lines()).toHaveLength(21);
  },
);

scene("a rotated file that cannot be read any more is told once and holds nothing up", async (log) => {
  const files = breakableFiles();
  writeFileSync(log.path, "one\n");
  await log.follow({ mode: "polling", openFile: files.openFile });
  await log.untilLines(1);
  renameSync(log.path, `${log.path}.1`);
  writeFileSync(log.path, "two\n");
  await log.untilLines(2);
  files.breakWith("ESTALE", "reopened");
  appendFileSync(log.path, "three\n");
  expect(await log.untilLines(3)).toEqual(["one", "two", "three"]);
  await log.untilText("the rotated");
  await sleep(1000);
  expect(log.texts().filter((text) => text.includes("the rotated"))).toHaveLength(1);
  appendFileSync(log.path, "four\n");
  expect(await log.untilLines(4)).toEqual(["one", "two", "three", "four"]);
  expect(log.texts().filter((text) => text.includes("presence detected")).length).toBeLessThan(2);
});

scene("what was rotated in between by somebody else's name is no log of ours", async (log) => {
  writeFileSync(log.path, "one\n");
  await log.follow({ mode: "pyinotify" });
  await log.untilLines(1);
  for (const name of ["app.log.json", "app.log.1.gz", "app.log-debug", "application.log.1", "app.log.1.txt"])
    writeFileSync(join(log.directory, name), "not ours\n");
  renameSync(log.path, `${log.path}.1`);
  writeFileSync(log.path, "two\n");
  await log.untilLines(2);
  await sleep(100);
  expect(log.lines()).toEqual(["one", "two"]);
});

scene("a file that is monitored for itself is not read for another one", async (log) => {
  const patterns = [{ pattern: `${log.path}*`, tail: false }];
  writeFileSync(log.path, "one\n");
  await log.follow({ mode: "pyinotify", patterns });
  await log.untilLines(1);
  writeFileSync(`${log.path}.2`, "beside\n");
  await log.untilLines(2);
  writeFileSync(log.path, "three\n");
  await log.untilLines(3);
  await sleep(100);
  expect(log.lines()).toEqual(["one", "beside", "three"]);
});

aloneScene("two thousand files need one watch, which tells which of them has grown", async (log) => {
  const count = 2000;
  for (let file = 0; file < count; file++) writeFileSync(join(log.directory, `${file}.log`), `${file}\n`);
  let watches = 0;
  await log.follow({
    mode: "pyinotify",
    patterns: [{ pattern: join(log.directory, "*.log"), tail: false }],
    watchPath: (path, changed) => {
      watches++;
      return watch(path, { persistent: false }, changed);
    },
  });
  await log.untilLines(count);
  for (const file of [0, 999, 1999]) appendFileSync(join(log.directory, `${file}.log`), `again ${file}\n`);
  const lines = await log.untilLines(count + 3);
  expect(lines.slice(count).sort()).toEqual(["again 0", "again 1999", "again 999"]);
  expect(watches).toBe(1);
});
