/**
 * `gaoler test-filters`: puts sample logs through filters and tells which lines came out otherwise than expected.
 * @module
 */
import { basename, join } from "node:path";
import type { ConfigFiles } from "../config/config-files.ts";
import { filterNameOf, readSamples, type SampleFile } from "../filter/sample-log.ts";
import { trySamples } from "../filter/sample-trial.ts";
import type { FiltersIo } from "./filters-io.ts";
import { FAILURE, readWords, SUCCESS, USAGE_ERROR } from "./own-face.ts";
import { type FilterSource, sampleFilters } from "./sample-filters.ts";
import {
  type FilterTally,
  reportJson,
  reportText,
  type SampleFailure,
  type SampleReport,
} from "./test-filters-report.ts";

const USAGE = `Usage: gaoler test-filters [--json] [DIR] [FILTER...]

Puts sample logs through filters: gaoler's own, or those of a configuration directory DIR, whose sample logs are
DIR/samples/*.log. With FILTER only logs of these. Above each log line stands what the filter shall make of it:

  #! filter sshd[mode=ddos]                   the filter of the lines below
  #! match host=192.0.2.1 user=admin          the next line is a failure of this host
  #! ignore                                   the filter knows the next line, which is no failure by itself
  #! miss                                     the filter does not know the next line

docs/samples.md says all of it.

  --json      the result for programs
  -h, --help  this text

Exit code: 0 all lines are what stands above them, 1 some are not, 2 nothing to test.
`;
const FACE = {
  name: "test-filters",
  usage: USAGE,
  options: { json: { type: "boolean", default: false } },
  takesWords: true,
} as const;

/** What cannot be tested at all. */
class NothingToTest extends Error {}

interface Request {
  readonly directory: string;
  readonly filters: ReadonlySet<string>;
}

interface NamedSamples extends SampleFile {
  readonly path: string;
}

/** Runs the command with the words after it. @returns the exit code: 0, 1 where a sample fails, 2 where there is nothing to test */
export function runTestFilters(argv: readonly string[], io: FiltersIo): number {
  const read = readWords(FACE, argv, io);
  if (typeof read === "number") return read;
  try {
    const report = test(requestOf(read.words, io), io);
    io.out(read.values.json ? reportJson(report) : reportText(report, io.hasColour));
    return report.failures.length === 0 ? SUCCESS : FAILURE;
  } catch (error) {
    if (!(error instanceof NothingToTest)) throw error;
    io.err(`gaoler test-filters: ${error.message}\n`);
    return USAGE_ERROR;
  }
}

function requestOf(words: readonly string[], { files, stockDirectory }: FiltersIo): Request {
  const isDirectory = (word: string): boolean => word.includes("/") || files.kind(word) === "directory";
  const [given, another] = words.filter(isDirectory);
  if (another !== undefined) throw new NothingToTest(`one directory at a time, not ${given} and ${another}`);
  const filters = new Set(words.filter((word) => !isDirectory(word)));
  if (given === undefined) return { directory: stockDirectory, filters };
  const directory = files.resolve(given);
  if (files.kind(directory) !== "directory") throw new NothingToTest(`${given} is no directory`);
  return { directory, filters };
}

function test({ directory, filters }: Request, io: FiltersIo): SampleReport {
  const samples = join(directory, "samples");
  const isAsked = (item: string): boolean => filters.size === 0 || filters.has(filterNameOf(item));
  const all = readAll(samples, io.files);
  const tested = new Set(all.flatMap(({ logs }) => logs.map(({ item }) => filterNameOf(item))));
  const absent = [...filters].find((name) => !tested.has(name));
  if (absent !== undefined)
    throw new NothingToTest(`no sample log in ${samples} is about a filter '${absent}'`);
  const chosen = all.map((file) => ({ ...file, logs: file.logs.filter(({ item }) => isAsked(item)) }));
  const items = chosen.flatMap(({ logs }) => logs.map(({ item }) => item));
  const bench = new Bench(sampleFilters(items, directory, io.files, io.stockDirectory));
  for (const file of chosen) if (filters.size === 0 || file.logs.length > 0) bench.put(file);
  const present = filterNames(directory, io.files);
  return bench.report(filters.size === 0 ? present.filter((name) => !tested.has(name)) : []);
}

/** All sample logs of a folder, by name. */
function readAll(folder: string, files: ConfigFiles): readonly NamedSamples[] {
  const paths = [...files.glob(join(folder, "*.log"))].sort();
  if (paths.length === 0)
    throw new NothingToTest(
      `there are no sample logs in ${folder} (*.log; docs/samples.md says what they look like)`,
    );
  return paths.map((path) => {
    const content = files.readText(path);
    if (content !== undefined && "text" in content) return { path, ...readSamples(content.text) };
    const message = content === undefined ? "cannot be read" : `cannot be read: ${content.error}`;
    return { path, logs: [], mistakes: [{ line: 1, message }] };
  });
}

/** Filters of a directory; fragments of filters are none. */
function filterNames(directory: string, files: ConfigFiles): readonly string[] {
  const paths = ["*.conf", "*.local"].flatMap((pattern) => files.glob(join(directory, "filter.d", pattern)));
  const names = new Set(paths.map((path) => basename(path).replace(/\.(?:conf|local)$/, "")));
  return [...names].filter((name) => !/(?:^|-)common$/.test(name)).sort();
}

/** Where logs meet their filters, and what came of it is kept. */
class Bench {
  readonly #source: FilterSource;
  readonly #tallies = new Map<string, { -readonly [key in keyof FilterTally]: FilterTally[key] }>();
  readonly #failures: SampleFailure[] = [];

  constructor(source: FilterSource) {
    this.#source = source;
  }

  put({ path, logs, mistakes }: NamedSamples): void {
    for (const { line, message } of mistakes)
      this.#fail({ filter: "", file: path, line, expected: "a sample log", seen: message, text: "" });
    for (const log of logs) {
      const filter = filterNameOf(log.item);
      const tally = this.#tallyOf(filter);
      tally.samples += log.samples.length;
      const made = this.#source(log.item);
      if (typeof made === "string") {
        tally.failed += Math.max(1, log.samples.length);
        const { item: expected, line } = log;
        this.#fail({ filter, file: path, line, expected: `the filter ${expected}`, seen: made, text: "" });
        continue;
      }
      for (const { sample, seen, isRight } of trySamples(log, made)) {
        const { line, expected, text } = sample;
        if (!isRight) {
          tally.failed += 1;
          this.#fail({ filter, file: path, line, expected, seen, text });
        } else if (sample.kind === "match") tally.matched += 1;
        else if (sample.kind === "miss") tally.missed += 1;
        else tally.ignored += 1;
      }
    }
  }

  report(withoutSamples: readonly string[]): SampleReport {
    const filters = [...this.#tallies.values()].sort((a, b) => (a.filter < b.filter ? -1 : 1));
    return { filters, failures: this.#failures, withoutSamples };
  }

  #tallyOf(filter: string) {
    const known = this.#tallies.get(filter);
    if (known !== undefined) return known;
    const tally = { filter, samples: 0, matched: 0, missed: 0, ignored: 0, failed: 0 };
    this.#tallies.set(filter, tally);
    return tally;
  }

  #fail(failure: SampleFailure): void {
    this.#failures.push(failure);
  }
}
