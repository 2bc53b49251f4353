/**
 * Our reading of configurations against Debian's fail2ban 1.0.2: the command stream of `-d` as data, log lines and exit codes of
 * `-d` and `-t`. Differences are listed with their reason; a listed one that no longer differs fails too.
 * @module
 */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { foldConfiguration } from "../../src/config/fold.ts";
import { type LoadedConfiguration, loadConfiguration } from "../../src/config/load.ts";
import { type ConfigurationReport, dumpReport, testReport } from "../../src/config/report.ts";
import { streamOf } from "../../src/config/stream.ts";
import { nodeConfigFiles } from "../../src/exec/config-files.ts";
import { type ConfigCase, readCases, writeCase } from "./config/cases.ts";

const ORACLE = process.env["GAOLER_ORACLE"] ?? "";
const isMissing = !existsSync(join(ORACLE, "usr/bin/fail2ban-client"));
const why = isMissing ? " (skipped: no fail2ban package)" : "";
const FOLDER = join(import.meta.dirname, "config");
/** Runs of the other program at a time. */
const PARALLEL = 3;

/** Where 1.1, or good sense, differs from 1.0.2. */
const DIFFERENT: ReadonlyMap<string, string> = new Map([
  ["all kinds of options, many lines and none", "ignoreip: a tab separates too (1.1)"],
  ["params seen by filter with a doubled percent sign", "skip_if_nologs is an option of the jail (1.1)"],
  ["missing Definition", "options of Init are never sent as settings of the jail"],
  ["known of a datepattern", "a percent sign in a known value is one"],
  ["known of maxlines", "a known number is text"],
  ["a percent sign in the known value of a filter", "a percent sign in a known value is one"],
  ["action = 'n[x?family=inet6=1]'", "conditional arguments (1.1)"],
  ["action conditional+args", "an argument overrides the conditional values of Init (1.1)"],
  ["an argument over conditional Init", "an argument overrides the conditional values of Init (1.1)"],
  ["jail.local is a directory", "an unreadable jail.local is a mistake (1.1)"],
  ["undecodable jail.local and include", "an unreadable jail.local is a mistake (1.1)"],
  ["undecodable filter", "an unreadable filter is a mistake (1.1)"],
]);

interface Answer {
  readonly commands: readonly unknown[];
  readonly other: readonly string[];
  readonly log: readonly string[];
  readonly exitCode: number;
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv, input = "") {
  return new Promise<{ stdout: string; stderr: string; code: number }>((resolve) => {
    const child = execFile(
      program,
      args,
      { env, maxBuffer: 1 << 28, encoding: "utf8" },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ stdout, stderr, code });
      },
    );
    child.stdin?.end(input);
  });
}

/** Python literals, one a line, as JSON. */
async function readLiterals(lines: readonly string[]): Promise<unknown[]> {
  const script =
    "import sys,ast,json\nfor l in sys.stdin.read().split('\\n'):\n  if l: print(json.dumps(ast.literal_eval(l)))";
  const { stdout } = await run("/usr/bin/python3", ["-c", script], process.env, lines.join("\n"));
  return stdout.split("\n").flatMap((line): unknown[] => (line === "" ? [] : [JSON.parse(line)]));
}

const LOG_LINE = /^\S+ \S+ fail2ban\.?(\S*)\s*\[\d+\]: (\w+)\s+/;

/** Log lines without time and process; continuation lines with theirs; what 1.1 says at DEBUG or elsewhere left out. */
function normalLog(stderr: string): readonly string[] {
  const lines: string[] = [];
  for (const line of stderr.split("\n")) {
    if (line === "") continue;
    const head = LOG_LINE.exec(line);
    const text = head === null ? line : `${head[1]} ${head[2]} ${line.slice(head[0].length)}`;
    if (head === null && lines.length > 0) lines[lines.length - 1] += `\n${text}`;
    else lines.push(text);
  }
  return lines
    .map((line) => line.replace(/for (\S+) jail$/, "for '$1' jail."))
    .filter((line) => !line.includes("not defined in") && !line.endsWith("ERROR: test configuration failed"));
}

function runOracle(directory: string, option: string) {
  return run("/usr/bin/python3", [join(ORACLE, "usr/bin/fail2ban-client"), "-c", directory, option], {
    ...process.env,
    PYTHONPATH: join(ORACLE, "usr/lib/python3/dist-packages"),
  });
}

async function askOracle(directory: string, option: string): Promise<Answer> {
  const { stdout, stderr, code } = await runOracle(directory, option);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return {
    commands: await readLiterals(lines.filter((line) => line.startsWith("["))),
    other: lines.filter((line) => !line.startsWith("[")),
    log: normalLog(stderr),
    exitCode: code,
  };
}

function ourAnswer(loaded: LoadedConfiguration, report: ConfigurationReport, isDump: boolean): Answer {
  const log: string[] = [];
  const out: string[] = [];
  for (const line of report.lines) {
    if (line.stream === "stdout") out.push(...line.text.split("\n"));
    else if (!["DEBUG", "NOTICE", "INFO"].includes(line.level))
      log.push(`${line.logger} ${line.level} ${line.text}`);
  }
  const isStream = isDump && out.some((line) => line.startsWith("["));
  return {
    commands: isStream ? streamOf(loaded).map(({ words }) => words) : [],
    other: out.filter((line) => !line.startsWith("[") && line !== "ERROR: test configuration failed"),
    log,
    exitCode: report.exitCode,
  };
}

async function eachOf<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>) {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) await work(item, index);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

const load = (baseDir: string): LoadedConfiguration =>
  loadConfiguration({ files: nodeConfigFiles, baseDir, version: "1.0.2" });

describe.skipIf(isMissing)(`configurations read as fail2ban reads them${why}`, () => {
  const cases = readCases(FOLDER);
  const root = isMissing ? "" : mkdtempSync(join(tmpdir(), "gaoler-config-"));
  const directoryOf = (index: number): string => join(root, String(index));
  const dumps = new Map<ConfigCase, Answer>();
  const tests = new Map<ConfigCase, Answer>();

  beforeAll(async () => {
    await eachOf(cases, async (one, index) => {
      mkdirSync(directoryOf(index));
      writeCase(one, directoryOf(index));
      dumps.set(one, await askOracle(directoryOf(index), "-d"));
      // the grammar of items shows in the stream; asking twice for each would double the time
      if (one.source !== "items.cases") tests.set(one, await askOracle(directoryOf(index), "-t"));
    });
  });
  afterAll(() => {
    if (root !== "") rmSync(root, { recursive: true });
  });

  test("there are enough of them, each with its own title", () => {
    expect(cases.length).toBeGreaterThan(200);
    expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
  });

  test.each(cases.map((one, index) => [one.title, one, index] as const))("%s", (title, one, index) => {
    const loaded = load(directoryOf(index));
    const dump = ourAnswer(loaded, dumpReport(loaded), true);
    const answer = ourAnswer(loaded, testReport(loaded), false);
    const hasLoneQuote = loaded.diagnostics.some(({ message }) => message.includes("never closed"));
    if (DIFFERENT.has(title) || hasLoneQuote) {
      expect(dump, `${title} is listed as different`).not.toEqual(dumps.get(one));
      return;
    }
    expect(dump).toEqual(dumps.get(one));
    if (tests.has(one)) expect(answer).toEqual(tests.get(one));
  });
});

/** What a word of the stream is about, without any text of the package. */
const aboutOf = (words: readonly unknown[]): string =>
  words[2] === "action" ? `${words[1]} action ${words[3]}` : `${words[1]} ${words[2]}`;

/** The commands that differ, by jail and option. */
function differences(ours: readonly (readonly unknown[])[], theirs: readonly unknown[]): readonly string[] {
  const found = new Set<string>();
  if (ours.length !== theirs.length) found.add(`${ours.length} commands against ${theirs.length}`);
  for (const [index, words] of ours.entries()) {
    if (JSON.stringify(words) !== JSON.stringify(theirs[index])) found.add(aboutOf(words));
  }
  return [...found];
}

/** Without the conditional properties of actions, where 1.1 lets arguments win. */
function withoutConditional(words: readonly unknown[]): readonly unknown[] {
  return words
    .filter((item) => !(Array.isArray(item) && typeof item[0] === "string" && item[0].includes("?")))
    .map((item) => (Array.isArray(item) ? withoutConditional(item) : item));
}

describe.skipIf(isMissing)(`the package's own tree with all jails enabled${why}`, () => {
  const variants: readonly (readonly [name: string, defaults: string])[] = [
    ["as it is", ""],
    ["mail with whois", "action = %(action_mw)s\n"],
    ["mail with whois and lines", "action = %(action_mwl)s\n"],
    ["nftables", "banaction = nftables-multiport\nbanaction_allports = nftables[type=allports]\n"],
    ["the journal", "backend = systemd\n"],
    ["modes", "mode = aggressive\nbantime.increment = true\nmaxmatches = 7\nusedns = no\nchain = OTHER\n"],
  ];

  test.each(variants)("%s", async (name, defaults) => {
    const root = mkdtempSync(join(tmpdir(), "gaoler-tree-"));
    try {
      const directory = join(root, "config");
      cpSync(join(ORACLE, "etc/fail2ban"), directory, { recursive: true });
      const log = join(root, "log");
      writeFileSync(log, "");
      const jails = load(directory).jails.map((jail) => jail.name);
      expect(jails.length).toBeGreaterThan(80);
      const isJournal = name === "the journal";
      const sections = jails.map((jail) => `[${jail}]\n${isJournal ? "" : `logpath = ${log}\n`}`);
      writeFileSync(
        join(directory, "jail.local"),
        `[DEFAULT]\nenabled = true\n${defaults}${sections.join("")}`,
      );
      const loaded = load(directory);
      const theirs = await askOracle(directory, "-d");
      const ours = streamOf(loaded).map(({ words }) => words);
      expect(loaded.fatal).toBeUndefined();
      if (name === "nftables") {
        const { stdout } = await runOracle(directory, "--dp");
        const pretty = dumpReport(loaded, true).lines.filter((line) => line.stream === "stdout");
        const isSame = `${pretty.map(({ text }) => text).join("\n")}\n` === stdout;
        expect(isSame, "pretty-printed alike").toBe(true);
      }
      expect(dumpReport(loaded).exitCode).toBe(theirs.exitCode);
      const theirCommands = theirs.commands.map((words) => (Array.isArray(words) ? words : [words]));
      expect(differences(ours.map(withoutConditional), theirCommands.map(withoutConditional))).toEqual([]);
      // the one jail whose argument has a conditional value beside it, in the action that has one
      const conditional = differences(ours, theirs.commands);
      expect(conditional.filter((about) => about !== "pass2allow-ftp action iptables-multiport")).toEqual([]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

test.skipIf(isMissing)(`the configuration with the open quote runs over the package's tree${why}`, () => {
  const directory = mkdtempSync(join(tmpdir(), "gaoler-issue-"));
  try {
    cpSync(join(ORACLE, "etc/fail2ban"), directory, { recursive: true });
    for (const name of ["jail.local", "filter.d/apache-noscript-tdd.conf"]) {
      cpSync(join(FOLDER, "issue-configuration", name), join(directory, name));
    }
    const stockDir = join(import.meta.dirname, "../../stock");
    const loaded = loadConfiguration({ files: nodeConfigFiles, baseDir: directory, stockDir });
    const { jails, diagnostics } = foldConfiguration(loaded);
    const names = ["ssh", "ssh-ddos", "apache", "apache-noscript", "apache-noscript-tdd", "pureftpd"];
    const found = jails.filter(({ name }) => names.includes(name));
    expect(found.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    for (const { actions, failregex } of found) {
      expect(failregex.length).toBeGreaterThan(0);
      expect(actions.map(({ name }) => name)).toEqual(["iptables-multiport", "sendmail-whois-lines"]);
      expect(actions[0]?.properties.get("protocol")).toBe("tcp");
    }
    const warnings = diagnostics.filter(({ severity }) => severity !== "notice");
    expect(warnings.map(({ origin, message }) => [origin?.line, message.slice(0, 18)])).toEqual([
      [12, 'the quote " is ope'],
      [26, "filter 'sshd-ddos'"],
      [54, "filter 'pureftpd' "],
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
