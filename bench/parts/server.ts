/**
 * The whole server on a log that is there: dates, sessions, counting, ignore list, log file, database, bans. Only the firewall is left
 * out: its action has no commands.
 * @module
 */
import type { Goal, Outcome } from "../goals.ts";
import { median } from "../measure/statistics.ts";
import { type BenchContext, type Figures, linesForFail2ban, type Part, type PartResult } from "../part.ts";
import { type CaughtUp, catchUp } from "../world/catching-up.ts";
import { NO_ACTION } from "../world/daemon.ts";
import { fail2banServer, gaolerServer, type ServerProgram } from "../world/programs.ts";
import { sshJail } from "../world/ssh-jail.ts";

const DEADLINE_MS = 180_000;
/** Beyond that it is not run again; seconds. */
const PATIENCE = 20;

const CASES = [
  { corpus: "auth", title: "catching up on an ordinary auth.log", must: 60, aim: 100 },
  { corpus: "attack", title: "catching up under attack", must: 100, aim: 200 },
] as const;

async function runOf(context: BenchContext, server: ServerProgram, corpus: string, lines: number) {
  const log = await context.corpus(corpus, lines);
  const jails = sshJail({ log, maxretry: 5, action: "bench-none" });
  // the same filter for both
  const configuration = context.peers.fail2ban?.configuration ?? context.stock;
  const program = { ...server, configuration };
  return catchUp(context, program, { log, jails, files: NO_ACTION, jail: "sshd", deadlineMs: DEADLINE_MS });
}

async function measure(context: BenchContext, { corpus, title, must, aim }: (typeof CASES)[number]) {
  const few = linesForFail2ban(context.lines);
  const fail2ban = fail2banServer(context);
  const all: { name: string; lines: number; runs: CaughtUp[] }[] = [];
  const add = async (name: string, server: ServerProgram, lines: number, rounds: number): Promise<void> => {
    const runs: CaughtUp[] = [];
    for (let round = 0; round < rounds && sum(runs) < PATIENCE; round++)
      runs.push(await runOf(context, server, corpus, lines));
    all.push({ name, lines, runs });
  };
  await add("gaoler", gaolerServer(context), context.lines, Math.min(3, context.runs));
  if (fail2ban !== undefined) {
    await add(fail2ban.name, fail2ban, few, 1);
    await add("gaoler, same lines", gaolerServer(context), few, 1);
  }
  const [ours, theirs, ourFew] = all;
  const rate = (one: (typeof all)[number] | undefined): number =>
    (one?.lines ?? Number.NaN) / median((one?.runs ?? []).map(({ cpu }) => cpu));
  const goal: Goal = { what: `${title}: × fail2ban`, unit: "×", better: "more", must, aim };
  const outcome: Outcome = {
    ...goal,
    measured: theirs === undefined ? "no fail2ban" : rate(ours) / rate(theirs),
  };
  const figures: Figures = {
    title: `${corpus}, whole server with database and bans`,
    columns: [
      "server",
      "lines>",
      "failures>",
      "bans>",
      "CPU s>",
      "s>",
      "lines/CPU s>",
      "peak MiB>",
      "gaoler is>",
    ],
    rows: all.map((one) => {
      const middle = (pick: (run: CaughtUp) => number): number => median(one.runs.map(pick));
      const ratio = rate(ours) / rate(one);
      return [
        one.name,
        count(one.lines),
        count(middle(({ failed }) => failed)),
        count(middle(({ banned }) => banned)),
        middle(({ cpu }) => cpu).toFixed(2),
        middle(({ wall }) => wall).toFixed(2),
        count(rate(one)),
        middle(({ peak }) => peak).toFixed(0),
        one === ours ? "" : `${ratio.toFixed(1)} ×`,
      ];
    }),
  };
  const [mine, other] = [ourFew?.runs[0], theirs?.runs[0]];
  const isAtEnd = ours?.runs.every(({ atEnd }) => atEnd === 1) ?? false;
  const checks = [{ what: `${title}: the log was read to its end`, isRight: isAtEnd }];
  if (mine !== undefined && other !== undefined) {
    const told = ({ failed, banned }: CaughtUp): string => `${count(failed)} failures, ${count(banned)} bans`;
    checks.push({
      what: `${title}: gaoler ${told(mine)}; ${fail2ban?.name} ${told(other)}`,
      isRight: mine.failed === other.failed && mine.banned === other.banned,
    });
  }
  return { goals: [outcome], figures: [figures], checks };
}

const sum = (runs: readonly CaughtUp[]): number => runs.reduce((all, { wall }) => all + wall, 0);
const count = (value: number): string => Math.round(value).toLocaleString("en");

export const serverPart: Part = {
  name: "server",
  needsWorld: true,
  async run(context) {
    const results: PartResult[] = [];
    for (const one of CASES) {
      context.progress(one.title);
      results.push(await measure(context, one));
    }
    return {
      goals: results.flatMap(({ goals }) => goals),
      figures: results.flatMap(({ figures }) => figures),
      checks: results.flatMap(({ checks }) => checks),
    };
  },
};
