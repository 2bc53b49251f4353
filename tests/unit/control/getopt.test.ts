import { expect, test } from "vitest";
import { OptionError, parseOptions } from "../../../src/control/getopt.ts";

const table = { short: "hc:v", long: ["conf=", "config-test", "help", "version", "log="] };
const parse = (...argv: string[]) => parseOptions(argv, table);

test.each([
  ["takes a value from the next word", ["-c", "dir"], [["-c", "dir"]], []],
  ["takes a value from the rest of the word", ["-cdir"], [["-c", "dir"]], []],
  [
    "reads a bundle",
    ["-vvc", "d"],
    [
      ["-v", ""],
      ["-v", ""],
      ["-c", "d"],
    ],
    [],
  ],
  ["reads a long value after =", ["--conf=a=b"], [["--conf", "a=b"]], []],
  [
    "completes an abbreviation",
    ["--ver", "--lo", "x"],
    [
      ["--version", ""],
      ["--log", "x"],
    ],
    [],
  ],
  ["prefers the exact name", ["--conf", "x"], [["--conf", "x"]], []],
  [
    "ends at the first other word",
    ["-v", "status", "-x", "--help"],
    [["-v", ""]],
    ["status", "-x", "--help"],
  ],
  ["ends at --", ["-v", "--", "-v"], [["-v", ""]], ["-v"]],
  ["keeps -- after the command", ["status", "--", "a"], [], ["status", "--", "a"]],
  ["takes a single dash as a word", ["-", "-v"], [], ["-", "-v"]],
] as const)("parseOptions %s", (_name, argv, options, words) => {
  const parsed = parse(...argv);
  expect(parsed.options.map(({ name, value }) => [name, value])).toEqual(options);
  expect(parsed.words).toEqual(words);
});

test.each([[["-z"]], [["--nope"]], [["--con"]], [["-c"]], [["--conf"]], [["--help=x"]], [["-:"]]])(
  "parseOptions refuses %j",
  (argv) => {
    expect(() => parse(...argv)).toThrow(OptionError);
  },
);
