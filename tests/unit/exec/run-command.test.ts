import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { createRunner } from "../../../src/exec/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "run-command-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = createRunner();

/** Whether a process with this number is there and no zombie. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** The signal that ends a process is there before its end is seen. */
const untilGone = (pid: number): Promise<void> =>
  vi.waitFor(() => expect(isAlive(pid)).toBe(false), { interval: 5, timeout: 20_000 });

const cases = [
  { name: "success", script: "echo a; echo b >&2", code: 0, stdout: "a\n", stderr: "b\n" },
  { name: "the exit code of the last command", script: "false\nexit 3", code: 3, stdout: "", stderr: "" },
  {
    name: "an unknown command as 127",
    script: "no-such-command-here 2>/dev/null",
    code: 127,
    stdout: "",
    stderr: "",
  },
  { name: "the number of a signal as negative", script: "kill -9 $$", code: -9, stdout: "", stderr: "" },
  { name: "no input", script: "cat; echo done", code: 0, stdout: "done\n", stderr: "" },
  { name: "the root as working directory", script: "pwd", code: 0, stdout: "/\n", stderr: "" },
  { name: "a mask that shuts others out", script: "umask", code: 0, stdout: "0077\n", stderr: "" },
  { name: "an empty script", script: "", code: 0, stdout: "", stderr: "" },
] as const;
for (const { name, script, code, stdout, stderr } of cases) {
  test(`a command gives ${name}`, async () => {
    expect(await run({ script, args: [], timeout: 10 })).toEqual({ code, stdout, stderr, timedOut: false });
  });
}

test("arguments reach the script as $0, $1 and so on", async () => {
  const result = await run({
    script: 'printf "%s|" "$0" "$1" "${10}"',
    args: [..."abcdefghijk"],
    timeout: 10,
  });
  expect(result.stdout).toBe("a|b|k|");
});

test("without arguments $0 is the shell, and its messages keep their line numbers", async () => {
  // a directory of the PATH that may not be read would make another message of it
  const plain = createRunner({ env: { PATH: "/usr/bin:/bin" } });
  const result = await plain({ script: "no-such-command-here", args: [], timeout: 10 });
  expect(result.stderr).toMatch(/^\/bin\/sh: 1: no-such-command-here: not found/);
});

test("output beyond the bound is read and dropped, so the writer never blocks", async () => {
  const small = createRunner({ maxOutputBytes: 1000 });
  const result = await small({
    script: "head -c 3000000 /dev/zero | tr '\\0' x; echo end >&2",
    args: [],
    timeout: 20,
  });
  expect(result.code).toBe(0);
  expect(result.stdout).toBe("x".repeat(1000));
  expect(result.stderr).toBe("end\n");
});

test("a deadline ends the command and all its children", async () => {
  const pidFile = join(folder, "pids");
  const script = `(trap '' TERM; sleep 60 & echo $! > ${pidFile}; wait; sleep 60)`;
  const result = await run({ script, args: [], timeout: 0.3 });
  expect(result.timedOut).toBe(true);
  expect(result.code).toBeLessThan(0);
  await untilGone(Number(readFileSync(pidFile, "utf8")));
});

test("a child that shrugs off the polite signal is killed after the grace", async () => {
  const pidFile = join(folder, "stubborn");
  const script = `sh -c 'trap "" TERM; echo $$ > ${pidFile}; while :; do sleep 0.05; done' & sleep 60`;
  const result = await run({ script, args: [], timeout: 0.4 });
  expect(result.timedOut).toBe(true);
  await untilGone(Number(readFileSync(pidFile, "utf8")));
});

test("a daemon that keeps the pipes open does not hang the caller, and lives on", async () => {
  const pidFile = join(folder, "daemon");
  const script = `sleep 60 & echo $! > ${pidFile}; echo ready`;
  const result = await run({ script, args: [], timeout: 60 });
  const pid = Number(readFileSync(pidFile, "utf8"));
  expect(result).toEqual({ code: 0, stdout: "ready\n", stderr: "", timedOut: false });
  expect(isAlive(pid)).toBe(true);
  process.kill(pid);
});

test("files that a command makes are for their owner alone", async () => {
  const path = join(folder, "private");
  await run({ script: `: > ${path}`, args: [], timeout: 10 });
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a command that cannot be started says why and does not reject", async () => {
  const nul = await run({ script: "echo \0", args: [], timeout: 10 });
  expect(nul.code).toBeUndefined();
  expect(nul.error).toMatch(/null bytes/);
  const long = await run({ script: ":", args: ["x".repeat(1 << 20)], timeout: 10 });
  expect(long.code).toBeUndefined();
  expect(long.error).toMatch(/E2BIG/);
  const nowhere = await createRunner({ cwd: join(folder, "missing") })({
    script: ":",
    args: [],
    timeout: 10,
  });
  expect(nowhere.code).toBeUndefined();
  expect(nowhere.error).toMatch(/ENOENT/);
});

test("no more children run at once than the bound allows, and all get their turn", async () => {
  const two = createRunner({ maxChildren: 2 });
  const counter = join(folder, "running");
  const script = `mkdir -p ${counter}; : > ${counter}/$$; sleep 0.1; ls ${counter} | wc -l; rm ${counter}/$$`;
  const results = await Promise.all([1, 2, 3, 4, 5].map(() => two({ script, args: [], timeout: 10 })));
  expect(results.map((result) => result.code)).toEqual([0, 0, 0, 0, 0]);
  expect(Math.max(...results.map((result) => Number(result.stdout)))).toBeLessThanOrEqual(2);
});

test("the environment is the one given", async () => {
  const bare = createRunner({ env: { PATH: process.env["PATH"], GREETING: "hello" } });
  const result = await bare({ script: 'echo "$GREETING ${HOME-unset}"', args: [], timeout: 10 });
  expect(result.stdout).toBe("hello unset\n");
});
