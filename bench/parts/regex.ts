/**
 * Filters over whole logs: `gaoler regex` beside fail2ban-regex, sshguard's parser and a search that decides nothing.
 * @module
 */
import { join } from "node:path";
import { runProgram } from "../../tests/parity/program.ts";
import { type Goal, type Outcome, told } from "../goals.ts";
import {
  type Contestant,
  sideBySide,
  type Taken,
  type TimedRun,
  timed,
  written,
} from "../measure/timed-process.ts";
import { type BenchContext, type Check, linesForFail2ban, type Part, type PartResult } from "../part.ts";
import { SSHD_ALTERNATION } from "../peers/sshd-alternation.ts";

/** What the lines of a session tell only together, a search of single lines does not see. */
const SHARE_BY_SESSIONS = 0.01;

interface Bound {
  readonly must: number;
  readonly aim: number;
}

interface Case {
  readonly corpus: string;
  readonly filter: string;
  readonly title: string;
  readonly fail2ban: Bound;
  /** for the filter of sshd alone */
  readonly sshguard?: Bound;
  /** of the rate of `rg -c`, percent */
  readonly rg?: Bound;
}

const OTHERS: Bound = { must: 25, aim: 50 };
const CASES: readonly Case[] = [
  {
    corpus: "auth",
    filter: "sshd",
    title: "sshd, ordinary auth.log",
    fail2ban: { must: 60, aim: 100 },
    sshguard: { must: 4, aim: 6 },
    rg: { must: 15, aim: 25 },
  },
  {
    corpus: "attack",
    filter: "sshd",
    title: "sshd, under attack",
    fail2ban: { must: 50, aim: 80 },
    sshguard: { must: 4, aim: 6 },
    rg: { must: 15, aim: 25 },
  },
  { corpus: "apache-error", filter: "apache-noscript", title: "apache-noscript", fail2ban: OTHERS },
  { corpus: "apache-error", filter: "apache-auth", title: "apache-auth", fail2ban: OTHERS },
  { corpus: "access", filter: "nginx-botsearch", title: "nginx-botsearch", fail2ban: OTHERS },
  { corpus: "pure-ftpd", filter: "pure-ftpd", title: "pure-ftpd", fail2ban: OTHERS },
];

/** One program over one log. */
interface Reader extends TimedRun {
  readonly name: string;
  readonly lines: number;
  /** lines that matched, by what it wrote */
  found(output: string): number;
}

/** As fail2ban-regex and ours report it. */
const matchedIn = (output: string): number => Number(/(\d+) matched/.exec(output)?.[1] ?? Number.NaN);
const linesIn = (output: string): number => output.split("\n").length - 1;

async function readersOf(context: BenchContext, { corpus, filter, sshguard }: Case): Promise<Reader[]> {
  const { gaoler, stock, peers, scratch, lines } = context;
  const { fail2ban, sshgParser, rg } = peers;
  const few = linesForFail2ban(lines);
  const log = await context.corpus(corpus, lines);
  const output = (name: string): string => join(scratch, `${name}.out`);
  // the same filter for both
  const configuration = fail2ban?.configuration ?? stock;
  const ours = (path: string) => [gaoler, "regex", "-c", configuration, path, filter];
  const readers: Reader[] = [
    { name: "gaoler regex", lines, argv: ours(log), output: output("gaoler"), found: matchedIn },
  ];
  if (fail2ban !== undefined) {
    const short = await context.corpus(corpus, few);
    const { env } = fail2ban;
    const theirs = [...fail2ban.program("fail2ban-regex"), "-c", configuration, short, filter];
    readers.push(
      { name: fail2ban.name, lines: few, argv: theirs, env, output: output("fail2ban"), found: matchedIn },
      { name: "gaoler, same lines", lines: few, argv: ours(short), output: output("few"), found: matchedIn },
    );
  }
  if (sshguard === undefined) return readers;
  if (sshgParser !== undefined) {
    const parser = { argv: [sshgParser], input: log, output: output("sshguard"), found: linesIn };
    readers.push({ name: "sshg-parser", lines, ...parser });
  }
  if (rg !== undefined) {
    const argv = [rg, "-c", "-j1", SSHD_ALTERNATION, log];
    readers.push({ name: "rg -c", lines, argv, output: output("rg"), found: Number });
  }
  return readers;
}

const seconds = (value: number): string => value.toFixed(2);
const count = (value: number): string => Math.round(value).toLocaleString("en");

async function measure(context: BenchContext, one: Case): Promise<PartResult> {
  const readers = await readersOf(context, one);
  const taken = await sideBySide(
    readers.map((reader): Contestant => ({ name: reader.name, run: () => timed(reader) })),
    context.runs,
  );
  const rate = (reader: Reader | undefined): number =>
    reader === undefined ? Number.NaN : reader.lines / (taken.get(reader.name)?.cpu ?? Number.NaN);
  const by = (name: string): Reader | undefined => readers.find((reader) => reader.name.startsWith(name));
  const ours = by("gaoler regex");
  const found = new Map(readers.map((reader) => [reader.name, reader.found(written(reader.output))]));
  const foundBy = (name: string): number | undefined => found.get(by(name)?.name ?? "");

  const times = (name: string, bound: Bound | undefined): Outcome[] => {
    if (bound === undefined) return [];
    const goal: Goal = { what: `${one.title}: × ${name}`, unit: "×", better: "more", ...bound };
    const peer = by(name);
    return [{ ...goal, measured: peer === undefined ? `no ${name}` : rate(ours) / rate(peer) }];
  };
  const ofSearch = (bound: Bound | undefined): Outcome[] => {
    if (bound === undefined) return [];
    const goal: Goal = { what: `${one.title}: of rg -c`, unit: "%", better: "more", ...bound };
    return [{ ...goal, measured: by("rg") === undefined ? "no rg" : (100 * rate(ours)) / rate(by("rg")) }];
  };
  return {
    goals: [...times("fail2ban", one.fail2ban), ...times("sshg-parser", one.sshguard), ...ofSearch(one.rg)],
    figures: [
      {
        title: `${one.corpus}, filter ${one.filter}`,
        columns: ["tool", "lines>", "found>", "CPU s>", "s>", "lines/CPU s>", "gaoler is>", "runs>"],
        rows: readers.map((reader) => {
          const { cpu, wall, runs }: Taken = taken.get(reader.name) ?? { cpu: 0, wall: 0, runs: 0 };
          const ratio = rate(ours) / rate(reader);
          const times = reader === ours ? "" : `${ratio.toFixed(ratio < 1 ? 3 : 1)} ×`;
          const counted = count(found.get(reader.name) ?? Number.NaN);
          return [
            reader.name,
            count(reader.lines),
            counted,
            seconds(cpu),
            seconds(wall),
            count(rate(reader)),
            times,
            String(runs),
          ];
        }),
      },
    ],
    checks: [
      ...same("fail2ban", foundBy("gaoler, same"), foundBy("fail2ban"), 0),
      ...same("rg", foundBy("gaoler regex"), foundBy("rg"), SHARE_BY_SESSIONS),
    ].map(({ what, isRight }) => ({ what: `${one.title}: ${what}`, isRight })),
  };
}

/** Both found the same number of lines, but for such a share. */
function same(peer: string, ours = Number.NaN, theirs: number | undefined, share: number): Check[] {
  if (theirs === undefined) return [];
  return [
    {
      what: `gaoler found ${count(ours)} lines, ${peer} ${count(theirs)}`,
      isRight: Math.abs(ours - theirs) <= share * theirs,
    },
  ];
}

export const regexPart: Part = {
  name: "regex",
  needsWorld: false,
  async run(context) {
    // the first start of a program reads it from the disk
    await runProgram(context.gaoler, ["--version"]);
    const results: PartResult[] = [];
    for (const one of CASES) {
      context.progress(`${one.corpus}, ${one.filter}`);
      const result = await measure(context, one);
      for (const goal of result.goals) context.progress(told(goal));
      results.push(result);
    }
    return {
      goals: results.flatMap(({ goals }) => goals),
      figures: results.flatMap(({ figures }) => figures),
      checks: results.flatMap(({ checks }) => checks),
    };
  },
};
