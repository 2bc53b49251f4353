/**
 * The fast path comes to what the filter comes to line by line, for every filter of the stock and for random ones, whatever the lines.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readNamedSource } from "../../../src/cli/regex-source.ts";
import { nodeConfigFiles } from "../../../src/exec/config-files.ts";
import { Dice } from "../../dice.ts";
import { LineMaker } from "../../parity/lines/line-maker.ts";
import { compareWays, filterOf, type Way } from "./fast-and-plain.ts";

const STOCK = join(import.meta.dirname, "../../../stock");

const WAYS: readonly Way[] = [
  { mode: "all", inOperation: false, checkFindTime: false, encoding: "utf-8" },
  { mode: "first", inOperation: true, checkFindTime: true, encoding: "utf-8" },
  { mode: "first", inOperation: false, checkFindTime: true, encoding: "latin1" },
  { mode: "all", inOperation: false, checkFindTime: false, encoding: "ascii", countsAlone: true },
];

/** Random filters. */
const RUNS = 300;

const names = readdirSync(join(STOCK, "filter.d"))
  .filter((file) => file.endsWith(".conf"))
  .map((file) => file.slice(0, -".conf".length));

const context = { files: nodeConfigFiles, directory: STOCK, stockDirectory: undefined, readsJournal: false };

const cases = names.flatMap((name) => {
  const source = readNamedSource(`${STOCK}/filter.d/${name}.conf`, context)?.source;
  // over several lines, each line goes through the filter
  return source === undefined || (source.maxlines ?? 1) > 1 ? [] : [{ name, source }];
});

/** The sample lines of a filter, some of them more than once. */
function sampleLines(name: string): readonly string[] {
  try {
    const text = readFileSync(join(STOCK, "samples", `${name}.log`), "latin1");
    return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  } catch {
    return [];
  }
}

const HARMLESS = ["h cron[7]: (root) CMD (true)", "h kernel: usb 1-1: new device", "nothing", "é 😀", ""];

/** A log of lines that follow one another in time mostly, a few of them spoiled. */
function logOf(lines: readonly string[], dice: Dice): Buffer {
  const log: string[] = [];
  for (let index = 0; index < 150; index++) {
    const stamp = `Nov 22 11:${String(10 + (index >> 4)).padStart(2, "0")}:${String(index % 60).padStart(2, "0")}`;
    const line = lines.length === 0 || dice.once(3) ? `${stamp} ${dice.pick(HARMLESS)}` : dice.pick(lines);
    const at = dice.below(line.length + 1);
    const isSpoiled = dice.once(12);
    log.push(
      isSpoiled
        ? line.slice(0, at) + dice.pick(["\xff", " ", "9", "\r", "\xc3\xa9", ":"]) + line.slice(at + 1)
        : line,
    );
    if (dice.once(9)) log.push(stamp + dice.pick(HARMLESS), dice.pick(HARMLESS));
  }
  return Buffer.from(log.map((line) => line + dice.pick(["\n", "\n", "\n", "\r\n"])).join(""), "latin1");
}

test.each(cases)("$name comes to the same on the fast path", ({ name, source }) => {
  let matched = 0;
  for (const [seed, way] of WAYS.entries()) {
    const dice = new Dice(seed + 1);
    const made = new LineMaker(source, dice, 2026).lines(150);
    const logs = [logOf(sampleLines(name), dice), Buffer.from(`${made.join("\n")}\n`, "latin1")];
    for (const log of logs) {
      const agreement = compareWays(source, log, way, dice);
      expect(agreement?.difference).toBeUndefined();
      matched += agreement?.matched ?? 0;
    }
  }
  expect(matched).toBeGreaterThan(0);
});

const piece = fc.constantFrom(
  ...[
    "\\s*",
    "\\S+",
    "\\w+",
    "[^:]*",
    ".*",
    ".+?",
    "(?:a|ab)",
    "(?i:Ab)",
    "\\b",
    "\\B",
    "$",
    "^",
    "\\A",
    "\\Z",
  ],
  ...[
    "(?m:^)",
    "(?m:$)",
    "\\n",
    "\\s",
    "[^a]",
    "x{,2}",
    "(?!root)",
    "(?<=a)",
    "(?=b)",
    "(?>a+)",
    "(?:ab){0,20}",
  ],
  ...[
    "(?P<q>['\"])?b(?(q)(?P=q))",
    "<F-USER>\\S+</F-USER>",
    "<F-NOFAIL>a</F-NOFAIL>",
    "<F-MLFGAINED>b</F-MLFGAINED>",
    "(?:<F-MLFFORGET>ab?</F-MLFFORGET>)?",
    "(?:<F-ALT_USER>\\w</F-ALT_USER>|:)",
    "<F-TUPLE_ID>a</F-TUPLE_ID>",
    "(?P<ip>a?)",
    " ",
    ":",
    "a",
    "b",
    "",
  ],
);

const regex = fc
  .tuple(
    fc.array(piece, { maxLength: 3 }),
    fc.constantFrom("<HOST>", "<ADDR>", "<F-ID>\\S+</F-ID>", "<F-ID>.</F-ID>"),
    fc.array(piece, { maxLength: 3 }),
  )
  .map(([before, id, after]) => [...before, id, ...after].join(""));

const prefix = fc.constantFrom(
  undefined,
  "^ ?<F-CONTENT>.+</F-CONTENT>$",
  "^ ?<F-MLFID>\\S+</F-MLFID> <F-CONTENT>.+</F-CONTENT>$",
  "^ ?<F-MLFID>\\S+</F-MLFID> (?:<F-USER>[ab]+</F-USER> )?<F-CONTENT>.+</F-CONTENT>$",
  "^ ?<F-MLFID>\\S+</F-MLFID> (?:<F-ALT_USER>[ab]+</F-ALT_USER> )?<F-CONTENT>[\\s\\S]+</F-CONTENT>",
  "<F-CONTENT>.+?</F-CONTENT>\\s*$",
  "a<F-CONTENT>\\S+</F-CONTENT>",
  "^ <F-CONTENT>[^ ]*</F-CONTENT>",
  "^(?: a|b<F-CONTENT>.+</F-CONTENT>)",
  "(?:a )?<F-CONTENT>(?s:.+)</F-CONTENT>\\Z",
  "(?P<x><F-CONTENT>a+</F-CONTENT>)b",
  "b(?=.*:)",
  "a$|b",
);

const word = fc.constantFrom(
  ...[
    "a",
    "ab",
    "AB",
    "b",
    "'b'",
    "root",
    " ",
    " ",
    ":",
    "1.2.3.4",
    "::1",
    "h.example.com",
    "999.1.1.1",
    "\t",
    "\r",
  ],
  ...["\u0085", "\u00a0", "\u2028", "é", "٣", "ſ", "K", "😀", "xx", "0", "11:59:00", "2026-11-22 11:59:59 "],
);

const line = fc
  .tuple(
    fc.constantFrom(
      "Nov 22 11:59:50",
      "Nov 22 11:59:51",
      "Nov 22 11:59:52",
      "Nov 22 11:58:10",
      "Nov 31 11:59:59",
      "",
    ),
    fc.array(word, { maxLength: 8 }),
  )
  .map(([stamp, words]) => `${stamp} ${words.join("")}`);

test("random filters come to the same on the fast path", () => {
  let skipped = 0;
  let matched = 0;
  let captured = 0;
  const terms = fc
    .record({
      prefregex: prefix,
      failregex: fc.array(regex, { minLength: 1, maxLength: 4 }),
      ignoreregex: fc.array(fc.constantFrom("root", "^\\s*a", "b$", "(?i)AB"), { maxLength: 1 }),
      datepattern: fc.constantFrom(undefined, "{^LN-BEG}", "^%b %d %H:%M:%S", "%H:%M:%S"),
    })
    .filter((filter) => filterOf(filter, true, true) !== undefined);
  const log = fc.array(line, { maxLength: 30 });
  fc.assert(
    fc.property(terms, log, fc.constantFrom(...WAYS), fc.integer(), (filter, lines, way, seed) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(""));
      const agreement = compareWays(filter, bytes, way, new Dice(seed));
      expect(agreement?.difference).toBeUndefined();
      skipped += agreement?.skipped ?? 0;
      matched += agreement?.matched ?? 0;
      captured += agreement?.captured ?? 0;
    }),
    { numRuns: RUNS },
  );
  expect(skipped).toBeGreaterThan(RUNS / 4);
  expect(matched).toBeGreaterThan(RUNS / 4);
  expect(captured).toBeGreaterThan(RUNS / 8);
}, 60_000);

/** Regexes of sessions, of which a filter has some. */
const ofSessions = fc.shuffledSubarray(
  [
    "^fail(?: of <F-USER>\\w+</F-USER>)?(?: from <HOST>)?",
    "^<F-NOFAIL>wait</F-NOFAIL>(?: of (?:<F-USER>a+</F-USER>|<F-ALT_USER>\\w+</F-ALT_USER>))?(?: from <HOST>)?",
    "^(?:<F-NOFAIL>let</F-NOFAIL> )?<F-MLFGAINED>in</F-MLFGAINED>(?: of <F-USER>\\w+</F-USER>)?(?: from <ADDR>)?",
    "^<F-MLFFORGET>(?:<F-MLFGAINED>good</F-MLFGAINED>)?bye</F-MLFFORGET>(?: of <F-ID>\\w+</F-ID>)?(?: from <HOST>)?",
    "^(?:<F-NOFAIL>quit</F-NOFAIL>|<F-MLFFORGET>end</F-MLFFORGET>)(?: of <F-TUPLE_ID>\\w+</F-TUPLE_ID>)?(?: from <CIDR>)?",
  ],
  { minLength: 1 },
);

const sessionLine = fc
  .tuple(
    fc.integer({ min: 50, max: 52 }),
    fc.integer({ min: 1, max: 4 }),
    fc.constantFrom("fail", "wait", "let in", "in", "bye", "goodbye", "quit", "end", "x"),
    fc.constantFrom("", " of a", " of bob", " of carol"),
    fc.constantFrom("", " from 192.0.2.1", " from 2001:DB8::1", " from 999.1.1.1", " from h.example"),
  )
  .map(([second, key, ...words]) => `Nov 22 11:59:${second} h app[${key}]: ${words.join("")}`);

test("sessions come to the same on the fast path", () => {
  let captured = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(
        "^ h <F-MLFID>app\\[\\d+\\]</F-MLFID>: <F-CONTENT>.+</F-CONTENT>$",
        "^ h app\\[<F-MLFID>\\d+</F-MLFID>\\]: (?:<F-NOFAIL>good</F-NOFAIL>)?<F-CONTENT>.+</F-CONTENT>$",
      ),
      ofSessions,
      fc.constantFrom<readonly string[]>([], [" of carol"]),
      fc.array(sessionLine, { minLength: 20, maxLength: 60 }),
      fc.constantFrom(...WAYS),
      fc.integer(),
      (prefregex, failregex, ignoreregex, lines, way, seed) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(""));
        const agreement = compareWays({ prefregex, failregex, ignoreregex }, bytes, way, new Dice(seed));
        expect(agreement?.difference).toBeUndefined();
        captured += agreement?.captured ?? 0;
      },
    ),
    { numRuns: RUNS / 3 },
  );
  expect(captured).toBeGreaterThan(RUNS);
}, 60_000);
