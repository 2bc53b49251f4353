/**
 * What something that happens often costs each time. Each program of this folder measures what one hot file does, in a process of its
 * own, and prints lines that `npm run bench -- --only micro` reads.
 * @module
 */
import { apacheErrorLog } from "../corpora/apache-error-log.ts";
import { attackedAuthLog, ordinaryAuthLog } from "../corpora/auth-log.ts";
import { type Corpus, corpusLines } from "../corpora/corpus.ts";
import { median } from "../measure/statistics.ts";

const ROUNDS = 5;
/** Lines of a sample. */
const LINES = 20_000;

/**
 * Runs it several times and prints what it costs in the middle of them.
 *
 * @param count how often it happens in one run
 */
export function cost(what: string, count: number, run: () => void): void {
  const took = Array.from({ length: ROUNDS }, () => {
    const begun = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / count;
  });
  // the first rounds are of code that is not compiled yet
  process.stdout.write(`${what}: ${median(took.slice(1)).toFixed(3)} µs of processor each\n`);
}

/** The end of all samples; seconds since the epoch. */
export const END = Date.UTC(2026, 10, 22, 10) / 1000;

const linesOf = (corpus: Corpus): string[] => [...corpusLines(corpus, LINES, END * 1000)];
const isOfSshd = (line: string): boolean => line.includes(" host1 sshd[");

/** Lines by what they are. */
export const SAMPLES = {
  auth: () => linesOf(ordinaryAuthLog),
  attack: () => linesOf(attackedAuthLog),
  failures: () => linesOf(attackedAuthLog).filter((line) => line.includes(": Failed password for ")),
  otherPrograms: () => linesOf(ordinaryAuthLog).filter((line) => !isOfSshd(line)),
  apacheError: () => linesOf(apacheErrorLog),
};
