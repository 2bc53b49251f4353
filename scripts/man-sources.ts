/**
 * What the manual page is made of: each command asked for its help.
 * @module
 */
import { runDemoCommand } from "../src/cli/demo-command.ts";
import { runDoctor } from "../src/cli/doctor-command.ts";
import { HELP } from "../src/cli/help.ts";
import { runLint } from "../src/cli/lint-command.ts";
import { ownVersion } from "../src/cli/own-version.ts";
import { helpText } from "../src/cli/regex-usage.ts";
import { runRunCommand } from "../src/cli/run-command.ts";
import { runShimsCommand } from "../src/cli/shims-command.ts";
import { shortHelp } from "../src/cli/short-help.ts";
import { runTestFilters } from "../src/cli/test-filters-command.ts";
import { nodeConfigFiles } from "../src/exec/config-files.ts";
import type { ManSources } from "./man-page.ts";

const SHORT = "start stop restart reload status banned ban unban ping version flushlogs".split(" ");

/** Collects what is said. */
export async function manSources(): Promise<ManSources> {
  let said = "";
  const io = {
    out: (text: string) => {
      said += text;
    },
    err: () => undefined,
    hasColour: false,
    columns: undefined,
    files: nodeConfigFiles,
    stockDirectory: "",
    sourceDirectory: "",
    launcher: "",
    facts: () => Promise.reject(new Error("a help looks at nothing")),
  };
  const ask = ["--help"];
  const long = async (run: () => number | Promise<number>): Promise<string> => {
    said = "";
    await run();
    return said;
  };
  const commands = new Map([
    ["run", await long(() => runRunCommand(ask, io))],
    ["demo", await long(() => runDemoCommand(ask, io))],
    ["regex", helpText("gaoler regex")],
    ["test-filters", await long(() => runTestFilters(ask, io))],
    ["lint", await long(() => runLint(ask, io))],
    ["doctor", await long(() => runDoctor(ask, io))],
    ...SHORT.map((command) => [command, shortHelp(command) ?? ""] as const),
    ["shims", await long(() => runShimsCommand(ask, io))],
  ]);
  return { version: ownVersion(), overview: HELP, commands };
}
