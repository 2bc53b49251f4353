/** What `gaoler demo` says without a demonstration. */
import { expect, test } from "vitest";
import { runDemoCommand } from "../../../src/cli/demo-command.ts";

async function demo(...argv: string[]): Promise<{ code: number; text: string }> {
  let text = "";
  const screen = {
    hasColour: false,
    write: (said: string) => {
      text += said;
    },
  };
  return { code: await runDemoCommand(argv, screen), text };
}

test("--help tells what it does, and another word begins nothing", async () => {
  const help = await demo("--help");
  expect([help.code, help.text]).toEqual([0, expect.stringMatching(/^Usage: gaoler demo\n/)]);
  expect(await demo("now")).toEqual({
    code: 2,
    text: `gaoler demo: Unexpected argument 'now'\n\n${help.text}`,
  });
});
