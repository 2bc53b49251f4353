/**
 * The `gaoler` command: its own faces and the compatible ones.
 * @module
 */
import { setFlagsFromString } from "node:v8";
import { runDemoCommand } from "./demo-command.ts";
import { runRunCommand } from "./run-command.ts";
import { wantsColour } from "./screen.ts";

// patterns that would backtrack without end go on in V8's linear engine; must be set before any regex of a filter is made
setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks");

async function main(argv: readonly string[]): Promise<number> {
  const screen = {
    write: (text: string) => process.stdout.write(text),
    hasColour: wantsColour(process.stdout.isTTY, process.env),
  };
  const [command = "", ...rest] = argv;
  switch (command) {
    case "run":
      return await runRunCommand(rest, screen);
    case "demo":
      return await runDemoCommand(rest, screen);
    default:
      process.stderr.write(`gaoler: unknown command '${command}'\n`);
      return 2;
  }
}

process.exitCode = await main(process.argv.slice(2));
