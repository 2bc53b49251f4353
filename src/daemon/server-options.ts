/**
 * The server's own options while it runs: log, database, IPv6 (B§1.15, B§2.2). They come from the configuration at a start and at a
 * reload, and one by one from clients.
 * @module
 */
import { DurationError, parseDuration } from "../base/duration.ts";
import type { Seconds } from "../base/units.ts";
import { parsePythonInt, reprText } from "../config/python-text.ts";
import type { EarlyOptions } from "../config/server-reader.ts";
import type { ServerSettings, StreamWord } from "../config/settings.ts";
import { badValue, refused } from "../control/command-error.ts";
import type { ServerOption } from "../control/daemon-port.ts";
import type { WireValue } from "../control/wire-value.ts";
import type { Log } from "../log/target.ts";
import type { BanDatabase } from "./ban-database.ts";

export interface ServerOptionsDeps {
  /** `undefined`: the log is not the daemon's to set (`gaoler run` shows it on the screen) */
  readonly log: Log | undefined;
  readonly database: BanDatabase;
  readonly early: EarlyOptions;
  setAllowIpv6(text: string): void;
  /** the database cannot be changed under jails that run */
  hasJails(): boolean;
  /** what is wrong with an option of the configuration */
  tell(text: string): void;
}

const DATABASE_IN_USE = "Cannot change database when there are jails present";

export class ServerOptions {
  readonly #deps: ServerOptionsDeps;
  #allowipv6 = "auto";
  #syslogsocket: string;
  #stacksize = 0;

  constructor(deps: ServerOptionsDeps) {
    this.#deps = deps;
    this.#syslogsocket = deps.early.syslogsocket;
  }

  /** Takes what the configuration says. A value that does not do is told, and the old one stays. */
  take(server: ServerSettings): void {
    const { log, database, tell } = this.#deps;
    log?.setSyslogSocket(server.syslogsocket);
    if (log?.setLevel(server.loglevel) === false) tell(`Invalid log level '${server.loglevel}'`);
    log?.setTarget(server.logtarget);
    this.#syslogsocket = server.syslogsocket;
    this.#allowipv6 = server.allowipv6;
    this.#deps.setAllowIpv6(server.allowipv6);
    database.setMaxMatches(server.dbmaxmatches);
    database.setPurgeAge(server.dbpurgeage);
    if (!this.#deps.hasJails()) database.open(server.dbfile);
    else if (database.store?.path !== server.dbfile) tell(`${DATABASE_IN_USE}; the old one stays in use`);
  }

  /** The value as clients see it; `null`: no database. */
  get(name: ServerOption): WireValue {
    const { log, database, early } = this.#deps;
    switch (name) {
      case "loglevel":
        return log?.level ?? early.loglevel;
      case "logtarget":
        return log?.target ?? early.logtarget;
      case "syslogsocket":
        return log?.syslogSocket ?? this.#syslogsocket;
      case "allowipv6":
        return this.#allowipv6;
      case "dbfile":
        return database.store?.path ?? null;
      case "dbmaxmatches":
        return database.store === undefined ? null : database.dbmaxmatches;
      case "dbpurgeage":
        return database.store === undefined ? null : database.dbpurgeage;
      case "thread":
        return new Map<string, WireValue>([["stacksize", this.#stacksize]]);
      default: {
        const never: never = name;
        return never;
      }
    }
  }

  /** @throws {CommandError} for a value that does not do, with the text of B§2.2 */
  set(name: ServerOption, value: StreamWord): void {
    const text = String(value);
    const { log, database } = this.#deps;
    switch (name) {
      case "loglevel":
        if (log?.setLevel(text) === false) throw badValue(`Invalid log level '${text.toUpperCase()}'`);
        break;
      case "logtarget":
        if (log !== undefined && log.target !== text && !log.setTarget(text)) {
          throw refused("Failed to change log target");
        }
        break;
      case "syslogsocket":
        this.#syslogsocket = text;
        log?.setSyslogSocket(text);
        break;
      case "allowipv6":
        this.#allowipv6 = text;
        this.#deps.setAllowIpv6(text);
        break;
      case "dbfile":
        this.#setDatabase(text.toLowerCase() === "none" ? undefined : text);
        break;
      case "dbmaxmatches":
        database.setMaxMatches(countOf(text));
        break;
      case "dbpurgeage":
        database.setPurgeAge(durationOf(text));
        break;
      case "thread":
        if (typeof value === "object" && value !== null && "stacksize" in value) {
          this.#stacksize = Number(value["stacksize"]);
        }
        break;
      default:
        name satisfies never;
    }
  }

  #setDatabase(path: string | undefined): void {
    const { database } = this.#deps;
    if (database.store?.path === path) return;
    if (this.#deps.hasJails()) throw refused(DATABASE_IN_USE);
    database.open(path);
  }
}

function countOf(text: string): number {
  const count = parsePythonInt(text);
  if (count === undefined) throw badValue(`invalid literal for int() with base 10: ${reprText(text)}`);
  return count;
}

function durationOf(text: string): Seconds {
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof DurationError) throw badValue(error.message);
    throw error;
  }
}
