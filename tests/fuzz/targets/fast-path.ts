/**
 * The fast path beside the filter that takes line by line: on any filter and any log both come to the same.
 * @module
 */
import { Dice } from "../../dice.ts";
import { compareWays, type Way } from "../../unit/filter/fast-and-plain.ts";
import type { FilterTerms } from "../../unit/filter/filter-terms.ts";
import { type FuzzTarget, must } from "../fuzz-target.ts";

/** Longest regex and longest log, characters and bytes: both sides are compiled for each input. */
const MAX_REGEX = 300;
const MAX_LOG = 8000;
const MAX_REGEXES = 4;

/** What the first letter of the head says. */
const WAYS: readonly Way[] = [
  { mode: "all", inOperation: false, checkFindTime: false, encoding: "utf-8" },
  { mode: "first", inOperation: true, checkFindTime: true, encoding: "utf-8" },
  { mode: "first", inOperation: false, checkFindTime: true, encoding: "latin1" },
];

const HEAD = /^([pfid]): (.*)$/;

/** Regexes in a head of lines like `f: REGEX`, then the log. */
function partsOf(input: Buffer): { readonly terms: FilterTerms; readonly log: Buffer } {
  const regexes = new Map<string, string[]>([
    ["p", []],
    ["f", []],
    ["i", []],
    ["d", []],
  ]);
  let from = 0;
  for (;;) {
    const newline = input.indexOf(10, from);
    const [, kind = "", regex = ""] =
      newline < 0 ? [] : (HEAD.exec(input.toString("utf8", from, newline)) ?? []);
    const list = regexes.get(kind);
    if (list === undefined) break;
    if (list.length < MAX_REGEXES) list.push(regex.slice(0, MAX_REGEX));
    from = newline + 1;
  }
  const of = (kind: string): readonly string[] => regexes.get(kind) ?? [];
  const terms = {
    prefregex: of("p")[0],
    failregex: of("f"),
    ignoreregex: of("i"),
    datepattern: of("d")[0],
  };
  const lines = input.subarray(from, from + MAX_LOG);
  return { terms, log: lines.at(-1) === 10 ? lines : Buffer.concat([lines, Buffer.of(10)]) };
}

const fastPath: FuzzTarget = {
  name: "fast-path",
  seeds: [
    "p: ^h app\\[<F-MLFID>\\d+</F-MLFID>\\]: <F-CONTENT>.+</F-CONTENT>$\nf: ^fail from <HOST>$\nf: ^<F-NOFAIL>let in</F-NOFAIL> <HOST>\ni: 192.0.2.9\n" +
      "Nov 22 11:59:58 h app[1]: fail from 192.0.2.1\nNov 22 11:59:58 h app[2]: x\n\nNov 22 11:59:59 h app[1]: let in ::1\nNov 22 11:59:59 h app[3]: y\r\n",
    'f: <F-ID>\\S+</F-ID> - - \\[\\] "GET [^"]*" 40[134]\\b\n' +
      '192.0.2.1 - - [22/Nov/2026:11:59:58 +0000] "GET /x" 404 1\n192.0.2.2 - - [22/Nov/2026:11:59:58 +0000] "GET /" 200 1\n192.0.2.3 - - [22/Nov/2026:11:59:59 +0000] "GET /" 200 1\n',
    "d: ^%Y-%m-%dT%H:%M:%S\nf: (?m:^).*?\\buser=(?P<q>[\"'])?\\w+(?(q)(?P=q)) ip=<ADDR>\\s*$\n" +
      "2026-11-22T11:59:58 user='a' ip=1.2.3.4 \n2026-11-22T11:59:59 b\n2026-02-30T11:59:59 b\n2026-11-22T11:59:59 user=b ip=::1\n",
    "p: ^h (?!ab)\\w+(?<!x): <F-CONTENT>.+</F-CONTENT>(?=\\s)\nf: (?<!a)fail from <HOST>(?!x)\nf: ^(?<!: )let\nf: bad(?=$|\\s)\n" +
      "Nov 22 11:59:58 h c: fail from ::1\nNov 22 11:59:58 h abc: x\nNov 22 11:59:58 h x: y\nNov 22 11:59:58 h z: let in\n",
    "p: a<F-CONTENT>\\S*</F-CONTENT> b\nf: ^<HOST>\nf: (?i)fail.*<HOST>\\n\n[Sun Nov 22 11:59:58 2026] a1.2.3.4 b\n[Sun Nov 22 11:59:59 2026] x\n1795348800 FAIL 1.2.3.4\n",
  ],
  words: [
    ...["\np: ", "\nf: ", "\ni: ", "\nd: ", "{^LN-BEG}", "<HOST>", "<F-CONTENT>", "</F-CONTENT>", "<ADDR>"],
    ...[
      "\nNov 22 11:59:59 ",
      "\nNov 30 12:00:00 ",
      "\nFeb 29 12:00:00 ",
      "2026-11-22 11:59:59",
      "11:59:58",
      "1795348800",
    ],
    ...[
      "^",
      "$",
      "\\b",
      "\\s*",
      "(?:",
      ")?",
      ".+",
      "|",
      "[^a]",
      "(?!",
      "(?=1)",
      "(?<!a)",
      "(?<=: )",
      "(?m:^)",
      "\r\n",
      "1.2.3.4",
      "999.9.9.9",
    ],
  ],
  run(input) {
    const { terms, log } = partsOf(input);
    const way = WAYS[log.length % WAYS.length];
    if (way === undefined || terms.failregex.length === 0) return "no filter";
    const agreement = compareWays(terms, log, way, new Dice(log.length));
    if (agreement === undefined) return "no filter";
    const { difference, skipped, matched } = agreement;
    must(difference === undefined, difference ?? "");
    return `${Math.min(skipped, 3)} left out, ${Math.min(matched, 3)} matched`;
  },
};

export const FAST_PATH_TARGETS: readonly FuzzTarget[] = [fastPath];
