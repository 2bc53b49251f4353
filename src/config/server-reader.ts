/**
 * Reads `fail2ban.conf` and what overrides it: the commands that set up the server, and the values that the programs need before
 * (A§1.11, B§1.15).
 * @module
 */
import { readCompatVersion } from "./compat-version.ts";
import type { ConfigTree } from "./config-tree.ts";
import { ConfigMistake, type Findings } from "./findings.ts";
import { readOption } from "./option-values.ts";
import { EARLY_OPTIONS, type OptionSpec, SERVER_OPTIONS } from "./options.ts";
import { reprText } from "./python-text.ts";
import type { StreamCommand, StreamWord } from "./settings.ts";

/** What must be known before the server runs. */
export interface EarlyOptions {
  readonly socket: string;
  readonly pidfile: string;
  readonly loglevel: string;
  readonly logtarget: string;
  readonly syslogsocket: string;
}

export interface ServerReading {
  readonly early: EarlyOptions;
  /** the version of fail2ban that is reported */
  readonly compatVersion: string;
  readonly commands: readonly StreamCommand[];
}

interface ServerDeps {
  readonly tree: ConfigTree;
  readonly findings: Findings;
  /** values of the command line, which win */
  readonly overrides: Partial<EarlyOptions>;
}

const STACKSIZE: OptionSpec = { name: "stacksize", type: "int", unit: "KiB", doc: "stack of a thread" };

function fetch(spec: OptionSpec, section: string, deps: ServerDeps): StreamCommand | undefined {
  const value = readOption(spec, { tree: deps.tree, section }, deps.findings);
  if (value instanceof ConfigMistake) {
    deps.findings.fatalMistake(value, "the default is used");
    return undefined;
  }
  if (value === undefined) return undefined;
  const origin = value.traced?.originAt();
  return { words: ["set", spec.name, value.word], ...(origin && { origin }) };
}

const asText = (word: StreamWord | undefined): string | undefined =>
  typeof word === "string" ? word : undefined;

/** Names and numbers that `loglevel` takes. */
const LOG_LEVEL = /^(?:critical|error|warning|notice|info|msg|debug|tracedebug|heavydebug|\d+)$/i;

/** Values that fail2ban takes where there is no section for them; its readers say so once per option. */
function defaultCommands(specs: readonly OptionSpec[], findings: Findings): readonly StreamCommand[] {
  return specs.map(({ name, readerDefault = null }) => {
    findings.log("ERROR", "configreader", "No section: 'Definition'");
    return { words: ["set", name, readerDefault] };
  });
}

function fetchAll(specs: readonly OptionSpec[], deps: ServerDeps): readonly StreamCommand[] {
  if (!deps.tree.sections.has("Definition")) return defaultCommands(specs, deps.findings);
  return specs.flatMap((spec) => fetch(spec, "Definition", deps) ?? []);
}

function readEarly(deps: ServerDeps): EarlyOptions {
  const commands = fetchAll(EARLY_OPTIONS, deps);
  const text = (name: keyof EarlyOptions): string => {
    const spec = EARLY_OPTIONS.find((option) => option.name === name);
    const command = commands.find(({ words }) => words[1] === name);
    return asText(command?.words[2]) ?? String(spec?.readerDefault ?? "");
  };
  const loglevel = commands.find(({ words }) => words[1] === "loglevel");
  const level = text("loglevel");
  if (!LOG_LEVEL.test(level)) {
    const mistake = new ConfigMistake(`Invalid log level ${reprText(level)}`, loglevel?.origin);
    deps.findings.fatalMistake(mistake, "the default INFO holds");
  }
  return {
    socket: text("socket"),
    pidfile: text("pidfile"),
    loglevel: LOG_LEVEL.test(level) ? level : "INFO",
    logtarget: text("logtarget"),
    syslogsocket: text("syslogsocket"),
    ...deps.overrides,
  };
}

/** Reads the server's options from the merged configuration. */
export function readServer(deps: ServerDeps): ServerReading {
  const early = readEarly(deps);
  deps.findings.leaveEarlyPhase();
  const commands: StreamCommand[] = [];
  const stack = deps.tree.sections.has("Thread") ? fetch(STACKSIZE, "Thread", deps) : undefined;
  const size = stack?.words[2];
  if (stack !== undefined && size !== undefined) {
    commands.push({ ...stack, words: ["set", "thread", { stacksize: size }] });
  }
  const { loglevel, logtarget, syslogsocket } = early;
  const known = new Map<StreamWord | undefined, string>(
    Object.entries({ loglevel, logtarget, syslogsocket }),
  );
  for (const command of fetchAll(SERVER_OPTIONS, deps)) {
    const [, option = ""] = command.words;
    const value = known.get(option);
    commands.push(value === undefined ? command : { ...command, words: ["set", option, value] });
  }
  return { early, compatVersion: readCompatVersion(deps.tree, deps.findings), commands };
}
