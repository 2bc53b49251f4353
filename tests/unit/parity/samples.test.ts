import { expect, test } from "vitest";
import { type SampleLine, sampleRuns } from "../../parity/samples/annotations.ts";
import { holds } from "../../parity/samples/expression.ts";
import { type FoundFailure, mistakesOf } from "../../parity/samples/judgement.ts";

const OPTIONS = new Map([["mode", "ddos"]]);

test.each([
  ["name == 'sshd'", true],
  ["name=='sshd'", true],
  ["name != 'sshd'", false],
  ['opts.get("mode") == "ddos"', true],
  ["opts.get('mode') != 'ddos'", false],
  ["opts.get('logtype') == 'journal'", false],
  ["opts.get('logtype') == None", true],
  ["opts.get('logtype', 'file') == 'file'", true],
  ["opts['mode'] == 'ddos'", true],
  ["opts.get('mode') in ('ddos', 'extra')", true],
  ["opts.get('mode') not in ['ddos',]", false],
  ["'dd' in opts.get('mode')", true],
  ["not name == 'sshd'", false],
  ["name == 'a' or name == 'sshd' and opts.get('mode') == 'ddos'", true],
  ["(name == 'sshd' or name == 'a') and opts.get('mode') == 'x'", false],
  ["opts.get('logtype')", false],
  ["True and not False", true],
  ["'it\\'s' == \"it's\"", true],
])("the expression %s is %s", (source, expected) => {
  expect(holds(source, "sshd", OPTIONS)).toBe(expected);
});

test.each([
  "__import__('os')",
  "name.upper() == 'X'",
  "name == ",
  "name == 'a' 'b'",
  "(name",
  "opts",
  "opts.get('mode'",
  "1 + 1",
  "'open",
  "'x' in None",
])("the expression %s is refused", (source) => {
  expect(() => holds(source, "sshd", OPTIONS)).toThrow();
});

const FILES: Readonly<Record<string, string>> = {
  f: [
    "# a comment",
    '# failJSON: { "match": true , "host": "192.0.2.1", "user": "x" }',
    "one",
    "",
    '## failJSON: { "match": false }',
    "# two looks like a comment",
    "three",
    '# filterOptions: [{"mode": "a"}, {"mode": "b", "test.condition": "name == \'g\'"}]',
    "four",
    '# failJSON: {"constraint": "opts.get(\'mode\') == \'a\'", "match": true}\r',
    "five\r",
    '# failJSON: {"constraint": "opts.get(\'mode\') != \'a\'", "match": true}',
    "six",
    '# filterOptions: {"logtype": "journal", "test.prefix-line": "srv x: ", "test.filter-name": "n"}',
    "seven",
    '# filterOptions: {"logtype": "other", "test.prefix-line": "srv x: ", "test.filter-name": "n"}',
    "eight",
    "# filterOptions: [{}]",
    "nine",
    '# addFILE: "more"',
    "ten",
  ].join("\n"),
  more: [
    '# fileOptions: {"mode": "c"}',
    "eleven",
    '# filterOptions: {"x": 1}',
    '# failJSON: {"match": true}',
    "",
  ].join("\n"),
};

test("a sample is read into one log for each option set, in the order of the file", () => {
  const runs = sampleRuns("f", (file) => FILES[file] ?? "");
  expect(
    runs.map(({ options, lines }) => [Object.fromEntries(options), lines.map(({ line }) => line)]),
  ).toEqual([
    [{}, ["one", "# two looks like a comment", "three", "nine", "ten"]],
    [{ mode: "a" }, ["four", "five\r"]],
    [{ logtype: "journal" }, ["srv x: seven", "eight"]],
    [{ mode: "c" }, ["eleven"]],
    [{ mode: "c", x: "1" }, [""]],
  ]);
  expect(runs[0]?.lines.map(({ place, expected }) => [place, expected.isMatch])).toEqual([
    ["f:3", true],
    ["f:6", false],
    ["f:7", false],
    ["f:19", false],
    ["f:21", false],
  ]);
  expect(runs[0]?.lines[0]?.expected).toMatchObject({ host: "192.0.2.1", data: { user: "x" } });
});

const sample = (expected: Partial<SampleLine["expected"]>, line = "Aug 14 11:59:59 x"): SampleLine => ({
  place: "f:1",
  line,
  expected: {
    isMatch: true,
    time: undefined,
    host: undefined,
    attempts: undefined,
    data: {},
    ...expected,
  },
});
const AT = Date.UTC(2005, 7, 14, 9, 59, 59) / 1000;
const FAILURE: FoundFailure = {
  line: 1,
  id: "192.0.2.1",
  at: AT,
  matches: ["x"],
  data: { user: "a", users: ["b", "a"] },
};
const isDated = (): boolean => true;

test.each<[string, SampleLine, readonly FoundFailure[]]>([
  ["a failure as annotated", sample({ host: "192.0.2.1", attempts: 1, data: { user: "a" } }), [FAILURE]],
  ["a list in any order", sample({ data: { users: ["a", "b"] } }), [FAILURE]],
  ["what is annotated as absent", sample({ data: { dns: null } }), [FAILURE]],
  ["no failure where none is wanted", sample({ isMatch: false }), []],
  ["the local time", sample({ time: "2005-08-14T11:59:59" }), [FAILURE]],
  ["a day of one digit", sample({ time: "2005-08-4T11:59:59" }), [{ ...FAILURE, at: AT - 864_000 }]],
])("%s is right", (_, line, failures) => {
  expect(mistakesOf(line, failures, isDated)).toEqual([]);
});

test.each<[string, SampleLine, readonly FoundFailure[]]>([
  ["a failure where none is wanted", sample({ isMatch: false }), [FAILURE]],
  ["no failure", sample({}), []],
  ["two failures", sample({}), [FAILURE, FAILURE]],
  ["another host", sample({ host: "192.0.2.2" }), [FAILURE]],
  ["another number of lines", sample({ attempts: 2 }), [FAILURE]],
  ["other data", sample({ data: { user: "b" } }), [FAILURE]],
  ["missing data", sample({ data: { port: "1" } }), [FAILURE]],
  ["data where none is wanted", sample({ data: { user: null } }), [FAILURE]],
  ["a list with one more", sample({ data: { users: ["a", "b", "c"] } }), [FAILURE]],
  ["another second", sample({ time: "2005-08-14T11:59:58" }), [FAILURE]],
  ["another fraction", sample({ time: "2005-08-14T11:59:59.25" }), [FAILURE]],
  ["another month", sample({ time: "2005-09-14T11:59:59" }), [FAILURE]],
  ["no time", sample({ time: "2005-08-14T11:59:59" }), [{ ...FAILURE, at: null }]],
  ["a time where none is wanted", sample({ time: null }), [FAILURE]],
])("%s is a mistake", (_, line, failures) => {
  expect(mistakesOf(line, failures, isDated)).toHaveLength(1);
});

test("parts of the time that the line does not have are not compared", () => {
  const nextYear = { ...FAILURE, at: AT + 365 * 86_400 };
  const mistakes = (line: string, time: string, failure: FoundFailure): number =>
    mistakesOf(sample({ time }, line), [failure], isDated).length;
  expect(mistakes("Aug 14 11:59:59 x", "2005-08-14T11:59:59", nextYear)).toBe(0);
  expect(mistakes("2005-08-14 11:59:59 x", "2005-08-14T11:59:59", nextYear)).toBe(1);
  expect(mistakes("11:59:59 x", "2005-08-14T11:59:59", { ...FAILURE, at: AT + 5 * 86_400 })).toBe(0);
  expect(mistakes("11:59:59 x", "2005-08-14T11:59:58", { ...FAILURE, at: AT + 5 * 86_400 })).toBe(1);
  expect(mistakes("Aug 14 11:59:59 x", "2005-08-14T11:59:59", { ...FAILURE, at: AT + 5 * 86_400 })).toBe(1);
});
