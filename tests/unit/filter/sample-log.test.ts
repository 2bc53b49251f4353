import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { utcZone } from "../../../src/date/utc-zone.ts";
import { compileFilter } from "../../../src/filter/line-filter.ts";
import { readSamples } from "../../../src/filter/sample-log.ts";
import { trySamples } from "../../../src/filter/sample-trial.ts";
import { stockFilter } from "../stock/stock-jails.ts";

const FORM: readonly (readonly [what: string, text: string, mistakes: readonly string[]])[] = [
  ["a sample log", "#! filter f\n#! miss\nx\n", []],
  ["comments, empty lines and returns", "# c\r\n\r\n#! filter f\r\n# c\r\n#! ignore\r\nx\r\n", []],
  ["a log line without an expectation", "#! filter f\nx\n", ["2: a log line with no expectation above it"]],
  [
    "a second log line below one expectation",
    "#! filter f\n#! miss\nx\ny\n",
    ["4: a log line with no expectation above it"],
  ],
  [
    "an expectation without a log line",
    "#! filter f\n#! miss\n#! ignore\nx\n#! miss\n",
    ["2: an expectation with no log line below it", "5: an expectation with no log line below it"],
  ],
  [
    "a log line without a filter",
    "#! miss\nx\n",
    ["2: a log line before any '#! filter NAME'", "1: names no filter: a line '#! filter NAME' is missing"],
  ],
  ["a filter without a name", "#! filter f\n#! filter\n", ["2: names no filter"]],
  [
    "a match of nobody",
    "#! filter f\n#! match user=x\nx\n",
    ["2: says match and not whom: host=ADDRESS is missing"],
  ],
  ["a miss of somebody", "#! filter f\n#! miss host=1\nx\n", ["2: takes nothing behind miss"]],
  [
    "a word that is none",
    "#! filter f\n#! mach host=1\n",
    ["2: '#! mach' is neither filter, match, ignore nor miss"],
  ],
];

test.each(FORM)("%s: the form is judged line by line", (_, text, mistakes) => {
  expect(readSamples(text).mistakes.map(({ line, message }) => `${line}: ${message}`)).toEqual(mistakes);
});

/** What a filter of one or two regexes makes of samples. */
function seen(text: string, ignoreregex: readonly string[] = []) {
  const regexes = [
    "^\\s*bad <F-USER>.*</F-USER> from <ADDR>$",
    "^\\s*<F-MLFID>s\\d+</F-MLFID> <F-NOFAIL>hello</F-NOFAIL> <ADDR>$",
    "^\\s*<F-MLFID>s\\d+</F-MLFID> bye$",
  ];
  const compile = () => {
    const { filter } = compileFilter(
      {
        name: "f",
        usedns: "warn",
        prefregex: undefined,
        failregex: regexes.map((value) => ({ value })),
        ignoreregex: ignoreregex.map((value) => ({ value })),
        maxlines: 1,
        datepattern: undefined,
        logtimezone: undefined,
        findtime: 600,
      },
      { zone: utcZone, startYear: 2026, checkFindTime: false },
    );
    if (filter === undefined) throw new Error("no filter");
    return filter;
  };
  const results = readSamples(text).logs.flatMap((log) => trySamples(log, compile()));
  return results.map(({ seen: said, isRight }) => `${isRight ? "right" : "wrong"}: ${said}`);
}

const AT = "2026-11-22T10:00:00Z ";
const OUTCOMES: readonly (readonly [what: string, lines: string, seen: readonly string[]])[] = [
  ["a failure", `#! match host=192.0.2.1\n${AT}bad x from 192.0.2.1`, ["right: match host=192.0.2.1"]],
  ["another host", `#! match host=192.0.2.2\n${AT}bad x from 192.0.2.1`, ["wrong: match host=192.0.2.1"]],
  [
    "user and time",
    `#! match host=192.0.2.1 user="a b" time=2026-11-22T10:00:00\n${AT}bad a b from 192.0.2.1`,
    ['right: match host=192.0.2.1 user="a b" time=2026-11-22T10:00:00'],
  ],
  [
    "another user",
    `#! match host=192.0.2.1 user=a\n${AT}bad a b from 192.0.2.1`,
    ['wrong: match host=192.0.2.1 user="a b"'],
  ],
  ["a failure that was none", `#! miss\n${AT}bad x from 192.0.2.1`, ["wrong: match host=192.0.2.1"]],
  ["nothing", `#! match host=192.0.2.1\n${AT}good`, ["wrong: miss"]],
  ["nothing, as expected", `#! miss\n${AT}good`, ["right: miss"]],
  [
    "a session",
    `#! ignore\n${AT}s1 hello 192.0.2.1\n#! match host=192.0.2.1 lines=2\n${AT}s1 bye`,
    ["right: ignore", "right: match host=192.0.2.1 lines=2"],
  ],
  [
    "a session that another log does not go on with",
    `#! ignore\n${AT}s1 hello 192.0.2.1\n#! filter f\n#! ignore\n${AT}s1 bye`,
    ["right: ignore", "right: ignore"],
  ],
  [
    "the bystander, whatever is expected",
    `#! match host=203.0.113.66\n${AT}bad x from 203.0.113.66`,
    ["wrong: match host=203.0.113.66 (the bystander 203.0.113.66, whom nobody may ban)"],
  ],
];

test.each(OUTCOMES)("%s is seen as it is", (_, lines, wanted) => {
  expect(seen(`#! filter f\n${lines}\n`)).toEqual(wanted);
});

test("what ignoreregex takes out is ignored", () => {
  expect(seen(`#! filter f\n#! ignore\n${AT}bad root from 192.0.2.1\n`, ["root"])).toEqual(["right: ignore"]);
});

test("the journal gives the time of its lines", () => {
  const text =
    "#! filter f[logtype=journal]\n#! match host=192.0.2.1 time=2026-11-22T12:00:00\nbad x from 192.0.2.1\n";
  expect(seen(text)).toEqual(["right: match host=192.0.2.1 time=2026-11-22T12:00:00"]);
});

test("the examples in the documentation are what they say", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/samples.md"), "utf8");
  const examples = [...page.matchAll(/^```\n(#! [\s\S]*?)^```/gm)].map(([, text = ""]) => text);
  expect(examples).toHaveLength(2);
  for (const example of examples) {
    const text = example.startsWith("#! filter") ? example : `#! filter sshd\n${example}`;
    const { logs, mistakes } = readSamples(text);
    expect(mistakes).toEqual([]);
    const wrong = logs.flatMap((log) =>
      trySamples(log, stockFilter(log.item)).filter(({ isRight }) => !isRight),
    );
    expect(wrong).toEqual([]);
  }
});
