/**
 * Holds docs/parity.md against the code: every command that the server knows and every action file of the stock has a row, with a
 * test or with what is missing, and the script that plays commands holds those that are said to be in it. That named tests are there is held elsewhere.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { COMMAND_SECTIONS } from "../../src/cli/usage-commands.ts";
import { COMMANDS as SCRIPT } from "../conformance/control/script.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const parity = read("docs/parity.md");

interface Row {
  /** what stands in the first cell in backticks */
  readonly names: readonly string[];
  readonly what: string;
  readonly tests: readonly string[];
}

const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);

/** Rows of the first table below a heading. */
function rowsBelow(heading: string): Row[] {
  const [, section = ""] = parity.split(`\n## ${heading}\n`);
  const lines = (section.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(1).map((line) => {
    const cells = line.split("|").slice(1, -1);
    return { names: quoted(cells[0] ?? ""), what: cells.at(-2) ?? "", tests: quoted(cells.at(-1) ?? "") };
  });
}

const commandRows = rowsBelow("Commands");
const actionRows = rowsBelow("Actions");

/** Texts that a pattern's group finds in a part of a source file. */
function found(path: string, pattern: RegExp, from = "", to = "\n}"): string[] {
  const text = read(path);
  const begin = text.indexOf(from);
  if (begin < 0) throw new Error(`${path} has no ${from}`);
  const part = from === "" ? text : text.slice(begin, text.indexOf(to, begin));
  return [...part.matchAll(pattern)].map(([, name = ""]) => name);
}

/** By the tables that the server dispatches with. */
function knownCommands(): string[] {
  const commands = "src/control/commands.ts";
  const jail = "src/control/set-jail.ts";
  const server = found(commands, /^ {2}\["([a-z-]+)", /gm, "const COMMANDS", "\n]);");
  const options = found(commands, /^ {2}"(\w+)",$/gm, "const SERVER_OPTIONS", "\n]);");
  const setters = found(jail, /^ {2}\["([a-z.]+)", /gm, "const SETTERS", "\n]);");
  const answers = found(jail, /^ {2}\["[a-z.]+", "([a-z.]+)"\]/gm, "const SETTERS", "\n]);");
  const setCases = found(jail, /case "(\w+)":/g, "function setJail");
  const getCases = found("src/control/get-jail.ts", /case "(\w+)":/g, "function getJail");
  for (const list of [server, options, setters, answers, setCases, getCases]) {
    expect(list.length, "a table that the test reads is where it was").toBeGreaterThan(4);
  }
  return [
    ...server.filter((name) => name !== "get" && name !== "set"),
    ...options.flatMap((name) => (name === "allowipv6" ? [`set ${name}`] : [`get ${name}`, `set ${name}`])),
    ...[...setters, ...setCases].map((name) => `set J ${name}`),
    ...[...answers, ...getCases].map((name) => `get J ${name}`),
  ];
}

/** Those of the usage text, cut to what names them. */
function usageCommands(): string[] {
  return COMMAND_SECTIONS.flatMap(({ commands }) => commands).flatMap(([command]) => {
    const [verb = "", ...rest] = command.replace("<JAIL>", "J").split(" ");
    if (verb === "stat[istic]s") return ["stats", "statistics"];
    if (verb !== "get" && verb !== "set") return [verb];
    const words = rest[0] === "J" ? rest.slice(0, 2) : rest.slice(0, 1);
    return [[verb, ...words].join(" ")];
  });
}

test("every command that the server knows has a row", () => {
  const named = new Set(commandRows.flatMap(({ names }) => names));
  const known = [...new Set([...knownCommands(), ...usageCommands()])];
  expect(known.length).toBeGreaterThan(90);
  expect(known.filter((command) => !named.has(command))).toEqual([]);
});

test("the script that rows of commands name holds each of them", () => {
  const wanted = commandRows
    .filter(({ tests }) => tests.includes("conformance/control-commands.test.ts"))
    .flatMap(({ names }) => names);
  const sent = SCRIPT.map((line) => `${line.replace(/^(get|set|multi-set) (?:alpha|beta)\b/, "$1 J")} `);
  // the stop of the whole server, its start and what `-i` shows are the test's own; a reload sends the stream
  const apart = new Set(["start", "stop", "-i", "server-stream"]);
  const lacking = wanted.filter(
    (name) => !apart.has(name) && !sent.some((line) => line.startsWith(`${name} `)),
  );
  expect(lacking).toEqual([]);
});

test("every action file of the stock has a row", () => {
  const files = readdirSync(join(ROOT, "stock/action.d")).map((file) => file.replace(/\.conf$/, ""));
  const named = actionRows.flatMap(({ names }) => names);
  expect(files.filter((file) => !named.includes(file))).toEqual([]);
});

test.each([
  ["command", commandRows],
  ["action", actionRows],
])("a row of a %s names a test or says what is missing", (_, rows) => {
  expect(rows.length).toBeGreaterThan(40);
  const bare = rows.filter(({ what, tests }) => tests.length === 0 && !what.includes("missing"));
  expect(bare.map(({ names }) => names.join())).toEqual([]);
});
