/**
 * Folds the command stream into settings: what the server is to be and what each jail needs, defaults filled in.
 * A value that is none is reported with its place, and the default holds; the other options and jails are not touched.
 * @module
 */
import { isCompatVersion } from "../base/compat-version.ts";
import type { Diagnostic, Origin } from "../base/diagnostic.ts";
import { DurationError, parseDuration } from "../base/duration.ts";
import { applyCommand, newJailSettings } from "./apply-command.ts";
import { ConfigMistake } from "./findings.ts";
import type { LoadedConfiguration } from "./load.ts";
import { JAIL_OPTIONS } from "./options.ts";
import { reprText } from "./python-text.ts";
import type { EarlyOptions } from "./server-reader.ts";
import type { JailSettings, LogPath, ServerSettings, StreamCommand, StreamWord } from "./settings.ts";
import { streamOf } from "./stream.ts";

/** fail2ban's default, in seconds. */
const PURGE_AGE = 86_400;
const MAX_MATCHES = 10;

export interface FoldOptions {
  readonly early: EarlyOptions;
  /** log paths as configured, by jail: they take the place of the files found at loading, so that later ones are seen too */
  readonly logPatterns?: ReadonlyMap<string, readonly LogPath[]>;
}

export interface FoldedConfiguration {
  readonly server: ServerSettings;
  /** the jails that are started, in order */
  readonly jails: readonly JailSettings[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Values that a jail takes though they are not among those the option knows. */
const USEDNS: ReadonlySet<StreamWord> = new Set(["yes", "warn", "no", "raw"]);

class Fold {
  readonly #options: FoldOptions;
  readonly #jails = new Map<string, JailSettings>();
  readonly #started: string[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  /** actions left out because another one has their name, as `JAIL/ACTION` */
  #leftOut: string | undefined;
  #server: ServerSettings;

  constructor(options: FoldOptions) {
    this.#options = options;
    this.#server = {
      ...options.early,
      compatVersion: undefined,
      allowipv6: "auto",
      dbfile: "/var/lib/fail2ban/fail2ban.sqlite3",
      dbmaxmatches: MAX_MATCHES,
      dbpurgeage: PURGE_AGE,
    };
  }

  #report(message: string, consequence: string, origin: Origin | undefined, jail?: string): void {
    this.#diagnostics.push({
      severity: "error",
      message,
      consequence,
      ...(origin && { origin }),
      ...(jail !== undefined && { jail }),
    });
  }

  #setServer({ words, origin }: StreamCommand): void {
    const [, option, word] = words;
    const text = typeof word === "string" ? word : "";
    if (option === "dbfile") {
      this.#server = { ...this.#server, dbfile: text.toLowerCase() === "none" ? undefined : text };
    } else if (option === "dbmaxmatches" && typeof word === "number") {
      this.#server = { ...this.#server, dbmaxmatches: word };
    } else if (option === "dbpurgeage") {
      try {
        this.#server = { ...this.#server, dbpurgeage: parseDuration(text) };
      } catch (error) {
        if (!(error instanceof DurationError)) throw error;
        const what = `'dbpurgeage' is no time: ${reprText(text)} (${error.message})`;
        this.#report(what, "the default 1d holds", origin);
      }
    } else if (option === "loglevel") this.#server = { ...this.#server, loglevel: text };
    else if (option === "logtarget") this.#server = { ...this.#server, logtarget: text };
    else if (option === "syslogsocket") this.#server = { ...this.#server, syslogsocket: text };
    else if (option === "allowipv6") this.#server = { ...this.#server, allowipv6: text };
    else if (option === "compatversion" && isCompatVersion(word)) {
      this.#server = { ...this.#server, compatVersion: word };
    }
  }

  #consequence(option: string): string {
    if (option === "addaction") return "the later one is left out";
    if (option === "addlogpath") return "the path is left out";
    const known = JAIL_OPTIONS.find(({ name }) => name === option)?.serverDefault;
    return known === undefined ? "the option is left out" : `the default ${known} holds`;
  }

  #setJail(command: StreamCommand, settings: JailSettings): void {
    const option = String(command.words[2]);
    const action = `${settings.name}/${String(command.words[3])}`;
    if (option === "addlogpath" && this.#options.logPatterns?.has(settings.name) === true) return;
    if (option === "action" && this.#leftOut === action) return;
    // said while reading; nothing more to say
    if (command.words[3] === null) return;
    if (option === "usedns" && !USEDNS.has(command.words[3] ?? "")) {
      const shown = reprText(String(command.words[3]));
      const message = `Incorrect value ${shown} specified for usedns. Using safe 'no'`;
      this.#report(message, "host names are not looked up", command.origin, settings.name);
    }
    const changed = applyCommand(settings, command);
    if (!(changed instanceof ConfigMistake)) {
      this.#jails.set(settings.name, changed);
      if (option === "addaction") this.#leftOut = undefined;
      return;
    }
    if (option === "addaction") this.#leftOut = action;
    const message = `'${option.replace(/^add/, "")}' cannot be taken: ${changed.message}`;
    this.#report(message, this.#consequence(option), changed.origin ?? settings.origin, settings.name);
  }

  take(command: StreamCommand): void {
    const [verb, name, word] = command.words;
    if (typeof name !== "string") return;
    if (verb === "add") {
      const settings = newJailSettings(name, typeof word === "string" ? word : "auto", command.origin);
      const logpaths = this.#options.logPatterns?.get(name) ?? [];
      this.#jails.set(name, { ...settings, logpaths });
      return;
    }
    if (verb === "start") {
      this.#started.push(name);
      return;
    }
    if (verb !== "set" && verb !== "multi-set") return;
    const settings = this.#jails.get(name);
    // a jail may bear the name of a server option: the number of words tells them apart
    if (settings === undefined || command.words.length < 4) this.#setServer(command);
    else this.#setJail(command, settings);
  }

  result(): FoldedConfiguration {
    const jails = this.#started.flatMap((name) => this.#jails.get(name) ?? []);
    return { server: this.#server, jails, diagnostics: this.#diagnostics };
  }
}

/** Folds a command stream. Never throws; jails that are not started are left out. */
export function foldStream(commands: readonly StreamCommand[], options: FoldOptions): FoldedConfiguration {
  const fold = new Fold(options);
  for (const command of commands) fold.take(command);
  return fold.result();
}

/** Folds a loaded configuration for the daemon: log paths stay globs, and all diagnostics are together. */
export function foldConfiguration(loaded: LoadedConfiguration): FoldedConfiguration {
  const logPatterns = new Map(loaded.jails.map(({ name, logPatterns: paths }) => [name, paths]));
  const folded = foldStream(streamOf(loaded), { early: loaded.early, logPatterns });
  const server = { ...folded.server, compatVersion: loaded.compatVersion };
  return { ...folded, server, diagnostics: [...loaded.diagnostics, ...folded.diagnostics] };
}
