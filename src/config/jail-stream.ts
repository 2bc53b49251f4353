/**
 * One jail's options, once read, as commands in fail2ban's order (A§1.13, step 5), with its log files looked for.
 * @module
 */
import type { Origin } from "../base/diagnostic.ts";
import type { ConfigFiles } from "./config-files.ts";
import type { Values } from "./definition-source.ts";
import { ConfigMistake, type Findings } from "./findings.ts";
import type { JailReading } from "./jail-reader.ts";
import { findLogFiles, type LogPathLine, splitLogPaths, tellMissing, watchedPaths } from "./log-paths.ts";
import { JAIL_OPTIONS, READER_ONLY } from "./options.ts";
import { reprText } from "./python-text.ts";
import type { LogPath, StreamCommand, StreamWord } from "./settings.ts";
import { splitShellWords } from "./shell-words.ts";
import { TracedText } from "./traced-text.ts";

/** Sent before all regexes, in this order. */
const FIRST = ["usedns", "prefregex", "maxlines"] as const;
/** What a filter and a jail both may set beside those, in the jail's order. */
const SECOND = ["ignoreregex", "failregex", "datepattern", "journalmatch"] as const;

export interface JailCommands {
  readonly commands: readonly StreamCommand[];
  readonly logPatterns: readonly LogPath[];
  /** fail2ban's text where no log file was found and one is needed */
  readonly missingLogs: string | undefined;
  /** the jail asks to be left out where its logs are missing */
  readonly isSkipped: boolean;
  readonly error: string | undefined;
}

class JailCommandList {
  readonly #jail: string;
  readonly #findings: Findings;
  readonly commands: StreamCommand[] = [];
  error: string | undefined;

  constructor(jail: string, findings: Findings) {
    this.#jail = jail;
    this.#findings = findings;
  }

  add(words: readonly StreamWord[], origin: Origin | undefined): void {
    this.commands.push({ words, ...(origin && { origin }) });
  }

  set(option: string, values: readonly StreamWord[], origin: Origin | undefined): void {
    this.add(["set", this.#jail, option, ...values], origin);
  }

  #regexes(command: string, value: TracedText): void {
    const lines = value.lines().filter(({ text }) => text !== "");
    const [first] = lines;
    if (first === undefined) return;
    if (lines.length === 1) {
      this.set(command, [first.text], first.originAt());
      return;
    }
    this.commands.push({
      words: ["multi-set", this.#jail, command, lines.map(({ text }) => text)],
      itemOrigins: lines.map((line) => line.originAt()),
      ...optionalOrigin(first),
    });
  }

  #journalMatches(value: TracedText): void {
    for (const line of value.lines()) {
      if (line.text === "") continue;
      const words = splitShellWords(line.text);
      if ("error" in words) {
        const mistake = new ConfigMistake(words.error, line.originAt(), "close the quote");
        this.#findings.fatalMistake(mistake, "the jail is left out, the others run", this.#jail);
        this.error ??= words.error;
      } else this.set("addjournalmatch", words, line.originAt());
    }
  }

  /** One of the options that filters and jails share. */
  searchOption(name: string, value: TracedText): void {
    if (name === "failregex" || name === "ignoreregex") this.#regexes(`add${name}`, value);
    else if (name === "journalmatch") this.#journalMatches(value);
    else if (name === "maxlines") this.set(name, [Number(value.text)], value.originAt());
    else this.set(name, [value.text], value.originAt());
  }
}

function optionalOrigin(value: TracedText): { origin?: Origin } {
  const origin = value.originAt();
  return origin === undefined ? {} : { origin };
}

/** The jail's own values of the options that filters have too. */
function jailSearchOptions(reading: JailReading): Values {
  const values = new Map<string, TracedText>();
  for (const name of [...FIRST, ...SECOND]) {
    const option = reading.options.get(name);
    if (option?.traced === undefined || option.word === null) continue;
    const { word, traced } = option;
    values.set(name, typeof word === "string" ? traced : TracedText.of(String(word), traced.originAt()));
  }
  return values;
}

function addSettings(list: JailCommandList, reading: JailReading): void {
  const search: ReadonlySet<string> = new Set([...FIRST, ...SECOND]);
  for (const { name } of JAIL_OPTIONS) {
    const option = reading.options.get(name);
    if (option === undefined || READER_ONLY.has(name) || search.has(name)) continue;
    const origin = option.traced?.originAt();
    if (name !== "ignoreip") {
      list.set(name, [option.word], origin);
      continue;
    }
    const words = (option.traced?.text ?? "").split(/[\s,]+/).filter((word) => word !== "");
    list.set("addignoreip", words, origin);
  }
}

interface LogSearch {
  readonly patterns: readonly LogPath[];
  readonly files: readonly { path: string; word: string; origin: Origin | undefined }[];
  /** lines that lead to no file now */
  readonly missing: readonly LogPathLine[];
  readonly isSet: boolean;
}

const NO_LOGS: LogSearch = { patterns: [], files: [], missing: [], isSet: false };

function searchLogs(reading: JailReading, files: ConfigFiles, findings: Findings): LogSearch {
  const value = reading.options.get("logpath")?.traced;
  if (value === undefined) return NO_LOGS;
  const lines = splitLogPaths(value);
  const patterns = watchedPaths(lines, reading.name, findings);
  const found = lines.map((line) => ({ line, paths: findLogFiles(line, files, findings) }));
  return {
    isSet: true,
    patterns,
    files: found.flatMap(({ line: { word, origin }, paths }) =>
      paths.map((path) => ({ path, word, origin })),
    ),
    missing: lines.filter(({ pattern }) => files.glob(pattern).length === 0),
  };
}

/** What the machine offers to a jail. */
export interface JailMachine {
  readonly files: ConfigFiles;
  /** there is a journal to read: for the daemon, not for fail2ban's face */
  readonly hasJournal: boolean;
}

/**
 * The backend once the logs are known: `auto` turns to the journal where there are none and it can (A§1.9). fail2ban asks for a
 * `journalmatch` of the jail; the daemon takes the filter's too, as the manual promises: a machine that logs to the journal alone is
 * protected by an untouched configuration.
 */
function chooseBackend(
  reading: JailReading,
  logs: LogSearch,
  hasJournal: boolean,
  findings: Findings,
): string {
  const word = reading.options.get("backend")?.word;
  const backend = typeof word === "string" ? word : "auto";
  if (!logs.isSet || logs.files.length > 0 || !backend.startsWith("auto")) return backend;
  if (reading.options.get("systemd_if_nologs")?.word !== true) return backend;
  const match = reading.options.get("journalmatch")?.word;
  if (typeof match !== "string" || match === "") {
    const isOfFilter = (reading.filterOptions.get("journalmatch")?.text ?? "") !== "";
    if (!hasJournal || !isOfFilter) return backend;
    findings.report({
      severity: "notice",
      message: "no log file is there",
      consequence: "the systemd journal is read, for what the filter's journalmatch names",
      remedy: "set backend = polling to wait for the file instead",
      jail: reading.name,
    });
    return "systemd";
  }
  const text = `Have not found any log file for ${reprText(reading.name)} jail. Jail will monitor systemd journal.`;
  findings.log("WARNING", "jailreader", text);
  return "systemd";
}

/** Turns an enabled jail without mistakes into commands. */
export function jailCommands(reading: JailReading, machine: JailMachine, findings: Findings): JailCommands {
  const { files, hasJournal } = machine;
  const { name, options, filterOptions } = reading;
  const list = new JailCommandList(name, findings);
  const configured = options.get("backend");
  const isJournal = typeof configured?.word === "string" && configured.word.startsWith("systemd");
  const logs = isJournal ? NO_LOGS : searchLogs(reading, files, findings);
  const backend = chooseBackend(reading, logs, hasJournal, findings);
  list.add(["add", name, backend], configured?.traced?.originAt() ?? reading.origin);
  const own = jailSearchOptions(reading);
  for (const source of [own, filterOptions]) {
    for (const option of FIRST) {
      const value = source.get(option);
      if (value !== undefined) list.searchOption(option, value);
    }
  }
  for (const [option, value] of filterOptions) {
    if (SECOND.some((second) => second === option)) list.searchOption(option, value);
  }
  for (const option of SECOND) {
    const value = own.get(option);
    if (value !== undefined) list.searchOption(option, value);
  }
  addSettings(list, reading);
  const isFileJail = !backend.startsWith("systemd");
  if (isFileJail) {
    for (const line of logs.missing) tellMissing(line, name, findings);
    for (const { path, word, origin } of logs.files) list.set("addlogpath", [path, word], origin);
  }
  list.commands.push(...reading.actionCommands);
  const isMissing = isFileJail && logs.isSet && logs.files.length === 0;
  return {
    commands: list.commands,
    logPatterns: isFileJail ? logs.patterns : [],
    missingLogs: isMissing ? `Have not found any log file for ${reprText(name)} jail.` : undefined,
    isSkipped: isMissing && options.get("skip_if_nologs")?.word === true,
    error: list.error,
  };
}
