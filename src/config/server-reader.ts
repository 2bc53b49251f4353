/**
 * Reads `fail2ban.conf` and what overrides it: the commands that set up the server, and the values that the programs need before
 * (A§1.11, B§1.15).
 * @module
 */
import type { ConfigTree } from "./config-tree.ts";
import { ConfigMistake, type Findings } from "./findings.ts";
import { readOption } from "./option-values.ts";
import { EARLY_OPTIONS, type OptionSpec, SERVER_OPTIONS } from "./options.ts";
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

/** Reads the server's options from the merged configuration. */
export function readServer(deps: ServerDeps): ServerReading {
  const { tree, findings, overrides } = deps;
  if (!tree.sections.has("Definition")) {
    const count = EARLY_OPTIONS.length + SERVER_OPTIONS.length;
    for (let index = 0; index < count; index += 1) {
      findings.log("ERROR", "configreader", "No section: 'Definition'");
    }
  }
  const early: Record<string, string> = {};
  for (const spec of EARLY_OPTIONS) {
    early[spec.name] = asText(fetch(spec, "Definition", deps)?.words[2]) ?? String(spec.readerDefault ?? "");
  }
  const { socket = "", pidfile = "", loglevel = "", logtarget = "", syslogsocket = "" } = early;
  const known: EarlyOptions = { socket, pidfile, loglevel, logtarget, syslogsocket, ...overrides };
  const commands: StreamCommand[] = [];
  const stack = tree.sections.has("Thread") ? fetch(STACKSIZE, "Thread", deps) : undefined;
  const size = stack?.words[2];
  if (stack !== undefined && size !== undefined) {
    commands.push({ ...stack, words: ["set", "thread", { stacksize: size }] });
  }
  const fixed: Readonly<Record<string, string>> = {
    loglevel: known.loglevel,
    logtarget: known.logtarget,
    syslogsocket: known.syslogsocket,
  };
  for (const spec of SERVER_OPTIONS) {
    const command = fetch(spec, "Definition", deps);
    const value = fixed[spec.name];
    if (value !== undefined) commands.push({ ...command, words: ["set", spec.name, value] });
    else if (command !== undefined) commands.push(command);
  }
  return { early: known, commands };
}
