import { expect, test } from "vitest";
import { type FollowEnd, follow } from "../../../src/exec/follow.ts";

function runOf(
  command: string,
  args: readonly string[],
): { lines: string[]; end: Promise<FollowEnd>; stop: () => void } {
  const lines: string[] = [];
  let stop = (): void => undefined;
  const end = new Promise<FollowEnd>((ended) => {
    const followed = follow(command, args, { line: (text) => lines.push(text), ended });
    stop = () => followed.stop();
  });
  return { lines, end, stop };
}

test("lines come whole, those without end are cut, and the last complaint is kept", async () => {
  const { lines, end } = runOf("/bin/sh", [
    "-c",
    "printf 'one\\ntw'; sleep 0.05; printf 'o\\n'; head -c 100000 /dev/zero | tr '\\0' x; echo; echo three; echo bad >&2",
  ]);
  expect(await end).toEqual({ isAbsent: false, complaint: "bad" });
  expect(lines.map((line) => line.slice(0, 5))).toEqual(["one", "two", "xxxxx", "three"]);
  expect(lines[2]?.length).toBe(4096);
});

test("a program that is not there has ended", async () => {
  expect((await runOf("/nonexistent/program", []).end).isAbsent).toBe(true);
});

test("it is out of the reach of a terminal's Ctrl-C", async () => {
  const { lines, end } = runOf("/bin/sh", ["-c", 'read -r _ _ _ _ group _ </proc/$$/stat; echo "$$ $group"']);
  await end;
  expect(lines.join()).toMatch(/^(\d+) \1$/);
});

test("a stop ends it", async () => {
  const { end, stop } = runOf("/bin/sleep", ["60"]);
  stop();
  expect((await end).complaint).toContain("SIGTERM");
});
