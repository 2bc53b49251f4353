/**
 * Loads a whole configuration: the order of the phases and nothing else. Files in, commands and findings out; every mistake is
 * collected, and a bad jail never stops the others.
 * @module
 */
import type { Diagnostic, Origin } from "../base/diagnostic.ts";
import type { ConfigFiles } from "./config-files.ts";
import { ConfigTree } from "./config-tree.ts";
import { DefinitionFiles } from "./definition-source.ts";
import { Findings, type LoadNote } from "./findings.ts";
import { type JailReading, readJail } from "./jail-reader.ts";
import { jailCommands } from "./jail-stream.ts";
import { LayerReader } from "./layers.ts";
import { reprText } from "./python-text.ts";
import { type EarlyOptions, readServer } from "./server-reader.ts";
import type { LogPath, StreamCommand } from "./settings.ts";
import { TracedText } from "./traced-text.ts";

export interface LoadOptions {
  readonly files: ConfigFiles;
  readonly baseDir: string;
  /** filters and actions that `baseDir` lacks come from here, with a warning; `undefined`: they are missing, as for fail2ban */
  readonly stockDir?: string;
  /** there is a journal to turn to where a jail's logs are missing; `undefined`: there is none, or fail2ban's face asks */
  readonly hasJournal?: boolean;
  /** read this jail only */
  readonly jail?: string;
  /** values of the command line */
  readonly overrides?: Partial<EarlyOptions>;
  /** what `%(fail2ban_version)s` says; `undefined`: `compatversion` */
  readonly version?: string;
}

export interface LoadedJail {
  readonly name: string;
  readonly origin: Origin;
  readonly enabled: boolean;
  /** empty for a jail that is disabled or cannot run */
  readonly commands: readonly StreamCommand[];
  /** log paths and globs as configured; none for a jail that reads the journal */
  readonly logPatterns: readonly LogPath[];
  /** why the jail cannot run, in fail2ban's words */
  readonly error?: string;
  /** no log file is there now, in fail2ban's words; for fail2ban a mistake, for the daemon something to wait for */
  readonly missingLogs?: string;
  /** the jail asks to be left out while its logs are missing (`skip_if_nologs`) */
  readonly isSkipped: boolean;
}

export interface LoadedConfiguration {
  readonly baseDir: string;
  readonly early: EarlyOptions;
  /** the version of fail2ban that is reported */
  readonly compatVersion: string;
  readonly server: readonly StreamCommand[];
  readonly jails: readonly LoadedJail[];
  readonly diagnostics: readonly Diagnostic[];
  /** what fail2ban would have logged, in its order */
  readonly notes: readonly LoadNote[];
  /** text of the first mistake for which fail2ban refuses everything, after "Failed during configuration: " */
  readonly fatal: string | undefined;
  /** the files of the server and the jails are there, can be read, and hold nothing but sections and options, each once */
  readonly isSound: boolean;
}

function jailNames(tree: ConfigTree, only: string | undefined): readonly string[] {
  if (only !== undefined) return tree.sections.has(only) ? [only] : [];
  return [...tree.sections.keys()].filter((name) => name !== "INCLUDES");
}

/** The merged files of a base name that must be there. */
function readBase(
  base: string,
  missing: string,
  options: LoadOptions,
  layers: LayerReader,
  findings: Findings,
) {
  const read = layers.read(options.baseDir, base, options.stockDir);
  if (read?.substitute !== undefined) {
    findings.report({
      severity: "notice",
      message: `there is no ${base}.conf in ${options.baseDir}`,
      consequence: `gaoler's own stands below what is there: ${read.substitute}`,
    });
  }
  if (read === undefined) {
    const text = `Found no accessible config files for '${base}' under ${options.baseDir}`;
    findings.log("ERROR", "configreader", text);
    findings.report({ severity: "error", message: text });
  }
  if (read?.isComplete !== true) findings.giveUp(missing);
  const isSound = read?.isComplete === true && read.isSound;
  return { tree: read?.tree ?? new ConfigTree(), isSound };
}

function loadJail(
  reading: JailReading,
  { files, hasJournal = false }: LoadOptions,
  findings: Findings,
): LoadedJail {
  const { name, origin, isEnabled } = reading;
  const none = { name, origin, enabled: isEnabled, commands: [], logPatterns: [], isSkipped: false };
  if (reading.error !== undefined) return { ...none, error: reading.error };
  if (!isEnabled) return none;
  const { commands, logPatterns, missingLogs, isSkipped, error } = jailCommands(
    reading,
    { files, hasJournal },
    findings,
  );
  if (error !== undefined) return { ...none, error };
  if (missingLogs !== undefined) {
    findings.note({ kind: "missing-logs", jail: name, text: missingLogs, skipped: isSkipped });
  }
  return {
    name,
    origin,
    enabled: true,
    commands,
    logPatterns,
    isSkipped,
    ...(missingLogs !== undefined && { missingLogs }),
  };
}

/**
 * Loads the configuration below a directory. Never throws.
 *
 * @returns all that could be read, with everything that is wrong in it
 */
export function loadConfiguration(options: LoadOptions): LoadedConfiguration {
  const { files, baseDir, stockDir, jail, overrides = {} } = options;
  const findings = new Findings();
  const layers = new LayerReader(files, findings);
  const isThere = files.kind(baseDir) === "directory";
  if (!isThere) {
    const text = `Base configuration directory ${baseDir} does not exist `;
    findings.giveUp(text);
    findings.report({ severity: "error", message: text.trimEnd() });
  }
  const base = readBase("fail2ban", "Read fail2ban configuration failed.", options, layers, findings);
  const server = readServer({ tree: base.tree, findings, overrides });
  const { tree, isSound } = readBase("jail", "Read jails configuration failed.", options, layers, findings);
  tree.defaults.set("fail2ban_version", TracedText.of(options.version ?? server.compatVersion));
  tree.defaults.set("fail2ban_confpath", TracedText.of(baseDir));
  const names = jailNames(tree, jail);
  if (jail !== undefined && names.length === 0) {
    findings.giveUp(`No section: ${reprText(jail)}`);
    findings.report({ severity: "error", message: `there is no jail '${jail}' in the configuration` });
  }
  const definitions = new DefinitionFiles(files, layers, findings, baseDir, stockDir);
  const readings = names.map((name) => {
    const reading = readJail(name, { tree, definitions, findings, baseDir });
    if (reading.error !== undefined && reading.isEnabled) findings.note({ kind: "bad-jail", jail: name });
    return reading;
  });
  const jails = readings.map((reading) => loadJail(reading, options, findings));
  return {
    baseDir,
    early: server.early,
    compatVersion: server.compatVersion,
    server: server.commands,
    jails,
    diagnostics: findings.diagnostics,
    notes: findings.notes,
    fatal: findings.fatal,
    isSound: isThere && base.isSound && isSound,
  };
}
