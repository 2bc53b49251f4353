/**
 * The command line of `gaoler regex` (A§4.1).
 * @module
 */
import { expect, test } from "vitest";
import { readRegexArguments } from "../../../src/cli/regex-options.ts";

function optionsOf(...argv: readonly string[]) {
  const read = readRegexArguments(argv);
  if (read.kind !== "run") throw new Error(`read as ${read.kind}`);
  return read;
}

const values = [
  {
    name: "nothing given",
    argv: [],
    options: { usedns: "warn", maxlines: 0, triesAll: true, verbosity: 0, out: undefined },
  },
  { name: "a value behind a blank", argv: ["-d", "%H"], options: { datepattern: "%H" } },
  { name: "a value without a blank", argv: ["-d%H"], options: { datepattern: "%H" } },
  { name: "a value behind =", argv: ["--datepattern=%H"], options: { datepattern: "%H" } },
  { name: "an abbreviation", argv: ["--datep", "%H"], options: { datepattern: "%H" } },
  { name: "an abbreviation that is an option itself", argv: ["--verbose"], options: { verbosity: 1 } },
  { name: "short switches in one word", argv: ["-vvr"], options: { verbosity: 2, usedns: "raw" } },
  {
    name: "a short switch before a value",
    argv: ["-vd", "%H"],
    options: { verbosity: 1, datepattern: "%H" },
  },
  { name: "-o stops at the first match", argv: ["-o", "row"], options: { out: "row", triesAll: false } },
  { name: "an empty -o is none", argv: ["-o", ""], options: { out: undefined, triesAll: true } },
  { name: "unknown usedns is no", argv: ["--usedns=foo"], options: { usedns: "no" } },
  { name: "--usedns goes before -r", argv: ["--usedns=no", "-r"], options: { usedns: "no" } },
  { name: "-v adds to --verbosity", argv: ["--verbosity", "2", "-v"], options: { verbosity: 3 } },
  { name: "--verbosity overrides -v", argv: ["-vv", "--verbosity=1"], options: { verbosity: 1 } },
  { name: "a hexadecimal number", argv: ["-L", "0x1F"], options: { maxlines: 31 } },
  { name: "a binary number", argv: ["-L", "0b11"], options: { maxlines: 3 } },
  { name: "an octal number", argv: ["-L", "010"], options: { maxlines: 8 } },
  { name: "an empty date pattern is none", argv: ["-d", ""], options: { datepattern: undefined } },
  {
    name: "--e is --encoding, not --explain",
    argv: ["--e", "x"],
    options: { encoding: "x", explains: false },
  },
  { name: "an abbreviation of our own", argv: ["--exp"], options: { explains: true } },
  {
    name: "--json stops at the first match",
    argv: ["--json", "--all-lines"],
    options: { json: true, triesAll: false, takesAllLines: true },
  },
  { name: "both names of the zone", argv: ["--TZ", "UTC+0200"], options: { timezone: "UTC+0200" } },
] as const;

for (const { name, argv, options } of values) {
  test(name, () => {
    expect(optionsOf(...argv, "LOG", "REGEX").options).toMatchObject(options);
  });
}

test("options may stand between the arguments, up to --", () => {
  expect(optionsOf("LOG", "-v", "REGEX", "--", "-x").words).toEqual(["LOG", "REGEX", "-x"]);
});

test("a lone dash is an argument", () => {
  expect(optionsOf("-", "REGEX").words).toEqual(["-", "REGEX"]);
});

const mistakes = [
  [["--x"], "no such option: --x"],
  [["-x"], "no such option: -x"],
  [["-o"], "-o option requires 1 argument"],
  [["--raw=x"], "--raw option does not take a value"],
  [["--maxlines=x"], "option --maxlines: invalid integer value: 'x'"],
  [["-L", "08"], "option -L: invalid integer value: '08'"],
  [["--nosuch", "--help"], "no such option: --nosuch"],
  [["-Lx"], "option -L: invalid integer value: 'x'"],
  [
    ["--print-all", "a"],
    "ambiguous option: --print-all (--print-all-ignored, --print-all-matched, --print-all-missed?)",
  ],
] as const;

for (const [argv, text] of mistakes) {
  test(`${argv.join(" ")} is a mistake`, () => {
    expect(readRegexArguments(argv)).toEqual({ kind: "syntax", text });
  });
}

test("options that exclude one another", () => {
  expect(readRegexArguments(["--print-no-missed", "--print-all-missed"])).toEqual({
    kind: "exclusive",
    text: "ERROR: --print-no-missed and --print-all-missed are mutually exclusive.",
  });
});

test("help and versions are given at once, whatever follows", () => {
  expect(readRegexArguments(["-v", "--help", "--nosuch"])).toEqual({ kind: "help" });
  expect(readRegexArguments(["-vVZ"])).toEqual({ kind: "short-version" });
  expect(readRegexArguments(["--version", "-h"])).toEqual({ kind: "version" });
});
