import { expect, test } from "vitest";
import type { CommandPlan, CommandResult } from "../../../src/action/command-plan.ts";
import { CommandLog } from "../../../src/enforce/command-log.ts";

const fine: CommandResult = { code: 0, stdout: "", stderr: "", timedOut: false };
const plain: CommandPlan = { script: "do it", args: [], timeout: 2 };

/** `LEVEL text` of what is told, without the number of the command. */
function told(plan: CommandPlan, result: Partial<CommandResult>): string[] {
  const lines: string[] = [];
  const log = new CommandLog((event) => {
    if (event.type !== "message") throw new Error(event.type);
    expect(event.logger).toBe("utils");
    lines.push(`${event.level} ${event.text.replace(/^[0-9a-f]{12} -- /, "")}`);
  }, "j1/a1");
  log.ended(plan, { ...fine, ...result });
  return lines;
}

const cases = [
  { name: "a success", result: {}, lines: ["TRACEDEBUG exec: do it", "DEBUG returned successfully 0"] },
  {
    name: "a success with output",
    result: { stdout: "a\n\nb\té\n", stderr: "it's" },
    lines: [
      "TRACEDEBUG exec: do it",
      "DEBUG stdout: 'a'",
      "DEBUG stdout: ''",
      "DEBUG stdout: 'b\\té'",
      `DEBUG stderr: "it's"`,
      "DEBUG returned successfully 0",
    ],
  },
  {
    name: "a failure",
    result: { code: 7, stdout: "out1\n", stderr: "err1\n" },
    lines: ["ERROR exec: do it", "ERROR stdout: 'out1'", "ERROR stderr: 'err1'", "ERROR returned 7"],
  },
  {
    name: "a command out of time",
    result: { code: -15, timedOut: true, stdout: "o1\n" },
    lines: [
      "ERROR exec: do it",
      "ERROR timed out after 2 seconds.",
      "ERROR stdout: 'o1'",
      "ERROR killed with SIGTERM (return code: -15)",
    ],
  },
  {
    name: "a signal that the shell reports",
    result: { code: 137 },
    lines: ["ERROR exec: do it", "ERROR killed with SIGKILL (return code: 137)"],
  },
  {
    name: "a command that could not be started",
    result: { code: undefined, error: "spawn E2BIG" },
    lines: ["ERROR exec: do it", "ERROR cannot be run: spawn E2BIG"],
  },
] as const;
for (const { name, result, lines } of cases) {
  test(`CommandLog tells of ${name}`, () => expect(told(plain, result)).toEqual(lines));
}

test("CommandLog shows values that travelled as arguments as a Python list", () => {
  const plan = { script: 'f2bV_a=$0 \necho "$f2bV_a"', args: ["x'; y"], timeout: 2 };
  expect(told(plan, { code: 1 })[0]).toBe(`ERROR exec: ['f2bV_a=$0 \\necho "$f2bV_a"', "x'; y"]`);
});

test("CommandLog hints at PATH for a command that was not found", () => {
  const hint = told(plain, { code: 127 }).at(-1);
  expect(hint).toMatch(
    /^INFO HINT on 127: "Command not found". {2}Make sure that all commands in 'do it' are in the PATH/,
  );
});

test("CommandLog bounds what it shows", () => {
  const lines = told({ ...plain, script: "x".repeat(100_000) }, { code: 1, stdout: "a\n".repeat(1000) });
  expect(lines[0]?.length).toBeLessThan(17_000);
  expect(lines).toHaveLength(203);
  expect(lines.at(-2)).toBe("ERROR stdout: ... and 800 more lines");
});

test("CommandLog gives each command its own number, and each action its own series", () => {
  const texts: string[] = [];
  const observe = (event: { type: string; text?: string }): void => {
    texts.push(event.text ?? "");
  };
  const first = new CommandLog(observe, "j1/a1");
  first.ended(plain, fine);
  first.ended(plain, fine);
  new CommandLog(observe, "j1/a2").ended(plain, fine);
  expect(new Set(texts.map((text) => text.slice(0, 12))).size).toBe(3);
});

test.each([
  ["TRACEDEBUG", ["TRACEDEBUG", "DEBUG"]],
  ["DEBUG", ["DEBUG"]],
  ["INFO", []],
] as const)("of a command without a shell no line is made that nobody hears: at %s", (least, levels) => {
  const loud: readonly string[] = ["TRACEDEBUG", "DEBUG", "INFO"];
  const lines: string[] = [];
  const log = new CommandLog(
    (event) => lines.push(event.type === "message" ? `${event.level} ${event.text}` : event.type),
    "j1/a1",
    (level) => loud.indexOf(level) >= loud.indexOf(least),
  );
  const command = { plan: (address: string) => ({ ...plain, script: `ban ${address}` }) };
  log.succeeded(command, "192.0.2.1");
  log.succeeded(command, "192.0.2.2");
  const said = ["192.0.2.1", "192.0.2.2"].flatMap((address, index) =>
    levels.map((level) => {
      const what = level === "DEBUG" ? "returned successfully 0" : `exec: ban ${address}`;
      return `${level} ${log.idOf(index + 1)} -- ${what}`;
    }),
  );
  expect(lines).toEqual(said);
});
