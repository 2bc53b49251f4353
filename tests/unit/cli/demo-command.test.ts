/** What `gaoler demo` and `gaoler run` say without doing anything. */
import { expect, test } from "vitest";
import { runDemoCommand } from "../../../src/cli/demo-command.ts";
import { runRunCommand } from "../../../src/cli/run-command.ts";
import { trialOutlet } from "./trial-outlet.ts";

const COMMANDS = [
  ["demo", runDemoCommand],
  ["run", runRunCommand],
] as const;

test.each(COMMANDS)(
  "gaoler %s --help tells what it does, and another word begins nothing",
  async (name, run) => {
    const help = trialOutlet();
    expect(await run(["--help"], help)).toBe(0);
    expect(help.said).toEqual({ out: expect.stringMatching(`^Usage: gaoler ${name}`), err: "" });
    const wrong = trialOutlet();
    expect(await run(["now"], wrong)).toBe(2);
    const complaint = `gaoler ${name}: 'now' is a word too many; gaoler ${name} --help says more\n`;
    expect(wrong.said).toEqual({ out: "", err: complaint });
  },
);

test("a configuration that is not there starts nothing, and is no output", async () => {
  const io = trialOutlet();
  expect(await runRunCommand(["-c", "/nowhere/at/all"], io)).toBe(1);
  expect(io.said.out).toBe("");
  expect(io.said.err).toContain("/nowhere/at/all does not exist\n");
  expect(io.said.err).toMatch(/\ngaoler: nothing was started, .+\n$/);
});
