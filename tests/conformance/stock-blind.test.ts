/**
 * The stock filters on logs that they were not written from: the annotated sample logs in fail2ban's package. Every stock filter
 * that has a file of its name there is judged by it.
 * @module
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { canonicalId } from "../../src/address/address.ts";
import type { CivilTime, LocalZone } from "../../src/base/local-time.ts";
import { epochOfUtc } from "../../src/base/local-time.ts";
import type { DataValue, Failure } from "../../src/filter/failure.ts";
import type { LineFilter } from "../../src/filter/line-filter.ts";
import { STOCK, stockFilter } from "../unit/stock/stock-jails.ts";

const oracle = process.env["GAOLER_ORACLE"] ?? "";
const folder = join(oracle, "usr/lib/python3/dist-packages/fail2ban/tests/files/logs");
const isAbsent = oracle === "" || !existsSync(folder);
const suffix = isAbsent ? " (skipped: no fail2ban package)" : "";

const FILTERS = readdirSync(join(STOCK, "filter.d"))
  .filter((file) => file.endsWith(".conf"))
  .map((file) => file.slice(0, -".conf".length))
  .filter((name) => !isAbsent && existsSync(join(folder, name)))
  .sort();

/** Share of all judged lines that must come out as annotated; the others are deviations on purpose. */
const WANTED_SHARE = 0.99;

/** Lines that gaoler judges otherwise on purpose: the filter, what the line holds, and why. */
const DEVIATIONS: readonly (readonly [filter: string, text: string, reason: string])[] = [
  [
    "sshd",
    "ssh2: from 10.10.1.2 port 55555 ssh2",
    "nothing follows the address of a refused password: what stands before the last one is the user name, and chosen by whoever knocks",
  ],
  [
    "sshd",
    "from 192.030.0.6",
    "an octet with a leading zero is no address, and what is no address is never banned",
  ],
  [
    "nginx-http-auth",
    'client: 127.0.0.1, server: test, request: "GET / HTTP/1.1", host: "localhost:8443"": was not found',
    "a referer can be written so that nginx logs the very same line: it cannot be told which of the two clients it was",
  ],
  [
    "pam-generic",
    "ruser= rhost=192.0.2.2 user=test rhost=192.0.2.152",
    "a remote user whose name begins with a blank makes the very same line: it cannot be told which of the two hosts it was",
  ],
];

/** Filters whose defaults are newer than the package's samples: the options that mean what the older release did by default. */
const OLDER_DEFAULTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  exim: { mode: "more" },
  "froxlor-auth": { type: "1" },
};

/** How many lines were judged, and how many of them as annotated, by filter. */
const tally = new Map<string, { judged: number; right: number }>();

/** The samples' local zone: an hour ahead of UTC, two from the end of March to the end of October. */
function centralEuropean(): LocalZone {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Europe/Berlin",
    dateStyle: "short",
    timeStyle: "medium",
  });
  const civilAt = (at: number): CivilTime => {
    const numbers = (format.format(at * 1000).match(/\d+/g) ?? []).map(Number);
    const [day = 1, month = 1, year = 1970, hour = 0, minute = 0, second = 0] = numbers;
    return { year, month, day, hour, minute, second };
  };
  const epochOf = (civil: CivilTime): number => {
    const asUtc = epochOfUtc(civil);
    const winter = asUtc - 3600;
    return epochOfUtc(civilAt(winter)) === asUtc ? winter : asUtc - 7200;
  };
  return { civilAt, epochOf };
}
const zone = centralEuropean();

interface Annotation {
  readonly match?: boolean;
  readonly host?: string;
  readonly time?: string;
  readonly constraint?: string;
  readonly attempts?: number;
  readonly [key: string]: unknown;
}
type Options = Readonly<Record<string, string>>;

interface JudgedLine {
  readonly place: string;
  readonly line: string;
  readonly options: Options;
  readonly expected: Annotation;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function optionsOf(value: unknown): Options {
  if (!isRecord(value)) throw new Error("options are no object");
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

/** `name == 'sshd'`, `opts.get('mode') != 'x'`, joined by `and`. */
function holds(expression: string | undefined, name: string, options: Options): boolean {
  return (expression ?? "")
    .split(/ and /)
    .filter(Boolean)
    .every((term) => {
      const parts = /^\s*(?:(name)|opts\.get\('([^']+)'\))\s*(==|!=)\s*'([^']*)'\s*$/.exec(term);
      if (parts === null) throw new Error(`unknown expression: ${term}`);
      const [, isName, option = "", operator, wanted] = parts;
      const actual = isName === undefined ? options[option] : name;
      return (actual === wanted) === (operator === "==");
    });
}

/** All lines of a sample file, once for each option set that is in force. */
function readSamples(file: string, name: string, out: JudgedLine[]): void {
  const older = OLDER_DEFAULTS[name] ?? {};
  let shared: Options = {};
  let sets: readonly Options[] = [older];
  let expected: Annotation | undefined;
  for (const [index, line] of readFileSync(join(folder, file), "utf8").split(/\r?\n/).entries()) {
    const note = /^#+\s*(failJSON|filterOptions|fileOptions|addFILE):\s*(.+)$/.exec(line);
    const [, kind, json = ""] = note ?? [];
    if (expected === undefined && kind !== undefined) {
      // days of one digit are written so, too
      const value: unknown = JSON.parse(
        json.replace(/("time": "\d{4}-\d\d-)(\d)(?=T)/, (_, before, day) => `${before}0${day}`),
      );
      if (kind === "failJSON") expected = isRecord(value) ? value : {};
      else if (kind === "addFILE") readSamples(String(value), name, out);
      else if (kind === "fileOptions") {
        shared = optionsOf(value);
        sets = [{ ...older, ...shared }];
      } else {
        const given = Array.isArray(value) ? value : [value];
        sets = given.map((one) => ({ ...older, ...shared, ...optionsOf(one) }));
      }
      continue;
    }
    if (expected === undefined && (line.trim() === "" || line.startsWith("#"))) continue;
    for (const options of sets) {
      if (!holds(options["test.condition"], name, options) || !holds(expected?.constraint, name, options))
        continue;
      const prefix = options["logtype"] === "journal" ? (options["test.prefix-line"] ?? "") : "";
      out.push({ place: `${file}:${index + 1}`, line: prefix + line, options, expected: expected ?? {} });
    }
    expected = undefined;
  }
}

const NOT_DATA = new Set([
  "match",
  "host",
  "time",
  "desc",
  "constraint",
  "attempts",
  "filter",
  "test.condition",
]);

function sameData(actual: DataValue | undefined, wanted: unknown): boolean {
  if (wanted === null) return actual === undefined;
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(actual) && [...actual].map(String).sort().join() === wanted.map(String).sort().join()
    );
  }
  return String(actual ?? "") === String(wanted);
}

/** What differs from the annotation; empty where all is as annotated. */
function differences(failures: readonly Failure[], { expected, line, options }: JudgedLine): string[] {
  if (expected.match !== true)
    return failures.length === 0 ? [] : [`matched ${failures[0]?.id ?? failures[0]?.host}`];
  const [failure] = failures;
  if (failure === undefined || failures.length > 1) return [`${failures.length} failures`];
  const found: string[] = [];
  const id = failure.id ?? failure.host;
  if (expected.host !== undefined && id !== canonicalId(expected.host)) found.push(`host is ${id}`);
  if (expected.attempts !== undefined && failure.matches.length !== expected.attempts) {
    found.push(`${failure.matches.length} lines instead of ${expected.attempts}`);
  }
  for (const [key, wanted] of Object.entries(expected)) {
    if (NOT_DATA.has(key)) continue;
    const actual = failure.data.get(key);
    if (!sameData(actual, wanted)) found.push(`${key} is ${JSON.stringify(actual)}`);
  }
  if (expected.time !== undefined && options["logtype"] !== "journal") {
    const at = zone.civilAt(failure.at);
    const pad = (value: number): string => String(value).padStart(2, "0");
    const day = `${pad(at.month)}-${pad(at.day)}T${pad(at.hour)}:${pad(at.minute)}:${pad(at.second)}`;
    const hasYear = /\b20\d\d\b(?!:db8)/.test(line.slice(0, 43));
    const text = hasYear ? `${at.year}-${day}` : day;
    const wanted = hasYear ? expected.time.slice(0, 19) : expected.time.slice(5, 19);
    if (text !== wanted) found.push(`time is ${text}`);
  }
  return found;
}

/** Noon of a day in 2005: the present of lines of before, and of those without a year or a day. */
const NOON = zone.epochOf({ year: 2005, month: 8, day: 14, hour: 12, minute: 0, second: 0 });

/** The present of each line: its own moment, or that of the next line that is annotated with one. */
function presentsOf(samples: readonly JudgedLine[]): number[] {
  const presents: number[] = [];
  let present = NOON;
  for (const { expected } of samples.toReversed()) {
    const [year, month, day, hour = 0, minute = 0, second = 0] = (expected.time?.match(/\d+/g) ?? []).map(
      Number,
    );
    if (year !== undefined && month !== undefined && day !== undefined) {
      present = Math.max(zone.epochOf({ year, month, day, hour, minute, second }), NOON);
    }
    presents.push(present);
  }
  return presents.reverse();
}

for (const name of FILTERS) {
  test(`our filter ${name} judges fail2ban's sample log as annotated`, () => {
    const samples: JudgedLine[] = [];
    readSamples(name, name, samples);
    const filters = new Map<string, LineFilter>();
    const wrong: string[] = [];
    let deviations = 0;
    const presents = presentsOf(samples);
    for (const [index, sample] of samples.entries()) {
      const { options, line } = sample;
      const args = Object.entries(options).filter(([key]) => !key.startsWith("test."));
      const item =
        args.length === 0 ? name : `${name}[${args.map(([key, value]) => `${key}="${value}"`).join(", ")}]`;
      const key = `${options["test.filter-name"] ?? ""} ${item}`;
      const filter = filters.get(key) ?? stockFilter(item, zone);
      filters.set(key, filter);
      const now = presents[index] ?? NOON;
      const isJournal = options["logtype"] === "journal";
      const { failures } = filter.process(line, {
        now,
        inOperation: false,
        ...(isJournal ? { at: now } : {}),
      });
      const found = differences(failures, sample);
      if (found.length === 0) continue;
      if (DEVIATIONS.some(([filterName, text]) => filterName === name && line.includes(text)))
        deviations += 1;
      else wrong.push(`${sample.place} ${item}: ${found.join(", ")}: ${line}`);
    }
    tally.set(name, { judged: samples.length, right: samples.length - wrong.length - deviations });
    expect(wrong).toEqual([]);
  });
}

test.skipIf(isAbsent)(
  `of all lines of fail2ban's sample logs, ${100 * WANTED_SHARE} % are judged as annotated${suffix}`,
  () => {
    const counts = [...tally.values()];
    const judged = counts.reduce((sum, count) => sum + count.judged, 0);
    const right = counts.reduce((sum, count) => sum + count.right, 0);
    expect(right / judged).toBeGreaterThanOrEqual(WANTED_SHARE);
  },
);
