/**
 * The two sides of a comparison: Debian's `fail2ban-regex` and ours on the same words, and both outputs without what differs on
 * purpose.
 *
 * - wordings of 1.1 where the package has 1.0.2 (A§6): `Use filter file`, the IPv6 part of tags, date row 13;
 * - of the templates for epochs and TAI64N the regexes are one's own; a position in an expanded regex is another where the IPv6
 *   part is;
 * - a stamp without a year is of the year nearest to now here, of the last twelve months there: what lies ahead goes back a year;
 * - the order inside a printed set of users: Python's changes from run to run;
 * - a time that is the moment of the run;
 * - the engine of each regex, shown by `-v` here only.
 * @module
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { runRegexCommand } from "../../src/cli/regex-command.ts";
import { nodeConfigFiles } from "../../src/exec/config-files.ts";
import { systemLocalZone } from "../../src/exec/local-zone.ts";
import { systemClock } from "../../src/exec/system-clock.ts";

const oracle = process.env["GAOLER_ORACLE"] ?? "";
const packages = join(oracle, "usr/lib/python3/dist-packages");
const program = join(oracle, "usr/bin/fail2ban-regex");

/** Folders of the package. */
export const SAMPLES = join(packages, "fail2ban/tests/files/logs");
export const CONFIGURATION = join(oracle, "etc/fail2ban");

export const isMissing = oracle === "" || !existsSync(program) || !existsSync(SAMPLES);

/** What the name of a test ends with where it is skipped. */
export const suffix = isMissing ? " (skipped: no fail2ban package)" : "";

/** The zone in which the samples are annotated. */
const ZONE = "Europe/Paris";
process.env["TZ"] = ZONE;

const runFile = promisify(execFile);

/** What is on stderr: nothing, a usage mistake, a mistake in words, or a failure of the program. */
export type Complaint = "" | "usage" | "mistake" | "failure";

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly complaint: Complaint;
}

function complaintOf(text: string): Complaint {
  if (text.trim() === "") return "";
  if (text.includes("Traceback (most recent call last)")) return "failure";
  return text.startsWith("Usage: ") ? "usage" : "mistake";
}

export async function theirs(argv: readonly string[]): Promise<Ended> {
  const env = { ...process.env, PYTHONPATH: packages, TZ: ZONE, LC_ALL: "C.UTF-8" };
  const options = { env, maxBuffer: 64 << 20, timeout: 100_000 };
  try {
    const { stdout, stderr } = await runFile("/usr/bin/python3", [program, ...argv], options);
    return { code: 0, out: stdout, complaint: complaintOf(stderr) };
  } catch (error) {
    if (!(error instanceof Error && "code" in error && "stdout" in error && "stderr" in error)) throw error;
    return {
      code: Number(error.code),
      out: String(error.stdout),
      complaint: complaintOf(String(error.stderr)),
    };
  }
}

export async function ours(argv: readonly string[]): Promise<Ended> {
  let out = "";
  let err = "";
  const code = await runRegexCommand(argv, {
    program,
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    files: nodeConfigFiles,
    clock: systemClock,
    zone: systemLocalZone,
    env: {},
  });
  // where Python ends with a traceback, one line says it here
  const complaint = code === 1 && err.startsWith("ERROR: ") ? "failure" : complaintOf(err);
  return { code, out, complaint };
}

const startedAt = Date.now() / 1000;
const DAY = 86_400;

/** A moment that lies ahead, a year earlier. */
function notAhead(at: number): number {
  if (at <= startedAt + DAY) return at;
  const moment = new Date(at * 1000);
  moment.setFullYear(moment.getFullYear() - 1);
  return moment.getTime() / 1000;
}

/** A moment as Python's `ctime` prints it. */
function ctime(at: number): string {
  const [day, month, date, year, time] = new Date(at * 1000).toString().split(" ");
  return `${day} ${month} ${String(Number(date)).padStart(2)} ${time} ${year}`;
}

const CTIME = /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\b/g;

const isNow = (at: number): boolean => at >= startedAt - 5 && at <= startedAt + DAY;

function comparableTimes(text: string): string {
  return text
    .replaceAll(CTIME, (whole) => {
      const at = notAhead(Date.parse(whole) / 1000);
      return isNow(at) ? "NOW" : ctime(at);
    })
    .replaceAll(/(?<![\d.])\d{10}(?=\.\d|\b(?!\.))(?:\.\d+)?/g, (whole) => {
      const [seconds = "", fraction] = whole.split(".");
      const at = notAhead(Number(seconds));
      return isNow(at) ? "NOW" : `${at}${fraction === undefined ? "" : `.${fraction}`}`;
    });
}

/** The same text for what differs on purpose. */
export function comparable({ out, ...rest }: Ended): Ended {
  const text = out
    .replaceAll("Use   failregex filter file :", "Use      filter file :")
    .replaceAll("Use   failregex file :", "Use      filter file :")
    .replaceAll("{1,4}::?|::){1,7}", "{1,4}::?|:){1,7}")
    .replaceAll("%3A%3A%3F%7C%3A%3A%29%7B1%2C7%7D", "%3A%3A%3F%7C%3A%29%7B1%2C7%7D")
    .replaceAll("(?:T|  ?)Ex24hourExMinuteExSecond", "(?:-|T|  ?)Ex24hour:?ExMinute:?ExSecond")
    .replaceAll("%Exd(?:T|  ?)%ExH%ExM%ExS", "%Exd(?:-|T|  ?)%ExH:?%ExM:?%ExS")
    .replaceAll(/(redefinition of group name .* at position) \d+/g, "$1 N")
    .replaceAll(/(# regex: .*20\[012\].*)\(\?:T\| {2}\?\)(.*)/g, "$1(?:-|T|  ?)$2")
    .replaceAll(/(\?P<[HM]>[^()]*\)):\?/g, "$1")
    .replaceAll(
      /^(\| {2}\[\d+\] (?:\{\^LN-BEG\})?(?:Epoch|TAI64N)\n(?:.*weight.*\n)?).*# regex: .*\n/gm,
      "$1",
    )
    .replaceAll(/processed in [\d.]+ sec/g, "processed")
    .replaceAll(/^\| {6}# engine: .*\n/gm, "")
    .replaceAll(
      /\{'[^{}:]*'(?:, '[^{}:]*')+\}/g,
      (set) => `{${set.slice(1, -1).split(", ").sort().join(", ")}}`,
    );
  return { ...rest, out: comparableTimes(text) };
}
