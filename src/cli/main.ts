/**
 * The `gaoler` command: its own faces and the compatible ones.
 * @module
 */
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { nodeConfigFiles } from "../exec/config-files.ts";
import { systemLocalZone } from "../exec/local-zone.ts";
import { systemClock } from "../exec/system-clock.ts";
import { runCompatClient } from "./compat-client.ts";
import { runCompatServer } from "./compat-server.ts";
import { systemCompatIo } from "./compat-system-io.ts";
import { findConfiguration, STOCK_DIRECTORY } from "./config-place.ts";
import { runDemoCommand } from "./demo-command.ts";
import { HELP } from "./help.ts";
import { runRegexCommand } from "./regex-command.ts";
import { ownVersion, runRunCommand } from "./run-command.ts";
import { wantsColour } from "./screen.ts";
import { runServerFace } from "./server-face.ts";

// patterns that would backtrack without end go on in V8's linear engine; must be set before any regex of a filter is made
setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks");

const LAUNCHER = join(import.meta.dirname, "../../bin/gaoler");
const USAGE_ERROR = 2;

/** Commands of the client that need no other word before them. */
const SHORT_COMMANDS: ReadonlySet<string> = new Set([
  ..."start stop restart reload status stats banned unban ping version echo get set add flushlogs".split(" "),
]);

/** What the compatible faces get of this machine. */
function compatIo(program: string) {
  return systemCompatIo({
    program,
    serverCommand: [LAUNCHER, "server"],
    configDirectory: findConfiguration(nodeConfigFiles).directory,
    stockDirectory: STOCK_DIRECTORY,
  });
}

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
    case "server":
      return await runCompatServer(
        rest,
        Object.assign(compatIo("fail2ban-server"), { runServer: runServerFace }),
      );
    case "client":
      return await runCompatClient(rest, compatIo("fail2ban-client"));
    case "regex":
      return await runRegexCommand(rest, {
        stdout: (text) => process.stdout.write(text),
        stderr: (text) => process.stderr.write(text),
        files: nodeConfigFiles,
        clock: systemClock,
        zone: systemLocalZone,
        env: process.env,
      });
    case "ban": {
      const [jail, ...ids] = rest;
      if (jail === undefined || ids.length === 0) return complain("gaoler ban JAIL IP...");
      return await runCompatClient(["set", jail, "banip", ...ids], compatIo("gaoler"));
    }
    case "--version":
      screen.write(`gaoler ${ownVersion()}\n`);
      return 0;
    case "help":
    case "-h":
    case "--help":
      screen.write(HELP);
      return 0;
    case "":
      screen.write(HELP);
      return USAGE_ERROR;
    default:
      if (SHORT_COMMANDS.has(command)) return await runCompatClient(argv, compatIo("gaoler"));
      return complain(`there is no command '${command}'; gaoler --help lists them`);
  }
}

function complain(text: string): number {
  process.stderr.write(`gaoler: ${text}\n`);
  return USAGE_ERROR;
}

// a question to the terminal left open must not keep a finished command alive
process.exit(await main(process.argv.slice(2)));
