/** What `--help` says, and that all that it names is there. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HELP } from "../../../src/cli/help.ts";
import { ownCommandOf } from "../../../src/cli/own-command.ts";
import { shortHelp, shortUsage } from "../../../src/cli/short-help.ts";

const LAUNCHER = join(import.meta.dirname, "../../../bin/gaoler");

function gaoler(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(LAUNCHER, words, { encoding: "utf8" });
  return { status, stdout, stderr };
}

test.each(["start", "stop", "reload", "status", "banned", "ban", "unban", "ping", "version"])(
  "the overview lists %s, which has a help of its own",
  (command) => {
    expect(HELP).toMatch(new RegExp(`^  ${command}[ ,]|, ${command} `, "m"));
    expect(shortHelp(command)).toMatch(new RegExp(`^Usage: gaoler .*\\b${command}\\b`));
  },
);

test("what takes --json says so, and nothing else does", () => {
  const commands = [
    "start",
    "stop",
    "restart",
    "reload",
    "status",
    "stats",
    "banned",
    "ban",
    "unban",
    "ping",
  ];
  for (const command of [...commands, "version", "flushlogs"]) {
    const isOurs = ownCommandOf([command]) !== undefined;
    expect([command, shortUsage(command)?.includes("--json")]).toEqual([command, isOurs]);
  }
});

test("no line of help is wider than a common terminal by much", () => {
  const texts = ["start", "reload", "ban", "banned", "status"].map((command) => shortHelp(command) ?? "");
  for (const line of [HELP, ...texts].join("").split("\n")) expect(line.length).toBeLessThanOrEqual(112);
});

test("COMMAND --help and help COMMAND answer alike, wherever options of the client stand", () => {
  const help = { status: 0, stdout: shortHelp("status"), stderr: "" };
  expect(gaoler("help", "status")).toEqual(help);
  expect(gaoler("-s", "/nowhere.sock", "status", "-h")).toEqual(help);
  expect(gaoler("help", "bogus")).toEqual({
    status: 2,
    stdout: "",
    stderr: "gaoler: there is no command 'bogus'; gaoler --help lists them\n",
  });
});
